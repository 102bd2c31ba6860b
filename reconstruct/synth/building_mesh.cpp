#include <algorithm>
#include <array>

#include "reconstruct/synth/building_parts.h"

namespace tessera::reconstruct::synth {

namespace {

using glm::vec2;
using glm::vec3;

template <std::size_t N>
vec3 pick(Draw& draw, const std::array<std::array<float, 3>, N>& colors) {
  const auto& c = colors[static_cast<std::size_t>(draw.below(static_cast<int>(N)))];
  const float light = draw.uniform(0.92f, 1.06f);
  return light * vec3(c[0], c[1], c[2]);
}

}  // namespace

vec3 plaster_color(Draw& draw) {
  static constexpr std::array<std::array<float, 3>, 9> kColors{{{0.66f, 0.60f, 0.47f},
                                                                {0.64f, 0.50f, 0.27f},
                                                                {0.58f, 0.33f, 0.22f},
                                                                {0.42f, 0.50f, 0.55f},
                                                                {0.47f, 0.53f, 0.42f},
                                                                {0.70f, 0.69f, 0.66f},
                                                                {0.62f, 0.43f, 0.36f},
                                                                {0.50f, 0.48f, 0.45f},
                                                                {0.68f, 0.64f, 0.56f}}};
  return pick(draw, kColors);
}

vec3 brick_color(Draw& draw) {
  static constexpr std::array<std::array<float, 3>, 4> kColors{
      {{0.36f, 0.14f, 0.085f}, {0.42f, 0.20f, 0.12f}, {0.30f, 0.15f, 0.11f}, {0.50f, 0.37f, 0.23f}}};
  return pick(draw, kColors);
}

vec3 tile_color(Draw& draw) {
  static constexpr std::array<std::array<float, 3>, 6> kColors{{{0.36f, 0.115f, 0.055f},
                                                                {0.30f, 0.095f, 0.050f},
                                                                {0.38f, 0.165f, 0.085f},
                                                                {0.19f, 0.085f, 0.055f},
                                                                {0.115f, 0.115f, 0.125f},
                                                                {0.165f, 0.150f, 0.140f}}};
  return pick(draw, kColors);
}

std::uint32_t tile_surface(Workshop& shop, Draw& draw) {
  const vec3 color = tile_color(draw);
  return shop.surface({Material::roof_tiles, color, vec3(0.5f), draw.bits()});
}

void stand_on_ground(Workshop& shop, const BuildingPlan& b) {
  const Terrain& terrain = shop.layout.terrain;
  vec3 origin = terrain.world(b.centre);
  const float angle = b.angle + terrain.turn(b.centre);
  shop.build.set_frame(origin, angle);
  float highest = -1e9f;
  for (const float x : {-1.0f, 1.0f})
    for (const float y : {-1.0f, 1.0f}) {
      const vec3 corner = shop.build.to_mesh({x * b.half.x, y * b.half.y, 0});
      highest = std::max(highest, terrain.height(terrain.plan({corner.x, corner.y})));
    }
  origin.z = highest + kKerbHeight + 0.08f;
  shop.build.set_frame(origin, angle);
}

void add_walls(Workshop& shop, vec2 half, float height, const Sides& openings, const Trim& trim, std::uint32_t plinth) {
  const std::array<vec3, 4> corner{vec3(-half.x, -half.y, 0), vec3(half.x, -half.y, 0), vec3(half.x, half.y, 0),
                                   vec3(-half.x, half.y, 0)};
  const vec3 down(0, 0, kFoundation);
  for (std::size_t i = 0; i < 4; ++i) {
    const vec3 a = corner[i], b = corner[(i + 1) % 4];
    add_wall(shop, a, b, height, openings[i], trim);
    shop.build.quad(a + down, b + down, b, a, plinth);
  }
}

void add_entrance(Workshop& shop, vec2 half, float x, float width, bool canopy, std::uint32_t stone,
                  std::uint32_t roof) {
  const float w = 0.5f * width + 0.25f;
  shop.build.box({x - w, -half.y - 1.1f, kFoundation}, {x + w, -half.y, -0.02f}, stone, stone);
  if (canopy) shop.build.box({x - w - 0.2f, -half.y - 1.2f, 2.45f}, {x + w + 0.2f, -half.y, 2.58f}, roof, roof, true);
}

void add_building(Workshop& shop, const BuildingPlan& b) {
  stand_on_ground(shop, b);
  Draw draw(shop.layout.seed, 0x2001, b.id);
  using Kind = BuildingPlan::Kind;
  switch (b.kind) {
    case Kind::apartment:
      return add_apartment(shop, b, draw);
    case Kind::shop:
      return add_shop(shop, b, draw);
    case Kind::hall:
      return add_hall(shop, b, draw);
    case Kind::house:
      return add_house(shop, b, draw);
    case Kind::row_house:
      return add_row_house(shop, b, draw);
    case Kind::shed:
      return add_shed(shop, b, draw);
    case Kind::church:
      return add_church(shop, b, draw);
  }
}

}  // namespace tessera::reconstruct::synth
