#include "reconstruct/evaluate/view_error.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "reconstruct/evaluate/metrics.h"
#include "reconstruct/evaluate/picture.h"

namespace tessera::reconstruct {
namespace {

constexpr std::size_t kColors = 256;
constexpr std::uint8_t kMaskedGrey = 96;

/// Hue (degrees) and chroma of the ramp at equally spaced lightnesses, chosen so that every colour is one of sRGB.
struct Stop {
  double hue, chroma;
};
constexpr std::array<Stop, 6> kStops{{{275, 0.04}, {285, 0.15}, {335, 0.18}, {390, 0.17}, {430, 0.15}, {465, 0.06}}};
constexpr double kDarkest = 0.12, kBrightest = 0.97;  // lightness of the two ends

double srgb_of_linear(double v) { return v <= 0.0031308 ? 12.92 * v : 1.055 * std::pow(v, 1 / 2.4) - 0.055; }

std::array<std::uint8_t, 3> color_at(double share) {
  const double place = share * static_cast<double>(kStops.size() - 1);
  const std::size_t low = std::min(static_cast<std::size_t>(place), kStops.size() - 2);
  const double f = place - static_cast<double>(low);
  const double hue = (kStops[low].hue + f * (kStops[low + 1].hue - kStops[low].hue)) * std::acos(-1.0) / 180;
  const double chroma = kStops[low].chroma + f * (kStops[low + 1].chroma - kStops[low].chroma);
  const double lightness = kDarkest + share * (kBrightest - kDarkest);
  const double a = chroma * std::cos(hue), b = chroma * std::sin(hue);
  // OKLab to linear sRGB (Ottosson 2020).
  const double l = std::pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3);
  const double m = std::pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3);
  const double s = std::pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
  const double linear[3] = {4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
                            -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
                            -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s};
  std::array<std::uint8_t, 3> color{};
  for (std::size_t c = 0; c < 3; ++c) color[c] = to_byte(static_cast<float>(srgb_of_linear(std::max(linear[c], 0.0))));
  return color;
}

render::Plane absolute_error(const render::Plane picture[3], const Truth& truth) {
  render::Plane out;
  out.resize(truth.width, truth.height);
  out.fill(0);
  for (int y = 0; y < truth.height; ++y)
    for (int x = 0; x < truth.width; ++x) {
      int sum = 0;
      for (int c = 0; c < 3; ++c) sum += std::abs(to_byte(picture[c].at(x, y)) - to_byte(truth.color[c].at(x, y)));
      out.at(x, y) = static_cast<float>(sum) / (3 * 255.0f);
    }
  return out;
}

}  // namespace

ViewError view_error(Gallery& gallery, std::size_t view, ErrorKind kind, bool corrected) {
  ViewError result;
  result.kind = kind, result.corrected = corrected;
  const render::Plane* picture = gallery.show(view);
  const Truth& truth = gallery.truth();
  result.masked_out = truth.weight_sum == 0;
  render::Plane fitted[3];
  apply_affine(fit_color_correction(picture, truth), picture, fitted);
  if (!result.masked_out) {
    result.psnr = psnr(picture, truth), result.psnr_corrected = psnr(fitted, truth);
    result.ssim = ssim(picture, truth).padded;
  }
  const render::Plane* judged = corrected ? fitted : picture;
  result.error = kind == ErrorKind::absolute ? absolute_error(judged, truth) : dissimilarity(judged, truth);
  double sum = 0, count = 0, worst = -1;
  for (int y = 0; y < truth.height; ++y)
    for (int x = 0; x < truth.width; ++x) {
      float& e = result.error.at(x, y);
      if (truth.weight.width && truth.weight.at(x, y) == 0) {
        e = -1;
        continue;
      }
      const double value = static_cast<double>(e);
      sum += value, ++count;
      if (value > worst) worst = value, result.worst_x = x, result.worst_y = y;
    }
  result.mean = count > 0 ? sum / count : 0;
  return result;
}

std::array<std::uint8_t, 3> error_color(double share) {
  static const auto colors = [] {
    std::array<std::array<std::uint8_t, 3>, kColors> table{};
    for (std::size_t i = 0; i < kColors; ++i) table[i] = color_at(static_cast<double>(i) / (kColors - 1));
    return table;
  }();
  if (share < 0) return {kMaskedGrey, kMaskedGrey, kMaskedGrey};
  return colors[static_cast<std::size_t>(std::lround(std::min(share, 1.0) * (kColors - 1)))];
}

scene::Image8 paint_error(const ViewError& error) {
  scene::Image8 image{error.error.width, error.error.height, 3, {}};
  image.pixels.resize(static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height) * 3);
  for (int y = 0; y < image.height; ++y)
    for (int x = 0; x < image.width; ++x) {
      const auto color = error_color(static_cast<double>(error.error.at(x, y)) / full_error(error.kind));
      std::copy(color.begin(), color.end(), image.at(x, y));
    }
  return image;
}

}  // namespace tessera::reconstruct
