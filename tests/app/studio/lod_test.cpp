// A .tlod file in the window.
#include "scene/lod/build_lod.h"
#include "tests/app/studio/studio_fixture.h"
#include "tests/support/splat_ground.h"

namespace tessera::app {
namespace {

/// Mean difference of two pictures, steps of 255.
double difference(const QImage& a, const QImage& b) {
  if (a.size() != b.size()) return 255;
  double sum = 0;
  for (int y = 0; y < a.height(); ++y)
    for (int x = 0; x < a.width(); ++x)
      sum +=
          std::abs(qGreen(a.pixel(x, y)) - qGreen(b.pixel(x, y))) + std::abs(qRed(a.pixel(x, y)) - qRed(b.pixel(x, y)));
  return sum / (2.0 * a.width() * a.height());
}

TEST_F(StudioTest, LevelsOfDetailAreShownAsTheModelThatTheyWereMadeFrom) {
  const fs::path ply = folder_.path() / "ground.ply", tlod = folder_.path() / "ground.tlod";
  scene::write_splat_ply(test::splat_ground(60), ply);
  scene::build_lod(ply, tlod, {100, false});
  const scene::Camera camera = test::camera_over(30, 30, 30);
  open(ply);
  window_->viewport().show_camera(camera);
  const QImage expected = view();
  open(tlod);
  ASSERT_NE(workspace().lod(), nullptr);
  EXPECT_LT(workspace().model()->size(), 101u) << "the coarsest level stands for it";
  window_->viewport().show_camera(camera);
  EXPECT_TRUE(wait([&] { return difference(window_->viewport().picture(), expected) < 1; }))
      << "the finer levels come without anything being touched";
  EXPECT_FALSE(workspace().is_trained());
  open(ply);
  EXPECT_EQ(workspace().lod(), nullptr);
}

TEST_F(StudioTest, ADamagedFileOfLevelsIsOneClearLine) {
  scene::write_file_atomically(folder_.path() / "bad.tlod", "TLOD");
  window_->open(folder_.path() / "bad.tlod");
  EXPECT_THAT(error(), testing::HasSubstr("bad.tlod"));
}

}  // namespace
}  // namespace tessera::app
