#include <algorithm>
#include <array>
#include <cmath>

#include "reconstruct/synth/building_parts.h"

namespace tessera::reconstruct::synth {

namespace {

using glm::vec2;
using glm::vec3;
constexpr float kStorey = 3.0f;

// A slab with a railing of bars and a panel, out of the front wall at (x, z).
void balcony(Workshop& shop, vec2 half, float side, float x, float z, std::uint32_t slab, std::uint32_t panel,
             std::uint32_t rail) {
  const float w = 1.5f, deep = 1.25f, wall = side * half.y, rim = side * (half.y + deep);
  const float y0 = std::min(wall, rim), y1 = std::max(wall, rim), t = 0.04f;
  MeshBuilder& build = shop.build;
  build.box({x - w, y0, z - 0.16f}, {x + w, y1, z}, slab, slab, true);
  build.box({x - w, side < 0 ? rim : rim - t, z + 0.08f}, {x + w, side < 0 ? rim + t : rim, z + 0.92f}, panel, panel,
            true);
  for (const float e : {x - w, x + w - t}) build.box({e, y0, z + 0.08f}, {e + t, y1, z + 0.92f}, panel, panel, true);
  build.box({x - w - 0.02f, side < 0 ? rim - 0.02f : rim - t - 0.02f, z + 0.95f},
            {x + w + 0.02f, side < 0 ? rim + t + 0.02f : rim + 0.02f, z + 1.0f}, rail, rail, true);
}

}  // namespace

void add_apartment(Workshop& shop, const BuildingPlan& b, Draw& draw) {
  MeshBuilder& build = shop.build;
  const int style = draw.below(3);  // render, brick, panels
  const vec3 color = style == 1 ? brick_color(draw) : style == 2 ? vec3(0.50f, 0.49f, 0.46f) : plaster_color(draw);
  const std::uint32_t wall = shop.surface({style == 1   ? Material::brick
                                           : style == 2 ? Material::panels
                                                        : Material::plaster,
                                           color, vec3(0.46f, 0.43f, 0.39f), draw.bits(), kStorey});
  const vec3 second = style == 2 ? plaster_color(draw) : mix(color, vec3(0.75f), 0.55f);
  const std::uint32_t band = shop.surface({Material::plaster, second, vec3(0), draw.bits()});
  const std::uint32_t reveal = shop.surface({Material::plaster, mix(color, vec3(0.65f), 0.5f), vec3(0), draw.bits()});
  const std::uint32_t plinth = shop.surface({Material::concrete, vec3(0.30f, 0.29f, 0.275f), vec3(0), draw.bits()});
  const std::uint32_t coping = shop.surface({Material::metal, vec3(0.48f, 0.49f, 0.50f)});
  const vec3 frame = draw.chance(0.7f) ? vec3(0.72f) : vec3(0.12f, 0.13f, 0.14f);
  const std::uint32_t pane = shop.surface({Material::window, vec3(0.03f), frame, draw.bits(), 2});
  const std::uint32_t tall = shop.surface({Material::window, vec3(0.03f), frame, draw.bits(), 3});
  const std::uint32_t door =
      shop.surface({Material::shop_window, vec3(0.03f), vec3(0.20f, 0.22f, 0.24f), draw.bits(), 2});
  const std::uint32_t felt = shop.surface(
      {Material::flat_roof, vec3(draw.uniform(0.20f, 0.34f)) * vec3(1.03f, 1.0f, 0.96f), vec3(0), draw.bits()});
  const std::uint32_t panel = shop.surface({draw.chance(0.5f) ? Material::metal : Material::plaster,
                                            draw.chance(0.5f) ? vec3(0.55f) : second, vec3(0), draw.bits()});
  const Trim trim{wall, reveal, coping, band};

  const float height = kStorey * static_cast<float>(b.floors), x = b.half.x, y = b.half.y;
  const bool balconies = draw.chance(0.75f), aprons = style != 1 && draw.chance(0.7f);
  const float front_side = draw.chance(0.5f) ? -1.0f : 1.0f;
  Sides sides;
  const int bays = std::max(3, static_cast<int>(std::lround(2 * x / 2.9f)));
  const int stairs = bays / 2;
  for (int floor = 0; floor < b.floors; ++floor) {
    const float z = kStorey * static_cast<float>(floor);
    for (const std::size_t side : {std::size_t{0}, std::size_t{2}}) {
      for (Opening o : window_row(2 * x, 2.9f, 1.35f, z + 0.9f, z + 2.4f, pane)) {
        const int bay = static_cast<int>(o.u0 / (2 * x) * static_cast<float>(bays));
        const bool at_front = (side == 0) == (front_side < 0);
        if (side == 0 && bay == stairs && floor == 0)
          o.u0 -= 0.3f, o.u1 += 0.3f, o.v0 = 0.02f, o.v1 = 2.45f, o.pane = door, o.sill = false, o.depth = 0.35f;
        else if (at_front && balconies && bay % 2 == 0 && floor > 0) {
          o.u0 -= 0.35f, o.u1 += 0.35f, o.v0 = z + 0.05f, o.pane = tall, o.sill = false;
          const float centre = 0.5f * (o.u0 + o.u1) - x;
          balcony(shop, b.half, front_side, side == 0 ? centre : -centre, z, plinth, panel, coping);
        }
        o.apron = aprons && o.pane == pane && floor > 0;
        sides[side].push_back(o);
      }
    }
    for (const std::size_t side : {std::size_t{1}, std::size_t{3}})
      for (const Opening& o : window_row(2 * y, 4.6f, 1.1f, z + 0.9f, z + 2.3f, pane)) sides[side].push_back(o);
  }
  add_walls(shop, b.half, height, sides, trim, plinth);
  // Rain pipes at the corners of the long sides.
  for (const float s : {-1.0f, 1.0f})
    for (const float t : {-1.0f, 1.0f})
      build.tube({s * (x - 0.25f), t * (y + 0.07f), 0.0f}, {s * (x - 0.25f), t * (y + 0.07f), height}, 0.06f, 0.06f, 6,
                 coping, false);
  // A painted stripe marks the stairs or the top storey's lintels.
  for (int floor = 1; style == 1 && floor <= b.floors; ++floor) {
    const float z = kStorey * static_cast<float>(floor) - 0.30f;
    build.box({-x - 0.04f, -y - 0.04f, z}, {x + 0.04f, -y, z + 0.22f}, band, band, true);
    build.box({-x - 0.04f, y, z}, {x + 0.04f, y + 0.04f, z + 0.22f}, band, band, true);
    build.box({-x - 0.04f, -y, z}, {-x, y, z + 0.22f}, band, band, true);
    build.box({x, -y, z}, {x + 0.04f, y, z + 0.22f}, band, band, true);
  }
  const float u = 2 * x * (static_cast<float>(stairs) + 0.5f) / static_cast<float>(bays) - x;
  add_entrance(shop, b.half, u, 2.0f, true, plinth, coping);
  add_parapet_roof(shop, b.half, height, 0.55f, style == 2 ? band : wall, coping, felt);
  furnish_flat_roof(shop, draw, b.half - 0.9f, height, true);
}

void add_shop(Workshop& shop, const BuildingPlan& b, Draw& draw) {
  MeshBuilder& build = shop.build;
  const vec3 color = draw.chance(0.4f) ? brick_color(draw) : plaster_color(draw);
  const std::uint32_t wall = shop.surface(
      {color.x < 0.45f ? Material::brick : Material::plaster, color, vec3(0.46f, 0.43f, 0.39f), draw.bits()});
  const std::uint32_t reveal = shop.surface({Material::plaster, mix(color, vec3(0.6f), 0.4f), vec3(0), draw.bits()});
  const std::uint32_t plinth = shop.surface({Material::concrete, vec3(0.24f), vec3(0), draw.bits()});
  const std::uint32_t coping = shop.surface({Material::metal, vec3(0.40f, 0.41f, 0.42f)});
  const std::uint32_t pane = shop.surface({Material::window, vec3(0.03f), vec3(0.60f), draw.bits(), 2});
  const std::uint32_t display =
      shop.surface({Material::shop_window, vec3(0.10f, 0.085f, 0.06f), vec3(0.10f), draw.bits(), 3});
  const std::uint32_t felt =
      shop.surface({Material::flat_roof, vec3(draw.uniform(0.24f, 0.38f)), vec3(0), draw.bits()});
  static constexpr std::array<std::array<float, 3>, 5> kAwnings{{{0.45f, 0.05f, 0.04f},
                                                                 {0.05f, 0.20f, 0.12f},
                                                                 {0.05f, 0.12f, 0.32f},
                                                                 {0.60f, 0.36f, 0.06f},
                                                                 {0.30f, 0.05f, 0.14f}}};
  const Trim trim{wall, reveal, plinth, reveal};
  const float ground = 3.6f, height = ground + 3.0f * static_cast<float>(b.floors - 1), x = b.half.x, y = b.half.y;
  Sides sides;
  for (std::size_t side = 0; side < 4; ++side) {
    const float length = side % 2 == 0 ? 2 * x : 2 * y;
    for (int floor = 1; floor < b.floors; ++floor) {
      const float z = ground + 3.0f * static_cast<float>(floor - 1);
      for (const Opening& o : window_row(length, 2.4f, 1.2f, z + 0.7f, z + 2.3f, pane)) sides[side].push_back(o);
    }
    if (side == 2) continue;
    for (Opening o : window_row(length, 4.0f, 3.0f, 0.25f, 2.75f, display)) {
      o.sill = false, o.depth = 0.3f;
      sides[side].push_back(o);
    }
  }
  add_walls(shop, b.half, height, sides, trim, plinth);
  // Sign and awnings over the shop windows of the front.
  const auto& c = kAwnings[static_cast<std::size_t>(draw.below(5))];
  const std::uint32_t cloth =
      shop.surface({Material::fabric, vec3(c[0], c[1], c[2]), vec3(0.66f, 0.63f, 0.56f), draw.bits()});
  const std::uint32_t sign =
      shop.surface({Material::sign, vec3(c[0], c[1], c[2]), vec3(0.75f, 0.73f, 0.66f), draw.bits()});
  build.box({-x + 0.3f, -y - 0.12f, 2.95f}, {x - 0.3f, -y, 3.45f}, sign, coping, true);
  for (const Opening& o : window_row(2 * x, 4.0f, 3.2f, 0, 1, 0)) {
    const vec3 a(o.u0 - x, -y - 1.5f, 2.35f), d(o.u1 - x, -y - 1.5f, 2.35f), up(0, 1.5f, 0.55f);
    build.quad(a, d, d + up, a + up, cloth);
    build.quad(d, a, a + up, d + up, cloth);
    build.quad(a - vec3(0, 0, 0.22f), d - vec3(0, 0, 0.22f), d, a, cloth);
  }
  add_parapet_roof(shop, b.half, height, 0.7f, wall, coping, felt);
  furnish_flat_roof(shop, draw, b.half - 1.0f, height, false);
}

void add_hall(Workshop& shop, const BuildingPlan& b, Draw& draw) {
  MeshBuilder& build = shop.build;
  static constexpr std::array<std::array<float, 3>, 4> kColors{
      {{0.46f, 0.48f, 0.50f}, {0.20f, 0.29f, 0.38f}, {0.52f, 0.50f, 0.44f}, {0.36f, 0.12f, 0.09f}}};
  const auto& c = kColors[static_cast<std::size_t>(draw.below(4))];
  const std::uint32_t wall = shop.surface({Material::siding, vec3(c[0], c[1], c[2]), vec3(0.5f), draw.bits()});
  const std::uint32_t trim_metal = shop.surface({Material::metal, vec3(0.58f)});
  const std::uint32_t plinth = shop.surface({Material::concrete, vec3(0.33f), vec3(0), draw.bits()});
  const std::uint32_t pane = shop.surface({Material::window, vec3(0.04f), vec3(0.45f), draw.bits(), 4});
  const std::uint32_t display = shop.surface({Material::shop_window, vec3(0.08f), vec3(0.12f), draw.bits(), 4});
  const std::uint32_t roller = shop.surface({Material::siding, vec3(0.50f, 0.50f, 0.48f), vec3(0.5f), draw.bits(), 1});
  const std::uint32_t roof = shop.surface({Material::metal_roof, vec3(0.40f, 0.42f, 0.44f), vec3(0), draw.bits()});
  const std::uint32_t skylight = shop.surface({Material::glass, vec3(0.32f, 0.36f, 0.37f)});
  const std::uint32_t sign = shop.surface({Material::sign, vec3(0.60f, 0.07f, 0.05f), vec3(0.75f), draw.bits()});
  const float x = b.half.x, y = b.half.y, height = 5.6f;
  Sides sides;
  for (Opening o : window_row(2 * x, 5.2f, 3.8f, 0.1f, 2.8f, display)) {
    o.sill = false;
    sides[0].push_back(o);
  }
  for (const std::size_t side : {std::size_t{1}, std::size_t{3}})
    for (const Opening& o : window_row(2 * y, 4.0f, 3.0f, 3.6f, 4.5f, pane)) sides[side].push_back(o);
  for (Opening o : window_row(2 * x, 6.5f, 3.2f, 0.05f, 3.6f, roller)) {
    o.sill = false;
    sides[2].push_back(o);
  }
  add_walls(shop, b.half, height, sides, {wall, trim_metal, trim_metal, trim_metal}, plinth);
  build.box({-0.32f * x, -y - 0.2f, 3.5f}, {0.32f * x, -y, 4.9f}, sign, trim_metal, true);
  const float ridge = add_gable_roof(shop, b.half, height, 0.16f, {0.25f, 0.3f}, roof, trim_metal);
  // Gables under the ridge, and skylights along both slopes.
  for (const float s : {-1.0f, 1.0f})
    build.triangle({s * x, -s * y, height}, {s * x, s * y, height}, {s * x, 0, ridge - 0.16f}, wall);
  for (float u = -x + 2.2f; u < x - 1.5f; u += 3.4f)
    for (const float s : {-1.0f, 1.0f}) {
      const float y0 = s * 0.70f * y, y1 = s * 0.25f * y, rise = (ridge - height - 0.16f) / y;
      const float z0 = height + 0.22f + (y - std::abs(y0)) * rise, z1 = height + 0.22f + (y - std::abs(y1)) * rise;
      if (s < 0)
        build.quad({u, y0, z0}, {u + 1.2f, y0, z0}, {u + 1.2f, y1, z1}, {u, y1, z1}, skylight);
      else
        build.quad({u + 1.2f, y0, z0}, {u, y0, z0}, {u, y1, z1}, {u + 1.2f, y1, z1}, skylight);
    }
  for (int i = 0; i < 3; ++i)
    build.tube({draw.uniform(-0.8f, 0.8f) * x, 0, ridge - 0.3f},
               {0.3f * x * static_cast<float>(i - 1), 0, ridge + 0.8f}, 0.25f, 0.25f, 8, trim_metal, true);
}

}  // namespace tessera::reconstruct::synth
