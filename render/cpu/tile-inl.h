// One tile: its list, its pixels, and a splat over it. Shared by the forward and the backward kernel.
#if defined(TESSERA_RENDER_CPU_TILE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TESSERA_RENDER_CPU_TILE_INL_H_
#undef TESSERA_RENDER_CPU_TILE_INL_H_
#else
#define TESSERA_RENDER_CPU_TILE_INL_H_
#endif

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "render/cpu/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::render::HWY_NAMESPACE {

constexpr float kLog2AlphaMin = -7.99435344f;                     // log2(1 / 255)
constexpr float kLog2AlphaMax = -0.0144995696f;                   // log2(0.99)
constexpr float kNever = std::numeric_limits<float>::infinity();  // threshold of a pixel that takes no more splats
constexpr float kReachSlack = 1e-3f;  // keeps the group test on the safe side of float rounding

// Lane l of a group is pixel (l % 4, l / 4) of it; group g stands at pixel (4 (g % 4), 4 (g / 4)) of the tile.
HWY_ALIGN constexpr float kLaneX[16] = {0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3};
HWY_ALIGN constexpr float kLaneY[16] = {0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3};
HWY_ALIGN constexpr float kGroupX[16] = {0.5f, 4.5f, 8.5f, 12.5f, 0.5f, 4.5f, 8.5f, 12.5f,
                                         0.5f, 4.5f, 8.5f, 12.5f, 0.5f, 4.5f, 8.5f, 12.5f};
HWY_ALIGN constexpr float kGroupY[16] = {0.5f, 0.5f, 0.5f, 0.5f, 4.5f,  4.5f,  4.5f,  4.5f,
                                         8.5f, 8.5f, 8.5f, 8.5f, 12.5f, 12.5f, 12.5f, 12.5f};

/// Whether rounding could lift alpha to the clamp; where not, the kernels leave the clamp out.
HWY_INLINE bool may_clamp(const Splat& s) { return s.lo > kLog2AlphaMax - kReachSlack; }

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
  HWY_INLINE V exponent(const TileSplat& t, std::size_t g) const {
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
  /// kLog2AlphaMin inside the picture, kNever outside. Returns the groups with pixels inside, one bit each.
  std::uint32_t fill_inside(int field, const TileRange& range) {
    fill(field, kLog2AlphaMin);
    if (range.whole()) return 0xFFFF;
    std::uint32_t groups = 0;
    for (int i = 0; i < kTilePixels; ++i) {
      if (range.inside(pixel_x(i), pixel_y(i)))
        groups |= 1u << (i / kLanes);
      else
        value[i / kLanes][field][i % kLanes] = kNever;
    }
    return groups;
  }
  void set_lanes(std::size_t g, int field, std::uint32_t lanes, float v) {
    for (; lanes != 0; lanes &= lanes - 1) value[g][field][std::countr_zero(lanes)] = v;
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

}  // namespace tessera::render::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
