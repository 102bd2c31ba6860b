#include "reconstruct/ingest/child_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "scene/atomic_file.h"
#include "scene/error.h"
#include "tests/support/test_data.h"

namespace tessera::reconstruct {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Ran {
  ChildExit exit;
  std::vector<std::string> lines;
};

Ran shell(const std::string& script, ChildOptions options = {}) {
  Ran ran;
  options.on_line = [&](std::string_view line) { ran.lines.emplace_back(line); };
  ran.exit = run_child({"sh", "-c", script}, options);
  return ran;
}

std::string error_of(const std::vector<std::string>& arguments) {
  try {
    run_child(arguments);
  } catch (const scene::Error& error) {
    return error.what();
  }
  return "no error";
}

/// Whether a process has ended. One that nobody has collected yet counts as ended.
bool gone(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  if (!std::getline(stat, text)) return true;
  return text.at(text.rfind(')') + 2) == 'Z';
}

/// Waits for it, since a killed process needs a moment to go.
testing::AssertionResult goes(pid_t pid) {
  for (int i = 0; i < 1000; ++i) {
    if (gone(pid)) return testing::AssertionSuccess();
    ::usleep(10'000);
  }
  return testing::AssertionFailure() << "process " << pid << " lives on";
}

TEST(RunChild, GivesTheLinesOfBothStreamsInOrder) {
  const Ran ran = shell("echo one; echo two >&2; echo; printf 'three\\rfour\\r\\nlast'");
  EXPECT_TRUE(ran.exit.ok());
  EXPECT_THAT(ran.lines, ElementsAre("one", "two", "three", "four", "last"));
}

TEST(RunChild, GivesEveryLineOfALongOutput) {
  std::size_t count = 0, bytes = 0;
  ChildOptions options;
  options.on_line = [&](std::string_view line) {
    ++count;
    bytes += line.size();
  };
  EXPECT_TRUE(run_child({"seq", "1", "50000"}, options).ok());
  EXPECT_EQ(count, 50000u);
  EXPECT_EQ(bytes, 9u + 90 * 2 + 900 * 3 + 9000 * 4 + 40001 * 5);
}

TEST(RunChild, CutsALineWithoutEnd) {
  const Ran ran = shell("head -c 300000 /dev/zero | tr '\\0' x; echo; echo end");
  ASSERT_EQ(ran.lines.size(), 2u);
  EXPECT_EQ(ran.lines[0], std::string(64 * 1024, 'x'));
  EXPECT_EQ(ran.lines[1], "end");
}

TEST(RunChild, RunsWithNobodyListening) { EXPECT_EQ(run_child({"sh", "-c", "echo ignored; exit 4"}).status, 4); }

TEST(RunChild, TellsHowItEnded) {
  EXPECT_TRUE(shell("exit 0").exit.ok());
  const ChildExit failed = shell("exit 3").exit;
  EXPECT_FALSE(failed.ok());
  EXPECT_EQ(failed.status, 3);
  EXPECT_EQ(failed.signal, 0);
  EXPECT_EQ(failed.text(), "exit status 3");
  const ChildExit killed = shell("kill -KILL $$").exit;
  EXPECT_FALSE(killed.ok());
  EXPECT_EQ(killed.status, -1);
  EXPECT_EQ(killed.signal, SIGKILL);
  EXPECT_EQ(killed.text(), "signal 9 (Killed)");
}

TEST(RunChild, GivesItNoInput) { EXPECT_THAT(shell("cat; echo end").lines, ElementsAre("end")); }

TEST(RunChild, AddsToTheEnvironment) {
  ::setenv("TESSERA_TEST_KEPT", "kept", 1);
  ::setenv("TESSERA_TEST_CHANGED", "before", 1);
  ChildOptions options;
  options.environment = {{"TESSERA_TEST_CHANGED", "after = x"}, {"TESSERA_TEST_NEW", "new"}};
  EXPECT_THAT(shell("env | grep ^TESSERA_TEST_ | sort", options).lines,
              ElementsAre("TESSERA_TEST_CHANGED=after = x", "TESSERA_TEST_KEPT=kept", "TESSERA_TEST_NEW=new"));
  EXPECT_STREQ(std::getenv("TESSERA_TEST_CHANGED"), "before") << "ours stays as it is";
}

TEST(RunChild, StartsWithOrdinarySignals) {
  // SIGINT blocked or SIGPIPE ignored in us must not be so in the child.
  sigset_t block, old;
  sigemptyset(&block);
  sigaddset(&block, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &block, &old);
  const auto ignored = ::signal(SIGPIPE, SIG_IGN);
  const Ran ran = shell("grep -E 'Sig(Blk|Ign)' /proc/self/status");
  ::signal(SIGPIPE, ignored);
  ::pthread_sigmask(SIG_SETMASK, &old, nullptr);
  ASSERT_EQ(ran.lines.size(), 2u);
  EXPECT_THAT(ran.lines[0], HasSubstr("0000000000000000"));
  const auto mask = std::stoull(ran.lines[1].substr(ran.lines[1].find('\t') + 1), nullptr, 16);
  EXPECT_EQ(mask & (1u << (SIGPIPE - 1)), 0u);
}

TEST(RunChild, NamesAProgramThatCannotBeStarted) {
  EXPECT_EQ(error_of({"tessera-no-such-program"}), "tessera-no-such-program: is not installed (not found in PATH)");
  EXPECT_EQ(error_of({"/no/such/program"}), "/no/such/program: cannot be started: No such file or directory");
  test::TemporaryFolder folder;
  const fs::path text = folder.path() / "text";
  scene::write_file_atomically(text, "not a program");
  ::chmod(text.c_str(), 0644);
  EXPECT_THAT(error_of({text.string()}), HasSubstr("cannot be started: Permission denied"));
  EXPECT_EQ(error_of({}), "command: is empty");
}

TEST(RunChild, LooksThroughPath) {
  test::TemporaryFolder folder;
  fs::create_directories(folder.path() / "first");
  fs::create_directories(folder.path() / "second");
  for (const char* place : {"second", "first"}) {
    const fs::path program = folder.path() / place / "tessera-test-program";
    scene::write_file_atomically(program, std::string("#!/bin/sh\necho ") + place + "\n");
    ::chmod(program.c_str(), 0755);
  }
  const std::string before = std::getenv("PATH");
  const auto run_with = [&](const std::string& path) {
    ::setenv("PATH", path.c_str(), 1);
    std::string line;
    ChildOptions options;
    options.on_line = [&](std::string_view text) { line = text; };
    options.environment = {{"PATH", before}};
    try {
      run_child({"tessera-test-program"}, options);
    } catch (const scene::Error&) {
      line = "error";
    }
    ::setenv("PATH", before.c_str(), 1);
    return line;
  };
  const std::string first = (folder.path() / "first").string(), second = (folder.path() / "second").string();
  EXPECT_EQ(run_with("/nowhere:" + first + ":" + second), "first");
  EXPECT_EQ(run_with(second + ":" + first), "second");
  EXPECT_EQ(run_with("/nowhere"), "error");
  const fs::path here = fs::current_path();
  fs::current_path(folder.path() / "second");
  EXPECT_EQ(run_with("/nowhere:"), "second") << "an empty entry is the current folder";
  fs::current_path(here);
}

TEST(RunChild, IsEndedWhenCancelled) {
  scene::Cancellation cancellation;
  pid_t child = 0, grandchild = 0;
  ChildOptions options;
  options.cancellation = &cancellation;
  options.on_line = [&](std::string_view line) {
    (child == 0 ? child : grandchild) = std::atoi(std::string(line).c_str());
    if (grandchild != 0) cancellation.request();
  };
  EXPECT_THROW(run_child({"sh", "-c", "echo $$; sleep 1000 & echo $!; wait"}, options), scene::Cancelled);
  ASSERT_NE(grandchild, 0);
  EXPECT_TRUE(gone(child));
  EXPECT_TRUE(goes(grandchild));
}

TEST(RunChild, IsAskedBeforeItIsKilled) {
  test::TemporaryFolder folder;
  scene::Cancellation cancellation;
  ChildOptions options;
  options.cancellation = &cancellation;
  options.grace = std::chrono::seconds(60);
  options.on_line = [&](std::string_view) { cancellation.request(); };
  const std::string file = (folder.path() / "asked").string();
  EXPECT_THROW(
      run_child({"sh", "-c", "trap 'touch " + file + "; exit 0' TERM; echo ready; while :; do sleep 0.05; done"},
                options),
      scene::Cancelled);
  EXPECT_TRUE(fs::exists(file));
}

TEST(RunChild, IsKilledWithinASecondWhereItDoesNotListen) {
  // Told by the child's own clock, so that a busy machine slows both sides.
  test::TemporaryFolder folder;
  const std::string ticks = (folder.path() / "ticks").string();
  scene::Cancellation cancellation;
  ChildOptions options;
  options.cancellation = &cancellation;
  options.on_line = [&](std::string_view) { cancellation.request(); };
  EXPECT_THROW(run_child({"sh", "-c",
                          "trap '' TERM INT; echo 0 > " + ticks +
                              "; echo ready; i=0; while [ $i -lt 600 ]; do sleep 0.1; i=$((i+1)); echo $i > " + ticks +
                              "; done"},
                         options),
               scene::Cancelled);
  int count = -1;
  std::ifstream(ticks) >> count;
  EXPECT_LE(count, 10);
}

TEST(RunChild, IsNotStartedAfterACancellation) {
  test::TemporaryFolder folder;
  scene::Cancellation cancellation;
  cancellation.request();
  ChildOptions options;
  options.cancellation = &cancellation;
  const fs::path file = folder.path() / "started";
  EXPECT_THROW(run_child({"touch", file.string()}, options), scene::Cancelled);
  EXPECT_FALSE(fs::exists(file));
}

TEST(RunChild, IsKilledWhereItsListenerThrows) {
  pid_t child = 0;
  ChildOptions options;
  options.on_line = [&](std::string_view line) {
    child = std::atoi(std::string(line).c_str());
    throw std::runtime_error("enough");
  };
  EXPECT_THROW(run_child({"sh", "-c", "echo $$; sleep 1000"}, options), std::runtime_error);
  ASSERT_NE(child, 0);
  EXPECT_TRUE(gone(child));
}

TEST(RunChild, IsWaitedForAfterItClosedItsOutput) {
  const Ran ran = shell("echo open; exec >/dev/null 2>/dev/null; sleep 0.3; exit 5");
  EXPECT_EQ(ran.exit.status, 5);
  EXPECT_THAT(ran.lines, ElementsAre("open"));
}

TEST(RunChild, LeavesNoGrandchildBehind) {
  const Ran ran = shell("sleep 1000 & echo $!; exit 0");
  EXPECT_TRUE(ran.exit.ok());
  ASSERT_EQ(ran.lines.size(), 1u);
  EXPECT_TRUE(goes(std::stoi(ran.lines[0])));
}

TEST(ShellLine, QuotesWhatAShellWouldTakeApart) {
  EXPECT_EQ(shell_line({"colmap", "mapper", "--a_b", "/x/y-1.2,3:4@5%6+7=8"}),
            "colmap mapper --a_b /x/y-1.2,3:4@5%6+7=8");
  EXPECT_EQ(shell_line({"a b", "", "it's"}), "'a b' '' 'it'\\''s'");
  EXPECT_EQ(shell_line({}), "");
}

TEST(ShellLine, IsReadBackByAShell) {
  const std::vector<std::string> words = {"plain", "two words", "",    "it's", "$HOME", "`id`", "a\\b", "\"q\"",
                                          "*",     "tab\tx",    "ünï", "~",    "a;b",   "#c",   "!x"};
  std::vector<std::string> arguments = {"printf", "%s\\n"};
  arguments.insert(arguments.end(), words.begin(), words.end());
  std::vector<std::string> expected = words;
  std::erase(expected, "");  // run_child passes over empty lines
  EXPECT_EQ(shell(shell_line(arguments)).lines, expected);
}

}  // namespace
}  // namespace tessera::reconstruct
