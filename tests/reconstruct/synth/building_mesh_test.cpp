// Every kind of building, standing alone; and what its surfaces are made of.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include <glm/geometric.hpp>

#include "reconstruct/synth/city_mesh.h"

namespace tessera::reconstruct::synth {
namespace {

using Kind = BuildingPlan::Kind;

struct Range {
  float low, high;
};
struct Expected {
  Kind kind;
  glm::vec2 half;
  int floors;
  Range height;  // of the highest point above the ground
};
// A storey has about 3 m, a roof rises about as far as half its depth, with a chimney on it; the church has a nave, a
// tower of 15.5 m, a spire and a cross.
const Expected kKinds[] = {{Kind::apartment, {9, 6}, 4, {12, 19}}, {Kind::house, {5, 4}, 2, {6, 12}},
                           {Kind::row_house, {3, 5}, 2, {6, 14}},  {Kind::shop, {8, 6}, 1, {3, 9}},
                           {Kind::hall, {10, 7}, 1, {5, 12}},      {Kind::church, {8, 4.5f}, 1, {25, 28}},
                           {Kind::shed, {2, 1.5f}, 1, {1.8f, 4}}};

BuildingPlan plan_of(const Expected& e) {
  BuildingPlan plan;
  plan.kind = e.kind, plan.half = e.half, plan.floors = e.floors, plan.angle = 0.4f, plan.id = 5;
  return plan;
}

TEST(Building, EveryKindStandsInItsPlotAndHasItsHeight) {
  const CityLayout layout = plan_city(1, 3);
  for (const Expected& e : kKinds) {
    SCOPED_TRACE(static_cast<int>(e.kind));
    Workshop shop(layout);
    const BuildingPlan plan = plan_of(e);
    add_building(shop, plan);
    ASSERT_GT(shop.mesh.triangles.size(), 20u);
    float top = -std::numeric_limits<float>::max(), reach = 0;
    for (const Vertex& v : shop.mesh.vertices) {
      ASSERT_TRUE(std::isfinite(v.position.x + v.position.y + v.position.z));
      const glm::vec2 d = glm::vec2(v.position.x, v.position.y) - plan.centre;
      top = std::max(top, v.position.z);
      reach = std::max(reach, glm::length(d) - glm::length(plan.half));
    }
    top -= layout.terrain.height(plan.centre);
    EXPECT_GE(top, e.height.low);
    EXPECT_LE(top, e.height.high);
    EXPECT_LE(reach, e.kind == Kind::church ? 6 : 2.5f) << "eaves, steps and the church's tower stand out";
    for (const Triangle& t : shop.mesh.triangles) {
      ASSERT_LT(std::max({t.a, t.b, t.c}), shop.mesh.vertices.size());
      ASSERT_LT(t.surface, shop.surfaces.size());
    }
  }
}

TEST(Building, IsAFunctionOfItsPlan) {
  const CityLayout layout = plan_city(1, 3);
  for (const Expected& e : kKinds) {
    const auto shape = [&](std::uint32_t id) {
      Workshop shop(layout);
      BuildingPlan plan = plan_of(e);
      plan.id = id;
      add_building(shop, plan);
      std::vector<float> values;
      for (const Vertex& v : shop.mesh.vertices)
        values.insert(values.end(), {v.position.x, v.position.y, v.position.z, v.uv.x, v.uv.y});
      for (const Surface& s : shop.surfaces) values.insert(values.end(), {s.color.r, s.color.g, s.color.b});
      for (const Surface& s : shop.surfaces) values.push_back(static_cast<float>(s.seed % 1000));
      return values;
    };
    EXPECT_EQ(shape(5), shape(5)) << static_cast<int>(e.kind);
    EXPECT_NE(shape(5), shape(6)) << static_cast<int>(e.kind);
  }
}

/// Mean and spread of the brightness over a square metre or so of a surface.
struct Texture {
  double mean = 0, spread = 0;
};
Texture texture(const CityLayout& layout, Material material, float footprint) {
  const Surface surface{material, glm::vec3(0.4f, 0.3f, 0.2f), glm::vec3(0.1f, 0.2f, 0.3f), 77, 2.8f};
  Texture result;
  double squares = 0;
  constexpr int kSide = 24;
  for (int i = 0; i < kSide; ++i)
    for (int j = 0; j < kSide; ++j) {
      SurfacePoint point;
      point.uv = {0.137f * static_cast<float>(i), 0.119f * static_cast<float>(j)};
      point.position = {point.uv.x, point.uv.y, 0};
      point.footprint = footprint;
      const Appearance a = evaluate(surface, point, layout);
      for (int c = 0; c < 3; ++c) {
        EXPECT_GE(a.albedo[c], 0) << static_cast<int>(material);
        EXPECT_LE(a.albedo[c], 1.2f) << static_cast<int>(material);
      }
      EXPECT_NEAR(glm::length(a.normal), 1, 1e-4) << static_cast<int>(material);
      EXPECT_TRUE(a.mirror >= 0 && a.mirror <= 1 && a.thin >= 0 && a.thin <= 1 && a.gloss > 0);
      const double grey = (a.albedo.r + a.albedo.g + a.albedo.b) / 3;
      result.mean += grey / (kSide * kSide), squares += grey * grey / (kSide * kSide);
    }
  result.spread = std::sqrt(std::max(0.0, squares - result.mean * result.mean));
  return result;
}

TEST(Materials, AllReflectWhatSurfacesCan) {
  const CityLayout layout = plan_city(1, 3);
  for (int m = 0; m <= static_cast<int>(Material::plain); ++m)
    for (const float footprint : {0.0f, 0.02f, 3.0f}) texture(layout, static_cast<Material>(m), footprint);
}

TEST(Materials, DetailFinerThanAPixelIsAveragedAway) {
  const CityLayout layout = plan_city(1, 3);
  for (const Material m : {Material::brick, Material::roof_tiles, Material::siding, Material::stone,
                           Material::metal_roof, Material::flat_roof}) {
    const Texture near = texture(layout, m, 0), far = texture(layout, m, 20);
    EXPECT_GT(near.spread, 0.01 * near.mean) << static_cast<int>(m);
    EXPECT_LT(far.spread, 0.5 * near.spread) << static_cast<int>(m);
    EXPECT_NEAR(far.mean, near.mean, 0.15 * near.mean) << static_cast<int>(m);
  }
}

}  // namespace
}  // namespace tessera::reconstruct::synth
