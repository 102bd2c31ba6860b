#include "scene/parallel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "scene/error.h"

namespace tessera::scene {
namespace {

/// Runs `work` in an arena of that many threads, on a machine of any size.
template <class Work>
void on_threads(int threads, const Work& work) {
  tbb::global_control limit(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads));
  tbb::task_arena arena(threads);
  arena.execute(work);
}

TEST(ParallelLoop, CallsTheBodyOnceForEachIndex) {
  on_threads(4, [] {
    for (const std::size_t count : {0, 1, 2, 7, 1000, 100001}) {
      std::vector<int> calls(count + 5, 0);
      parallel_for(std::size_t{5}, count + 5, [&](std::size_t i) { ++calls[i]; });
      for (std::size_t i = 0; i < calls.size(); ++i) ASSERT_EQ(calls[i], i < 5 ? 0 : 1) << i << " of " << count;
    }
  });
}

TEST(ParallelLoop, TakesNegativeIndicesAndEmptyRanges) {
  std::vector<int> calls(8, 0);
  parallel_for(-4, 4, [&](int i) { ++calls[static_cast<std::size_t>(i + 4)]; });
  EXPECT_THAT(calls, testing::Each(1));
  parallel_for(3, -3, [](int) { FAIL() << "the range is empty"; });
  parallel_blocks(3, 3, 2, [](int, int) { FAIL() << "the range is empty"; });
  EXPECT_THAT(parallel_sums<2>(9, 0, 4, [](int, int, double*) { FAIL(); }), testing::ElementsAre(0, 0));
}

TEST(ParallelLoop, CutsTheSameBlocksOnAnyNumberOfThreads) {
  const auto blocks_on = [](int threads) {
    std::set<std::pair<int, int>> blocks;
    std::mutex mutex;
    on_threads(threads, [&] {
      parallel_blocks(-10, 993, 64, [&](int first, int last) {
        const std::lock_guard lock(mutex);
        blocks.insert({first, last});
      });
    });
    return blocks;
  };
  const auto blocks = blocks_on(1);
  int next = -10;
  for (const auto& [first, last] : blocks) {
    EXPECT_EQ(first, next);
    EXPECT_GT(last, first);
    EXPECT_LE(last - first, 64);
    next = last;
  }
  EXPECT_EQ(next, 993);
  for (const int threads : {2, 5}) EXPECT_EQ(blocks_on(threads), blocks);
}

TEST(ParallelLoop, AddsUpTheSameBytesOnAnyNumberOfThreads) {
  const auto sums_on = [](int threads) {
    std::array<double, 3> sums{};
    on_threads(threads, [&] {
      sums = parallel_sums<3>(1, 100001, 32, [](int first, int last, double* s) {
        for (int i = first; i < last; ++i) s[0] += 1.0 / i, s[1] += i, s[2] += 1;
      });
    });
    return sums;
  };
  const auto sums = sums_on(1);
  EXPECT_NEAR(sums[0], std::log(100000.0) + 0.57721566490153286 + 0.5 / 100000, 1e-10);  // the harmonic number
  EXPECT_EQ(sums[1], 5000050000.0);
  EXPECT_EQ(sums[2], 100000.0);
  for (const int threads : {2, 5})
    for (int repeat = 0; repeat < 5; ++repeat) EXPECT_EQ(sums_on(threads), sums);
}

TEST(ParallelLoop, ThrowsWhatABodyThrew) {
  on_threads(3, [] {
    try {
      parallel_for(0, 1000, [](int i) {
        if (i == 617) throw Error("row 617", "is odd", "take another");
      });
      FAIL() << "nothing was thrown";
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr("row 617"));
    }
  });
}

TEST(ParallelLoop, MayRunInsideAnother) {
  std::vector<int> calls(40 * 50, 0);
  on_threads(4, [&] {
    parallel_for(0, 40,
                 [&](int a) { parallel_for(0, 50, [&](int b) { ++calls[static_cast<std::size_t>(50 * a + b)]; }); });
  });
  EXPECT_THAT(calls, testing::Each(1));
}

#if defined(TESSERA_THREAD_SANITIZER)
/// Two bodies that surely overlap write to one place.
void race() {
  int place = 0;
  std::atomic<int> inside{0};
  on_threads(2, [&] {
    parallel_blocks(0, 2, 1, [&](int first, int) {
      // Relaxed: orders nothing. The other body stands on another thread, since this one is held up here.
      inside.fetch_add(1, std::memory_order_relaxed);
      const auto late = std::chrono::steady_clock::now() + std::chrono::seconds(60);
      while (inside.load(std::memory_order_relaxed) < 2 && std::chrono::steady_clock::now() < late)
        std::this_thread::yield();
      place = first;
    });
  });
  EXPECT_GE(place, 0);
}

TEST(ParallelLoopDeathTest, LetsTheThreadSanitizerSeeARaceBetweenBodies) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        race();
        std::exit(0);  // here the sanitizer turns its report into a failure
      },
      "data race");
}
#endif

}  // namespace
}  // namespace tessera::scene
