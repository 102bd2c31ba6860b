#pragma once

#include <optional>

#include <glm/vec3.hpp>

#include "scene/camera.h"

namespace tessera::reconstruct {

/// Pixel (x, y) and camera z of a point in the scene frame; nothing where it lies behind the camera or beside its
/// picture.
inline std::optional<glm::dvec3> project(const scene::Camera& camera, const glm::dvec3& point) {
  const glm::dvec3 p = camera.cam_from_world(point);
  const scene::Pinhole& k = camera.intrinsics;
  if (!(p.z > 0)) return std::nullopt;
  const double x = k.fx * p.x / p.z + k.cx, y = k.fy * p.y / p.z + k.cy;
  if (!(x >= 0 && y >= 0 && x < k.width && y < k.height)) return std::nullopt;
  return glm::dvec3(x, y, p.z);
}

/// The point of the scene frame that pixel (x, y) shows at camera depth z.
inline glm::dvec3 unproject(const scene::Camera& camera, double x, double y, double z) {
  const scene::Pinhole& k = camera.intrinsics;
  return camera.cam_from_world.inverse()({(x - k.cx) / k.fx * z, (y - k.cy) / k.fy * z, z});
}

}  // namespace tessera::reconstruct
