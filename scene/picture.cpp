#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "scene/error.h"
#include "scene/image.h"
#include "scene/image_cache.h"
#include "scene/undistort.h"

namespace tessera::scene {

namespace {

std::string size_text(int width, int height) { return std::to_string(width) + "x" + std::to_string(height); }

/// Colour, and what each pixel weighs, while a picture is being made.
struct Layers {
  cv::Mat rgb;    // CV_8UC3
  cv::Mat alpha;  // CV_8U or empty
  cv::Mat mask;   // CV_8U of 0 and 255, or empty
};

Layers read_layers(const View& view) {
  const Image8 image = read_image(view.image_path);
  if (image.width != view.sensor.width || image.height != view.sensor.height)
    throw Error(view.image_path.string(), "is " + size_text(image.width, image.height) + " pixels, its camera " +
                                              size_text(view.sensor.width, view.sensor.height));
  const cv::Mat pixels(image.height, image.width, CV_8UC(image.channels),
                       const_cast<std::uint8_t*>(image.pixels.data()));
  Layers layers;
  if (image.channels == 4) {
    cv::cvtColor(pixels, layers.rgb, cv::COLOR_RGBA2RGB);
    cv::extractChannel(pixels, layers.alpha, 3);
    if (cv::countNonZero(layers.alpha != 255) == 0) layers.alpha.release();
  } else {
    layers.rgb = pixels.clone();
  }
  if (!view.mask_path.empty()) {
    const Image8 mask = read_grey(view.mask_path);
    if (mask.width != image.width || mask.height != image.height)
      throw Error(view.mask_path.string(), "the mask is " + size_text(mask.width, mask.height) + " pixels, its photo " +
                                               view.image_path.string() + " " + size_text(image.width, image.height));
    const cv::Mat grey(mask.height, mask.width, CV_8U, const_cast<std::uint8_t*>(mask.pixels.data()));
    // 0 = does not count; anything else does, so that a mask of 0 and 1 works as well as one of 0 and 255.
    layers.mask = grey != 0;
  }
  return layers;
}

/// Colour weighted by what its pixels weigh (alpha, and 0 where masked), so that neither the colour behind a
/// transparent pixel nor a masked-out passer-by bleeds into its neighbours. CV_32FC4: r w, g w, b w, w.
cv::Mat weighted(const Layers& layers) {
  cv::Mat out(layers.rgb.rows, layers.rgb.cols, CV_32FC4);
  for (int y = 0; y < out.rows; ++y) {
    const auto* rgb = layers.rgb.ptr<cv::Vec3b>(y);
    const auto* alpha = layers.alpha.empty() ? nullptr : layers.alpha.ptr<std::uint8_t>(y);
    const auto* mask = layers.mask.empty() ? nullptr : layers.mask.ptr<std::uint8_t>(y);
    auto* to = out.ptr<cv::Vec4f>(y);
    for (int x = 0; x < out.cols; ++x) {
      const float w = mask && mask[x] == 0 ? 0.0f : alpha ? static_cast<float>(alpha[x]) / 255.0f : 1.0f;
      to[x] = {static_cast<float>(rgb[x][0]) * w, static_cast<float>(rgb[x][1]) * w, static_cast<float>(rgb[x][2]) * w,
               w};
    }
  }
  return out;
}

/// Back to colours. Where nothing weighs, `plain` (the same resampling without weights) says the colour.
void divide_by_weight(const cv::Mat& sum, cv::Mat& plain) {
  // A 255th of a pixel's area in a 255th of full opacity: below it, the quotient is noise.
  constexpr float kWeightless = 1.0f / (255 * 255);
  for (int y = 0; y < sum.rows; ++y) {
    const auto* from = sum.ptr<cv::Vec4f>(y);
    auto* to = plain.ptr<cv::Vec3b>(y);
    for (int x = 0; x < sum.cols; ++x) {
      if (from[x][3] < kWeightless) continue;
      for (int c = 0; c < 3; ++c) to[x][c] = cv::saturate_cast<std::uint8_t>(from[x][c] / from[x][3]);
    }
  }
}

/// Mean alpha of the pixels that count: their summed weight over their number.
void divide_alpha(const cv::Mat& sum, const cv::Mat& counted, cv::Mat& plain) {
  for (int y = 0; y < sum.rows; ++y) {
    const auto* weight = sum.ptr<cv::Vec4f>(y);
    const auto* share = counted.ptr<float>(y);
    auto* to = plain.ptr<std::uint8_t>(y);
    for (int x = 0; x < sum.cols; ++x)
      if (share[x] > 0) to[x] = cv::saturate_cast<std::uint8_t>(255 * weight[x][3] / share[x]);
  }
}

/// Applies `resample(source, destination, interpolation)` to every layer. Weighted sums want a kernel without negative
/// lobes (`smooth`); plain colour may have a sharper one.
template <class Resample>
void resample_layers(Layers& layers, int smooth, int sharp, Resample resample) {
  const bool has_alpha = !layers.alpha.empty(), has_mask = !layers.mask.empty(), plain = !has_alpha && !has_mask;
  Layers out;
  resample(layers.rgb, out.rgb, plain ? sharp : smooth);
  if (!plain) {
    cv::Mat sum, counts, share;
    resample(weighted(layers), sum, smooth);
    divide_by_weight(sum, out.rgb);
    if (has_alpha) resample(layers.alpha, out.alpha, smooth);
    if (has_mask) {
      layers.mask.convertTo(counts, CV_32F, 1.0 / 255);
      resample(counts, share, smooth);
      if (has_alpha) divide_alpha(sum, share, out.alpha);
      // A pixel of the new grid counts if at least half of what it is made of counts: the boundary then stays where it
      // was on average, and no level loses or gains more than half a pixel of it.
      out.mask = share >= 0.5f;
    }
  }
  layers = out;
}

void undistort(Layers& layers, const SensorModel& sensor) {
  const auto map = undistort_map(sensor);
  resample_layers(layers, cv::INTER_LINEAR, cv::INTER_CUBIC, [&](const cv::Mat& from, cv::Mat& to, int interpolation) {
    cv::remap(from, to, map->source, map->fraction, interpolation, cv::BORDER_REPLICATE);
  });
  if (map->all_inside) return;
  if (layers.mask.empty())
    layers.mask = map->inside.clone();
  else
    layers.mask &= map->inside;
  // What lies outside is black, not the smeared edge.
  layers.rgb.setTo(cv::Scalar::all(0), map->inside == 0);
}

std::vector<std::uint8_t> bytes_of(const cv::Mat& layer) {
  const cv::Mat whole = layer.isContinuous() ? layer : layer.clone();
  return {whole.data, whole.data + whole.total() * whole.elemSize()};
}

}  // namespace

Pinhole level_camera(const Pinhole& full, int level) {
  return full.resized(level_size(full.width, level), level_size(full.height, level));
}

Picture load_picture(const View& view, int level) {
  try {
    Layers layers = read_layers(view);
    if (view.sensor.distorted()) undistort(layers, view.sensor);
    const int width = level_size(layers.rgb.cols, level), height = level_size(layers.rgb.rows, level);
    if (level > 0) {
      resample_layers(layers, cv::INTER_AREA, cv::INTER_AREA, [&](const cv::Mat& from, cv::Mat& to, int interpolation) {
        cv::resize(from, to, {width, height}, 0, 0, interpolation);
      });
    }
    return {width, height, bytes_of(layers.rgb), bytes_of(layers.alpha), bytes_of(layers.mask)};
  } catch (const cv::Exception& e) {
    throw Error(view.image_path.string(), "cannot be prepared: " + e.err);
  }
}

}  // namespace tessera::scene
