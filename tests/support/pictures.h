#pragma once

#include <cmath>

#include "render/frame.h"
#include "scene/random.h"
#include "tests/support/reference_ssim.h"

namespace tessera::test {

/// Uniform draw in [0, 1), keyed by what it is for.
inline float draw(std::uint32_t key, std::uint64_t index) {
  return scene::uniform01(scene::philox(7, static_cast<std::uint32_t>(scene::RandomStream::kTest), key, index)[0]);
}

/// A made-up photo: slow waves with some noise, in [0, 1], each channel of its own. The padding is garbage on purpose.
inline void make_picture(int width, int height, std::uint32_t key, double noise, render::Plane out[3]) {
  for (int c = 0; c < 3; ++c) {
    out[c].resize(width, height);
    out[c].fill(-123.0f);
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x) {
        const double wave = 0.5 + 0.3 * std::sin(0.21 * x + 0.7 * c + key) * std::cos(0.13 * y - 0.4 * c);
        const auto index = (static_cast<std::uint64_t>(c) << 40) + (static_cast<std::uint64_t>(y) << 20) +
                           static_cast<std::uint64_t>(x);
        const double value = wave + noise * (draw(key, index) - 0.5);
        out[c].at(x, y) = static_cast<float>(value < 0 ? 0 : value > 1 ? 1 : value);
      }
  }
}

inline Channel channel(const render::Plane& plane) {
  Channel c{plane.width, plane.height, {}};
  for (int y = 0; y < plane.height; ++y)
    for (int x = 0; x < plane.width; ++x) c.value.push_back(static_cast<double>(plane.at(x, y)));
  return c;
}

}  // namespace tessera::test
