#pragma once

#include <cstdint>
#include <vector>

#include "render/vulkan/memory.h"
#include "scene/gaussian_model.h"

namespace tessera::render::vulkan {

/// A splat as the shaders read it (shaders/splat.glsl): 32 bytes.
struct PackedSplat {
  float x, y, z, opacity;
  std::uint32_t scale01, scale2, rotation01, rotation23;
};
static_assert(sizeof(PackedSplat) == 32);

/// Words of half floats that a splat's coefficients take.
std::uint32_t harmonic_words(int sh_degree);
/// Rows [begin, begin + count) of the model as the device stores them.
std::vector<PackedSplat> pack_splats(const scene::GaussianModel& model, std::size_t begin, std::size_t count);
std::vector<std::uint32_t> pack_harmonics(const scene::GaussianModel& model, std::size_t begin, std::size_t count);

/// IEEE half floats, rounded to nearest even; beyond their range the largest one.
std::uint16_t to_half(float value);
float from_half(std::uint16_t half);

/// A model on the device in chunks, as one binding may not hold all of it.
struct ModelChunk {
  std::uint32_t first_row = 0, rows = 0;
  Buffer splats, harmonics;
};
/// Uploads; does not wait. Throws scene::Error where the device has no room.
std::vector<ModelChunk> upload_model(Device& device, const scene::GaussianModel& model);

}  // namespace tessera::render::vulkan
