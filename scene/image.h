#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace tessera::scene {

/// 8-bit picture, rows top to bottom, channels interleaved: pixels[(y * width + x) * channels + c], RGB or RGBA or
/// grey.
struct Image8 {
  int width = 0, height = 0, channels = 3;
  std::vector<std::uint8_t> pixels;
  std::size_t bytes() const { return pixels.size(); }
  const std::uint8_t* at(int x, int y) const {
    return pixels.data() + (static_cast<std::size_t>(y) * width + x) * channels;
  }
  std::uint8_t* at(int x, int y) { return pixels.data() + (static_cast<std::size_t>(y) * width + x) * channels; }
};

/// What a picture's header says. Throws like read_image, but looks at the first and last bytes only: damage in between
/// shows when it is decoded. channels: 1 grey, 3 colour, 4 with alpha, as the file stores it.
struct ImageInfo {
  int width = 0, height = 0, channels = 3;
};
ImageInfo probe_image(const std::filesystem::path& path);

/// Decodes JPEG, PNG, TIFF, WebP and BMP to RGB or RGBA (grey becomes RGB, 16 bits become 8). EXIF orientation is NOT
/// applied: poses refer to the stored pixels. Throws scene::Error naming the file: missing, empty, not a picture,
/// truncated, damaged, over 2^30 pixels or more of them than its bytes can hold.
Image8 read_image(const std::filesystem::path& path);
/// One channel (a mask); colour input is reduced to its luminance.
Image8 read_grey(const std::filesystem::path& path);
/// PNG or JPEG by the extension, atomically.
void write_image(const std::filesystem::path& path, const Image8& image, int jpeg_quality = 92);

/// Mean over areas for reduction by any factor (INTER_AREA), bicubic for enlargement.
Image8 resize_image(const Image8& image, int width, int height);

}  // namespace tessera::scene
