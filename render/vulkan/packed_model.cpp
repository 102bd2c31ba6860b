#include "render/vulkan/packed_model.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace tessera::render::vulkan {
namespace {

// Log scales are kept in 16 bits over this range, steps of 0.0005: e^-24 is nothing and e^8 everything in a scene whose
// median depth is 1. Of shaders/splat.glsl.
constexpr float kLogScaleLow = -24, kLogScaleHigh = 8;

// Coefficients of degree 0, which are the colour, and the words that they take.
constexpr std::uint32_t kHalves = 3, kHalfWords = 2;

std::uint32_t unorm16(float value) {
  return static_cast<std::uint32_t>(std::lround(std::clamp(value, 0.0f, 1.0f) * 65535.0f));
}
std::uint32_t snorm16(float value) {
  return static_cast<std::uint16_t>(static_cast<std::int16_t>(std::lround(std::clamp(value, -1.0f, 1.0f) * 32767.0f)));
}

}  // namespace

std::uint16_t to_half(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = bits >> 16 & 0x8000;
  const float magnitude = std::abs(value);
  if (!(magnitude < 65504.0f)) return static_cast<std::uint16_t>(sign | 0x7BFF);
  // Below 2^-14 the spacing is 2^-24 whatever the exponent.
  if (magnitude < 0x1p-14f)
    return static_cast<std::uint16_t>(sign | static_cast<std::uint32_t>(std::nearbyint(magnitude * 0x1p24f)));
  const std::uint32_t absolute = bits & 0x7FFFFFFF;
  const std::uint32_t rounded = absolute + 0xFFF + (absolute >> 13 & 1);  // nearest, ties to even
  return static_cast<std::uint16_t>(sign | ((rounded >> 13) - (112u << 10)));
}

float from_half(std::uint16_t half) {
  const std::uint32_t exponent = half >> 10 & 31, mantissa = half & 1023;
  const float magnitude = exponent == 0 ? static_cast<float>(mantissa) * 0x1p-24f
                                        : std::bit_cast<float>(((exponent + 112) << 23) | mantissa << 13);
  return half & 0x8000 ? -magnitude : magnitude;
}

std::uint32_t harmonic_words(int sh_degree) {
  const auto rest = 3 * static_cast<std::uint32_t>(scene::sh_coefficients(sh_degree)) - kHalves;
  return kHalfWords + (rest + 3) / 4;
}

std::uint32_t bound_words(int sh_degree) {
  return 2 * (3 * static_cast<std::uint32_t>(scene::sh_coefficients(sh_degree)) - kHalves);
}

std::vector<PackedSplat> pack_splats(const scene::GaussianModel& model, const Rows& rows) {
  std::vector<PackedSplat> packed(rows.count);
  for (std::size_t k = 0; k < rows.count; ++k) {
    const std::size_t i = rows[k];
    PackedSplat& p = packed[k];
    p.x = model.position[0][i], p.y = model.position[1][i], p.z = model.position[2][i];
    p.opacity = 1 / (1 + std::exp(-model.opacity_logit[i]));
    std::uint32_t scale[3];
    for (std::size_t c = 0; c < 3; ++c)
      scale[c] = unorm16((model.log_scale[c][i] - kLogScaleLow) / (kLogScaleHigh - kLogScaleLow));
    p.scale01 = scale[0] | scale[1] << 16;
    p.scale2 = scale[2];
    float q[4], length = 0;
    for (std::size_t c = 0; c < 4; ++c) q[c] = model.rotation[c][i], length += q[c] * q[c];
    for (float& c : q) c /= std::sqrt(length);
    p.rotation01 = snorm16(q[0]) | snorm16(q[1]) << 16;
    p.rotation23 = snorm16(q[2]) | snorm16(q[3]) << 16;
  }
  return packed;
}

std::vector<std::uint32_t> pack_harmonics(const scene::GaussianModel& model, const Rows& rows) {
  const std::size_t words = harmonic_words(model.sh_degree()), bounds = bound_words(model.sh_degree());
  std::vector<std::uint32_t> packed(bounds + words * rows.count);
  std::uint32_t* first = packed.data() + bounds;
  for (std::size_t p = 0; p < kHalves; ++p)
    for (std::size_t k = 0; k < rows.count; ++k)
      first[k * words + p / 2] |= std::uint32_t{to_half(model.sh[p][rows[k]])} << (p % 2 * 16);
  for (std::size_t p = 0; p < bounds / 2; ++p) {
    const std::vector<float>& plane = model.sh[kHalves + p];
    float low = std::numeric_limits<float>::max(), high = std::numeric_limits<float>::lowest();
    for (std::size_t k = 0; k < rows.count; ++k)
      low = std::min(low, plane[rows[k]]), high = std::max(high, plane[rows[k]]);
    const float step = (high - low) / 255, per_step = step > 0 ? 1 / step : 0;
    packed[2 * p] = std::bit_cast<std::uint32_t>(low), packed[2 * p + 1] = std::bit_cast<std::uint32_t>(step);
    for (std::size_t k = 0; k < rows.count; ++k) {
      const float steps = std::min((plane[rows[k]] - low) * per_step + 0.5f, 255.0f);
      first[k * words + kHalfWords + p / 4] |= static_cast<std::uint32_t>(steps) << (p % 4 * 8);
    }
  }
  return packed;
}

}  // namespace tessera::render::vulkan
