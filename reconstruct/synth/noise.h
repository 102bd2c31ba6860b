#pragma once

#include <cmath>
#include <cstdint>

#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include "scene/random.h"

namespace tessera::reconstruct::synth {

/// Integer hash of three lattice coordinates and a seed: the same on every machine, no tables, no libm.
inline std::uint32_t hash3(std::int32_t x, std::int32_t y, std::int32_t z, std::uint32_t seed) {
  std::uint32_t h = seed * 0x9E3779B1u + static_cast<std::uint32_t>(x) * 0x85EBCA77u +
                    static_cast<std::uint32_t>(y) * 0xC2B2AE3Du + static_cast<std::uint32_t>(z) * 0x27D4EB2Fu;
  // Finaliser of MurmurHash3 (public domain constants): every input bit reaches every output bit.
  h ^= h >> 16;
  h *= 0x85EBCA6Bu;
  h ^= h >> 13;
  h *= 0xC2B2AE35u;
  h ^= h >> 16;
  return h;
}
/// Uniform in [0, 1).
inline float hash01(std::int32_t x, std::int32_t y, std::uint32_t seed) {
  return scene::uniform01(hash3(x, y, 0, seed));
}

inline float fade(float t) { return t * t * (3.0f - 2.0f * t); }
inline float mix(float a, float b, float t) { return a + (b - a) * t; }
inline glm::vec3 mix(const glm::vec3& a, const glm::vec3& b, float t) { return a + (b - a) * t; }
inline float saturate(float x) { return x < 0 ? 0.0f : x > 1 ? 1.0f : x; }
inline float smoothstep(float low, float high, float x) { return fade(saturate((x - low) / (high - low))); }

/// Value noise in [-1, 1], one lattice cell per unit.
inline float noise2(glm::vec2 p, std::uint32_t seed) {
  const float fx = std::floor(p.x), fy = std::floor(p.y);
  const int x = static_cast<int>(fx), y = static_cast<int>(fy);
  const float u = fade(p.x - fx), v = fade(p.y - fy);
  const float a = mix(hash01(x, y, seed), hash01(x + 1, y, seed), u);
  const float b = mix(hash01(x, y + 1, seed), hash01(x + 1, y + 1, seed), u);
  return 2.0f * mix(a, b, v) - 1.0f;
}

/// Sum of `octaves` octaves from wavelength `scale` metres downwards, amplitudes halving; octaves finer than the
/// footprint (metres per pixel) fade out, so that a texture seen from far shows its mean instead of aliasing. In [-1,
/// 1], mostly within +-0.6.
inline float fbm2(glm::vec2 p, float scale, int octaves, float footprint, std::uint32_t seed) {
  float sum = 0, amplitude = 0.5f, wavelength = scale;
  for (int i = 0; i < octaves; ++i) {
    // A wave needs two samples: full strength above 3 footprints, gone below 1.5.
    const float weight = smoothstep(1.5f * footprint, 3.0f * footprint, wavelength);
    if (weight <= 0) break;
    sum += amplitude * weight * noise2(p / wavelength, seed + static_cast<std::uint32_t>(i) * 101u);
    amplitude *= 0.5f;
    wavelength *= 0.5f;
  }
  return sum;
}

/// Share of a pixel of width `footprint` centred at x that lies in the band [low, high]: a box-filtered step.
inline float band(float x, float low, float high, float footprint) {
  const float half = 0.5f * footprint + 1e-6f;
  const float a = x - half > low ? x - half : low, b = x + half < high ? x + half : high;
  return b > a ? (b - a) / (2.0f * half) : 0.0f;
}
/// The same for bands [0, width] repeated every `period`.
inline float stripes(float x, float period, float width, float footprint) {
  if (footprint > period) return width / period;
  const float r = x - period * std::floor(x / period);
  return saturate(band(r, 0, width, footprint) + band(r - period, 0, width, footprint) +
                  band(r + period, 0, width, footprint));
}

/// A stream of draws for one thing that is being laid out: keyed by (seed, what, index), so that adding a thing changes
/// no other.
class Draw {
 public:
  Draw(std::uint64_t seed, std::uint32_t what, std::uint64_t index) : seed_(seed), what_(what), index_(index) {}
  std::uint32_t bits() {
    if (next_ == 4) {
      words_ = scene::philox(seed_, static_cast<std::uint32_t>(scene::RandomStream::kSynth), what_,
                             (index_ << 16) | round_++);
      next_ = 0;
    }
    return words_[next_++];
  }
  float uniform() { return scene::uniform01(bits()); }
  float uniform(float low, float high) { return low + (high - low) * uniform(); }
  int below(int n) {
    return static_cast<int>((static_cast<std::uint64_t>(bits()) * static_cast<std::uint64_t>(n)) >> 32);
  }
  bool chance(float p) { return uniform() < p; }
  double normal() {
    const std::uint32_t a = bits(), b = bits();
    return scene::normal_pair(a, b)[0];
  }

 private:
  std::uint64_t seed_;
  std::uint32_t what_;
  std::uint64_t index_;
  std::uint64_t round_ = 0;
  std::array<std::uint32_t, 4> words_{};
  std::size_t next_ = 4;
};

}  // namespace tessera::reconstruct::synth
