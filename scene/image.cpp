#include "scene/image.h"

#include <climits>

#include <opencv2/core.hpp>
#include <opencv2/core/utility.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "scene/atomic_file.h"
#include "scene/error.h"
#include "scene/image_header.h"
#include "scene/jpeg_decode.h"
#include "scene/png_decode.h"

namespace tessera::scene {
namespace fs = std::filesystem;

namespace {

// OpenCV works on the thread that calls it. Its own pool is TBB's: a decoding thread that waits in there may be handed
// another task that wants the very picture it is decoding, and would wait for itself. What it logs of a damaged picture
// is said by the error that follows. Set before main(), hence before any thread.
[[maybe_unused]] const bool kOpencvOnCallingThread = [] {
  cv::setNumThreads(1);
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  return true;
}();

/// 8-bit grey, RGB or RGBA. The header has been checked, so what is allocated is bounded.
cv::Mat decode_by_opencv(const fs::path& path, const std::string& bytes) {
  if (bytes.size() > INT_MAX) throw Error(path.string(), "is too large a file for a picture");
  const cv::Mat encoded(1, static_cast<int>(bytes.size()), CV_8U, const_cast<char*>(bytes.data()));
  cv::Mat decoded;
  try {
    // UNCHANGED keeps alpha, and leaves the pixels as they are stored (no EXIF orientation).
    decoded = cv::imdecode(encoded, cv::IMREAD_UNCHANGED);
  } catch (const cv::Exception&) {  // reported below, like the empty result that it gives in other cases
  }
  if (decoded.empty()) return {};
  if (decoded.depth() == CV_16U) {
    // 65535 / 255 = 257: white stays white.
    cv::Mat narrow;
    decoded.convertTo(narrow, CV_8U, 1.0 / 257.0);
    decoded = narrow;
  }
  if (decoded.depth() != CV_8U)
    throw Error(path.string(), "its samples are neither 8 nor 16 bits wide", "save it as PNG or JPEG");
  cv::Mat ordered = decoded;
  if (decoded.channels() == 3) cv::cvtColor(decoded, ordered, cv::COLOR_BGR2RGB);
  if (decoded.channels() == 4) cv::cvtColor(decoded, ordered, cv::COLOR_BGRA2RGBA);
  return ordered;
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

/// Grey, RGB or RGBA, as stored.
Image8 decode(const fs::path& path) {
  const ImageHeader header = read_image_header(path);
  const std::string bytes = read_file(path);
  Image8 image;
  std::string problem;
  bool whole = true;
  switch (header.kind) {
    case ImageKind::jpeg:
      whole = decode_jpeg(bytes, image, problem);
      break;
    case ImageKind::png:
      whole = decode_png(bytes, image, problem);
      break;
    default:
      image = to_image(decode_by_opencv(path, bytes));
  }
  if (!whole)
    throw Error(path.string(), "the picture is damaged (" + problem + ")", "copy it again from where it came");
  if (image.width != header.width || image.height != header.height)
    throw Error(path.string(), "the picture is damaged and cannot be decoded", "copy it again from where it came");
  return image;
}

Image8 converted(const Image8& image, int conversion) {
  cv::Mat out;
  cv::cvtColor(to_mat(image), out, conversion);
  return to_image(out);
}

}  // namespace

ImageInfo probe_image(const fs::path& path) {
  const ImageHeader header = read_image_header(path);
  return {header.width, header.height, header.channels};
}

Image8 read_image(const fs::path& path) {
  Image8 image = decode(path);
  return image.channels == 1 ? converted(image, cv::COLOR_GRAY2RGB) : image;
}

Image8 read_grey(const fs::path& path) {
  Image8 image = decode(path);
  if (image.channels == 1) return image;
  return converted(image, image.channels == 4 ? cv::COLOR_RGBA2GRAY : cv::COLOR_RGB2GRAY);
}

void write_image(const fs::path& path, const Image8& image, int jpeg_quality) {
  std::vector<std::uint8_t> bytes;
  try {
    cv::Mat ordered;
    if (image.channels == 3)
      cv::cvtColor(to_mat(image), ordered, cv::COLOR_RGB2BGR);
    else if (image.channels == 4)
      cv::cvtColor(to_mat(image), ordered, cv::COLOR_RGBA2BGRA);
    else
      ordered = to_mat(image);
    if (!cv::imencode(path.extension().string(), ordered, bytes, {cv::IMWRITE_JPEG_QUALITY, jpeg_quality}))
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
