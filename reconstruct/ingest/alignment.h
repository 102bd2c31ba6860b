#pragma once

#include <optional>
#include <string>
#include <vector>

#include <glm/vec3.hpp>

#include "scene/camera.h"
#include "scene/exif.h"

namespace tessera::reconstruct {

/// A reconstruction in its own units and axes. Row-aligned: gps[i] is where camera i says that it was.
struct AlignmentInput {
  std::vector<scene::Rigid> cam_from_world;
  std::vector<std::optional<scene::Gps>> gps;
  std::vector<glm::dvec3> points;
};

struct Alignment {
  enum class Kind { none, level, gps };
  Kind kind = Kind::none;
  scene::Similarity aligned_from_world;
  /// kind gps: aligned = east, north, up in metres about this position (mean of the positions that were used).
  scene::Gps origin;
  std::string up_from;      // what fixed the vertical: "GPS", or as UpGuess::from
  std::string gps_refused;  // why there are positions but they were not used; empty otherwise
  std::size_t gps_used = 0;
  std::vector<std::size_t> gps_outliers;  // cameras whose position contradicts the others'
  double rms_horizontal = -1,
         rms_vertical = -1;        // metres, over the positions used; vertical negative without altitudes
  double tilt_sigma_degrees = -1;  // standard error of the vertical
  double scale_sigma = -1;         // relative standard error of the scale
};
const char* name(Alignment::Kind kind);  // "none", "level", "gps"

/// The similarity that brings the camera centres to their GPS positions: least squares over the inliers of a
/// least-median-of-squares search (Rousseeuw 1984), altitudes weighted a third of horizontal positions, with a weak
/// pull (sigma 10 degrees) of the cameras' own idea of up that settles what a single flight line leaves open. Empty
/// alignment with `gps_refused` where the positions do not fix the scale to 10 % or fewer than three agree.
Alignment align_to_gps(const AlignmentInput& input);

/// Turned so that up is +z; scale and origin as they are.
Alignment align_level(const AlignmentInput& input);

/// `mode`: auto (GPS where it can be used, level otherwise), gps (throws scene::Error where it cannot be used), level,
/// off.
Alignment align(const AlignmentInput& input, const std::string& mode);

}  // namespace tessera::reconstruct
