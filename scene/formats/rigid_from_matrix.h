#pragma once

#include <glm/mat3x3.hpp>
#include <glm/vec3.hpp>

#include "scene/camera.h"

namespace tessera::scene {

/// The pose behind a camera-to-world matrix of OpenGL's convention (x right, y up, z back): `axes` has the camera's
/// axes as columns, `center` is its position. `axes` must be a rotation times a positive scale, at most 1e-2 off in any
/// entry of R^T R; the nearest rotation (polar decomposition) is taken and the scale dropped. Returns null, or what is
/// wrong with `axes`.
const char* rigid_from_opengl(const glm::dmat3& axes, const glm::dvec3& center, Rigid& cam_from_world);

}  // namespace tessera::scene
