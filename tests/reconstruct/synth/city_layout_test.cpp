#include "reconstruct/synth/city_layout.h"

#include <array>
#include <cmath>
#include <set>

#include <gtest/gtest.h>
#include <glm/common.hpp>
#include <glm/geometric.hpp>

namespace tessera::reconstruct::synth {
namespace {

using glm::vec2;

bool inside(const BuildingPlan& b, vec2 p, float margin) {
  const vec2 d = p - b.centre;
  const float c = std::cos(b.angle), s = std::sin(b.angle);
  const vec2 local(c * d.x + s * d.y, c * d.y - s * d.x);
  return std::abs(local.x) < b.half.x + margin && std::abs(local.y) < b.half.y + margin;
}

TEST(CityLayout, LaysBlocksOutAsSquareAsPossible) {
  for (const auto& [blocks, columns, rows] :
       {std::array{1, 1, 1}, {2, 2, 1}, {3, 2, 2}, {4, 2, 2}, {12, 4, 3}, {16, 4, 4}, {64, 8, 8}}) {
    const CityLayout city = plan_city(blocks, 1);
    EXPECT_EQ(city.columns, columns) << blocks;
    EXPECT_EQ(city.rows, rows) << blocks;
    EXPECT_EQ(city.half, 30.0f * vec2(columns, rows));
    int built = 0;
    for (const BlockPlan& block : city.blocks) {
      built += block.built;
      EXPECT_EQ(city.block_at(block.centre), &block);
      EXPECT_FLOAT_EQ(slab_distance(block, block.centre + vec2(kSlabHalf, 0)), 0.0f);
      EXPECT_LT(slab_distance(block, block.centre), -20.0f);
    }
    EXPECT_EQ(built, blocks);
    EXPECT_EQ(city.block_at(city.half + 1.0f), nullptr);
  }
}

TEST(CityLayout, EveryBuiltBlockHasBuildingsAndTheFirstHasEveryKind) {
  const CityLayout city = plan_city(9, 4);
  for (const BlockPlan& block : city.blocks) {
    int count = 0;
    for (const BuildingPlan& b : city.buildings) count += city.block_at(b.centre) == &block;
    EXPECT_GE(count, 3);
  }
  std::set<BuildingPlan::Kind> kinds;
  for (const BuildingPlan& b : city.buildings)
    if (city.block_at(b.centre) == &city.blocks[0]) kinds.insert(b.kind);
  using Kind = BuildingPlan::Kind;
  EXPECT_EQ(kinds, (std::set<Kind>{Kind::apartment, Kind::house, Kind::row_house, Kind::shed}));
  EXPECT_GE(city.terrain.ponds().size(), 1u);
}

TEST(CityLayout, NothingStandsInsideABuilding) {
  for (const std::uint64_t seed : {0, 1, 2, 3, 4}) {
    const CityLayout city = plan_city(16, seed);
    for (const BuildingPlan& b : city.buildings) {
      for (const PropPlan& p : city.props)
        EXPECT_FALSE(inside(b, p.centre, 0.1f)) << "seed " << seed << " prop kind " << int(p.kind) << " at "
                                                << p.centre.x << " " << p.centre.y << " in kind " << int(b.kind);
      for (const BuildingPlan& other : city.buildings)
        if (&other != &b) {
          // Row houses touch; nothing overlaps by more.
          EXPECT_FALSE(inside(b, other.centre, 0.0f));
          for (const float x : {-1.0f, 1.0f})
            for (const float y : {-1.0f, 1.0f}) {
              const float c = std::cos(other.angle), s = std::sin(other.angle);
              const vec2 corner = other.half * vec2(x, y);
              EXPECT_FALSE(
                  inside(b, other.centre + vec2(c * corner.x - s * corner.y, s * corner.x + c * corner.y), -0.05f))
                  << "seed " << seed << " kinds " << int(b.kind) << " " << int(other.kind);
            }
        }
      for (const Pond& pond : city.terrain.ponds()) EXPECT_GT(pond_distance(pond, b.centre), 3.0f);
    }
  }
}

TEST(CityLayout, BuildingsStandOnTheirSlabAndCarsNotOnThePavement) {
  const CityLayout city = plan_city(16, 2);
  for (const BuildingPlan& b : city.buildings) {
    const BlockPlan* block = city.block_at(b.centre);
    if (!block) continue;  // around the town
    const float c = std::abs(std::cos(b.angle)), s = std::abs(std::sin(b.angle));
    const vec2 reach(c * b.half.x + s * b.half.y, s * b.half.x + c * b.half.y);
    const vec2 corner = glm::abs(b.centre - block->centre) + reach;
    EXPECT_LT(std::max(corner.x, corner.y), kSlabHalf - kPavement + 0.3f) << "kind " << int(b.kind);
  }
  int parked = 0;
  for (const PropPlan& p : city.props) {
    if (p.kind != PropPlan::Kind::car && p.kind != PropPlan::Kind::van) continue;
    const BlockPlan* block = city.block_at(p.centre);
    ++parked;
    if (!block) continue;
    const float distance = slab_distance(*block, p.centre);
    EXPECT_TRUE(distance > 0.9f || distance < -kPavement) << distance;
  }
  EXPECT_GT(parked, 60);
}

TEST(CityLayout, IsAFunctionOfSeedAndBlocks) {
  const CityLayout a = plan_city(4, 7), b = plan_city(4, 7), c = plan_city(4, 8);
  ASSERT_EQ(a.props.size(), b.props.size());
  for (std::size_t i = 0; i < a.props.size(); ++i) EXPECT_EQ(a.props[i].centre, b.props[i].centre);
  EXPECT_NE(a.buildings[0].floors * 100 + a.props.size(), c.buildings[0].floors * 100 + c.props.size());
}

TEST(CityLayout, PatchDistanceIsThatOfARoundedTurnedRectangle) {
  Patch patch;
  patch.centre = {10, 20}, patch.half = {4, 1}, patch.angle = 1.5707963f;
  EXPECT_NEAR(patch_distance(patch, {10, 24.5f}), 0.5f, 1e-5f);
  EXPECT_NEAR(patch_distance(patch, {11.25f, 20}), 0.25f, 1e-5f);
  EXPECT_NEAR(patch_distance(patch, {10, 20}), -1.0f, 1e-5f);
  patch.rounding = 1;
  EXPECT_NEAR(patch_distance(patch, {11, 24}), std::sqrt(2.0f) - 1.0f, 1e-5f);
}

TEST(CityLayout, CountryRoadsLeaveTheTownOnItsStreets) {
  const CityLayout city = plan_city(4, 0);
  EXPECT_TRUE(city.on_country_road({0, 100}, 0));
  EXPECT_TRUE(city.on_country_road({100, 0}, 0));
  EXPECT_FALSE(city.on_country_road({0, 10}, 0));
  EXPECT_FALSE(city.on_country_road({40, 100}, 3));
  EXPECT_TRUE(city.on_country_road({5, 100}, 3));
  EXPECT_EQ(city.outer_cell({-500, -500}), 0u);
  EXPECT_EQ(city.outer_cell({500, 500}), 15u);
}

}  // namespace
}  // namespace tessera::reconstruct::synth
