#pragma once

#include <optional>
#include <string>
#include <vector>

#include <glm/vec3.hpp>

#include "scene/camera.h"

namespace tessera::reconstruct {

/// A direction that is probably up, in the coordinates of the poses.
struct UpGuess {
  glm::dvec3 up{0, 0, 1};
  std::string from;  // "ground plane", "view axes", "camera tilt", "camera up"
};

/// Length of the mean of the cameras' view axes: 1 where all look the same way.
double view_coherence(const std::vector<scene::Rigid>& cam_from_world, glm::dvec3* mean_axis = nullptr);

/// Up for cameras that all look about straight down: against their mean view axis.
UpGuess up_from_view_axes(const std::vector<scene::Rigid>& cam_from_world);
/// Up for cameras held upright: the direction that is most nearly perpendicular to all their x axes (no roll), on the
/// side of their mean image top; where the x axes do not span a plane, that mean itself.
UpGuess up_from_camera_tilt(const std::vector<scene::Rigid>& cam_from_world);

struct Plane {
  glm::dvec3 normal{0, 0, 1};
  double offset = 0;  // dot(normal, x) = offset
  double inlier_share = 0;
};
/// The plane near which most points lie (RANSAC with 500 draws, then least squares), within 2 % of the points' median
/// distance from their centre. Its normal points to the side of `cameras`. Empty below 10 points.
std::optional<Plane> dominant_plane(const std::vector<glm::dvec3>& points, const glm::dvec3& cameras);

/// The best guess from pictures alone. Cameras that look the same way with varying heading look down (a facade is not
/// photographed with the camera turned about); the ground plane then refines their mean axis where most points agree
/// with it.
UpGuess guess_up(const std::vector<scene::Rigid>& cam_from_world, const std::vector<glm::dvec3>& points);

}  // namespace tessera::reconstruct
