// `tessera train PROJECT` by several processes: helpers, single blocks, Ctrl-C, a full disk.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>

#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include "scene/atomic_file.h"
#include "tests/support/run_process.h"
#include "tests/support/test_data.h"

namespace tessera {
namespace {
namespace fs = std::filesystem;
using test::tessera;
using testing::HasSubstr;
using testing::Not;

class BlocksByProcesses : public testing::Test {
 protected:
  void SetUp() override {
    TESSERA_NEED_DATA("damaged/base");
    plan(whole_, 60);
  }
  void plan(const fs::path& project, int iterations) const {
    const auto made = tessera({"plan", test::shared_data() / "damaged/base", "--out", project, "--blocks", "3",
                               "--preset", "draft", "--iterations", std::to_string(iterations), "--max-splats", "1500",
                               "--set", "checkpoint_every=10", "--set", "steps_per_photo=0"});
    ASSERT_EQ(made.exit_code, 0) << made.err;
  }
  std::string reference() const {
    const auto result = tessera({"train", whole_, "--jobs", "1"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return model(whole_);
  }
  static std::string model(const fs::path& project) { return scene::read_file(project / "model.ply"); }
  test::TemporaryFolder folder_;
  const fs::path whole_ = folder_.path() / "whole", project_ = folder_.path() / "project";
};

TEST_F(BlocksByProcesses, HelpersEndWithTheBytesOfOne) {
  for (const int jobs : {2, 3}) {
    const fs::path project = project_.string() + std::to_string(jobs);
    plan(project, 60);
    const auto result = tessera({"train", project, "--jobs", std::to_string(jobs)});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.err, HasSubstr(std::to_string(jobs) + " blocks at a time"));
    EXPECT_THAT(result.out, HasSubstr("test      PSNR"));
    EXPECT_THAT(result.out, HasSubstr("--start " + project.string())) << "how it can be refined";
    EXPECT_EQ(model(project), reference());
  }
}

TEST_F(BlocksByProcesses, AMergedSceneIsRefinedByAnyNumberOfThemToTheSameBytes) {
  reference();
  std::string one;
  for (const char* jobs : {"1", "2"}) {
    const fs::path refined = folder_.path() / (std::string("refined") + jobs);
    const auto made = tessera({"plan", test::shared_data() / "damaged/base", "--out", refined, "--blocks", "2",
                               "--start", whole_, "--set", "steps_per_photo=4"});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    const auto plan = nlohmann::json::parse(scene::read_file(refined / "plan.json"));
    EXPECT_EQ(plan["preset"], "refine");
    EXPECT_EQ(plan["start"]["rows"].size(), 2u);
    const auto result = tessera({"train", refined, "--jobs", jobs});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("test      PSNR"));
    if (one.empty()) one = model(refined);
    EXPECT_EQ(model(refined), one) << jobs;
  }
  EXPECT_EQ(one.size(), model(whole_).size());
  EXPECT_NE(one, model(whole_));
}

TEST_F(BlocksByProcesses, CtrlCStopsAllOfThemWithCheckpoints) {
  plan(project_, 4000);
  const auto stopped = tessera({"train", project_, "--jobs", "3"}, {.signal_when = "3 at work"});
  ASSERT_EQ(stopped.exit_code, 130) << stopped.err;
  EXPECT_THAT(stopped.err, HasSubstr("stopped; go on with: tessera train " + project_.string()));
  EXPECT_LT(stopped.seconds_after_signal, 30) << "a hang, not a measurement";
  int checkpoints = 0;  // none of a block that had not taken a step yet
  for (const char* block : {"0", "1", "2"}) {
    checkpoints += fs::exists(project_ / "blocks" / block / "checkpoint");
    EXPECT_THAT(scene::read_file(project_ / "jobs" / (std::string("block-") + block + ".1")), HasSubstr("\"free\""));
  }
  EXPECT_GT(checkpoints, 0);
}

TEST_F(BlocksByProcesses, HelpersEndWithWhoStartedThem) {
  plan(project_, 100'000);
  const auto killed = tessera({"train", project_, "--jobs", "2"}, {.signal_when = "2 at work", .signal = SIGKILL});
  EXPECT_EQ(killed.exit_code, 128 + SIGKILL) << "which also says that the helper has let go of stderr: it has ended";
}

TEST_F(BlocksByProcesses, MistakesAreOneLine) {
  for (const auto& [words, code, line] :
       {std::tuple{std::vector<std::string>{"--block", "3"}, 1, "block 3: is not in the plan, which has 3"},
        {{"--block", "-1"}, 2, "--block"},
        {{"--jobs", "0"}, 2, "--jobs"},
        {{"--jobs", "2", "--block", "1"}, 2, "--block is one block"},
        {{"--out", "x"}, 2, "is a plan, which has its own options"}}) {
    std::vector<std::string> all{"train", whole_};
    all.insert(all.end(), words.begin(), words.end());
    const auto result = tessera(all);
    EXPECT_EQ(result.exit_code, code) << result.err;
    EXPECT_THAT(result.err, HasSubstr(line));
  }
  const auto elsewhere = tessera({"train", test::shared_data() / "damaged/base", "--block", "1", "--out", project_});
  EXPECT_EQ(elsewhere.exit_code, 2);
  EXPECT_THAT(elsewhere.err, HasSubstr("are for a folder of tessera plan"));
}

TEST_F(BlocksByProcesses, TogetherKeepTheMemoryThatThePlanWasGiven) {
  const auto made = tessera({"plan", test::shared_data() / "damaged/base", "--out", project_, "--blocks", "3",
                             "--preset", "draft", "--max-splats", "1500", "--set", "memory_mb=400"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const auto result = tessera({"train", project_, "--jobs", "900"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("fit into the 400.0 MB that the plan was given (memory_mb)"));
}

TEST_F(BlocksByProcesses, WhatDoesNotFitIntoTheMemoryIsRefused) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "SKIPPED: sanitizers map more addresses than any limit";
#endif
  const auto result = test::run_process(
      {"/bin/sh", "-c", "ulimit -v 1500000; exec \"$0\" train \"$1\" --jobs 900", test::tessera_binary(), whole_});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("of the blocks at a time are known to fit into the"));
}

TEST_F(BlocksByProcesses, AStaleClaimOfThisMachineIsTakenAtOnceAndThatOfAnotherIsWaitedFor) {
  const std::string bytes = reference();
  plan(project_, 60);
  fs::create_directories(project_ / "jobs");
  std::ofstream(project_ / "jobs/block-1.4")
      << R"({"state": "running", "machine": "another", "process": 9, "host": "far"})";
  const auto busy = tessera({"train", project_, "--block", "1"});
  EXPECT_EQ(busy.exit_code, 1);
  EXPECT_THAT(busy.err, HasSubstr("block 1: is being trained by process 9 on far"));
  fs::last_write_time(project_ / "jobs/block-1.4", fs::file_time_type::clock::now() - std::chrono::minutes(2));
  const auto result = tessera({"train", project_, "--jobs", "1"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(model(project_), bytes);
}

TEST_F(BlocksByProcesses, ADiskThatIsFullIsOneLineAndTheRunGoesOnOnceThereIsRoom) {
  const std::string bytes = reference();
  const fs::path disk = folder_.path() / "disk";
  fs::create_directory(disk);
  if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=16m") != 0)
    GTEST_SKIP() << "SKIPPED: mounting a small tmpfs needs root";
  struct Unmount {
    fs::path at;
    ~Unmount() { ::umount2(at.c_str(), MNT_DETACH); }
  } const unmount{disk};
  plan(disk / "p", 60);
  // All blocks are trained; then no room for the merged model.
  for (const char* block : {"0", "1"}) ASSERT_EQ(tessera({"train", disk / "p", "--block", block}).exit_code, 0);
  const fs::path filler = disk / "filler";
  const auto fill = [&](std::uintmax_t left) {
    std::ofstream(filler).close();
    fs::resize_file(filler, 0);
    std::ofstream file(filler, std::ios::binary);
    const std::string megabyte(1 << 12, 'x');
    while (fs::space(disk).available > left &&
           file.write(megabyte.data(), static_cast<long>(megabyte.size())).flush()) {
    }
  };
  for (const std::uintmax_t left : {4096u, 600'000u, 1'500'000u}) {
    fill(left);
    const auto full = tessera({"train", disk / "p", "--jobs", "1"});
    if (full.exit_code == 0 && left > 4096) break;  // there was room after all
    EXPECT_EQ(full.exit_code, 1) << full.err;
    EXPECT_THAT(full.err, HasSubstr("No space left"));
    EXPECT_FALSE(fs::exists(disk / "p/model.ply") && model(disk / "p") != bytes);
    fs::remove(filler);
  }
  fs::remove(filler);
  const auto result = tessera({"train", disk / "p", "--jobs", "1"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(model(disk / "p"), bytes);
}

}  // namespace
}  // namespace tessera
