#include "scene/formats/transforms_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <glm/gtc/matrix_transform.hpp>
#include <nlohmann/json.hpp>

#include "scene/error.h"
#include "scene/formats/colmap.h"
#include "tests/support/plain_file.h"
#include "tests/support/test_data.h"

namespace tessera::scene {
namespace {
namespace fs = std::filesystem;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const json kIdentity = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}};

json good() {
  return {{"fl_x", 500.0},
          {"w", 640.0},
          {"h", 480},
          {"frames",
           {{{"file_path", "images/a.jpg"}, {"transform_matrix", kIdentity}},
            {{"file_path", "images/b.jpg"}, {"transform_matrix", kIdentity}}}}};
}

class Transforms : public testing::Test {
 protected:
  TransformsFile read(const json& content, const char* name = "transforms.json") {
    return read_text(content.dump(), name);
  }
  TransformsFile read_text(const std::string& text, const char* name = "transforms.json") {
    test::write_plain(folder_.path() / name, text);
    return read_transforms(folder_.path() / name);
  }
  std::string problem_of(const json& content) { return problem_of_text(content.dump()); }
  std::string problem_of_text(const std::string& text) {
    try {
      read_text(text);
    } catch (const Error& e) {
      EXPECT_EQ(e.subject(), (folder_.path() / "transforms.json").string());
      return e.problem();
    }
    return "nothing was thrown";
  }
  static std::string problem_at(const fs::path& path) {
    try {
      read_transforms(path);
    } catch (const Error& e) {
      EXPECT_EQ(e.subject(), path.string());
      return e.problem();
    }
    return "nothing was thrown";
  }
  test::TemporaryFolder folder_;
};

fs::path damaged(const char* name) { return test::shared_data() / "damaged" / name / "transforms.json"; }

TEST_F(Transforms, AgreeWithTheColmapModelOfTheSameScene) {
  TESSERA_NEED_DATA("damaged/transforms_good");
  const TransformsFile file = read_transforms(damaged("transforms_good"));
  const ColmapModel model = read_colmap(test::shared_data() / "damaged" / "base" / "sparse" / "0");
  ASSERT_EQ(file.frames.size(), model.images.size());
  EXPECT_FALSE(file.blender);
  EXPECT_FALSE(file.aabb_scale);
  EXPECT_FALSE(file.point_cloud);
  for (const auto& frame : file.frames) {
    const auto image = std::find_if(model.images.begin(), model.images.end(),
                                    [&](const auto& i) { return "images/" + i.name == frame.file_path; });
    ASSERT_NE(image, model.images.end()) << frame.file_path;
    const Rigid& expected = image->cam_from_world;
    EXPECT_NEAR(std::abs(glm::dot(expected.rotation, frame.cam_from_world.rotation)), 1.0, 1e-12);
    EXPECT_NEAR(glm::length(expected.translation - frame.cam_from_world.translation), 0.0, 1e-9);
    const SensorModel& sensor = model.cameras.at(image->camera);
    EXPECT_EQ(frame.sensor.model, CameraModel::pinhole);
    EXPECT_EQ(frame.sensor.width, sensor.width);
    EXPECT_EQ(frame.sensor.height, sensor.height);
    EXPECT_EQ(frame.sensor.parameters, sensor.parameters);
    EXPECT_TRUE(fs::exists(frame.image_path)) << frame.image_path;
    EXPECT_FALSE(frame.test);
  }
}

TEST_F(Transforms, ReadInstantNgpsFox) {
  TESSERA_NEED_DATA("fox");
  const TransformsFile file = read_transforms(test::shared_data() / "fox" / "transforms.json");
  EXPECT_EQ(file.frames.size(), 67u);  // of which 50 have their photo
  EXPECT_EQ(file.aabb_scale, 4.0);
  const SensorModel& sensor = file.frames.at(0).sensor;
  EXPECT_EQ(sensor.model, CameraModel::opencv);
  EXPECT_EQ(sensor.width, 1080);
  EXPECT_EQ(sensor.height, 1920);
  EXPECT_THAT(sensor.parameters,
              ElementsAre(1375.52, 1374.49, 554.558, 965.268, 0.0578421, -0.0805099, -0.000980296, 0.00015575));
  EXPECT_EQ(std::count_if(file.frames.begin(), file.frames.end(),
                          [](const auto& frame) { return fs::exists(frame.image_path); }),
            50);
}

TEST_F(Transforms, DamagedFilesAreAnsweredByName) {
  TESSERA_NEED_DATA("damaged");
  EXPECT_THAT(problem_at(damaged("transforms_bad_json")),
              HasSubstr("not valid JSON at line 118, column 5, where the file ends"));
  EXPECT_EQ(problem_at(damaged("transforms_no_frames")), "has no frames (the key 'frames' is missing)");
  EXPECT_EQ(problem_at(damaged("transforms_wrong_types")),
            "fl_x is a string, but must be a number; frames[2].transform_matrix is 2 x 3, but must be 4 x 4 (or 3 x 4) "
            "numbers");
}

TEST_F(Transforms, PosesTurnFromOpenGlToColmap) {
  json content = good();
  content["frames"][0]["transform_matrix"] = {{1, 0, 0, 1}, {0, 1, 0, 2}, {0, 0, 1, 3}, {0, 0, 0, 1}};
  // Turned by 90 degrees about the vertical: the camera's x axis is the world's -z, its back axis the world's x. 3 x 4
  // is enough.
  content["frames"][1]["transform_matrix"] = {{0, 0, 1, 1}, {0, 1, 0, 2}, {-1, 0, 0, 3}};
  const TransformsFile file = read(content);
  const auto expect_near = [](glm::dvec3 a, glm::dvec3 b) {
    EXPECT_NEAR(glm::length(a - b), 0.0, 1e-14) << a.x << " " << a.y << " " << a.z;
  };
  const Rigid &straight = file.frames[0].cam_from_world, &turned = file.frames[1].cam_from_world;
  expect_near(straight({1, 2, 3}), {0, 0, 0});
  expect_near(straight({1, 2, -2}), {0, 0, 5});  // looks along -z
  expect_near(straight({1, 3, 3}), {0, -1, 0});  // up is -y
  expect_near(straight({2, 2, 3}), {1, 0, 0});
  expect_near(turned({-4, 2, 3}), {0, 0, 5});
  expect_near(turned({1, 2, 2}), {1, 0, 0});
  expect_near(turned({1, 3, 3}), {0, -1, 0});
}

TEST_F(Transforms, MatricesAreBroughtBackToRotations) {
  const glm::dmat4 turn = glm::rotate(glm::dmat4(1), 0.7, glm::dvec3(0.48, 0.6, 0.64));
  for (const double scale : {1.0, 1e-3, 250.0})
    for (const double noise : {0.0, 2e-3}) {
      json matrix = kIdentity, clean = kIdentity;
      for (int r = 0; r < 3; ++r) {
        for (int c = 0; c < 3; ++c) {
          clean[r][c] = turn[c][r];
          matrix[r][c] = scale * (turn[c][r] + noise * ((r + 2 * c) % 3 - 1));
        }
        clean[r][3] = matrix[r][3] = r + 1.5;
      }
      json content = good();
      content["frames"][0]["transform_matrix"] = matrix;
      content["frames"][1]["transform_matrix"] = clean;
      const TransformsFile file = read(content);
      const Rigid &mended = file.frames[0].cam_from_world, &exact = file.frames[1].cam_from_world;
      EXPECT_NEAR(glm::length(mended.rotation), 1.0, 1e-15);
      EXPECT_NEAR(std::abs(glm::dot(mended.rotation, exact.rotation)), 1.0, noise == 0 ? 1e-14 : 1e-5);
      EXPECT_NEAR(glm::length(mended.inverse().translation - glm::dvec3(1.5, 2.5, 3.5)), 0.0, 1e-14);
      EXPECT_NEAR(glm::length(exact.inverse().translation - glm::dvec3(1.5, 2.5, 3.5)), 0.0, 1e-14);
    }
}

TEST_F(Transforms, TheNearestRotationIsTaken) {
  // A symmetric stretch has the identity as its polar factor, whatever its axes.
  json content = good();
  content["frames"][0]["transform_matrix"] = {
      {1.002, 0.001, 0, 0}, {0.001, 0.999, -0.002, 0}, {0, -0.002, 0.9995, 0}, {0, 0, 0, 1}};
  const glm::dquat rotation = read(content).frames[0].cam_from_world.rotation;
  EXPECT_NEAR(std::abs(rotation.x), 1.0, 1e-15);  // diag(1, -1, -1)
}

TEST_F(Transforms, MatricesThatAreNoPoseAreRefused) {
  const auto with = [&](const json& matrix) {
    json content = good();
    content["frames"][1]["transform_matrix"] = matrix;
    return problem_of(content);
  };
  const auto cell = [&](int r, int c, const json& value) {
    json matrix = kIdentity;
    matrix[r][c] = value;
    return with(matrix);
  };
  EXPECT_EQ(with(kIdentity), "nothing was thrown");
  EXPECT_EQ(cell(0, 0, -1), "frames[1].transform_matrix mirrors (its determinant is negative)");
  EXPECT_EQ(cell(2, 2, 0), "frames[1].transform_matrix is singular");
  EXPECT_EQ(
      cell(2, 2, 1e308),
      "frames[1].transform_matrix is not a rotation times one scale (its axes are skewed or of different length)");
  EXPECT_THAT(cell(0, 1, 0.02), HasSubstr("not a rotation"));
  EXPECT_EQ(cell(0, 1, 0.005), "nothing was thrown");
  EXPECT_EQ(cell(0, 3, 1.7e308), "nothing was thrown");
  json far = kIdentity;
  far[0] = {0.8, -0.6, 0, 1.7e308};
  far[1] = {0.6, 0.8, 0, 1.7e308};
  EXPECT_EQ(with(far), "frames[1].transform_matrix has a translation that is out of range");
  EXPECT_EQ(cell(3, 3, 2), "frames[1].transform_matrix does not end in the row 0 0 0 1");
  EXPECT_THAT(cell(3, 0, 1), HasSubstr("row 0 0 0 1"));
  EXPECT_EQ(cell(1, 2, "one"), "frames[1].transform_matrix[1][2] is a string, but must be a number");
  EXPECT_EQ(cell(1, 2, nullptr), "frames[1].transform_matrix[1][2] is null, but must be a number");
  EXPECT_EQ(with({{1, 0}, {0, 1}}), "frames[1].transform_matrix is 2 x 2, but must be 4 x 4 (or 3 x 4) numbers");
  EXPECT_THAT(with({{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1}}), HasSubstr("but must be 4 x 4"));
  EXPECT_THAT(with({1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0}), HasSubstr("is an array of 12,"));
  EXPECT_THAT(with("eye"), HasSubstr("transform_matrix is a string"));
  EXPECT_THAT(with(json::array()), HasSubstr("is an array of 0"));
  EXPECT_EQ(with(nullptr), "frames[1].transform_matrix is missing");
}

TEST_F(Transforms, TheCentreAndTheOtherAxisAreTheDefaults) {
  const SensorModel sensor = read(good()).frames[0].sensor;
  EXPECT_EQ(sensor.model, CameraModel::pinhole);
  EXPECT_EQ(sensor.width, 640);
  EXPECT_EQ(sensor.height, 480);
  EXPECT_THAT(sensor.parameters, ElementsAre(500, 500, 320, 240));
}

TEST_F(Transforms, FocalLengthsMayComeAsAngles) {
  json content = good();
  content.erase("fl_x");
  content["camera_angle_x"] = 2 * std::atan(320.0 / 700.0);
  EXPECT_THAT(read(content).frames[0].sensor.parameters,
              ElementsAre(testing::DoubleNear(700, 1e-9), testing::DoubleNear(700, 1e-9), 320, 240));
  content["camera_angle_y"] = 2 * std::atan(240.0 / 650.0);
  EXPECT_THAT(read(content).frames[0].sensor.parameters,
              ElementsAre(testing::DoubleNear(700, 1e-9), testing::DoubleNear(650, 1e-9), 320, 240));
  content.erase("camera_angle_x");
  EXPECT_NEAR(read(content).frames[0].sensor.parameters[0], 650, 1e-9);
  content["fl_y"] = 600;  // a length goes before the angle
  EXPECT_EQ(read(content).frames[0].sensor.parameters[1], 600);
  content.erase("fl_y");
  content.erase("camera_angle_y");
  EXPECT_EQ(
      problem_of(content),
      "frames[0] has no focal length (fl_x or camera_angle_x); frames[1] has no focal length (fl_x or camera_angle_x)");
}

TEST_F(Transforms, AFramesIntrinsicsGoBeforeTheFiles) {
  json content = good();
  content["fl_y"] = 510;
  content["k1"] = 0.1;
  content["frames"][1].update({{"fl_x", 900}, {"w", 800}, {"h", 600}, {"cx", 401.5}, {"k1", 0}});
  const TransformsFile file = read(content);
  EXPECT_EQ(file.frames[0].sensor.model, CameraModel::opencv);
  EXPECT_THAT(file.frames[0].sensor.parameters, ElementsAre(500, 510, 320, 240, 0.1, 0, 0, 0));
  EXPECT_EQ(file.frames[1].sensor.model, CameraModel::pinhole);
  EXPECT_EQ(file.frames[1].sensor.width, 800);
  EXPECT_EQ(file.frames[1].sensor.height, 600);
  EXPECT_THAT(file.frames[1].sensor.parameters, ElementsAre(900, 510, 401.5, 300));
  // A frame's angle replaces the file's focal length of that axis.
  content["frames"][1].erase("fl_x");
  content["frames"][1]["camera_angle_x"] = 2 * std::atan(1.0);
  EXPECT_NEAR(read(content).frames[1].sensor.parameters[0], 400, 1e-9);
  content["frames"][1].erase("camera_angle_x");
  content["frames"][1]["cy"] = 7;
  EXPECT_THAT(read(content).frames[1].sensor.parameters, ElementsAre(500, 510, 401.5, 7));
}

TEST_F(Transforms, EveryLensBecomesTheModelThatHoldsIt) {
  const auto sensor = [&](const json& keys) {
    json content = good();
    content.update(keys);
    return read(content).frames[0].sensor;
  };
  const auto problem = [&](const json& keys) {
    json content = good();
    content.update(keys);
    return problem_of(content);
  };
  EXPECT_EQ(sensor({{"camera_model", "PINHOLE"}}).model, CameraModel::pinhole);
  EXPECT_EQ(sensor({{"camera_model", "SIMPLE_PINHOLE"}}).model, CameraModel::pinhole);
  EXPECT_EQ(sensor({{"camera_model", "SIMPLE_RADIAL"}, {"k1", 0.1}}).model, CameraModel::opencv);
  EXPECT_EQ(sensor({{"camera_model", "OPENCV"}}).model, CameraModel::opencv);
  EXPECT_THAT(sensor({{"camera_model", "OPENCV"}, {"k1", 1}, {"k2", 2}, {"k3", 0}, {"p1", 3}, {"p2", 4}}).parameters,
              ElementsAre(500, 500, 320, 240, 1, 2, 3, 4));
  EXPECT_THAT(sensor({{"p2", 0.5}}).parameters, ElementsAre(500, 500, 320, 240, 0, 0, 0, 0.5));
  for (const json& fisheye : {json{{"camera_model", "OPENCV_FISHEYE"}}, json{{"is_fisheye", true}}}) {
    json keys = fisheye;
    keys.update({{"k1", 1}, {"k2", 2}, {"k3", 3}, {"k4", 4}, {"p1", 0}});
    EXPECT_EQ(sensor(keys).model, CameraModel::opencv_fisheye);
    EXPECT_THAT(sensor(keys).parameters, ElementsAre(500, 500, 320, 240, 1, 2, 3, 4));
    keys["p1"] = 0.1;
    EXPECT_THAT(problem(keys), HasSubstr("p1 or p2 is not zero, but the model OPENCV_FISHEYE"));
  }
  EXPECT_EQ(sensor({{"is_fisheye", false}}).model, CameraModel::pinhole);
  EXPECT_THAT(problem({{"is_fisheye", 1}}), HasSubstr("is_fisheye is a number, but must be a boolean"));
  EXPECT_THAT(problem({{"k3", 0.1}}), HasSubstr("k3 or k4 is not zero, but the model OPENCV has no such term"));
  EXPECT_EQ(problem({{"camera_model", "EQUIRECTANGULAR"}}), "camera_model 'EQUIRECTANGULAR' is not supported");
  EXPECT_EQ(problem({{"latlong", true}}), "latlong names a lens that is not supported");
  EXPECT_EQ(problem({{"latlong", false}}), "nothing was thrown");
  EXPECT_EQ(problem({{"ftheta_p0", 0.5}}), "ftheta_p0 names a lens that is not supported");
  EXPECT_EQ(problem({{"camera_model", 4}}), "camera_model is a number, but must be a string");
}

TEST_F(Transforms, NumbersOutOfRangeAreNamed) {
  const auto problem = [&](const char* key, const json& value) {
    json content = good();
    content[key] = value;
    return problem_of(content);
  };
  for (const json& bad : {json(0), json(-500), json(1e13)})
    EXPECT_THAT(problem("fl_x", bad), HasSubstr("which is out of range")) << bad;
  EXPECT_EQ(problem("fl_y", -1.5), "fl_y is -1.5, which is out of range");
  EXPECT_EQ(problem("camera_angle_x", 3.2), "camera_angle_x is 3.2, which is out of range");
  EXPECT_EQ(problem("camera_angle_y", 0), "camera_angle_y is 0, which is out of range");
  for (const json& bad : {json(0), json(-640), json(640.5), json(1e300), json(1048577)})
    EXPECT_THAT(problem("w", bad), HasSubstr("but must be a whole number of pixels")) << bad;
  EXPECT_EQ(problem("w", 1048576), "nothing was thrown");
  EXPECT_EQ(problem("w", nullptr), "frames[0] has only one of w and h; frames[1] has only one of w and h");
  EXPECT_EQ(problem("cx", "middle"), "cx is a string, but must be a number");
  EXPECT_EQ(problem("aabb_scale", 0), "aabb_scale is not positive");
  EXPECT_EQ(problem("aabb_scale", json::array()), "aabb_scale is an array, but must be a number");
}

TEST_F(Transforms, BlenderScenesBringTheirOwnSplit) {
  const auto blender = [](double angle, const std::string& folder, int frames) {
    json content = {{"camera_angle_x", angle}, {"frames", json::array()}};
    for (int i = 0; i < frames; ++i)
      content["frames"].push_back({{"file_path", "./" + folder + "/r_" + std::to_string(i)},
                                   {"rotation", 0.01},
                                   {"transform_matrix", kIdentity}});
    return content;
  };
  test::write_plain(folder_.path() / "transforms_test.json", blender(0.5, "test", 2).dump());
  const TransformsFile file = read(blender(0.6911112070083618, "train", 3), "transforms_train.json");
  EXPECT_TRUE(file.blender);
  ASSERT_EQ(file.frames.size(), 5u);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(file.frames[i].test, i >= 3);
  EXPECT_EQ(file.frames[1].file_path, "./train/r_1");
  EXPECT_EQ(file.frames[1].image_path, folder_.path() / "train" / "r_1.png");
  EXPECT_EQ(file.frames[4].image_path, folder_.path() / "test" / "r_1.png");
  // No size is stated: the photo decides.
  EXPECT_EQ(file.frames[0].sensor.width, 0);
  EXPECT_EQ(file.frames[0].sensor.height, 0);
  EXPECT_TRUE(file.frames[0].sensor.parameters.empty());
  const SensorModel sensor = file.frames[0].lens.sensor(800, 800);
  EXPECT_EQ(sensor.width, 800);
  EXPECT_EQ(sensor.height, 800);
  // 1111.111: the focal length of the NeRF synthetic scenes.
  EXPECT_THAT(sensor.parameters,
              ElementsAre(testing::DoubleNear(1111.111, 1e-3), testing::DoubleNear(1111.111, 1e-3), 400, 400));
  EXPECT_NEAR(file.frames[4].lens.sensor(800, 600).parameters[0], 400 / std::tan(0.25), 1e-9);
  EXPECT_EQ(file.frames[4].lens.sensor(800, 600).parameters[3], 300);

  EXPECT_EQ(read_transforms(folder_.path() / "transforms_test.json").frames.size(), 2u);
  EXPECT_FALSE(read_transforms(folder_.path() / "transforms_test.json").frames[0].test);
  EXPECT_TRUE(read_transforms(folder_.path() / "transforms_test.json").blender);
  fs::remove(folder_.path() / "transforms_test.json");
  EXPECT_EQ(read_transforms(folder_.path() / "transforms_train.json").frames.size(), 3u);
}

TEST_F(Transforms, APhotoIsEitherTrainedOnOrTested) {
  json test = good();
  test["frames"].erase(0);
  test::write_plain(folder_.path() / "transforms_test.json", test.dump());
  try {
    read(good(), "transforms_train.json");
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.subject(), (folder_.path() / "transforms_test.json").string());
    EXPECT_EQ(e.problem(), "frames[0].file_path 'images/b.jpg' is that of frames[1] of transforms_train.json again");
  }
}

TEST_F(Transforms, PathsAreResolvedBesideTheFile) {
  json content = good();
  content["ply_file_path"] = "sparse_pc.ply";
  content["aabb_scale"] = 16;
  content["applied_transform"] = {{0, 1, 0, 5}, {1, 0, 0, 5}, {0, 0, -1, 5}};
  content["frames"][0]["mask_path"] = "masks/a.png";
  content["frames"][0]["file_path"] = "images/sub/../with spaces ünïcode 数据 [1].JPG";
  content["frames"][1]["file_path"] = ".\\images\\b.jpg";
  const TransformsFile file = read(content);
  EXPECT_EQ(file.point_cloud, folder_.path() / "sparse_pc.ply");
  EXPECT_EQ(file.aabb_scale, 16);
  EXPECT_EQ(file.frames[0].mask_path, folder_.path() / "masks" / "a.png");
  EXPECT_EQ(file.frames[0].file_path, "images/sub/../with spaces ünïcode 数据 [1].JPG");
  EXPECT_EQ(file.frames[0].image_path, folder_.path() / "images" / "with spaces ünïcode 数据 [1].JPG");
  EXPECT_EQ(file.frames[1].image_path, folder_.path() / "images" / "b.jpg");
  EXPECT_TRUE(file.frames[1].mask_path.empty());
  // applied_transform moved poses and point cloud alike before they were written.
  EXPECT_EQ(file.frames[0].cam_from_world.translation, glm::dvec3(0));
}

TEST_F(Transforms, PathsThatLeaveTheFolderAreRefused) {
  const auto with = [&](const char* key, const json& value) {
    json content = good();
    content["frames"][1][key] = value;
    return problem_of(content);
  };
  EXPECT_EQ(with("file_path", "../images/a.jpg"),
            "frames[1].file_path '../images/a.jpg' leaves the folder of transforms.json");
  EXPECT_THAT(with("file_path", "/etc/passwd"), HasSubstr("leaves the folder"));
  EXPECT_THAT(with("mask_path", "a/../../m.png"), HasSubstr("frames[1].mask_path 'a/../../m.png' leaves the folder"));
  EXPECT_EQ(with("file_path", ""), "frames[1].file_path '' is no file name");
  EXPECT_EQ(with("file_path", std::string("a\0b", 3)), "frames[1].file_path 'a?b' is no file name");
  EXPECT_EQ(with("file_path", nullptr), "frames[1].file_path is missing");
  EXPECT_EQ(with("file_path", 7), "frames[1].file_path is a number, but must be a string");
  EXPECT_EQ(with("file_path", "images/./a.jpg"),
            "frames[1].file_path 'images/./a.jpg' is that of frames[0] of transforms.json again");
  json content = good();
  content["ply_file_path"] = "../cloud.ply";
  EXPECT_THAT(problem_of(content), HasSubstr("ply_file_path '../cloud.ply' leaves the folder"));
}

TEST_F(Transforms, WhatIsNoDatasetIsSaidSo) {
  EXPECT_EQ(problem_of_text("[1, 2]"), "holds an array instead of a JSON object");
  json content = good();
  content["frames"] = json::array();
  EXPECT_EQ(problem_of(content), "has no frames ('frames' is empty)");
  content["frames"] = "many";
  EXPECT_EQ(problem_of(content), "frames is a string, but must be an array");
  content["frames"] = {true, 5};
  EXPECT_EQ(problem_of(content),
            "frames[0] is a boolean, but must be an object; frames[1] is a number, but must be an object");
  EXPECT_THAT(problem_at(folder_.path() / "absent.json"), HasSubstr("cannot read"));
}

TEST_F(Transforms, ManyMistakesAreCounted) {
  json content = good();
  content["w"] = "a";
  content["h"] = "b";
  content["cx"] = {{"x", 1}};
  content["frames"][0]["file_path"] = false;
  content["frames"][1]["file_path"] = false;
  content["frames"][1]["transform_matrix"] = 0;
  EXPECT_EQ(problem_of(content),
            "w is a string, but must be a number; h is a string, but must be a number; cx is an object, but must be a "
            "number; "
            "frames[0].file_path is a boolean, but must be a string; and 2 more");
}

TEST_F(Transforms, BadJsonIsNamedByLineAndColumn) {
  EXPECT_THAT(problem_of_text("{\n  \"w\": 5,\n  \"h\" 7\n}"),
              HasSubstr("not valid JSON at line 3, column 7 (syntax error"));
  EXPECT_THAT(problem_of_text("}"), HasSubstr("line 1, column 1 ("));
  EXPECT_THAT(problem_of_text(""), HasSubstr("line 1, column 1, where the file ends"));
  EXPECT_THAT(problem_of_text("{\n"), HasSubstr("line 2, column 1, where the file ends"));
  EXPECT_THAT(problem_of_text("{\"fl_x\": NaN}"), HasSubstr("line 1, column 10"));
  EXPECT_THAT(problem_of_text("{\"fl_x\": \"\xff\"}"), HasSubstr("line 1, column 11"));
  EXPECT_THAT(problem_of_text("{\"fl_x\": 1e999}"), HasSubstr("not valid JSON: "));
  EXPECT_THAT(problem_of_text("{\"" + std::string(100000, 'a')), Not(HasSubstr(std::string(200, 'a'))));
}

TEST_F(Transforms, NestingHasALimit) {
  json content = good();
  content["extra"] = json::parse(std::string(20, '[') + std::string(20, ']'));
  EXPECT_EQ(problem_of(content), "nothing was thrown");
  EXPECT_EQ(problem_of_text(std::string(1 << 20, '[')), "nests deeper than 32 levels");
}

}  // namespace
}  // namespace tessera::scene
