#include "scene/image.h"

#include <algorithm>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "scene/atomic_file.h"
#include "scene/error.h"
#include "scene/image_header.h"

namespace tessera::scene {
namespace fs = std::filesystem;

namespace {

/// 8-bit, in OpenCV's own channel order (grey, BGR or BGRA). The header has been checked, so what is allocated is
/// bounded.
cv::Mat decode(const fs::path& path) {
  const ImageHeader header = read_image_header(path);
  const std::string bytes = read_file(path);
  const cv::Mat encoded(1, static_cast<int>(std::min<std::size_t>(bytes.size(), INT_MAX)), CV_8U,
                        const_cast<char*>(bytes.data()));
  cv::Mat decoded;
  std::string reason;
  try {
    // UNCHANGED keeps alpha, and leaves the pixels as they are stored (no EXIF orientation).
    decoded = cv::imdecode(encoded, cv::IMREAD_UNCHANGED);
  } catch (const cv::Exception& e) {
    reason = e.err;
  }
  if (decoded.empty() && header.kind == ImageKind::other)
    throw Error(path.string(),
                "its format is not recognised as a picture" + (reason.empty() ? "" : " (" + reason + ")"));
  if (decoded.empty()) throw Error(path.string(), "the picture is damaged and cannot be decoded");
  if (header.kind != ImageKind::other && (decoded.cols != header.width || decoded.rows != header.height))
    throw Error(path.string(), "the picture is damaged (its header and its pixels differ in size)");
  if (decoded.depth() == CV_16U) {
    // 65535 / 255 = 257: white stays white.
    cv::Mat narrow;
    decoded.convertTo(narrow, CV_8U, 1.0 / 257.0);
    decoded = narrow;
  }
  if (decoded.depth() != CV_8U)
    throw Error(path.string(), "its samples are neither 8 nor 16 bits wide", "save it as PNG or JPEG");
  return decoded;
}

Image8 to_image(const cv::Mat& pixels) {
  Image8 image{pixels.cols, pixels.rows, pixels.channels(), {}};
  const cv::Mat whole = pixels.isContinuous() ? pixels : pixels.clone();
  image.pixels.assign(whole.data, whole.data + whole.total() * whole.elemSize());
  return image;
}

/// A view of the pixels, without a copy.
cv::Mat to_mat(const Image8& image) {
  return cv::Mat(image.height, image.width, CV_8UC(image.channels), const_cast<std::uint8_t*>(image.pixels.data()));
}

}  // namespace

ImageInfo probe_image(const fs::path& path) {
  const ImageHeader header = read_image_header(path);
  if (header.kind != ImageKind::other) return {header.width, header.height, header.channels};
  const cv::Mat decoded = decode(path);
  return {decoded.cols, decoded.rows, decoded.channels()};
}

Image8 read_image(const fs::path& path) {
  const cv::Mat decoded = decode(path);
  cv::Mat rgb;
  switch (decoded.channels()) {
    case 1:
      cv::cvtColor(decoded, rgb, cv::COLOR_GRAY2RGB);
      break;
    case 3:
      cv::cvtColor(decoded, rgb, cv::COLOR_BGR2RGB);
      break;
    case 4:
      cv::cvtColor(decoded, rgb, cv::COLOR_BGRA2RGBA);
      break;
    default:
      throw Error(path.string(), "has " + std::to_string(decoded.channels()) + " channels", "save it as RGB or RGBA");
  }
  return to_image(rgb);
}

Image8 read_grey(const fs::path& path) {
  const cv::Mat decoded = decode(path);
  cv::Mat grey;
  switch (decoded.channels()) {
    case 1:
      grey = decoded;
      break;
    case 3:
      cv::cvtColor(decoded, grey, cv::COLOR_BGR2GRAY);
      break;
    case 4:
      cv::cvtColor(decoded, grey, cv::COLOR_BGRA2GRAY);
      break;
    default:
      throw Error(path.string(), "has " + std::to_string(decoded.channels()) + " channels", "save it as a grey PNG");
  }
  return to_image(grey);
}

void write_image(const fs::path& path, const Image8& image, int jpeg_quality) {
  cv::Mat pixels = to_mat(image);
  if (image.channels == 3) cv::cvtColor(to_mat(image), pixels, cv::COLOR_RGB2BGR);
  if (image.channels == 4) cv::cvtColor(to_mat(image), pixels, cv::COLOR_RGBA2BGRA);
  std::vector<std::uint8_t> bytes;
  try {
    if (!cv::imencode(path.extension().string(), pixels, bytes, {cv::IMWRITE_JPEG_QUALITY, jpeg_quality}))
      bytes.clear();
  } catch (const cv::Exception&) {
    bytes.clear();
  }
  if (bytes.empty()) throw Error(path.string(), "cannot write this kind of picture", "use the extension .png or .jpg");
  write_file_atomically(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Image8 resize_image(const Image8& image, int width, int height) {
  cv::Mat resized;
  const bool smaller = width <= image.width && height <= image.height;
  cv::resize(to_mat(image), resized, {width, height}, 0, 0, smaller ? cv::INTER_AREA : cv::INTER_CUBIC);
  return to_image(resized);
}

}  // namespace tessera::scene
