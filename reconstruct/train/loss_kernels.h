#pragma once

#include <cstddef>

#include "render/frame.h"

namespace tessera::reconstruct {

/// Taps 0..5 from the centre of the 11-tap Gaussian of SSIM, exp(-i^2 / (2 * 1.5^2)) normalised (Wang et al. 2004),
/// nearest floats; their sum is 1 - 1.4e-9.
inline constexpr int kSsimRadius = 5;
inline constexpr float kSsimWindow[kSsimRadius + 1] = {0.266011715f,  0.213005543f,   0.109360687f,
                                                       0.0360007733f, 0.00759875821f, 0.00102838012f};
inline constexpr float kSsimC1 = 0.01f * 0.01f, kSsimC2 = 0.03f * 0.03f;

/// One task of the loss: rows [row_begin, row_end) of one channel.
struct LossBlock {
  const render::Plane* picture = nullptr;
  const render::Plane* truth = nullptr;
  const render::Plane* weight = nullptr;  // null: every pixel counts
  render::Plane* gradient = nullptr;      // written in these rows only
  int row_begin = 0, row_end = 0;
  float l1_scale = 0;        // dL / d(sum of w |x - y|)
  float ssim_scale = 0;      // dL / d(sum of w SSIM)
  float* scratch = nullptr;  // loss_scratch_floats(stride), 64-byte aligned
};
struct LossSums {
  double l1 = 0, square = 0, ssim = 0;  // sums over the block's counting pixels
};

std::size_t loss_scratch_floats(int stride);
/// Value and gradient of one block. The bytes are the same on every machine with fused multiply-add, whatever its
/// vector width.
LossSums loss_block(const LossBlock& block);

}  // namespace tessera::reconstruct
