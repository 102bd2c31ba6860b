#include "reconstruct/synth/terrain.h"

#include <cmath>

#include <gtest/gtest.h>
#include <glm/geometric.hpp>

#include "reconstruct/synth/noise.h"

namespace tessera::reconstruct::synth {
namespace {

using glm::vec2;
using glm::vec3;

TEST(Terrain, PlanInvertsWorld) {
  const Terrain terrain(3, {});
  Draw draw(1, 1, 0);
  for (int i = 0; i < 200; ++i) {
    const vec2 plan(draw.uniform(-300, 300), draw.uniform(-300, 300));
    const vec3 world = terrain.world(plan, 2.5f);
    EXPECT_FLOAT_EQ(world.z, terrain.height(plan) + 2.5f);
    EXPECT_LT(glm::length(terrain.plan({world.x, world.y}) - plan), 1e-3f);
    EXPECT_GT(glm::length(vec2(world.x, world.y) - plan), 0.0f);
    EXPECT_LT(glm::length(vec2(world.x, world.y) - plan), 8.0f);
  }
}

TEST(Terrain, RollsGently) {
  float low = 1e9f, high = -1e9f, steepest = 0;
  const Terrain terrain(0, {});
  for (float y = -200; y <= 200; y += 5)
    for (float x = -200; x <= 200; x += 5) {
      const float h = terrain.height({x, y});
      low = std::min(low, h), high = std::max(high, h);
      steepest = std::max(steepest, std::abs(terrain.height({x + 1, y}) - h));
    }
  EXPECT_GT(high - low, 2.0f);
  EXPECT_LT(high - low, 14.0f);
  EXPECT_LT(steepest, 0.11f);
}

TEST(Terrain, TurnIsTheAngleOfTheBentAxes) {
  const Terrain terrain(9, {});
  for (const vec2 plan : {vec2(0, 0), vec2(40, -25), vec2(-170, 90)}) {
    const vec3 a = terrain.world(plan - vec2(0.5f, 0)), b = terrain.world(plan + vec2(0.5f, 0));
    const vec3 c = terrain.world(plan - vec2(0, 0.5f)), d = terrain.world(plan + vec2(0, 0.5f));
    const float along_x = std::atan2(b.y - a.y, b.x - a.x), along_y = std::atan2(c.x - d.x, d.y - c.y);
    EXPECT_NEAR(terrain.turn(plan), 0.5f * (along_x + along_y), 1e-4f);
  }
}

TEST(Terrain, APondIsABowlBelowItsLevelBanks) {
  const Terrain terrain(5, {{{20, 30}, 6.0f, 77u, 0}});
  const Pond& pond = terrain.ponds().front();
  EXPECT_LT(pond_distance(pond, pond.centre), -4.0f);
  EXPECT_GT(pond_distance(pond, pond.centre + vec2(9, 0)), 1.0f);
  EXPECT_LT(terrain.height(pond.centre), pond.level - 0.8f);
  for (int i = 0; i < 64; ++i) {
    const float angle = 0.0981748f * static_cast<float>(i);
    const vec2 out(std::cos(angle), std::sin(angle));
    const float shore = pond.radius - pond_distance(pond, pond.centre + pond.radius * out);
    EXPECT_NEAR(pond_distance(pond, pond.centre + shore * out), 0, 1e-4f);
    // The bank stands over the water all round, and the bed lies under it.
    EXPECT_GT(terrain.height(pond.centre + (shore + 1.0f) * out), pond.level + 0.2f);
    EXPECT_LT(terrain.height(pond.centre + (shore - 1.0f) * out), pond.level);
  }
}

}  // namespace
}  // namespace tessera::reconstruct::synth
