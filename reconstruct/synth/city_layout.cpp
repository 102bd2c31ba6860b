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
enum What : std::uint32_t { kLots = 0x1001, kStreet };

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
        if (!draw.chance(0.70f)) continue;
        const bool van = draw.chance(0.14f);
        add_car(city, draw, at(s + draw.uniform(-0.4f, 0.4f), 1.08f + draw.uniform(-0.08f, 0.08f)),
                turn + (draw.chance(0.15f) ? kPi : 0.0f) + draw.uniform(-0.02f, 0.02f), van);
      }
    } else if (draw.chance(0.7f)) {
      add_car(city, draw, at(draw.uniform(-straight, straight), 2.0f), turn, draw.chance(0.1f));
    }
    for (int i = 0; i < 2; ++i)
      if (draw.chance(0.7f)) add_person(city, draw, at(draw.uniform(-straight, straight), draw.uniform(-2.0f, -0.8f)));
    add_prop(city, draw, PropPlan::Kind::traffic_sign, at(-straight - 2.0f, -0.5f), turn - 0.5f * kPi, 1.0f);
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

// Draws know nothing of each other: a bush or a car that would stand in a building is left out.
void clear_buildings(CityLayout& city) {
  std::erase_if(city.props, [&](const PropPlan& prop) {
    return std::any_of(city.buildings.begin(), city.buildings.end(), [&](const BuildingPlan& b) {
      const glm::vec2 d = prop.centre - b.centre;
      const float c = std::cos(b.angle), s = std::sin(b.angle), margin = 0.4f;
      return std::abs(c * d.x + s * d.y) < b.half.x + margin && std::abs(c * d.y - s * d.x) < b.half.y + margin;
    });
  });
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

std::size_t CityLayout::outer_cell(glm::vec2 plan) const {
  const glm::vec2 cell = glm::floor((plan + half) / kPitch) + 1.0f;
  const int x = std::clamp(static_cast<int>(cell.x), 0, columns + 1),
            y = std::clamp(static_cast<int>(cell.y), 0, rows + 1);
  return static_cast<std::size_t>(y * (columns + 2) + x);
}

glm::vec2 CityLayout::country_road_offset(glm::vec2 plan) const {
  return plan + half - kPitch * glm::vec2(columns / 2, (rows + 1) / 2);
}

bool CityLayout::on_country_road(glm::vec2 plan, float margin) const {
  const glm::vec2 off = glm::abs(country_road_offset(plan)), beyond = glm::abs(plan) - half;
  const float reach = kCountryHalf + margin;
  return (off.x < reach && beyond.y > 0) || (off.y < reach && beyond.x > 0);
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
  city.outer_patches.resize(static_cast<std::size_t>((city.columns + 2) * (city.rows + 2)));
  surround(city);
  clear_buildings(city);
  city.terrain = Terrain(seed, std::move(ponds));
  return city;
}

}  // namespace tessera::reconstruct::synth
