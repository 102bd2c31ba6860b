#include "render/cpu/binning.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "scene/parallel.h"

namespace tessera::render {
namespace {

constexpr std::size_t kMostParts = 16;       // enough for any desktop; every part costs a histogram
constexpr std::size_t kLeastPerPart = 4096;  // below this a histogram costs more than it saves
constexpr int kDigitBits = 11;               // three passes over 32 bits, and the histogram stays in L1
constexpr std::uint32_t kDigits = 1u << kDigitBits;

/// Fixed split of n items into parts.
struct Split {
  std::size_t n, parts;
  explicit Split(std::size_t count) : n(count), parts(std::clamp<std::size_t>(count / kLeastPerPart, 1, kMostParts)) {}
  std::size_t begin(std::size_t part) const { return n * part / parts; }
  std::size_t end(std::size_t part) const { return n * (part + 1) / parts; }
};

}  // namespace

void Binner::sort(const Splat* splats, const ChunkResult* chunks, std::size_t chunk_count, std::size_t visible) {
  visible_ = visible;
  Key* keys = keys_.reserve(visible);
  Key* other = other_.reserve(visible);
  scene::parallel_for(std::size_t{0}, chunk_count, [&](std::size_t chunk) {
    Key* out = keys + chunks[chunk].first_visible;
    const std::size_t first = chunk * kChunk;
    for (std::uint32_t j = 0; j < chunks[chunk].visible;
         ++j)  // z > 0: the order of the bits is the order of the values
      out[j] = {std::bit_cast<std::uint32_t>(splats[first + j].z), static_cast<std::uint32_t>(first + j)};
  });

  const Split split(visible);
  std::uint32_t* histogram = histogram_.reserve(split.parts * kDigits);
  for (int shift = 0; shift < 32; shift += kDigitBits) {
    const auto digit = [shift](const Key& key) { return (key.depth >> shift) & (kDigits - 1); };
    scene::parallel_for(std::size_t{0}, split.parts, [&](std::size_t part) {
      std::uint32_t* h = histogram + part * kDigits;
      std::memset(h, 0, kDigits * sizeof *h);
      for (std::size_t i = split.begin(part); i < split.end(part); ++i) ++h[digit(keys[i])];
    });
    std::uint32_t sum = 0;
    bool sorted = false;
    for (std::uint32_t value = 0; value < kDigits; ++value) {
      const std::uint32_t before = sum;
      for (std::size_t part = 0; part < split.parts; ++part)
        sum += std::exchange(histogram[part * kDigits + value], sum);
      sorted = sorted || sum - before == visible;
    }
    if (sorted) continue;  // all keys share this digit
    scene::parallel_for(std::size_t{0}, split.parts, [&](std::size_t part) {
      std::uint32_t* h = histogram + part * kDigits;
      for (std::size_t i = split.begin(part); i < split.end(part); ++i) other[h[digit(keys[i])]++] = keys[i];
    });
    std::swap(keys, other);
    std::swap(keys_, other_);
  }
}

void Binner::bin(Footprint* footprints, const ChunkResult* chunks, std::size_t pairs, int tiles_x, int tiles_y) {
  const std::size_t tiles = static_cast<std::size_t>(tiles_x) * tiles_y;
  const Key* keys = keys_.data();
  const Split split(visible_);
  std::uint32_t* histogram = histogram_.reserve(split.parts * tiles);
  std::uint32_t* tile_begin = tile_begin_.reserve(tiles + 1);
  TileEntry* entries = entries_.reserve(pairs);

  /// Calls visit(tile) for every tile of a splat, in the one order that counting, writing and slots share.
  const auto for_each_tile = [&](std::uint32_t splat, auto&& visit) {
    const Footprint& footprint = footprints[splat];
    const Span* span = chunks[splat / kChunk].spans.data() + footprint.span;
    std::size_t row = static_cast<std::size_t>(footprint.tile_y) * tiles_x;
    for (std::uint32_t r = 0; r < footprint.rows; ++r, row += tiles_x)
      for (std::uint32_t x = span[r].first; x <= span[r].last; ++x) visit(row + x);
  };
  scene::parallel_for(std::size_t{0}, split.parts, [&](std::size_t part) {
    std::uint32_t* h = histogram + part * tiles;
    std::memset(h, 0, tiles * sizeof *h);
    for (std::size_t i = split.begin(part); i < split.end(part); ++i) {
      footprints[keys[i].splat].slot += chunks[keys[i].splat / kChunk].first_pair;
      for_each_tile(keys[i].splat, [&](std::size_t tile) { ++h[tile]; });
    }
  });
  std::uint32_t sum = 0;
  for (std::size_t tile = 0; tile < tiles; ++tile) {
    tile_begin[tile] = sum;
    for (std::size_t part = 0; part < split.parts; ++part) sum += std::exchange(histogram[part * tiles + tile], sum);
  }
  tile_begin[tiles] = sum;
  scene::parallel_for(std::size_t{0}, split.parts, [&](std::size_t part) {
    std::uint32_t* h = histogram + part * tiles;
    for (std::size_t i = split.begin(part); i < split.end(part); ++i) {
      std::uint32_t slot = footprints[keys[i].splat].slot;
      for_each_tile(keys[i].splat, [&](std::size_t tile) { entries[h[tile]++] = {keys[i].splat, slot++}; });
    }
  });
}

std::size_t Binner::bytes() const {
  return keys_.bytes() + other_.bytes() + histogram_.bytes() + tile_begin_.bytes() + entries_.bytes();
}

}  // namespace tessera::render
