#include "reconstruct/blocks/work_claim.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "scene/atomic_file.h"
#include "tests/support/test_data.h"

namespace tessera::reconstruct {
namespace {
namespace fs = std::filesystem;
using Is = JobState::Is;

class Claims : public testing::Test {
 protected:
  std::unique_ptr<JobClaim> claim(const JobFolder& folder) const { return folder.claim("a", state(folder)); }
  JobState state(const JobFolder& folder) const { return folder.look()["a"]; }
  /// As if another machine had written it.
  void move_elsewhere(int generation, const char* state = "running") const {
    const fs::path file = path_ / ("a." + std::to_string(generation));
    auto record = nlohmann::json::parse(scene::read_file(file));
    record["machine"] = "another", record["host"] = "far", record["state"] = state;
    std::ofstream(file, std::ios::binary) << record.dump();
  }
  void age(int generation, double seconds) const {
    const fs::path file = path_ / ("a." + std::to_string(generation));
    fs::last_write_time(file, fs::last_write_time(file) - std::chrono::milliseconds(static_cast<int>(1e3 * seconds)));
  }
  test::TemporaryFolder temporary_;
  const fs::path path_ = temporary_.path() / "jobs";
  const JobFolder folder_{path_};
};

TEST_F(Claims, OnlyOneOfManyGetsAJob) {
  for (int round = 0; round < 20; ++round) {
    const JobState seen = state(folder_);
    std::vector<std::unique_ptr<JobClaim>> got(8);
    std::vector<std::thread> threads;
    for (auto& mine : got) threads.emplace_back([&] { mine = folder_.claim("a", seen); });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(std::ranges::count_if(got, [](const auto& c) { return c != nullptr; }), 1);
    EXPECT_EQ(state(folder_).is, Is::running);
    EXPECT_EQ(claim(folder_), nullptr) << "it is taken";
  }
  EXPECT_EQ(state(folder_).is, Is::free) << "given back";
  EXPECT_EQ(state(folder_).deaths, 0);
}

TEST_F(Claims, AJobEndsDoneOrFailedWithItsReason) {
  claim(folder_)->done();
  EXPECT_EQ(state(folder_).is, Is::done);
  for (int attempt = 1; attempt <= 2; ++attempt) {
    claim(folder_)->fail("disk: \"full\"\n" + std::string(5000, '\x01'));
    const JobState now = state(folder_);
    EXPECT_EQ(now.is, Is::failed);
    EXPECT_EQ(now.attempts, attempt);
    EXPECT_THAT(now.problem, testing::StartsWith("disk: \"full\""));
    EXPECT_NEAR(now.since, folder_.now(), 5);
  }
}

TEST_F(Claims, AWorkerThatWasKilledIsFollowedAtOnce) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto mine = claim(folder_);
    ::raise(SIGKILL);
  }
  siginfo_t info;
  ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT);
  EXPECT_EQ(state(folder_).is, Is::free) << "even before its parent has taken note";
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(state(folder_).deaths, 1);
  EXPECT_THAT(state(folder_).who, testing::HasSubstr("process " + std::to_string(child)));
  EXPECT_NE(claim(folder_), nullptr);
}

TEST_F(Claims, AnotherMachinesWorkerIsAliveAsLongAsItsLease) {
  const auto mine = claim(folder_);
  move_elsewhere(1);
  EXPECT_EQ(state(folder_).is, Is::running);
  EXPECT_THAT(state(folder_).who, testing::HasSubstr(" on far"));
  age(1, 50);
  EXPECT_EQ(state(folder_).is, Is::running);
  age(1, 20);
  EXPECT_EQ(state(folder_).is, Is::free);
  EXPECT_EQ(state(folder_).deaths, 1);
}

TEST_F(Claims, ARecordThatCannotBeReadIsAliveAsLongAsALease) {
  const auto mine = claim(folder_);
  for (const char* broken : {"", "{", "[1]", "\"running\"", "{\"state\": 7, \"process\": \"x\"}"}) {
    std::ofstream(path_ / "a.1", std::ios::binary | std::ios::trunc) << broken;
    EXPECT_EQ(state(folder_).is, Is::running) << broken;
    age(1, 70);
    EXPECT_EQ(state(folder_).is, Is::free) << broken;
  }
}

TEST_F(Claims, TheLeaseIsRenewedAndCarriesTheProgress) {
  const JobFolder quick(path_, {.beat = 0.01, .lasts = 30});
  const auto mine = claim(quick);
  mine->report({0.5, 12, 24});
  const double begun = state(quick).since;
  while (state(quick).progress.share != 0.5 || state(quick).since == begun) std::this_thread::yield();
  EXPECT_EQ(state(quick).progress.remaining, 12);
  EXPECT_NO_THROW(mine->check());
}

TEST_F(Claims, WhoWasCutOffAndIsFollowedMustNotWrite) {
  const JobFolder slow(path_, {.beat = 1000, .lasts = 0.05});  // never renewed in time
  const auto cut_off = claim(slow);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  move_elsewhere(1);
  age(1, 1);
  const auto follower = claim(slow);
  ASSERT_NE(follower, nullptr);
  EXPECT_THROW(cut_off->check(), ClaimLost);
  EXPECT_TRUE(cut_off->lost());
  cut_off->done();
  EXPECT_EQ(slow.look()["a"].generation, 2);
  EXPECT_THAT(scene::read_file(path_ / "a.2"), testing::HasSubstr("\"running\"")) << "the follower's is untouched";
}

TEST_F(Claims, WhoWasCutOffAndIsNotFollowedGoesOn) {
  const JobFolder slow(path_, {.beat = 1000, .lasts = 0.2});
  const auto mine = claim(slow);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  mine->done();
  EXPECT_EQ(state(slow).is, Is::done);
  EXPECT_EQ(state(slow).generation, 2) << "the next claim is what says that nobody was there";
}

TEST_F(Claims, AFolderThatCannotBeReachedMustNotBeWrittenTo) {
  const JobFolder slow(path_, {.beat = 1000, .lasts = 0.05});
  const auto mine = claim(slow);
  fs::rename(path_, temporary_.path() / "away");
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_THROW(mine->check(), ClaimLost);
  EXPECT_FALSE(mine->lost()) << "it is not known";
  EXPECT_THROW(folder_.claim("b", {}), scene::Error);
}

}  // namespace
}  // namespace tessera::reconstruct
