#include "scene/formats/cameras_json.h"

#include <gtest/gtest.h>

#include <glm/gtc/quaternion.hpp>
#include <nlohmann/json.hpp>

#include "scene/atomic_file.h"
#include "tests/support/test_data.h"

namespace tessera::scene {
namespace {

Dataset two_views() {
  Dataset dataset;
  for (const char* name : {"a.jpg", "sub folder/ünïcode \"数据\".jpg"}) {
    View view;
    view.name = name;
    view.camera.intrinsics = {640, 480, 500.25, 510.5, 320, 240};
    dataset.views.push_back(view);
  }
  dataset.views[1].camera.intrinsics.width = 100;
  return dataset;
}

nlohmann::json written(const Dataset& dataset) {
  test::TemporaryFolder folder;
  write_cameras_json(dataset, folder.path() / "cameras.json");
  return nlohmann::json::parse(read_file(folder.path() / "cameras.json"));
}

TEST(CamerasJson, HoldsTheReferencesKeys) {
  const auto cameras = written(two_views());
  ASSERT_EQ(cameras.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(cameras[i].size(), 8u);
    EXPECT_EQ(cameras[i]["id"], i);
    EXPECT_EQ(cameras[i]["height"], 480);
    EXPECT_EQ(cameras[i]["fx"], 500.25);
    EXPECT_EQ(cameras[i]["fy"], 510.5);
  }
  EXPECT_EQ(cameras[0]["width"], 640);
  EXPECT_EQ(cameras[1]["width"], 100);
  EXPECT_EQ(cameras[0]["img_name"], "a.jpg");
  EXPECT_EQ(cameras[1]["img_name"], "sub folder/ünïcode \"数据\".jpg");
  EXPECT_TRUE(written(Dataset()).empty());
}

TEST(CamerasJson, PosesAreWorldFromCameraInWorldUnits) {
  // In the world the camera stands at (10, 20, 30) and is turned a quarter about z: its x axis is the world's y, its y
  // axis the world's -x.
  Dataset dataset = two_views();
  const glm::dquat world_from_cam = glm::angleAxis(glm::radians(90.0), glm::dvec3(0, 0, 1));
  const Rigid cam_from_world = Rigid{world_from_cam, {10, 20, 30}}.inverse();
  dataset.scene_from_world = {0.25, glm::normalize(glm::dquat(0.5, -0.1, 0.7, 0.3)), {7, -8, 9}};
  dataset.views[0].camera.cam_from_world = transform_pose(cam_from_world, dataset.scene_from_world);
  const auto camera = written(dataset)[0];
  const double position[] = {10, 20, 30};
  const double rotation[3][3] = {{0, -1, 0}, {1, 0, 0}, {0, 0, 1}};
  for (std::size_t r = 0; r < 3; ++r) {
    EXPECT_NEAR(camera["position"][r].get<double>(), position[r], 1e-12);
    for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(camera["rotation"][r][c].get<double>(), rotation[r][c], 1e-14);
  }
}

TEST(CamerasJson, NamesThatAreNotUtf8DoNotStopIt) {
  Dataset dataset = two_views();
  dataset.views[0].name = "caf\xe9.jpg";
  EXPECT_EQ(written(dataset)[0]["img_name"], "caf\xef\xbf\xbd.jpg");
}

}  // namespace
}  // namespace tessera::scene
