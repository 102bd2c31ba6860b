#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "scene/camera.h"
#include "scene/dataset.h"

namespace tessera::scene {

/// A camera that moves: keyframes in the scene frame, interpolated by a centripetal Catmull-Rom spline in position and
/// spherical interpolation in rotation.
struct CameraPath {
  struct Key {
    double seconds = 0;
    Rigid cam_from_world;    // "world" = the frame the path was made in
    double focal_scale = 1;  // multiplies the focal length of the camera it is shot with
  };
  std::vector<Key> keys;  // at least one; times ascending
  double duration() const { return keys.empty() ? 0 : keys.back().seconds; }
  /// Pose at a time; clamped to the ends.
  Key at(double seconds) const;
};

/// Once around the centre of what the cameras look at, at their own typical distance and elevation.
CameraPath orbit_path(const Dataset& dataset, double seconds);
/// Along the cameras' own positions, smoothed, in an order that makes a short tour, looking where they look.
CameraPath flythrough_path(const Dataset& dataset, double seconds);

/// {"keys": [{"seconds": s, "position": [x, y, z], "look_at": [x, y, z], "focal_scale": 1}]} in world coordinates (the
/// dataset's own); a key may give "rotation": [w, x, y, z] (world_from_cam) in place of look_at. Throws scene::Error
/// naming the file, the key and the field.
CameraPath read_camera_path(const std::filesystem::path& file, const Similarity& scene_from_world);

/// The same text as a file holds; errors name `subject`.
CameraPath parse_camera_path(std::string_view json, const std::string& subject, const Similarity& scene_from_world);
/// What read_camera_path reads: poses as rotations, in world coordinates.
std::string camera_path_json(const CameraPath& path, const Similarity& scene_from_world);
/// The same as a file, atomically. Throws scene::Error.
void write_camera_path(const CameraPath& path, const std::filesystem::path& file, const Similarity& scene_from_world);

/// Pose at `position` that looks at `target` with +z up in the picture's vertical.
Rigid look_at(const glm::dvec3& position, const glm::dvec3& target, const glm::dvec3& up = {0, 0, 1});

}  // namespace tessera::scene
