#include "reconstruct/synth/mesh_builder.h"

#include <cmath>
#include <numbers>

#include <glm/geometric.hpp>

namespace tessera::reconstruct::synth {

namespace {
constexpr float kPi = std::numbers::pi_v<float>;
}

void MeshBuilder::set_frame(const glm::vec3& origin, float angle) {
  const float c = std::cos(angle), s = std::sin(angle);
  turn_ = glm::mat3(glm::vec3(c, s, 0), glm::vec3(-s, c, 0), glm::vec3(0, 0, 1));
  origin_ = origin;
}

std::uint32_t MeshBuilder::vertex(const glm::vec3& local, const glm::vec3& normal, glm::vec2 uv) {
  mesh_.vertices.push_back({to_mesh(local), turn_ * normal, uv});
  return static_cast<std::uint32_t>(mesh_.vertices.size() - 1);
}

void MeshBuilder::quad(const glm::vec3& a, const glm::vec3& b, const glm::vec3& c, const glm::vec3& d,
                       std::uint32_t surface, glm::vec2 uv0) {
  const glm::vec3 x = glm::normalize(b - a), y = glm::normalize((d - a) - glm::dot(d - a, x) * x);
  const auto at = [&](const glm::vec3& p) {
    return vertex(p, glm::vec3(0), uv0 + glm::vec2(glm::dot(p - a, x), glm::dot(p - a, y)));
  };
  const std::uint32_t ia = at(a), ib = at(b), ic = at(c), id = at(d);
  mesh_.triangles.push_back({ia, ib, ic, surface});
  mesh_.triangles.push_back({ia, ic, id, surface});
}

void MeshBuilder::unit_quad(const glm::vec3& a, const glm::vec3& b, const glm::vec3& c, const glm::vec3& d,
                            std::uint32_t surface) {
  const glm::vec3 none(0);
  const std::uint32_t ia = vertex(a, none, {0, 0}), ib = vertex(b, none, {1, 0});
  const std::uint32_t ic = vertex(c, none, {1, 1}), id = vertex(d, none, {0, 1});
  mesh_.triangles.push_back({ia, ib, ic, surface});
  mesh_.triangles.push_back({ia, ic, id, surface});
}

void MeshBuilder::triangle(const glm::vec3& a, const glm::vec3& b, const glm::vec3& c, std::uint32_t surface) {
  const glm::vec3 along = glm::normalize(b - a), ac = c - a;
  const float u = glm::dot(ac, along), v = glm::length(ac - u * along);
  const glm::vec3 none(0);
  const std::uint32_t ia = vertex(a, none, {0, 0}), ib = vertex(b, none, {glm::length(b - a), 0}),
                      ic = vertex(c, none, {u, v});
  mesh_.triangles.push_back({ia, ib, ic, surface});
}

void MeshBuilder::box(const glm::vec3& low, const glm::vec3& high, std::uint32_t sides, std::uint32_t top,
                      bool bottom) {
  const auto p = [&](int x, int y, int z) {
    return glm::vec3(x ? high.x : low.x, y ? high.y : low.y, z ? high.z : low.z);
  };
  quad(p(0, 0, 0), p(1, 0, 0), p(1, 0, 1), p(0, 0, 1), sides);
  quad(p(1, 0, 0), p(1, 1, 0), p(1, 1, 1), p(1, 0, 1), sides);
  quad(p(1, 1, 0), p(0, 1, 0), p(0, 1, 1), p(1, 1, 1), sides);
  quad(p(0, 1, 0), p(0, 0, 0), p(0, 0, 1), p(0, 1, 1), sides);
  quad(p(0, 0, 1), p(1, 0, 1), p(1, 1, 1), p(0, 1, 1), top);
  if (bottom) quad(p(0, 1, 0), p(1, 1, 0), p(1, 0, 0), p(0, 0, 0), sides);
}

void MeshBuilder::tube(const glm::vec3& a, const glm::vec3& b, float radius_a, float radius_b, int sides,
                       std::uint32_t surface, bool cap) {
  const glm::vec3 axis = glm::normalize(b - a);
  const glm::vec3 helper = std::abs(axis.z) < 0.9f ? glm::vec3(0, 0, 1) : glm::vec3(1, 0, 0);
  const glm::vec3 x = glm::normalize(glm::cross(helper, axis)), y = glm::cross(axis, x);
  const float length = glm::length(b - a);
  std::uint32_t first = 0;
  for (int i = 0; i <= sides; ++i) {
    const float angle = 2.0f * kPi * static_cast<float>(i) / static_cast<float>(sides);
    const glm::vec3 n = std::cos(angle) * x + std::sin(angle) * y;
    const float around = angle * radius_a;
    const std::uint32_t low = vertex(a + radius_a * n, n, {around, 0});
    vertex(b + radius_b * n, n, {around, length});
    if (i == 0) first = low;
    if (i == sides) break;
    mesh_.triangles.push_back({low, low + 2, low + 3, surface});
    mesh_.triangles.push_back({low, low + 3, low + 1, surface});
  }
  if (!cap) return;
  const std::uint32_t ring = static_cast<std::uint32_t>(mesh_.vertices.size());
  for (int i = 0; i < sides; ++i) {
    const Vertex& rim = mesh_.vertices[first + 2 * static_cast<std::uint32_t>(i) + 1];
    mesh_.vertices.push_back({rim.position, glm::vec3(0), rim.uv});
  }
  for (int i = 1; i + 1 < sides; ++i)
    mesh_.triangles.push_back(
        {ring, ring + static_cast<std::uint32_t>(i), ring + static_cast<std::uint32_t>(i) + 1, surface});
}

void MeshBuilder::ellipsoid(const glm::vec3& centre, const glm::vec3& radii, int rings, int sides,
                            std::uint32_t surface) {
  const auto first = static_cast<std::uint32_t>(mesh_.vertices.size());
  for (int r = 0; r <= rings; ++r) {
    const float latitude = kPi * static_cast<float>(r) / static_cast<float>(rings);
    for (int s = 0; s <= sides; ++s) {
      const float longitude = 2.0f * kPi * static_cast<float>(s) / static_cast<float>(sides);
      const glm::vec3 n(std::sin(latitude) * std::cos(longitude), std::sin(latitude) * std::sin(longitude),
                        std::cos(latitude));
      vertex(centre + radii * n, glm::normalize(n / radii), {longitude, latitude});
    }
  }
  const auto row = static_cast<std::uint32_t>(sides + 1);
  for (int r = 0; r < rings; ++r)
    for (int s = 0; s < sides; ++s) {
      const std::uint32_t i = first + static_cast<std::uint32_t>(r) * row + static_cast<std::uint32_t>(s);
      if (r > 0) mesh_.triangles.push_back({i, i + row, i + 1, surface});
      if (r + 1 < rings) mesh_.triangles.push_back({i + 1, i + row, i + row + 1, surface});
    }
}

}  // namespace tessera::reconstruct::synth
