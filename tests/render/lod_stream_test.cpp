#include "render/lod/lod_stream.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <thread>

#include "render/lod/lod_view_renderer.h"
#include "scene/error.h"
#include "scene/formats/ply.h"
#include "scene/lod/build_lod.h"
#include "scene/scene_frame.h"
#include "tests/support/splat_ground.h"
#include "tests/support/test_data.h"

namespace tessera::render {
namespace {

constexpr std::size_t kSide = 60;
constexpr int kPixels = 256;

class LodStreamTest : public testing::Test {
 protected:
  void SetUp() override {
    scene::write_splat_ply(ground_, folder_.path() / "model.ply");
    scene::build_lod(folder_.path() / "model.ply", path_, {200, false});
    file_ = std::make_shared<const scene::LodFile>(path_);
  }
  std::unique_ptr<LodStream> stream(std::uint64_t splats, double pixels = 1e-6, std::uint64_t memory = 1u << 30) {
    LodStreamOptions options;
    options.budget = {splats, pixels}, options.memory = memory;
    return std::make_unique<LodStream>(file_, scene::Similarity{}, options);
  }
  /// Until it has all that the view wants.
  static void settle(LodStream& stream, const scene::Camera& camera) {
    for (int i = 0; i < 10000; ++i) {
      stream.update(camera);
      if (stream.settled()) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    FAIL() << "it does not settle";
  }
  static Frame drawn(const scene::GaussianModel& model, const scene::Camera& camera) {
    const auto renderer = make_cpu_view_renderer();
    renderer->set_model(std::make_shared<const scene::GaussianModel>(model));
    return renderer->draw(camera, {});
  }
  static double difference(const Frame& a, const Frame& b) {  // root mean square, colours from 0 to 1
    double sum = 0;
    for (int c = 0; c < 3; ++c)
      for (int y = 0; y < a.height; ++y)
        for (int x = 0; x < a.width; ++x) sum += std::pow(a.color[c].at(x, y) - b.color[c].at(x, y), 2);
    return std::sqrt(sum / (3.0 * a.width * a.height));
  }

  test::TemporaryFolder folder_;
  const std::filesystem::path path_ = folder_.path() / "model.tlod";
  const scene::GaussianModel ground_ = test::splat_ground(kSide);
  std::shared_ptr<const scene::LodFile> file_;
};

TEST_F(LodStreamTest, WithBudgetEnoughItIsTheModel) {
  const auto s = stream(100000);
  const scene::Camera camera = test::camera_over(30, 30, 20);
  settle(*s, camera);
  EXPECT_LT(difference(drawn(*s->model(), camera), drawn(ground_, camera)), 1e-5);
  EXPECT_LT(s->splats(), ground_.size()) << "what is not in view is left out";
}

TEST_F(LodStreamTest, SomethingIsThereAtOnceAndTheRestComes) {
  const auto s = stream(100000);
  const scene::Camera camera = test::camera_over(30, 30, 20);
  EXPECT_TRUE(s->update(camera));
  EXPECT_GE(s->splats(), file_->nodes()[0].rows);
  settle(*s, camera);
  EXPECT_FALSE(s->update(camera)) << "nothing changes where nothing moves";
}

TEST_F(LodStreamTest, CompleteOrWaitedForAreTheSame) {
  const auto waited = stream(900), complete = stream(900);
  for (const double x : {10.0, 30.0, 50.0}) {
    const scene::Camera camera = test::camera_over(x, 20, 15);
    settle(*waited, camera);
    complete->update(camera, true);
    EXPECT_EQ(waited->picks(), complete->picks());
    EXPECT_LE(waited->splats(), 900u);
    EXPECT_EQ(difference(drawn(*waited->model(), camera), drawn(*complete->model(), camera)), 0);
  }
}

TEST_F(LodStreamTest, NodesThatStayKeepTheirRows) {
  const auto s = stream(100000);
  s->update(test::camera_over(30, 30, 20), true);
  const scene::GaussianModel before = *s->model();
  const auto picks = s->picks();
  s->update(test::camera_over(31, 30, 20), true);
  std::size_t kept = 0, same = 0;
  for (const auto& pick : s->picks()) kept += pick.rows * (std::find(picks.begin(), picks.end(), pick) != picks.end());
  for (std::size_t i = 0; i < std::min(before.size(), s->model()->size()); ++i)
    same += before.position[0][i] == s->model()->position[0][i] && before.opacity_logit[i] > -29;
  EXPECT_GT(kept, 0u);
  EXPECT_GE(same, kept);
}

TEST_F(LodStreamTest, CamerasAndModelAreInTheFrameThatIsAskedFor) {
  scene::Similarity scene_from_file;
  scene_from_file.scale = 0.1, scene_from_file.translation = {1, -2, 3};
  scene_from_file.rotation = glm::normalize(glm::dquat(0.9, 0.1, -0.2, 0.3));
  LodStreamOptions options;
  options.budget = {900, 1e-6};
  LodStream moved(file_, scene_from_file, options);
  const auto plain = stream(900);
  scene::Camera camera = test::camera_over(30, 30, 20);
  plain->update(camera, true);
  const Frame expected = drawn(*plain->model(), camera);
  camera.cam_from_world = scene::transform_pose(camera.cam_from_world, scene_from_file);
  moved.update(camera, true);
  EXPECT_EQ(moved.picks(), plain->picks());
  EXPECT_LT(difference(drawn(*moved.model(), camera), expected), 2e-3);
}

TEST_F(LodStreamTest, ANodeThatCannotBeReadIsDoneWithoutUnlessThePictureIsToBeComplete) {
  std::uint32_t leaf = 0;
  while (!file_->nodes()[leaf].is_leaf()) ++leaf;
  {
    std::fstream bytes(path_, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(static_cast<std::streamoff>(file_->nodes()[leaf].offset));
    bytes.write("damaged!", 8);
  }
  const scene::Camera camera = test::camera_over(30, 30, 100);
  const auto s = stream(100000);
  settle(*s, camera);
  for (const auto& pick : s->picks()) EXPECT_NE(pick.node, leaf);
  EXPECT_GT(s->splats(), 2000u);
  EXPECT_THROW(stream(100000)->update(camera, true), scene::Error);
}

TEST_F(LodStreamTest, MemoryHoldsWhatTheViewNeedsAndLittleMore) {
  const auto s = stream(400, 1e-6, 1);
  for (int i = 0; i < 12; ++i) s->update(test::camera_over(5 * i, 5 * i, 8), true);
  s->update(test::camera_over(10, 10, 8), true);
  EXPECT_LE(s->held_bytes(), (s->splats() + 200) * 23 * sizeof(float)) << "these nodes and the root";
}

TEST_F(LodStreamTest, SwitchingALevelIsNotSeen) {
  // At the default threshold a node is switched when its splats have moved by half a pixel. The pictures before and
  // after differ by less than 1 % of the range of colours, root mean square, and fewer than one value in a thousand by
  // more than 4 % (ten steps of 255): those at the rim of the plain, where black begins.
  const scene::LodBudget standard;
  const auto renderer = make_cpu_view_renderer();
  double low = 20, high = 20000;
  const auto picks_at = [&](double height) {
    return scene::select_lod(file_->nodes(), test::camera_over(30, 30, height, kPixels), {1u << 20, standard.pixels});
  };
  ASSERT_GT(picks_at(low).size(), 1u);
  ASSERT_EQ(picks_at(high).size(), 1u);
  int switches = 0;
  double worst = 0, worst_share = 0;
  auto before = picks_at(low);
  for (double height = low; height < high; height *= 1.02) {
    const auto now = picks_at(height);
    if (now == before) continue;
    before = now;
    ++switches;
    const scene::Camera camera = test::camera_over(30, 30, height, kPixels);
    const auto finer = stream(1u << 20, standard.pixels / 1.03), coarser = stream(1u << 20, standard.pixels * 1.03);
    finer->update(camera, true), coarser->update(camera, true);
    const Frame a = drawn(*finer->model(), camera), b = drawn(*coarser->model(), camera);
    worst = std::max(worst, difference(a, b));
    int seen = 0;
    for (int c = 0; c < 3; ++c)
      for (int y = 0; y < a.height; ++y)
        for (int x = 0; x < a.width; ++x) seen += std::abs(a.color[c].at(x, y) - b.color[c].at(x, y)) > 0.04f;
    worst_share = std::max(worst_share, seen / (3.0 * kPixels * kPixels));
  }
  EXPECT_GE(switches, 3);
  EXPECT_GT(worst, 0) << "something was switched";
  EXPECT_LT(worst, 0.01);
  EXPECT_LT(worst_share, 3e-3);
  std::printf("%d switches: at most %.4f root mean square, %.5f of all values by more than 4 %%\n", switches, worst,
              worst_share);
}

TEST_F(LodStreamTest, TheRendererDrawsItCompleteOrAModelInItsPlace) {
  LodViewRenderer renderer(make_cpu_view_renderer(), stream(100000));
  const scene::Camera camera = test::camera_over(30, 30, 20);
  const Frame expected = drawn(ground_, camera);
  EXPECT_LT(difference(renderer.draw(camera, {}), expected), 1e-5);
  renderer.set_model(std::make_shared<const scene::GaussianModel>(ground_));
  EXPECT_EQ(difference(renderer.draw(camera, {}), expected), 0);
}

}  // namespace
}  // namespace tessera::render
