#include "app/studio/view_camera.h"

#include <gtest/gtest.h>

#include <cmath>

namespace tessera::app {
namespace {

constexpr int kWidth = 400, kHeight = 300;

glm::dvec2 pixel_of(const ViewCamera& view, const glm::dvec3& point) {
  const scene::Camera c = view.camera(kWidth, kHeight);
  const glm::dvec3 p = c.cam_from_world(point);
  return {c.intrinsics.fx * p.x / p.z + c.intrinsics.cx, c.intrinsics.fy * p.y / p.z + c.intrinsics.cy};
}
glm::dvec3 axis_of(const ViewCamera& view, int axis) {
  glm::dvec3 unit(0);
  unit[axis] = 1;
  return view.camera(kWidth, kHeight).cam_from_world.inverse().rotation * unit;
}

ViewCamera at_home(const glm::dvec3& center = {1, 2, 3}, double radius = 2) {
  ViewCamera view;
  view.set_home(center, radius);
  view.go_home();
  view.jump();
  return view;
}

TEST(ViewCamera, HomeSeesTheWholeBallLevelAndFromAbove) {
  const ViewCamera view = at_home();
  const glm::dvec2 middle = pixel_of(view, {1, 2, 3});
  EXPECT_NEAR(middle.x, 200, 1e-9);
  EXPECT_NEAR(middle.y, 150, 1e-9);
  EXPECT_LT(pixel_of(view, {1, 2, 4}).y, 150) << "up is up";
  EXPECT_NEAR(axis_of(view, 0).z, 0, 1e-12) << "level";
  EXPECT_GT(view.camera(kWidth, kHeight).center().z, 3);
  for (int axis = 0; axis < 3; ++axis)
    for (const double side : {-2.0, 2.0}) {
      glm::dvec3 point(1, 2, 3);
      point[axis] += side;
      const glm::dvec2 pixel = pixel_of(view, point);
      EXPECT_TRUE(pixel.y > 0 && pixel.y < kHeight && pixel.x > 0 && pixel.x < kWidth);
    }
}

TEST(ViewCamera, OrbitKeepsThePivotInTheMiddleAndTheHorizonLevel) {
  ViewCamera view = at_home();
  const glm::dvec3 before = view.camera(kWidth, kHeight).center();
  view.orbit(0.7, -0.3);
  view.jump();
  EXPECT_NEAR(pixel_of(view, {1, 2, 3}).x, 200, 1e-9);
  EXPECT_NEAR(glm::length(view.camera(kWidth, kHeight).center() - glm::dvec3(1, 2, 3)),
              glm::length(before - glm::dvec3(1, 2, 3)), 1e-9);
  EXPECT_NEAR(axis_of(view, 0).z, 0, 1e-9);
  view.orbit(0, 100);
  view.orbit(0, 100);
  view.jump();
  EXPECT_GT(axis_of(view, 2).z, -1) << "stops before the pole";
  EXPECT_LT(axis_of(view, 1).z, 0) << "and is not upside down";
}

TEST(ViewCamera, DraggingRightTurnsTheSceneRight) {
  ViewCamera view = at_home();
  // A point nearer than the pivot.
  const glm::dvec3 near = glm::mix(view.camera(kWidth, kHeight).center(), glm::dvec3(1, 2, 3), 0.7);
  view.orbit(0.2, 0);
  view.jump();
  EXPECT_GT(pixel_of(view, near).x, 200);
}

TEST(ViewCamera, PanMovesThePivotWithTheCursor) {
  ViewCamera view = at_home();
  view.pan({30, -20}, kHeight);
  view.jump();
  EXPECT_NEAR(pixel_of(view, {1, 2, 3}).x, 230, 1e-9);
  EXPECT_NEAR(pixel_of(view, {1, 2, 3}).y, 130, 1e-9);
}

TEST(ViewCamera, ZoomKeepsWhatIsUnderTheCursor) {
  ViewCamera view = at_home();
  const scene::Camera c = view.camera(kWidth, kHeight);
  const glm::dvec2 cursor(320, 90);
  const double d = view.distance();
  const glm::dvec3 point = c.cam_from_world.inverse()(
      {d * (cursor.x - c.intrinsics.cx) / c.intrinsics.fx, d * (cursor.y - c.intrinsics.cy) / c.intrinsics.fy, d});
  view.zoom(0.5, {2 * cursor.x / kWidth - 1, 2 * cursor.y / kHeight - 1}, double(kWidth) / kHeight);
  view.jump();
  EXPECT_NEAR(view.distance(), 0.5 * d, 1e-9);
  EXPECT_NEAR(pixel_of(view, point).x, cursor.x, 1e-6);
  EXPECT_NEAR(pixel_of(view, point).y, cursor.y, 1e-6);
  for (int i = 0; i < 100; ++i) view.zoom(0.5, {0, 0}, 1);
  view.jump();
  EXPECT_GT(view.distance(), 0);
}

TEST(ViewCamera, TurningStaysWhereItIsAndFlyingGoesForward) {
  ViewCamera view = at_home();
  const glm::dvec3 place = view.camera(kWidth, kHeight).center();
  const glm::dvec3 target(1, 2, 3);
  view.turn(0.1, 0);
  view.jump();
  EXPECT_LT(glm::length(view.camera(kWidth, kHeight).center() - place), 1e-9);
  EXPECT_LT(pixel_of(view, target).x, 200) << "looking right moves the scene left";
  const glm::dvec3 forward = axis_of(view, 2);
  view.fly({0, 0, 0.5});
  view.jump();
  EXPECT_LT(glm::length(view.camera(kWidth, kHeight).center() - (place + forward)), 1e-9);  // radius 2
}

TEST(ViewCamera, StandsWhereAPhotoWasTaken) {
  ViewCamera view = at_home();
  scene::Camera photo;
  photo.intrinsics = {640, 480, 500, 500, 320, 240};
  photo.cam_from_world.rotation = glm::normalize(glm::dquat(0.5, 0.4, -0.6, 0.3));
  photo.cam_from_world.translation = {1, -2, 0.5};
  view.look_from(photo, 4);
  view.jump();
  const scene::Camera c = view.camera(640, 480);
  EXPECT_LT(glm::length(c.center() - photo.center()), 1e-9);
  EXPECT_NEAR(c.intrinsics.fy, 500, 1e-9);
  const glm::dvec3 point = photo.cam_from_world.inverse()({0.3, 0.2, 2});
  EXPECT_LT(glm::length(c.cam_from_world(point) - glm::dvec3(0.3, 0.2, 2)), 1e-9);
  view.level();
  view.jump();
  EXPECT_NEAR(axis_of(view, 0).z, 0, 1e-9);
}

TEST(ViewCamera, LooksAlongTheAxes) {
  ViewCamera view = at_home();
  for (int axis = 0; axis < 3; ++axis)
    for (const bool positive : {true, false}) {
      view.look_along(axis, positive);
      view.jump();
      EXPECT_NEAR(axis_of(view, 2)[axis], positive ? -1 : 1, 1e-9);
      EXPECT_NEAR(pixel_of(view, {1, 2, 3}).x, 200, 1e-9);
    }
}

TEST(ViewCamera, FocusTurnsToThePointAndComesNearer) {
  ViewCamera view = at_home();
  const glm::dvec3 point(2, 2.5, 3.1);
  const double before = glm::length(view.camera(kWidth, kHeight).center() - point);
  view.focus(point);
  view.jump();
  EXPECT_NEAR(pixel_of(view, point).x, 200, 1e-6);
  EXPECT_NEAR(pixel_of(view, point).y, 150, 1e-6);
  EXPECT_NEAR(view.distance(), 0.5 * before, 1e-9);
  EXPECT_EQ(view.pivot(), point);
}

TEST(ViewCamera, MovesSmoothlyAndArrives) {
  ViewCamera view = at_home();
  const glm::dvec3 start = view.camera(kWidth, kHeight).center();
  view.orbit(1, 0.2);
  view.zoom(0.3, {0.2, 0.1}, 1.3);
  ViewCamera end = view;
  end.jump();
  const glm::dvec3 goal = end.camera(kWidth, kHeight).center();
  double left = glm::length(goal - start);
  int frames = 0;
  while (view.advance(0.016) && frames < 1000) {
    const double now = glm::length(goal - view.camera(kWidth, kHeight).center());
    EXPECT_LE(now, left + 1e-9) << "never away from where it is going";
    left = now, ++frames;
  }
  EXPECT_GT(frames, 5);
  EXPECT_LT(frames, 120);
  EXPECT_EQ(view.camera(kWidth, kHeight).center(), goal);
}

}  // namespace
}  // namespace tessera::app
