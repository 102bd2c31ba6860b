#pragma once

#include <cstdint>
#include <filesystem>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "scene/random.h"

namespace tessera::test {

/// Grey blotches of `block` pixels about a mean of 128, each in 128 +- amplitude, keyed.
inline cv::Mat blotches(std::uint32_t key, int width, int height, int block = 8, int amplitude = 100) {
  cv::Mat picture(height, width, CV_8UC1);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const auto word =
          scene::philox(21, static_cast<std::uint32_t>(scene::RandomStream::kTest), key,
                        (static_cast<std::uint64_t>(y / block) << 20) + static_cast<std::uint64_t>(x / block));
      picture.at<std::uint8_t>(y, x) =
          static_cast<std::uint8_t>(128 - amplitude + static_cast<int>(word[0] % (2u * amplitude + 1)));
    }
  return picture;
}

inline void write_photo(const std::filesystem::path& path, const cv::Mat& picture, int quality = 92) {
  std::filesystem::create_directories(path.parent_path());
  cv::imwrite(path.string(), picture, {cv::IMWRITE_JPEG_QUALITY, quality});
}

}  // namespace tessera::test
