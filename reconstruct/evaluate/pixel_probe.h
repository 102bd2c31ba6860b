#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include <glm/vec2.hpp>

#include "render/rasterizer.h"
#include "scene/camera.h"
#include "scene/gaussian_model.h"

namespace tessera::reconstruct {

/// A splat as a camera sees it: mean and covariance in pixels (dilation included), depth along the optical axis.
struct Footprint {
  glm::dvec2 mean{0};
  double xx = 0, xy = 0, yy = 0;
  double compensation = 1;  // of its opacity, where settings.antialiased
  double depth = 0;
};
/// Nothing where the splat lies before the near plane. `splat_scale` times every standard deviation.
std::optional<Footprint> footprint_of(const scene::GaussianModel& model, std::size_t row, const scene::Camera& camera,
                                      const render::RenderSettings& settings, double splat_scale = 1);

/// What one splat gave to a pixel.
struct Contribution {
  std::uint32_t row = 0;          // of the model
  double alpha = 0, weight = 0;   // weight: alpha x transmittance before it
  double depth = 0, opacity = 0;  // camera z; the splat's own opacity
  std::array<double, 3> scale{};  // standard deviations, largest first; units of the model
  std::array<double, 3> color{};  // RGB as seen from the camera
};
struct PixelProbe {
  std::vector<Contribution> splats;  // front to back
  double transmittance = 1;          // what is left for the background
  std::array<double, 3> color{};     // sum of weight x colour, and the background: the rasteriser's pixel
};

/// Replays the compositing of the pixel (x, y) in double precision: the same formula, order and thresholds as the
/// rasteriser (render/rasterizer.h), one pixel at a time. Reads every splat of the model once. Throws
/// std::invalid_argument for a pixel outside the picture.
PixelProbe probe_pixel(const scene::GaussianModel& model, const scene::Camera& camera,
                       const render::RenderSettings& settings, int x, int y, double splat_scale = 1);

/// How few of the splats, the heaviest first, give `share` of what all of them give.
std::size_t splats_for_share(const PixelProbe& probe, double share);

}  // namespace tessera::reconstruct
