#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reconstruct/train/schedule.h"
#include "reconstruct/train/strategy.h"

namespace tessera::reconstruct {

/// Adaptive density control (Kerbl et al. 2023, section 5.2; absolute gradients: Ye et al. 2024). Statistic of a row:
/// mean over its visits of the norm of dL/d(mean2d) in NDC (pixel gradient x W/2, H/2 of the rendered size). The loss
/// is a mean over pixels, hence this gradient refers to no resolution: thresholds mean the same at every level of the
/// schedule. Above the threshold a row is cloned if its largest scale is below 1 % of the extent, otherwise split in
/// two. Under the cap the highest scores go first; where they do not fit, the faintest rows give way to them, as many over
/// the run as options.adc_make_room says (shares of the number of rows).
class AdcStrategy final : public Strategy {
 public:
  explicit AdcStrategy(const TrainOptions& options, GrowFilter grow = {});
  void add_regularization(const scene::GaussianModel& model, const render::GradientRows& rows, std::size_t visible) const override;
  bool after_step(scene::GaussianModel& model, SparseAdam& adam, const render::ModelGradients& gradients,
                  const StepContext& context) override;
  using Strategy::save;
  std::string save(std::string reuse) const override;
  void load(const std::string& state) override;

 private:
  void accumulate(const render::ModelGradients& gradients, const StepContext& context);
  bool densify(scene::GaussianModel& model, SparseAdam& adam, const StepContext& context);

  TrainOptions options_;
  GrowFilter grow_;
  Schedule schedule_;
  std::vector<float> gradient_sum_;  // [N] since the last densification
  std::vector<float> visits_;        // [N] views that saw the row since then
  std::uint8_t was_reset_ = 0;       // an opacity reset has taken place
};

}  // namespace tessera::reconstruct
