#include "reconstruct/synth/city_layout.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <tuple>

#include <glm/geometric.hpp>

#include "reconstruct/synth/lots.h"
#include "reconstruct/synth/noise.h"

namespace tessera::reconstruct::synth {

namespace {

constexpr float kPi = std::numbers::pi_v<float>;

// What each draw is for.
enum What : std::uint32_t { kLots = 0x1001, kStreet, kVerge, kMeadow, kPonds, kPoles };

float rounded_box_distance(glm::vec2 local, glm::vec2 half, float rounding) {
  const glm::vec2 q = glm::abs(local) - half + rounding;
  const glm::vec2 outside = glm::max(q, glm::vec2(0));
  return glm::length(outside) + std::min(std::max(q.x, q.y), 0.0f) - rounding;
}

// Columns x rows as square as possible with the least waste.
std::pair<int, int> grid_of(int blocks) {
  int columns = 1;
  while (columns * columns < blocks) ++columns;
  return {columns, (blocks + columns - 1) / columns};
}

// Cars, trees and lamps along the four kerbs of a block.
void furnish_kerbs(CityLayout& city, const BlockPlan& block, int index) {
  for (int side = 0; side < 4; ++side) {
    Draw draw(city.seed, kStreet, static_cast<std::uint64_t>(index) * 4 + static_cast<std::uint64_t>(side));
    const float turn = 0.5f * kPi * static_cast<float>(side);
    const glm::vec2 along(std::cos(turn), std::sin(turn)), out(along.y, -along.x);  // side 0: the southern kerb
    const auto at = [&](float s, float beyond) { return block.centre + s * along + (kSlabHalf + beyond) * out; };
    // Parking lane at the southern and western kerbs only: two cars still pass on the other lanes.
    const float straight = kSlabHalf - kSlabRounding - 5.0f;  // no parking on crossings
    if (side == 0 || side == 3) {
      for (float s = -straight + 2.6f; s < straight - 2.0f; s += 5.9f) {
        if (!draw.chance(0.62f)) continue;
        const bool van = draw.chance(0.14f);
        add_car(city, draw, at(s + draw.uniform(-0.4f, 0.4f), 1.08f + draw.uniform(-0.08f, 0.08f)),
                turn + (draw.chance(0.15f) ? kPi : 0.0f) + draw.uniform(-0.02f, 0.02f), van);
      }
    } else if (draw.chance(0.7f)) {
      add_car(city, draw, at(draw.uniform(-straight, straight), 2.0f), turn, draw.chance(0.1f));
    }
    int slot = 0;
    for (float s = -straight; s <= straight; s += 8.0f, ++slot) {
      const float jitter = draw.uniform(-0.5f, 0.5f);
      if (slot % 3 == side % 2)
        add_prop(city, draw, PropPlan::Kind::lamp, at(s, -0.55f), turn, 1.0f);
      else if (draw.chance(0.55f))
        add_tree(city, draw, at(s + jitter, -1.0f),
                 draw.chance(0.3f) ? PropPlan::Kind::slender : PropPlan::Kind::broadleaf, draw.uniform(0.62f, 0.85f));
      else if (draw.chance(0.15f))
        add_prop(city, draw, PropPlan::Kind::bin, at(s, -0.5f), turn, 1.0f);
    }
  }
}

// Trees, bushes and hedges of the fields around the town: denser near it, none past the haze.
void plant_meadows(CityLayout& city) {
  constexpr float kCell = 11.0f, kReach = 130.0f;
  const glm::vec2 inner = city.half + 9.0f;
  const int nx = static_cast<int>((city.half.x + kReach) / kCell),
            ny = static_cast<int>((city.half.y + kReach) / kCell);
  for (int y = -ny; y <= ny; ++y)
    for (int x = -nx; x <= nx; ++x) {
      Draw draw(city.seed, kMeadow, (static_cast<std::uint64_t>(x + 512) << 12) | static_cast<std::uint64_t>(y + 512));
      const glm::vec2 p =
          kCell * (glm::vec2(x, y) + glm::vec2(draw.uniform(-0.45f, 0.45f), draw.uniform(-0.45f, 0.45f)));
      if (std::abs(p.x) < inner.x && std::abs(p.y) < inner.y) continue;
      const float grove = noise2(p / 38.0f, static_cast<std::uint32_t>(city.seed) + 77u);
      if (!draw.chance(0.10f + 0.55f * smoothstep(0.1f, 0.6f, grove))) continue;
      if (draw.chance(0.3f))
        add_prop(city, draw, PropPlan::Kind::bush, p, draw.uniform(0, 6), draw.uniform(0.8f, 1.6f));
      else
        add_tree(city, draw, p,
                 draw.chance(0.22f)  ? PropPlan::Kind::conifer
                 : draw.chance(0.2f) ? PropPlan::Kind::slender
                                     : PropPlan::Kind::broadleaf,
                 draw.uniform(0.75f, 1.2f));
    }
}

}  // namespace

float patch_distance(const Patch& patch, glm::vec2 plan) {
  const glm::vec2 d = plan - patch.centre;
  const float c = std::cos(patch.angle), s = std::sin(patch.angle);
  return rounded_box_distance({c * d.x + s * d.y, c * d.y - s * d.x}, patch.half, patch.rounding);
}

float slab_distance(const BlockPlan& block, glm::vec2 plan) {
  return rounded_box_distance(plan - block.centre, glm::vec2(kSlabHalf), kSlabRounding);
}

const BlockPlan* CityLayout::block_at(glm::vec2 plan) const {
  const glm::vec2 cell = glm::floor((plan + half) / kPitch);
  if (cell.x < 0 || cell.y < 0 || cell.x >= static_cast<float>(columns) || cell.y >= static_cast<float>(rows))
    return nullptr;
  return &blocks[static_cast<std::size_t>(cell.y) * static_cast<std::size_t>(columns) +
                 static_cast<std::size_t>(cell.x)];
}

CityLayout plan_city(int blocks, std::uint64_t seed) {
  CityLayout city;
  std::tie(city.columns, city.rows) = grid_of(blocks);
  city.seed = seed;
  city.half = 0.5f * kPitch * glm::vec2(city.columns, city.rows);
  std::vector<Pond> ponds;
  for (int i = 0; i < city.columns * city.rows; ++i) {
    BlockPlan block;
    block.centre = kPitch * (glm::vec2(i % city.columns, i / city.columns) + 0.5f) - city.half;
    block.built = i < blocks;
    Draw draw(seed, kLots, static_cast<std::uint64_t>(i));
    fill_block(city, block, ponds, draw);
    furnish_kerbs(city, block, i);
    city.blocks.push_back(std::move(block));
  }
  plant_meadows(city);
  city.terrain = Terrain(seed, std::move(ponds));
  return city;
}

}  // namespace tessera::reconstruct::synth
