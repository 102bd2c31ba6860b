#pragma once

#include <array>
#include <cmath>
#include <cstddef>

#include "scene/gaussian_model.h"

namespace tessera::reconstruct {

/// Rows a task takes at a time: fixed, so that nothing depends on the number of threads.
inline constexpr std::size_t kRowGrain = 4096;

inline float sigmoid(float x) { return 1.0f / (1.0f + std::exp(-x)); }
/// Inverse of sigmoid.
inline float logit(float o) { return std::log(o / (1.0f - o)); }

/// world_from_local of a row, from its (not necessarily unit) quaternion; row-major.
std::array<double, 9> rotation_matrix(const scene::GaussianPlanes& model, std::size_t row);

/// position + R diag(scale) z: a sample of the row's own density when z is standard normal.
std::array<float, 3> offset_by_sample(const scene::GaussianPlanes& model, std::size_t row,
                                      const std::array<double, 3>& z);

/// Opacity of each of n coincident copies that together cover as one splat of opacity o, and the factor on their scale
/// (Kheradmand et al. 2024, eq. 9): o' = 1 - (1 - o)^(1/n); s'/s = o / sum_{i=1..n} sum_{k=0..i-1} C(i-1, k) (-1)^k
/// o'^(k+1) / sqrt(k + 1).
struct Relocated {
  double opacity = 0, scale_factor = 1;
};
Relocated relocated(double opacity, int copies);

}  // namespace tessera::reconstruct
