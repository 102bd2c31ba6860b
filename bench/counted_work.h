#pragma once

#include <cstdint>

#include "render/rasterizer.h"

/// Work of the kernels, counted in their source: one for an addition, multiplication, division, root, minimum, maximum,
/// comparison, rounding or conversion of a float, two for a multiply-add; sign changes, selections, loads and stores
/// count nothing. Where a kernel has two ways, the cheaper one is counted. Bytes are what must cross the memory bus at
/// least: each array once, whatever the caches make of it.
namespace tessera::bench {

struct Work {
  double flops = 0, bytes = 0;
};

// render/cpu/lanes-inl.h
inline constexpr double kExp2 = 13;  // round, subtract, 5 multiply-adds, scale
inline constexpr double kExp = 22;   // clamp 2, split 8, 6 multiply-adds
inline constexpr double kLog2 = 15;

// render/cpu/tile-inl.h: a splat over the 16 groups of a tile.
inline constexpr double kPrepare = 16 * 42;
inline constexpr double kLaneForward = 16 * 7, kLaneBackward = 16 * 11;

// render/cpu/blend.cpp, without the clamp: exponent 5, threshold 1, exp2, T 2, stop 1, weight 1, colour 6.
inline constexpr double kBlendPair = 5 + 1 + kExp2 + 2 + 1 + 1 + 6;
// render/cpu/blend_backward.cpp: exponent 5, threshold 1, exp2, ratio 2, w 1, light 6, T and behind 2, alpha's gradient
// 2, slopes 2, their products 2, sums 1 + 2 + 2 + 6 + 6 + 1.
inline constexpr double kBackwardPair = 5 + 1 + kExp2 + 2 + 1 + 6 + 2 + 2 + 2 + 2 + 18;
inline constexpr double kSlotSum = 12 * 15;  // 12 quantities of a splat, 16 lanes to one

// render/cpu/geometry-inl.h: project_depth 19; project_shape with three exponentials for the scales, one for the
// opacity and one logarithm.
inline constexpr double kProjectDepth = 19;
inline constexpr double kProjectShape = 183 + 4 * kExp + kLog2;
// render/cpu/project_forward.cpp: bounds and conic 32; a row of spans 22, of which a splat has one at least.
inline constexpr double kProjectRest = 32 + 22;
inline constexpr double sh_basis(int degree) { return degree < 1 ? 0 : degree < 2 ? 3 : degree < 3 ? 18 : 42; }
inline constexpr double kDirection = 13;
// render/cpu/project_backward.cpp: statistics and opacity 7, covariance 6, Jacobian 4, its products 57, position 27,
// scales and small rotation 72, pose 63, quaternion 25, view direction 32, pose sums 6.
inline constexpr double kProjectBackward = 7 + 6 + 4 + 57 + 27 + 72 + 63 + 25 + 32 + 6;
inline constexpr double sh_slope(int degree) { return degree < 1 ? 0 : degree < 2 ? 3 : degree < 3 ? 29 : 96; }

inline int sh_floats(int degree) { return 3 * (degree + 1) * (degree + 1); }

inline Work blend_work(const render::RenderStatistics& s, int width, int height) {
  constexpr double kSplatBytes = 64 + 12;      // splat, list entry, touched bits
  const double pixels = 1.0 * width * height;  // colour, alpha and T out
  return {kBlendPair * s.pixel_pairs + (kPrepare + kLaneForward) * s.tile_pairs,
          kSplatBytes * s.tile_pairs + 4 * 5 * pixels};
}

inline Work blend_backward_work(const render::RenderStatistics& s, int width, int height) {
  constexpr double kSplatBytes = 64 + 12 + 64;  // splat, list entry and bits in, slot out
  const double pixels = 1.0 * width * height;
  return {kBackwardPair * s.blended_pairs + (kPrepare + kLaneBackward + kSlotSum) * s.blended_tile_pairs,
          kSplatBytes * s.blended_tile_pairs + 4 * 4 * pixels};
}

/// Splats that are visible pay in full; the others are looked at and left.
inline Work project_work(const render::RenderStatistics& s, double splats, int degree) {
  const double color = kDirection + sh_basis(degree) + 2.0 * sh_floats(degree) + 3;
  return {kProjectDepth * splats + (kProjectShape + kProjectRest + color) * s.visible,
          4 * (3.0 * splats + (8.0 + sh_floats(degree)) * s.visible) + (64 + 4 + 8) * s.visible + 4 * s.tile_pairs};
}

inline Work project_backward_work(const render::RenderStatistics& s, double splats, int degree) {
  const double color = kDirection + sh_basis(degree) + sh_slope(degree) + 3.0 * sh_floats(degree) + 3;
  return {(kProjectDepth + kProjectShape + kProjectBackward + color) * s.visible + 16.0 * s.blended_tile_pairs,
          splats + 4 * (2 * (11.0 + sh_floats(degree)) + 6) * s.visible + 64.0 * s.blended_tile_pairs};
}

/// Depth in, slot in and out, key and row of each visible splat out; moved by two passes as a rule, which read twice.
inline Work sort_work(const render::RenderStatistics& s) { return {0, (4.0 + 8 + 8 + 2 * (8 + 8 + 8)) * s.visible}; }
/// Key, footprint and tiles read twice, entries written.
inline Work bin_work(const render::RenderStatistics& s) {
  return {0, 2 * (8.0 + 8) * s.visible + (2 * 4 + 8.0) * s.tile_pairs};
}

/// reconstruct/train/loss_kernels.cpp: 7 fields filtered by 11 taps down and across; a pass of four rows down makes the
/// fields of 14, and the pointwise part is 48.
inline Work loss_work(int width, int height) {
  const double samples = 3.0 * width * height;
  return {samples * (7 * 2 * 11 * 2 + 14.0 / 4 * 8 + 48), samples * 3 * 4};
}

/// reconstruct/train/adam_kernels.cpp: moments 7, root 3, move 3, value 1; value and moments in and out, gradient in.
inline Work adam_work(double rows, int degree) {
  const double values = rows * (11 + sh_floats(degree));
  return {14 * values, 7 * 4 * values + 5 * rows};
}

/// Both of the above, without the gradients' way through memory.
inline Work update_work(const render::RenderStatistics& s, double splats, int degree) {
  const Work back = project_backward_work(s, splats, degree), adam = adam_work(static_cast<double>(s.visible), degree);
  const double floats = static_cast<double>(s.visible) * (11 + sh_floats(degree));
  return {back.flops + adam.flops, back.bytes + adam.bytes - 4 * 3 * floats};  // gradients out and in, values in again
}

}  // namespace tessera::bench
