#include "scene/image_header.h"

#include <algorithm>
#include <fstream>
#include <string>

#include "scene/error.h"

namespace tessera::scene {
namespace fs = std::filesystem;

namespace {

// Enough for every ordinary header (one EXIF segment is at most 64 KB), small enough to read from ten thousand photos.
constexpr std::size_t kHead = 256 << 10;
// Cameras append previews and padding after the end marker; within this distance of the end it is found without reading
// on.
constexpr std::size_t kTail = 64 << 10;

constexpr std::uint8_t kStartOfScan = 0xDA;

unsigned byte(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }
std::uint32_t big16(std::string_view bytes, std::size_t at) { return byte(bytes, at) << 8 | byte(bytes, at + 1); }
std::uint32_t big32(std::string_view bytes, std::size_t at) { return big16(bytes, at) << 16 | big16(bytes, at + 2); }

/// Frame headers SOF0..SOF15; C4, C8 and CC are tables and an extension.
bool start_of_frame(std::uint8_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

class Source {
 public:
  explicit Source(const fs::path& path) : path_(path) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status)) throw Error(path.string(), "the photo is missing");
    if (!fs::is_regular_file(status)) throw Error(path.string(), "is not a file");
    size_ = fs::file_size(path, error);
    stream_.open(path, std::ios::binary);
    if (error || !stream_) throw Error(path.string(), "cannot be read", "check its permissions");
    if (size_ == 0) throw Error(path.string(), "the file is empty (0 bytes)");
  }
  std::size_t size() const { return size_; }
  std::string read(std::size_t from, std::size_t count) {
    std::string bytes(std::min(count, size_ - std::min(from, size_)), '\0');
    stream_.seekg(static_cast<std::streamoff>(from));
    stream_.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!stream_) throw Error(path_.string(), "cannot read the whole file", "check the disk and its permissions");
    return bytes;
  }

 private:
  fs::path path_;
  std::ifstream stream_;
  std::size_t size_ = 0;
};

[[noreturn]] void truncated(const fs::path& path, const std::string& why) {
  throw Error(path.string(), "the picture is truncated (" + why + ")", "copy it again from where it came");
}

void check_size(const fs::path& path, std::uint64_t width, std::uint64_t height) {
  const std::string size = std::to_string(width) + "x" + std::to_string(height);
  if (width == 0 || height == 0) throw Error(path.string(), "the picture has no pixels (" + size + ")");
  if (width > kMaxPixels || height > kMaxPixels || width * height > kMaxPixels)
    throw Error(path.string(), "claims " + size + " pixels, more than can be opened", "scale it down first");
}

ImageHeader jpeg_header(const fs::path& path, Source& source, std::string head) {
  std::vector<JpegSegment> segments = jpeg_segments(head);
  const auto has_scan = [&] { return !segments.empty() && segments.back().marker == kStartOfScan; };
  if (!has_scan() && source.size() > head.size()) {
    head = source.read(0, source.size());
    segments = jpeg_segments(head);
  }
  ImageHeader header{ImageKind::jpeg, 0, 0, 0};
  for (const JpegSegment& segment : segments) {
    if (!start_of_frame(segment.marker) || segment.payload.size() < 6) continue;
    header.height = static_cast<int>(big16(segment.payload, 1));
    header.width = static_cast<int>(big16(segment.payload, 3));
    header.channels = byte(segment.payload, 5) == 1 ? 1 : 3;
  }
  if (!has_scan() || header.channels == 0) truncated(path, "it ends within its header");
  check_size(path, static_cast<std::uint64_t>(header.width), static_cast<std::uint64_t>(header.height));
  // The component with the most samples spends at least a bit on each block of 8x8 pixels.
  const std::uint64_t pixels = static_cast<std::uint64_t>(header.width) * static_cast<std::uint64_t>(header.height);
  if (pixels / 512 > source.size()) truncated(path, "its bytes cannot hold its pixels");

  // Within a scan 0xFF is always followed by 0 or a restart marker, so FF D9 after the first scan's start is the end of
  // image.
  const std::string_view end_of_image("\xFF\xD9", 2);
  const std::size_t data = segments.back().end;
  const std::size_t tail = std::max(data, source.size() - std::min(source.size(), kTail));
  if (source.read(tail, kTail).find(end_of_image) == std::string::npos &&
      source.read(data, source.size()).find(end_of_image) == std::string::npos)
    truncated(path, "a JPEG without its end marker");
  return header;
}

ImageHeader png_header(const fs::path& path, Source& source, std::string_view head) {
  // Signature, then IHDR: length, type, width, height, bit depth, colour type (PNG specification, section 11.2.2).
  if (head.size() < 33) truncated(path, "it ends within its header");
  ImageHeader header{ImageKind::png, 0, 0, 0};
  const std::uint64_t width = big32(head, 16), height = big32(head, 20);
  if (head.substr(12, 4) != "IHDR") throw Error(path.string(), "is damaged (a PNG without its header)");
  check_size(path, width, height);
  const unsigned depth = byte(head, 24), type = byte(head, 25);
  const unsigned samples = type == 2 ? 3 : type == 4 ? 2 : type == 6 ? 4 : 1;
  header.width = static_cast<int>(width), header.height = static_cast<int>(height);
  header.channels = type == 0 ? 1 : type >= 4 ? 4 : 3;
  // Deflate shrinks by at most 1032 : 1.
  if (height * (1 + width * samples * depth / 8) / 1032 > source.size())
    truncated(path, "its bytes cannot hold its pixels");
  std::size_t at = 8;
  while (at + 12 <= source.size()) {
    const std::string chunk = source.read(at, 8);
    if (std::string_view(chunk).substr(4) == "IEND") return header;
    at += 12 + std::size_t{big32(chunk, 0)};
  }
  truncated(path, "a PNG without its end chunk");
}

}  // namespace

std::vector<JpegSegment> jpeg_segments(std::string_view bytes) {
  std::vector<JpegSegment> segments;
  if (bytes.size() < 2 || bytes.substr(0, 2) != "\xFF\xD8") return segments;
  std::size_t at = 2;
  while (at + 4 <= bytes.size() && byte(bytes, at) == 0xFF) {
    const std::uint8_t marker = static_cast<std::uint8_t>(byte(bytes, at + 1));
    if (marker == 0xFF) {  // fill byte
      ++at;
      continue;
    }
    const std::size_t length = big16(bytes, at + 2);
    if (length < 2 || at + 2 + length > bytes.size()) break;
    segments.push_back({marker, at, at + 2 + length, bytes.substr(at + 4, length - 2)});
    if (marker == kStartOfScan) break;
    at = segments.back().end;
  }
  return segments;
}

ImageHeader read_image_header(const fs::path& path) {
  Source source(path);
  std::string head = source.read(0, kHead);
  if (head.starts_with("\xFF\xD8\xFF")) return jpeg_header(path, source, std::move(head));
  if (head.starts_with(std::string_view("\x89PNG\r\n\x1A\n", 8))) return png_header(path, source, head);
  return {};
}

}  // namespace tessera::scene
