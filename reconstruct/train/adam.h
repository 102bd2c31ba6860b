#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "render/rasterizer.h"
#include "scene/gaussian_model.h"

namespace tessera::reconstruct {

/// Learning rate of each group at one step.
struct LearningRates {
  float position = 0, scale = 0, rotation = 0, opacity = 0, sh0 = 0, sh_rest = 0;
};

/// Adam (Kingma & Ba 2015), beta 0.9 / 0.999, epsilon 1e-15, over the planes of a model; touches only rows that the view saw. A row that was unseen
/// for k steps first has its moments decayed by beta^k, as dense Adam would have; only the moves that dense Adam makes from remembered
/// momentum are left out. Bias correction uses the global step. No allocation in step().
class SparseAdam {
 public:
  void resize(std::size_t n, int sh_degree);
  /// One update with the gradients of step `step` (1, 2, ...). `active_sh` degrees are updated; higher ones are left alone. The gradients
  /// are only read.
  void step(scene::GaussianModel& model, render::ModelGradients& gradients, const LearningRates& rates, std::uint32_t step, int active_sh);
  /// The part of such a step that falls on `rows`, in all the planes that they give. Parts may be done in any order and at once.
  void step_rows(scene::GaussianModel& model, const render::GradientRows& rows, const LearningRates& rates, std::uint32_t step);
  /// Rows made from nothing start with zero moments.
  void apply(const scene::IndexMap& map);
  void reset_rows(std::span<const std::uint32_t> rows);
  /// Zeroes one plane's moments (opacity reset).
  void reset_opacity();

  scene::GaussianPlanes first, second;        // moments
  std::vector<std::uint32_t> last_step;       // [N] step at which the row was last updated
};

}  // namespace tessera::reconstruct
