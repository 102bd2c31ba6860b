#include <cmath>
#include <numbers>

#include <glm/geometric.hpp>

#include "reconstruct/synth/city_mesh.h"
#include "reconstruct/synth/noise.h"

namespace tessera::reconstruct::synth {

namespace {

using glm::vec2;
using glm::vec3;
constexpr float kTau = 2.0f * std::numbers::pi_v<float>;

vec3 on_sphere(Draw& draw) {
  const float z = draw.uniform(-1, 1), a = draw.uniform(0, kTau), r = std::sqrt(std::max(0.0f, 1.0f - z * z));
  return {r * std::cos(a), r * std::sin(a), z};
}

// A bent rhombus. Its shading normal is that of the crown there, which makes the crown round instead of glittering.
void leaf(Workshop& shop, Draw& draw, const vec3& at, const vec3& facing, const vec3& shading, float size,
          std::uint32_t surface) {
  const vec3 n = glm::normalize(facing + 0.7f * on_sphere(draw));
  const vec3 helper = on_sphere(draw);
  const vec3 x = glm::normalize(glm::cross(std::abs(glm::dot(helper, n)) < 0.95f ? helper : vec3(n.y, n.z, n.x), n)),
             y = glm::cross(n, x);
  const float length = size * draw.uniform(0.8f, 1.25f), width = 0.62f * length;
  const float shade = draw.uniform();
  const vec3 up = glm::normalize(shading);
  const auto vertex = [&](const vec3& p) {
    shop.mesh.vertices.push_back({p, up, vec2(shade, 0)});
    return static_cast<std::uint32_t>(shop.mesh.vertices.size() - 1);
  };
  const std::uint32_t a = vertex(at - 0.5f * length * y), b = vertex(at + 0.5f * width * x - 0.12f * length * n);
  const std::uint32_t c = vertex(at + 0.5f * length * y), e = vertex(at - 0.5f * width * x - 0.12f * length * n);
  shop.mesh.triangles.push_back({a, b, c, surface});
  shop.mesh.triangles.push_back({a, c, e, surface});
}

}  // namespace

void add_tree(Workshop& shop, PropPlan::Kind kind, std::uint32_t variant) {
  using Kind = PropPlan::Kind;
  Draw draw(shop.layout.seed, 0x2003, static_cast<std::uint64_t>(kind) * 16 + variant);
  const std::uint32_t leaves = shop.surface({Material::leaves, vec3(1)});
  const std::uint32_t core = shop.surface({Material::leaves, vec3(0.55f)});
  const std::uint32_t bark = shop.surface({Material::bark, vec3(0.13f, 0.10f, 0.075f), vec3(0), draw.bits()});
  if (kind == Kind::conifer) {
    shop.build.tube({0, 0, -0.3f}, {0, 0, 9.0f}, 0.22f, 0.05f, 6, bark, false);
    shop.build.tube({0, 0, 1.4f}, {0, 0, 8.6f}, 1.55f, 0.1f, 9, core, false);
    for (int i = 0; i < 1500; ++i) {
      const float h = 1.0f - std::sqrt(draw.uniform()),
                  a = draw.uniform(0, kTau);  // more below, where the cone is wide
      const float z = 1.0f + 8.2f * h, r = (2.05f * (1.0f - h) + 0.12f) * draw.uniform(0.75f, 1.05f);
      const vec3 out(std::cos(a), std::sin(a), 0.35f);
      leaf(shop, draw, {r * out.x, r * out.y, z}, out, out, 0.42f, leaves);
    }
    return;
  }
  const float height = kind == Kind::slender ? 8.5f : kind == Kind::bush ? 1.0f : 5.2f;  // of the crown's middle
  const vec3 crown = kind == Kind::slender ? vec3(1.5f, 1.5f, 4.2f)
                     : kind == Kind::bush  ? vec3(1.0f, 1.0f, 0.85f)
                                           : vec3(2.9f, 2.9f, 2.6f);
  if (kind != Kind::bush) shop.build.tube({0, 0, -0.3f}, {0, 0, height}, 0.24f, 0.12f, 7, bark, false);
  const int blobs = kind == Kind::bush ? 4 : 13, per_blob = kind == Kind::bush ? 70 : 120;
  for (int i = 0; i < blobs; ++i) {
    const vec3 offset = i == 0 ? vec3(0) : on_sphere(draw) * std::cbrt(draw.uniform(0.25f, 1.0f));
    const vec3 centre = vec3(0, 0, height) + 0.66f * crown * offset;
    const float radius = (kind == Kind::bush      ? 0.5f
                          : kind == Kind::slender ? 0.95f
                                                  : 1.35f) *
                         draw.uniform(0.8f, 1.15f);
    shop.build.ellipsoid(centre, vec3(0.78f * radius), 5, 8, core);
    for (int k = 0; k < per_blob; ++k) {
      const vec3 n = on_sphere(draw);
      const vec3 at = centre + radius * draw.uniform(0.8f, 1.05f) * n;
      const vec3 from_middle = glm::normalize((at - vec3(0, 0, height)) / crown);
      leaf(shop, draw, at, n, 0.55f * n + 0.75f * from_middle + vec3(0, 0, 0.25f), kind == Kind::bush ? 0.20f : 0.36f,
           leaves);
    }
  }
}

}  // namespace tessera::reconstruct::synth
