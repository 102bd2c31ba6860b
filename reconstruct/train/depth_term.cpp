#include "reconstruct/train/depth_term.h"

#include <cmath>

#include "reconstruct/train/projection.h"

namespace tessera::reconstruct {

PointDepths::PointDepths(const scene::Dataset& dataset) : begin_(dataset.views.size() + 1) {
  const scene::SparsePoints& points = dataset.points;
  std::vector<std::vector<DepthObservation>> of_view(dataset.views.size());
  for (std::size_t p = 0; p + 1 < points.track_begin.size(); ++p)
    for (std::uint32_t k = points.track_begin[p]; k < points.track_begin[p + 1]; ++k) {
      const std::uint32_t v = points.track_view[k];
      const auto& x = points.position[p];
      if (const auto at = project(dataset.views[v].camera, {x[0], x[1], x[2]}))
        of_view[v].push_back({static_cast<float>(at->x), static_cast<float>(at->y), static_cast<float>(1 / at->z)});
    }
  for (std::size_t v = 0; v < of_view.size(); ++v) {
    observations_.insert(observations_.end(), of_view[v].begin(), of_view[v].end());
    begin_[v + 1] = static_cast<std::uint32_t>(observations_.size());
  }
}

std::span<const DepthObservation> PointDepths::of(std::size_t view) const {
  if (begin_.empty()) return {};
  return std::span(observations_).subspan(begin_[view], begin_[view + 1] - begin_[view]);
}

double add_depth_term(const render::Frame& frame, std::span<const DepthObservation> observations, double scale,
                      double weight, render::FrameGradient& gradient) {
  struct Tap {
    int x, y;
    double share;
  };
  if (observations.empty()) return 0;
  const double each = weight / static_cast<double>(observations.size());
  double sum = 0;
  for (const DepthObservation& o : observations) {
    const double x = static_cast<double>(o.x) * scale - 0.5, y = static_cast<double>(o.y) * scale - 0.5;
    const double fx = std::floor(x), fy = std::floor(y);
    if (fx < 0 || fy < 0 || fx + 1 >= frame.width || fy + 1 >= frame.height) continue;
    const int left = static_cast<int>(fx), top = static_cast<int>(fy);
    const double right = x - fx, down = y - fy;
    const Tap taps[] = {{left, top, (1 - right) * (1 - down)},
                        {left + 1, top, right * (1 - down)},
                        {left, top + 1, (1 - right) * down},
                        {left + 1, top + 1, right * down}};
    double rendered = 0;
    bool whole = true;
    for (const Tap& tap : taps) {
      const double depth = static_cast<double>(frame.depth.at(tap.x, tap.y));
      whole = whole && depth > 0;
      rendered += tap.share * static_cast<double>(frame.alpha.at(tap.x, tap.y)) / depth;
    }
    if (!whole) continue;
    const double off = rendered - static_cast<double>(o.inverse_depth);
    sum += each * std::abs(off);
    const double slope = off > 0 ? each : off < 0 ? -each : 0;
    for (const Tap& tap : taps) {
      const double depth = static_cast<double>(frame.depth.at(tap.x, tap.y));
      const double alpha = static_cast<double>(frame.alpha.at(tap.x, tap.y));
      gradient.alpha.at(tap.x, tap.y) += static_cast<float>(slope * tap.share / depth);
      gradient.depth.at(tap.x, tap.y) -= static_cast<float>(slope * tap.share * alpha / (depth * depth));
    }
  }
  return sum;
}

}  // namespace tessera::reconstruct
