#include "scene/camera.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include <glm/geometric.hpp>

#include "scene/polynomial.h"
#include "scene/random.h"

namespace tessera::scene {
namespace {

double draw(std::uint32_t index, double low, double high) {
  const auto bits = philox(11, static_cast<std::uint32_t>(RandomStream::kTest), 0, index);
  return low + (high - low) * uniform01(bits[0]);
}

glm::dquat some_rotation(std::uint32_t index) {
  return glm::normalize(
      glm::dquat(draw(index, -1, 1), draw(index + 1, -1, 1), draw(index + 2, -1, 1), draw(index + 3, -1, 1)));
}

void expect_near(const glm::dvec3& a, const glm::dvec3& b, double tolerance) {
  for (int i = 0; i < 3; ++i) EXPECT_NEAR(a[i], b[i], tolerance);
}

/// One sensor of each model, with lenses such as phones, drones and action cameras have.
std::vector<SensorModel> sensors() {
  return {{CameraModel::simple_pinhole, 640, 480, {500, 320, 240}},
          {CameraModel::pinhole, 640, 480, {500, 510, 318, 243}},
          {CameraModel::simple_radial, 640, 480, {500, 321, 239, -0.11}},
          {CameraModel::radial, 640, 480, {500, 321, 239, 0.08, -0.05}},
          {CameraModel::opencv, 640, 480, {500, 510, 318, 243, 0.0578, -0.0805, -0.00098, 0.00157}},
          {CameraModel::opencv_fisheye, 640, 480, {300, 305, 318, 243, 0.03, -0.012, 0.004, -0.0006}}};
}

TEST(Rigid, InverseUndoes) {
  const Rigid pose{some_rotation(1), {3, -4, 5}};
  const glm::dvec3 p{0.5, 7, -2};
  expect_near(pose.inverse()(pose(p)), p, 1e-14 * 20);
  expect_near(pose(pose.inverse()(p)), p, 1e-14 * 20);
}

TEST(Similarity, InverseUndoesAndCompositionChains) {
  const Similarity a{2.5, some_rotation(5), {1, 2, 3}}, b{0.2, some_rotation(9), {-4, 0, 9}};
  const glm::dvec3 p{0.5, 7, -2};
  expect_near(a.inverse()(a(p)), p, 1e-13);
  expect_near(compose(a, b)(p), a(b(p)), 1e-13);
  const Similarity there_and_back = compose(a.inverse(), a);
  EXPECT_NEAR(there_and_back.scale, 1, 1e-15);
  expect_near(there_and_back.translation, glm::dvec3(0), 1e-14);
}

TEST(TransformPose, PointsKeepTheirPixelsAndDepthsScale) {
  const Rigid cam_from_old{some_rotation(13), {0.3, -2, 4}};
  const Similarity new_from_old{3.5, some_rotation(17), {100, -20, 7}};
  const Rigid cam_from_new = transform_pose(cam_from_old, new_from_old);
  for (std::uint32_t i = 0; i < 10; ++i) {
    const glm::dvec3 p{draw(30 + i, -5, 5), draw(50 + i, -5, 5), draw(70 + i, -5, 5)};
    expect_near(cam_from_new(new_from_old(p)), 3.5 * cam_from_old(p), 1e-12);
  }
  EXPECT_NEAR(glm::length(cam_from_new.rotation), 1, 1e-15);
  const Camera camera{{}, cam_from_old};
  expect_near(Camera({}, cam_from_new).center(), new_from_old(camera.center()), 1e-12);
  expect_near(cam_from_old(camera.center()), glm::dvec3(0), 1e-14);
}

TEST(Pinhole, ResizingScalesBothAxes) {
  const Pinhole half = Pinhole{641, 480, 500, 510, 318, 243}.resized(321, 120);
  EXPECT_EQ(half.width, 321);
  EXPECT_EQ(half.height, 120);
  EXPECT_DOUBLE_EQ(half.fx, 500.0 * 321 / 641);
  EXPECT_DOUBLE_EQ(half.cx, 318.0 * 321 / 641);
  EXPECT_DOUBLE_EQ(half.fy, 127.5);
  EXPECT_DOUBLE_EQ(half.cy, 60.75);
}

TEST(SensorModel, ProjectsByTheFormulaOfItsModel) {
  // Each worked out by hand from COLMAP's documentation of the models, at (u, v) = (0.5, -0.25), r^2 = 0.3125.
  const glm::dvec2 n{0.5, -0.25};
  const auto expect = [&](CameraModel model, std::vector<double> parameters, double x, double y) {
    const glm::dvec2 pixel = SensorModel{model, 800, 600, std::move(parameters)}.project(n);
    EXPECT_NEAR(pixel.x, x, 1e-9) << model_name(model);
    EXPECT_NEAR(pixel.y, y, 1e-9) << model_name(model);
  };
  expect(CameraModel::simple_pinhole, {400, 401, 302}, 401 + 200, 302 - 100);
  expect(CameraModel::pinhole, {400, 500, 401, 302}, 401 + 200, 302 - 125);
  // 1 + 0.1 * 0.3125 = 1.03125
  expect(CameraModel::simple_radial, {400, 401, 302, 0.1}, 401 + 206.25, 302 - 103.125);
  // 1 + 0.1 * 0.3125 - 0.2 * 0.09765625 = 1.01171875
  expect(CameraModel::radial, {400, 401, 302, 0.1, -0.2}, 401 + 202.34375, 302 - 101.171875);
  // dx = 0.5 * 0.01171875 + 2 * 0.01 * (-0.125) + 0.02 * (0.3125 + 0.5) = 0.019609375
  // dy = -0.25 * 0.01171875 + 2 * 0.02 * (-0.125) + 0.01 * (0.3125 + 0.125) = -0.0035546875
  expect(CameraModel::opencv, {400, 500, 401, 302, 0.1, -0.2, 0.01, 0.02}, 401 + 400 * 0.519609375,
         302 - 500 * 0.2535546875);
  const double r = std::sqrt(0.3125), t = std::atan(r), t2 = t * t;
  const double bent = t * (1 + 0.1 * t2 + 0.02 * t2 * t2 - 0.03 * t2 * t2 * t2 + 0.004 * t2 * t2 * t2 * t2) / r;
  expect(CameraModel::opencv_fisheye, {400, 500, 401, 302, 0.1, 0.02, -0.03, 0.004}, 401 + 400 * 0.5 * bent,
         302 - 500 * 0.25 * bent);
}

TEST(SensorModel, UnprojectUndoesProjectOverTheWholePicture) {
  for (const SensorModel& sensor : sensors()) {
    for (int y = 0; y <= sensor.height; y += 40) {
      for (int x = 0; x <= sensor.width; x += 40) {
        glm::dvec2 n{0};
        ASSERT_TRUE(sensor.unproject({x, y}, n)) << model_name(sensor.model) << " " << x << " " << y;
        const glm::dvec2 pixel = sensor.project(n);
        EXPECT_NEAR(pixel.x, x, 1e-8);
        EXPECT_NEAR(pixel.y, y, 1e-8);
        EXPECT_LT(glm::length(n), sensor.monotone_radius());
      }
    }
    const Pinhole p = sensor.pinhole();
    const glm::dvec2 axis = sensor.project({0, 0});
    EXPECT_DOUBLE_EQ(axis.x, p.cx);
    EXPECT_DOUBLE_EQ(axis.y, p.cy);
  }
}

TEST(SensorModel, KnowsWhetherItDistorts) {
  for (const SensorModel& sensor : sensors())
    EXPECT_EQ(sensor.distorted(), sensor.model != CameraModel::simple_pinhole && sensor.model != CameraModel::pinhole);
  EXPECT_FALSE((SensorModel{CameraModel::simple_radial, 640, 480, {500, 321, 239, 0}}.distorted()));
  EXPECT_FALSE((SensorModel{CameraModel::opencv, 640, 480, {500, 500, 321, 239, 0, 0, 0, 0}}.distorted()));
  EXPECT_TRUE((SensorModel{CameraModel::opencv, 640, 480, {500, 500, 321, 239, 0, 0, 0, 1e-4}}.distorted()));
  // Its picture grows with the angle, not with the angle's tangent.
  EXPECT_TRUE((SensorModel{CameraModel::opencv_fisheye, 640, 480, {500, 500, 321, 239, 0, 0, 0, 0}}.distorted()));
}

TEST(SensorModel, PinholeTakesFocalLengthsAndCentre) {
  const Pinhole one = sensors()[2].pinhole(), two = sensors()[4].pinhole();
  EXPECT_EQ(one.fx, 500);
  EXPECT_EQ(one.fy, 500);
  EXPECT_EQ(one.cx, 321);
  EXPECT_EQ(one.cy, 239);
  EXPECT_EQ(two.fx, 500);
  EXPECT_EQ(two.fy, 510);
  EXPECT_EQ(two.cx, 318);
  EXPECT_EQ(two.cy, 243);
  EXPECT_EQ(two.width, 640);
  EXPECT_EQ(two.height, 480);
}

TEST(SensorModel, FoldsBackBeyondItsMonotoneRadius) {
  // r - 0.1 r^3 grows up to r = sqrt(1 / 0.3).
  const SensorModel radial{CameraModel::simple_radial, 640, 480, {500, 320, 240, -0.1}};
  EXPECT_NEAR(radial.monotone_radius(), std::sqrt(1 / 0.3), 1e-12);
  EXPECT_GT(radial.project({1.8, 0}).x, radial.project({1.7, 0}).x);
  EXPECT_LT(radial.project({2.0, 0}).x, radial.project({1.85, 0}).x);
  glm::dvec2 n{0};
  EXPECT_FALSE(radial.unproject({320 + 500 * 1.3, 240}, n));  // the farthest image point is 2/3 sqrt(1/0.3) = 1.217
  EXPECT_TRUE(radial.unproject({320 + 500 * 1.2, 240}, n));

  EXPECT_TRUE(std::isinf((SensorModel{CameraModel::radial, 640, 480, {500, 320, 240, 0.1, 0.1}}.monotone_radius())));
  EXPECT_TRUE(std::isinf(sensors()[0].monotone_radius()));
  // 1 + 3 k1 r^2 + 5 k2 r^4 with k1 = -0.4, k2 = 0.1: 0.5 s^2 - 1.2 s + 1 has no root, 0.5 s^2 - 1.8 s + 1 has s =
  // 0.6871...
  EXPECT_TRUE(std::isinf((SensorModel{CameraModel::radial, 640, 480, {500, 320, 240, -0.4, 0.1}}.monotone_radius())));
  EXPECT_NEAR((SensorModel{CameraModel::radial, 640, 480, {500, 320, 240, -0.6, 0.1}}.monotone_radius()),
              std::sqrt(1.8 - std::sqrt(1.8 * 1.8 - 2)), 1e-12);
  // A fisheye with k1 = -1/3 stops at theta = 1; without coefficients at 90 degrees, which no pinhole reaches.
  EXPECT_NEAR(
      (SensorModel{CameraModel::opencv_fisheye, 640, 480, {500, 500, 320, 240, -1.0 / 3, 0, 0, 0}}.monotone_radius()),
      std::tan(1.0), 1e-12);
  EXPECT_TRUE(std::isinf(
      (SensorModel{CameraModel::opencv_fisheye, 640, 480, {500, 500, 320, 240, 0, 0, 0, 0}}.monotone_radius())));
}

TEST(SensorModel, TangentialDistortionNarrowsTheRadiusForTheWorstDirection) {
  const double p1 = 0.03, p2 = -0.04;
  const SensorModel sensor{CameraModel::opencv, 640, 480, {1, 1, 0, 0, 0, 0, p1, p2}};
  // 1 - 6 |p| r = 0 along -(p2, p1).
  ASSERT_NEAR(sensor.monotone_radius(), 1 / (6 * 0.05), 1e-12);
  const glm::dvec2 worst{0.8, -0.6};
  const double r = sensor.monotone_radius(), h = 1e-4;
  const auto along = [&](double radius) { return glm::dot(sensor.project(radius * worst), worst); };
  EXPECT_NEAR((along(r + h) - along(r - h)) / (2 * h), 0, 1e-8);
  EXPECT_GT(along(0.99 * r + h), along(0.99 * r));
  EXPECT_LT(along(1.01 * r + h), along(1.01 * r));
}

TEST(SensorModel, UnprojectRefusesWhatNoDirectionReaches) {
  // Every direction of a fisheye up to 90 degrees lies within f * theta_d(90 degrees).
  const SensorModel fisheye{CameraModel::opencv_fisheye, 640, 480, {100, 100, 320, 240, 0, 0, 0, 0}};
  glm::dvec2 n{0};
  EXPECT_TRUE(fisheye.unproject({320 + 100 * 1.57, 240}, n));
  EXPECT_NEAR(n.x, std::tan(1.57), 1e-6);
  EXPECT_FALSE(fisheye.unproject({320 + 100 * 1.58, 240}, n));
  EXPECT_TRUE(fisheye.unproject({320, 240}, n));
  EXPECT_EQ(glm::length(n), 0);
}

TEST(SensorModel, ResizingMovesEveryPixelAlike) {
  for (const SensorModel& sensor : sensors()) {
    const SensorModel half = sensor.resized(320, 240);
    EXPECT_EQ(half.width, 320);
    EXPECT_EQ(half.height, 240);
    const glm::dvec2 n{0.3, -0.2}, full_pixel = sensor.project(n), half_pixel = half.project(n);
    EXPECT_NEAR(half_pixel.x, full_pixel.x / 2, 1e-12);
    EXPECT_NEAR(half_pixel.y, full_pixel.y / 2, 1e-12);
    EXPECT_FALSE(half == sensor);
    EXPECT_TRUE(half.resized(640, 480) == sensor);
  }
}

TEST(SmallestPositiveRoot, IsTheFirstSignChange) {
  // (x - 1)(x - 2)(x - 3), turned so that it starts positive.
  EXPECT_NEAR(smallest_positive_root({6, -11, 6, -1}, 10), 1, 1e-14);
  EXPECT_TRUE(std::isinf(smallest_positive_root({6, -11, 6, -1}, 0.5)));
  EXPECT_TRUE(std::isinf(smallest_positive_root({1, 0, 1}, 100)));
  EXPECT_TRUE(std::isinf(smallest_positive_root({1}, 100)));
  EXPECT_NEAR(smallest_positive_root({1, -0.5, 0, 0}, 100), 2, 1e-14);
  // Two roots close together, which a coarse scan would step over.
  EXPECT_NEAR(smallest_positive_root({0.5 * 0.5001, -1.0001, 1}, 10), 0.5, 1e-12);
}

}  // namespace
}  // namespace tessera::scene
