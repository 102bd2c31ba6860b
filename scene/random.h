#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace tessera::scene {

/// Counter-based random numbers: Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
/// A draw is a pure function of (seed, stream, a, b): no state, so the result does not depend on the order of calls or threads.
/// Convention: `stream` says what the draw is for (RandomStream), a = iteration, b = index of the primitive, image or sample.
inline std::array<std::uint32_t, 4> philox(std::uint64_t seed, std::uint32_t stream, std::uint32_t a, std::uint64_t b) {
  std::array<std::uint32_t, 4> c{static_cast<std::uint32_t>(b), static_cast<std::uint32_t>(b >> 32), a, stream};
  std::uint32_t k0 = static_cast<std::uint32_t>(seed), k1 = static_cast<std::uint32_t>(seed >> 32);
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = std::uint64_t{0xD2511F53} * c[0];
    const std::uint64_t p1 = std::uint64_t{0xCD9E8D57} * c[2];
    c = {static_cast<std::uint32_t>(p1 >> 32) ^ c[1] ^ k0, static_cast<std::uint32_t>(p1),
         static_cast<std::uint32_t>(p0 >> 32) ^ c[3] ^ k1, static_cast<std::uint32_t>(p0)};
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return c;
}

/// What a draw is for; part of the counter, so that two uses never share numbers.
enum class RandomStream : std::uint32_t {
  kInitialise = 1,
  kViewOrder,
  kBackground,
  kSplit,
  kRelocate,
  kNoise,
  kSynth,
  kTest,
  kDropout,
  kPseudoView,
};

/// Uniform in [0, 1), 24 bits: exact in float.
inline float uniform01(std::uint32_t bits) { return static_cast<float>(bits >> 8) * 0x1p-24f; }
/// Uniform in (0, 1], for logarithms.
inline double uniform_open(std::uint32_t bits) { return (static_cast<double>(bits) + 1.0) * 0x1p-32; }

/// Two independent standard normals from two words (Box-Muller), in double.
inline std::array<double, 2> normal_pair(std::uint32_t a, std::uint32_t b) {
  const double r = std::sqrt(-2.0 * std::log(uniform_open(a)));
  const double t = 2.0 * std::numbers::pi * uniform_open(b);
  return {r * std::cos(t), r * std::sin(t)};
}

}  // namespace tessera::scene
