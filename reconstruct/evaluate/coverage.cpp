#include "reconstruct/evaluate/coverage.h"

#include <algorithm>

namespace tessera::reconstruct {

scene::Camera coverage_camera(scene::Camera camera) {
  const scene::Pinhole full = camera.intrinsics;
  const double scale = std::min(1.0, static_cast<double>(kCoverageSide) / std::max(full.width, full.height));
  camera.intrinsics = full.resized(std::max(1, static_cast<int>(full.width * scale)),
                                   std::max(1, static_cast<int>(full.height * scale)));
  return camera;
}

std::vector<std::uint32_t> count_views(const scene::GaussianModel& model, const scene::Dataset& dataset,
                                       std::span<const std::size_t> views, render::Rasterizer& rasterizer,
                                       bool antialiased, const scene::JobContext& job) {
  render::RenderSettings settings;
  settings.sh_degree = 0;  // colours do not matter
  settings.antialiased = antialiased;
  render::ModelGradients gradients;
  std::vector<std::uint32_t> count(model.size());
  for (std::size_t i = 0; i < views.size(); ++i) {
    job.throw_if_cancelled();
    job.progress({"counting photos", static_cast<double>(i), static_cast<double>(views.size()), -1, ""});
    rasterizer.forward(model, coverage_camera(dataset.views[views[i]].camera), settings);
    // The weights are a by-product of the gradients, whatever those are.
    rasterizer.backward(model, {}, gradients);
    for (std::size_t row = 0; row < count.size(); ++row)
      count[row] += gradients.seen[row] && gradients.weight[row] >= kSeenWeight;
  }
  return count;
}

}  // namespace tessera::reconstruct
