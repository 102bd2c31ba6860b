#pragma once

#include <array>
#include <cstdint>

#include "reconstruct/evaluate/gallery.h"
#include "render/frame.h"
#include "scene/image.h"

namespace tessera::reconstruct {

/// How a render is held against its photo, pixel by pixel.
enum class ErrorKind {
  absolute,   // mean over the channels of |render - photo| as shown in 8 bit, 0..1
  structure,  // dissimilarity() of metrics.h, 0..1
};
/// The error that gets the brightest colour: a quarter of the range; half of SSIM's.
constexpr double full_error(ErrorKind kind) { return kind == ErrorKind::absolute ? 0.25 : 0.5; }

/// One photo and the render beside it.
struct ViewError {
  ErrorKind kind = ErrorKind::absolute;
  bool corrected = false;                         // `error` is that of the render after fit_color_correction
  double psnr = 0, psnr_corrected = 0, ssim = 0;  // as score() has them
  bool masked_out = false;                        // no pixel counts: there are no scores
  render::Plane error;                            // [H, W]; negative: masked
  double mean = 0;                                // over the pixels that count
  int worst_x = 0, worst_y = 0;
};
ViewError view_error(Gallery& gallery, std::size_t view, ErrorKind kind, bool corrected);

/// Colour of an error of `share` of the full one (clamped to [0, 1]); negative: the grey of masked pixels. From
/// blue-black over violet and orange to pale yellow in OKLab (Ottosson 2020), lightness linear in the share, so that
/// equal steps look equal and the order stays for people who tell few colours apart.
std::array<std::uint8_t, 3> error_color(double share);
/// The error in colours. RGB.
scene::Image8 paint_error(const ViewError& error);

}  // namespace tessera::reconstruct
