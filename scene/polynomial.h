#pragma once

#include <vector>

namespace tessera::scene {

/// Smallest root in (0, high] of c[0] + c[1] x + c[2] x^2 + ..., where c[0] > 0. Infinity: none. A root where the
/// polynomial only touches zero counts if rounding lets it be seen.
double smallest_positive_root(const std::vector<double>& coefficients, double high);

}  // namespace tessera::scene
