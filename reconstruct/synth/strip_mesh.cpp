#include <algorithm>
#include <cmath>

#include <glm/geometric.hpp>

#include "reconstruct/synth/city_mesh.h"
#include "reconstruct/synth/leaves.h"
#include "reconstruct/synth/noise.h"

namespace tessera::reconstruct::synth {

namespace {

using glm::vec2;
using glm::vec3;

// Upright board or slab along a -> b on the ground: `low` and `high` metres over it, `half` as thick to each side.
void board(Workshop& shop, const vec3& a, const vec3& b, float low, float high, float half, std::uint32_t sides,
           std::uint32_t top) {
  const vec3 along = glm::normalize(vec3(b.x - a.x, b.y - a.y, 0)), side = half * vec3(-along.y, along.x, 0);
  const vec3 l(0, 0, low), h(0, 0, high);
  MeshBuilder& build = shop.build;
  build.quad(a - side + l, b - side + l, b - side + h, a - side + h, sides);
  build.quad(b + side + l, a + side + l, a + side + h, b + side + h, sides);
  build.quad(a - side + h, b - side + h, b + side + h, a + side + h, top);
  build.quad(a + side + l, a - side + l, a - side + h, a + side + h, sides);
  build.quad(b - side + l, b + side + l, b + side + h, b - side + h, sides);
}

void picket(Workshop& shop, Draw& draw, const vec3& p, const vec3& q, float height) {
  static constexpr float kColors[4][3] = {
      {0.62f, 0.61f, 0.58f}, {0.34f, 0.22f, 0.13f}, {0.42f, 0.36f, 0.29f}, {0.25f, 0.27f, 0.24f}};
  (void)draw;
  const auto& c = kColors[static_cast<std::size_t>(height * 10) % 4];
  const std::uint32_t wood = shop.surface({Material::wood, vec3(c[0], c[1], c[2])});
  const float length = glm::length(q - p);
  const int n = std::max(1, static_cast<int>(length / 0.19f));
  for (int i = 0; i < n; ++i) {
    const float t0 = (static_cast<float>(i) + 0.15f) / static_cast<float>(n),
                t1 = (static_cast<float>(i) + 0.85f) / static_cast<float>(n);
    board(shop, p + (q - p) * t0, p + (q - p) * t1, 0.06f, height, 0.012f, wood, wood);
  }
  for (const float z : {0.25f * height, 0.75f * height}) board(shop, p, q, z, z + 0.08f, 0.03f, wood, wood);
  shop.build.tube(p - vec3(0, 0, 0.2f), p + vec3(0, 0, height + 0.08f), 0.05f, 0.05f, 5, wood, true);
}

void mesh_fence(Workshop& shop, const vec3& p, const vec3& q, float height, std::uint32_t metal) {
  shop.build.tube(p - vec3(0, 0, 0.2f), p + vec3(0, 0, height + 0.05f), 0.035f, 0.035f, 5, metal, true);
  for (int i = 0; i <= 5; ++i) {
    const vec3 z(0, 0, 0.08f + (height - 0.08f) * static_cast<float>(i) / 5.0f);
    shop.build.tube(p + z, q + z, 0.012f, 0.012f, 3, metal, false);
  }
}

void hedge(Workshop& shop, Draw& draw, const vec3& p, const vec3& q, float height) {
  const std::uint32_t core = shop.surface({Material::hedge, vec3(0.045f, 0.085f, 0.025f), vec3(0), draw.bits()});
  const std::uint32_t leaves =
      shop.surface({Material::leaves, vec3(0.085f, 0.150f, 0.040f) * draw.uniform(0.85f, 1.2f)});
  board(shop, p, q, -0.2f, height - 0.08f, 0.36f, core, core);
  const vec3 along = glm::normalize(vec3(q.x - p.x, q.y - p.y, 0)), side(-along.y, along.x, 0), up(0, 0, 1);
  const int n = static_cast<int>(70.0f * glm::length(q - p));
  for (int i = 0; i < n; ++i) {
    const vec3 base = p + (q - p) * draw.uniform();
    // A third on top, the rest on both sides.
    const float where = draw.uniform();
    const vec3 out = where < 0.36f ? up : where < 0.68f ? side : -side;
    const vec3 at = base + (where < 0.36f ? up * height + side * draw.uniform(-0.4f, 0.4f)
                                          : out * 0.40f + up * (height * draw.uniform(0.03f, 1.0f)));
    add_leaf(shop, draw, at + 0.05f * on_sphere(draw), out, out + 0.4f * up, 0.19f, leaves);
  }
}

// Poles with a cross-arm and three wires that hang between them (a parabola is close to the catenary).
void wires(Workshop& shop, const StripPlan& strip) {
  const std::uint32_t wood = shop.surface({Material::bark, vec3(0.20f, 0.155f, 0.115f)});
  const std::uint32_t iron = shop.surface({Material::metal, vec3(0.20f)});
  const std::uint32_t cable = shop.surface({Material::rubber, vec3(0.022f)});
  const Terrain& terrain = shop.layout.terrain;
  std::vector<vec3> feet;
  for (const vec2& p : strip.points) feet.push_back(terrain.world(p));
  const vec3 ahead = feet.back() - feet.front();
  const vec3 across = glm::normalize(vec3(-ahead.y, ahead.x, 0));
  const float high = strip.height;
  for (const vec3& foot : feet) {
    shop.build.tube(foot - vec3(0, 0, 0.3f), foot + vec3(0, 0, high + 0.4f), 0.14f, 0.10f, 8, wood, true);
    const vec3 a = foot - 1.0f * across + vec3(0, 0, high - 0.1f), b = foot + 1.0f * across + vec3(0, 0, high - 0.1f);
    shop.build.tube(a, b, 0.06f, 0.06f, 5, wood, true);
    for (const float e : {-0.9f, 0.0f, 0.9f})
      shop.build.tube(foot + e * across + vec3(0, 0, high - 0.08f), foot + e * across + vec3(0, 0, high + 0.12f), 0.04f,
                      0.03f, 5, iron, true);
  }
  constexpr int kPieces = 10;
  for (std::size_t i = 0; i + 1 < feet.size(); ++i)
    for (const float e : {-0.9f, 0.0f, 0.9f}) {
      const vec3 a = feet[i] + e * across + vec3(0, 0, high + 0.12f),
                 b = feet[i + 1] + e * across + vec3(0, 0, high + 0.12f);
      const float sag = 0.022f * glm::length(b - a);
      const auto at = [&](int k) {
        const float t = static_cast<float>(k) / kPieces;
        return a + (b - a) * t - vec3(0, 0, 4.0f * sag * t * (1 - t));
      };
      for (int k = 0; k < kPieces; ++k) shop.build.tube(at(k), at(k + 1), 0.018f, 0.018f, 3, cable, false);
    }
}

}  // namespace

void add_strip(Workshop& shop, const StripPlan& strip) {
  if (strip.kind == StripPlan::Kind::wire) return wires(shop, strip);
  Draw draw(shop.layout.seed, 0x2002, strip.id);
  const std::uint32_t brick =
      shop.surface({Material::brick, vec3(0.36f, 0.20f, 0.14f), vec3(0.44f, 0.41f, 0.37f), draw.bits()});
  const std::uint32_t cap = shop.surface({Material::concrete, vec3(0.44f, 0.42f, 0.39f), vec3(0), draw.bits()});
  const std::uint32_t metal = shop.surface({Material::metal, vec3(0.10f, 0.19f, 0.13f)});
  for (std::size_t i = 0; i + 1 < strip.points.size(); ++i) {
    const vec2 a = strip.points[i], b = strip.points[i + 1];
    const int pieces = std::max(1, static_cast<int>(std::lround(glm::length(b - a) / 2.2f)));
    for (int k = 0; k < pieces; ++k) {
      const auto at = [&](int j) {
        return shop.layout.terrain.world(a + (b - a) * (static_cast<float>(j) / static_cast<float>(pieces)),
                                         kKerbHeight);
      };
      const vec3 p = at(k), q = at(k + 1);
      switch (strip.kind) {
        case StripPlan::Kind::picket:
          picket(shop, draw, p, q, strip.height);
          break;
        case StripPlan::Kind::mesh_fence:
          mesh_fence(shop, p, q, strip.height, metal);
          break;
        case StripPlan::Kind::hedge:
          hedge(shop, draw, p, q, strip.height);
          break;
        default:
          board(shop, p, q, -0.4f, strip.height, 0.11f, brick, brick);
          board(shop, p, q, strip.height, strip.height + 0.07f, 0.16f, cap, cap);
      }
    }
  }
}

}  // namespace tessera::reconstruct::synth
