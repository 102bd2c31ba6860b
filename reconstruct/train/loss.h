#pragma once

#include <cstdint>
#include <vector>

#include "reconstruct/train/loss_kernels.h"
#include "render/frame.h"
#include "scene/image_cache.h"

namespace tessera::reconstruct {

/// The photo as float planes in [0, 1], padded as frames are. Made anew for each view and level, buffers kept.
struct Truth {
  int width = 0, height = 0;
  render::Plane color[3];  // composited over the background where the photo has alpha
  render::Plane weight;    // 1: counts, 0: masked; width 0: every pixel counts
  double weight_sum = 0;   // number of pixels that count
  void assign(const scene::Picture& picture, const float background[3]);
};

/// L = (1 - lambda) L1 + lambda (1 - SSIM), Kerbl et al. 2023 eq. 7: L1 the mean over counting pixels and channels, SSIM (Wang et al. 2004) with an
/// 11 x 11 Gaussian window, sigma 1.5, zero padding, averaged over counting pixels and channels ("3DGS form"). At masked pixels the render is
/// replaced by the truth, so that they neither count nor attract. Loss and its gradient to the picture come from one fused pass by row blocks; all cores;
/// fixed reduction order.
class PhotometricLoss {
 public:
  struct Value {
    double total = 0, l1 = 0, ssim = 0;
    double mse = 0;  // mean squared error, for scores; no part of the loss
  };
  /// gradient[c] = dL / d(picture[c]), resized as needed.
  Value evaluate(const render::Plane picture[3], const Truth& truth, double lambda_dssim, render::Plane gradient[3]);

 private:
  std::vector<std::vector<float>> scratch_;  // one per thread of the arena
  std::vector<LossSums> sums_;               // of each block, added in block order
};

/// Per-image colour correction: corrected = M rgb + b, M 3 x 3 starting at the identity, b at 0. Rows r: m[r * 4 + 0..2], b = m[r * 4 + 3].
struct Affine {
  float m[12] = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0};
};
/// out = affine(in).
void apply_affine(const Affine& affine, const render::Plane in[3], render::Plane out[3]);
/// Chain rule through apply_affine: d_in and d_affine from d_out. Fixed reduction order.
void affine_backward(const Affine& affine, const render::Plane in[3], const render::Plane d_out[3], render::Plane d_in[3], double d_affine[12]);

}  // namespace tessera::reconstruct
