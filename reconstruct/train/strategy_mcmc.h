#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reconstruct/train/schedule.h"
#include "reconstruct/train/strategy.h"

namespace tessera::reconstruct {

/// 3DGS as Markov chain Monte Carlo (Kheradmand et al. 2024): dead rows move onto live ones drawn by opacity, the set
/// grows by a share up to the cap in the same way, and faint rows wander by noise shaped like themselves. Where the
/// reference moves every row at every step, a row moves when it is seen, by sqrt(k) times the step after k steps (the
/// sum of k independent draws): the same law for a fraction of the cost.
class McmcStrategy final : public Strategy {
 public:
  explicit McmcStrategy(const TrainOptions& options, GrowFilter grow = {});
  /// Means over the rows seen: opacity_regularization x mean(o) + scale_regularization x mean(s), so that a row is
  /// pulled on average as if all rows were in every view.
  void add_regularization(const scene::GaussianModel& model, const render::GradientRows& rows, std::size_t visible) const override;
  bool after_step(scene::GaussianModel& model, SparseAdam& adam, const render::ModelGradients& gradients,
                  const StepContext& context) override;
  using Strategy::save;
  std::string save(std::string reuse) const override;
  void load(const std::string& state) override;

 private:
  void add_noise(scene::GaussianModel& model, const render::ModelGradients& gradients, const StepContext& context);
  bool relocate_and_grow(scene::GaussianModel& model, SparseAdam& adam, const StepContext& context);

  TrainOptions options_;
  GrowFilter grow_;
  Schedule schedule_;
  std::vector<std::uint32_t> last_noise_;  // [N] step of the row's last move
};

}  // namespace tessera::reconstruct
