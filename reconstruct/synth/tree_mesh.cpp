#include <algorithm>
#include <cmath>
#include <numbers>

#include <glm/geometric.hpp>

#include "reconstruct/synth/city_mesh.h"
#include "reconstruct/synth/leaves.h"

namespace tessera::reconstruct::synth {

namespace {

using glm::vec2;
using glm::vec3;
constexpr float kTau = 2.0f * std::numbers::pi_v<float>;

}  // namespace

vec3 on_sphere(Draw& draw) {
  const float z = draw.uniform(-1, 1), a = draw.uniform(0, kTau), r = std::sqrt(std::max(0.0f, 1.0f - z * z));
  return {r * std::cos(a), r * std::sin(a), z};
}

void add_leaf(Workshop& shop, Draw& draw, const vec3& at, const vec3& facing, const vec3& shading, float size,
              std::uint32_t surface) {
  const vec3 n = glm::normalize(facing + 0.7f * on_sphere(draw));
  const vec3 helper = on_sphere(draw);
  const bool apart = std::abs(glm::dot(helper, n)) < 0.95f;
  const vec3 x = glm::normalize(glm::cross(apart ? helper : vec3(n.y, n.z, n.x), n)), y = glm::cross(n, x);
  const float length = size * draw.uniform(0.8f, 1.25f), width = 0.62f * length;
  const float number = draw.uniform();
  const vec3 up = glm::normalize(shading);
  const auto vertex = [&](const vec3& p) {
    shop.mesh.vertices.push_back({p, up, vec2(number, 0)});
    return static_cast<std::uint32_t>(shop.mesh.vertices.size() - 1);
  };
  const std::uint32_t a = vertex(at - 0.5f * length * y), b = vertex(at + 0.5f * width * x - 0.12f * length * n);
  const std::uint32_t c = vertex(at + 0.5f * length * y), e = vertex(at - 0.5f * width * x - 0.12f * length * n);
  shop.mesh.triangles.push_back({a, b, c, surface});
  shop.mesh.triangles.push_back({a, c, e, surface});
}

namespace {

/// Shape of a broad-leaved crown: blobs of leaves spread over an ellipsoid.
struct Crown {
  float middle;  // height of its centre, metres
  vec3 radii;    // of the ellipsoid that the blobs' centres stay in
  int blobs;
  float blob;   // radius of a blob
  int leaves;   // a blob
  float leaf;   // size of a leaf (in truth a twig of them)
  float trunk;  // radius of the trunk at the ground; 0: none
};

Crown crown_of(PropPlan::Kind kind, std::uint32_t variant) {
  using Kind = PropPlan::Kind;
  static constexpr int kDense = 125;
  if (kind == Kind::bush) return {0.55f, {0.55f, 0.55f, 0.25f}, 5, 0.5f, 75, 0.19f, 0};
  if (kind == Kind::slender)
    return variant == 0 ? Crown{6.6f, {0.75f, 0.75f, 3.9f}, 11, 0.95f, kDense, 0.32f, 0.19f}
                        : Crown{5.9f, {1.15f, 1.15f, 2.6f}, 11, 1.0f, 105, 0.30f, 0.15f};
  if (variant == 0) return {4.6f, {2.5f, 2.5f, 1.5f}, 15, 1.35f, kDense, 0.36f, 0.30f};
  if (variant == 1) return {4.9f, {1.75f, 1.75f, 2.0f}, 13, 1.35f, kDense, 0.36f, 0.24f};
  return {5.0f, {2.1f, 1.6f, 1.8f}, 12, 1.30f, kDense, 0.34f, 0.22f};
}

void add_conifer(Workshop& shop, Draw& draw, std::uint32_t leaves, std::uint32_t core, std::uint32_t bark) {
  shop.build.tube({0, 0, -0.3f}, {0, 0, 9.0f}, 0.22f, 0.05f, 6, bark, false);
  shop.build.tube({0, 0, 1.0f}, {0, 0, 8.6f}, 1.6f, 0.1f, 9, core, false);
  constexpr float kWhorl = 0.62f;  // metres between rings of branches
  for (int i = 0; i < 1700; ++i) {
    const float h = 1.0f - std::sqrt(draw.uniform()), a = draw.uniform(0, kTau);  // more below, where the cone is wide
    const float z = 0.7f + 8.5f * h;
    // Branches droop from each ring: the outline is a saw.
    const float tooth = z / kWhorl - std::floor(z / kWhorl);
    const float r = (2.15f * (1.0f - h) + 0.14f) * (1.0f - 0.28f * tooth) * draw.uniform(0.72f, 1.03f);
    const vec3 out(std::cos(a), std::sin(a), 0.45f);
    add_leaf(shop, draw, {r * out.x, r * out.y, z}, out, out, 0.40f, leaves);
  }
}

}  // namespace

void add_tree(Workshop& shop, PropPlan::Kind kind, std::uint32_t variant) {
  using Kind = PropPlan::Kind;
  Draw draw(shop.layout.seed, 0x2003, static_cast<std::uint64_t>(kind) * 16 + variant);
  const std::uint32_t leaves = shop.surface({Material::leaves, vec3(1)});
  const std::uint32_t core = shop.surface({Material::leaves, vec3(0.5f)});
  const bool birch = kind == Kind::slender && variant != 0;
  const vec3 bark_color = birch ? vec3(0.48f, 0.46f, 0.42f) : vec3(0.14f, 0.108f, 0.08f);
  const std::uint32_t bark = shop.surface({Material::bark, bark_color, vec3(0), draw.bits()});
  if (kind == Kind::conifer) return add_conifer(shop, draw, leaves, core, bark);

  const Crown crown = crown_of(kind, variant);
  const vec3 middle(0, 0, crown.middle);
  const float fork = 0.42f * crown.middle;
  if (crown.trunk > 0) {
    shop.build.tube({0, 0, -0.3f}, {0, 0, fork}, crown.trunk, 0.72f * crown.trunk, 8, bark, false);
    shop.build.tube({0, 0, fork}, middle, 0.72f * crown.trunk, 0.3f * crown.trunk, 7, bark, false);
  }
  for (int i = 0; i < crown.blobs; ++i) {
    const vec3 offset = i == 0 ? vec3(0) : on_sphere(draw) * std::cbrt(draw.uniform(0.3f, 1.0f));
    const vec3 centre = middle + crown.radii * offset;
    const float radius = crown.blob * draw.uniform(0.75f, 1.2f);
    if (crown.trunk > 0 && i % 3 == 1)
      shop.build.tube({0, 0, fork}, centre, 0.4f * crown.trunk, 0.12f * crown.trunk, 5, bark, false);
    shop.build.ellipsoid(centre, vec3(0.76f * radius), 5, 8, core);
    for (int k = 0; k < crown.leaves; ++k) {
      const vec3 n = on_sphere(draw);
      const vec3 at = centre + radius * draw.uniform(0.78f, 1.08f) * n;
      if (at.z < 0.04f) continue;
      const vec3 from_middle = glm::normalize((at - middle) / (crown.radii + crown.blob));
      add_leaf(shop, draw, at, n, 0.6f * n + 0.7f * from_middle + vec3(0, 0, 0.25f), crown.leaf, leaves);
    }
  }
}

}  // namespace tessera::reconstruct::synth
