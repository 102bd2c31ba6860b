#pragma once

#include <cmath>
#include <cstdint>

#include "scene/camera.h"
#include "scene/gaussian_model.h"
#include "scene/random.h"

namespace tessera::test {

/// A plain of side x side opaque flat splats, one unit apart, in colours that wave over it; unevenly placed and large.
inline scene::GaussianModel splat_ground(std::size_t side, int sh_degree = 1) {
  scene::GaussianModel model;
  model.resize(side * side, sh_degree);
  for (std::size_t i = 0; i < model.size(); ++i) {
    const auto bits = scene::philox(7, static_cast<std::uint32_t>(scene::RandomStream::kTest), 0, i);
    const float x = static_cast<float>(i % side), y = static_cast<float>(i / side);
    model.position[0][i] = x + 0.5f * scene::uniform01(bits[0]),
    model.position[1][i] = y + 0.5f * scene::uniform01(bits[1]);
    // No two at one depth: what is drawn first would be chance.
    model.position[2][i] = 0.2f * scene::uniform01(bits[1] * 2654435761u);
    for (std::size_t axis = 0; axis < 2; ++axis) model.log_scale[axis][i] = -0.5f + 0.4f * scene::uniform01(bits[2]);
    model.log_scale[2][i] = -3;
    model.rotation[0][i] = 1, model.rotation[3][i] = scene::uniform01(bits[3]);
    model.opacity_logit[i] = 2;
    model.sh[0][i] = std::sin(0.3f * x), model.sh[1][i] = std::cos(0.2f * y), model.sh[2][i] = std::sin(0.1f * (x + y));
  }
  return model;
}

/// Looks down on (x, y) of that plain from a height.
inline scene::Camera camera_over(double x, double y, double height, int pixels = 128) {
  scene::Camera camera;
  camera.intrinsics = {pixels, pixels, 1.0 * pixels, 1.0 * pixels, 0.5 * pixels, 0.5 * pixels};
  camera.cam_from_world.rotation = {0, 1, 0, 0};  // half a turn about x: z points down
  camera.cam_from_world.translation = -(camera.cam_from_world.rotation * glm::dvec3(x, y, height));
  return camera;
}

}  // namespace tessera::test
