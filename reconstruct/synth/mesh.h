#pragma once

#include <cstdint>
#include <vector>

#include <glm/mat3x3.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

namespace tessera::reconstruct::synth {

struct Vertex {
  glm::vec3 position{0};
  glm::vec3 normal{0};  // shading normal; zero: the triangle's own
  glm::vec2 uv{0};      // metres or shares, as the surface's material says
};
struct Triangle {
  std::uint32_t a = 0, b = 0, c = 0;  // counter-clockwise from outside
  std::uint32_t surface = 0;          // row of the city's table of surfaces
};
/// Triangles in local coordinates, metres, z up.
struct Mesh {
  std::vector<Vertex> vertices;
  std::vector<Triangle> triangles;
};

/// A mesh placed in the world: world = linear * local + translation. `linear` is a rotation times a positive scale.
struct Instance {
  std::uint32_t mesh = 0;
  glm::mat3 linear{1.0f};
  glm::vec3 translation{0};
  glm::vec3 tint{1};       // colour of surfaces that take it (paint, leaves)
  std::uint32_t seed = 0;  // variation of the textures
};

}  // namespace tessera::reconstruct::synth
