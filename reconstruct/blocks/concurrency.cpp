#include "reconstruct/blocks/concurrency.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <queue>

#include "reconstruct/blocks/forecast.h"

namespace tessera::reconstruct {
namespace {

/// Costs in descending order, each to the worker that is free first: when the last one is done.
double finished_after(const std::vector<double>& descending, int workers, int cores) {
  std::priority_queue<double, std::vector<double>, std::greater<>> free_at(
      std::greater<>(), std::vector<double>(static_cast<std::size_t>(workers), 0.0));
  double last = 0;
  for (const double cost : descending) {
    const double end = free_at.top() + wall_seconds(cost, cores);
    free_at.pop();
    free_at.push(end);
    last = std::max(last, end);
  }
  return last;
}

}  // namespace

int blocks_in(const BlockCosts& costs, std::size_t memory_bytes) {
  std::vector<std::size_t> needs = costs.memory_bytes;
  std::ranges::sort(needs, std::greater<>());
  int count = 0;
  for (const std::size_t need : needs) {
    if (need > memory_bytes) break;
    memory_bytes -= need, ++count;
  }
  return count;
}

int best_jobs(const BlockCosts& costs, int cores, int most, int machines) {
  std::vector<double> descending = costs.cpu_seconds;
  std::ranges::sort(descending, std::greater<>());
  int best = 1;
  double least = std::numeric_limits<double>::infinity();
  for (int jobs = 1; jobs <= std::max(std::min(most, cores), 1); ++jobs) {
    const double seconds = finished_after(descending, jobs * machines, cores / jobs);
    if (seconds < least) best = jobs, least = seconds;
  }
  return best;
}

}  // namespace tessera::reconstruct
