// Work is not lost: the studio is killed at twenty instants of a way through it, or its display is, and a fresh window
// opens the project and offers the right thing. Needs a display (the build's test entry brings one).
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <random>
#include <thread>

#include <nlohmann/json.hpp>

#include "scene/atomic_file.h"
#include "tests/support/run_process.h"
#include "tests/support/test_data.h"

extern char** environ;

namespace tessera {
namespace {
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int kKills = 20;

/// A way through the studio, under way.
class Studio {
 public:
  explicit Studio(const fs::path& photos, std::vector<std::string> way = {"flow"}) {
    const std::string name = photos.string();
    std::vector<std::string> words{TESSERA_KILL_FLOW, way[0], name};
    words.insert(words.end(), way.begin() + 1, way.end());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 2, (name + ".log").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (::posix_spawn(&process_, arguments[0], &actions, nullptr, arguments.data(), environ) != 0) process_ = -1;
    posix_spawn_file_actions_destroy(&actions);
  }
  ~Studio() { kill(); }
  bool started() const { return process_ > 0; }
  bool ended() {
    if (process_ > 0 && ::waitpid(process_, &status_, WNOHANG) == process_) process_ = 0;
    return process_ <= 0;
  }
  int status() const { return status_; }
  /// True where it was still there to be killed.
  bool kill() {
    if (ended()) return false;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, &status_, 0);
    process_ = 0;
    return true;
  }

 private:
  pid_t process_ = -1;
  int status_ = 0;
};

/// An X server of the test's own, which is this process's display while it lives.
class Display {
 public:
  Display() : before_(std::getenv("DISPLAY") ? std::getenv("DISPLAY") : "") {
    int ends[2];
    if (::pipe(ends) != 0) return;
    std::string words[] = {"Xvfb", "-displayfd", std::to_string(ends[1]), "-screen", "0", "1600x1000x24"};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    if (::posix_spawnp(&process_, arguments[0], nullptr, nullptr, arguments.data(), environ) != 0) process_ = -1;
    ::close(ends[1]);
    std::string number;
    for (char c = 0; ::read(ends[0], &c, 1) == 1 && c != '\n';) number += c;
    ::close(ends[0]);
    if (!number.empty()) ::setenv("DISPLAY", (":" + number).c_str(), 1), started_ = true;
  }
  ~Display() {
    kill();
    ::setenv("DISPLAY", before_.c_str(), 1);
  }
  bool started() const { return started_; }
  void kill() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = 0;
  }

 private:
  std::string before_;
  pid_t process_ = -1;
  bool started_ = false;
};

class KilledStudio : public testing::Test {
 protected:
  void SetUp() override { TESSERA_NEED_DATA("damaged/base"); }
  fs::path photos(int n) const {
    const fs::path path = folder_.path() / std::to_string(n) / "fox";
    fs::create_directories(path.parent_path());
    fs::copy(test::shared_data() / "damaged/base", path, fs::copy_options::recursive);
    return path;
  }
  static nlohmann::json check(const fs::path& photos, bool go_on) {
    std::vector<std::string> words{TESSERA_KILL_FLOW, "check", photos.string()};
    if (go_on) words.push_back("go_on");
    const auto result = test::run_process(words, {.limit_seconds = 120});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return nlohmann::json::parse(result.out, nullptr, false);
  }
  /// "x*": any file of its folder whose name begins so.
  static bool appeared(const fs::path& file) {
    std::string name = file.filename().string();
    if (name.back() != '*') return fs::exists(file);
    name.pop_back();
    std::error_code error;
    for (fs::directory_iterator it(file.parent_path(), error), end; !error && it != end; it.increment(error))
      if (it->path().filename().string().starts_with(name)) return true;
    return false;
  }
  static bool is_shown(const fs::path& photos) {
    std::error_code error;
    return fs::file_size(photos.string() + ".log", error) > 0 && !error && reached(photos) != "nothing yet";
  }
  /// The last place that the flow says it had reached.
  static std::string reached(const fs::path& photos) {
    std::string text = scene::read_file(photos.string() + ".log");
    const std::size_t begin = text.rfind('['), end = text.rfind(']');
    return begin == std::string::npos || end < begin ? "nothing yet" : text.substr(begin + 1, end - begin - 1);
  }
  test::TemporaryFolder folder_;
};

/// What the kill has left.
struct Left {
  explicit Left(const fs::path& photos)
      : project(fs::exists(photos.string() + "-tessera/project.toml")),
        run(fs::exists(photos.string() + "-tessera/runs/1/run.json")),
        checkpoint(fs::exists(photos.string() + "-tessera/runs/1/checkpoint") ||
                   fs::exists(photos.string() + "-tessera/runs/1/checkpoint.previous")) {}
  bool project, run, checkpoint;
};

/// A project opens, or there is none yet, and what is offered fits.
void expect_right(const nlohmann::json& found, const Left& left, const fs::path& photos) {
  ASSERT_TRUE(found.is_object());
  const std::string text = found.dump();
  EXPECT_EQ(found["problem"], "") << text;
  EXPECT_EQ(found["warnings"], "") << text;
  EXPECT_GT(found["points"], 0) << text;
  EXPECT_EQ(found["project"], left.project) << text;
  const fs::path run = photos.string() + "-tessera/runs/1";
  if (!left.run) {
    EXPECT_EQ(found["run"], "") << text;
    EXPECT_EQ(found["offer"], "Start training") << text;
    EXPECT_EQ(found["splats"], found["points"]) << text;
    EXPECT_FALSE(left.project && fs::exists(run)) << "what was begun in vain is cleared away";
  } else if (found["state"] == "finished") {
    EXPECT_EQ(found["offer"], "Train further") << text;
    EXPECT_NE(found["splats"], found["points"]) << text;
  } else {
    EXPECT_EQ(found["run"], run.string());
    EXPECT_EQ(found["offer"], "Resume training") << text;
    EXPECT_THAT(found["note"].get<std::string>(), testing::HasSubstr("Run 1 was interrupted")) << text;
    EXPECT_EQ(found["welcome_goes_on"], true) << text;
    EXPECT_TRUE(!left.checkpoint || found["splats"] != found["points"]) << text;
  }
  for (const auto& entry : fs::directory_iterator(photos.parent_path()))
    EXPECT_THAT(entry.path().filename().string(), testing::MatchesRegex("fox|fox-tessera|fox.log|settings"));
}

TEST_F(KilledStudio, SavesItsRunWhereTheDisplayIsGone) {
  const fs::path whole = photos(0);
  {
    Studio studio(whole);
    while (!studio.ended()) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    ASSERT_EQ(studio.status(), 0) << scene::read_file(whole.string() + ".log");
  }
  const std::string reference = scene::read_file(whole.string() + "-tessera/runs/1/model.ply");
  int number = 0;
  for (const std::vector<std::string>& way : {std::vector<std::string>{"train"}, {"train", "paused"}}) {
    SCOPED_TRACE(way.back());
    const fs::path place = photos(++number), run = place.string() + "-tessera/runs/1";
    Display display;
    ASSERT_TRUE(display.started());
    Studio studio(place, way);
    while (!studio.ended() && !(is_shown(place) && reached(place) == "training"))
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    ASSERT_FALSE(studio.ended()) << scene::read_file(place.string() + ".log");
    EXPECT_FALSE(Left(place).checkpoint) << "it writes none by itself";
    display.kill();
    while (!studio.ended()) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    ASSERT_TRUE(WIFEXITED(studio.status())) << scene::read_file(place.string() + ".log");
    EXPECT_EQ(WEXITSTATUS(studio.status()), 1);
    EXPECT_TRUE(Left(place).checkpoint);
    const auto resumed = test::tessera({"train", "--resume", run.string()});
    ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
    EXPECT_THAT(resumed.err, testing::HasSubstr("from step"));
    EXPECT_TRUE(scene::read_file(run / "model.ply") == reference) << "other bytes than without a break";
  }
}

TEST_F(KilledStudio, OpensAgainWithTheRightOfferWhereverItWasKilled) {
  const fs::path whole = photos(0);
  auto begin = Clock::now();
  {
    Studio studio(whole);
    ASSERT_TRUE(studio.started());
    while (!studio.ended()) {
      if (!is_shown(whole)) begin = Clock::now();
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    ASSERT_EQ(studio.status(), 0) << scene::read_file(whole.string() + ".log");
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  const Left all(whole);
  expect_right(check(whole, false), all, whole);
  const std::string reference = scene::read_file(whole.string() + "-tessera/runs/1/model.ply");

  std::mt19937 random(26);
  std::uniform_real_distribution<double> anywhere(0, 1);
  // Instants that last too short to be met by chance: something has just appeared.
  const std::vector<std::string> files{"fox-tessera",
                                       "fox-tessera/.project.tmp*",
                                       "fox-tessera/project.toml",
                                       "fox-tessera/runs/1",
                                       "fox-tessera/runs/1/.run.tmp*",
                                       "fox-tessera/runs/1/run.json",
                                       "fox-tessera/runs/1/checkpoint.new",
                                       "fox-tessera/runs/1/model.ply"};
  int killed = 0, same = 0, offered = 0;
  std::printf("the whole way takes %.2f s from the window on\n%-34s %-10s %-10s %-12s %-16s %s\n", seconds, "killed",
              "at", "project", "run", "offered", "gone on with");
  for (int i = 0; i < kKills; ++i) {
    const fs::path place = photos(i + 1);
    const bool at_file = i < static_cast<int>(files.size());
    const int others = kKills - static_cast<int>(files.size());
    const double share = (i - static_cast<double>(files.size()) + anywhere(random)) / others;
    const fs::path file = at_file ? place.parent_path() / files[static_cast<std::size_t>(i)] : fs::path();
    auto start = Clock::now();
    {
      Studio studio(place);
      while (!studio.ended()) {
        if (!is_shown(place)) start = Clock::now();
        const std::chrono::duration<double> elapsed = Clock::now() - start;
        if (at_file ? appeared(file) : elapsed.count() > share * seconds) break;
        std::this_thread::sleep_for(std::chrono::microseconds(200));
      }
      killed += studio.kill();
    }
    const std::string instant = at_file ? files[static_cast<std::size_t>(i)].substr(4)
                                        : std::to_string(static_cast<int>(100 * share)) + " % of the way";
    const Left left(place);
    const auto found = check(place, true);
    SCOPED_TRACE(instant + ", after " + reached(place));
    const bool was_offered = found.is_object() && found["offer"] == "Resume training";
    offered += was_offered;
    std::string end = "-";
    if (was_offered) {
      // Resumed with the same options, the run ends in the same bytes as one that was never killed.
      const fs::path model = place.string() + "-tessera/runs/1/model.ply";
      const bool equal = fs::exists(model) && scene::read_file(model) == reference;
      same += equal;
      end = equal ? "the same bytes" : "OTHER BYTES";
    }
    std::printf("%-34s %-10s %-10s %-12s %-16s %s\n", instant.c_str(), reached(place).c_str(),
                found.is_object() && found["project"] == true ? "opens" : "none yet",
                found.is_object() && found.contains("state") ? found["state"].get<std::string>().c_str() : "-",
                found.is_object() ? found["offer"].get<std::string>().c_str() : "nothing", end.c_str());
    std::fflush(stdout);
    expect_right(found, left, place);
  }
  EXPECT_GE(killed, kKills - 2) << "the others had ended by themselves";
  EXPECT_GE(offered, kKills / 4);
  EXPECT_EQ(same, offered);
}

}  // namespace
}  // namespace tessera
