#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "render/frame.h"
#include "scene/image.h"

namespace tessera::reconstruct {

/// A value as every viewer shows it and every score takes it: clamped to [0, 1], rounded to 8 bit (not a number: 0).
inline std::uint8_t to_byte(float value) {
  return value > 0 ? static_cast<std::uint8_t>(std::round(std::min(value, 1.0f) * 255.0f)) : std::uint8_t{0};
}

/// Planes as an 8-bit RGB picture.
scene::Image8 to_image8(const render::Plane color[3]);

/// Colours over nothing as an 8-bit RGBA picture with straight alpha. `frame` was drawn over black, so that its colours
/// are already multiplied by alpha.
scene::Image8 to_rgba8(const render::Frame& frame);

}  // namespace tessera::reconstruct
