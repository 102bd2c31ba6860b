#pragma once

#include <cstdint>
#include <filesystem>

#include "scene/lod/lod_file.h"
#include "scene/progress.h"

namespace tessera::scene {

struct LodOptions {
  std::size_t chunk = 0;     // splats of a node at most, or nearly where they have to be estimated; 0: lod_chunk
  bool antialiased = false;  // kept in the file: how the model was trained
};

/// Splats of a node for a model of so many: about 1,024 leaves to choose among, but pieces of 256 (60 KB) to
/// 65,536 to read.
std::size_t lod_chunk(std::uint64_t splats);

/// Makes the levels of detail of a 3DGS PLY: its space is cut in halves of as many splats until a part fits a node;
/// each pair of parts is merged (merge_splats) into a node of half as many. Memory: about 2 + log2(nodes) chunks and 60
/// KB for each leaf, whatever the size of the model, which lies on disk beside `out` until the end. Same bytes on any
/// number of threads. Throws scene::Error as read_splat_ply, for a model without splats, and where `out` cannot be
/// written; nothing is left then.
LodScene build_lod(const std::filesystem::path& ply, const std::filesystem::path& out, const LodOptions& options,
                   const JobContext& job = {});

}  // namespace tessera::scene
