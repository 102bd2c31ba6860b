#include "reconstruct/ingest/up_direction.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include <glm/geometric.hpp>

#include "tests/reconstruct/ingest/toy_poses.h"

namespace tessera::reconstruct {
namespace {

using scene::Rigid;
using test::look;
using test::noise;
using test::nudge;

double degrees_between(const glm::dvec3& a, const glm::dvec3& b) {
  return std::atan2(glm::length(glm::cross(a, b)), glm::dot(a, b)) * 180 / std::numbers::pi;
}

/// The same poses in a world that is turned.
std::vector<Rigid> turned(std::vector<Rigid> poses, const glm::dquat& new_from_old) {
  for (Rigid& pose : poses) pose.rotation = pose.rotation * glm::conjugate(new_from_old);
  return poses;
}

const glm::dquat kTurn = glm::normalize(glm::dquat(0.3, -0.7, 0.2, 0.5));
const glm::dvec3 kUp = kTurn * glm::dvec3(0, 0, 1);

/// Cameras on a ring that look inwards and down by `pitch` degrees.
std::vector<Rigid> ring(int count, double pitch) {
  std::vector<Rigid> poses;
  const double p = pitch * std::numbers::pi / 180;
  for (int i = 0; i < count; ++i) {
    const double a = 2 * std::numbers::pi * i / count;
    const glm::dvec3 inwards(-std::cos(a), -std::sin(a), 0);
    poses.push_back(
        look(-10.0 * inwards + glm::dvec3(0, 0, 5), std::cos(p) * inwards - glm::dvec3(0, 0, std::sin(p)), {0, 0, 1}));
  }
  return poses;
}

/// Cameras that look straight down, each turned about its axis.
std::vector<Rigid> looking_down(int count, double height) {
  std::vector<Rigid> poses;
  for (int i = 0; i < count; ++i) {
    const double heading = 2.4 * i;
    poses.push_back(look({4.0 * (i % 4), 4.0 * (i / 4), height}, glm::dvec3(0, 0, -1) + 0.05 * noise(1, i),
                         {std::cos(heading), std::sin(heading), 0}));
  }
  return poses;
}

std::vector<glm::dvec3> ground(int count, double roughness) {
  std::vector<glm::dvec3> points;
  for (int i = 0; i < count; ++i) points.push_back(noise(2, i) * glm::dvec3(20, 20, roughness));
  return points;
}

std::vector<glm::dvec3> turned(std::vector<glm::dvec3> points) {
  for (glm::dvec3& p : points) p = kTurn * p;
  return points;
}

TEST(ViewCoherence, IsOneForOneDirectionAndZeroForARing) {
  glm::dvec3 axis;
  EXPECT_NEAR(view_coherence({look({0, 0, 0}, {1, 2, 2}, {0, 0, 1}), look({5, 0, 1}, {1, 2, 2}, {0, 0, 1})}, &axis), 1,
              1e-12);
  EXPECT_LT(glm::distance(axis, glm::dvec3(1, 2, 2) / 3.0), 1e-12);
  EXPECT_NEAR(view_coherence(ring(8, 0)), 0, 1e-12);
  EXPECT_NEAR(view_coherence(ring(8, 30)), 0.5, 1e-12);
  EXPECT_EQ(view_coherence({}), 0);
}

TEST(UpFromViewAxes, IsAgainstTheMeanDirection) {
  const UpGuess guess = up_from_view_axes(turned(ring(6, 60), kTurn));
  EXPECT_LT(degrees_between(guess.up, kUp), 1e-9);
  EXPECT_EQ(guess.from, "view axes");
}

TEST(UpFromCameraTilt, IsPerpendicularToTheCamerasXAxesWhateverTheirPitch) {
  for (const double pitch : {-20.0, 0.0, 35.0, 70.0}) {
    const UpGuess guess = up_from_camera_tilt(turned(ring(7, pitch), kTurn));
    EXPECT_LT(degrees_between(guess.up, kUp), 1e-6) << pitch;
    EXPECT_EQ(guess.from, "camera tilt");
  }
}

TEST(UpFromCameraTilt, IsTheMeanImageTopWhereAllCamerasFaceOneWay) {
  std::vector<Rigid> poses;
  for (int i = 0; i < 5; ++i) poses.push_back(look({1.0 * i, 0, 2}, {0, 1, 0}, {0.02 * (i - 2), 0, 1}));
  const UpGuess guess = up_from_camera_tilt(turned(poses, kTurn));
  EXPECT_LT(degrees_between(guess.up, kUp), 1e-6);
  EXPECT_EQ(guess.from, "camera up");
}

TEST(UpFromCameraTilt, HasAnAnswerWhereImageTopsCancel) {
  const std::vector<Rigid> poses = {look({0, 0, 0}, {0, 1, 0}, {0, 0, 1}), look({0, 0, 0}, {0, 1, 0}, {0, 0, -1})};
  const UpGuess guess = up_from_camera_tilt(poses);
  EXPECT_LT(degrees_between(guess.up, {0, 0, 1}), 1e-6);
}

TEST(DominantPlane, IsFoundAmongStrayPointsAndFacesTheCameras) {
  std::vector<glm::dvec3> points = ground(300, 0.02);
  for (int i = 0; i < 200; ++i) points.push_back(noise(3, i) * 20.0 + glm::dvec3(0, 0, 15));
  for (const double side : {1.0, -1.0}) {
    const auto plane = dominant_plane(turned(points), side * 30.0 * kUp);
    ASSERT_TRUE(plane);
    EXPECT_LT(degrees_between(plane->normal, side * kUp), 0.1);
    EXPECT_NEAR(plane->offset, 0, 0.02);
    EXPECT_GT(plane->inlier_share, 0.6);
    EXPECT_LT(plane->inlier_share, 0.65);
  }
}

TEST(DominantPlane, IsEmptyForFewPointsAndForOnePlaceOnly) {
  EXPECT_FALSE(dominant_plane(ground(9, 0), {0, 0, 9}));
  EXPECT_FALSE(dominant_plane(std::vector<glm::dvec3>(50, glm::dvec3(1, 2, 3)), {0, 0, 9}));
  EXPECT_TRUE(dominant_plane(ground(30, 0), {0, 0, 9}));
}

TEST(GuessUp, TakesTheGroundUnderCamerasThatLookDown) {
  std::vector<Rigid> poses = looking_down(16, 30);
  const UpGuess guess = guess_up(turned(poses, kTurn), turned(ground(200, 0.02)));
  EXPECT_EQ(guess.from, "ground plane");
  EXPECT_LT(degrees_between(guess.up, kUp), 0.1);
}

TEST(GuessUp, TakesTheViewAxesWhereThereIsNoGround) {
  const std::vector<Rigid> poses = looking_down(16, 30);
  EXPECT_EQ(guess_up(poses, {}).from, "view axes");
  // A wood: no plane holds 40 % of the points.
  std::vector<glm::dvec3> wood;
  for (int i = 0; i < 300; ++i) wood.push_back(noise(4, i) * 10.0);
  const UpGuess guess = guess_up(poses, wood);
  EXPECT_EQ(guess.from, "view axes");
  EXPECT_LT(degrees_between(guess.up, {0, 0, 1}), 3);
  // A wall that fills the pictures is no ground.
  std::vector<glm::dvec3> wall;
  for (int i = 0; i < 200; ++i) wall.push_back(noise(5, i) * glm::dvec3(0.01, 20, 20));
  EXPECT_EQ(guess_up(poses, wall).from, "view axes");
}

TEST(GuessUp, TakesTheTiltOfCamerasHeldUpright) {
  const UpGuess around = guess_up(turned(ring(9, 20), kTurn), turned(ground(200, 0.02)));
  EXPECT_EQ(around.from, "camera tilt");
  EXPECT_LT(degrees_between(around.up, kUp), 1e-6);
  // A facade: all look one way and none is turned about its axis.
  std::vector<Rigid> facade;
  for (int i = 0; i < 9; ++i) facade.push_back(nudge(look({2.0 * i, 0, 2}, {0, 1, 0}, {0, 0, 1}), 6, i, 0.01));
  EXPECT_LT(degrees_between(guess_up(facade, {}).up, {0, 0, 1}), 1);
}

}  // namespace
}  // namespace tessera::reconstruct
