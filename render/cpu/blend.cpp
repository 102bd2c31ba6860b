// Forward compositing of one tile: pixels in vector lanes, splats one after the other.
#include <algorithm>
#include <bit>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "render/cpu/blend.cpp"
#include "render/cpu/targets.h"
// Before Highway's own headers: it says which targets they make.
#include "hwy/foreach_target.h"
//
#include "render/cpu/tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::render::HWY_NAMESPACE {

/// The places of the bits that are set in a byte, ascending; the rest is not to be used.
struct SetBits {
  std::uint8_t place[256][8];
  constexpr SetBits() : place{} {
    for (int byte = 0; byte < 256; ++byte)
      for (int bit = 0, n = 0; bit < 8; ++bit)
        if (byte >> bit & 1) place[byte][n++] = static_cast<std::uint8_t>(bit);
  }
};
constexpr SetBits kSetBits;

/// The next few splats of a tile's list and the (splat, group) pairs they make, as one flat list: a loop over it has no
/// exit that is hard to predict, and the preparation of one splat overlaps with that of the next.
struct Batch {
  static constexpr std::uint32_t kSize = 16;
  TileSplat splat[kSize];
  const Splat* source[kSize];
  std::uint32_t size, touched[kSize];
  bool clamps;                        // some splat may reach the clamp of alpha
  std::uint8_t item[kSize * 16 + 8];  // 16 x splat + group; some slack, since they are written 8 at a time

  /// Entries from `entry` on, groups in `alive` only. Returns the number of items.
  HWY_INLINE std::uint32_t fill(const BlendJob& job, const TileRange& range, std::uint32_t entry, std::uint32_t alive) {
    const D d;
    const std::uint32_t left = range.end - range.begin - entry;
    const TileEntry* entries = job.entries + range.begin + entry;
    const float tile_x = static_cast<float>(range.x), tile_y = static_cast<float>(range.y);
    size = std::min(left, kSize);
    std::uint32_t items = 0;
    clamps = false;
    for (std::uint32_t j = 0; j < size; ++j) {
      if (j + kSize < left) hwy::Prefetch(job.splats + entries[j + kSize].splat);
      const Splat& s = job.splats[entries[j].splat];
      source[j] = &s;
      touched[j] = 0;
      clamps = clamps || may_clamp(s);
      const std::uint32_t hit = splat[j].prepare(s, tile_x, tile_y) & alive;
      for (std::size_t part = 0; part < kParts; ++part)
        hn::Store(LaneQuadratic(s, part * kN).value, d, splat[j].value + part * kN);
      for (const std::uint32_t half : {0u, 8u}) {
        const std::uint32_t bits = (hit >> half) & 0xFF;
        std::uint64_t places;
        std::memcpy(&places, kSetBits.place[bits], 8);
        places += 0x0101010101010101u * (j * 16 + half);
        std::memcpy(item + items, &places, 8);
        items += static_cast<std::uint32_t>(std::popcount(bits));
      }
    }
    return items;
  }
};

/// v += w x at a field of the state.
HWY_INLINE void accumulate(V w, float x, float* at) { hn::Store(hn::MulAdd(w, set(x), hn::Load(D(), at)), D(), at); }

/// Fields of a pixel. kThreshold: least log2(alpha) that it takes, kNever once it stopped.
struct Forward {
  enum { kT, kThreshold, kColor, kDepth = kColor + 3, kMedian, kCount, kNormal, kAll = kNormal + 3 };
};

enum class Output { color, geometry, shells };

/// Where in its ellipse a splat meets a pixel, from log2 of opacity and of alpha: e = lo - r^2 / (2 ln 2).
constexpr float kLog2PerSquare = 0.72134752f;  // 1 / (2 ln 2)
constexpr float kShellEnd = kLog2PerSquare * kShellRadius * kShellRadius;
constexpr float kShellInside = kLog2PerSquare * kShellWall * kShellWall;

/// Blends the items of a batch whose first splat is entry `entry`; appends to `stops`.
template <Output kOutput, bool kClamps, class State>
HWY_INLINE void blend_items(Batch& batch, std::uint32_t items, std::uint32_t entry, State& state, Stop* stops,
                            std::uint32_t& stop_count) {
  const D d;
  const V alpha_max = set(kAlphaMax), t_min = set(kTransmittanceMin);
  V lane_x[kParts], lane_y[kParts];
  for (std::size_t part = 0; part < kParts; ++part)
    lane_x[part] = hn::Load(d, kLaneX + part * kN), lane_y[part] = hn::Load(d, kLaneY + part * kN);
  for (std::uint32_t item = 0; item < items; ++item) {
    const std::uint32_t index = batch.item[item], g = index % 16, j = index / 16;
    const TileSplat& splat = batch.splat[j];
    const Splat& s = *batch.source[j];
    bool some = false;
    for (std::size_t part = 0; part < kParts; ++part) {
      const auto field = [&](int f) HWY_ATTR { return state.at(g, f, part); };
      const V shape = hn::Add(set(splat.base[g]), hn::Load(d, splat.value + part * kN));
      const V exponent =
          hn::MulAdd(set(splat.slope_x[g]), lane_x[part], hn::MulAdd(set(splat.slope_y[g]), lane_y[part], shape));
      M live = hn::Ge(exponent, hn::Load(d, field(Forward::kThreshold)));
      V alpha = exp2_lanes(exponent);
      if constexpr (kOutput == Output::shells) {
        const V below = hn::Sub(set(s.lo), exponent);
        live = hn::And(live, hn::Le(below, set(kShellEnd)));
        const V opacity = exp2_lanes(set(s.lo));
        alpha = hn::IfThenElse(hn::Gt(below, set(kShellInside)), opacity, hn::Mul(set(kShellFill), opacity));
      }
      if constexpr (kClamps) alpha = hn::Min(alpha, alpha_max);
      const V before = hn::Load(d, field(Forward::kT));
      V after = hn::IfThenElse(live, hn::NegMulAdd(before, alpha, before), before);
      const M ends = hn::Lt(after, t_min);         // lanes that are not live keep T, which is never below
      if (HWY_UNLIKELY(!hn::AllFalse(d, ends))) {  // happens once a pixel
        live = hn::AndNot(ends, live);
        after = hn::IfThenElse(ends, before, after);
        stops[stop_count++] = {entry + j, static_cast<std::uint16_t>(g),
                               static_cast<std::uint16_t>(mask_bits(ends) << (part * kN))};
        float* threshold = field(Forward::kThreshold);
        hn::Store(hn::IfThenElse(ends, set(kNever), hn::Load(d, threshold)), d, threshold);
      }
      hn::Store(after, d, field(Forward::kT));
      some = some || !hn::AllFalse(d, live);
      const V w = hn::IfThenElseZero(live, hn::Mul(before, alpha));
      for (int c = 0; c < 3; ++c) accumulate(w, s.color[c], field(Forward::kColor + c));
      if constexpr (kOutput == Output::geometry) {
        accumulate(w, s.z, field(Forward::kDepth));
        for (int c = 0; c < 3; ++c) accumulate(w, s.normal[c], field(Forward::kNormal + c));
        const V half = set(0.5f);
        const M passes = hn::And(live, hn::And(hn::Gt(before, half), hn::Le(after, half)));
        float* median = field(Forward::kMedian);
        hn::Store(hn::IfThenElse(passes, set(s.z), hn::Load(d, median)), d, median);
        accumulate(hn::IfThenElseZero(live, set(1.0f)), 1.0f, field(Forward::kCount));
      }
    }
    batch.touched[j] |= static_cast<std::uint32_t>(some) << g;
  }
}

template <Output kOutput>
HWY_INLINE void blend(const BlendJob& job, std::size_t tile) {
  using F = Forward;
  constexpr bool kGeometry = kOutput == Output::geometry;
  const D d;
  const TileRange range(job, tile);
  const std::uint32_t count = range.end - range.begin;
  Stop* stops = job.stops + tile * kTilePixels;
  TileState<kGeometry ? F::kAll : F::kDepth> state;
  state.fill(F::kT, 1);
  for (int f = F::kColor; f < (kGeometry ? F::kAll : F::kDepth); ++f) state.fill(f, 0);
  std::uint32_t alive = state.fill_inside(F::kThreshold, range);

  Batch batch;
  TileResult result{};
  while (result.processed < count && alive != 0) {
    const std::uint32_t items = batch.fill(job, range, result.processed, alive), stops_before = result.stops;
    if (batch.clamps)
      blend_items<kOutput, true>(batch, items, result.processed, state, stops, result.stops);
    else
      blend_items<kOutput, false>(batch, items, result.processed, state, stops, result.stops);
    for (std::uint32_t j = 0; j < batch.size; ++j) {
      const std::size_t entry = range.begin + result.processed + j;
      job.entry_touched[entry] = static_cast<std::uint16_t>(batch.touched[j]);
      job.touched[job.entries[entry].slot] = static_cast<std::uint16_t>(batch.touched[j]);
      result.blended_groups += static_cast<std::uint32_t>(std::popcount(batch.touched[j]));
      result.blended_entries += batch.touched[j] != 0;
    }
    result.processed += batch.size;
    result.groups += items;
    for (std::uint32_t i = stops_before; i < result.stops; ++i) {
      bool done = true;
      for (std::size_t part = 0; part < kParts; ++part)
        done = done && hn::AllTrue(d, hn::Eq(hn::Load(d, state.at(stops[i].group, F::kThreshold, part)), set(kNever)));
      if (done) alive &= ~(1u << stops[i].group);
    }
  }
  for (std::size_t entry = range.begin + result.processed; entry < range.end; ++entry)
    job.touched[job.entries[entry].slot] = 0;
  job.results[tile] = result;

  float* transmittance = job.transmittance + tile * kTilePixels;
  for (std::size_t g = 0; g < 16; ++g)
    for (std::size_t part = 0; part < kParts; ++part) {
      const V rest = hn::Load(d, state.at(g, F::kT, part)), covered = hn::Sub(set(1.0f), rest);
      hn::Store(rest, d, transmittance + g * kLanes + part * kN);
      for (int c = 0; c < 3; ++c) accumulate(rest, job.view->background[c], state.at(g, F::kColor + c, part));
      hn::Store(covered, d, state.at(g, F::kT, part));
      if constexpr (kGeometry) {
        float* depth = state.at(g, F::kDepth, part);
        const M some = hn::Gt(covered, hn::Zero(d));
        hn::Store(hn::IfThenElseZero(some, hn::Div(hn::Load(d, depth), hn::IfThenElse(some, covered, set(1.0f)))), d,
                  depth);
      }
    }
  Frame& frame = *job.frame;
  for (int c = 0; c < 3; ++c) state.to_plane(F::kColor + c, frame.color[c], range);
  state.to_plane(F::kT, frame.alpha, range);
  if constexpr (kGeometry) {
    state.to_plane(F::kDepth, frame.depth, range);
    state.to_plane(F::kMedian, frame.median_depth, range);
    state.to_plane(F::kCount, frame.count, range);
    for (int c = 0; c < 3; ++c) state.to_plane(F::kNormal + c, frame.normal[c], range);
  }
}

void BlendTile(const BlendJob& job, std::size_t tile) {
  if (job.view->shells)
    blend<Output::shells>(job, tile);
  else
    job.view->geometry ? blend<Output::geometry>(job, tile) : blend<Output::color>(job, tile);
}

}  // namespace tessera::render::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::render {
HWY_EXPORT(BlendTile);
void blend_tile(const BlendJob& job, std::size_t tile) { HWY_DYNAMIC_DISPATCH(BlendTile)(job, tile); }
}  // namespace tessera::render
#endif
