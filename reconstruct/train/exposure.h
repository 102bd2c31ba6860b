#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "reconstruct/train/loss.h"

namespace tessera::reconstruct {

/// One affine colour map per view, trained beside the splats (the reference's per-image exposure matrices): what the
/// photo of a view would look like had the camera exposed as the average one. The mean map over the training views
/// stays what it was at the start (the identity, for the photos of a whole scene), so that the model holds one exposure
/// and cannot drift against the maps; nor can the blocks of a scene against each other, whose maps start as those of
/// the whole.
class ExposureCorrection {
 public:
  /// `views`: number of views of the dataset; `trained`: those that take part.
  ExposureCorrection(std::size_t views, std::vector<std::size_t> trained);

  const std::vector<Affine>& maps() const { return maps_; }
  /// Before the first step: maps to begin with in place of identities, one a view.
  void start(std::vector<Affine> maps);
  /// One Adam step (beta 0.9 / 0.999, epsilon 1e-15) of one view's map with dL/dm and the gradient of
  /// regularization x |m - start|^2; bias correction counts the view's own visits.
  void step(std::size_t view, const double gradient[12], double regularization, float rate);

  /// Into the memory of `reuse`, whose contents are lost.
  std::string save(std::string reuse = {}) const;
  /// Throws scene::Error if the state is not of this dataset.
  void load(const std::string& state);

 private:
  using Moments = std::array<double, 12>;
  std::array<double, 12> mean() const;  // of maps_ over the trained views
  std::vector<Affine> start_, maps_;    // [views]
  std::array<double, 12> mean_{};       // of start_ over the trained views
  std::vector<std::size_t> trained_;
  std::vector<Moments> first_, second_;
  std::vector<std::uint32_t> visits_;
};

}  // namespace tessera::reconstruct
