#include "render/cpu/binning.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "scene/parallel.h"

namespace tessera::render {
namespace {

constexpr std::size_t kMostParts = 16;      // enough for any desktop; every part costs a histogram
constexpr std::size_t kLeastToSort = 8192;  // splats of a part: below this a histogram costs more than it saves
constexpr std::size_t kLeastToBin = 2048;   // fewer, since near splats meet more tiles than far ones
constexpr std::size_t kAhead = 12;          // splats between asking for memory and using it: some 100 ns of work
constexpr int kMostDigitBits = 12;          // the histogram stays in L1

/// Fixed split of n items into parts.
struct Split {
  std::size_t n, parts;
  Split(std::size_t count, std::size_t least)
      : n(count), parts(std::clamp<std::size_t>(count / least, 1, kMostParts)) {}
  std::size_t begin(std::size_t part) const { return n * part / parts; }
  std::size_t end(std::size_t part) const { return n * (part + 1) / parts; }
};

}  // namespace

void Binner::sort(const float* depths, Footprint* footprints, const ChunkResult* chunks, std::size_t chunk_count,
                  std::size_t visible) {
  visible_ = visible;
  if (visible == 0) return;
  Key* keys = keys_.reserve(visible);
  Key* other = other_.reserve(visible);
  Range* ranges = ranges_.reserve(chunk_count);
  scene::parallel_for(std::size_t{0}, chunk_count, [&](std::size_t chunk) {
    Key* out = keys + chunks[chunk].first_visible;
    const std::size_t first = chunk * kChunk;
    Range range;
    for (std::uint32_t j = 0; j < chunks[chunk].visible; ++j) {
      // z > 0: the order of the bits is the order of the values
      const auto depth = std::bit_cast<std::uint32_t>(depths[first + j]);
      range.least = std::min(range.least, depth), range.most = std::max(range.most, depth);
      out[j] = {depth, static_cast<std::uint32_t>(first + j)};
      footprints[first + j].slot += chunks[chunk].first_pair;
    }
    ranges[chunk] = range;
  });
  Range range;
  for (std::size_t c = 0; c < chunk_count; ++c)
    range.least = std::min(range.least, ranges[c].least), range.most = std::max(range.most, ranges[c].most);

  // A scene's depths span few octaves: the bits that differ are sorted in two passes as a rule.
  const int bits = std::bit_width(range.most - range.least);
  const int passes = (bits + kMostDigitBits - 1) / kMostDigitBits;
  const int digit_bits = passes == 0 ? 0 : (bits + passes - 1) / passes;
  const std::uint32_t digits = 1u << digit_bits, least = range.least;
  const Split split(visible, kLeastToSort);
  std::uint32_t* histogram = histogram_.reserve(split.parts << kMostDigitBits);  // never grows with the depths
  for (int shift = 0; shift < passes * digit_bits; shift += digit_bits) {
    const auto digit = [=](const Key& key) { return ((key.depth - least) >> shift) & (digits - 1); };
    scene::parallel_for(std::size_t{0}, split.parts, [&](std::size_t part) {
      std::uint32_t* h = histogram + part * digits;
      std::memset(h, 0, digits * sizeof *h);
      for (std::size_t i = split.begin(part); i < split.end(part); ++i) ++h[digit(keys[i])];
    });
    std::uint32_t sum = 0;
    for (std::uint32_t value = 0; value < digits; ++value)
      for (std::size_t part = 0; part < split.parts; ++part)
        sum += std::exchange(histogram[part * digits + value], sum);
    scene::parallel_for(std::size_t{0}, split.parts, [&](std::size_t part) {
      std::uint32_t* h = histogram + part * digits;
      for (std::size_t i = split.begin(part); i < split.end(part); ++i) other[h[digit(keys[i])]++] = keys[i];
    });
    std::swap(keys, other);
    std::swap(keys_, other_);
  }
}

void Binner::bin(const Footprint* footprints, const ChunkResult* chunks, std::size_t pairs, std::size_t tiles) {
  const Key* keys = keys_.data();
  const Split split(visible_, kLeastToBin);
  std::uint32_t* histogram = histogram_.reserve(split.parts * tiles);
  std::uint32_t* tile_begin = tile_begin_.reserve(tiles + 1);
  TileEntry* entries = entries_.reserve(pairs);

  const auto tiles_of = [&](std::uint32_t splat) {
    const ChunkResult& chunk = chunks[splat / kChunk];
    return chunk.tiles.data() + (footprints[splat].slot - chunk.first_pair);
  };
  // In the order of depth footprints and tiles lie anywhere in memory: they are asked for ahead of their turn.
  const auto prefetch = [&](std::size_t i) {
    if (i + 2 * kAhead < visible_) __builtin_prefetch(footprints + keys[i + 2 * kAhead].splat);
    if (i + kAhead < visible_) __builtin_prefetch(tiles_of(keys[i + kAhead].splat));
  };
  scene::parallel_for(std::size_t{0}, split.parts, [&](std::size_t part) {
    std::uint32_t* h = histogram + part * tiles;
    std::memset(h, 0, tiles * sizeof *h);
    for (std::size_t i = split.begin(part); i < split.end(part); ++i) {
      prefetch(i);
      const std::uint32_t *tile = tiles_of(keys[i].splat), *end = tile + footprints[keys[i].splat].pairs;
      for (; tile < end; ++tile) ++h[*tile];
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
      prefetch(i);
      const std::uint32_t splat = keys[i].splat, *tile = tiles_of(splat), first = footprints[splat].slot;
      for (std::uint32_t p = 0; p < footprints[splat].pairs; ++p) entries[h[tile[p]]++] = {splat, first + p};
    }
  });
}

std::size_t Binner::bytes() const {
  return keys_.bytes() + other_.bytes() + ranges_.bytes() + histogram_.bytes() + tile_begin_.bytes() + entries_.bytes();
}

}  // namespace tessera::render
