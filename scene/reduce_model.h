#pragma once

#include <cstddef>

#include "scene/gaussian_model.h"

namespace tessera::scene {

/// What of a model is left out to make it smaller.
struct ModelReduction {
  int sh_degree = kMaxShDegree;  // higher degrees are dropped
  double min_opacity = 0;        // in [0, 1): fainter splats are dropped
};
/// Splats that are kept.
std::size_t kept_splats(const GaussianModel& model, const ModelReduction& reduction);
/// A smaller copy.
GaussianModel reduced_model(const GaussianModel& model, const ModelReduction& reduction);

}  // namespace tessera::scene
