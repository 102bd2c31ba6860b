#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "scene/gaussian_model.h"

namespace tessera::render::vulkan {

/// A splat as the shaders read it (shaders/splat.glsl): 32 bytes.
struct PackedSplat {
  float x, y, z, opacity;
  std::uint32_t scale01, scale2, rotation01, rotation23;
};
static_assert(sizeof(PackedSplat) == 32);

/// Coefficients are stored in runs of so many rows (shaders/project.comp): the first three of a row as half floats, the
/// rest in 8 bits between their bounds in the run, which come first.
inline constexpr std::size_t kRunRows = 4096;
/// Words that a row's coefficients take, and a run's bounds.
std::uint32_t harmonic_words(int sh_degree);
std::uint32_t bound_words(int sh_degree);
/// Rows of a model: `count` of the list from `begin` on, or the rows from `begin` on where the list is empty.
struct Rows {
  std::span<const std::uint32_t> list;
  std::size_t begin = 0, count = 0;
  std::size_t operator[](std::size_t i) const { return list.empty() ? begin + i : list[begin + i]; }
};
/// Those rows as the device stores them; of harmonics no more than a run.
std::vector<PackedSplat> pack_splats(const scene::GaussianModel& model, const Rows& rows);
std::vector<std::uint32_t> pack_harmonics(const scene::GaussianModel& model, const Rows& rows);

/// IEEE half floats, rounded to nearest even; beyond their range the largest one.
std::uint16_t to_half(float value);
float from_half(std::uint16_t half);

}  // namespace tessera::render::vulkan
