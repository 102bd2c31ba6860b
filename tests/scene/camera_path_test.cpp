#include "scene/camera_path.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include <glm/geometric.hpp>

#include "scene/atomic_file.h"
#include "scene/error.h"
#include "tests/support/test_data.h"

namespace tessera::scene {
namespace {

/// Eight cameras on a circle of radius 2 at height 1, looking at the origin.
Dataset ring() {
  Dataset dataset;
  for (int i = 0; i < 8; ++i) {
    const double a = 2 * std::numbers::pi * i / 8;
    View view;
    view.name = std::to_string(i);
    view.camera.intrinsics = {100, 80, 90, 90, 50, 40};
    view.camera.cam_from_world = look_at({2 * std::cos(a), 2 * std::sin(a), 1}, {0, 0, 0});
    dataset.views.push_back(view);
  }
  return dataset;
}

glm::dvec3 forward(const Rigid& pose) { return glm::conjugate(pose.rotation) * glm::dvec3(0, 0, 1); }

TEST(LookAt, PutsTheTargetAheadAndUpUp) {
  const Rigid pose = look_at({3, -2, 5}, {1, 1, 1});
  const glm::dvec3 target = pose({1, 1, 1});
  EXPECT_NEAR(target.x, 0, 1e-12);
  EXPECT_NEAR(target.y, 0, 1e-12);
  EXPECT_NEAR(target.z, std::sqrt(4 + 9 + 16), 1e-12);
  EXPECT_LT(pose({1, 1, 2}).y, 0) << "what is higher appears higher: y points down";
  EXPECT_NEAR(glm::length(pose.inverse().translation - glm::dvec3(3, -2, 5)), 0, 1e-12);
  const Rigid down = look_at({0, 0, 5}, {0, 0, 0});
  EXPECT_NEAR(down({0, 0, 0}).z, 5, 1e-12);
  EXPECT_LT(down({0, 1, 0}).y, 0) << "straight down: the top of the picture is +y";
}

TEST(CameraPath, PassesThroughItsKeysAndStaysAtItsEnds) {
  CameraPath path;
  path.keys = {{0, look_at({0, 0, 1}, {1, 0, 1}), 1},
               {1, look_at({1, 0, 1}, {1, 5, 1}), 2},
               {3, look_at({1, 2, 2}, {0, 0, 0}), 1}};
  EXPECT_EQ(path.duration(), 3);
  for (const auto& key : path.keys) {
    const auto at = path.at(key.seconds);
    EXPECT_NEAR(glm::distance(at.cam_from_world.inverse().translation, key.cam_from_world.inverse().translation), 0,
                1e-12);
    EXPECT_NEAR(std::abs(glm::dot(at.cam_from_world.rotation, key.cam_from_world.rotation)), 1, 1e-12);
    EXPECT_NEAR(at.focal_scale, key.focal_scale, 1e-12);
  }
  EXPECT_NEAR(path.at(0.5).focal_scale, 1.5, 1e-12);
  EXPECT_EQ(path.at(-1).cam_from_world.translation, path.keys[0].cam_from_world.translation);
  EXPECT_EQ(path.at(9).cam_from_world.translation, path.keys[2].cam_from_world.translation);
  const auto before = path.at(1 - 1e-6), after = path.at(1 + 1e-6);
  EXPECT_LT(glm::distance(before.cam_from_world.inverse().translation, after.cam_from_world.inverse().translation),
            1e-4);
}

TEST(OrbitPath, GoesOnceAroundAtTheCamerasOwnDistance) {
  const CameraPath path = orbit_path(ring(), 10);
  EXPECT_EQ(path.duration(), 10);
  for (double t = 0; t <= 10; t += 0.37) {
    const Rigid pose = path.at(t).cam_from_world;
    const glm::dvec3 center = pose.inverse().translation;
    EXPECT_NEAR(std::hypot(center.x, center.y), 2, 0.02);
    EXPECT_NEAR(center.z, 1, 0.02);
    EXPECT_GT(glm::dot(forward(pose), -glm::normalize(center)), 0.999);
  }
  const glm::dvec3 quarter = path.at(2.5).cam_from_world.inverse().translation;
  EXPECT_NEAR(quarter.y, 2, 0.02);
}

TEST(OrbitPath, LooksFromTheSideWhereAllPhotosLookStraightDown) {
  Dataset dataset;
  for (int i = 0; i < 9; ++i) {
    View view;
    view.camera.cam_from_world = look_at({0.2 * (i % 3), 0.2 * (i / 3), 1}, {0.2 * (i % 3), 0.2 * (i / 3), 0});
    dataset.views.push_back(view);
  }
  const glm::dvec3 center = orbit_path(dataset, 1).at(0).cam_from_world.inverse().translation;
  EXPECT_NEAR(center.z, 1, 1e-6) << "the focus lies one unit (the median view depth) below the cameras";
  EXPECT_NEAR(std::hypot(center.x - 0.2, center.y - 0.2), 0.7, 1e-6);
}

TEST(FlythroughPath, StaysNearTheCameras) {
  const Dataset dataset = ring();
  const CameraPath path = flythrough_path(dataset, 6);
  EXPECT_EQ(path.duration(), 6);
  for (double t = 0; t <= 6; t += 0.2) {
    double nearest = 1e9;
    const glm::dvec3 center = path.at(t).cam_from_world.inverse().translation;
    for (const View& view : dataset.views) nearest = std::min(nearest, glm::distance(center, view.camera.center()));
    EXPECT_LT(nearest, 1.7);
    EXPECT_GT(glm::dot(forward(path.at(t).cam_from_world), -center), 0) << "looks inwards, as the cameras do";
  }
}

TEST(LookAt, HasARotationWhateverIsUp) {
  for (const glm::dvec3 up : {glm::dvec3(0, 0, 1), glm::dvec3(0, 1, 0), glm::dvec3(1, 0, 0)})
    for (const glm::dvec3 ahead : {glm::dvec3(0, 0, -2), glm::dvec3(0, 2, 0), glm::dvec3(-2, 0, 0), glm::dvec3(0)}) {
      const Rigid pose = look_at({1, 2, 3}, glm::dvec3(1, 2, 3) + ahead, up);
      EXPECT_NEAR(glm::length(pose.rotation), 1, 1e-12);
      if (ahead != glm::dvec3(0)) {
        EXPECT_NEAR(glm::dot(forward(pose), ahead), 2, 1e-12);
      }
    }
}

TEST(CameraPathFile, IsReadInTheDatasetsOwnCoordinates) {
  test::TemporaryFolder folder;
  const auto file = folder.path() / "p.json";
  write_file_atomically(file, R"({"keys": [{"seconds": 2, "position": [10, 0, 0], "look_at": [0, 0, 0]},
                                           {"seconds": 3, "position": [0, 10, 0], "rotation": [2, 0, 0, 0], "focal_scale": 2}]})");
  const Similarity scene_from_world{0.1, {1, 0, 0, 0}, {0, 0, 5}};
  const CameraPath path = read_camera_path(file, scene_from_world);
  ASSERT_EQ(path.keys.size(), 2u);
  EXPECT_EQ(path.duration(), 1) << "times count from the first key";
  EXPECT_NEAR(glm::distance(path.keys[0].cam_from_world.inverse().translation, glm::dvec3(1, 0, 5)), 0, 1e-12);
  EXPECT_NEAR(path.keys[0].cam_from_world({0, 0, 5}).z, 1, 1e-12);
  EXPECT_NEAR(glm::distance(path.keys[1].cam_from_world.inverse().translation, glm::dvec3(0, 1, 5)), 0, 1e-12);
  EXPECT_NEAR(std::abs(path.keys[1].cam_from_world.rotation.w), 1, 1e-12);
  EXPECT_EQ(path.keys[1].focal_scale, 2);
}

TEST(CameraPathFile, ComesBackAsItWasWritten) {
  test::TemporaryFolder folder;
  const auto file = folder.path() / "p.json";
  CameraPath path = orbit_path(ring(), 10);
  path.keys[3].focal_scale = 1.75;
  const Similarity scene_from_world{0.02, glm::normalize(glm::dquat(0.7, 0.1, -0.5, 0.2)), {300, -20, 5}};
  write_camera_path(path, file, scene_from_world);
  const CameraPath back = read_camera_path(file, scene_from_world);
  ASSERT_EQ(back.keys.size(), path.keys.size());
  for (std::size_t i = 0; i < path.keys.size(); ++i) {
    EXPECT_EQ(back.keys[i].seconds, path.keys[i].seconds);
    EXPECT_EQ(back.keys[i].focal_scale, path.keys[i].focal_scale);
    const Rigid &a = path.keys[i].cam_from_world, &b = back.keys[i].cam_from_world;
    EXPECT_NEAR(glm::distance(a.translation, b.translation), 0, 1e-9);
    EXPECT_NEAR(std::abs(glm::dot(a.rotation, b.rotation)), 1, 1e-12);
  }
  const CameraPath in_world = read_camera_path(file, {});
  EXPECT_NEAR(glm::distance(scene_from_world(in_world.keys[5].cam_from_world.inverse().translation),
                            path.keys[5].cam_from_world.inverse().translation),
              0, 1e-9)
      << "the file is in the dataset's own coordinates";
}

TEST(CameraPathFile, MistakesNameTheKeyAndTheField) {
  test::TemporaryFolder folder;
  const auto file = folder.path() / "p.json";
  const std::pair<const char*, const char*> cases[] = {
      {"{", "byte"},
      {"[]", "keys"},
      {R"({"keys": []})", "keys"},
      {R"({"keys": [3]})", "key 0"},
      {R"({"keys": [{"position": [0, 0, "a"], "look_at": [0, 0, 1]}]})", "position"},
      {R"({"keys": [{"position": [0, 0, 0]}]})", "look_at"},
      {R"({"keys": [{"position": [0, 0, 0], "rotation": [0, 0, 0, 0]}]})", "rotation"},
      {R"({"keys": [{"position": [0, 0, 0], "look_at": [0, 0, 1], "seconds": "x"}]})", "seconds"},
      {R"({"keys": [{"position": [0, 0, 0], "look_at": [0, 0, 1], "focal_scale": 0}]})", "focal_scale"},
      {R"({"keys": [{"position": [0,0,0], "look_at": [0,0,1]}, {"position": [0,0,0], "look_at": [0,0,1], "seconds": 0}]})",
       "key 1"},
      {R"({"keys": [{"position": [1e999, 0, 0], "look_at": [0, 0, 1]}]})", "too large"},
      {R"({"keys": [{"position": [1e300, 0, 0], "look_at": [0, 0, 1]}]})", "position"},
      {R"({"keys": [{"position": [0, 0, 0], "look_at": [0, -1e13, 1]}]})", "look_at"},
      {R"({"keys": [{"position": [0, 0, 0], "look_at": [0, 0, 1], "focal_scale": 1e300}]})", "focal_scale"},
      {R"({"keys": [{"position": [0, 0, 0], "look_at": [0, 0, 1], "seconds": -1e300}, {"position": [0, 0, 0], "look_at": [0, 0, 1]}]})",
       "key 1: the path takes longer"},
  };
  for (const auto& [text, part] : cases) {
    write_file_atomically(file, text);
    try {
      read_camera_path(file, {});
      FAIL() << text;
    } catch (const Error& e) {
      EXPECT_EQ(e.subject(), file.string());
      EXPECT_NE(std::string(e.what()).find(part), std::string::npos) << e.what();
    }
  }
}

}  // namespace
}  // namespace tessera::scene
