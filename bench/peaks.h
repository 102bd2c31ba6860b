#pragma once

#include <cstddef>

namespace tessera::bench {

/// What this machine can do at most, measured on the calling thread with the widest vectors that Highway finds.
struct Peaks {
  double fma_gflops = 0;  // independent multiply-adds in registers; one counts as two operations
  double copy_gb_s = 0;   // copying arrays too large for any cache; bytes read and bytes written both count
};

/// Medians of some short loops: about a second.
Peaks measure_peaks();

/// The loop behind the first of them, on the calling thread: returns how many operations it did.
double multiply_add(std::size_t rounds);

}  // namespace tessera::bench
