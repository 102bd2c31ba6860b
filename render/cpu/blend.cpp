// Compositing of one tile, forward and backward: pixels in vector lanes, splats one after the other.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "render/cpu/blend.cpp"
#include "render/cpu/targets.h"
// Before Highway's own headers: it says which targets they make.
#include "hwy/foreach_target.h"
//
#include "render/cpu/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::render::HWY_NAMESPACE {

constexpr float kLog2AlphaMin = -7.99435344f;    // log2(1 / 255)
constexpr float kLog2AlphaMax = -0.0144995696f;  // log2(0.99)
constexpr float kReachSlack = 1e-3f;             // keeps the group test on the safe side of float rounding

// Lane l of a group is pixel (l % 4, l / 4) of it; group g stands at pixel (4 (g % 4), 4 (g / 4)) of the tile.
HWY_ALIGN constexpr float kLaneX[16] = {0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3};
HWY_ALIGN constexpr float kLaneY[16] = {0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3};
HWY_ALIGN constexpr float kGroupX[16] = {0.5f, 4.5f, 8.5f, 12.5f, 0.5f, 4.5f, 8.5f, 12.5f,
                                         0.5f, 4.5f, 8.5f, 12.5f, 0.5f, 4.5f, 8.5f, 12.5f};
HWY_ALIGN constexpr float kGroupY[16] = {0.5f, 0.5f, 0.5f, 0.5f, 4.5f,  4.5f,  4.5f,  4.5f,
                                         8.5f, 8.5f, 8.5f, 8.5f, 12.5f, 12.5f, 12.5f, 12.5f};

/// log2(alpha) of a splat over a tile. In group g at lane (x, y): base[g] + slope_x[g] x + slope_y[g] y + the quadratic
/// part, which is the same in every group.
struct TileSplat {
  HWY_ALIGN float base[16], slope_x[16], slope_y[16], value[16];

  /// Groups that the splat's extent meets, one bit each: smallest exponent over the group's pixel centres against the
  /// extent.
  HWY_INLINE std::uint32_t prepare(const Splat& s, float tile_x, float tile_y) {
    const D d;
    const V rx = set(s.x - tile_x), ry = set(s.y - tile_y), a = set(s.a), k = set(s.k), c = set(s.c), h = set(s.h),
            lo = set(s.lo);
    const V reach = set(s.lo - kLog2AlphaMin + kReachSlack), side = set(kGroup - 1.0f), zero = hn::Zero(d),
            two = set(2.0f);
    std::uint32_t bits = 0;
    for (std::size_t part = 0; part < kParts; ++part) {
      const std::size_t o = part * kN;
      const V dx = hn::Sub(rx, hn::Load(d, kGroupX + o)), dy = hn::Sub(ry, hn::Load(d, kGroupY + o));
      const V dx_far = hn::Sub(dx, side), dy_far = hn::Sub(dy, side);
      const V ex = hn::Max(hn::Min(zero, dx), dx_far),
              ey = hn::Max(hn::Min(zero, dy), dy_far);            // nearest to the mean, per axis
      const V by = hn::Max(hn::Min(hn::Mul(h, ex), dy), dy_far);  // best y on the vertical edge
      const V bx = hn::Max(hn::Min(hn::Mul(k, ey), dx), dx_far);
      const V e1 = hn::NegMulAdd(k, by, ex), e2 = hn::NegMulAdd(k, ey, bx);
      const V s1 = hn::MulAdd(hn::Mul(a, e1), e1, hn::Mul(hn::Mul(c, by), by));
      const V s2 = hn::MulAdd(hn::Mul(a, e2), e2, hn::Mul(hn::Mul(c, ey), ey));
      bits |= mask_bits(hn::Le(hn::Min(s1, s2), reach)) << o;
      const V e = hn::NegMulAdd(k, dy, dx), ae = hn::Mul(a, e), cy = hn::Mul(c, dy);
      hn::Store(hn::NegMulAdd(ae, e, hn::NegMulAdd(cy, dy, lo)), d, base + o);
      hn::Store(hn::Mul(two, ae), d, slope_x + o);
      hn::Store(hn::Mul(two, hn::NegMulAdd(k, ae, cy)), d, slope_y + o);
    }
    return bits;
  }
};

/// The part of the exponent that depends on the lane only: -a (x - k y)^2 - c y^2, and its derivatives.
struct LaneQuadratic {
  V x, y, value, slope_x, slope_y;
  HWY_INLINE LaneQuadratic(const Splat& s, std::size_t offset) {
    const D d;
    x = hn::Load(d, kLaneX + offset), y = hn::Load(d, kLaneY + offset);
    const V e = hn::NegMulAdd(set(s.k), y, x), ae = hn::Mul(set(s.a), e), cy = hn::Mul(set(s.c), y);
    value = hn::Neg(hn::MulAdd(ae, e, hn::Mul(cy, y)));
    slope_x = hn::Mul(set(-2.0f), ae);
    slope_y = hn::Mul(set(2.0f), hn::MulSub(set(s.k), ae, cy));
  }
  HWY_INLINE V exponent(const TileSplat& t, int g) const {
    return hn::MulAdd(set(t.slope_x[g]), x, hn::MulAdd(set(t.slope_y[g]), y, hn::Add(set(t.base[g]), value)));
  }
};

/// Pixel rectangle of a tile and its list.
struct TileRange {
  int x, y, width, height;  // width, height: pixels inside the picture
  std::uint32_t begin, end;
  TileRange(const BlendJob& job, std::size_t tile) {
    const ViewParameters& view = *job.view;
    x = static_cast<int>(tile % view.tiles_x) * kTile, y = static_cast<int>(tile / view.tiles_x) * kTile;
    width = std::min(kTile, view.width - x), height = std::min(kTile, view.height - y);
    begin = job.tile_begin[tile], end = job.tile_begin[tile + 1];
  }
  bool inside(int px, int py) const { return px < width && py < height; }
  bool whole() const { return width == kTile && height == kTile; }
};

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
  std::uint8_t item[kSize * 16 + 8];  // 16 x splat + group; some slack, since they are written 8 at a time

  /// Entries from `entry` on, groups in `alive` only. Returns the number of items.
  HWY_INLINE std::uint32_t fill(const BlendJob& job, const TileRange& range, std::int32_t entry, std::uint32_t alive) {
    const D d;
    const std::uint32_t left = range.end - range.begin - static_cast<std::uint32_t>(entry);
    const TileEntry* entries = job.entries + range.begin + entry;
    const float tile_x = static_cast<float>(range.x), tile_y = static_cast<float>(range.y);
    size = std::min(left, kSize);
    std::uint32_t items = 0;
    for (std::uint32_t j = 0; j < size; ++j) {
      if (j + kSize < left) hwy::Prefetch(job.splats + entries[j + kSize].splat);
      const Splat& s = job.splats[entries[j].splat];
      source[j] = &s;
      touched[j] = 0;
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

constexpr int pixel_x(int index) { return 4 * ((index / 16) % 4) + index % 4; }
constexpr int pixel_y(int index) { return 4 * (index / 64) + (index % 16) / 4; }

/// Pixels of a tile while it is worked on: the fields of a group lie together, so that arrays of tile size do not alias
/// in the store buffer.
template <int kFields>
struct TileState {
  HWY_ALIGN float value[16][kFields][kLanes];
  HWY_INLINE float* at(std::size_t g, int field, std::size_t part = 0) { return value[g][field] + part * kN; }

  void fill(int field, float v) {
    for (std::size_t g = 0; g < 16; ++g)
      for (std::size_t part = 0; part < kParts; ++part) hn::Store(set(v), D(), at(g, field, part));
  }
  void to_plane(int field, Plane& plane, const TileRange& range) const {
    const std::size_t stride = static_cast<std::size_t>(plane.stride);
    float* out = plane.row(range.y) + range.x;
    for (int g = 0; g < 16; ++g)
      for (int row = 0; row < kGroup; ++row)
        copy4(value[g][field] + 4 * row, out + (g / 4 * kGroup + row) * stride + g % 4 * kGroup);
  }
  /// Zero where the plane is empty, and outside the picture, whatever the caller's padding holds.
  void from_plane(const Plane& plane, const TileRange& range, int field) {
    if (plane.width == 0) return fill(field, 0);
    const std::size_t stride = static_cast<std::size_t>(plane.stride);
    const float* in = plane.row(range.y) + range.x;
    for (int g = 0; g < 16; ++g)
      for (int row = 0; row < kGroup; ++row)
        copy4(in + (g / 4 * kGroup + row) * stride + g % 4 * kGroup, value[g][field] + 4 * row);
    for (int i = 0; !range.whole() && i < kTilePixels; ++i)
      if (!range.inside(pixel_x(i), pixel_y(i))) value[i / kLanes][field][i % kLanes] = 0;
  }

 private:
  static HWY_INLINE void copy4(const float* from, float* to) {
    const hn::CappedTag<float, 4> four;
    for (std::size_t i = 0; i < 4; i += hn::Lanes(four)) hn::StoreU(hn::LoadU(four, from + i), four, to + i);
  }
};

/// v += w x at a field of the state.
HWY_INLINE void accumulate(V w, float x, float* at) { hn::Store(hn::MulAdd(w, set(x), hn::Load(D(), at)), D(), at); }

template <bool kGeometry>
HWY_INLINE void blend(const BlendJob& job, std::size_t tile) {
  // T is negative once blending has stopped (|T| is the final value).
  enum { kT, kColor, kDepth = kColor + 3, kMedian, kCount, kNormal, kAll = kNormal + 3 };
  const D d;
  const DI di;
  const TileRange range(job, tile);
  std::int32_t* stop = job.stop + tile * kTilePixels;
  const std::int32_t count = static_cast<std::int32_t>(range.end - range.begin);
  TileState<kGeometry ? kAll : kDepth> state;
  state.fill(kT, 1);
  for (int f = kColor; f < (kGeometry ? kAll : kDepth); ++f) state.fill(f, 0);
  std::fill(stop, stop + kTilePixels, count);
  std::uint32_t alive = 0xFFFF;
  if (!range.whole()) {
    alive = 0;
    for (int i = 0; i < kTilePixels; ++i) {
      if (range.inside(pixel_x(i), pixel_y(i)))
        alive |= 1u << (i / kLanes);
      else
        state.value[i / kLanes][kT][i % kLanes] = -1, stop[i] = 0;
    }
  }

  const V alpha_min = set(kLog2AlphaMin), alpha_max = set(kAlphaMax), t_min = set(kTransmittanceMin),
          zero = hn::Zero(d);
  V lane_x[kParts], lane_y[kParts];
  for (std::size_t part = 0; part < kParts; ++part)
    lane_x[part] = hn::Load(d, kLaneX + part * kN), lane_y[part] = hn::Load(d, kLaneY + part * kN);
  Batch batch;
  std::int32_t entry = 0;
  std::uint32_t groups = 0;
  while (entry < count && alive != 0) {
    const std::uint32_t items = batch.fill(job, range, entry, alive);
    groups += items;
    for (std::uint32_t item = 0; item < items; ++item) {
      const std::uint32_t index = batch.item[item], g = index % 16, j = index / 16;
      const TileSplat& splat = batch.splat[j];
      const Splat& s = *batch.source[j];
      bool some = false;
      for (std::size_t part = 0; part < kParts; ++part) {
        const V shape = hn::Add(set(splat.base[g]), hn::Load(d, splat.value + part * kN));
        const V exponent =
            hn::MulAdd(set(splat.slope_x[g]), lane_x[part], hn::MulAdd(set(splat.slope_y[g]), lane_y[part], shape));
        const V before = hn::Load(d, state.at(g, kT, part));
        const M strong = hn::And(hn::Ge(exponent, alpha_min), hn::Gt(before, zero));
        const V alpha = hn::Min(exp2_lanes(exponent), alpha_max);
        V after = hn::IfThenElse(strong, hn::NegMulAdd(before, alpha, before), before);
        M live = strong;
        const M stops = hn::And(strong, hn::Lt(after, t_min));
        if (HWY_UNLIKELY(!hn::AllFalse(d, stops))) {  // happens once a pixel
          live = hn::AndNot(stops, strong);
          after = hn::IfThenElse(stops, hn::Neg(before), after);
          std::int32_t* at = stop + g * kLanes + part * kN;
          const auto now = hn::Set(di, entry + static_cast<std::int32_t>(j));
          hn::Store(hn::IfThenElse(hn::RebindMask(di, stops), now, hn::Load(di, at)), di, at);
        }
        hn::Store(after, d, state.at(g, kT, part));
        some = some || !hn::AllFalse(d, live);
        const V w = hn::IfThenElseZero(live, hn::Mul(before, alpha));
        for (int c = 0; c < 3; ++c) accumulate(w, s.color[c], state.at(g, kColor + c, part));
        if constexpr (kGeometry) {
          accumulate(w, s.z, state.at(g, kDepth, part));
          for (int c = 0; c < 3; ++c) accumulate(w, s.normal[c], state.at(g, kNormal + c, part));
          const V half = set(0.5f);
          const M passes = hn::And(live, hn::And(hn::Gt(before, half), hn::Le(after, half)));
          float* median = state.at(g, kMedian, part);
          hn::Store(hn::IfThenElse(passes, set(s.z), hn::Load(d, median)), d, median);
          accumulate(hn::IfThenElseZero(live, set(1.0f)), 1.0f, state.at(g, kCount, part));
        }
      }
      batch.touched[j] |= static_cast<std::uint32_t>(some) << g;
    }
    for (std::uint32_t j = 0; j < batch.size; ++j) {
      job.entry_touched[range.begin + entry + j] = static_cast<std::uint16_t>(batch.touched[j]);
      job.touched[job.entries[range.begin + entry + j].slot] = static_cast<std::uint16_t>(batch.touched[j]);
    }
    entry += static_cast<std::int32_t>(batch.size);
    for (std::uint32_t bits = alive; bits != 0; bits &= bits - 1) {
      const std::size_t g = std::countr_zero(bits);
      V best = hn::Load(d, state.at(g, kT));
      for (std::size_t part = 1; part < kParts; ++part) best = hn::Max(best, hn::Load(d, state.at(g, kT, part)));
      if (hn::AllTrue(d, hn::Lt(best, zero))) alive &= ~(1u << g);
    }
  }
  job.processed[tile] = static_cast<std::uint32_t>(entry);
  job.groups[tile] = groups;
  for (; entry < count; ++entry) job.touched[job.entries[range.begin + entry].slot] = 0;

  float* transmittance = job.transmittance + tile * kTilePixels;
  for (std::size_t g = 0; g < 16; ++g)
    for (std::size_t part = 0; part < kParts; ++part) {
      const V rest = hn::Abs(hn::Load(d, state.at(g, kT, part))), covered = hn::Sub(set(1.0f), rest);
      hn::Store(rest, d, transmittance + g * kLanes + part * kN);
      for (int c = 0; c < 3; ++c) accumulate(rest, job.view->background[c], state.at(g, kColor + c, part));
      hn::Store(covered, d, state.at(g, kT, part));
      if constexpr (kGeometry) {
        float* depth = state.at(g, kDepth, part);
        const M some = hn::Gt(covered, zero);
        hn::Store(hn::IfThenElseZero(some, hn::Div(hn::Load(d, depth), hn::IfThenElse(some, covered, set(1.0f)))), d,
                  depth);
      }
    }
  Frame& frame = *job.frame;
  for (int c = 0; c < 3; ++c) state.to_plane(kColor + c, frame.color[c], range);
  state.to_plane(kT, frame.alpha, range);
  if constexpr (kGeometry) {
    state.to_plane(kDepth, frame.depth, range);
    state.to_plane(kMedian, frame.median_depth, range);
    state.to_plane(kCount, frame.count, range);
    for (int c = 0; c < 3; ++c) state.to_plane(kNormal + c, frame.normal[c], range);
  }
}

void BlendTile(const BlendJob& job, std::size_t tile) {
  job.view->geometry ? blend<true>(job, tile) : blend<false>(job, tile);
}

template <bool kGeometry>
HWY_INLINE void blend_backward(const BlendBackwardJob& backward, std::size_t tile) {
  // T before the splats handled so far (back to front), the light from behind weighted with the frame's gradient, the
  // gradient, and the entry at which blending stopped (bits of an integer).
  enum { kT, kBehind, kStop, kColor, kConstant = kColor + 3, kDepth, kNormal, kAll = kNormal + 3 };
  const BlendJob& job = backward.forward;
  const FrameGradient& gradient = *backward.gradient;
  const D d;
  const DI di;
  const TileRange range(job, tile);
  std::int32_t entry = static_cast<std::int32_t>(job.processed[tile]);
  if (entry == 0) return;
  TileState<kGeometry ? kAll : kConstant> state;
  for (int c = 0; c < 3; ++c) state.from_plane(gradient.color[c], range, kColor + c);
  state.from_plane(gradient.alpha, range, kBehind);
  if constexpr (kGeometry) {
    state.from_plane(gradient.depth, range, kDepth);
    state.from_plane(job.frame->depth, range, kConstant);
    for (int c = 0; c < 3; ++c) state.from_plane(gradient.normal[c], range, kNormal + c);
  }
  for (std::size_t g = 0; g < 16; ++g) {
    std::memcpy(state.at(g, kStop), job.stop + tile * kTilePixels + g * kLanes, kLanes * sizeof(float));
    for (std::size_t part = 0; part < kParts; ++part) {
      const V rest = hn::Load(d, job.transmittance + tile * kTilePixels + g * kLanes + part * kN);
      hn::Store(rest, d, state.at(g, kT, part));
      // Behind everything: the background through T, and alpha = 1 - T.
      V behind = hn::Neg(hn::Load(d, state.at(g, kBehind, part)));
      for (int c = 0; c < 3; ++c)
        behind = hn::MulAdd(hn::Load(d, state.at(g, kColor + c, part)), set(job.view->background[c]), behind);
      hn::Store(hn::Mul(rest, behind), d, state.at(g, kBehind, part));
      if constexpr (kGeometry) {
        // depth = sum w z / sum w: d(depth)/dw_i = (z_i - depth) / alpha, a colour channel of value z_i - depth.
        const V covered = hn::Sub(set(1.0f), rest), grad = hn::Load(d, state.at(g, kDepth, part));
        const M some = hn::Gt(covered, hn::Zero(d));
        const V scaled = hn::IfThenElseZero(some, hn::Div(grad, hn::IfThenElse(some, covered, set(1.0f))));
        hn::Store(scaled, d, state.at(g, kDepth, part));
        hn::Store(hn::Neg(hn::Mul(scaled, hn::Load(d, state.at(g, kConstant, part)))), d, state.at(g, kConstant, part));
      }
    }
  }

  const float tile_x = static_cast<float>(range.x), tile_y = static_cast<float>(range.y);
  const V alpha_min = set(kLog2AlphaMin), log2_max = set(kLog2AlphaMax), alpha_max = set(kAlphaMax), one = set(1.0f);
  TileSplat splat;
  constexpr int kUsed = kGeometry ? kSlotSize : kSumDepth;
  V quantity[kUsed * kParts];
  for (--entry; entry >= 0; --entry) {
    const TileEntry& e = job.entries[range.begin + entry];
    if (entry >= 8) {
      const TileEntry& ahead = job.entries[range.begin + entry - 8];
      hwy::Prefetch(job.splats + ahead.splat);
      hwy::Prefetch(backward.slots + static_cast<std::size_t>(ahead.slot) * kSlotSize);
    }
    const std::uint32_t touched = job.entry_touched[range.begin + entry];
    if (touched == 0) continue;
    const Splat& s = job.splats[e.splat];
    splat.prepare(s, tile_x, tile_y);
    for (std::size_t part = 0; part < kParts; ++part) {
      const LaneQuadratic quadratic(s, part * kN);
      V sum[kSlotSize];
      for (V& q : sum) q = hn::Zero(d);
      for (std::uint32_t bits = touched; bits != 0; bits &= bits - 1) {
        const int g = std::countr_zero(bits);
        float* group = state.at(static_cast<std::size_t>(g), 0, part);
        const auto field = [&](int f) HWY_ATTR { return hn::Load(d, group + f * kLanes); };
        const V exponent = quadratic.exponent(splat, g);
        const auto stop = hn::BitCast(di, field(kStop));
        const M live = hn::And(hn::Ge(exponent, alpha_min), hn::RebindMask(d, hn::Gt(stop, hn::Set(di, entry))));
        const V alpha = hn::IfThenElseZero(live, hn::Min(exp2_lanes(exponent), alpha_max));
        // With T' = T (1 - alpha), the T that is left behind the splat: w = T alpha = T' ratio, T = T' + w.
        const V ratio = hn::Div(alpha, hn::Sub(one, alpha));
        const V after = field(kT), w = hn::Mul(after, ratio);
        const V behind = field(kBehind);
        const V gr = field(kColor), gg = field(kColor + 1), gb = field(kColor + 2);
        V f = hn::Mul(gr, set(s.color[0]));
        if constexpr (kGeometry) {
          f = hn::MulAdd(field(kDepth), set(s.z), hn::Add(f, field(kConstant)));
          for (int c = 0; c < 3; ++c) f = hn::MulAdd(field(kNormal + c), set(s.normal[c]), f);
        }
        f = hn::MulAdd(gb, set(s.color[2]), hn::MulAdd(gg, set(s.color[1]), f));
        const V light = hn::Mul(w, f);
        hn::Store(hn::Add(after, w), d, group + kT * kLanes);
        hn::Store(hn::Add(behind, light), d, group + kBehind * kLanes);
        // alpha dL/dalpha = alpha (T f - behind / (1 - alpha)), zero where alpha was clamped
        const V dw = hn::IfThenElseZero(hn::Lt(exponent, log2_max), hn::NegMulAdd(behind, ratio, light));
        const V gx = hn::Add(set(splat.slope_x[g]), quadratic.slope_x),
                gy = hn::Add(set(splat.slope_y[g]), quadratic.slope_y);
        const V wx = hn::Mul(dw, gx), wy = hn::Mul(dw, gy);
        sum[kSumW] = hn::Add(sum[kSumW], dw);
        sum[kSumX] = hn::Add(sum[kSumX], wx), sum[kSumY] = hn::Add(sum[kSumY], wy);
        sum[kSumAbsX] = hn::Add(sum[kSumAbsX], hn::Abs(wx)), sum[kSumAbsY] = hn::Add(sum[kSumAbsY], hn::Abs(wy));
        sum[kSumXX] = hn::MulAdd(wx, gx, sum[kSumXX]), sum[kSumXY] = hn::MulAdd(wx, gy, sum[kSumXY]);
        sum[kSumYY] = hn::MulAdd(wy, gy, sum[kSumYY]);
        sum[kSumRed] = hn::MulAdd(w, gr, sum[kSumRed]), sum[kSumGreen] = hn::MulAdd(w, gg, sum[kSumGreen]);
        sum[kSumBlue] = hn::MulAdd(w, gb, sum[kSumBlue]);
        sum[kSumWeight] = hn::Add(sum[kSumWeight], w);
        if constexpr (kGeometry) {
          sum[kSumDepth] = hn::MulAdd(w, field(kDepth), sum[kSumDepth]);
          for (int c = 0; c < 3; ++c) sum[kSumNormalX + c] = hn::MulAdd(w, field(kNormal + c), sum[kSumNormalX + c]);
        }
      }
      for (int q = 0; q < kUsed; ++q) quantity[q * kParts + part] = sum[q];
    }
    sum_lanes<kUsed>(quantity, backward.slots + static_cast<std::size_t>(e.slot) * kSlotSize);
  }
}

void BlendBackwardTile(const BlendBackwardJob& job, std::size_t tile) {
  job.forward.view->geometry ? blend_backward<true>(job, tile) : blend_backward<false>(job, tile);
}

}  // namespace tessera::render::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::render {
HWY_EXPORT(BlendTile);
HWY_EXPORT(BlendBackwardTile);
void blend_tile(const BlendJob& job, std::size_t tile) { HWY_DYNAMIC_DISPATCH(BlendTile)(job, tile); }
void blend_backward_tile(const BlendBackwardJob& job, std::size_t tile) {
  HWY_DYNAMIC_DISPATCH(BlendBackwardTile)(job, tile);
}
}  // namespace tessera::render
#endif
