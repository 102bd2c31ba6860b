#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "render/rasterizer.h"
#include "scene/dataset.h"

namespace tessera::reconstruct {

/// A place of a photo whose depth is known.
struct DepthObservation {
  float x = 0, y = 0;       // pixels of the full-size photo
  float inverse_depth = 0;  // 1 / z, scene frame
};

/// What the sparse points say about the depths of each view that sees them. Poses and points are of one reconstruction,
class PointDepths {
 public:
  PointDepths() = default;                              // nothing of any view
  explicit PointDepths(const scene::Dataset& dataset);  // nothing where the dataset has no tracks
  std::span<const DepthObservation> of(std::size_t view) const;

 private:
  std::vector<std::uint32_t> begin_;
  std::vector<DepthObservation> observations_;
};

/// L = weight x mean over observations of |rendered - observed|, rendered = alpha / expected depth: the inverse depth
/// of what is there, times how much of it is (BlockGaussian, section 1.3 of its paper: L1 on inverse depth, so that
/// what is far, and known badly, counts little; L1 also bounds what a wrong point can do). Bilinear in the four pixels
/// around the observation; it counts where all four show something. `scale` = rendered width / full width. Adds to
/// `gradient.alpha` and `gradient.depth`, which have the frame's size. Returns L; 0 without observations. The frame has
/// geometry.
double add_depth_term(const render::Frame& frame, std::span<const DepthObservation> observations, double scale,
                      double weight, render::FrameGradient& gradient);

}  // namespace tessera::reconstruct
