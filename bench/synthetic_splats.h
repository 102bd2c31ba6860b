#pragma once

#include <cmath>
#include <cstdint>

#include "scene/camera.h"
#include "scene/gaussian_model.h"
#include "scene/random.h"

namespace tessera::bench {

/// A fixed scene whose cost is like that of a trained one: splats fill the view at depths 1 to 4 with log-normal sizes
/// and mixed opacities; sizes shrink with the number, so that about `overlap` splats reach each pixel.
inline scene::GaussianModel synthetic_splats(std::size_t count, const scene::Pinhole& pinhole, double overlap) {
  scene::GaussianModel model;
  model.resize(count, 3);
  constexpr double kSizeSpread = 0.6, kFlatness = 0.7;
  // Extent of an average splat: pi (2.2 sigma)^2 at opacity 0.5 and the mean square of the log-normal.
  const double sigma =
      std::sqrt(overlap * pinhole.width * pinhole.height / (count * 15.0)) / std::exp(kSizeSpread * kSizeSpread);
  for (std::size_t i = 0; i < count; ++i) {
    const auto draw = [&](std::uint32_t k) {
      return scene::philox(1, static_cast<std::uint32_t>(scene::RandomStream::kTest), k, i);
    };
    const auto a = draw(0), b = draw(1), c = draw(2);
    const double z = 1 + 3 * scene::uniform01(a[0]);
    model.position[0][i] = static_cast<float>((scene::uniform01(a[1]) - 0.5) * pinhole.width / pinhole.fx * z);
    model.position[1][i] = static_cast<float>((scene::uniform01(a[2]) - 0.5) * pinhole.height / pinhole.fy * z);
    model.position[2][i] = static_cast<float>(z);
    const auto n0 = scene::normal_pair(b[0], b[1]), n1 = scene::normal_pair(b[2], b[3]);
    const double size = std::log(sigma * z / pinhole.fx) + kSizeSpread * n0[0];
    for (int k = 0; k < 3; ++k)
      model.log_scale[k][i] = static_cast<float>(size - (k == 2 ? 2.0 : k * kFlatness * scene::uniform01(a[3])));
    model.rotation[0][i] = static_cast<float>(n0[1]), model.rotation[1][i] = static_cast<float>(n1[0]),
    model.rotation[2][i] = static_cast<float>(n1[1]);
    model.rotation[3][i] = 0.3f;
    model.opacity_logit[i] = 5 * scene::uniform01(c[0]) - 2.5f;
    for (std::size_t p = 0; p < model.sh.size(); ++p)
      model.sh[p][i] = (p < 3 ? 2.0f : 0.2f) * (scene::uniform01(draw(3 + static_cast<std::uint32_t>(p))[0]) - 0.4f);
  }
  return model;
}

/// A camera at the origin with a horizontal field of view of 65 degrees.
inline scene::Camera synthetic_camera(int width, int height) {
  const double focal = width / (2 * std::tan(65 * std::numbers::pi / 360));
  return {.intrinsics = {width, height, focal, focal, width / 2.0, height / 2.0}, .cam_from_world = {}};
}

}  // namespace tessera::bench
