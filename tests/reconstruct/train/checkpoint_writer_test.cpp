// Checkpoints in the background, on disks that fail: the run goes on, its bytes are the same, and a whole checkpoint is
// always there.
#include "reconstruct/train/checkpoint_writer.h"

#include <gtest/gtest.h>
#include <sys/mount.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <fstream>
#include <thread>

#include "reconstruct/train/training_session.h"
#include "scene/atomic_file.h"
#include "tests/reconstruct/train/session_support.h"

namespace tessera::reconstruct {
namespace {
namespace fs = std::filesystem;
using test::quick_options;
using test::result_of;
using test::same;
using testing::Test;

void fill(Checkpoint& c, std::uint32_t step, std::size_t rows) {
  c.step = step;
  c.metrics_csv = "step\n";
  c.model = test::random_model(rows, 1, step);
  c.first = test::random_model(rows, 1, 2), c.second = test::random_model(rows, 1, 3);
  c.last_step.assign(rows, step);
}

CheckpointWriter::Report wait_for(CheckpointWriter& writer) {
  while (true) {
    if (const auto report = writer.report()) return *report;
    std::this_thread::yield();
  }
}

TEST(CheckpointWriter, WritesInTheBackgroundFromMemoryThatItKeeps) {
  test::TemporaryFolder run;
  CheckpointWriter writer(run.path());
  EXPECT_FALSE(writer.saved_step());
  fill(writer.snapshot(), 1, 5000);
  writer.start();
  EXPECT_EQ(wait_for(writer).problem, "");
  EXPECT_EQ(writer.saved_step(), 1u);
  EXPECT_FALSE(writer.busy());
  EXPECT_FALSE(writer.report()) << "told once";
  const scene::GaussianModel model = test::random_model(4000, 1, 9);
  const float* kept = writer.snapshot().model.opacity_logit.data();
  writer.snapshot().model = model;  // as the session fills it
  EXPECT_EQ(writer.snapshot().model.opacity_logit.data(), kept);
  fill(writer.snapshot(), 2, 4000);
  writer.start();
  EXPECT_EQ(wait_for(writer).step, 2u);
  EXPECT_EQ(verify_checkpoint(run.path() / "checkpoint"), 2u);
  EXPECT_EQ(verify_checkpoint(run.path() / "checkpoint.previous"), 1u);
  EXPECT_EQ(scene::read_file(run.path() / "metrics.csv"), "step\n");
}

TEST(CheckpointWriter, TheEndWaitsForTheWriteUnderWay) {
  test::TemporaryFolder run;
  {
    CheckpointWriter writer(run.path());
    fill(writer.snapshot(), 3, 20000);
    writer.start();
  }
  EXPECT_EQ(verify_checkpoint(run.path() / "checkpoint"), 3u);
}

TEST(CheckpointWriter, ANewerStateInAHurryReplacesTheWriteUnderWay) {
  test::TemporaryFolder run;
  for (const bool hurry : {true, false}) {
    CheckpointWriter writer(run.path());
    fill(writer.snapshot(), 4, 50000);
    writer.start();
    Checkpoint now;
    fill(now, 5, 100);
    writer.save_now({now, now.model, now.first, now.second, now.last_step}, hurry);
    EXPECT_EQ(writer.saved_step(), 5u);
    EXPECT_EQ(verify_checkpoint(run.path() / "checkpoint"), 5u);
    ASSERT_TRUE(writer.report());
    for (const auto& entry : fs::directory_iterator(run.path()))
      EXPECT_EQ(entry.path().filename().string().find(".new"), std::string::npos) << entry.path();
  }
  EXPECT_EQ(verify_checkpoint(run.path() / "checkpoint.previous"), 4u) << "without hurry it was waited for";
}

TEST(CheckpointWriter, AnAbandonedWriteLeavesWhatWasThere) {
  test::TemporaryFolder run;
  Checkpoint c;
  fill(c, 1, 100);
  const CheckpointView view{c, c.model, c.first, c.second, c.last_step};
  save_checkpoint(view, run.path());
  const std::atomic<bool> abandon{true};
  c.step = 2;
  EXPECT_THROW(save_checkpoint(view, run.path(), &abandon), scene::Cancelled);
  EXPECT_THROW(verify_checkpoint(run.path() / "checkpoint", &abandon), scene::Cancelled);
  EXPECT_EQ(newest_whole_step(run.path()), 1u);
  EXPECT_FALSE(fs::exists(run.path() / "checkpoint.new"));
}

TEST(CheckpointWriter, WhatDoesNotReadBackReplacesNothing) {
  test::TemporaryFolder run;
  Checkpoint c;
  fill(c, 1, 100);
  const CheckpointView view{c, c.model, c.first, c.second, c.last_step};
  save_checkpoint(view, run.path());
  c.step = 2;
  save_checkpoint(view, run.path());
  const fs::path fresh = run.path() / "checkpoint.new";
  c.step = 3;
  for (const std::size_t at : {std::size_t{40}, std::size_t{3000}, std::size_t{20000}}) {
    write_checkpoint(view, fresh);
    std::string bytes = scene::read_file(fresh);
    ASSERT_LT(at, bytes.size());
    bytes[at] = static_cast<char>(bytes[at] ^ 1);  // the disk's mistake
    scene::write_file_atomically(fresh, bytes);
    EXPECT_THROW(accept_checkpoint(run.path(), 3), scene::Error);
    EXPECT_FALSE(fs::exists(fresh));
    EXPECT_EQ(verify_checkpoint(run.path() / "checkpoint"), 2u);
    EXPECT_EQ(verify_checkpoint(run.path() / "checkpoint.previous"), 1u);
  }
  write_checkpoint(view, fresh);
  EXPECT_THROW(accept_checkpoint(run.path(), 4), scene::Error) << "whole, but another one";
  write_checkpoint(view, fresh);
  accept_checkpoint(run.path(), 3);
  EXPECT_EQ(verify_checkpoint(run.path() / "checkpoint"), 3u);
  EXPECT_EQ(verify_checkpoint(run.path() / "checkpoint.previous"), 2u);
}

TEST(CheckpointWriter, ABrokenModelDoesNotReplaceAWholeOne) {
  test::TemporaryFolder run;
  CheckpointWriter writer(run.path());
  fill(writer.snapshot(), 1, 10);
  writer.start();
  EXPECT_EQ(wait_for(writer).problem, "");
  writer.snapshot().step = 2;
  writer.snapshot().model.opacity_logit[3] = NAN;
  writer.start();
  EXPECT_NE(wait_for(writer).problem.find("not finite"), std::string::npos);
  EXPECT_EQ(newest_whole_step(run.path()), 1u);
}

/// A run of 40 steps with a checkpoint every 4 on a disk that is broken after one step and mended after another.
class FailingDisk : public Test {
 protected:
  static constexpr std::uint32_t kBreak = 13, kMend = 27, kLast = 40;
  void SetUp() override { fs::create_directories(run_); }
  void TearDown() override {
    if (mounted_) ::umount2(disk_.c_str(), MNT_DETACH);
  }
  bool mount_disk() {
    mounted_ = ::mount("tmpfs", disk_.c_str(), "tmpfs", 0, "size=4m") == 0;
    if (mounted_) fs::create_directories(run_);
    return mounted_;
  }
  bool remount(unsigned long flags) {
    return ::mount("tmpfs", disk_.c_str(), "tmpfs", MS_REMOUNT | flags, "size=4m") == 0;
  }
  TrainOptions options() const {
    auto o = quick_options(kLast);
    o.checkpoint_every = 4, o.preview_every = 5;
    return o;
  }

  /// Until it is done: a remount is refused while a file is open for writing.
  static bool persist(const std::function<bool()>& action) {
    for (int attempt = 0; attempt < 1000; ++attempt) {
      if (action()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
  }

  void expect_the_run_goes_on(const std::function<bool()>& break_it, const std::function<bool()>& mend_it) {
    TrainingSession undisturbed(world_.dataset, options(), {});
    undisturbed.run();
    std::vector<std::string> warnings;
    bool broken = false, mended = false;
    TrainEvents events;
    events.on_warning = [&](const std::string& line) { warnings.push_back(line); };
    events.on_step = [&](const TrainMetrics& m) {
      if (!broken && m.step >= kBreak) broken = persist(break_it);
      // Broken until a checkpoint has failed: the writer may be behind.
      const auto failed = [](const std::string& w) { return w.find("the checkpoint of step") == 0; };
      if (broken && m.step > kMend && std::none_of(warnings.begin(), warnings.end(), failed))
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
      else if (broken && !mended && m.step >= kMend)
        mended = persist(mend_it);
    };
    TrainingSession session(world_.dataset, options(), run_, events);
    EXPECT_EQ(session.run(), TrainingSession::Outcome::finished);
    EXPECT_TRUE(broken && mended);
    EXPECT_TRUE(same(result_of(session), result_of(undisturbed)));
    EXPECT_EQ(verify_checkpoint(run_ / "checkpoint"), kLast);
    ASSERT_FALSE(warnings.empty());
    for (const std::string& w : warnings) {
      EXPECT_NE(w.find("training goes on"), std::string::npos) << w;
      EXPECT_NE(w.find("cannot write"), std::string::npos) << w;
      EXPECT_EQ(w.find('\n'), std::string::npos) << w;
    }
  }

  /// Never mended: the run trains to its end and then says what is left, and mended it goes on from there.
  void expect_the_end_is_an_error(const std::function<bool()>& break_it, const std::function<bool()>& mend_it) {
    TrainingSession undisturbed(world_.dataset, options(), {});
    undisturbed.run();
    bool broken = false;
    TrainEvents events;
    events.on_step = [&](const TrainMetrics& m) {
      // Not before there is a checkpoint to go on from: the writer may be slower than the steps.
      if (!broken && m.step >= kBreak && newest_whole_step(run_)) broken = persist(break_it);
    };
    std::uint32_t whole = 0;
    {
      TrainingSession session(world_.dataset, options(), run_, events);
      try {
        session.run();
        ADD_FAILURE();
      } catch (const UnsavedCheckpoint& e) {
        EXPECT_EQ(e.subject(), run_.string());
        EXPECT_NE(e.problem().find("the checkpoint of step 40 is not saved"), std::string::npos) << e.what();
        if (const auto left = newest_whole_step(run_)) {
          whole = *left;
          EXPECT_EQ(e.remedy().find("the one of step " + std::to_string(whole) + " is whole"), 0u) << e.what();
        }
      }
      EXPECT_EQ(session.current_step(), kLast);
      EXPECT_TRUE(same(result_of(session), result_of(undisturbed))) << "the model is there to be saved elsewhere";
    }
    ASSERT_TRUE(mend_it());
    TrainingSession again(world_.dataset, options(), run_, {}, TrainingSession::Start::from_checkpoint);
    if (whole) {
      EXPECT_EQ(again.current_step(), whole);
    }
    again.run();
    EXPECT_TRUE(same(result_of(again), result_of(undisturbed)));
  }

  test::SmallWorld world_;
  test::TemporaryFolder folder_;
  const fs::path disk_ = folder_.path(), run_ = disk_ / "run", ballast_ = disk_ / "ballast";
  bool mounted_ = false;

  std::function<bool()> fill_disk = [this] {
    std::ofstream out(ballast_, std::ios::binary);
    const std::string block(4096, 'x');
    while (out.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) continue;
    return true;
  };
  std::function<bool()> empty_disk = [this] { return fs::remove(ballast_); };
  std::function<bool()> read_only = [this] { return remount(MS_RDONLY); };
  std::function<bool()> writable = [this] { return remount(0); };
  std::function<bool()> take_away = [this] { return ::rename(run_.c_str(), (disk_ / "away").c_str()) == 0; };
  std::function<bool()> bring_back = [this] { return ::rename((disk_ / "away").c_str(), run_.c_str()) == 0; };
};

#define NEED_DISK() \
  if (!mount_disk()) GTEST_SKIP() << "SKIPPED: mounting a small tmpfs needs root"

TEST_F(FailingDisk, ThatFillsUpDoesNotEndTheRun) {
  NEED_DISK();
  expect_the_run_goes_on(fill_disk, empty_disk);
}

TEST_F(FailingDisk, ThatIsFullAtTheEndIsAnError) {
  NEED_DISK();
  expect_the_end_is_an_error(fill_disk, empty_disk);
}

TEST_F(FailingDisk, ThatBecomesReadOnlyDoesNotEndTheRun) {
  NEED_DISK();
  expect_the_run_goes_on(read_only, writable);
}

TEST_F(FailingDisk, ThatIsReadOnlyAtTheEndIsAnError) {
  NEED_DISK();
  expect_the_end_is_an_error(read_only, writable);
}

TEST_F(FailingDisk, AFolderThatIsGoneForAWhileDoesNotEndTheRun) { expect_the_run_goes_on(take_away, bring_back); }

TEST_F(FailingDisk, AStopThatCannotBeSavedIsAnError) {
  TrainingSession* current = nullptr;
  TrainEvents events;
  events.on_step = [&](const TrainMetrics& m) {
    if (m.step == kBreak) take_away(), current->stop();
  };
  TrainingSession session(world_.dataset, options(), run_, events);
  current = &session;
  EXPECT_THROW(session.run(), UnsavedCheckpoint);
  EXPECT_EQ(session.current_step(), kBreak);
  bring_back();
  EXPECT_EQ(session.run(), TrainingSession::Outcome::finished) << "it can still go on";
  EXPECT_EQ(verify_checkpoint(run_ / "checkpoint"), kLast);
}

TEST_F(FailingDisk, AFolderThatIsGoneAtTheEndIsAnError) { expect_the_end_is_an_error(take_away, bring_back); }

}  // namespace
}  // namespace tessera::reconstruct
