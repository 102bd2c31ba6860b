#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "reconstruct/train/adam.h"
#include "reconstruct/train/train_options.h"
#include "scene/dataset.h"

namespace tessera::reconstruct {

/// Every quantity that is a function of the step number alone (1 .. iterations). Stateless, so that a resumed run
/// cannot differ. Kerbl et al. 2023 give steps of a run of 30,000; here they are shares of the run.
class Schedule {
 public:
  /// `extent`: camera extent in the scene frame (scene::camera_extent).
  Schedule(const TrainOptions& options, double extent);

  /// Position decays log-linearly (Kerbl et al. 2023, section 7.1, after Plenoxels); the other groups stay
  /// what they are until options.lr_fall_from and fall log-linearly to options.lr_final of it then.
  LearningRates rates(std::uint32_t step) const;
  float exposure_rate(std::uint32_t step) const;
  /// Weights of the terms of geometry; 0: not at this step.
  double depth_weight(std::uint32_t step) const;
  double pseudo_weight(std::uint32_t step) const;
  /// Whether the pseudo view moves the depths that it warps with, and not only what it shows: after the first 1/40 of
  /// the run with it (1000 of 40,000 steps: depths that are still far off would be torn about).
  bool pseudo_moves_depth(std::uint32_t step) const;
  /// Evaluated SH degree.
  int sh_degree(std::uint32_t step) const;
  /// Halvings below the run's full size (0: full).
  int coarse_levels(std::uint32_t step) const;
  bool densifies(std::uint32_t step) const;
  std::uint32_t densifications() const;  // in all
  /// Opacity reset of adc: only while densification lasts.
  bool resets_opacity(std::uint32_t step) const;

 private:
  double share(std::uint32_t step) const;
  TrainOptions options_;
  double extent_;
};

/// The smallest resolution level at which the longer side of a picture fits `max_size`.
int base_level(int width, int height, int max_size);

/// Which training view is used at a step: each epoch runs through a permutation of its own, keyed by (seed, epoch).
class ViewOrder {
 public:
  /// `views`: what is drawn from; not empty.
  ViewOrder(std::vector<std::size_t> views, int seed);
  /// A member of `views`; step 1 is the first. Cheap within an epoch.
  std::size_t view(std::uint32_t step);

 private:
  std::vector<std::size_t> views_;
  int seed_;
  std::uint32_t epoch_ = 0xFFFFFFFFu;
  std::vector<std::pair<std::uint32_t, std::size_t>> keys_;  // drawn number, position; kept: a step allocates nothing
  std::vector<std::size_t> order_;
};

}  // namespace tessera::reconstruct
