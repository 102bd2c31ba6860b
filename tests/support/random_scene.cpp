#include "tests/support/random_scene.h"

#include <cmath>

#include <glm/glm.hpp>

#include "scene/random.h"

namespace tessera::test {
namespace {

/// Draws in sequence.
class Draws {
 public:
  explicit Draws(std::uint64_t seed, std::uint32_t use) : seed_(seed), use_(use) {}
  double uniform(double low, double high) {
    const auto bits = scene::philox(seed_, static_cast<std::uint32_t>(scene::RandomStream::kTest), use_, next_++);
    return low + (high - low) * scene::uniform01(bits[0]);
  }
  double normal() {
    const auto bits = scene::philox(seed_, static_cast<std::uint32_t>(scene::RandomStream::kTest), use_, next_++);
    return scene::normal_pair(bits[0], bits[1])[0];
  }

 private:
  std::uint64_t seed_, next_ = 0;
  std::uint32_t use_;
};

}  // namespace

scene::Camera random_camera(std::uint64_t seed, int width, int height) {
  Draws draws(seed, 1);
  scene::Camera camera;
  const double focal = 0.9 * width + 4;
  camera.intrinsics = {
      width, height, focal, 1.07 * focal, 0.5 * width + draws.uniform(-1, 1), 0.5 * height + draws.uniform(-1, 1)};
  camera.cam_from_world.rotation =
      glm::normalize(glm::dquat(draws.normal(), draws.normal(), draws.normal(), draws.normal()));
  camera.cam_from_world.translation = {draws.normal(), draws.normal(), draws.normal()};
  return camera;
}

scene::GaussianModel random_model(std::uint64_t seed, const RandomSceneOptions& options, const scene::Camera& camera) {
  Draws draws(seed, 2);
  scene::GaussianModel model;
  model.resize(options.splats, options.sh_degree);
  const scene::Rigid world_from_cam = camera.cam_from_world.inverse();
  const scene::Pinhole& pinhole = camera.intrinsics;
  for (std::size_t i = 0; i < options.splats; ++i) {
    const double z = draws.uniform(options.near, options.far), s = 0.5 * options.spread;
    const double x = draws.uniform(-s, s) * pinhole.width / pinhole.fx * z,
                 y = draws.uniform(-s, s) * pinhole.height / pinhole.fy * z;
    const glm::dvec3 position = world_from_cam({x, y, z});
    const double scale = std::exp(draws.uniform(std::log(options.scale_low), std::log(options.scale_high))) * z;
    for (int c = 0; c < 3; ++c) {
      model.position[c][i] = static_cast<float>(position[c]);
      model.log_scale[c][i] = static_cast<float>(std::log(scale) - draws.uniform(0, std::log(options.anisotropy)));
    }
    for (auto& plane : model.rotation) plane[i] = static_cast<float>(draws.normal());
    model.opacity_logit[i] = static_cast<float>(draws.uniform(options.logit_low, options.logit_high));
    for (std::size_t p = 0; p < model.sh.size(); ++p)
      model.sh[p][i] = static_cast<float>(p < 3 ? draws.uniform(-1, 2.5) : 0.25 * draws.normal());
  }
  return model;
}

}  // namespace tessera::test
