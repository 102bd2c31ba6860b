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
// Deflate shrinks by at most 1032 : 1 (a match of 258 bytes in two bits).
constexpr std::uint64_t kDeflate = 1032;

unsigned byte(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }
std::uint32_t big16(std::string_view bytes, std::size_t at) { return byte(bytes, at) << 8 | byte(bytes, at + 1); }
std::uint32_t big32(std::string_view bytes, std::size_t at) { return big16(bytes, at) << 16 | big16(bytes, at + 2); }
std::uint32_t little16(std::string_view bytes, std::size_t at) { return byte(bytes, at) | byte(bytes, at + 1) << 8; }
std::uint32_t little32(std::string_view bytes, std::size_t at) {
  return little16(bytes, at) | little16(bytes, at + 2) << 16;
}

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

constexpr const char* kCopyAgain = "copy it again from where it came";

[[noreturn]] void truncated(const fs::path& path, const std::string& why) {
  throw Error(path.string(), "the picture is truncated (" + why + ")", kCopyAgain);
}

ImageHeader checked(const fs::path& path, ImageKind kind, std::uint64_t width, std::uint64_t height, int channels) {
  const std::string size = std::to_string(width) + "x" + std::to_string(height);
  if (width == 0 || height == 0) throw Error(path.string(), "the picture has no pixels (" + size + ")");
  if (width > kMaxPixels || height > kMaxPixels || width * height > kMaxPixels)
    throw Error(path.string(), "claims " + size + " pixels, more than can be opened", "scale it down first");
  return {kind, static_cast<int>(width), static_cast<int>(height), channels};
}

/// `smallest`: bytes that so many pixels need whatever they show.
void check_bytes(const fs::path& path, const Source& source, std::uint64_t smallest) {
  if (source.size() < smallest) truncated(path, "its bytes cannot hold its pixels");
}

std::uint64_t pixels(const ImageHeader& header) {
  return static_cast<std::uint64_t>(header.width) * static_cast<std::uint64_t>(header.height);
}

ImageHeader jpeg_header(const fs::path& path, Source& source, std::string head) {
  std::vector<JpegSegment> segments = jpeg_segments(head);
  const auto has_scan = [&] { return !segments.empty() && segments.back().marker == kStartOfScan; };
  if (!has_scan() && source.size() > head.size()) {
    head = source.read(0, source.size());
    segments = jpeg_segments(head);
  }
  const auto frame = std::find_if(segments.begin(), segments.end(), [](const JpegSegment& s) {
    return start_of_frame(s.marker) && s.payload.size() >= 6;
  });
  if (!has_scan() || frame == segments.end()) truncated(path, "it ends within its header");
  const unsigned components = byte(frame->payload, 5);
  if (components != 1 && components != 3)
    throw Error(path.string(),
                components == 4 ? "is a JPEG in printing colours (CMYK)"
                                : "is a JPEG of " + std::to_string(components) + " colour components",
                "save it in RGB");
  const ImageHeader header =
      checked(path, ImageKind::jpeg, big16(frame->payload, 3), big16(frame->payload, 1), components == 1 ? 1 : 3);
  // The component with the most samples spends at least a bit on each block of 8x8 pixels.
  check_bytes(path, source, pixels(header) / 512);

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
  if (head.substr(12, 4) != "IHDR") throw Error(path.string(), "is damaged (a PNG without its header)");
  const unsigned depth = byte(head, 24), type = byte(head, 25);
  const unsigned samples = type == 2 ? 3 : type == 4 ? 2 : type == 6 ? 4 : 1;
  const bool known_depth = depth == 8 || (depth == 16 && type != 3) ||
                           ((type == 0 || type == 3) && (depth == 1 || depth == 2 || depth == 4));
  if (!known_depth || type > 6 || type == 1 || type == 5)
    throw Error(
        path.string(),
        "is damaged (a PNG of colour type " + std::to_string(type) + " with " + std::to_string(depth) + " bits)",
        kCopyAgain);
  const ImageHeader header = checked(path, ImageKind::png, big32(head, 16), big32(head, 20),
                                     type == 0   ? 1
                                     : type >= 4 ? 4
                                                 : 3);
  const std::uint64_t row = 1 + static_cast<std::uint64_t>(header.width) * samples * depth / 8;
  check_bytes(path, source, static_cast<std::uint64_t>(header.height) * row / kDeflate);
  // The end chunk is the last twelve bytes, unless something was appended; then the chunks are followed.
  const std::string_view end_chunk("\0\0\0\0IEND", 8);
  if (source.read(source.size() - 12, 8) == end_chunk) return header;
  std::size_t at = 8;
  // A picture of a gigabyte in the usual chunks of 8 KB has 130,000.
  for (int count = 0; count < 1'000'000 && at + 12 <= source.size(); ++count) {
    const std::string chunk = source.read(at, 8);
    if (chunk == end_chunk) return header;
    at += 12 + std::size_t{big32(chunk, 0)};
  }
  truncated(path, "a PNG without its end chunk");
}

/// Classic TIFF in either byte order: width, height and channels of the first directory (TIFF 6.0, section 2).
ImageHeader tiff_header(const fs::path& path, Source& source, std::string_view head) {
  const bool big = head[0] == 'M';
  const auto u16 = [&](std::string_view b, std::size_t at) { return big ? big16(b, at) : little16(b, at); };
  const auto u32 = [&](std::string_view b, std::size_t at) { return big ? big32(b, at) : little32(b, at); };
  if (head.size() < 8) truncated(path, "it ends within its header");
  const std::size_t directory = u32(head, 4);
  const std::string count = source.read(directory, 2);
  if (count.size() < 2) truncated(path, "its directory lies behind its end");
  const std::size_t entries = u16(count, 0);
  const std::string table = source.read(directory + 2, 12 * entries);
  if (table.size() < 12 * entries) truncated(path, "its directory lies behind its end");
  std::uint64_t width = 0, height = 0, samples = 1, format = 1;
  for (std::size_t i = 0; i < entries; ++i) {
    constexpr unsigned kShortType = 3;
    const std::size_t at = 12 * i;
    const std::uint64_t value = u16(table, at + 2) == kShortType ? u16(table, at + 8) : u32(table, at + 8);
    if (u16(table, at) == 256) width = value;
    if (u16(table, at) == 257) height = value;
    if (u16(table, at) == 277) samples = value;
    // One value a sample, stored elsewhere where there are more than two.
    if (u16(table, at) == 339) {
      const std::uint64_t count_of_values = u32(table, at + 4);
      const std::string first = count_of_values > 2 ? source.read(u32(table, at + 8), 2) : std::string();
      format = first.size() == 2 ? u16(first, 0) : value;
    }
  }
  if (format != 1)  // unsigned whole numbers
    throw Error(path.string(), "its samples are not whole numbers of 8 or 16 bits", "save it as PNG or JPEG");
  const ImageHeader header = checked(path, ImageKind::tiff, width, height, samples == 1 ? 1 : samples == 4 ? 4 : 3);
  check_bytes(path, source, pixels(header) / 8 / kDeflate);
  return header;
}

/// The three forms of WebP's first chunk (RFC 9649, sections 2.5 to 2.7).
ImageHeader webp_header(const fs::path& path, const Source& source, std::string_view head) {
  if (head.size() < 30) truncated(path, "it ends within its header");
  if (std::size_t{little32(head, 4)} + 8 > source.size()) truncated(path, "it is shorter than its header says");
  const std::string_view form = head.substr(12, 4);
  if (form == "VP8 ")
    return checked(path, ImageKind::webp, little16(head, 26) & 0x3FFF, little16(head, 28) & 0x3FFF, 3);
  if (form == "VP8L") {
    const std::uint32_t bits = little32(head, 21);
    return checked(path, ImageKind::webp, (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bits >> 28 & 1 ? 4 : 3);
  }
  if (form == "VP8X")
    return checked(path, ImageKind::webp, (little32(head, 24) & 0xFFFFFF) + 1, (little32(head, 26) >> 8) + 1,
                   byte(head, 20) & 0x10 ? 4 : 3);
  throw Error(path.string(), "is damaged (a WebP of no known form)");
}

/// BITMAPINFOHEADER; a negative height means rows from the top.
ImageHeader bmp_header(const fs::path& path, const Source& source, std::string_view head) {
  if (head.size() < 30) truncated(path, "it ends within its header");
  const std::int64_t height = static_cast<std::int32_t>(little32(head, 22));
  const unsigned bits = little16(head, 28);
  const ImageHeader header = checked(path, ImageKind::bmp, little32(head, 18),
                                     static_cast<std::uint64_t>(std::abs(height)), bits == 32 ? 4 : 3);
  // Uncompressed but for 8 bits or fewer, whose runs take two bytes for at most 255 pixels.
  check_bytes(path, source, bits > 8 ? pixels(header) * bits / 8 : pixels(header) * 2 / 255);
  return header;
}

[[noreturn]] void not_a_picture(const fs::path& path, std::string_view head) {
  const bool heic =
      head.size() >= 12 && head.substr(4, 4) == "ftyp" && (head.substr(8, 3) == "hei" || head.substr(8, 3) == "mif");
  throw Error(path.string(), heic ? "HEIC pictures are not read" : "its format is not recognised as a picture",
              "photos may be JPEG, PNG, TIFF, WebP or BMP");
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
  using namespace std::string_view_literals;
  Source source(path);
  std::string head = source.read(0, kHead);
  if (head.starts_with("\xFF\xD8\xFF"sv)) return jpeg_header(path, source, std::move(head));
  if (head.starts_with("\x89PNG\r\n\x1A\n"sv)) return png_header(path, source, head);
  if (head.starts_with("II\x2A\0"sv) || head.starts_with("MM\0\x2A"sv)) return tiff_header(path, source, head);
  if (head.starts_with("RIFF"sv) && std::string_view(head).substr(0, 12).ends_with("WEBP"sv))
    return webp_header(path, source, head);
  if (head.starts_with("BM"sv)) return bmp_header(path, source, head);
  not_a_picture(path, head);
}

}  // namespace tessera::scene
