#include "reconstruct/ingest/sharpness.h"

#include <algorithm>
#include <cstdlib>
#include <string>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "scene/atomic_file.h"
#include "scene/error.h"
#include "scene/image.h"
#include "scene/image_header.h"
#include "scene/jpeg_decode.h"

namespace tessera::reconstruct {
namespace {

constexpr int kWorkingSize = 1000;  // pixels of the longer side: small motion blur still shows, sensor noise no more
constexpr int kThumbnailSize = 32;
constexpr int kSameLevels = 2;  // what saving as JPEG again moves a mean of hundreds of pixels by, and some

cv::Mat at_working_size(const cv::Mat& grey) {
  const int longer = std::max(grey.cols, grey.rows);
  if (longer <= kWorkingSize) return grey;
  const double factor = static_cast<double>(kWorkingSize) / longer;
  cv::Mat reduced;
  cv::resize(grey, reduced, {}, factor, factor, cv::INTER_AREA);
  return reduced;
}

/// Not below the working size. By our own decoder, which tells damage from picture.
cv::Mat decode_reduced_jpeg(const std::filesystem::path& photo, int longer) {
  int reduction = 1;
  while (reduction < 8 && longer >= 2 * reduction * kWorkingSize) reduction *= 2;
  scene::Image8 image;
  std::string problem;
  if (!scene::decode_jpeg(scene::read_file(photo), image, problem, reduction, true))
    throw scene::Error(photo.string(), "the picture is damaged (" + problem + ")");
  return cv::Mat(image.height, image.width, CV_8UC1, image.pixels.data()).clone();
}

}  // namespace

double sharpness(const cv::Mat& grey) {
  cv::Mat laplacian;
  cv::Laplacian(at_working_size(grey), laplacian, CV_16S);
  cv::Scalar mean, deviation;
  cv::meanStdDev(laplacian, mean, deviation);
  return deviation[0] * deviation[0];
}

PhotoLook look_at_photo(const std::filesystem::path& photo) {
  const scene::ImageHeader header = scene::read_image_header(photo);
  cv::Mat grey;
  if (header.kind == scene::ImageKind::jpeg) {
    grey = decode_reduced_jpeg(photo, std::max(header.width, header.height));
  } else {
    try {
      grey = cv::imread(photo.string(), cv::IMREAD_GRAYSCALE | cv::IMREAD_IGNORE_ORIENTATION);
    } catch (const cv::Exception&) {
      grey.release();
    }
  }
  if (grey.empty()) throw scene::Error(photo.string(), "the picture is damaged and cannot be decoded");
  PhotoLook look{header.width, header.height, sharpness(grey), {}};
  cv::Mat thumbnail;
  cv::resize(grey, thumbnail, {kThumbnailSize, kThumbnailSize}, 0, 0, cv::INTER_AREA);
  look.thumbnail.assign(thumbnail.datastart, thumbnail.dataend);
  return look;
}

double median_sharpness(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

bool same_picture(const PhotoLook& a, const PhotoLook& b) {
  if (a.width != b.width || a.height != b.height || a.thumbnail.size() != b.thumbnail.size()) return false;
  return std::equal(a.thumbnail.begin(), a.thumbnail.end(), b.thumbnail.begin(),
                    [](int x, int y) { return std::abs(x - y) <= kSameLevels; });
}

}  // namespace tessera::reconstruct
