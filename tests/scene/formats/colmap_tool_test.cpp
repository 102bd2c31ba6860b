#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "scene/atomic_file.h"
#include "scene/formats/colmap.h"
#include "tests/support/colmap_model.h"
#include "tests/support/test_data.h"

// The reader this project did not write: COLMAP itself converts our files.
namespace tessera::scene {
namespace {
namespace fs = std::filesystem;

bool run_colmap(const std::string& arguments, const fs::path& log) {
  return std::system(("QT_QPA_PLATFORM=offscreen colmap " + arguments + " >'" + log.string() + "' 2>&1").c_str()) == 0;
}

void sort_by_id(ColmapModel& model) {
  std::sort(model.images.begin(), model.images.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  std::sort(model.points.begin(), model.points.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  for (auto& point : model.points) std::sort(point.track.begin(), point.track.end());
}

/// Equal but for the rounding of COLMAP's renormalised quaternions.
void expect_same_numbers(ColmapModel a, ColmapModel b) {
  sort_by_id(a);
  sort_by_id(b);
  ASSERT_EQ(a.cameras.size(), b.cameras.size());
  for (const auto& [id, sensor] : a.cameras) {
    EXPECT_EQ(sensor.model, b.cameras.at(id).model);
    EXPECT_EQ(sensor.width, b.cameras.at(id).width);
    EXPECT_EQ(sensor.height, b.cameras.at(id).height);
    EXPECT_EQ(sensor.parameters, b.cameras.at(id).parameters);
  }
  ASSERT_EQ(a.images.size(), b.images.size());
  for (std::size_t i = 0; i < a.images.size(); ++i) {
    const auto &x = a.images[i], &y = b.images[i];
    EXPECT_EQ(x.id, y.id);
    EXPECT_EQ(x.name, y.name);
    EXPECT_EQ(x.camera, y.camera);
    EXPECT_EQ(x.cam_from_world.translation, y.cam_from_world.translation);
    for (int k = 0; k < 4; ++k) EXPECT_NEAR(x.cam_from_world.rotation[k], y.cam_from_world.rotation[k], 4e-16);
    ASSERT_EQ(x.observations.size(), y.observations.size());
    for (std::size_t k = 0; k < x.observations.size(); ++k) {
      EXPECT_EQ(x.observations[k].x, y.observations[k].x);
      EXPECT_EQ(x.observations[k].y, y.observations[k].y);
      EXPECT_EQ(x.observations[k].point, y.observations[k].point);
    }
  }
  ASSERT_EQ(a.points.size(), b.points.size());
  for (std::size_t i = 0; i < a.points.size(); ++i) {
    EXPECT_EQ(a.points[i].id, b.points[i].id);
    EXPECT_EQ(a.points[i].position, b.points[i].position);
    EXPECT_EQ(a.points[i].color, b.points[i].color);
    EXPECT_EQ(a.points[i].error, b.points[i].error);
    EXPECT_EQ(a.points[i].track, b.points[i].track);
  }
}

void expect_colmap_agrees(const ColmapModel& model, const fs::path& folder) {
  for (const ColmapForm form : {ColmapForm::binary, ColmapForm::text})
    for (const char* output : {"BIN", "TXT"}) {
      const std::string name = form == ColmapForm::binary ? "binary" : "text";
      const fs::path ours = folder / name, theirs = folder / (name + " as " + output), log = folder / "log.txt";
      write_colmap(model, ours, form);
      fs::create_directories(theirs);
      ASSERT_TRUE(run_colmap("model_converter --input_path '" + ours.string() + "' --output_path '" + theirs.string() +
                                 "' --output_type " + output,
                             log))
          << read_file(log);
      SCOPED_TRACE(theirs.string());
      expect_same_numbers(model, read_colmap(theirs));
    }
}

class ColmapTool : public testing::Test {
 protected:
  void SetUp() override {
    if (!run_colmap("help", folder_.path() / "log.txt"))
      GTEST_SKIP() << "SKIPPED: colmap is not installed, so nobody else has read our models";
  }
  test::TemporaryFolder folder_;
};

TEST_F(ColmapTool, ReadsWhatWeWrite) {
  ColmapModel model = test::make_colmap_model();
  // COLMAP 3.8 cuts names at a blank when it reads text.
  for (auto& image : model.images) std::replace(image.name.begin(), image.name.end(), ' ', '_');
  expect_colmap_agrees(model, folder_.path());
}

TEST_F(ColmapTool, ReadsARealModelThatWeWrite) {
  TESSERA_NEED_DATA("brighton_beach");
  ColmapModel model = read_colmap(test::shared_data() / "brighton_beach" / "sparse" / "0");
  expect_colmap_agrees(model, folder_.path());
}

}  // namespace
}  // namespace tessera::scene
