// One test for each row of the table in the shared data's damaged/README.md: what load_dataset answers to it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include <glm/geometric.hpp>

#include "scene/dataset.h"
#include "scene/error.h"
#include "scene/image_cache.h"
#include "tests/support/test_data.h"

namespace tessera::scene {
namespace {
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

#define NEED_DAMAGED() TESSERA_NEED_DATA("damaged")

Dataset load(const std::string& folder, const DatasetOptions& options = {}) {
  return load_dataset(test::shared_data() / "damaged" / folder, options);
}

/// Nothing that is not a number, no size of zero, and every picture decodes to its camera's size.
void expect_sound(const Dataset& dataset, std::size_t views, std::size_t points) {
  EXPECT_EQ(dataset.views.size(), views);
  EXPECT_EQ(dataset.points.size(), points);
  EXPECT_TRUE(std::isfinite(dataset.scene_from_world.scale) && dataset.scene_from_world.scale > 0);
  for (const View& view : dataset.views) {
    const glm::dvec3 center = view.camera.center();
    EXPECT_TRUE(std::isfinite(center.x) && std::isfinite(center.y) && std::isfinite(center.z)) << view.name;
    EXPECT_NEAR(glm::length(view.camera.cam_from_world.rotation), 1, 1e-12) << view.name;
    const Picture picture = load_picture(view);
    EXPECT_EQ(picture.width, 320);
    EXPECT_EQ(picture.height, 180);
    EXPECT_EQ(view.camera.intrinsics.width, 320);
    EXPECT_GT(view.camera.intrinsics.fx, 0);
  }
  for (const auto& position : dataset.points.position)
    for (const float c : position) EXPECT_LT(std::abs(c), 1e4f);
}

/// The folder opens with five views, and one warning that holds all of `words`, the file's name among them.
template <class... Words>
void expect_view_left_out(const std::string& folder, const std::string& photo, Words... words) {
  const Dataset dataset = load(folder);
  expect_sound(dataset, 5, 727);
  EXPECT_THAT(dataset.warnings, ElementsAre(AllOf(HasSubstr(photo), HasSubstr(words)...)));
  for (const View& view : dataset.views) EXPECT_NE(view.name, photo);
}

/// The folder does not open, and the one line says all of `words`.
template <class... Words>
void expect_refused(const std::string& folder, Words... words) {
  try {
    load(folder);
    FAIL() << folder << " was opened";
  } catch (const Error& e) {
    EXPECT_THAT(std::string(e.what()), AllOf(HasSubstr(words)...));
    EXPECT_THAT(std::string(e.what()), testing::Not(HasSubstr("\n")));
  }
}

TEST(Damaged, Base) {
  NEED_DAMAGED();
  const Dataset dataset = load("base");
  expect_sound(dataset, 6, 727);
  EXPECT_THAT(dataset.warnings, IsEmpty());
  for (const View& view : dataset.views) EXPECT_EQ(view.sensor, dataset.views[0].sensor);
}

TEST(Damaged, JpegTruncated) {
  NEED_DAMAGED();
  expect_view_left_out("jpeg_truncated", "DJI_0021.jpg", "truncated");
}

TEST(Damaged, JpegZeroByte) {
  NEED_DAMAGED();
  expect_view_left_out("jpeg_zero_byte", "DJI_0022.jpg", "empty");
}

TEST(Damaged, NotAnImage) {
  NEED_DAMAGED();
  expect_view_left_out("not_an_image", "DJI_0022.jpg", "format is not recognised");
}

TEST(Damaged, Image1x1) {
  NEED_DAMAGED();
  expect_view_left_out("image_1x1", "DJI_0023.jpg", "1x1", "320x180");
}

TEST(Damaged, ImageSizeMismatch) {
  NEED_DAMAGED();
  expect_view_left_out("image_size_mismatch", "DJI_0023.jpg", "200x200", "320x180");
}

TEST(Damaged, ImageFileMissing) {
  NEED_DAMAGED();
  expect_view_left_out("image_file_missing", "DJI_0024.jpg", "missing");
}

TEST(Damaged, ImageNotInModel) {
  NEED_DAMAGED();
  expect_view_left_out("image_not_in_model", "DJI_0024.jpg", "1 image has no pose and is not used");
}

TEST(Damaged, PointsTruncated) {
  NEED_DAMAGED();
  expect_refused("points_truncated", "points3D.bin", "byte 31037");
}

TEST(Damaged, PointsEmpty) {
  NEED_DAMAGED();
  const Dataset dataset = load("points_empty");
  expect_sound(dataset, 6, 0);
  EXPECT_THAT(dataset.warnings,
              ElementsAre(AllOf(HasSubstr("points3D.bin"), HasSubstr("no points to start from"), HasSubstr("random"))));
}

TEST(Damaged, PointsCountHuge) {
  NEED_DAMAGED();
  expect_refused("points_count_huge", "points3D.bin", "1152921504606846976 points");
}

TEST(Damaged, PointsNan) {
  NEED_DAMAGED();
  const Dataset dataset = load("points_nan");
  expect_sound(dataset, 6, 707);
  EXPECT_THAT(dataset.warnings, ElementsAre(AllOf(HasSubstr("points3D.bin"), HasSubstr("20 of 727 points"))));
  // The scene is as large as without the damage.
  EXPECT_NEAR(dataset.scene_from_world.scale / load("base").scene_from_world.scale, 1, 0.01);
}

TEST(Damaged, CameraModelUnknown) {
  NEED_DAMAGED();
  expect_refused("camera_model_unknown", "cameras.bin", "camera 1", "99");
}

TEST(Damaged, CameraModelDistorted) {
  NEED_DAMAGED();
  const Dataset distorted = load("camera_model_distorted");
  expect_sound(distorted, 6, 727);
  EXPECT_EQ(distorted.views[0].sensor.model, CameraModel::simple_radial);
  EXPECT_TRUE(distorted.views[0].sensor.distorted());
  // The picture that is trained on is not the photo: it has been undistorted, and its corners lie outside the photo.
  const Picture straight = load_picture(load("base").views[0]), bent = load_picture(distorted.views[0]);
  EXPECT_NE(straight.rgb, bent.rgb);
  ASSERT_FALSE(bent.mask.empty());
  EXPECT_EQ(bent.mask[0], 0);
  EXPECT_EQ(bent.mask[90 * 320 + 160], 255);
}

TEST(Damaged, PoseNan) {
  NEED_DAMAGED();
  const Dataset dataset = load("pose_nan");
  expect_sound(dataset, 4, 727);
  EXPECT_THAT(dataset.warnings, ElementsAre(AllOf(HasSubstr("DJI_0021.jpg"), HasSubstr("not finite")),
                                            AllOf(HasSubstr("DJI_0024.jpg"), HasSubstr("not finite"))));
}

TEST(Damaged, PoseZeroQuaternion) {
  NEED_DAMAGED();
  expect_view_left_out("pose_zero_quaternion", "DJI_0022.jpg", "zero length", "images.bin");
}

TEST(Damaged, ImageCameraMissing) {
  NEED_DAMAGED();
  expect_refused("image_camera_missing", "images.bin", "DJI_0022.jpg", "camera 77");
}

TEST(Damaged, ImagesTruncated) {
  NEED_DAMAGED();
  expect_refused("images_truncated", "images.bin");
}

TEST(Damaged, ImageNameEscapes) {
  NEED_DAMAGED();
  expect_refused("image_name_escapes", "../../base/images/DJI_0020.jpg", "leaves the image folder");
}

TEST(Damaged, NoModel) {
  NEED_DAMAGED();
  expect_refused("no_model", "no camera model", "sparse/0", "transforms.json", "tessera sfm");
}

TEST(Damaged, ModelIncomplete) {
  NEED_DAMAGED();
  expect_refused("model_incomplete", "cameras.bin", "missing");
}

TEST(Damaged, TransformsGood) {
  NEED_DAMAGED();
  const DatasetOptions as_stated{.scene_frame = false};
  const Dataset base = load("base", as_stated), transforms = load("transforms_good", as_stated);
  expect_sound(transforms, 6, 0);
  EXPECT_THAT(transforms.warnings, ElementsAre(HasSubstr("no points to start from")));
  for (std::size_t i = 0; i < 6; ++i) {
    const View &a = base.views[i], &b = transforms.views[i];
    EXPECT_EQ(a.name, b.name);
    EXPECT_EQ(a.test, b.test);
    EXPECT_NEAR(a.camera.intrinsics.fx, b.camera.intrinsics.fx, 1e-9);
    EXPECT_NEAR(a.camera.intrinsics.fy, b.camera.intrinsics.fy, 1e-9);
    EXPECT_NEAR(a.camera.intrinsics.cx, b.camera.intrinsics.cx, 1e-9);
    EXPECT_NEAR(a.camera.intrinsics.cy, b.camera.intrinsics.cy, 1e-9);
    EXPECT_NEAR(std::abs(glm::dot(a.camera.cam_from_world.rotation, b.camera.cam_from_world.rotation)), 1, 1e-12);
    EXPECT_LT(glm::length(a.camera.cam_from_world.translation - b.camera.cam_from_world.translation), 1e-9);
  }
}

TEST(Damaged, TransformsBadJson) {
  NEED_DAMAGED();
  expect_refused("transforms_bad_json", "transforms.json", "line 118", "column");
}

TEST(Damaged, TransformsWrongTypes) {
  NEED_DAMAGED();
  expect_refused("transforms_wrong_types", "transforms.json", "fl_x", "frames[2]");
}

TEST(Damaged, TransformsNoFrames) {
  NEED_DAMAGED();
  expect_refused("transforms_no_frames", "transforms.json", "no frames");
}

TEST(Damaged, PathWithSpacesAndForeignLetters) {
  NEED_DAMAGED();
  const Dataset dataset = load("path with spaces ünïcode 数据"), base = load("base");
  expect_sound(dataset, 6, 727);
  EXPECT_THAT(dataset.warnings, IsEmpty());
  std::vector<std::string> names;
  for (const View& view : dataset.views) names.push_back(view.name);
  EXPECT_THAT(names, Contains("left cam/Bild 1 (Größe).jpg"));
  EXPECT_THAT(names, Contains("left cam/写真 二.jpg"));
  EXPECT_NEAR(dataset.scene_from_world.scale, base.scene_from_world.scale, 1e-12);
}

}  // namespace
}  // namespace tessera::scene
