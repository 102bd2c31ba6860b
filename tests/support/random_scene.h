#pragma once

#include <cstdint>

#include "scene/camera.h"
#include "scene/gaussian_model.h"

namespace tessera::test {

struct RandomSceneOptions {
  std::size_t splats = 10;
  int sh_degree = 3;
  int width = 33, height = 17;
  double near = 2, far = 6;                   // depths of the splats
  double spread = 1;                          // 1: positions fill the field of view
  double scale_low = 0.02, scale_high = 0.4;  // standard deviations, in units of depth 1
  double anisotropy = 3;                      // largest ratio between axes
  double logit_low = -2, logit_high = 3;
};

/// A random model in front of a randomly posed camera; a pure function of seed and options (Philox).
scene::GaussianModel random_model(std::uint64_t seed, const RandomSceneOptions& options, const scene::Camera& camera);
scene::Camera random_camera(std::uint64_t seed, int width, int height);

}  // namespace tessera::test
