#include "reconstruct/synth/irradiance_grid.h"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>
#include <glm/geometric.hpp>

namespace tessera::reconstruct::synth {
namespace {

using glm::vec2;
using glm::vec3;
constexpr float kPi = std::numbers::pi_v<float>;

IrradianceGrid::World flat_world() {
  IrradianceGrid::World world;
  world.low = {-10, -10}, world.high = {10, 10};
  world.ground = [](vec2) { return 0.0f; };
  world.top = [](vec2) { return 0.0f; };
  return world;
}

TEST(IrradianceGrid, AnEvenGlowGivesPiTimesItsRadianceEverywhere) {
  IrradianceGrid::World world = flat_world();
  world.look = [](const vec3&, const vec3&) { return IrradianceGrid::Seen{vec3(1, 2, 3), false}; };
  const IrradianceGrid grid(world);
  for (const vec3 n : {vec3(0, 0, 1), vec3(1, 0, 0), vec3(0, -1, 0), vec3(0, 0, -1), glm::normalize(vec3(1, 1, 1))})
    for (const vec3 p : {vec3(0), vec3(3.3f, -7.1f, 0.6f), vec3(50, 50, 40)}) {
      const vec3 light = grid.at(p, n);
      for (int c = 0; c < 3; ++c)
        EXPECT_NEAR(light[c], kPi * static_cast<float>(c + 1), 0.06f * static_cast<float>(c + 1));
    }
  EXPECT_GT(grid.bytes(), 1000u);
}

TEST(IrradianceGrid, LightFromAboveReachesFloorsNotCeilings) {
  IrradianceGrid::World world = flat_world();
  world.look = [](const vec3&, const vec3& direction) {
    return IrradianceGrid::Seen{vec3(direction.z > 0 ? 1.0f : 0.0f), false};
  };
  const IrradianceGrid grid(world);
  EXPECT_NEAR(grid.at(vec3(0), {0, 0, 1}).x, kPi, 0.06f);
  EXPECT_NEAR(grid.at(vec3(0), {0, 0, -1}).x, 0, 1e-6f);
  // A wall sees half of the sky.
  EXPECT_NEAR(grid.at({0, 0, 2}, {1, 0, 0}).x, 0.5f * kPi, 0.15f);
}

TEST(IrradianceGrid, PointsInsideABodyDoNotDarkenWhatIsOutside) {
  IrradianceGrid::World world = flat_world();
  // A house fills x > 0.3: inside it is black, and rays there meet back sides.
  world.top = [](vec2 p) { return p.x > 0.3f ? 8.0f : 0.0f; };
  world.look = [](const vec3& origin, const vec3&) {
    return origin.x > 0.3f ? IrradianceGrid::Seen{vec3(0), true} : IrradianceGrid::Seen{vec3(1), false};
  };
  const IrradianceGrid grid(world);
  EXPECT_NEAR(grid.at({0.3f, 0, 1.5f}, {-1, 0, 0}).x, kPi, 0.1f);
  EXPECT_NEAR(grid.at({0.2f, 0, 0}, {0, 0, 1}).x, kPi, 0.1f);
}

TEST(IrradianceGrid, FollowsTheShadeFromPlaceToPlace) {
  IrradianceGrid::World world = flat_world();
  world.look = [](const vec3& origin, const vec3&) {
    return IrradianceGrid::Seen{vec3(origin.x < 0 ? 0.2f : 1.0f), false};
  };
  const IrradianceGrid grid(world);
  EXPECT_NEAR(grid.at({-5, 0, 0}, {0, 0, 1}).x, 0.2f * kPi, 0.02f);
  EXPECT_NEAR(grid.at({5, 0, 0}, {0, 0, 1}).x, kPi, 0.06f);
  const float middle = grid.at({-0.6f, 0, 0}, {0, 0, 1}).x;
  EXPECT_GT(middle, 0.2f * kPi);
  EXPECT_LT(middle, kPi);
}

}  // namespace
}  // namespace tessera::reconstruct::synth
