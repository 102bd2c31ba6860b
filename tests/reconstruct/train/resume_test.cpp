// A run that is taken up again: with other options, other data, a damaged checkpoint.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>

#include "reconstruct/train/checkpoint.h"
#include "reconstruct/train/training_session.h"
#include "scene/atomic_file.h"
#include "tests/reconstruct/train/session_support.h"

namespace tessera::reconstruct {
namespace {
namespace fs = std::filesystem;
using Start = TrainingSession::Start;
using test::quick_options;
using test::result_of;
using test::same;

std::string resume_error(const scene::Dataset& dataset, const TrainOptions& options, const fs::path& run) {
  try {
    TrainingSession session(dataset, options, run, {}, Start::from_checkpoint);
  } catch (const scene::Error& e) {
    EXPECT_FALSE(e.remedy().empty()) << e.what();
    return e.what();
  }
  return {};
}

TEST(Resume, OtherDataIsRefused) {
  test::SmallWorld world;
  test::TemporaryFolder run, empty;
  const auto options = quick_options(20);
  TrainingSession session(world.dataset, options, run.path());
  session.step();
  session.checkpoint();
  for (const auto& change : std::vector<std::function<void(scene::Dataset&)>>{
           [](scene::Dataset& d) { d.views[1].camera.cam_from_world.translation.x += 1e-9; },
           [](scene::Dataset& d) { d.views[2].name = "else"; }, [](scene::Dataset& d) { d.views[3].test = true; },
           [](scene::Dataset& d) { d.points.color[4][0] ^= 1; }, [](scene::Dataset& d) { d.views.pop_back(); },
           [](scene::Dataset& d) { d.views[1].image_path = d.views[2].image_path; }}) {
    scene::Dataset changed = world.dataset;
    change(changed);
    if (fingerprint(changed) == fingerprint(world.dataset)) continue;  // two photos may have one size
    EXPECT_NE(resume_error(changed, options, run.path()).find("other photos, poses or points"), std::string::npos);
  }
  EXPECT_NE(resume_error(world.dataset, options, empty.path()).find("holds no checkpoint"), std::string::npos);
  EXPECT_THROW(TrainingSession(world.dataset, options, {}, {}, Start::from_checkpoint), scene::Error);
}

TEST(Resume, AFinishedRunIsExtendedWithOtherOptionsToTheSameBytesWhereverItStops) {
  test::SmallWorld world;
  for (const char* strategy : {"adc", "mcmc"}) {
    test::TemporaryFolder run, copy;
    auto options = quick_options(20);
    options.strategy = strategy, options.eval = "off";
    TrainingSession(world.dataset, options, run.path()).run();
    fs::copy(run.path(), copy.path(), fs::copy_options::recursive | fs::copy_options::overwrite_existing);

    options.iterations = 50, options.lr_scale = 0.01, options.max_splats = 500, options.threads = 1;
    TrainingSession whole(world.dataset, options, run.path(), {}, Start::from_checkpoint);
    EXPECT_EQ(whole.current_step(), 20u);
    std::vector<std::string> changed;
    for (const OptionChange& c : whole.changes()) changed.push_back(c.name + " " + c.before + " " + c.now);
    EXPECT_EQ(changed, (std::vector<std::string>{"iterations 20 50", "max_splats 400 500", "threads 0 1",
                                                 "lr_scale 0.005 0.01"}));
    EXPECT_EQ(whole.run(), TrainingSession::Outcome::finished);
    EXPECT_EQ(whole.current_step(), 50u);

    {
      TrainingSession part(world.dataset, options, copy.path(), {}, Start::from_checkpoint);
      for (int i = 0; i < 13; ++i) part.step();
      part.checkpoint();
    }
    TrainingSession rest(world.dataset, options, copy.path(), {}, Start::from_checkpoint);
    EXPECT_TRUE(rest.changes().empty());
    rest.run();
    EXPECT_TRUE(same(result_of(rest), result_of(whole))) << strategy;
  }
}

TEST(Resume, WhatCannotChangeIsRefusedInOneClearLine) {
  test::SmallWorld world;
  test::TemporaryFolder run;
  const auto options = quick_options(40);
  TrainingSession session(world.dataset, options, run.path());
  for (int i = 0; i < 30; ++i) session.step();
  session.checkpoint();
  const std::string rows = std::to_string(session.model().size());
  auto other = options;
  other.seed = 5;
  EXPECT_EQ(resume_error(world.dataset, other, run.path()),
            "option 'seed': was 0 when the run began and cannot become 5: the start and every draw so far came from "
            "it; leave it at 0, or start a new run");
  other = options, other.iterations = 29;
  EXPECT_EQ(resume_error(world.dataset, other, run.path()),
            "option 'iterations': is 29, and the run has done 30 steps; give 30 or more, or start a new run");
  other = options, other.max_splats = 100;
  EXPECT_EQ(resume_error(world.dataset, other, run.path()), "option 'max_splats': allows 100 splats, and the run has " +
                                                                rows + "; allow " + rows +
                                                                " or more, or start a new run");
  other = options, other.iterations = 30, other.max_splats = std::stoi(rows), other.pixels_per_splat = 1;
  EXPECT_EQ(resume_error(world.dataset, other, run.path()), "") << "the limits themselves are allowed";
}

/// (name, first byte of the payload or the head where there is none) of each section.
std::vector<std::pair<std::string, std::size_t>> sections(const std::string& bytes) {
  std::vector<std::pair<std::string, std::size_t>> all;
  for (std::size_t at = 12; at < bytes.size();) {
    std::uint64_t length;
    std::memcpy(&length, bytes.data() + at + 16, sizeof length);
    all.push_back({bytes.c_str() + at, length ? at + 32 + length / 2 : at});
    at += 32 + length;
  }
  return all;
}

TEST(Resume, OneFlippedBitInAnySectionOrACutGivesOneWarningAndTheSameBytes) {
  test::SmallWorld world;
  test::TemporaryFolder run;
  const auto options = quick_options(30);
  TrainingSession whole(world.dataset, options, run.path());
  while (whole.current_step() < 20) whole.step();
  whole.checkpoint();
  whole.run();
  const fs::path file = run.path() / "checkpoint";
  const std::string good = scene::read_file(file);
  ASSERT_EQ(sections(good).size(), 10u);
  std::vector<std::pair<std::string, std::string>> damaged{{"cut off", good.substr(0, good.size() / 2)}};
  for (const auto& [name, at] : sections(good)) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    damaged.push_back({name, bad});
  }
  const std::string previous = scene::read_file(run.path() / "checkpoint.previous");
  for (const auto& [name, bytes] : damaged) {
    scene::write_file_atomically(file, bytes);
    EXPECT_THROW(verify_checkpoint(file), scene::Error) << name;
    EXPECT_EQ(newest_whole_step(run.path()), 20u) << name;
    std::vector<std::string> warnings;
    TrainEvents events;
    events.on_warning = [&](const std::string& line) { warnings.push_back(line); };
    TrainingSession again(world.dataset, options, run.path(), events, Start::from_checkpoint);
    EXPECT_EQ(again.current_step(), 20u);
    ASSERT_EQ(warnings.size(), 1u) << name;
    EXPECT_NE(warnings[0].find("going on from " + file.string() + ".previous, step 20"), std::string::npos)
        << warnings[0];
    again.run();
    EXPECT_TRUE(same(result_of(again), result_of(whole))) << name;
    scene::write_file_atomically(run.path() / "checkpoint.previous", previous);
  }
}

TEST(Resume, LeavingsOfAKilledProcessAreRemovedAndNothingElse) {
  test::SmallWorld world;
  test::TemporaryFolder run;
  const auto options = quick_options(20);
  {
    TrainingSession session(world.dataset, options, run.path());
    session.step();
    session.checkpoint();
  }
  // No process has a number above 2^22 on Linux (PID_MAX_LIMIT).
  const fs::path dead = run.path() / ".checkpoint.tmp4194999-3.new";
  const fs::path living = run.path() / (".checkpoint.tmp" + std::to_string(::getpid()) + "-999.new");
  const fs::path users = run.path() / ".notes.tmp", fresh = run.path() / "checkpoint.new";
  const fs::path preview = run.path() / "previews" / ".step_000001.tmp4194999-4.png";
  fs::create_directory(run.path() / "previews");
  for (const fs::path& file : {dead, living, users, fresh, preview}) scene::write_file_atomically(file, "x");
  TrainingSession session(world.dataset, options, run.path(), {}, Start::from_checkpoint);
  EXPECT_FALSE(fs::exists(dead));
  EXPECT_FALSE(fs::exists(preview));
  EXPECT_FALSE(fs::exists(fresh));
  EXPECT_TRUE(fs::exists(living));
  EXPECT_TRUE(fs::exists(users));
}

}  // namespace
}  // namespace tessera::reconstruct
