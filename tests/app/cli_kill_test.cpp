// The short form of scripts/repeat: any number of threads, and SIGKILL at any instant, lead to the same bytes.
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <filesystem>

#include "scene/atomic_file.h"
#include "tests/support/run_process.h"
#include "tests/support/test_data.h"

namespace tessera {
namespace {
namespace fs = std::filesystem;
using test::tessera;

class Killed : public testing::Test {
 protected:
  void SetUp() override {
    const auto made = tessera(
        {"synth", "city", data_, "--views", "6", "--set", "width=160", "--set", "height=120", "--set", "samples=1"});
    ASSERT_EQ(made.exit_code, 0) << made.err;
  }
  std::vector<std::string> words(const std::string& run, int threads) const {
    return {"train",        data_,
            "--out",        run,
            "--preset",     "draft",
            "--iterations", "60",
            "--threads",    std::to_string(threads),
            "--max-splats", "20000",
            "--set",        "eval=off",
            "--set",        "checkpoint_every=5"};
  }
  test::TemporaryFolder folder_;
  const std::string data_ = folder_.path() / "city", run_ = folder_.path() / "run";
};

TEST_F(Killed, RunsOfAnyNumberOfThreadsAndOfAnyNumberOfKillsEndInTheSameBytes) {
  double seconds = 0;
  std::string reference;
  for (const int threads : {1, 2, 3, 8}) {
    const std::string run = run_ + std::to_string(threads);
    const auto start = std::chrono::steady_clock::now();
    const auto result = tessera(words(run, threads));
    seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const std::string model = scene::read_file(fs::path(run) / "model.ply");
    if (reference.empty()) reference = model;
    EXPECT_EQ(model, reference) << threads << " threads";
  }
  // Wherever these instants fall, the result must not tell.
  int kills = 0;
  for (const double share : {0.45, 0.6, 0.75, -1.0}) {
    const bool begun = fs::exists(fs::path(run_) / "run.json");
    if (!begun) fs::remove_all(run_);
    const auto result = tessera(begun ? std::vector<std::string>{"train", "--resume", run_} : words(run_, 2),
                                {.signal_after = share < 0 ? -1 : share * seconds, .signal = SIGKILL});
    ASSERT_TRUE(result.exit_code == 0 || (share > 0 && result.exit_code == 128 + SIGKILL)) << result.err;
    kills += result.exit_code != 0;
  }
  EXPECT_EQ(scene::read_file(fs::path(run_) / "model.ply"), reference) << kills << " kills";
  for (const auto& entry : fs::directory_iterator(run_))
    EXPECT_NE(entry.path().filename().string().front(), '.') << "left behind: " << entry.path();
}

}  // namespace
}  // namespace tessera
