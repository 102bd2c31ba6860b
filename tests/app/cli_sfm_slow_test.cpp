// `tessera sfm` on real photographs with the installed COLMAP.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>

#include <glm/geometric.hpp>
#include <nlohmann/json.hpp>

#include "scene/atomic_file.h"
#include "scene/exif.h"
#include "scene/formats/colmap.h"
#include "scene/image.h"
#include "tests/support/run_process.h"
#include "tests/support/test_data.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

constexpr double kDegrees = 0.017453292519943295;

/// Metres from the earth's centre, by way of the reduced latitude: no formula of the code under test.
glm::dvec3 earth_centred(const scene::Gps& gps) {
  const double a = 6378137, flattening = 1 / 298.257223563, b = a * (1 - flattening);
  const double latitude = gps.latitude * kDegrees, longitude = gps.longitude * kDegrees;
  const double reduced = std::atan((1 - flattening) * std::tan(latitude));
  const double ring = a * std::cos(reduced) + gps.altitude * std::cos(latitude);
  return {ring * std::cos(longitude), ring * std::sin(longitude),
          b * std::sin(reduced) + gps.altitude * std::sin(latitude)};
}

/// A number of the drone's own block: drone-dji:NAME="-89.90".
double dji(const std::string& bytes, const std::string& name) {
  const std::size_t at = bytes.find("drone-dji:" + name + "=\"");
  return at == std::string::npos ? std::nan("") : std::atof(bytes.c_str() + at + 10 + name.size() + 2);
}

class RealSfm : public testing::Test {
 protected:
  void SetUp() override {
    TESSERA_NEED_DATA("brighton_beach/raw");
    if (test::run_process({"sh", "-c", "command -v colmap"}).exit_code != 0)
      GTEST_SKIP() << "SKIPPED: COLMAP is not installed";
    raw_ = test::shared_data() / "brighton_beach/raw";
  }
  json sfm(const fs::path& photos, std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"sfm", photos.string(), "--out", out_.string(), "--json"};
    words.insert(words.end(), more.begin(), more.end());
    const auto result = test::tessera(words, {.limit_seconds = 1100});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.exit_code == 0 ? json::parse(result.out) : json();
  }
  test::TemporaryFolder folder_;
  fs::path raw_, out_ = folder_.path() / "out";
};

TEST_F(RealSfm, AFewPhotosBecomeADataset) {
  const fs::path photos = folder_.path() / "photos";
  fs::create_directory(photos);
  for (const char* name : {"DJI_0022.JPG", "DJI_0023.JPG", "DJI_0024.JPG", "DJI_0025.JPG", "DJI_0026.JPG"})
    fs::copy_file(raw_ / name, photos / name);
  scene::write_file_atomically(photos / "broken.jpg", "no picture");
  const json report = sfm(photos, {"--set", "max_image_size=640", "--set", "max_features=2000"});
  ASSERT_FALSE(report.is_null());
  EXPECT_EQ(report["images"], 6);
  EXPECT_EQ(report["registered"], 5);
  EXPECT_EQ(report["matcher"], "own");
  EXPECT_EQ(report["pairs"], 10);
  EXPECT_GT(report["points"].get<int>(), 300);
  EXPECT_GT(report["reprojection_error"].get<double>(), 0.1);
  EXPECT_LT(report["reprojection_error"].get<double>(), 1.5);
  EXPECT_EQ(report["failed"][0]["name"], "broken.jpg");

  const scene::ColmapModel model = scene::read_colmap(out_ / "sparse/0");
  ASSERT_EQ(model.images.size(), 5u);
  for (const auto& [id, sensor] : model.cameras) {
    EXPECT_EQ(sensor.model, scene::CameraModel::pinhole);
    EXPECT_EQ(std::max(sensor.width, sensor.height), 640);
  }
  for (const auto& image : model.images) {
    const scene::SensorModel& sensor = model.cameras.at(image.camera);
    const scene::ImageInfo info = scene::probe_image(out_ / "images" / image.name);
    EXPECT_EQ(info.width, sensor.width);
    EXPECT_EQ(info.height, sensor.height);
  }
  // Ids follow names, so that the same photos give the same files on every run.
  std::map<std::uint32_t, std::string> names;
  for (const auto& image : model.images) names[image.id] = image.name;
  EXPECT_EQ(names[1], "DJI_0022.JPG");
  EXPECT_EQ(names[5], "DJI_0026.JPG");
  EXPECT_EQ(sfm(photos, {"--set", "max_image_size=640", "--set", "max_features=2000"})["stages_reused"].size(), 5u);
}

TEST_F(RealSfm, EighteenPhotosOfADroneBecomeALevelSceneInMetres) {
  const json report = sfm(raw_);
  ASSERT_FALSE(report.is_null());
  EXPECT_EQ(report["images"], 18);
  EXPECT_EQ(report["registered"], 18);
  EXPECT_EQ(report["alignment"], "gps");

  const scene::ColmapModel model = scene::read_colmap(out_ / "sparse/0");
  ASSERT_EQ(model.images.size(), 18u);
  std::vector<glm::dvec3> centres, receivers;
  std::vector<double> tilts, headings;
  glm::dvec3 mean_axis(0), mean_gimbal(0);
  for (const auto& image : model.images) {
    const scene::Rigid world_from_cam = image.cam_from_world.inverse();
    const auto gps = scene::read_exif(raw_ / image.name).gps;
    ASSERT_TRUE(gps && gps->has_altitude) << image.name;
    centres.push_back(world_from_cam.translation);
    receivers.push_back(earth_centred(*gps));
    // Where the gimbal says that the camera looked: yaw from north to east, pitch upwards.
    const std::string bytes = scene::read_file(raw_ / image.name);
    const double yaw = dji(bytes, "GimbalYawDegree") * kDegrees, pitch = dji(bytes, "GimbalPitchDegree") * kDegrees;
    ASSERT_TRUE(std::isfinite(yaw) && std::isfinite(pitch));
    const glm::dvec3 gimbal(std::cos(pitch) * std::sin(yaw), std::cos(pitch) * std::cos(yaw), std::sin(pitch));
    const glm::dvec3 axis = world_from_cam.rotation * glm::dvec3(0, 0, 1),
                     top = world_from_cam.rotation * glm::dvec3(0, -1, 0);
    mean_axis += axis / 18.0;
    mean_gimbal += gimbal / 18.0;
    tilts.push_back(std::acos(std::min(1.0, glm::dot(axis, gimbal))) / kDegrees);
    headings.push_back(std::remainder(std::atan2(top.x, top.y) - yaw, 2 * 3.141592653589793) / kDegrees);
  }
  double model_length = 0, gps_length = 0;
  for (std::size_t i = 0; i < 18; ++i)
    for (std::size_t j = i + 1; j < 18; ++j) {
      model_length += glm::distance(centres[i], centres[j]);
      gps_length += glm::distance(receivers[i], receivers[j]);
    }
  const double ratio = model_length / gps_length;
  const double tilt =
      std::acos(std::min(1.0, glm::dot(glm::normalize(mean_axis), glm::normalize(mean_gimbal)))) / kDegrees;
  const auto median = [](std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + 9, values.end());
    return values[9];
  };
  std::printf("registered %d of %d, %d points, reprojection error %.3f px, focal %.1f px\n",
              report["registered"].get<int>(), report["images"].get<int>(), report["points"].get<int>(),
              report["reprojection_error"].get<double>(), report["focal_pixels"].get<double>());
  std::printf("gps used %d, rms horizontal %.3f m, vertical %.3f m\n", report["gps"]["used"].get<int>(),
              report["gps"]["rms_horizontal_metres"].get<double>(), report["gps"]["rms_vertical_metres"].get<double>());
  std::printf("baselines: model %.1f m, GPS %.1f m, ratio %.4f\n", model_length, gps_length, ratio);
  std::printf("against the gimbal: mean axis %.2f degrees off, median of single photos %.2f, heading %.2f\n", tilt,
              median(tilts), median(headings));
  for (const auto& [stage, seconds] : report["stage_seconds"].items())
    std::printf("%-13s %.1f s\n", stage.c_str(), seconds.get<double>());
  for (const auto& note : report["notes"]) std::printf("note: %s\n", note.get<std::string>().c_str());

  EXPECT_NEAR(ratio, 1, 0.02);
  EXPECT_LT(tilt, 3);
  EXPECT_LT(std::abs(median(headings)), 10) << "north is north";
  EXPECT_LT(report["gps"]["rms_horizontal_metres"].get<double>(), 3);
  EXPECT_GE(report["gps"]["used"].get<int>(), 16);
  // The park road lies some forty metres below the drone.
  std::vector<double> heights;
  for (const auto& point : model.points) heights.push_back(point.position.z);
  std::nth_element(heights.begin(), heights.begin() + static_cast<std::ptrdiff_t>(heights.size() / 2), heights.end());
  double mean_height = 0;
  for (const glm::dvec3& centre : centres) mean_height += centre.z / 18;
  const double above = mean_height - heights[heights.size() / 2];
  std::printf("cameras %.1f m above the ground\n", above);
  EXPECT_GT(above, 30);
  EXPECT_LT(above, 50);
  const json geo = json::parse(scene::read_file(out_ / "geo.json"));
  EXPECT_NEAR(geo["origin"]["latitude"].get<double>(), 46.84, 0.01);
  EXPECT_NEAR(geo["origin"]["longitude"].get<double>(), -91.99, 0.01);
}

TEST_F(RealSfm, TwoPhotosAreEnoughOrSaidNotToBe) {
  const fs::path photos = folder_.path() / "photos";
  fs::create_directory(photos);
  for (const char* name : {"DJI_0022.JPG", "DJI_0023.JPG"}) fs::copy_file(raw_ / name, photos / name);
  const auto result = test::tessera({"sfm", photos.string(), "--out", out_.string()});
  if (result.exit_code == 0) {
    EXPECT_EQ(scene::read_colmap(out_ / "sparse/0").images.size(), 2u);
  } else {
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.err, HasSubstr("photos"));
    EXPECT_FALSE(fs::exists(out_ / "sparse"));
  }
}

}  // namespace
}  // namespace tessera
