#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "reconstruct/train/adam.h"
#include "reconstruct/train/block_context.h"
#include "reconstruct/train/train_options.h"
#include "render/rasterizer.h"
#include "scene/gaussian_model.h"

namespace tessera::reconstruct {

/// What a strategy sees of the step just taken.
struct StepContext {
  std::uint32_t step = 0;         // 1-based
  int width = 0, height = 0;      // rendered size: mean2d gradients are in its pixels
  double resolution_scale = 1;    // rendered width / full width of the view
  double extent = 1;              // camera extent in the scene frame
  float lr_position = 0;          // this step's, extent included
};

/// Decides how the set of splats changes (densify, prune, relocate). One object a run; owns its statistics, which follow the same index maps as
/// the parameters. Deterministic: Philox draws keyed by (seed, step, row).
class Strategy {
 public:
  virtual ~Strategy() = default;
  /// After backward, before Adam: adds regularisation gradients to those of `rows` that were seen, out of `visible` in all. From any thread.
  virtual void add_regularization(const scene::GaussianModel& model, const render::GradientRows& rows, std::size_t visible) const = 0;
  /// After Adam, with the statistics of `gradients` (its planes are empty: a sink took them). May change the number of
  /// rows of model and optimiser alike; true if rows changed.
  virtual bool after_step(scene::GaussianModel& model, SparseAdam& adam, const render::ModelGradients& gradients, const StepContext& context) = 0;
  /// State for checkpoints: everything that later decisions depend on. Into the memory of `reuse`, whose contents are
  /// lost.
  virtual std::string save(std::string reuse) const = 0;
  std::string save() const { return save(std::string()); }
  virtual void load(const std::string& state) = 0;
};

/// By options.strategy: "adc" (Kerbl et al. 2023, absolute gradients after Ye et al. 2024) or "mcmc" (Kheradmand et al. 2024).
std::unique_ptr<Strategy> make_strategy(const TrainOptions& options, GrowFilter grow = {});

}  // namespace tessera::reconstruct
