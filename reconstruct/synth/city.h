#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "scene/options_table.h"
#include "scene/progress.h"

namespace tessera::reconstruct {

/// The synthetic city: the licence-free sample of the product and the yardstick of large-scene claims.
struct CityOptions {
  int blocks = 1;  // built-up blocks of about 60 x 60 m, laid out as square as possible
  int views = 48;  // photos, nadir and oblique flight lines of a survey drone
  int seed = 0;
  int width = 640, height = 480;
  int points = 0;              // sparse points; 0: 6000 a block
  double point_noise = 0.02;   // standard deviation in metres
  double exposure_jitter = 0;  // standard deviation of the per-image exposure change in stops
  bool gps = true;             // GPS in EXIF (with `gps_noise` metres)
  double gps_noise = 0;
  int samples = 4;           // rays per pixel side / 2: anti-aliasing
  bool ground_truth = true;  // depth/, normals/, mesh
};
const scene::OptionsTable<CityOptions>& city_options_table();

/// Writes a dataset folder: images/NAME.jpg (EXIF), sparse/0 (COLMAP binary; exact poses, noisy points with tracks;
/// world = ENU metres), and with ground_truth depth/NAME.png (16 bit, depth_scale in city.json), normals/NAME.png,
/// mesh.ply, city.json (what was built). Same options and seed give the same bytes on any number of threads. `out` must
/// not exist or be empty. Throws scene::Error, scene::Cancelled.
void write_city(const std::filesystem::path& out, const CityOptions& options, const scene::JobContext& job);

}  // namespace tessera::reconstruct
