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

/// What a photo says of itself. Absent or nonsensical fields (zero denominators, latitudes past 90, a position of
/// exactly 0, 0, which cameras write that have no fix) stay empty.
struct Exif {
  std::string make, model, lens;
  std::optional<double> focal_mm, focal_35mm;  // focal length, and its 35 mm equivalent
  std::optional<double> exposure_seconds, f_number, iso;
  std::optional<Gps> gps;
  int orientation = 1;    // 1..8 as in the standard
  std::string date_time;  // "YYYY:MM:DD hh:mm:ss"

  /// log2 of the sensor's response relative to f/1, 1 s, ISO 100, where all three are known: log2(t * ISO / 100 / N^2).
  /// Twice the value in the picture is one more.
  std::optional<double> exposure_value() const;
};

/// Of a JPEG. Never throws on a damaged EXIF block or file: what cannot be read is absent.
Exif read_exif(const std::filesystem::path& photo);
/// Puts an EXIF block with these fields into an existing JPEG in place of the one it has, atomically; the picture's own
/// data stay as they are. The format keeps focal_35mm and iso as whole numbers and angles to 1e-7 seconds of arc.
/// Throws scene::Error: not a JPEG, a value that EXIF cannot hold (negative, not finite, a latitude past 90).
void write_exif(const std::filesystem::path& jpeg, const Exif& exif);

/// Focal length in pixels for a picture of this size: from focal_35mm (36 x 24 mm frame, by the diagonal).
std::optional<double> focal_pixels(const Exif& exif, int width, int height);

}  // namespace tessera::scene
