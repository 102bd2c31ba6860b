// Not instrumented by the thread sanitizer (scene/CMakeLists.txt says so): keep everything but oneTBB's templates out
// of this file.
#include "scene/parallel.h"

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>
#include <tbb/parallel_reduce.h>
#include <tbb/partitioner.h>

namespace tessera::scene::parallel_detail {

namespace {

using Range = tbb::blocked_range<std::size_t>;

struct Sums {
  double value[kMostSums] = {};
};

}  // namespace

void run(std::size_t count, Block block, void* context) {
  tbb::parallel_for(Range(0, count), [=](const Range& r) { block(context, r.begin(), r.end()); });
}

void run_blocks(std::size_t count, std::size_t grain, Block block, void* context) {
  tbb::parallel_for(
      Range(0, count, grain), [=](const Range& r) { block(context, r.begin(), r.end()); }, tbb::simple_partitioner());
}

void run_sums(std::size_t count, std::size_t grain, SumBlock block, void* context, double* sums) {
  // The tree of a deterministic reduction depends on the range and the grain only.
  const Sums total = tbb::parallel_deterministic_reduce(
      Range(0, count, grain), Sums{},
      [=](const Range& r, Sums s) {
        block(context, r.begin(), r.end(), s.value);
        return s;
      },
      [](Sums a, const Sums& b) {
        for (std::size_t i = 0; i < kMostSums; ++i) a.value[i] += b.value[i];
        return a;
      },
      tbb::simple_partitioner());
  for (std::size_t i = 0; i < kMostSums; ++i) sums[i] = total.value[i];
}

}  // namespace tessera::scene::parallel_detail
