#pragma once

#include <filesystem>

#include "reconstruct/synth/city_mesh.h"
#include "reconstruct/synth/renderer.h"

namespace tessera::reconstruct::synth {

/// Metres a unit of the 16-bit depth pictures: 262 m at most, exact to 2 mm.
inline constexpr double kDepthScale = 0.004;

/// JPEG with 4:2:0 chroma, as cameras write it. Like the next two, not atomic: for files of a folder that becomes
/// visible as a whole.
void write_photo(const std::filesystem::path& path, const scene::Image8& image, int quality);
/// 16-bit grey PNG of z-depth / kDepthScale; 0: nothing there, or too far.
void write_depth(const std::filesystem::path& path, const Rendering& rendering);
/// 8-bit PNG: 255 * (n / 2 + 1 / 2) of the world normal, rounded; black: nothing there.
void write_normals(const std::filesystem::path& path, const Rendering& rendering);
/// Binary PLY of all triangles in world coordinates, instances written out. Vertices that no triangle uses are left
/// out.
void write_mesh(const std::filesystem::path& path, const City& city);

}  // namespace tessera::reconstruct::synth
