#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

namespace tessera::scene {

enum class ImageKind { jpeg, png, tiff, webp, bmp };

/// What the first and last bytes of a picture file say, without decoding it.
struct ImageHeader {
  ImageKind kind = ImageKind::jpeg;
  int width = 0, height = 0;
  int channels = 3;  // 1 grey, 3 colour, 4 with alpha, as the file stores it
};

/// Largest picture that is opened: OpenCV's own limit, 3 GB decoded.
inline constexpr std::uint64_t kMaxPixels = std::uint64_t{1} << 30;

/// Reads the header of a picture and looks for its end. Throws scene::Error naming the file: absent, a folder, empty,
/// not one of the kinds above, truncated, without pixels, more than kMaxPixels, more pixels than the file's bytes can
/// hold.
ImageHeader read_image_header(const std::filesystem::path& path);

/// One marker segment of a JPEG (ITU T.81, annex B): `begin` is the offset of its 0xFF, `end` that of the next marker.
struct JpegSegment {
  std::uint8_t marker = 0;
  std::size_t begin = 0, end = 0;
  std::string_view payload;  // what follows the two bytes of length; points into the bytes searched
};
/// The segments from after the start of image to the first start of scan (included). Ends early where the bytes are not
/// a JPEG's.
std::vector<JpegSegment> jpeg_segments(std::string_view bytes);

}  // namespace tessera::scene
