#include "reconstruct/blocks/block_training.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "scene/atomic_file.h"
#include "scene/error.h"
#include "tests/reconstruct/blocks/small_blocks.h"

namespace tessera::reconstruct {
namespace {
namespace fs = std::filesystem;

class Blocks : public SmallBlocks {
 protected:
  BlockPlan plan(int blocks) { return plan_blocks(dataset_, {.blocks = blocks}, "standard", options_); }
};

TEST_F(Blocks, APlanSurvivesItsFile) {
  BlockPlan made = plan(2);
  made.merge = MergeRule::nearest;
  write_block_plan(made, folder_.path());
  const BlockPlan read = read_block_plan(folder_.path());
  EXPECT_EQ(read.partition.json(), made.partition.json());
  EXPECT_EQ(read.options.max_splats, 800);
  EXPECT_EQ(read.data_fingerprint, made.data_fingerprint);
  EXPECT_EQ(read.assignment.margin, made.assignment.margin);
  EXPECT_EQ(read.assignment.rule, "tracks");
  EXPECT_EQ(read.merge, MergeRule::nearest);
  ASSERT_EQ(read.views.size(), 2u);
  for (std::size_t b = 0; b < 2; ++b) {
    ASSERT_EQ(read.views[b].size(), made.views[b].size());
    for (std::size_t v = 0; v < made.views[b].size(); ++v) {
      EXPECT_EQ(read.views[b][v].view, made.views[b][v].view);
      EXPECT_EQ(read.views[b][v].cover, made.views[b][v].cover);
      EXPECT_EQ(read.views[b][v].share, made.views[b][v].share);
    }
  }
  EXPECT_NE(block_options(read, 0).seed, block_options(read, 1).seed);
}

TEST_F(Blocks, TakeNoMoreStepsThanTheirPhotosAreGoodFor) {
  BlockPlan made = plan(2);
  EXPECT_EQ(block_options(made, 0).iterations, options_.iterations);
  made.options.iterations = 100'000;
  ASSERT_LT(made.views[0].size(), 16u);
  EXPECT_EQ(block_options(made, 0).iterations, kFewestBlockSteps);
  made.options.steps_per_photo = 1500;
  for (std::uint32_t b = 0; b < 2; ++b)
    EXPECT_EQ(block_options(made, b).iterations, 1500 * static_cast<int>(made.views[b].size()));
  made.options.steps_per_photo = 0;
  EXPECT_EQ(block_options(made, 1).iterations, 100'000);
  BlockPlan whole = plan(1);
  whole.options.iterations = 100'000;
  EXPECT_EQ(block_options(whole, 0).iterations, 100'000) << "a scene of one block is as any other run";
}

TEST_F(Blocks, ABrokenPlanIsOneClearLine) {
  const auto refused = [&](const std::string& text) {
    scene::write_file_atomically(folder_.path() / "plan.json", text);
    return message([&] { read_block_plan(folder_.path()); });
  };
  EXPECT_THAT(refused("{"), testing::HasSubstr("plan.json: is no plan"));
  EXPECT_THAT(refused(R"({"version": 1})"), testing::HasSubstr("version 1"));
  write_block_plan(plan(2), folder_.path());
  auto record = nlohmann::json::parse(scene::read_file(folder_.path() / "plan.json"));
  const auto edited = [&](const std::function<void(nlohmann::json&)>& edit) {
    auto copy = record;
    edit(copy["assignment"]);
    return refused(copy.dump());
  };
  EXPECT_THAT(edited([](auto& a) { a.erase("blocks"); }), testing::HasSubstr("does not list the photos of each block"));
  EXPECT_THAT(edited([](auto& a) { a["blocks"].push_back(1); }), testing::HasSubstr("does not list the photos"));
  EXPECT_THAT(edited([](auto& a) { a["blocks"][1] = 1; }), testing::HasSubstr("photos of block 1 are not in order"));
  EXPECT_THAT(edited([](auto& a) { a["blocks"][0][1]["photo"] = 0; }), testing::HasSubstr("block 0 are not in order"));
  EXPECT_THAT(edited([](auto& a) { a["blocks"][0][0]["cover"] = "much"; }), testing::HasSubstr("cover is no number"));
  EXPECT_THAT(edited([](auto& a) { a["margin"] = nullptr; }), testing::HasSubstr("margin is no number"));
  record["merge"] = "closest";
  EXPECT_THAT(refused(record.dump()), testing::HasSubstr("merge 'closest': is not known"));
  record["options"]["max_splats"] = "many";
  EXPECT_THAT(refused(record.dump()), testing::HasSubstr("max_splats"));
  record.erase("options");
  EXPECT_THAT(refused(record.dump()), testing::HasSubstr("has no options"));
}

TEST_F(Blocks, APlanThatNamesPhotosThatAreNotThereIsRefused) {
  BlockPlan made = plan(2);
  made.views[1].back().view = 900;
  EXPECT_THAT(message([&] { BlockTraining(made, folder_.path(), dataset_, {}); }),
              testing::HasSubstr("photo 900 is none to train on"));
  made.views[1].back().view = static_cast<std::uint32_t>(dataset_.test_views().front());
  EXPECT_THAT(message([&] { BlockTraining(made, folder_.path(), dataset_, {}); }),
              testing::HasSubstr("is none to train on"));
}

TEST_F(Blocks, MoreBlocksThanPhotosAreRefusedWithWhatWouldDo) {
  EXPECT_THAT(message([&] { plan(500); }), testing::HasSubstr("give at most"));
  EXPECT_THAT(message([&] { plan(0); }), testing::HasSubstr("at least one"));
}

TEST_F(Blocks, AreTrainedMergedAndScored) {
  const fs::path project = folder_.path() / "project";
  const auto outcome = BlockTraining(plan(2), project, dataset_, {}).run();
  EXPECT_FALSE(outcome.stopped);
  EXPECT_TRUE(outcome.metrics["test"].contains("psnr"));
  EXPECT_EQ(outcome.metrics["blocks"], 2);
  EXPECT_EQ(outcome.metrics["iterations"], 2 * options_.iterations) << "of all blocks";
  EXPECT_LT(outcome.metrics["splats"], outcome.metrics["trained_splats"]) << "each keeps what it owns";
  // A second start trains nothing and gives the same.
  const std::string first = model(project);
  int steps = 0;
  TrainEvents events;
  events.on_step = [&](const TrainMetrics&) { ++steps; };
  BlockTraining(plan(2), project, dataset_, events).run();
  EXPECT_EQ(steps, 0);
  EXPECT_EQ(model(project), first);
}

TEST_F(Blocks, StoppedAndStartedAgainEndWithTheSameBytes) {
  const fs::path whole = folder_.path() / "whole", stopped = folder_.path() / "stopped";
  BlockTraining(plan(2), whole, dataset_, {}).run();
  for (const int at : {5, 45}) {  // in the first and in the second block
    scene::Cancellation cancellation;
    TrainEvents events;
    events.cancellation = &cancellation;
    int steps = 0;
    events.on_step = [&](const TrainMetrics&) {
      if (++steps == at) cancellation.request();
    };
    fs::remove_all(stopped);
    EXPECT_TRUE(BlockTraining(plan(2), stopped, dataset_, events).run().stopped);
    BlockTraining(plan(2), stopped, dataset_, {}).run();
    EXPECT_EQ(model(stopped), model(whole)) << at;
  }
}

TEST_F(Blocks, AnyNumberOfWorkersEndsWithTheSameBytes) {
  const fs::path alone = folder_.path() / "alone";
  BlockTraining(plan(3), alone, dataset_, {}).run();
  for (const int workers : {2, 3}) {
    const fs::path project = folder_.path() / std::to_string(workers);
    std::vector<std::thread> threads;
    std::atomic<int> steps = 0, merged = 0;
    for (int w = 0; w < workers; ++w)
      threads.emplace_back([&] {
        TrainEvents events;
        events.on_step = [&](const TrainMetrics&) { ++steps; };
        BlockTraining training(plan(3), project, dataset_, events, {.poll = 0.01});
        merged += !training.run().metrics.is_null();
      });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(steps, 3 * options_.iterations) << "no step was taken twice";
    EXPECT_GE(merged, 1);
    EXPECT_EQ(model(project), model(alone)) << workers;
  }
}

TEST_F(Blocks, OneBlockAtATimeTheLastOfThemMerges) {
  const fs::path project = folder_.path() / "project", whole = folder_.path() / "whole";
  for (const std::uint32_t block : {1u, 0u}) {
    const auto outcome = BlockTraining(plan(2), project, dataset_, {}, {.only = block}).run();
    EXPECT_EQ(outcome.metrics.is_null(), block == 1u);
  }
  BlockTraining(plan(2), whole, dataset_, {}).run();
  EXPECT_EQ(model(project), model(whole));
  EXPECT_THAT(message([&] { BlockTraining(plan(2), project, dataset_, {}, {.only = 2}); }),
              testing::HasSubstr("block 2: is not in the plan, which has 2"));
}

TEST_F(Blocks, ABlockThatFailsIsTriedOnceMoreAndTheOthersGoOn) {
  const fs::path project = folder_.path() / "project", whole = folder_.path() / "whole";
  fs::create_directories(project / "blocks");
  scene::write_file_atomically(project / "blocks/0", "a file where the block's folder should be");
  std::vector<std::string> warnings;
  TrainEvents events;
  events.on_warning = [&](const std::string& line) { warnings.push_back(line); };
  const std::string line = message([&] { BlockTraining(plan(3), project, dataset_, events).run(); });
  EXPECT_THAT(line, testing::HasSubstr("1 of 3 blocks failed (0), the others are trained"));
  EXPECT_THAT(line, testing::HasSubstr("run it again: tessera train " + project.string()));
  EXPECT_THAT(warnings,
              testing::ElementsAre(testing::EndsWith("it is tried once more"), testing::EndsWith("the others go on")));
  fs::remove(project / "blocks/0");
  BlockTraining(plan(3), project, dataset_, {}).run();
  BlockTraining(plan(3), whole, dataset_, {}).run();
  EXPECT_EQ(model(project), model(whole));
}

TEST_F(Blocks, WhatAWorkerLeftBeforeItsFirstRecordIsNoObstacle) {
  const fs::path project = folder_.path() / "project", run = project / "blocks/0";
  fs::create_directories(run / "previews");
  scene::write_file_atomically(run / "run.lock", "1 host\n");
  EXPECT_FALSE(BlockTraining(plan(2), project, dataset_, {}).run().stopped);
}

TEST_F(Blocks, ABlockThatIsTakenOverFromAWorkerThatWasCutOffIsLeftAlone) {
  const fs::path project = folder_.path() / "project", whole = folder_.path() / "whole";
  const Lease lease{.beat = 1000, .lasts = 0.5};
  int steps = 0;
  std::string untouched;
  std::vector<std::string> notes;
  TrainEvents events;
  events.on_step = [&](const TrainMetrics&) {
    if (++steps != 12) return;  // step 10 is saved
    const JobFolder jobs(project / "jobs");
    const std::string block = jobs.look().begin()->first;
    std::this_thread::sleep_for(std::chrono::milliseconds(600));
    std::ofstream(project / "jobs" / (block + ".2")) << R"({"state": "running", "machine": "another", "process": 7})";
    untouched = scene::read_file(project / "blocks" / block.substr(6) / "run.json");
    scene::write_file_atomically(folder_.path() / "block", block.substr(6));
  };
  events.on_note = [&](const std::string& line) {
    notes.push_back(line);
    if (line.find("was taken over") == std::string::npos) return;
    const fs::path run = project / "blocks" / scene::read_file(folder_.path() / "block");
    EXPECT_EQ(scene::read_file(run / "run.json"), untouched);
    EXPECT_EQ(TrainingSession::has_checkpoint(run), true);
  };
  BlockTraining(plan(2), project, dataset_, events, {.lease = lease, .poll = 0.05}).run();
  EXPECT_THAT(notes,
              testing::Contains(testing::HasSubstr("was taken over by another worker while this one was cut off")));
  BlockTraining(plan(2), whole, dataset_, {}).run();
  EXPECT_EQ(model(project), model(whole)) << "once the other one was gone, too, this one went on";
}

TEST_F(Blocks, APlanForOtherPhotosIsRefused) {
  const BlockPlan made = plan(2);
  dataset_.views.pop_back();
  EXPECT_THAT(message([&] { BlockTraining(made, folder_.path(), dataset_, {}); }),
              testing::HasSubstr("was made for other photos"));
}

}  // namespace
}  // namespace tessera::reconstruct
