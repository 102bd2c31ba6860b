#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "scene/camera.h"

namespace tessera::reconstruct {

/// A small grey picture with its camera.
struct GreyView {
  int width = 0, height = 0;
  std::vector<float> grey;  // [H * W] in [0, 1]
  scene::Camera camera;     // at this size
};

/// Depth (camera z) of each pixel of a view, and how well the neighbours agree with it.
struct DepthMap {
  int width = 0, height = 0;
  std::vector<float> depth;  // [H * W] > 0
  std::vector<float>
      score;  // [H * W] zero-mean normalised cross-correlation at that depth, -1..1; kUnmatched: no neighbour sees it
  static constexpr float kUnmatched = -2.0f;
};

struct SweepOptions {
  double nearest = 0.35, farthest = 2.8;  // camera z
  int max_planes = 128;
};

/// Plane sweep (Collins 1996) over inverse depth with normalised cross-correlation in windows of 7 x 7 and 15 x 15
/// pixels against each neighbour, the better half of which counts (occlusion), the mean of both sizes, then semi-global
/// smoothing along eight directions (Hirschmueller 2008) and a parabola between planes. Planes are one pixel of the
/// widest baseline apart, at most max_planes. Deterministic; runs on one thread.
DepthMap sweep_depth(const GreyView& view, const std::vector<const GreyView*>& neighbours, const SweepOptions& options);

}  // namespace tessera::reconstruct
