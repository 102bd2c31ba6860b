#include "scene/formats/colmap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "scene/atomic_file.h"
#include "scene/error.h"
#include "tests/support/test_data.h"

namespace tessera::scene {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;

fs::path damaged(const char* name) { return test::shared_data() / "damaged" / name / "sparse" / "0"; }

Error error_of(const fs::path& folder) {
  try {
    read_colmap(folder);
  } catch (const Error& e) {
    return e;
  }
  return Error("nothing", "was thrown");
}

TEST(Colmap, ReadsTheUndamagedModel) {
  TESSERA_NEED_DATA("damaged/base");
  const ColmapModel model = read_colmap(damaged("base"));
  ASSERT_EQ(model.cameras.size(), 1u);
  const SensorModel& sensor = model.cameras.begin()->second;
  EXPECT_EQ(sensor.model, CameraModel::pinhole);
  EXPECT_EQ(sensor.width, 320);
  EXPECT_EQ(sensor.height, 180);
  // The same numbers stand in damaged/transforms_good.
  EXPECT_DOUBLE_EQ(sensor.parameters.at(0), 188.0462079357107);
  EXPECT_DOUBLE_EQ(sensor.parameters.at(1), 188.20375335120642);
  EXPECT_DOUBLE_EQ(sensor.parameters.at(2), 160.0);
  EXPECT_DOUBLE_EQ(sensor.parameters.at(3), 90.0);
  ASSERT_EQ(model.images.size(), 6u);
  EXPECT_EQ(model.points.size(), 727u);
  for (const auto& image : model.images) {
    EXPECT_NEAR(glm::length(image.cam_from_world.rotation), 1.0, 1e-9);
    EXPECT_FALSE(image.observations.empty());
  }
}

TEST(Colmap, SaysWhatIsTruncated) {
  TESSERA_NEED_DATA("damaged/points_truncated");
  const Error points = error_of(damaged("points_truncated"));
  EXPECT_THAT(points.subject(), HasSubstr("points3D.bin"));
  EXPECT_THAT(points.problem(), HasSubstr("727 points"));
  EXPECT_THAT(points.problem(), HasSubstr("byte 31037"));
  EXPECT_THAT(error_of(damaged("images_truncated")).subject(), HasSubstr("images.bin"));
}

TEST(Colmap, RefusesACountThatDoesNotFitTheFile) {
  TESSERA_NEED_DATA("damaged/points_count_huge");
  const Error e = error_of(damaged("points_count_huge"));
  EXPECT_THAT(e.subject(), HasSubstr("points3D.bin"));
  EXPECT_THAT(e.problem(), HasSubstr("1152921504606846976 points"));
}

TEST(Colmap, NamesTheCameraOfAnUnknownModel) {
  TESSERA_NEED_DATA("damaged/camera_model_unknown");
  const Error e = error_of(damaged("camera_model_unknown"));
  EXPECT_THAT(e.subject(), HasSubstr("cameras.bin"));
  EXPECT_THAT(e.problem(), HasSubstr("camera 1 "));
  EXPECT_THAT(e.problem(), HasSubstr("99"));
}

TEST(Colmap, NamesTheImageWhoseCameraIsMissing) {
  TESSERA_NEED_DATA("damaged/image_camera_missing");
  const Error e = error_of(damaged("image_camera_missing"));
  EXPECT_THAT(e.problem(), HasSubstr("DJI_0022.jpg"));
  EXPECT_THAT(e.problem(), HasSubstr("camera 77"));
}

TEST(Colmap, NamesTheFileThatIsMissing) {
  TESSERA_NEED_DATA("damaged/model_incomplete");
  EXPECT_TRUE(looks_like_colmap(damaged("model_incomplete")));
  EXPECT_THAT(error_of(damaged("model_incomplete")).subject(), HasSubstr("cameras.bin"));
  EXPECT_FALSE(looks_like_colmap(test::shared_data()));
  EXPECT_EQ(error_of(test::shared_data()).subject(), test::shared_data().string());
}

TEST(Colmap, PassesDamagedPosesThrough) {
  TESSERA_NEED_DATA("damaged/pose_nan");
  int not_finite = 0, no_length = 0;
  for (const auto& image : read_colmap(damaged("pose_nan")).images)
    not_finite += !std::isfinite(glm::dot(image.cam_from_world.rotation, image.cam_from_world.rotation) +
                                 glm::dot(image.cam_from_world.translation, glm::dvec3(1)));
  for (const auto& image : read_colmap(damaged("pose_zero_quaternion")).images)
    no_length += glm::length(image.cam_from_world.rotation) == 0;
  EXPECT_EQ(not_finite, 2);
  EXPECT_EQ(no_length, 1);
}

}  // namespace
}  // namespace tessera::scene
