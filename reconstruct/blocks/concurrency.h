#pragma once

#include <cstddef>
#include <vector>

namespace tessera::reconstruct {

/// What each block of a plan is foreseen to take (forecast.h).
struct BlockCosts {
  std::vector<double> cpu_seconds;
  std::vector<std::size_t> memory_bytes;
};

/// How many blocks fit into the memory at a time, whichever they are; 0: not even the largest.
int blocks_in(const BlockCosts& costs, std::size_t memory_bytes);

/// How many blocks to train at a time on each of `machines` with so many cores, at most `most`: with the number that is
/// done first, where the heaviest block that waits goes to whoever is free first. More at a time use cores better
/// (forecast.h, wall_seconds), fewer share the last blocks more evenly. At least 1.
int best_jobs(const BlockCosts& costs, int cores, int most, int machines = 1);

}  // namespace tessera::reconstruct
