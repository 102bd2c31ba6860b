#pragma once

#include <array>
#include <cstddef>
#include <type_traits>

#if defined(__SANITIZE_THREAD__)  // GCC
#define TESSERA_THREAD_SANITIZER 1
#elif defined(__has_feature)  // Clang
#if __has_feature(thread_sanitizer)
#define TESSERA_THREAD_SANITIZER 1
#endif
#endif
#if defined(TESSERA_THREAD_SANITIZER)
#include <sanitizer/tsan_interface.h>
#endif

/// Loops on all cores of the current oneTBB arena. Every parallel loop of Tessera goes through here, and oneTBB's
/// templates stand in parallel.cpp only: that file is never instrumented, so that the thread sanitizer sees a loop as
/// what it promises (all before the call happens before every body, every body before the return, bodies unordered) and
/// not oneTBB's insides, which it cannot follow. A race between two bodies is therefore reported. Loops may be nested.
/// What a body throws first is thrown by the call, and no further bodies start.
namespace tessera::scene {

namespace parallel_detail {

constexpr std::size_t kMostSums = 16;

using Block = void (*)(void* context, std::size_t first, std::size_t last);
using SumBlock = void (*)(void* context, std::size_t first, std::size_t last, double* sums);

void run(std::size_t count, Block block, void* context);
void run_blocks(std::size_t count, std::size_t grain, Block block, void* context);
void run_sums(std::size_t count, std::size_t grain, SumBlock block, void* context, double* sums);

/// The loop's promise in the thread sanitizer's words; nothing in other builds.
class Edges {
 public:
  Edges() { release(&fork_); }
  ~Edges() { acquire(&join_); }
  Edges(const Edges&) = delete;
  Edges& operator=(const Edges&) = delete;
  class Body {
   public:
    explicit Body(Edges& edges) : edges_(edges) { acquire(&edges_.fork_); }
    ~Body() { release(&edges_.join_); }
    Body(const Body&) = delete;
    Body& operator=(const Body&) = delete;

   private:
    Edges& edges_;
  };

 private:
#if defined(TESSERA_THREAD_SANITIZER)
  static void acquire(char* at) { __tsan_acquire(at); }
  static void release(char* at) { __tsan_release(at); }
#else
  static void acquire(char*) {}
  static void release(char*) {}
#endif
  char fork_ = 0, join_ = 0;  // two, or the end of one body would seem to come before the start of the next
};

template <class Index, class Body>
struct Loop {
  Index begin;
  const Body& body;
  Edges edges;
};

template <class Index>
std::size_t count(Index begin, Index end) {
  return begin < end ? static_cast<std::size_t>(end - begin) : 0;
}

}  // namespace parallel_detail

/// Calls body(i) for each i of [begin, end); oneTBB chooses how many indices make a task.
template <class Index, class Body>
void parallel_for(Index begin, std::type_identity_t<Index> end, const Body& body) {
  parallel_detail::Loop<Index, Body> loop{begin, body, {}};
  parallel_detail::run(
      parallel_detail::count(begin, end),
      [](void* context, std::size_t first, std::size_t last) {
        auto& l = *static_cast<decltype(loop)*>(context);
        const parallel_detail::Edges::Body guard(l.edges);
        for (std::size_t i = first; i < last; ++i) l.body(static_cast<Index>(l.begin + static_cast<Index>(i)));
      },
      &loop);
}

/// Calls body(first, last) for blocks of at most `grain` (> 0) indices that cover [begin, end) once. Range and grain
/// alone decide the blocks.
template <class Index, class Body>
void parallel_blocks(Index begin, std::type_identity_t<Index> end, std::size_t grain, const Body& body) {
  parallel_detail::Loop<Index, Body> loop{begin, body, {}};
  parallel_detail::run_blocks(
      parallel_detail::count(begin, end), grain,
      [](void* context, std::size_t first, std::size_t last) {
        auto& l = *static_cast<decltype(loop)*>(context);
        const parallel_detail::Edges::Body guard(l.edges);
        l.body(static_cast<Index>(l.begin + static_cast<Index>(first)),
               static_cast<Index>(l.begin + static_cast<Index>(last)));
      },
      &loop);
}

/// The sums that body(first, last, double* sums) adds up over such blocks. Range and grain alone decide the order of
/// the additions: same bytes on any number of threads.
template <std::size_t N, class Index, class Body>
std::array<double, N> parallel_sums(Index begin, std::type_identity_t<Index> end, std::size_t grain, const Body& body) {
  static_assert(N <= parallel_detail::kMostSums);
  double sums[parallel_detail::kMostSums] = {};
  {
    parallel_detail::Loop<Index, Body> loop{begin, body, {}};
    parallel_detail::run_sums(
        parallel_detail::count(begin, end), grain,
        [](void* context, std::size_t first, std::size_t last, double* out) {
          auto& l = *static_cast<decltype(loop)*>(context);
          const parallel_detail::Edges::Body guard(l.edges);
          l.body(static_cast<Index>(l.begin + static_cast<Index>(first)),
                 static_cast<Index>(l.begin + static_cast<Index>(last)), out);
        },
        &loop, sums);
  }
  std::array<double, N> result;
  for (std::size_t i = 0; i < N; ++i) result[i] = sums[i];
  return result;
}

}  // namespace tessera::scene
