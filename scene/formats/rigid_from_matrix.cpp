#include "scene/formats/rigid_from_matrix.h"

#include <cmath>
#include <glm/matrix.hpp>

namespace tessera::scene {

const char* rigid_from_opengl(const glm::dmat3& axes, const glm::dvec3& center, Rigid& cam_from_world) {
  constexpr double kTolerance = 1e-2;
  const double scale = std::cbrt(glm::determinant(axes));
  if (scale < 0) return "mirrors (its determinant is negative)";
  if (!std::isfinite(scale) || scale < 1e-12) return "is singular";
  glm::dmat3 r = axes / scale;
  const glm::dmat3 off = glm::transpose(r) * r - glm::dmat3(1);
  for (int c = 0; c < 3; ++c)
    for (int i = 0; i < 3; ++i)
      if (!(std::abs(off[c][i]) <= kTolerance))
        return "is not a rotation times one scale (its axes are skewed or of different length)";
  // Newton's iteration for the polar factor (Higham 1986); quadratic, so from 1e-2 four steps reach rounding.
  for (int step = 0; step < 6; ++step) r = 0.5 * (r + glm::transpose(glm::inverse(r)));
  const glm::dmat3 world_from_cam(r[0], -r[1], -r[2]);  // y down, z forward
  const Rigid pose{glm::normalize(glm::quat_cast(world_from_cam)), center};
  cam_from_world = pose.inverse();
  for (int i = 0; i < 3; ++i)
    if (!std::isfinite(cam_from_world.translation[i])) return "has a translation that is out of range";
  return nullptr;
}

}  // namespace tessera::scene
