// Backward through the compositing of one tile: pixels in vector lanes, splats back to front.
#include <algorithm>
#include <bit>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "render/cpu/blend_backward.cpp"
#include "render/cpu/targets.h"
// Before Highway's own headers: it says which targets they make.
#include "hwy/foreach_target.h"
//
#include "render/cpu/tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::render::HWY_NAMESPACE {

/// Fields of a pixel. kT: transmittance behind the splat at hand; kBehind: light from behind it, weighted with the
/// frame's gradient; the gradient itself (kColor on); kThreshold as in the forward kernel.
struct Backward {
  enum { kT, kBehind, kThreshold, kColor, kConstant = kColor + 3, kDepth, kNormal, kAll = kNormal + 3 };
};

/// Partial sums of one splat over the groups in `touched`: quantity[q * kParts + part].
template <bool kGeometry, bool kClamps, class State>
HWY_INLINE void sum_groups(const Splat& s, const TileSplat& splat, std::uint32_t touched, State& state, V* quantity) {
  using F = Backward;
  const D d;
  for (std::size_t part = 0; part < kParts; ++part) {
    const LaneQuadratic quadratic(s, part * kN);
    V sum[kSlotSize];
    for (V& q : sum) q = hn::Zero(d);
    for (std::uint32_t bits = touched; bits != 0; bits &= bits - 1) {
      const std::size_t g = static_cast<std::size_t>(std::countr_zero(bits));
      float* group = state.at(g, 0, part);
      const auto field = [&](int f) HWY_ATTR { return hn::Load(d, group + f * kLanes); };
      const V exponent = quadratic.exponent(splat, g);
      V alpha = exp2_lanes(exponent);
      if constexpr (kClamps) alpha = hn::Min(alpha, set(kAlphaMax));
      alpha = hn::IfThenElseZero(hn::Ge(exponent, field(F::kThreshold)), alpha);
      // With T' = T (1 - alpha), the T that is left behind the splat: w = T alpha = T' ratio, T = T' + w.
      const V ratio = hn::Div(alpha, hn::Sub(set(1.0f), alpha));
      const V after = field(F::kT), w = hn::Mul(after, ratio);
      const V behind = field(F::kBehind);
      const V gr = field(F::kColor), gg = field(F::kColor + 1), gb = field(F::kColor + 2);
      V f = hn::Mul(gr, set(s.color[0]));
      if constexpr (kGeometry) {
        f = hn::MulAdd(field(F::kDepth), set(s.z), hn::Add(f, field(F::kConstant)));
        for (int c = 0; c < 3; ++c) f = hn::MulAdd(field(F::kNormal + c), set(s.normal[c]), f);
      }
      f = hn::MulAdd(gb, set(s.color[2]), hn::MulAdd(gg, set(s.color[1]), f));
      const V light = hn::Mul(w, f);
      hn::Store(hn::Add(after, w), d, group + F::kT * kLanes);
      hn::Store(hn::Add(behind, light), d, group + F::kBehind * kLanes);
      V dw = hn::NegMulAdd(behind, ratio, light);  // alpha dL/dalpha = alpha (T f - behind / (1 - alpha))
      if constexpr (kClamps) dw = hn::IfThenElseZero(hn::Lt(exponent, set(kLog2AlphaMax)), dw);
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
        sum[kSumDepth] = hn::MulAdd(w, field(F::kDepth), sum[kSumDepth]);
        for (int c = 0; c < 3; ++c) sum[kSumNormalX + c] = hn::MulAdd(w, field(F::kNormal + c), sum[kSumNormalX + c]);
      }
    }
    for (int q = 0; q < (kGeometry ? kSlotSize : kSumDepth); ++q) quantity[q * kParts + part] = sum[q];
  }
}

template <bool kGeometry>
HWY_INLINE void blend_backward(const BlendBackwardJob& backward, std::size_t tile) {
  using F = Backward;
  const BlendJob& job = backward.forward;
  const FrameGradient& gradient = *backward.gradient;
  const D d;
  const TileRange range(job, tile);
  std::uint32_t entry = job.results[tile].processed, stop_count = job.results[tile].stops;
  if (entry == 0) return;
  TileState<kGeometry ? F::kAll : F::kConstant> state;
  for (int c = 0; c < 3; ++c) state.from_plane(gradient.color[c], range, F::kColor + c);
  state.from_plane(gradient.alpha, range, F::kBehind);
  if constexpr (kGeometry) {
    state.from_plane(gradient.depth, range, F::kDepth);
    state.from_plane(job.frame->depth, range, F::kConstant);
    for (int c = 0; c < 3; ++c) state.from_plane(gradient.normal[c], range, F::kNormal + c);
  }
  for (std::size_t g = 0; g < 16; ++g)
    for (std::size_t part = 0; part < kParts; ++part) {
      const V rest = hn::Load(d, job.transmittance + tile * kTilePixels + g * kLanes + part * kN);
      hn::Store(rest, d, state.at(g, F::kT, part));
      // Behind everything: the background through T, and alpha = 1 - T.
      V behind = hn::Neg(hn::Load(d, state.at(g, F::kBehind, part)));
      for (int c = 0; c < 3; ++c)
        behind = hn::MulAdd(hn::Load(d, state.at(g, F::kColor + c, part)), set(job.view->background[c]), behind);
      hn::Store(hn::Mul(rest, behind), d, state.at(g, F::kBehind, part));
      if constexpr (kGeometry) {
        // depth = sum w z / sum w: d(depth)/dw_i = (z_i - depth) / alpha, a colour channel of value z_i - depth.
        const V covered = hn::Sub(set(1.0f), rest), grad = hn::Load(d, state.at(g, F::kDepth, part));
        const M some = hn::Gt(covered, hn::Zero(d));
        const V scaled = hn::IfThenElseZero(some, hn::Div(grad, hn::IfThenElse(some, covered, set(1.0f))));
        hn::Store(scaled, d, state.at(g, F::kDepth, part));
        hn::Store(hn::Neg(hn::Mul(scaled, hn::Load(d, state.at(g, F::kConstant, part)))), d,
                  state.at(g, F::kConstant, part));
      }
    }

  const Stop* stops = job.stops + tile * kTilePixels;
  state.fill_inside(F::kThreshold, range);
  for (std::uint32_t i = 0; i < stop_count; ++i) state.set_lanes(stops[i].group, F::kThreshold, stops[i].lanes, kNever);
  const float tile_x = static_cast<float>(range.x), tile_y = static_cast<float>(range.y);
  TileSplat splat;
  constexpr int kUsed = kGeometry ? kSlotSize : kSumDepth;
  V quantity[kUsed * kParts];
  while (entry-- > 0) {
    for (; stop_count > 0 && stops[stop_count - 1].entry > entry;
         --stop_count)  // back to where these pixels still took splats
      state.set_lanes(stops[stop_count - 1].group, F::kThreshold, stops[stop_count - 1].lanes, kLog2AlphaMin);
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
    if (may_clamp(s))
      sum_groups<kGeometry, true>(s, splat, touched, state, quantity);
    else
      sum_groups<kGeometry, false>(s, splat, touched, state, quantity);
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
HWY_EXPORT(BlendBackwardTile);
void blend_backward_tile(const BlendBackwardJob& job, std::size_t tile) {
  HWY_DYNAMIC_DISPATCH(BlendBackwardTile)(job, tile);
}
}  // namespace tessera::render
#endif
