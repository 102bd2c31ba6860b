#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "scene/atomic_file.h"
#include "scene/error.h"
#include "scene/exif.h"
#include "scene/image_header.h"

namespace tessera::scene {
namespace fs = std::filesystem;

namespace {

// Field types of TIFF 6.0, section 2.
enum Type : std::uint16_t { kByte = 1, kAscii = 2, kShort = 3, kLong = 4, kRational = 5, kUndefined = 7 };

void append(std::string& bytes, std::uint64_t value, int width) {
  for (int i = 0; i < width; ++i) bytes.push_back(static_cast<char>(value >> (8 * i)));
}

/// One image file directory of a little-endian TIFF: entries in ascending order of tag, values longer than four bytes
/// behind them.
class Directory {
 public:
  void add(std::uint16_t tag, Type type, std::uint32_t count, std::string value) {
    entries_.push_back({tag, type, count, std::move(value)});
  }
  void text(std::uint16_t tag, const std::string& value) {
    if (!value.empty()) add(tag, kAscii, static_cast<std::uint32_t>(value.size() + 1), value + '\0');
  }
  void number(std::uint16_t tag, Type type, std::uint32_t value) {
    std::string bytes;
    append(bytes, value, type == kByte ? 1 : type == kShort ? 2 : 4);
    add(tag, type, 1, bytes);
  }
  /// The fraction with the largest power of ten below 1e9 as its denominator that fits.
  void rational(std::uint16_t tag, double value) {
    double denominator = 1e9;
    while (value * denominator > 4294967295.0) denominator /= 10;
    rationals(tag, {{std::llround(value * denominator), std::llround(denominator)}});
  }
  void rationals(std::uint16_t tag, const std::vector<std::pair<long long, long long>>& values) {
    std::string bytes;
    for (const auto& [numerator, denominator] : values) {
      append(bytes, static_cast<std::uint64_t>(numerator), 4);
      append(bytes, static_cast<std::uint64_t>(denominator), 4);
    }
    add(tag, kRational, static_cast<std::uint32_t>(values.size()), bytes);
  }
  bool empty() const { return entries_.empty(); }
  std::size_t bytes() const {
    std::size_t total = 2 + 12 * entries_.size() + 4;
    for (const Entry& entry : entries_) total += outside(entry);
    return total;
  }
  /// The directory as it stands at `offset` of the TIFF.
  std::string write(std::size_t offset) {
    std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) { return a.tag < b.tag; });
    std::string head, tail;
    const std::size_t behind = offset + 2 + 12 * entries_.size() + 4;
    append(head, entries_.size(), 2);
    for (const Entry& entry : entries_) {
      append(head, entry.tag, 2), append(head, entry.type, 2), append(head, entry.count, 4);
      if (outside(entry)) {
        append(head, behind + tail.size(), 4);
        tail += entry.value;
        if (entry.value.size() % 2) tail.push_back('\0');  // values begin on word boundaries
      } else {
        head += entry.value + std::string(4 - entry.value.size(), '\0');
      }
    }
    append(head, 0, 4);  // no further directory
    return head + tail;
  }

 private:
  struct Entry {
    std::uint16_t tag;
    Type type;
    std::uint32_t count;
    std::string value;
  };
  static std::size_t outside(const Entry& entry) {
    return entry.value.size() > 4 ? (entry.value.size() + 1) / 2 * 2 : 0;
  }
  std::vector<Entry> entries_;
};

Directory gps_directory(const Gps& gps) {
  const auto angle = [](double degrees) {
    // In units of 1e-7 seconds of arc (3 micrometres on the ground), so that 59.99999 never becomes 60.
    const long long unit = 10'000'000, total = std::llround(std::abs(degrees) * 3600 * 1e7);
    return std::vector<std::pair<long long, long long>>{
        {total / (3600 * unit), 1}, {total / (60 * unit) % 60, 1}, {total % (60 * unit), unit}};
  };
  Directory directory;
  directory.add(0x0000, kByte, 4, std::string("\x02\x03\x00\x00", 4));  // GPSVersionID 2.3
  directory.text(0x0001, gps.latitude < 0 ? "S" : "N");
  directory.rationals(0x0002, angle(gps.latitude));
  directory.text(0x0003, gps.longitude < 0 ? "W" : "E");
  directory.rationals(0x0004, angle(gps.longitude));
  if (gps.has_altitude) {
    directory.number(0x0005, kByte, gps.altitude < 0 ? 1 : 0);
    directory.rational(0x0006, std::abs(gps.altitude));
  }
  return directory;
}

/// Refuses what the fields cannot hold, before anything is written.
void check(const fs::path& path, const Exif& exif) {
  const auto expect = [&](bool good, const char* what) {
    if (!good) throw Error(path.string(), std::string("EXIF cannot hold this ") + what);
  };
  const auto rational = [](const std::optional<double>& v) { return !v || (*v >= 0 && *v < 4294967295.0); };
  expect(rational(exif.focal_mm), "focal length");
  expect(rational(exif.exposure_seconds), "exposure time");
  expect(rational(exif.f_number), "aperture");
  expect(!exif.focal_35mm || (*exif.focal_35mm >= 0 && *exif.focal_35mm < 65535), "35 mm focal length");
  expect(!exif.iso || (*exif.iso >= 0 && *exif.iso < 65535), "ISO speed");
  expect(exif.orientation >= 1 && exif.orientation <= 8, "orientation");
  expect(!exif.gps || (std::abs(exif.gps->latitude) <= 90 && std::abs(exif.gps->longitude) <= 180), "position");
  expect(!exif.gps || !exif.gps->has_altitude || std::abs(exif.gps->altitude) < 4294967295.0, "altitude");
  for (const std::string* text : {&exif.make, &exif.model, &exif.lens, &exif.date_time})
    expect(text->size() < 4096 && text->find('\0') == std::string::npos, "text");
}

/// The TIFF block: IFD0, the EXIF directory, the GPS directory (EXIF 2.32, sections 4.6.3 to 4.6.6).
std::string tiff(const Exif& exif) {
  Directory zeroth, photo, gps;
  zeroth.text(0x010F, exif.make);
  zeroth.text(0x0110, exif.model);
  zeroth.number(0x0112, kShort, static_cast<std::uint32_t>(exif.orientation));
  photo.add(0x9000, kUndefined, 4, "0232");  // ExifVersion
  photo.text(0x9003, exif.date_time);
  photo.text(0xA434, exif.lens);
  if (exif.exposure_seconds) photo.rational(0x829A, *exif.exposure_seconds);
  if (exif.f_number) photo.rational(0x829D, *exif.f_number);
  if (exif.iso) photo.number(0x8827, kShort, static_cast<std::uint32_t>(std::lround(*exif.iso)));
  if (exif.focal_mm) photo.rational(0x920A, *exif.focal_mm);
  if (exif.focal_35mm) photo.number(0xA405, kShort, static_cast<std::uint32_t>(std::lround(*exif.focal_35mm)));
  if (exif.gps) gps = gps_directory(*exif.gps);
  // IFD0 still gains the pointers to the other two, an entry each.
  const std::size_t header = 8, pointer = 12, pointers = gps.empty() ? 1 : 2;
  const std::size_t photo_at = header + zeroth.bytes() + pointers * pointer, gps_at = photo_at + photo.bytes();
  zeroth.number(0x8769, kLong, static_cast<std::uint32_t>(photo_at));
  if (!gps.empty()) zeroth.number(0x8825, kLong, static_cast<std::uint32_t>(gps_at));
  std::string bytes("II\x2A\x00", 4);
  append(bytes, header, 4);
  bytes += zeroth.write(header) + photo.write(photo_at);
  if (!gps.empty()) bytes += gps.write(gps_at);
  return bytes;
}

}  // namespace

void write_exif(const fs::path& jpeg, const Exif& exif) {
  check(jpeg, exif);
  const std::string bytes = read_file(jpeg);
  const std::vector<JpegSegment> segments = jpeg_segments(bytes);
  if (segments.empty()) throw Error(jpeg.string(), "is not a JPEG", "EXIF is written into JPEG files only");
  const std::string_view signature("Exif\0\0", 6);
  std::string segment(signature);
  segment += tiff(exif);
  std::string out("\xFF\xD8", 2), rest;
  // JFIF wants its own segment first; EXIF follows it, everything else keeps its order.
  for (const JpegSegment& s : segments) {
    const std::string_view whole = std::string_view(bytes).substr(s.begin, s.end - s.begin);
    if (s.marker == 0xE1 && s.payload.starts_with(signature)) continue;
    (s.marker == 0xE0 && rest.empty() ? out : rest) += whole;
  }
  out += "\xFF\xE1";
  out.push_back(static_cast<char>((segment.size() + 2) >> 8));
  out.push_back(static_cast<char>((segment.size() + 2) & 0xFF));
  out += segment + rest;
  out += std::string_view(bytes).substr(segments.back().end);
  write_file_atomically(jpeg, out);
}

}  // namespace tessera::scene
