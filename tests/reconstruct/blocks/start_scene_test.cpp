#include "reconstruct/blocks/start_scene.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "reconstruct/blocks/block_training.h"
#include "reconstruct/blocks/forecast.h"
#include "reconstruct/run/inputs.h"
#include "render/rasterizer.h"
#include "scene/atomic_file.h"
#include "scene/error.h"
#include "scene/formats/ply.h"
#include "tests/reconstruct/blocks/small_blocks.h"

namespace tessera::reconstruct {
namespace {
namespace fs = std::filesystem;

class StartScene : public SmallBlocks {
 protected:
  void SetUp() override {
    SmallBlocks::SetUp();
    if (IsSkipped()) return;
    options_.sh_degree = 2;
    const BlockPlan plan = plan_blocks(dataset_, {.blocks = 2}, "draft", options_);
    first_metrics_ = BlockTraining(plan, first_, dataset_, {}).run().metrics;
  }
  BlockPlan plan(int blocks) {
    PlanOptions how;
    how.blocks = blocks, how.start = first_;
    TrainOptions options = options_;
    options.sh_degree = 3, options.strategy = "mcmc", options.max_splats = 5;  // what the scene overrules
    return plan_blocks(dataset_, how, "refine", options);
  }
  const fs::path first_ = folder_.path() / "first";
  nlohmann::json first_metrics_;
};

TEST_F(StartScene, EveryRowHasOneOwnerAndAPlanKeepsTheCounts) {
  for (const int blocks : {1, 2, 3}) {
    const BlockPlan made = plan(blocks);
    ASSERT_EQ(made.start.rows.size(), static_cast<std::size_t>(blocks));
    std::size_t own = 0;
    for (const auto& rows : made.start.rows) own += rows.own;
    EXPECT_EQ(own, made.start.splats);
    EXPECT_EQ(own, first_metrics_["splats"]);
    write_block_plan(made, folder_.path());
    const BlockPlan read = read_block_plan(folder_.path());
    EXPECT_EQ(read.start.file, made.start.file);
    EXPECT_EQ(read.start.fingerprint, made.start.fingerprint);
    EXPECT_EQ(read.start.splats, made.start.splats);
    for (std::uint32_t b = 0; b < static_cast<std::uint32_t>(blocks); ++b) {
      EXPECT_EQ(read.start.rows[b].own, made.start.rows[b].own);
      EXPECT_EQ(read.start.rows[b].others, made.start.rows[b].others);
      const TrainOptions o = block_options(read, b);
      EXPECT_EQ(o.max_splats, static_cast<int>(made.start.rows[b].own + made.start.rows[b].others));
      EXPECT_EQ(o.sh_degree, 2);
      EXPECT_EQ(o.strategy, "adc");
      EXPECT_EQ(forecast(read, dataset_).blocks[b].splats, static_cast<std::size_t>(o.max_splats));
    }
  }
}

TEST_F(StartScene, AsManyStepsAsThePhotosAreGoodFor) {
  for (const int blocks : {1, 2}) {
    BlockPlan made = plan(blocks);
    made.options.iterations = 100'000, made.options.steps_per_photo = 3;
    for (std::uint32_t b = 0; b < made.partition.cells(); ++b)
      EXPECT_EQ(block_options(made, b).iterations, 3 * static_cast<int>(made.views[b].size()));
  }
}

TEST_F(StartScene, ABlockBeginsWithAllThatItsPhotosShow) {
  const BlockPlan made = plan(2);
  const scene::GaussianModel whole = load_model(first_, dataset_);
  const auto rasterizer = render::make_cpu_rasterizer();
  for (std::uint32_t b = 0; b < 2; ++b) {
    const scene::GaussianModel start = start_model(made, dataset_, b);
    const auto& rows = made.start.rows[b];
    ASSERT_EQ(start.size(), rows.own + rows.others);
    for (std::size_t i = 0; i < start.size(); ++i) {
      const bool own =
          made.partition.owner({start.position[0][i], start.position[1][i], start.position[2][i]}) == b;
      EXPECT_EQ(own, i < rows.own) << i;
    }
    for (const BlockView& v : made.views[b]) {
      const scene::Camera& camera = dataset_.views[v.view].camera;
      const render::Plane expected = rasterizer->forward(whole, camera, {}).color[1];
      const render::Plane& drawn = rasterizer->forward(start, camera, {}).color[1];
      EXPECT_EQ(drawn.data, expected.data) << v.view;
    }
  }
}

TEST_F(StartScene, TrainingChangesEverySplatsValuesAndNeitherNumberNorOwner) {
  for (const int blocks : {1, 2}) {
    const fs::path project = folder_.path() / ("refined" + std::to_string(blocks));
    const auto outcome = BlockTraining(plan(blocks), project, dataset_, {}).run();
    EXPECT_EQ(outcome.metrics["splats"], first_metrics_["splats"]);
    EXPECT_NE(model(project), model(first_));
    // Ever so slow, it is the scene that it started from, row for row in the order of the blocks.
    BlockPlan still = plan(blocks);
    TrainOptions& o = still.options;
    o.lr_position = o.lr_position_final = o.lr_scale = o.lr_rotation = o.lr_opacity = o.lr_sh0 = o.lr_sh_rest = 0;
    o.scale_limit = 0, o.iterations = 2;
    const fs::path copy = folder_.path() / ("copy" + std::to_string(blocks));
    BlockTraining(still, copy, dataset_, {}).run();
    const scene::GaussianModel before = scene::read_splat_ply(first_ / "model.ply");
    const scene::GaussianModel after = scene::read_splat_ply(copy / "model.ply");
    std::vector<float> expected = before.opacity_logit, kept = after.opacity_logit;  // in any frame
    std::sort(expected.begin(), expected.end()), std::sort(kept.begin(), kept.end());
    EXPECT_EQ(kept, expected);
  }
}

TEST_F(StartScene, StoppedAndStartedAgainEndsWithTheSameBytes) {
  const fs::path whole = folder_.path() / "whole", stopped = folder_.path() / "stopped";
  BlockTraining(plan(2), whole, dataset_, {}).run();
  scene::Cancellation cancellation;
  TrainEvents events;
  events.cancellation = &cancellation;
  int steps = 0;
  events.on_step = [&](const TrainMetrics&) {
    if (++steps == 41) cancellation.request();
  };
  EXPECT_TRUE(BlockTraining(plan(2), stopped, dataset_, events).run().stopped);
  BlockTraining(plan(2), stopped, dataset_, {}).run();
  EXPECT_EQ(model(stopped), model(whole));
}

TEST_F(StartScene, ASceneThatChangedIsOneClearLine) {
  const BlockPlan made = plan(2);
  const fs::path file = first_ / "model.ply", project = folder_.path() / "refined";
  const scene::GaussianModel good = scene::read_splat_ply(file);
  scene::GaussianModel other = good;
  other.opacity_logit[3] += 1;
  scene::write_splat_ply(other, file);
  const auto start = [&] { BlockTraining(made, project, dataset_, {}).run(); };
  EXPECT_THAT(message(start), testing::AllOf(testing::HasSubstr("model.ply: has changed since the plan was made"),
                                             testing::HasSubstr("tessera plan --start")));
  fs::remove(file);
  EXPECT_THAT(message(start), testing::HasSubstr("model.ply"));
  EXPECT_THAT(message([&] { plan(2); }), testing::HasSubstr("holds no model.ply"));
  scene::SparsePoints points;
  points.position = {{0, 0, 0}}, points.color = {{0, 0, 0}};
  scene::write_point_ply(points, file);
  EXPECT_THAT(message([&] { plan(2); }), testing::HasSubstr("holds no splats"));
  scene::write_splat_ply(good, file);
  EXPECT_NO_THROW(BlockTraining(made, project, dataset_, {}));
  BlockPlan edited = made;
  edited.start.rows[0].own -= 1;  // by hand
  EXPECT_THAT(message([&] { BlockTraining(edited, project, dataset_, {}).run(); }), testing::HasSubstr("has changed"));
}

TEST_F(StartScene, WhereMemoryIsTooLittleForItTheLineSaysWhatToDo) {
  BlockContext context;
  context.start = [&] { return start_model(plan(2), dataset_, 0); };
  TrainOptions options = options_;
  options.max_splats = 100;
  EXPECT_THAT(message([&] { TrainingSession(dataset_, options, {}, {}, TrainingSession::Start::anew, context); }),
              testing::AllOf(testing::HasSubstr("there is room for 100"), testing::HasSubstr("--memory")));
}

TEST_F(StartScene, ABrokenPlanIsOneClearLine) {
  write_block_plan(plan(2), folder_.path());
  const auto record = nlohmann::json::parse(scene::read_file(folder_.path() / "plan.json"));
  const std::function<void(nlohmann::json&)> edits[] = {
      [](auto& s) { s = 3; },
      [](auto& s) { s.erase("file"); },
      [](auto& s) { s["splats"] = -1; },
      [](auto& s) { s["rows"].push_back({1, 2}); },
      [](auto& s) { s["rows"][1] = 7; },
      [](auto& s) { s["rows"][1] = {1, 1e9}; },
      [](auto& s) { s["rows"][0][0] = s["splats"].template get<int>() + 1; },
      [](auto& s) { s["fingerprint"] = "x"; }};
  for (const auto& edit : edits) {
    auto copy = record;
    edit(copy["start"]);
    scene::write_file_atomically(folder_.path() / "plan.json", copy.dump());
    EXPECT_THAT(message([&] { read_block_plan(folder_.path()); }),
                testing::HasSubstr("start does not say what scene and how much of it"))
        << copy["start"].dump();
  }
}

}  // namespace
}  // namespace tessera::reconstruct
