// Workers under mpirun: killed at any instant, on two hosts, one of them cut off. Result bytes never tell.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <thread>

#include "scene/atomic_file.h"
#include "tests/support/run_process.h"
#include "tests/support/test_data.h"

namespace tessera {
namespace {
namespace fs = std::filesystem;
using test::tessera;
using testing::HasSubstr;

class UnderMpi : public testing::Test {
 protected:
  void SetUp() override {
    TESSERA_NEED_DATA("damaged/base");
    if (std::system("mpirun --version >/dev/null 2>&1") != 0)
      GTEST_SKIP() << "SKIPPED: there is no mpirun; install openmpi-bin";
    plan(whole_);
    const auto start = std::chrono::steady_clock::now();
    const auto result = tessera({"train", whole_, "--jobs", "1"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    bytes_ = scene::read_file(whole_ / "model.ply");
  }
  static void plan(const fs::path& project) {
    const auto made =
        tessera({"plan", test::shared_data() / "damaged/base", "--out", project, "--blocks", "3", "--preset", "draft",
                 "--iterations", "200", "--max-splats", "1500", "--set", "checkpoint_every=10"});
    ASSERT_EQ(made.exit_code, 0) << made.err;
  }
  static std::vector<std::string> ranks(int count, const fs::path& project) {
    return {"mpirun", "--allow-run-as-root", "--oversubscribe",      "--bind-to", "none", "--enable-recovery",
            "-np",    std::to_string(count), test::tessera_binary(), "train",     project};
  }
  /// Processes of that program that train in `project`.
  static std::vector<pid_t> workers(const fs::path& project, const std::string& program = test::tessera_binary()) {
    std::vector<pid_t> found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/proc", error)) {
      const pid_t process = std::atoi(entry.path().filename().c_str());
      if (process <= 0) continue;
      std::string words;
      std::getline(std::ifstream(entry.path() / "cmdline"), words, '\n');
      if (words.starts_with(program) && words.find(project.string()) != std::string::npos) found.push_back(process);
    }
    return found;
  }
  test::TemporaryFolder folder_;
  const fs::path whole_ = folder_.path() / "whole", project_ = folder_.path() / "project";
  double seconds_ = 0;
  std::string bytes_;
};

TEST_F(UnderMpi, AnyNumberOfRanksEndsWithTheSameBytes) {
  for (const int count : {2, 3}) {
    const fs::path project = project_.string() + std::to_string(count);
    plan(project);
    const auto result = test::run_process(ranks(count, project));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("test      PSNR"));
    EXPECT_EQ(scene::read_file(project / "model.ply"), bytes_);
  }
}

TEST_F(UnderMpi, ARankThatIsKilledIsMadeUpForByTheOthers) {
  plan(project_);
  std::thread killer([&] {
    while (!fs::exists(project_ / "blocks/0/checkpoint") && !fs::exists(project_ / "blocks/1/checkpoint"))
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    const auto ranks = workers(project_);
    if (!ranks.empty()) ::kill(ranks.front(), SIGKILL);
  });
  const auto result = test::run_process(ranks(2, project_));
  killer.join();
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(scene::read_file(project_ / "model.ply"), bytes_);
}

TEST_F(UnderMpi, TwentyKillsOfARankOrOfAllLeadToTheSameBytes) {
  std::mt19937 draw(20);
  int kills = 0, runs = 0;
  for (int round = 0; kills < 20 && round < 40; ++round) {
    const fs::path project = project_.string() + std::to_string(round);
    plan(project);
    bool finished = false;
    while (!finished) {
      ASSERT_LT(++runs, 200);
      const bool kill = kills < 20;
      const double after = seconds_ * std::uniform_real_distribution<double>(0.05, 0.6)(draw);
      const bool all = draw() % 2 == 0;
      std::atomic<bool> over = false;
      std::thread killer([&] {
        if (!kill) return;
        const auto due = std::chrono::steady_clock::now() + std::chrono::duration<double>(after);
        while (std::chrono::steady_clock::now() < due) {
          if (over) return;
          std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        auto ranks = workers(project);
        if (ranks.empty()) return;
        ++kills;
        if (all) std::ranges::copy(workers(project, "mpirun"), std::back_inserter(ranks));
        for (std::size_t k = 0; k < (all ? ranks.size() : 1); ++k) ::kill(ranks[k], SIGKILL);
      });
      const auto result = test::run_process(ranks(2, project));
      over = true;
      killer.join();
      // mpirun says 0 even where a rank was killed: whether the scene is done, its folder says.
      const auto state = fs::exists(project / "run.json") ? scene::read_file(project / "run.json") : std::string();
      finished = state.find("\"finished\"") != std::string::npos;
      ASSERT_TRUE(finished || kill) << result.err;
    }
    EXPECT_EQ(scene::read_file(project / "model.ply"), bytes_) << kills << " kills";
    for (const auto& entry : fs::directory_iterator(project))
      EXPECT_EQ(entry.path().filename().string().find(".tmp"), std::string::npos) << entry.path();
  }
  EXPECT_EQ(kills, 20);
}

/// Two network namespaces with host names and process numbers of their own, and one folder.
class TwoHosts : public UnderMpi {
 protected:
  test::ProcessResult train(int seconds_cut_off) {
    plan(project_);
    return test::run_process(
        {"bash", TESSERA_TWO_HOSTS, test::tessera_binary(), project_.string(), std::to_string(seconds_cut_off)});
  }
  static constexpr int kNoRight = 77;
};

TEST_F(TwoHosts, ShareAFolderAndEndWithTheBytesOfOne) {
  const auto result = train(0);
  if (result.exit_code == kNoRight) GTEST_SKIP() << result.out;
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(scene::read_file(project_ / "model.ply"), bytes_);
  std::string hosts;
  for (const auto& entry : fs::directory_iterator(project_ / "jobs")) hosts += scene::read_file(entry.path());
  EXPECT_THAT(hosts, HasSubstr("\"host\":\"host-a\""));
  EXPECT_THAT(hosts, HasSubstr("\"host\":\"host-b\""));
}

TEST_F(TwoHosts, OneThatIsCutOffForAMinuteCostsTimeAndNothingElse) {
  const auto result = train(65);  // longer than a lease
  if (result.exit_code == kNoRight) GTEST_SKIP() << result.out;
  RecordProperty("exit_code", result.exit_code);
  // Whether mpirun bears it is its affair: the folder is whole either way.
  const auto again = tessera({"train", project_, "--jobs", "1"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(scene::read_file(project_ / "model.ply"), bytes_) << result.exit_code << ' ' << result.err;
}

}  // namespace
}  // namespace tessera
