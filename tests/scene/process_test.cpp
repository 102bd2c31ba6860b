#include "scene/process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <vector>

namespace tessera::scene {
namespace {

TEST(ProcessStart, IsOfTheLivingOnly) {
  const auto own = process_start(::getpid());
  ASSERT_TRUE(own);
  EXPECT_EQ(process_start(::getpid()), own);
  const pid_t child = ::fork();
  if (child == 0) ::pause(), ::_exit(0);
  ASSERT_GT(child, 0);
  ASSERT_TRUE(process_start(child));
  EXPECT_GE(*process_start(child), *own);
  ::kill(child, SIGKILL);
  siginfo_t info{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT), 0);
  EXPECT_EQ(::kill(child, 0), 0) << "the number is still taken";
  EXPECT_FALSE(process_start(child)) << "but it is dead";
  ::waitpid(child, nullptr, 0);
  EXPECT_FALSE(process_start(child));
  EXPECT_FALSE(process_start(0));
}

TEST(GiveBackMemory, ReturnsWhatTheAllocatorKeeps) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "SKIPPED: the sanitizers bring an allocator of their own";
#endif
  const auto resident_pages = [] {
    long mapped = 0, resident = 0;
    std::ifstream("/proc/self/statm") >> mapped >> resident;
    return resident;
  };
  // Small pieces, of which a few stay: the heap cannot shrink from its end.
  constexpr std::size_t kPieces = 64'000, kBytes = 1000;
  std::vector<std::unique_ptr<char[]>> pieces;
  for (std::size_t i = 0; i < kPieces; ++i) pieces.push_back(std::make_unique<char[]>(kBytes));
  for (std::size_t i = 0; i < kPieces; ++i)
    if (i % 1000 != 999) pieces[i].reset();
  const long before = resident_pages();
  give_back_memory();
  EXPECT_LT(resident_pages(), before - static_cast<long>(kPieces * kBytes / 4096 / 2));
}

TEST(KeepLargeAllocationsApart, WhatWasFreedOnceIsNotKeptTheNextTime) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "SKIPPED: the sanitizers bring an allocator of their own";
#endif
  // A child, so that nothing is set for other tests: 28 MB are freed and taken again below an allocation that stays.
  const auto kept = [](bool apart) {
    const pid_t child = ::fork();
    if (child == 0) {
      if (apart) keep_large_allocations_apart();
      constexpr std::size_t kBytes = 28 << 20;
      std::vector<char>(kBytes, 1);
      auto again = std::make_unique<std::vector<char>>(kBytes, 1);
      const auto above = std::make_unique<std::vector<char>>(100'000, 1);
      again.reset();
      long mapped = 0, resident = 0;
      std::ifstream("/proc/self/statm") >> mapped >> resident;
      ::_exit(resident > static_cast<long>(kBytes / 4096) ? 1 : 0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WEXITSTATUS(status) == 1;
  };
  EXPECT_TRUE(kept(false)) << "or there is nothing to be done";
  EXPECT_FALSE(kept(true));
}

}  // namespace
}  // namespace tessera::scene
