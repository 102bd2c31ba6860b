#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace tessera::scene {

/// WGS84, degrees and metres.
struct Gps {
  double latitude = 0, longitude = 0, altitude = 0;
  bool has_altitude = false;
};

/// What a photo says of itself. Absent or nonsensical fields (zero denominators, latitudes past 90) stay empty.
struct Exif {
  std::string make, model, lens;
  std::optional<double> focal_mm, focal_35mm;  // focal length, and its 35 mm equivalent
  std::optional<double> exposure_seconds, f_number, iso;
  std::optional<Gps> gps;
  int orientation = 1;    // 1..8 as in the standard
  std::string date_time;  // "YYYY:MM:DD hh:mm:ss"

  /// log2 of the light gathered relative to f/1, 1 s, ISO 100, where all three are known.
  std::optional<double> exposure_value() const;
};

/// Never throws on a damaged EXIF block: what cannot be read is absent.
Exif read_exif(const std::filesystem::path& photo);
/// Adds an EXIF block with these fields to an existing JPEG, atomically. Throws scene::Error.
void write_exif(const std::filesystem::path& jpeg, const Exif& exif);

/// 1-based EXIF focal length in pixels for a picture of this size: from focal_35mm (36 x 24 mm frame, by the diagonal).
std::optional<double> focal_pixels(const Exif& exif, int width, int height);

}  // namespace tessera::scene
