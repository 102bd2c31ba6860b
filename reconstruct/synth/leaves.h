#pragma once

#include "reconstruct/synth/city_mesh.h"
#include "reconstruct/synth/noise.h"

namespace tessera::reconstruct::synth {

/// Uniform on the unit sphere.
glm::vec3 on_sphere(Draw& draw);

/// A bent rhombus of about `size` metres that faces roughly along `facing`. Its shading normal is `shading`, that of
/// the crown there, which makes a crown round instead of glittering. uv.x numbers the leaf.
void add_leaf(Workshop& shop, Draw& draw, const glm::vec3& at, const glm::vec3& facing, const glm::vec3& shading,
              float size, std::uint32_t surface);

}  // namespace tessera::reconstruct::synth
