#include <array>
#include <cmath>

#include "reconstruct/synth/building_parts.h"

namespace tessera::reconstruct::synth {

void add_church(Workshop& shop, const BuildingPlan& b, Draw& draw) {
  using glm::vec2;
  using glm::vec3;
  MeshBuilder& build = shop.build;
  const std::uint32_t stone =
      shop.surface({Material::stone, vec3(0.50f, 0.46f, 0.38f), vec3(0.36f, 0.33f, 0.28f), draw.bits()});
  const std::uint32_t trim = shop.surface({Material::concrete, vec3(0.56f, 0.53f, 0.46f), vec3(0), draw.bits()});
  const std::uint32_t pane = shop.surface({Material::window, vec3(0.03f, 0.05f, 0.08f), vec3(0.10f), draw.bits(), 2});
  const std::uint32_t door = shop.surface({Material::door, vec3(0.16f, 0.08f, 0.04f), vec3(0.2f), draw.bits()});
  const std::uint32_t slate =
      shop.surface({Material::roof_tiles, vec3(0.115f, 0.120f, 0.135f), vec3(0.5f), draw.bits()});
  const std::uint32_t copper = shop.surface({Material::metal_roof, vec3(0.20f, 0.36f, 0.29f), vec3(0), draw.bits()});
  const Trim walls{stone, trim, trim, trim};
  // The nave lies along x (ridge), the tower stands at its left end.
  const float x = b.half.x, y = b.half.y, height = 6.2f, t = 2.4f, tower = 15.5f;
  Sides sides;
  for (const std::size_t side : {std::size_t{0}, std::size_t{2}})
    sides[side] = window_row(2 * x, 3.4f, 1.1f, 1.6f, 5.0f, pane);
  add_walls(shop, b.half, height, sides, walls, stone);
  const float ridge = add_gable_roof(shop, b.half, height, 0.88f, {0.2f, 0.35f}, slate, trim);
  for (const float s : {-1.0f, 1.0f})
    build.triangle({s * x, -s * y, height}, {s * x, s * y, height}, {s * x, 0, ridge - 0.16f}, stone);
  // Buttresses between the windows.
  for (float u = -x; u <= x + 0.1f; u += 3.4f)
    for (const float s : {-1.0f, 1.0f}) {
      const float y0 = s < 0 ? -y - 0.7f : y, y1 = s < 0 ? -y : y + 0.7f;
      build.box({u - 0.3f, y0, kFoundation}, {u + 0.3f, y1, 4.6f}, stone, trim);
    }
  const vec2 centre(-x - t + 0.4f, 0);
  const std::array<vec3, 4> corner{vec3(centre.x - t, -t, 0), vec3(centre.x + t, -t, 0), vec3(centre.x + t, t, 0),
                                   vec3(centre.x - t, t, 0)};
  for (std::size_t i = 0; i < 4; ++i) {
    const vec3 a = corner[i], c = corner[(i + 1) % 4], down(0, 0, kFoundation);
    std::vector<Opening> openings = window_row(2 * t, 2.4f, 0.9f, 11.0f, 13.6f, pane);
    if (i == 3) {
      Opening gate;
      gate.u0 = t - 0.9f, gate.u1 = t + 0.9f, gate.v0 = 0.05f, gate.v1 = 3.0f, gate.pane = door, gate.sill = false,
      gate.depth = 0.4f;
      openings.push_back(gate);
    }
    add_wall(shop, a, c, tower, openings, walls);
    build.quad(a + down, c + down, c, a, stone);
    // Spire: four steep sides with a kick at the eaves.
    const auto out = [&](const vec3& p, float grow, float z) {
      return vec3(centre.x + (p.x - centre.x) * grow, p.y * grow, z);
    };
    build.quad(out(a, 1.08f, tower), out(c, 1.08f, tower), out(c, 0.82f, tower + 1.2f), out(a, 0.82f, tower + 1.2f),
               copper);
    build.triangle(out(a, 0.82f, tower + 1.2f), out(c, 0.82f, tower + 1.2f), vec3(centre.x, 0, tower + 8.5f), copper);
    build.quad(out(c, 1.08f, tower), out(a, 1.08f, tower), out(a, 0.9f, tower - 0.01f), out(c, 0.9f, tower - 0.01f),
               trim);
    build.quad(out(a, 1.03f, 10.2f), out(c, 1.03f, 10.2f), out(c, 1.03f, 10.5f), out(a, 1.03f, 10.5f), trim);
    build.quad(out(a, 1.03f, 10.5f), out(c, 1.03f, 10.5f), out(c, 1.0f, 10.5f), out(a, 1.0f, 10.5f), trim);
  }
  const std::uint32_t gold = shop.surface({Material::metal, vec3(0.60f, 0.42f, 0.12f)});
  build.tube({centre.x, 0, tower + 8.3f}, {centre.x, 0, tower + 10.0f}, 0.06f, 0.04f, 5, gold, false);
  build.box({centre.x - 0.04f, -0.4f, tower + 9.2f}, {centre.x + 0.04f, 0.4f, tower + 9.3f}, gold, gold, true);
}

}  // namespace tessera::reconstruct::synth
