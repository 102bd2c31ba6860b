#include "reconstruct/blocks/merge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "reconstruct/blocks/block_dataset.h"
#include "reconstruct/blocks/seams.h"
#include "reconstruct/blocks/shared_exposure.h"
#include "reconstruct/blocks/streamed_model.h"
#include "render/rasterizer.h"
#include "scene/atomic_file.h"
#include "scene/random.h"
#include "scene/scene_frame.h"
#include "tests/support/random_scene.h"
#include "tests/support/test_data.h"

namespace tessera::reconstruct {
namespace {
namespace fs = std::filesystem;

TEST(StreamedModel, DrawsTheBytesOfTheWholeFromTheRowsInSight) {
  const test::TemporaryFolder folder;
  const scene::Camera camera = test::random_camera(3, 96, 64);
  // Rows near each other together, as in merged scenes: clusters in all directions about the camera and some near it.
  constexpr std::size_t kClusters = 40;
  test::RandomSceneOptions options;
  options.splats = kClusters * StreamedModel::kRunRows - 100;
  options.scale_low = 0.005, options.scale_high = 0.05;
  scene::GaussianModel model = test::random_model(5, options, camera);
  const glm::dvec3 center = camera.center();
  for (std::size_t i = 0; i < model.size(); ++i)
    for (int axis = 0; axis < 3; ++axis) {
      const auto draw = [axis](std::size_t of, std::uint32_t stream) {
        return 2 * scene::uniform01(scene::philox(9, stream, static_cast<std::uint32_t>(of), 0)[axis]) - 1;
      };
      model.position[axis][i] =
          static_cast<float>(center[axis]) + 3 * draw(i / StreamedModel::kRunRows, 1) + 0.4f * draw(i, 2);
    }
  const fs::path path = folder.path() / "model.ply";
  scene::write_splat_ply(model, path);
  const StreamedModel streamed(path, {});
  EXPECT_EQ(streamed.size(), model.size());
  const scene::GaussianModel seen = streamed.seen_by(camera);
  EXPECT_GT(seen.size(), 0u);
  EXPECT_LT(seen.size(), model.size() * 9 / 10) << "what is out of sight stays on the disk";

  const auto a = render::make_cpu_rasterizer(), b = render::make_cpu_rasterizer();
  scene::GaussianModel whole = model;
  scene::transform_model(whole, {});
  const render::Frame& expected = a->forward(whole, camera, {});
  const render::Frame& frame = b->forward(seen, camera, {});
  EXPECT_EQ(a->statistics().visible, b->statistics().visible);
  EXPECT_LT(seen.size(), b->statistics().visible * 2) << "and so do those that lie beside what is in sight";
  for (int y = 0; y < frame.height; ++y)
    for (int x = 0; x < frame.width; ++x)
      for (int c = 0; c < 3; ++c) ASSERT_EQ(frame.color[c].at(x, y), expected.color[c].at(x, y)) << x << ' ' << y;
}

TEST(StreamedModel, AFileWithoutSplatsShowsNothing) {
  const test::TemporaryFolder folder;
  scene::GaussianModel none;
  none.resize(0, 0);
  scene::write_splat_ply(none, folder.path() / "model.ply");
  EXPECT_EQ(StreamedModel(folder.path() / "model.ply", {}).seen_by(test::random_camera(1, 8, 8)).size(), 0u);
}

/// Looks straight down on the square [0, 10] x [0, 10] from above its centre, a pixel a tenth of a unit; the ground is
/// at z = 0 at depth 10 everywhere.
class Seams : public testing::Test {
 protected:
  Seams() : partition_(CellFrame{.angle = 0, .region = {{0, 0}, {10, 10}}}) {
    partition_.split(0, 0, 5);
    camera_.intrinsics = {100, 100, 100, 100, 50, 50};
    camera_.cam_from_world.rotation = {0, 1, 0, 0};  // half a turn about x: y down, looking down
    camera_.cam_from_world.translation = camera_.cam_from_world.rotation * glm::dvec3(-5, -5, -10);
    frame_.resize(100, 100, true);
    frame_.alpha.fill(1), frame_.depth.fill(10);
    truth_.width = truth_.height = 100, truth_.weight_sum = 100 * 100;
    for (int c = 0; c < 3; ++c) {
      truth_.color[c].resize(100, 100), truth_.color[c].fill(0.5f);
      picture_[c].resize(100, 100), picture_[c].fill(0.6f);
    }
  }
  void paint_column(int x, float value) {
    for (int c = 0; c < 3; ++c)
      for (int y = 0; y < 100; ++y) picture_[c].at(x, y) = value;
  }
  Partition partition_;
  scene::Camera camera_;
  render::Frame frame_;
  render::Plane picture_[3];
  Truth truth_;
};

TEST_F(Seams, TellTheErrorAtABorderFromThatInside) {
  // 2 % of 5 units are one pixel on either side of the cut at column 50.
  paint_column(49, 0.8f), paint_column(50, 0.8f);
  SeamReport report(partition_);
  report.add(camera_, picture_, frame_, truth_);
  EXPECT_EQ(report.borders().pixels, 200u);
  EXPECT_EQ(report.interior().pixels, 9800u);
  EXPECT_NEAR(report.interior().psnr(), 20, 1e-4);
  EXPECT_NEAR(report.borders().psnr(), -20 * std::log10(0.3), 1e-4);
  const auto json = report.json();
  EXPECT_EQ(json["border"][0]["between"], nlohmann::json({0, 1}));
  EXPECT_NEAR(json["difference_db"].get<double>(), -20 * std::log10(3), 1e-4);
  const scene::Image8 map = report.map();
  EXPECT_EQ(map.width, map.height);
  EXPECT_EQ(*map.at(map.width / 2, 7), 255) << "the cut is drawn";
}

TEST_F(Seams, MaskedAndTransparentPixelsDoNotCount) {
  for (int y = 0; y < 100; ++y) frame_.alpha.at(10, y) = 0.2f;
  truth_.weight.resize(100, 100), truth_.weight.fill(1);
  for (int y = 0; y < 100; ++y) truth_.weight.at(20, y) = 0;
  SeamReport report(partition_);
  report.add(camera_, picture_, frame_, truth_);
  EXPECT_EQ(report.borders().pixels + report.interior().pixels, 9800u);
}

TEST(MergeRules, SayWhoseSplatsStay) {
  Partition partition(CellFrame{.angle = 0, .region = {{0, 0}, {10, 10}}});
  partition.split(0, 0, 2);  // centres at 1 and 6
  BlockPlan plan{"", "", {}, partition, {}, 0, {}};
  const auto kept = [&](MergeRule rule, double x, double y) {
    plan.merge = rule;
    return kept_from(plan, {x, y, 3});
  };
  for (const MergeRule rule : {MergeRule::cell, MergeRule::box}) {
    EXPECT_EQ(kept(rule, 1.9, 5), 0u);
    EXPECT_EQ(kept(rule, 2, 5), 1u) << "half-open";
    EXPECT_EQ(kept(rule, 3, 5), 1u);
  }
  EXPECT_EQ(kept(MergeRule::nearest, 3, 5), 0u);
  EXPECT_EQ(kept(MergeRule::nearest, 4, 5), 1u);
  EXPECT_EQ(kept(MergeRule::cell, -50, 5), 0u);
  EXPECT_EQ(kept(MergeRule::cell, 5, 99), 1u);
  EXPECT_EQ(kept(MergeRule::nearest, -50, 5), 0u);
  for (const auto& [x, y] : {std::pair{-50.0, 5.0}, {5.0, 99.0}, {10.0, 5.0}})
    EXPECT_EQ(kept(MergeRule::box, x, y), 2u) << "nobody's";
  EXPECT_EQ(kept(MergeRule::box, 0, 0), 0u);
  for (const char* name : {"cell", "box", "nearest"}) EXPECT_STREQ(merge_name(merge_rule(name)), name);
  EXPECT_THROW(merge_rule("closest"), scene::Error);
}

class Merge : public testing::Test {
 protected:
  void SetUp() override {
    TESSERA_NEED_DATA("damaged/base");
    dataset_ = scene::load_dataset(test::shared_data() / "damaged/base");
    TrainOptions options;
    options.iterations = 4, options.max_splats = 800, options.preview_every = 0, options.initialization = "points";
    plan_ = plan_blocks(dataset_, {.blocks = 2}, "standard", options);
    blocks_ = block_data(dataset_, *plan_);
    for (std::uint32_t b = 0; b < 2; ++b) scene::make_folder(block_folder(project_.path(), b));
  }
  scene::GaussianModel block_model(std::uint32_t block) {
    test::RandomSceneOptions options;
    options.splats = 300, options.sh_degree = plan_->options.sh_degree;
    const scene::View& view = dataset_.views[blocks_[block].views.front().view];
    scene::GaussianModel model = test::random_model(block, options, view.camera);
    scene::transform_model(model, dataset_.scene_from_world.inverse());
    return model;
  }
  scene::Dataset part(std::uint32_t block) { return block_dataset(dataset_, blocks_[block], "block"); }
  scene::Dataset dataset_;
  std::optional<BlockPlan> plan_;
  std::vector<BlockData> blocks_;
  test::TemporaryFolder project_;
};

TEST_F(Merge, KeepsEveryRowThatIsOwnedAndSeenOnceAndAsItWasTrained) {
  std::multiset<std::array<float, 4>> expected, kept;
  const auto key = [](const scene::GaussianModel& m, std::size_t i) {
    return std::array{m.position[0][i], m.position[1][i], m.position[2][i], m.sh[5][i]};
  };
  std::size_t trained = 0;
  for (std::uint32_t b = 0; b < 2; ++b) {
    scene::GaussianModel model = block_model(b);
    // Behind all cameras, where no photo looks: a floater.
    for (std::size_t axis = 0; axis < 3; ++axis) model.position[axis][7] = 1e4f;
    scene::write_splat_ply(model, block_folder(project_.path(), b) / "model.ply");
    scene::write_file_atomically(block_folder(project_.path(), b) / "metrics.json",
                                 b == 0 ? R"({"cpu_seconds": 5000, "peak_memory_bytes": 7e15})" : "{");
    write_owned_part(*plan_, project_.path(), part(b), b);
    trained += model.size();
    scene::GaussianModel in_scene = model;
    scene::transform_model(in_scene, dataset_.scene_from_world);
    for (std::size_t i = 0; i < model.size(); ++i)
      if (plan_->partition.owner({in_scene.position[0][i], in_scene.position[1][i], in_scene.position[2][i]}) == b)
        expected.insert(key(model, i));
  }
  StageClock clock;
  const auto metrics = merge_blocks(*plan_, project_.path(), dataset_, {}, clock);
  const scene::GaussianModel merged = scene::read_splat_ply(project_.path() / "model.ply");
  for (std::size_t i = 0; i < merged.size(); ++i) kept.insert(key(merged, i));
  EXPECT_TRUE(std::includes(expected.begin(), expected.end(), kept.begin(), kept.end()));
  EXPECT_GT(kept.size(), expected.size() / 2) << "what some photo sees stays";
  for (const auto& row : kept) EXPECT_NE(row[0], 1e4f);
  EXPECT_EQ(metrics["trained_splats"], trained);
  EXPECT_EQ(metrics["splats"], merged.size());
  EXPECT_GT(metrics["cpu_seconds"], 5000) << "what the blocks took, in whichever process, and the merge";
  EXPECT_LT(metrics["cpu_seconds"], 5100);
  EXPECT_EQ(metrics["peak_memory_bytes"], 7'000'000'000'000'000u);
  EXPECT_TRUE(metrics["test"].contains("psnr"));
  EXPECT_TRUE(fs::exists(project_.path() / "seams.png"));
  EXPECT_EQ(nlohmann::json::parse(scene::read_file(project_.path() / "seams.json")), metrics["seams"]);
  EXPECT_FALSE(fs::exists(block_folder(project_.path(), 0) / "owned.ply")) << "it is in the scene";
}

TEST_F(Merge, SharedExposuresAreFoundOnceAndKept) {
  plan_->options.exposure = "affine";
  const auto maps = shared_exposure(dataset_, plan_->options, project_.path());
  ASSERT_EQ(maps.size(), dataset_.views.size());
  const fs::path file = project_.path() / "exposures.json";
  const std::string bytes = scene::read_file(file);
  const auto again = shared_exposure(dataset_, plan_->options, project_.path());
  for (std::size_t v = 0; v < maps.size(); ++v) EXPECT_THAT(again[v].m, testing::ElementsAreArray(maps[v].m));
  for (const char* damage : {"", "{", "{\"maps\": 3}", "[]"}) {
    scene::write_file_atomically(file, damage);
    shared_exposure(dataset_, plan_->options, project_.path());
    EXPECT_EQ(scene::read_file(file), bytes) << damage;
  }
  const auto of_block = exposure_of(maps, blocks_[1]);
  ASSERT_EQ(of_block.size(), blocks_[1].views.size());
  EXPECT_THAT(of_block[0].m, testing::ElementsAreArray(maps[blocks_[1].views[0].view].m));
  plan_->options.exposure = "off";
  EXPECT_TRUE(shared_exposure(dataset_, plan_->options, project_.path()).empty());
}

}  // namespace
}  // namespace tessera::reconstruct
