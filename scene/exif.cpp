#include "scene/exif.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <fstream>
#include <memory>

#include <libexif/exif-data.h>

#include "scene/image_header.h"

namespace tessera::scene {
namespace fs = std::filesystem;

namespace {

constexpr std::string_view kExifSignature("Exif\0\0", 6);

/// The EXIF segment of a JPEG; empty where there is none. Segments are at most 64 KB, and the EXIF one is among the
/// first.
std::string exif_segment(const fs::path& photo) {
  constexpr std::size_t kHead = 512 << 10;
  std::string head(kHead, '\0');
  std::ifstream stream(photo, std::ios::binary);
  stream.read(head.data(), kHead);
  head.resize(static_cast<std::size_t>(std::max<std::streamsize>(stream.gcount(), 0)));
  for (const JpegSegment& segment : jpeg_segments(head))
    if (segment.marker == 0xE1 && segment.payload.starts_with(kExifSignature)) return std::string(segment.payload);
  return {};
}

/// Values out of libexif's entries, each checked against the entry's own format and size.
class Reader {
 public:
  explicit Reader(const std::string& segment) : data_(exif_data_new(), exif_data_unref) {
    if (!data_) return;
    // As it stands in the file: libexif would otherwise add the tags that it misses.
    exif_data_unset_option(data_.get(), EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
    exif_data_load_data(data_.get(), reinterpret_cast<const unsigned char*>(segment.data()),
                        static_cast<unsigned>(segment.size()));
  }

  std::string text(ExifIfd ifd, int tag) const {
    const ExifEntry* entry = find(ifd, tag);
    if (!entry || entry->format != EXIF_FORMAT_ASCII) return {};
    std::string value(reinterpret_cast<const char*>(entry->data), entry->size);
    value.resize(std::min(value.find('\0'), value.size()));
    // Cameras pad with spaces; anything else that does not print is damage.
    std::erase_if(value, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
    while (!value.empty() && value.back() == ' ') value.pop_back();
    return value;
  }

  std::optional<double> number(ExifIfd ifd, int tag, unsigned index = 0) const {
    const ExifEntry* entry = find(ifd, tag);
    if (!entry) return std::nullopt;
    const unsigned width = exif_format_get_size(entry->format);
    if (width == 0 || (index + 1) * width > entry->size) return std::nullopt;
    const unsigned char* at = entry->data + index * width;
    const ExifByteOrder order = exif_data_get_byte_order(data_.get());
    switch (entry->format) {
      case EXIF_FORMAT_BYTE:
        return *at;
      case EXIF_FORMAT_SHORT:
        return exif_get_short(at, order);
      case EXIF_FORMAT_LONG:
        return exif_get_long(at, order);
      case EXIF_FORMAT_RATIONAL: {
        const ExifRational r = exif_get_rational(at, order);
        if (r.denominator == 0) return std::nullopt;
        return static_cast<double>(r.numerator) / r.denominator;
      }
      case EXIF_FORMAT_SRATIONAL: {
        const ExifSRational r = exif_get_srational(at, order);
        if (r.denominator == 0) return std::nullopt;
        return static_cast<double>(r.numerator) / r.denominator;
      }
      default:
        return std::nullopt;
    }
  }

  std::optional<double> positive(ExifIfd ifd, int tag) const {
    const std::optional<double> value = number(ifd, tag);
    return value && *value > 0 ? value : std::nullopt;
  }

  /// Degrees, minutes and seconds, signed by the letter of the reference tag (which comes just before).
  std::optional<double> angle(int tag, char positive_letter, char negative_letter, double limit) const {
    const std::string reference = text(EXIF_IFD_GPS, tag - 1);
    const auto degrees = number(EXIF_IFD_GPS, tag, 0), minutes = number(EXIF_IFD_GPS, tag, 1),
               seconds = number(EXIF_IFD_GPS, tag, 2);
    if (!degrees || reference.empty()) return std::nullopt;
    const char letter = static_cast<char>(std::toupper(static_cast<unsigned char>(reference[0])));
    if (letter != positive_letter && letter != negative_letter) return std::nullopt;
    const double value = *degrees + minutes.value_or(0) / 60 + seconds.value_or(0) / 3600;
    if (!(value >= 0 && value <= limit)) return std::nullopt;
    return letter == positive_letter ? value : -value;
  }

 private:
  const ExifEntry* find(ExifIfd ifd, int tag) const {
    if (!data_ || !data_->ifd[ifd]) return nullptr;
    const ExifEntry* entry = exif_content_get_entry(data_->ifd[ifd], static_cast<ExifTag>(tag));
    return entry && entry->data ? entry : nullptr;
  }
  std::unique_ptr<ExifData, void (*)(ExifData*)> data_;
};

/// "YYYY:MM:DD hh:mm:ss" with a year that is not zero (cameras without a set clock write zeros).
bool is_date_time(const std::string& text) {
  constexpr std::string_view kForm = "0000:00:00 00:00:00";
  if (text.size() != kForm.size()) return false;
  for (std::size_t i = 0; i < kForm.size(); ++i)
    if (kForm[i] == '0' ? !std::isdigit(static_cast<unsigned char>(text[i])) : text[i] != kForm[i]) return false;
  return !text.starts_with("0000");
}

std::optional<Gps> read_gps(const Reader& reader) {
  const auto latitude = reader.angle(EXIF_TAG_GPS_LATITUDE, 'N', 'S', 90);
  const auto longitude = reader.angle(EXIF_TAG_GPS_LONGITUDE, 'E', 'W', 180);
  if (!latitude || !longitude || (*latitude == 0 && *longitude == 0)) return std::nullopt;
  Gps gps{*latitude, *longitude, 0, false};
  // Deeper than any mine, higher than any aircraft: what lies outside is a sensor that failed.
  constexpr double kLowest = -12e3, kHighest = 100e3;
  if (const auto altitude = reader.number(EXIF_IFD_GPS, EXIF_TAG_GPS_ALTITUDE)) {
    const double sign = reader.number(EXIF_IFD_GPS, EXIF_TAG_GPS_ALTITUDE_REF).value_or(0) == 1 ? -1 : 1;
    gps.has_altitude = sign * *altitude > kLowest && sign * *altitude < kHighest;
    if (gps.has_altitude) gps.altitude = sign * *altitude;
  }
  return gps;
}

}  // namespace

Exif read_exif(const fs::path& photo) {
  const std::string segment = exif_segment(photo);
  Exif exif;
  if (segment.empty()) return exif;
  const Reader reader(segment);
  exif.make = reader.text(EXIF_IFD_0, EXIF_TAG_MAKE);
  exif.model = reader.text(EXIF_IFD_0, EXIF_TAG_MODEL);
  exif.lens = reader.text(EXIF_IFD_EXIF, EXIF_TAG_LENS_MODEL);
  exif.focal_mm = reader.positive(EXIF_IFD_EXIF, EXIF_TAG_FOCAL_LENGTH);
  exif.focal_35mm = reader.positive(EXIF_IFD_EXIF, EXIF_TAG_FOCAL_LENGTH_IN_35MM_FILM);
  exif.exposure_seconds = reader.positive(EXIF_IFD_EXIF, EXIF_TAG_EXPOSURE_TIME);
  exif.f_number = reader.positive(EXIF_IFD_EXIF, EXIF_TAG_FNUMBER);
  exif.iso = reader.positive(EXIF_IFD_EXIF, EXIF_TAG_ISO_SPEED_RATINGS);
  exif.gps = read_gps(reader);
  if (const auto orientation = reader.number(EXIF_IFD_0, EXIF_TAG_ORIENTATION);
      orientation && *orientation >= 1 && *orientation <= 8)
    exif.orientation = static_cast<int>(*orientation);
  for (const auto& [ifd, tag] :
       {std::pair{EXIF_IFD_EXIF, EXIF_TAG_DATE_TIME_ORIGINAL}, std::pair{EXIF_IFD_0, EXIF_TAG_DATE_TIME}})
    if (exif.date_time.empty())
      if (const std::string text = reader.text(ifd, tag); is_date_time(text)) exif.date_time = text;
  return exif;
}

std::optional<double> Exif::exposure_value() const {
  if (!exposure_seconds || !f_number || !iso) return std::nullopt;
  return std::log2(*exposure_seconds * *iso / 100 / (*f_number * *f_number));
}

std::optional<double> focal_pixels(const Exif& exif, int width, int height) {
  if (!exif.focal_35mm) return std::nullopt;
  return *exif.focal_35mm * std::hypot(width, height) / std::hypot(36.0, 24.0);
}

}  // namespace tessera::scene
