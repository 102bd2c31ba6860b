#include <algorithm>

#include "reconstruct/synth/city_mesh.h"
#include "reconstruct/synth/noise.h"

namespace tessera::reconstruct::synth {

namespace {
using glm::vec3;
}

void add_building(Workshop& shop, const BuildingPlan& b) {
  const Terrain& terrain = shop.layout.terrain;
  Draw draw(shop.layout.seed, 0x2001, b.id);
  vec3 origin = terrain.world(b.centre);
  const float angle = b.angle + terrain.turn(b.centre);
  shop.build.set_frame(origin, angle);
  float highest = -1e9f;
  for (const float x : {-1.0f, 1.0f})
    for (const float y : {-1.0f, 1.0f}) {
      const vec3 corner = shop.build.to_mesh({x * b.half.x, y * b.half.y, 0});
      highest = std::max(highest, terrain.height(terrain.plan({corner.x, corner.y})));
    }
  origin.z = highest + kKerbHeight + 0.05f;
  shop.build.set_frame(origin, angle);
  static constexpr float kWalls[6][3] = {{0.62f, 0.58f, 0.50f}, {0.60f, 0.50f, 0.34f}, {0.52f, 0.33f, 0.24f},
                                         {0.46f, 0.50f, 0.46f}, {0.66f, 0.64f, 0.60f}, {0.40f, 0.20f, 0.14f}};
  const auto& w = kWalls[draw.below(6)];
  const std::uint32_t wall = shop.surface(
      {draw.chance(0.3f) ? Material::brick : Material::plaster, {w[0], w[1], w[2]}, vec3(0.5f), draw.bits()});
  const bool flat = b.kind == BuildingPlan::Kind::apartment || b.kind == BuildingPlan::Kind::shop ||
                    b.kind == BuildingPlan::Kind::hall;
  const std::uint32_t roof = shop.surface({flat ? Material::flat_roof : Material::roof_tiles,
                                           flat ? vec3(0.25f) : vec3(0.32f, 0.10f, 0.055f), vec3(0.5f), draw.bits()});
  const std::uint32_t pane = shop.surface({Material::window, vec3(0.03f), vec3(0.65f), draw.bits()});
  const float x = b.half.x, y = b.half.y,
              h = (b.kind == BuildingPlan::Kind::shed ? 2.2f : 3.0f) * static_cast<float>(b.floors);
  shop.build.box({-x, -y, -1.5f}, {x, y, h}, wall, roof);
  if (b.kind != BuildingPlan::Kind::shed)
    for (int floor = 0; floor < b.floors; ++floor)
      for (float u = -x + 1.4f; u < x - 1.0f; u += 2.4f)
        for (const float side : {-1.0f, 1.0f}) {
          const float z = 3.0f * static_cast<float>(floor) + 0.9f, e = side * (y + 0.02f), half = 0.6f * -side;
          shop.build.unit_quad({u + half, e, z}, {u - half, e, z}, {u - half, e, z + 1.5f}, {u + half, e, z + 1.5f},
                               pane);
        }
  if (flat) {
    const std::uint32_t plant = shop.surface({Material::concrete, vec3(0.45f), vec3(0.5f), draw.bits()});
    shop.build.box({-2, -1.5f, h}, {1, 1.5f, h + 2.2f}, plant, roof);
    return;
  }
  const float rise = 0.8f * y, over = 0.4f;
  const vec3 e0(-x - over, -y - over, h - 0.3f), e1(x + over, -y - over, h - 0.3f), r0(-x - over, 0, h + rise),
      r1(x + over, 0, h + rise);
  const vec3 f0(-x - over, y + over, h - 0.3f), f1(x + over, y + over, h - 0.3f);
  shop.build.quad(e0, e1, r1, r0, roof);
  shop.build.quad(f1, f0, r0, r1, roof);
  shop.build.triangle({-x, y, h}, {-x, -y, h}, {-x, 0, h + rise * 0.97f}, wall);
  shop.build.triangle({x, -y, h}, {x, y, h}, {x, 0, h + rise * 0.97f}, wall);
}

}  // namespace tessera::reconstruct::synth
