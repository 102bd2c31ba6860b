#include "reconstruct/blocks/partition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <numeric>
#include <random>

#include <glm/geometric.hpp>
#include <nlohmann/json.hpp>

#include "scene/error.h"

namespace tessera::reconstruct {
namespace {

CellFrame unit_square() { return {.angle = 0, .region = {{0, 0}, {1, 1}}}; }

/// 70 % of the points in one square that is 5 % of the area.
std::vector<Load> clustered(std::size_t count) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> uniform;
  const double side = std::sqrt(0.05);
  std::vector<Load> loads(count);
  for (std::size_t i = 0; i < count; ++i) {
    const glm::dvec2 p(uniform(random), uniform(random));
    loads[i].at = i < count * 7 / 10 ? glm::dvec2(0.186, 0.276) + side * p : p;
  }
  return loads;
}

Balance balance(const Partition& partition, const std::vector<Load>& loads) {
  return balance_of(partition, cell_loads(partition, loads));
}

TEST(CellFrame, ContractionKeepsTheRegionInTheMiddleHalfAndIsOneToOne) {
  CellFrame frame{.angle = 0.4, .region = {{-3, 2}, {5, 4}}, .contracted = true};
  CellFrame plain = frame;
  plain.contracted = false;
  const auto scene_of = [&](const glm::dvec2& p) { return glm::dvec3(plain.scene_from_cell(p), 7.0); };
  EXPECT_LT(glm::length(frame.cell_from_scene(scene_of({-3, 2})) - glm::dvec2(0.25)), 1e-12);
  EXPECT_LT(glm::length(frame.cell_from_scene(scene_of({5, 4})) - glm::dvec2(0.75)), 1e-12);
  std::mt19937 random(2);
  std::uniform_real_distribution<double> direction(-1, 1), decade(-2, 4);
  for (int i = 0; i < 2000; ++i) {
    const glm::dvec2 p =
        glm::dvec2(1, 3) + std::pow(10.0, decade(random)) * glm::dvec2(direction(random), direction(random));
    const glm::dvec3 point = scene_of(p);
    const glm::dvec2 cell = frame.cell_from_scene(point);
    ASSERT_TRUE(frame.root().contains(cell)) << p.x << ' ' << p.y;
    const glm::dvec2 back = frame.scene_from_cell(cell);
    ASSERT_LT(glm::length(back - glm::dvec2(point)), 1e-9 * (1 + glm::length(glm::dvec2(point)))) << p.x << ' ' << p.y;
  }
  // Continuous with a continuous slope where the contraction begins.
  const auto u = [&](double x) { return frame.cell_from_scene(scene_of({1 + 4 * x, 3})).x; };
  const double step = 1e-6;
  EXPECT_NEAR((u(1) - u(1 - step)) / step, (u(1 + step) - u(1)) / step, 1e-5);
}

TEST(CellFrame, LiesAroundPointsAsTightAsARectangleCan) {
  // A flown strip, 40 x 4, at 30 degrees.
  const double angle = std::numbers::pi / 6;
  std::vector<glm::dvec2> points;
  for (int i = 0; i <= 40; ++i)
    for (int j = 0; j <= 4; ++j)
      points.push_back({std::cos(angle) * i - std::sin(angle) * j, std::sin(angle) * i + std::cos(angle) * j});
  const CellFrame frame = frame_around(points, 0.5);
  EXPECT_NEAR(frame.region.area(), 41 * 5, 1e-9);
  EXPECT_NEAR(frame.angle, angle, 1e-9);
  for (const glm::dvec2& p : points) EXPECT_TRUE(frame.root().contains(frame.cell_from_scene({p, 0})));
  std::reverse(points.begin(), points.end());
  EXPECT_EQ(frame_around(points, 0.5).angle, frame.angle);
  EXPECT_NEAR(frame_around(std::vector<glm::dvec2>{{1, 2}}, 2).region.area(), 16, 1e-12);
  EXPECT_NEAR(frame_around(std::vector<glm::dvec2>{{0, 0}, {3, 4}}, 1).region.area(), 7 * 2, 1e-9);
  EXPECT_THROW(frame_around({}, 1), scene::Error);
}

TEST(Partition, EveryPointHasExactlyOneOwner) {
  const auto loads = clustered(5000);
  const CellFrame frame = unit_square();
  CellFrame contracted = frame;
  contracted.contracted = true;
  for (const Partition& partition :
       {grid_uniform(frame, 4, 2), grid_quantile(frame, 4, 2, loads, Quantiles::marginal),
        grid_quantile(frame, 3, 3, loads, Quantiles::per_column), tree_midpoint(frame, loads, 600, 4),
        tree_balanced(frame, loads, 8), grid_uniform(contracted, 4, 4)}) {
    // Random points and points on the cuts: the owner's half-open cell holds it, and no other does.
    std::vector<glm::dvec2> points;
    std::mt19937 random(3);
    std::uniform_real_distribution<double> uniform;
    for (int i = 0; i < 500; ++i) points.push_back({uniform(random), uniform(random)});
    for (const auto& cut : partition.cuts()) {
      glm::dvec2 p(uniform(random), uniform(random));
      p[cut.axis] = cut.at;
      points.push_back(p);
    }
    for (const glm::dvec2& p : points) {
      int owners = 0;
      for (std::uint32_t i = 0; i < partition.cells(); ++i) owners += partition.cell(i).contains(p);
      ASSERT_EQ(owners, 1);
      ASSERT_TRUE(partition.cell(partition.owner_at(p)).contains(p));
    }
    double area = 0;
    for (std::uint32_t i = 0; i < partition.cells(); ++i) area += partition.cell(i).area();
    EXPECT_NEAR(area, partition.frame().root().area(), 1e-12);
    const auto sums = cell_loads(partition, loads);
    EXPECT_EQ(std::accumulate(sums.begin(), sums.end(), 0.0), 5000);
  }
}

TEST(Partition, TurningTheSceneTurnsTheOwners) {
  const Partition straight = tree_balanced(unit_square(), clustered(2000), 7);
  CellFrame frame = unit_square();
  frame.angle = 0.7;
  Partition turned = Partition::from_json(
      [&] {
        auto json = straight.json();
        json["angle"] = 0.7;
        return json;
      }(),
      "plan");
  std::mt19937 random(4);
  std::uniform_real_distribution<double> uniform(-0.5, 1.5);
  for (int i = 0; i < 2000; ++i) {
    const glm::dvec2 p(uniform(random), uniform(random));
    EXPECT_EQ(turned.owner({frame.scene_from_cell(p), 3.0}), straight.owner({p, -8.0}));
  }
}

TEST(Partition, WhatLiesOutsideGoesToTheNearestCellOrToTheBackground) {
  const Partition nearest = grid_uniform(unit_square(), 2, 2);
  EXPECT_EQ(nearest.owner({-5, -5, 0}), nearest.owner({0.1, 0.1, 0}));
  EXPECT_EQ(nearest.owner({9, 0.4, 0}), nearest.owner({0.9, 0.1, 0}));
  Partition background(unit_square(), Partition::Outside::background);
  background.split(0, 0, 0.5);
  EXPECT_EQ(background.owner({0.2, 0.2, 0}), 0u);
  EXPECT_EQ(background.owner({1.0, 0.2, 0}), 2u) << "half-open";
  EXPECT_EQ(background.owner({0.2, -0.01, 0}), background.cells());
}

TEST(Partition, IsBalancedAsItsRuleSays) {
  const auto loads = clustered(100'000);
  const CellFrame frame = unit_square();
  const Balance uniform = balance(grid_uniform(frame, 4, 2), loads);
  EXPECT_GE(uniform.max_over_mean, 4);
  EXPECT_NEAR(uniform.worst_aspect, 2, 1e-9);
  const Partition midpoint = tree_midpoint(frame, loads, 100'000.0 / 8, 3);
  EXPECT_EQ(midpoint.cells(), 5u);
  EXPECT_GE(balance(midpoint, loads).max_over_mean, 2.4);
  EXPECT_LE(balance(midpoint, loads).max_over_mean, 2.8);
  const Partition quarter = tree_balanced(frame, loads, 8, 0.25), tenth = tree_balanced(frame, loads, 8, 0.1);
  EXPECT_EQ(quarter.cells(), 8u);
  EXPECT_LE(balance(quarter, loads).max_over_mean, 1.7);
  EXPECT_LE(balance(tenth, loads).max_over_mean, 1.05);
  EXPECT_LE(balance(grid_quantile(frame, 4, 2, loads, Quantiles::per_column), loads).max_over_mean, 1.01);
  EXPECT_LE(balance(grid_quantile(frame, 4, 2, loads, Quantiles::marginal), loads).max_over_mean, 1.3);
  for (const auto& [name, partition] : {std::pair("uniform 4 x 2", grid_uniform(frame, 4, 2)),
                                        {"midpoint", midpoint},
                                        {"balanced, clamp 0.25", quarter},
                                        {"balanced, clamp 0.1", tenth}}) {
    const Balance b = balance(partition, loads);
    std::printf("%-22s %u cells, max/mean %.2f, CV %.2f, worst aspect %.1f\n", name, partition.cells(), b.max_over_mean,
                b.variation, b.worst_aspect);
  }
}

TEST(Partition, TheMidpointTreeStopsAtItsDepth) {
  const auto loads = clustered(10'000);
  for (int depth = 0; depth < 5; ++depth) EXPECT_LE(tree_midpoint(unit_square(), loads, 1, depth).cells(), 1u << depth);
  EXPECT_EQ(tree_midpoint(unit_square(), loads, 1, 2).cells(), 4u);
}

TEST(Balance, OfAPublishedPartition) {
  // Points of the seven blocks of BlockGaussian's own partition of Rubble.
  const std::vector<double> counts{139419, 635188, 63403, 299097, 503236, 41440, 192826};
  std::vector<Load> loads;
  for (std::size_t i = 0; i < counts.size(); ++i)
    loads.push_back({{(static_cast<double>(i) + 0.5) / 7, 0.5}, counts[i]});
  const Balance b = balance(grid_uniform(unit_square(), 7, 1), loads);
  EXPECT_NEAR(b.variation, 0.78, 0.005);
  EXPECT_NEAR(b.max_over_mean, 2.37, 0.005);
}

TEST(Partition, CanBeEditedAndStaysWhole) {
  Partition p(unit_square());
  p.split(0, 0, 0.5);
  p.split(1, 1, 0.25);
  ASSERT_EQ(p.cells(), 3u);
  EXPECT_EQ(p.neighbours(0), (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(p.neighbours(1), (std::vector<std::uint32_t>{0, 2}));
  p.move_cut(0, 0.75);
  EXPECT_EQ(p.cell(1).low, glm::dvec2(0.75, 0));
  EXPECT_EQ(p.cell(2).low, glm::dvec2(0.75, 0.25));
  EXPECT_THROW(p.move_cut(0, 1), scene::Error);
  EXPECT_THROW(p.split(0, 0, -1), scene::Error);
  EXPECT_EQ(p.cells(), 3u);
  p.merge(1);
  EXPECT_EQ(p.cells(), 2u);
  p.merge(0);
  EXPECT_EQ(p.cells(), 1u);
  EXPECT_EQ(p.cell(0).high, glm::dvec2(1, 1));
  EXPECT_THROW(Partition(CellFrame{}), scene::Error);
}

TEST(Partition, AMovedCutTakesTheCutsBelowItAlong) {
  Partition p = grid_uniform(unit_square(), 1, 1);
  p.split(0, 0, 0.5);
  p.split(0, 0, 0.25);  // in the middle of the low side
  p.move_cut(0, 0.9);
  EXPECT_DOUBLE_EQ(p.cuts()[1].at, 0.45);
}

TEST(Partition, SurvivesItsFileAndRefusesADamagedOne) {
  const Partition p = tree_balanced(unit_square(), clustered(3000), 9);
  const auto json = p.json();
  const Partition back = Partition::from_json(json, "plan.json");
  EXPECT_EQ(back.json(), json);
  for (std::uint32_t i = 0; i < p.cells(); ++i) EXPECT_EQ(back.cell(i).low, p.cell(i).low);
  const auto refused = [&](const char* pointer, const nlohmann::json& value) {
    auto broken = json;
    broken[nlohmann::json::json_pointer(pointer)] = value;
    try {
      Partition::from_json(broken, "plan.json");
      ADD_FAILURE() << pointer;
    } catch (const scene::Error& e) {
      EXPECT_THAT(e.what(), testing::HasSubstr("plan.json"));
    }
  };
  refused("/angle", "much");
  refused("/low", 3);
  refused("/high/0", -1);
  refused("/contracted", 1);
  refused("/outside", "here");
  refused("/tree", nlohmann::json::array());
  refused("/tree/0", 5);
  refused("/tree/0/axis", "z");
  refused("/tree/0/at", 17);
  refused("/tree/1", nullptr);
  EXPECT_THROW(Partition::from_json({}, "plan.json"), scene::Error);
}

TEST(Partitioners, TakeLoadsThatHaveNothingToGoBy) {
  const CellFrame frame = unit_square();
  EXPECT_EQ(tree_balanced(frame, {}, 4).cells(), 1u);
  EXPECT_EQ(grid_quantile(frame, 3, 2, {}, Quantiles::marginal).cells(), 6u);
  const std::vector<Load> same(100, {{0.3, 0.3}, 1});
  EXPECT_LE(tree_balanced(frame, same, 4).cells(), 4u);
  EXPECT_EQ(grid_quantile(frame, 4, 4, same, Quantiles::per_column).cells(), 16u);
  EXPECT_THROW(grid_uniform(frame, 0, 2), scene::Error);
  EXPECT_THROW(tree_balanced(frame, same, 0), scene::Error);
}

}  // namespace
}  // namespace tessera::reconstruct
