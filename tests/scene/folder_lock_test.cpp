#include "scene/folder_lock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <memory>

#include "tests/support/test_data.h"

namespace tessera::scene {
namespace {
namespace fs = std::filesystem;

class FolderLockTest : public testing::Test {
 protected:
  std::unique_ptr<FolderLock> take() const {
    return std::make_unique<FolderLock>(file_, FolderLock::Words{"the folder", "is in use", "wait"});
  }
  std::string refusal() const {
    try {
      take();
      return {};
    } catch (const Locked& e) {
      return e.what();
    }
  }
  test::TemporaryFolder folder_;
  const fs::path file_ = folder_.path() / "lock";
};

TEST_F(FolderLockTest, KeepsASecondOneOutAndSaysWhoHoldsIt) {
  const auto first = take();
  EXPECT_TRUE(first->is_held());
  EXPECT_THAT(refusal(), testing::MatchesRegex("the folder: is in use \\(process " + std::to_string(::getpid()) +
                                               " on [^ ]+\\); wait"));
}

TEST_F(FolderLockTest, LeavesNothingBehind) {
  take();
  EXPECT_FALSE(fs::exists(file_));
  EXPECT_EQ(refusal(), "");
}

TEST_F(FolderLockTest, AFileThatAKilledProcessLeftKeepsNobodyOut) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = take();
    [[maybe_unused]] const auto told = ::write(ready[1], "x", 1);
    while (true) ::pause();
  }
  char byte;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_THAT(refusal(), testing::HasSubstr("process " + std::to_string(child)));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(ready[0]), ::close(ready[1]);
  EXPECT_TRUE(fs::exists(file_));
  EXPECT_EQ(refusal(), "");
}

TEST_F(FolderLockTest, WhatTheFileHoldsDoesNotMatter) {
  std::ofstream(file_, std::ios::binary) << std::string(5000, '\xff');
  EXPECT_EQ(refusal(), "");
}

TEST_F(FolderLockTest, SaysWhereItCannotBeWritten) {
  EXPECT_THROW(FolderLock("/proc/tessera.lock", {"a", "b", "c"}), Error);
  fs::create_directory(file_);
  EXPECT_THROW(take(), Error);
}

}  // namespace
}  // namespace tessera::scene
