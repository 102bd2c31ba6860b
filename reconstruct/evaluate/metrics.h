#pragma once

#include "reconstruct/train/loss.h"
#include "render/frame.h"

namespace tessera::reconstruct {

/// All metrics clamp the render to [0, 1] and round it to 8 bit, as a viewer would show it. Masked pixels
/// (Truth::weight 0) do not count.

/// -10 log10(mean squared error over counting pixels and channels); 99 for identical pictures.
double psnr(const render::Plane picture[3], const Truth& truth);
/// Wang et al. 2004, 11 x 11 Gaussian window, sigma 1.5, C1 = 0.01^2, C2 = 0.03^2, mean over the RGB channels.
struct Ssim {
  double padded = 0;  // "ssim": zero padding, mean over all pixels: the 3DGS form
  double valid =
      0;  // "ssim_standard": mean over the positions where the window fits (0 if the picture is smaller than it)
};
Ssim ssim(const render::Plane picture[3], const Truth& truth);
/// (1 - SSIM) / 2 at each pixel, mean over the RGB channels: 0 alike, 0.5 nothing in common, 1 inverted. Windows at the
/// border are of the pixels inside the picture alone: with zeros around it everything is alike there.
render::Plane dissimilarity(const render::Plane picture[3], const Truth& truth);
/// Wang, Simoncelli & Bovik 2003: five scales, weights .0448 .2856 .3001 .2363 .1333, valid windows, 2 x 2 mean between
/// scales; fewer scales (weights renormalised) where the picture is too small for five. 0 where not even one fits.
double ms_ssim(const render::Plane picture[3], const Truth& truth);

/// Affine 3 x 4 map that brings the render closest to the truth by least squares over pixels that count and are not
/// clipped in either; ridge 1e-6. Spec: "colour-corrected: fit one affine map per image from render to photo".
Affine fit_color_correction(const render::Plane picture[3], const Truth& truth);

}  // namespace tessera::reconstruct
