#pragma once

#include <cstddef>
#include <cstdint>

#include "render/cpu/buffer.h"
#include "render/cpu/splat.h"

namespace tessera::render {

/// Lists of splats by tile, each nearest first. All work is split by the number of splats alone, never by threads, so
/// the lists are always the same.
class Binner {
 public:
  /// Orders the visible splats by z, ties by index (least-significant-digit radix sort, stable), and makes the slots of
  /// `footprints` absolute.
  void sort(const float* depths, Footprint* footprints, const ChunkResult* chunks, std::size_t chunk_count,
            std::size_t visible);
  /// Builds the lists by a stable counting sort.
  void bin(const Footprint* footprints, const ChunkResult* chunks, std::size_t pairs, std::size_t tiles);

  const TileEntry* entries() const { return entries_.data(); }
  const std::uint32_t* tile_begin() const { return tile_begin_.data(); }  // [tiles + 1]
  std::size_t bytes() const;

 private:
  struct Key {
    std::uint32_t depth, splat;
  };
  struct Range {
    std::uint32_t least = 0xFFFFFFFFu, most = 0;
  };
  std::size_t visible_ = 0;
  Buffer<Key> keys_, other_;
  Buffer<Range> ranges_;
  Buffer<std::uint32_t> histogram_, tile_begin_;
  Buffer<TileEntry> entries_;
};

}  // namespace tessera::render
