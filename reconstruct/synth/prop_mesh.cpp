#include <array>
#include <cmath>
#include <numbers>

#include "reconstruct/synth/city_mesh.h"
#include "reconstruct/synth/noise.h"

namespace tessera::reconstruct::synth {

namespace {

using glm::vec3;
constexpr float kTau = 2.0f * std::numbers::pi_v<float>;

void lamp(MeshBuilder& build, std::uint32_t metal, std::uint32_t glass) {
  build.tube({0, 0, -0.2f}, {0, 0, 0.9f}, 0.10f, 0.09f, 8, metal, false);
  build.tube({0, 0, 0.9f}, {0, 0, 5.6f}, 0.065f, 0.05f, 7, metal, false);
  // The arm bends over the road (towards -y).
  vec3 last(0, 0, 5.6f);
  for (int i = 1; i <= 4; ++i) {
    const float a = 0.25f * kTau * static_cast<float>(i) / 4.0f;
    const vec3 next(0, -0.7f * (1 - std::cos(a)), 5.6f + 0.5f * std::sin(a));
    build.tube(last, next, 0.045f, 0.045f, 6, metal, false);
    last = next;
  }
  build.tube(last, last + vec3(0, -0.5f, 0.02f), 0.045f, 0.04f, 6, metal, true);
  build.box(last + vec3(-0.14f, -1.15f, -0.03f), last + vec3(0.14f, -0.45f, 0.09f), metal, metal, true);
  build.box(last + vec3(-0.10f, -1.08f, -0.06f), last + vec3(0.10f, -0.55f, -0.03f), glass, glass, true);
}

void bench(MeshBuilder& build, std::uint32_t wood, std::uint32_t metal) {
  for (int i = 0; i < 4; ++i) {
    const float y = -0.26f + 0.13f * static_cast<float>(i);
    build.box({-0.9f, y, 0.43f}, {0.9f, y + 0.10f, 0.47f}, wood, wood, true);
  }
  for (int i = 0; i < 3; ++i) {
    const float z = 0.58f + 0.13f * static_cast<float>(i);
    build.box({-0.9f, 0.26f + 0.02f * static_cast<float>(i), z},
              {0.9f, 0.30f + 0.02f * static_cast<float>(i), z + 0.09f}, wood, wood, true);
  }
  for (const float x : {-0.75f, 0.75f}) {
    build.box({x - 0.03f, -0.25f, -0.1f}, {x + 0.03f, -0.19f, 0.43f}, metal, metal);
    build.box({x - 0.03f, 0.24f, -0.1f}, {x + 0.03f, 0.30f, 0.95f}, metal, metal);
  }
}

// A round table with four stools under a striped parasol.
void table(Workshop& shop, std::uint32_t wood, std::uint32_t metal) {
  MeshBuilder& build = shop.build;
  const std::uint32_t cloth = shop.surface({Material::fabric, vec3(0.50f, 0.10f, 0.06f), vec3(0.66f, 0.62f, 0.54f)});
  build.tube({0, 0, 0}, {0, 0, 0.70f}, 0.04f, 0.04f, 6, metal, false);
  build.tube({0, 0, 0.70f}, {0, 0, 0.75f}, 0.45f, 0.45f, 12, wood, true);
  build.tube({0, 0, 0.75f}, {0, 0, 2.45f}, 0.025f, 0.02f, 5, metal, false);
  for (int i = 0; i < 4; ++i) {
    const float a = kTau * (static_cast<float>(i) + 0.5f) / 4;
    const vec3 p(0.78f * std::cos(a), 0.78f * std::sin(a), 0);
    build.tube(p, p + vec3(0, 0, 0.45f), 0.17f, 0.19f, 8, wood, true);
  }
  constexpr int kRibs = 8;
  for (int i = 0; i < kRibs; ++i) {
    const float a = kTau * static_cast<float>(i) / kRibs, b = kTau * static_cast<float>(i + 1) / kRibs;
    const vec3 p(1.5f * std::cos(a), 1.5f * std::sin(a), 1.98f), q(1.5f * std::cos(b), 1.5f * std::sin(b), 1.98f),
        top(0, 0, 2.5f);
    const std::uint32_t surface = i % 2 ? cloth : shop.surface({Material::plain, vec3(0.64f, 0.60f, 0.52f)});
    build.triangle(p, q, top, surface);
    build.triangle(q, p, top, surface);
  }
}

void swing(MeshBuilder& build, std::uint32_t paint, std::uint32_t seat) {
  for (const float x : {-1.6f, 1.6f})
    for (const float y : {-0.8f, 0.8f}) build.tube({x, y, -0.1f}, {x, 0, 2.3f}, 0.05f, 0.05f, 6, paint, false);
  build.tube({-1.7f, 0, 2.3f}, {1.7f, 0, 2.3f}, 0.05f, 0.05f, 6, paint, true);
  for (const float x : {-0.7f, 0.7f}) {
    for (const float e : {-0.22f, 0.22f})
      build.tube({x + e, 0, 0.5f}, {x + e, 0, 2.3f}, 0.012f, 0.012f, 4, seat, false);
    build.box({x - 0.24f, -0.1f, 0.46f}, {x + 0.24f, 0.1f, 0.5f}, seat, seat, true);
  }
}

// A clump of blades that lean outwards.
void reeds(Workshop& shop, std::uint32_t variant) {
  const std::uint32_t blade = shop.surface({Material::leaves, vec3(0.16f, 0.19f, 0.06f)});
  Draw draw(shop.layout.seed, 0x2004, variant);
  for (int i = 0; i < 46; ++i) {
    const float a = draw.uniform(0, kTau), r = 0.42f * std::sqrt(draw.uniform()), lean = draw.uniform(0.05f, 0.35f),
                high = draw.uniform(0.6f, 1.25f);
    const vec3 foot(r * std::cos(a), r * std::sin(a), -0.3f),
        tip = foot + vec3(lean * std::cos(a), lean * std::sin(a), high + 0.3f);
    const vec3 side = 0.035f * vec3(-std::sin(a + 1), std::cos(a + 1), 0), up(0, 0, 1);
    const auto vertex = [&](const vec3& p) {
      shop.mesh.vertices.push_back({p, up, {draw.uniform(), 0}});
      return static_cast<std::uint32_t>(shop.mesh.vertices.size() - 1);
    };
    const std::uint32_t p = vertex(foot - side), q = vertex(foot + side), t = vertex(tip);
    shop.mesh.triangles.push_back({p, q, t, blade});
  }
}

// Somebody out for a walk, in seven simple shapes; the tint is the coat.
void person(Workshop& shop) {
  MeshBuilder& build = shop.build;
  const std::uint32_t coat = shop.surface({Material::cloth, vec3(1)});
  const std::uint32_t jeans = shop.surface({Material::plain, vec3(0.055f, 0.075f, 0.13f)});
  const std::uint32_t skin = shop.surface({Material::plain, vec3(0.42f, 0.26f, 0.18f)});
  const std::uint32_t hair = shop.surface({Material::plain, vec3(0.06f, 0.04f, 0.03f)});
  build.tube({0.18f, 0.09f, 0}, {0, 0.09f, 0.85f}, 0.07f, 0.09f, 6, jeans, false);
  build.tube({-0.20f, -0.09f, 0}, {0, -0.09f, 0.85f}, 0.07f, 0.09f, 6, jeans, false);
  build.ellipsoid({0, 0, 1.15f}, {0.15f, 0.22f, 0.36f}, 6, 8, coat);
  build.tube({0, 0.24f, 1.36f}, {-0.16f, 0.28f, 0.92f}, 0.06f, 0.05f, 5, coat, true);
  build.tube({0, -0.24f, 1.36f}, {0.16f, -0.28f, 0.92f}, 0.06f, 0.05f, 5, coat, true);
  build.ellipsoid({0, 0, 1.62f}, {0.10f, 0.09f, 0.13f}, 6, 8, skin);
  build.ellipsoid({-0.03f, 0, 1.67f}, {0.11f, 0.10f, 0.11f}, 5, 8, hair);
}

void traffic_sign(Workshop& shop, std::uint32_t metal) {
  const std::uint32_t blue = shop.surface({Material::plain, vec3(0.02f, 0.10f, 0.42f)});
  const std::uint32_t white = shop.surface({Material::plain, vec3(0.68f)});
  MeshBuilder& build = shop.build;
  build.tube({0, 0, -0.2f}, {0, 0, 2.7f}, 0.035f, 0.035f, 6, metal, true);
  build.box({-0.33f, -0.05f, 2.05f}, {0.33f, -0.03f, 2.7f}, blue, blue, true);
  build.triangle({-0.24f, -0.06f, 2.15f}, {0.24f, -0.06f, 2.15f}, {0, -0.06f, 2.58f}, white);
}

}  // namespace

void add_prop(Workshop& shop, PropPlan::Kind kind, std::uint32_t variant) {
  using Kind = PropPlan::Kind;
  MeshBuilder& build = shop.build;
  if (kind == Kind::car || kind == Kind::van) return add_car(shop, kind, variant);
  const std::uint32_t metal = shop.surface({Material::metal, vec3(0.14f, 0.155f, 0.16f)});
  const std::uint32_t wood = shop.surface({Material::wood, vec3(0.33f, 0.20f, 0.11f)});
  switch (kind) {
    case Kind::lamp:
      return lamp(build, metal, shop.surface({Material::glass, vec3(0.7f)}));
    case Kind::bench:
      return bench(build, wood, metal);
    case Kind::table:
      return table(shop, wood, metal);
    case Kind::swing:
      return swing(build, shop.surface({Material::metal, vec3(0.50f, 0.08f, 0.05f)}),
                   shop.surface({Material::rubber, vec3(0.05f)}));
    case Kind::bin:
      build.tube({0, 0, 0}, {0, 0, 0.85f}, 0.24f, 0.28f, 10, shop.surface({Material::metal, vec3(0.07f, 0.17f, 0.09f)}),
                 true);
      return;
    case Kind::bale:
      // Straw rolled up, lying on its side.
      build.tube({0, -0.65f, 0.7f}, {0, 0.65f, 0.7f}, 0.75f, 0.75f, 16,
                 shop.surface({Material::straw, vec3(0.50f, 0.40f, 0.18f)}), true);
      build.tube({0, 0.64f, 0.7f}, {0, -0.65f, 0.7f}, 0.75f, 0.75f, 16,
                 shop.surface({Material::straw, vec3(0.46f, 0.36f, 0.16f)}), true);
      return;
    case Kind::reeds:
      return reeds(shop, variant);
    case Kind::lily: {
      const std::uint32_t leaf = shop.surface({Material::leaves, vec3(0.070f, 0.150f, 0.045f)});
      build.tube({0, 0, 0}, {0, 0, 0.02f}, 0.3f, 0.3f, 9, leaf, true);
      return;
    }
    case Kind::person:
      return person(shop);
    case Kind::traffic_sign:
      return traffic_sign(shop, metal);
    default:
      return;
  }
}

}  // namespace tessera::reconstruct::synth
