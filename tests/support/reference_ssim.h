#pragma once

#include <vector>

namespace tessera::test {

/// A channel in double precision, rows top to bottom: value[y * width + x].
struct Channel {
  int width = 0, height = 0;
  std::vector<double> value;
  double at(int x, int y) const {
    return value[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)];
  }
  double& at(int x, int y) {
    return value[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)];
  }
};

/// SSIM at every pixel as Wang et al. 2004, eq. 13 states it: 11 x 11 Gaussian window, sigma 1.5, zeros outside the
/// picture; one window after the other, no separation, no shifts. Also its contrast-structure factor alone (for
/// MS-SSIM).
struct SsimMap {
  Channel ssim, contrast;
};
SsimMap reference_ssim(const Channel& x, const Channel& y);

/// The training loss (Kerbl et al. 2023, eq. 7) and its gradient to x, by the textbook chain rule through the five
/// window means. weight: 1 counts, 0 masked (x is replaced by y there); empty: all count.
struct ReferenceLoss {
  double total = 0, l1 = 0, mse = 0, ssim = 0;
  Channel gradient[3];
};
ReferenceLoss reference_loss(const Channel x[3], const Channel y[3], const Channel& weight, double lambda_dssim);

}  // namespace tessera::test
