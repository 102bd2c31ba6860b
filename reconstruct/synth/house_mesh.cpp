#include <algorithm>
#include <array>
#include <cmath>

#include "reconstruct/synth/building_parts.h"

namespace tessera::reconstruct::synth {

namespace {

using glm::vec2;
using glm::vec3;
constexpr float kStorey = 2.8f;

// Window in a slope of the roof that rises from y = -half.y (front) at height `eave`; drawn as a thin box on the tiles.
void roof_window(Workshop& shop, float side, float x, float y, float eave_y, float eave, float pitch,
                 std::uint32_t frame, std::uint32_t glass) {
  const float c = std::cos(pitch), s = std::sin(pitch), rise = std::tan(pitch), z = eave + (eave_y - y) * rise;
  const vec3 up(0, -side * c, s), out(0, side * s, c), across(side < 0 ? 1.0f : -1.0f, 0, 0);
  const vec3 centre(x, side * y, z + 0.16f);
  MeshBuilder& build = shop.build;
  const float w = 0.42f, h = 0.62f;
  const auto at = [&](float a, float b, float lift) { return centre + a * across + b * up + lift * out; };
  const float lift = 0.1f;
  build.unit_quad(at(-w, -h, lift), at(w, -h, lift), at(w, h, lift), at(-w, h, lift), glass);
  build.quad(at(-w, -h, -0.1f), at(w, -h, -0.1f), at(w, -h, lift), at(-w, -h, lift), frame);
  build.quad(at(w, -h, -0.1f), at(w, h, -0.1f), at(w, h, lift), at(w, -h, lift), frame);
  build.quad(at(w, h, -0.1f), at(-w, h, -0.1f), at(-w, h, lift), at(w, h, lift), frame);
  build.quad(at(-w, h, -0.1f), at(-w, -h, -0.1f), at(-w, -h, lift), at(-w, h, lift), frame);
}

// A gabled dormer on the front (side -1) or back (side 1) slope, its face flush with y.
void dormer(Workshop& shop, float side, float x, float y, float floor, float back, const Trim& trim, std::uint32_t pane,
            std::uint32_t tiles, std::uint32_t edge) {
  MeshBuilder& build = shop.build;
  const float w = 0.85f, h = 1.35f, front = side * y, rear = side * back, top = floor + h, peak = top + 0.55f;
  const float l = side < 0 ? -w : w;  // left end seen from outside
  Opening o;
  o.u0 = 0.3f, o.u1 = 2 * w - 0.3f, o.v0 = 0.25f, o.v1 = 1.2f, o.pane = pane, o.depth = 0.08f;
  add_wall(shop, {x + l, front, floor}, {x - l, front, floor}, h, {o}, trim);
  build.triangle({x + l, front, top}, {x - l, front, top}, {x, front, peak}, trim.wall);
  build.quad({x - l, front, floor}, {x - l, rear, floor}, {x - l, rear, top}, {x - l, front, top}, trim.wall);
  build.quad({x + l, rear, floor}, {x + l, front, floor}, {x + l, front, top}, {x + l, rear, top}, trim.wall);
  const float e = 1.18f * l, f = front + side * 0.18f, drop = 0.1f;
  const vec3 a(x + e, f, top - drop), b(x + e, rear, top - drop), c(x - e, f, top - drop), d(x - e, rear, top - drop),
      r0(x, f, peak + 0.05f), r1(x, rear, peak + 0.05f);
  build.quad(b, a, r0, r1, tiles);
  build.quad(c, d, r1, r0, tiles);
  const vec3 thick(0, 0, 0.12f);
  build.quad(a - thick, r0 - thick, r0, a, edge);
  build.quad(r0 - thick, c - thick, c, r0, edge);
}

struct Looks {
  Trim trim;
  std::uint32_t plinth, pane, door, tiles, edge, brick, cap, stone, frame, roof_glass;
};

Looks dress(Workshop& shop, Draw& draw) {
  Looks looks{};
  const float kind = draw.uniform();
  const vec3 color = kind < 0.62f ? plaster_color(draw) : brick_color(draw);
  const std::uint32_t wall =
      shop.surface({kind < 0.62f ? Material::plaster : Material::brick, color, vec3(0.47f, 0.44f, 0.40f), draw.bits()});
  static constexpr std::array<std::array<float, 3>, 5> kShutters{{{0.06f, 0.16f, 0.10f},
                                                                  {0.08f, 0.14f, 0.24f},
                                                                  {0.28f, 0.07f, 0.05f},
                                                                  {0.20f, 0.12f, 0.07f},
                                                                  {0.55f, 0.54f, 0.50f}}};
  const auto& s = kShutters[static_cast<std::size_t>(draw.below(5))];
  const std::uint32_t reveal = shop.surface({Material::plaster, mix(color, vec3(0.66f), 0.6f), vec3(0), draw.bits()});
  looks.stone = shop.surface({Material::concrete, vec3(0.42f, 0.40f, 0.37f), vec3(0), draw.bits()});
  looks.trim = {wall, reveal, looks.stone,
                shop.surface({Material::wood, vec3(s[0], s[1], s[2]), vec3(0), draw.bits()})};
  looks.plinth = shop.surface({Material::concrete, vec3(0.29f, 0.28f, 0.27f), vec3(0), draw.bits()});
  looks.pane = shop.surface(
      {Material::window, vec3(0.03f), draw.chance(0.75f) ? vec3(0.72f) : vec3(0.24f, 0.14f, 0.08f), draw.bits(), 2});
  looks.door = shop.surface({Material::door, vec3(s[0], s[1], s[2]) * 1.2f, vec3(0.60f), draw.bits()});
  looks.tiles = tile_surface(shop, draw);
  looks.edge = shop.surface({Material::wood, draw.chance(0.6f) ? vec3(0.58f, 0.56f, 0.52f) : vec3(0.20f, 0.13f, 0.08f),
                             vec3(0), draw.bits()});
  looks.brick = shop.surface({Material::brick, brick_color(draw), vec3(0.45f), draw.bits()});
  looks.cap = looks.stone;
  looks.frame = shop.surface({Material::metal, vec3(0.15f)});
  looks.roof_glass = shop.surface({Material::window, vec3(0.04f), vec3(0.13f), draw.bits(), 1});
  return looks;
}

// Solar modules flat on the back or front slope.
void solar_field(Workshop& shop, float side, float x0, float x1, float y0, float y1, float eave_y, float eave,
                 float rise) {
  const std::uint32_t solar = shop.surface({Material::solar});
  const auto at = [&](float x, float y) { return vec3(x, side * y, eave + (eave_y - y) * rise + 0.30f); };
  if (side < 0)
    shop.build.quad(at(x0, y0), at(x1, y0), at(x1, y1), at(x0, y1), solar);
  else
    shop.build.quad(at(x1, y0), at(x0, y0), at(x0, y1), at(x1, y1), solar);
}

}  // namespace

void add_house(Workshop& shop, const BuildingPlan& b, Draw& draw) {
  MeshBuilder& build = shop.build;
  const Looks looks = dress(shop, draw);
  const float x = b.half.x, y = b.half.y, height = kStorey * static_cast<float>(b.floors) + 0.25f;
  const bool hipped = draw.chance(0.3f), shutters = draw.chance(0.45f);
  Sides sides;
  const float door_u = draw.chance(0.5f) ? 0.5f * x : 1.5f * x;
  for (int floor = 0; floor < b.floors; ++floor) {
    const float z = kStorey * static_cast<float>(floor);
    for (std::size_t side = 0; side < 4; ++side) {
      const float length = side % 2 == 0 ? 2 * x : 2 * y;
      for (Opening o : window_row(length, side % 2 == 0 ? 2.6f : 3.6f, 1.15f, z + 0.85f, z + 2.2f, looks.pane)) {
        o.shutters = shutters && side % 2 == 0;
        const bool by_door = side == 0 && floor == 0 && o.u0 - 0.7f < door_u && door_u < o.u1 + 0.7f;
        if (!by_door) sides[side].push_back(o);
      }
    }
  }
  Opening door;
  door.u0 = door_u - 0.52f, door.u1 = door_u + 0.52f, door.v0 = 0.02f, door.v1 = 2.15f, door.pane = looks.door,
  door.sill = false;
  sides[0].push_back(door);
  add_walls(shop, b.half, height, sides, looks.trim, looks.plinth);
  add_entrance(shop, b.half, door_u - x, 1.04f, draw.chance(0.6f), looks.stone, looks.edge);

  const float pitch = draw.uniform(0.62f, 0.80f), rise = std::tan(pitch), over = 0.5f;
  float ridge = 0;
  if (hipped) {
    ridge = add_hip_roof(shop, b.half, height, 0.8f * pitch, over, looks.tiles, looks.edge);
  } else {
    ridge = add_gable_roof(shop, b.half, height, pitch, {0.35f, over}, looks.tiles, looks.edge);
    for (const float s : {-1.0f, 1.0f}) {
      build.triangle({s * x, -s * y, height}, {s * x, s * y, height}, {s * x, 0, height + y * rise}, looks.trim.wall);
      // A small window under the gable.
      const float e = s * (x + 0.03f), w = s * 0.4f, z = height + 0.35f;
      build.unit_quad({e, -w, z}, {e, w, z}, {e, w, z + 0.95f}, {e, -w, z + 0.95f}, looks.pane);
    }
    if (draw.chance(0.45f)) {
      for (const float at : {-0.45f, 0.45f})
        dormer(shop, -1, at * x, y - 0.75f, height + 0.6f * rise, y - 3.2f, looks.trim, looks.pane, looks.tiles,
               looks.edge);
    } else {
      for (const float at : {-0.5f, 0.5f})
        if (draw.chance(0.7f))
          roof_window(shop, -1, at * x, 0.55f * y, y, height, pitch, looks.frame, looks.roof_glass);
    }
    if (draw.chance(0.4f))
      solar_field(shop, 1, -0.7f * x, 0.5f * x, 0.8f * y, 0.25f * y, y, height, rise);
    else if (draw.chance(0.6f))
      roof_window(shop, 1, draw.uniform(-0.5f, 0.5f) * x, 0.5f * y, y, height, pitch, looks.frame, looks.roof_glass);
  }
  add_chimney(shop, {draw.uniform(-0.6f, 0.6f) * x, 0.3f}, height, ridge + 0.75f, looks.brick, looks.cap);
}

void add_row_house(Workshop& shop, const BuildingPlan& b, Draw& draw) {
  MeshBuilder& build = shop.build;
  const Looks looks = dress(shop, draw);
  const float x = b.half.x, y = b.half.y,
              height = kStorey * static_cast<float>(b.floors) + 0.3f + draw.uniform(-0.25f, 0.25f);
  Sides sides;
  const bool left = draw.chance(0.5f);
  for (int floor = 0; floor < b.floors; ++floor) {
    const float z = kStorey * static_cast<float>(floor);
    for (const std::size_t side : {std::size_t{0}, std::size_t{2}})
      for (Opening o : window_row(2 * x, 1.9f, 1.05f, z + 0.8f, z + 2.3f, looks.pane)) {
        const bool door = side == 0 && floor == 0 && (left ? o.u0 < 1.2f : o.u1 > 2 * x - 1.2f);
        if (door) o.v0 = 0.02f, o.v1 = 2.25f, o.pane = looks.door, o.sill = false, o.depth = 0.25f;
        sides[side].push_back(o);
      }
  }
  add_walls(shop, b.half, height, sides, looks.trim, looks.plinth);
  add_entrance(shop, b.half, left ? -x + 0.95f : x - 0.95f, 1.05f, draw.chance(0.4f), looks.stone, looks.edge);
  const float pitch = draw.uniform(0.70f, 0.84f), rise = std::tan(pitch);
  const float ridge = add_gable_roof(shop, b.half, height, pitch, {0.0f, 0.35f}, looks.tiles, looks.edge);
  for (const float s : {-1.0f, 1.0f}) {
    build.triangle({s * x, -s * y, height}, {s * x, s * y, height}, {s * x, 0, height + y * rise}, looks.trim.wall);
    // Fire walls stand over the tiles on both sides.
    const float e = s * (x - 0.12f), o = s * (x + 0.001f), up = 0.38f;
    for (const float f : {-1.0f, 1.0f}) {
      const vec3 a(e, f * (y + 0.1f), height + up - 0.1f), r(e, 0, ridge + 0.2f), a2(o, a.y, a.z), r2(o, 0, r.z);
      const vec3 low(0, 0, 0.6f);
      if (s * f < 0)
        build.quad(a, a2, r2, r, looks.cap);
      else
        build.quad(a2, a, r, r2, looks.cap);
      if (s * f > 0)
        build.quad(a - low, a, r, r - low, looks.cap), build.quad(a2, a2 - low, r2 - low, r2, looks.cap);
      else
        build.quad(a, a - low, r - low, r, looks.cap), build.quad(a2 - low, a2, r2, r2 - low, looks.cap);
    }
  }
  if (draw.chance(0.6f))
    dormer(shop, -1, 0, y - 0.7f, height + 0.55f * rise, y - 3.0f, looks.trim, looks.pane, looks.tiles, looks.edge);
  else
    roof_window(shop, -1, 0.0f, 0.5f * y, y, height, pitch, looks.frame, looks.roof_glass);
  if (draw.chance(0.5f)) roof_window(shop, 1, 0.4f * x, 0.5f * y, y, height, pitch, looks.frame, looks.roof_glass);
  add_chimney(shop, {0.62f * x, 0.5f}, height, ridge + 0.9f, looks.brick, looks.cap);
}

void add_shed(Workshop& shop, const BuildingPlan& b, Draw& draw) {
  static constexpr std::array<std::array<float, 3>, 4> kWoods{
      {{0.30f, 0.19f, 0.11f}, {0.20f, 0.24f, 0.20f}, {0.40f, 0.13f, 0.08f}, {0.42f, 0.38f, 0.32f}}};
  const auto& c = kWoods[static_cast<std::size_t>(draw.below(4))];
  const std::uint32_t wall = shop.surface({Material::wood, vec3(c[0], c[1], c[2]), vec3(0), draw.bits()});
  const std::uint32_t felt = shop.surface({Material::flat_roof, vec3(0.13f, 0.135f, 0.14f), vec3(0), draw.bits()});
  const std::uint32_t pane = shop.surface({Material::window, vec3(0.03f), vec3(0.6f), draw.bits(), 1});
  const std::uint32_t door = shop.surface({Material::door, vec3(c[0], c[1], c[2]) * 0.6f, vec3(0.4f), draw.bits()});
  const float x = b.half.x, y = b.half.y, height = 2.0f;
  Sides sides;
  Opening d;
  d.u0 = 0.4f, d.u1 = 1.2f, d.v0 = 0.05f, d.v1 = 1.85f, d.pane = door, d.sill = false, d.depth = 0.05f;
  sides[0] = {d};
  sides[1] = window_row(2 * y, 3.0f, 0.7f, 0.9f, 1.6f, pane);
  add_walls(shop, b.half, height, sides, {wall, wall, wall, wall}, wall);
  add_gable_roof(shop, b.half, height, 0.42f, {0.15f, 0.2f}, felt, wall);
  for (const float s : {-1.0f, 1.0f})
    shop.build.triangle({s * x, -s * y, height}, {s * x, s * y, height}, {s * x, 0, height + y * std::tan(0.42f)},
                        wall);
}

}  // namespace tessera::reconstruct::synth
