#pragma once

#include <array>
#include <vector>

#include "render/rasterizer.h"
#include "scene/camera.h"
#include "scene/gaussian_model.h"

namespace tessera::test {

/// The parameters of a model in double, one plane each in the order of GaussianPlanes::planes():
/// position 0..2, log_scale 3..5, rotation 6..9, opacity 10, SH 11 + 3 k + channel.
struct ReferenceModel {
  std::vector<std::vector<double>> planes;
  std::size_t size() const { return planes[10].size(); }
  int sh_degree() const;
};
ReferenceModel reference_model(const scene::GaussianModel& model);

/// Values of a render, or gradients with respect to them: [height * width] each.
struct ReferenceFrame {
  int width = 0, height = 0;
  std::array<std::vector<double>, 3> color, normal;
  std::vector<double> alpha, depth, median_depth, count;
  /// Smallest relative distance of any decision to its threshold (near plane, alpha cut and clamp, stop, Jacobian and
  /// colour clamps): how far parameters may move before the picture stops being smooth.
  double margin = 1e30;
};

struct ReferenceGradients {
  std::vector<std::vector<double>> planes;  // as ReferenceModel
  std::array<std::vector<double>, 2> mean2d, abs_mean2d;
  std::vector<double> radius, weight;
  std::vector<char> seen;  // contributes to at least one pixel
  std::array<double, 6> pose{};
};

/// The rasteriser written down plainly: double precision, no tiles, every pixel looks at every splat in order of depth.
/// gaussian-splatting base algorithm (Kerbl et al. 2023), one formula a line.
ReferenceFrame reference_forward(const ReferenceModel& model, const scene::Camera& camera,
                                 const render::RenderSettings& settings);
/// Gradients of sum(gradient * frame), by hand-written derivatives. Planes of `gradient` may be empty (zero).
ReferenceGradients reference_backward(const ReferenceModel& model, const scene::Camera& camera,
                                      const render::RenderSettings& settings, const ReferenceFrame& gradient);

}  // namespace tessera::test
