#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <glm/gtc/quaternion.hpp>
#include <glm/mat3x3.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

namespace tessera::scene {

/// b = rotation * a + translation. Read `cam_from_world` as "camera coordinates from world coordinates".
struct Rigid {
  glm::dquat rotation{1, 0, 0, 0};  // w, x, y, z; unit length
  glm::dvec3 translation{0};
  glm::dvec3 operator()(const glm::dvec3& a) const { return rotation * a + translation; }
  Rigid inverse() const {
    const glm::dquat r = glm::conjugate(rotation);
    return {r, -(r * translation)};
  }
};

/// b = scale * rotation * a + translation.
struct Similarity {
  double scale = 1;
  glm::dquat rotation{1, 0, 0, 0};
  glm::dvec3 translation{0};
  glm::dvec3 operator()(const glm::dvec3& a) const { return scale * (rotation * a) + translation; }
  Similarity inverse() const;
};
/// c_from_a = compose(c_from_b, b_from_a).
Similarity compose(const Similarity& c_from_b, const Similarity& b_from_a);
/// Pose of the camera after the world was mapped: cam_from_new with the camera's own units scaled alike
/// (points at depth z before lie at scale * z after).
Rigid transform_pose(const Rigid& cam_from_old, const Similarity& new_from_old);

/// COLMAP's camera models, with COLMAP's ids and parameter order.
enum class CameraModel : int {
  simple_pinhole = 0,  // f, cx, cy
  pinhole = 1,         // fx, fy, cx, cy
  simple_radial = 2,   // f, cx, cy, k1
  radial = 3,          // f, cx, cy, k1, k2
  opencv = 4,          // fx, fy, cx, cy, k1, k2, p1, p2
  opencv_fisheye = 5,  // fx, fy, cx, cy, k1, k2, k3, k4
};
int parameter_count(CameraModel model);
const char* model_name(CameraModel model);                      // "PINHOLE", ...
bool parse_model_name(std::string_view name, CameraModel& out);  // false: unknown

/// Pixels; the centre of the top-left pixel is at (0.5, 0.5).
struct Pinhole {
  int width = 0, height = 0;
  double fx = 0, fy = 0, cx = 0, cy = 0;
  /// The same view sampled at another size (both axes scaled by new/old).
  Pinhole resized(int new_width, int new_height) const;
};

/// Intrinsics as a file states them, distortion and all.
struct SensorModel {
  CameraModel model = CameraModel::pinhole;
  int width = 0, height = 0;
  std::vector<double> parameters;  // parameter_count(model) of them

  bool distorted() const;  // some distortion coefficient is not zero
  /// fx, fy, cx, cy without the distortion.
  Pinhole pinhole() const;
  /// Pixel of the point (x, y, 1) in camera coordinates, distortion included.
  glm::dvec2 project(const glm::dvec2& normalized) const;
  /// Inverse of project() by Newton's method; false where it does not converge, or only to a point beyond monotone_radius().
  bool unproject(const glm::dvec2& pixel, glm::dvec2& normalized) const;
  /// Largest |(x, y)| up to which the distorted radius grows with the true one. Beyond it project() folds back into the photo and
  /// means nothing. Infinity where it never folds.
  double monotone_radius() const;
  /// The same optics sampled at another size (x scaled by new_width / width, y by new_height / height). One focal length stays one:
  /// it takes the x scale, so the caller keeps the aspect.
  SensorModel resized(int new_width, int new_height) const;
  bool operator==(const SensorModel&) const = default;
};

/// What rendering needs: an undistorted pinhole camera with its pose. x right, y down, z forward.
struct Camera {
  Pinhole intrinsics;
  Rigid cam_from_world;
  glm::dvec3 center() const { return cam_from_world.inverse().translation; }
};

}  // namespace tessera::scene
