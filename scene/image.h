#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace tessera::scene {

/// 8-bit picture, rows top to bottom, channels interleaved: pixels[(y * width + x) * channels + c], RGB or RGBA or grey.
struct Image8 {
  int width = 0, height = 0, channels = 3;
  std::vector<std::uint8_t> pixels;
  std::size_t bytes() const { return pixels.size(); }
  const std::uint8_t* at(int x, int y) const { return pixels.data() + (static_cast<std::size_t>(y) * width + x) * channels; }
  std::uint8_t* at(int x, int y) { return pixels.data() + (static_cast<std::size_t>(y) * width + x) * channels; }
};

/// Width, height and readability of a picture without keeping its pixels. Throws like read_image.
struct ImageInfo {
  int width = 0, height = 0, channels = 3;
};
ImageInfo probe_image(const std::filesystem::path& path);

/// Decodes JPEG, PNG, TIFF, WebP, ... to RGB or RGBA (16-bit input is reduced to 8). EXIF orientation is NOT applied: poses
/// refer to the stored pixels. Throws scene::Error naming the file: missing, empty, not a picture, truncated.
Image8 read_image(const std::filesystem::path& path);
/// One channel (a mask); colour input is reduced to its luminance.
Image8 read_grey(const std::filesystem::path& path);
/// PNG or JPEG by the extension, atomically.
void write_image(const std::filesystem::path& path, const Image8& image, int jpeg_quality = 92);

/// Mean over areas for reduction by any factor (INTER_AREA), bicubic for enlargement.
Image8 resize_image(const Image8& image, int width, int height);

}  // namespace tessera::scene
