#pragma once

#include <cstdint>

#include <glm/mat3x3.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include "reconstruct/synth/mesh.h"

namespace tessera::reconstruct::synth {

/// Adds shapes to a mesh in a frame that can be moved: mesh = turn about z by `angle`, then shift by `origin`.
class MeshBuilder {
 public:
  explicit MeshBuilder(Mesh& mesh) : mesh_(mesh) {}
  void set_frame(const glm::vec3& origin, float angle);
  glm::vec3 to_mesh(const glm::vec3& local) const { return turn_ * local + origin_; }

  /// Planar, corners counter-clockwise from outside. uv in metres from `uv0` at a: along ab and square to it.
  void quad(const glm::vec3& a, const glm::vec3& b, const glm::vec3& c, const glm::vec3& d, std::uint32_t surface,
            glm::vec2 uv0 = {0, 0});
  /// The same with uv from (0, 0) at a to (1, 1) at c.
  void unit_quad(const glm::vec3& a, const glm::vec3& b, const glm::vec3& c, const glm::vec3& d, std::uint32_t surface);
  /// uv in metres along ab and perpendicular to it.
  void triangle(const glm::vec3& a, const glm::vec3& b, const glm::vec3& c, std::uint32_t surface);
  /// Axis-aligned in the frame. `top` may have another surface. The underside is left out where `bottom` is false.
  void box(const glm::vec3& low, const glm::vec3& high, std::uint32_t sides, std::uint32_t top, bool bottom = false);
  /// Tapered tube from a to b with smooth normals; `cap` closes the end at b.
  void tube(const glm::vec3& a, const glm::vec3& b, float radius_a, float radius_b, int sides, std::uint32_t surface,
            bool cap);
  /// Ellipsoid with smooth normals, `rings` from pole to pole.
  void ellipsoid(const glm::vec3& centre, const glm::vec3& radii, int rings, int sides, std::uint32_t surface);

  Mesh& mesh() { return mesh_; }

 private:
  std::uint32_t vertex(const glm::vec3& local, const glm::vec3& normal, glm::vec2 uv);
  Mesh& mesh_;
  glm::mat3 turn_{1.0f};
  glm::vec3 origin_{0};
};

}  // namespace tessera::reconstruct::synth
