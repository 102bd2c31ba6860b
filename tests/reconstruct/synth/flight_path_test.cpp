#include "reconstruct/synth/flight_path.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>
#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

namespace tessera::reconstruct::synth {
namespace {

glm::dvec3 forward(const scene::Camera& camera) {
  return glm::conjugate(camera.cam_from_world.rotation) * glm::dvec3(0, 0, 1);
}

TEST(FlightPath, EveryCameraLooksAtTheTownFromAbove) {
  for (const int blocks : {1, 3, 16}) {
    const CityLayout city = plan_city(blocks, 5);
    const std::vector<Photo> photos = plan_flight(city, 40 * blocks, 640, 480);
    ASSERT_EQ(photos.size(), 40u * static_cast<std::size_t>(blocks));
    for (const Photo& photo : photos) {
      const glm::dvec3 eye = photo.camera.center(), ahead = forward(photo.camera);
      const double above =
          eye.z - city.terrain.height(city.terrain.plan({static_cast<float>(eye.x), static_cast<float>(eye.y)}));
      EXPECT_GT(above, 30) << photo.name;
      EXPECT_LT(above, 65) << photo.name;
      // Where the optical axis meets the level of the ground.
      const glm::dvec3 target = eye + ahead * (above / -ahead.z);
      const glm::vec2 plan = city.terrain.plan({static_cast<float>(target.x), static_cast<float>(target.y)});
      EXPECT_LT(std::abs(plan.x), city.half.x + 12) << photo.name;
      EXPECT_LT(std::abs(plan.y), city.half.y + 12) << photo.name;
      const double tilt = std::acos(-ahead.z) * 180 / 3.14159265358979;
      EXPECT_NEAR(tilt, photo.nadir ? 0 : 45, 9) << photo.name;
      // The picture is level: its x axis is horizontal in tilted views, and down in the picture is down in the world.
      const glm::dmat3 world_from_cam = glm::transpose(glm::mat3_cast(photo.camera.cam_from_world.rotation));
      if (!photo.nadir) {
        EXPECT_NEAR(world_from_cam[0].z, 0, 1e-9);
        EXPECT_LT(world_from_cam[1].z, 0);
      }
      EXPECT_NEAR(glm::length(photo.camera.cam_from_world.rotation), 1, 1e-12);
    }
  }
}

TEST(FlightPath, TestViewsAreAFairSample) {
  const std::vector<Photo> photos = plan_flight(plan_city(1, 0), 48, 640, 480);
  EXPECT_TRUE(
      std::is_sorted(photos.begin(), photos.end(), [](const Photo& a, const Photo& b) { return a.name < b.name; }));
  EXPECT_EQ(photos.front().name, "photo_0000.jpg");
  int nadir = 0, test_nadir = 0;
  for (std::size_t i = 0; i < photos.size(); ++i) {
    nadir += photos[i].nadir;
    if (i % 8 == 0) test_nadir += photos[i].nadir;
  }
  EXPECT_EQ(nadir, 14);
  EXPECT_EQ(test_nadir, 2);
}

TEST(FlightPath, CamerasAreThoseOfTheOptions) {
  for (const Photo& photo : plan_flight(plan_city(1, 1), 5, 300, 200)) {
    const scene::Pinhole& k = photo.camera.intrinsics;
    EXPECT_EQ(k.width, 300);
    EXPECT_EQ(k.height, 200);
    EXPECT_EQ(k.cx, 150);
    EXPECT_EQ(k.cy, 100);
    EXPECT_EQ(k.fx, k.fy);
    EXPECT_NEAR(2 * std::atan(150 / k.fx) * 180 / 3.14159265358979, 63, 1e-9);
  }
}

TEST(FlightPath, AnotherSeedFliesAnotherFlightTheSameSeedTheSame) {
  const auto center = [](std::uint64_t seed) { return plan_flight(plan_city(1, seed), 20, 64, 48)[3].camera.center(); };
  EXPECT_EQ(center(7), center(7));
  EXPECT_NE(center(7), center(8));
}

}  // namespace
}  // namespace tessera::reconstruct::synth
