#include "scene/formats/colmap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "scene/atomic_file.h"
#include "scene/error.h"
#include "tests/support/colmap_model.h"
#include "tests/support/plain_file.h"
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

bool same(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0; }

void expect_equal(const ColmapModel& a, const ColmapModel& b) {
  ASSERT_EQ(a.cameras.size(), b.cameras.size());
  for (const auto& [id, sensor] : a.cameras) {
    ASSERT_TRUE(b.cameras.contains(id));
    const SensorModel& other = b.cameras.at(id);
    EXPECT_EQ(sensor.model, other.model);
    EXPECT_EQ(sensor.width, other.width);
    EXPECT_EQ(sensor.height, other.height);
    EXPECT_EQ(sensor.parameters, other.parameters);
  }
  ASSERT_EQ(a.images.size(), b.images.size());
  for (std::size_t i = 0; i < a.images.size(); ++i) {
    const auto &x = a.images[i], &y = b.images[i];
    EXPECT_EQ(x.id, y.id);
    EXPECT_EQ(x.camera, y.camera);
    EXPECT_EQ(x.name, y.name);
    for (int k = 0; k < 4; ++k) EXPECT_TRUE(same(x.cam_from_world.rotation[k], y.cam_from_world.rotation[k])) << x.name;
    for (int k = 0; k < 3; ++k)
      EXPECT_TRUE(same(x.cam_from_world.translation[k], y.cam_from_world.translation[k])) << x.name;
    ASSERT_EQ(x.observations.size(), y.observations.size());
    for (std::size_t k = 0; k < x.observations.size(); ++k) {
      EXPECT_TRUE(same(x.observations[k].x, y.observations[k].x) && same(x.observations[k].y, y.observations[k].y));
      EXPECT_EQ(x.observations[k].point, y.observations[k].point);
    }
  }
  ASSERT_EQ(a.points.size(), b.points.size());
  for (std::size_t i = 0; i < a.points.size(); ++i) {
    const auto &x = a.points[i], &y = b.points[i];
    EXPECT_EQ(x.id, y.id);
    for (int k = 0; k < 3; ++k) EXPECT_TRUE(same(x.position[k], y.position[k])) << x.id;
    EXPECT_EQ(x.color, y.color);
    EXPECT_TRUE(same(x.error, y.error));
    EXPECT_EQ(x.track, y.track);
  }
}

/// What was thrown by `action`, or a problem that says nothing was.
template <class Action>
Error error_from(Action action) {
  try {
    action();
  } catch (const Error& e) {
    return e;
  }
  return Error("nothing", "was thrown");
}

TEST(Colmap, BothFormsComeBackBitForBit) {
  for (const ColmapForm form : {ColmapForm::binary, ColmapForm::text}) {
    test::TemporaryFolder folder;
    const fs::path made = folder.path() / "not" / "there yet";
    ColmapModel model = test::make_colmap_model();
    model.images[1].cam_from_world.translation.x = std::numeric_limits<double>::infinity();
    model.points[1].position = {5e-324, 1.7976931348623157e308, -0.0};
    write_colmap(model, made, form);
    EXPECT_TRUE(looks_like_colmap(made));
    EXPECT_EQ(colmap_form(made), form);
    EXPECT_EQ(std::distance(fs::directory_iterator(made), {}), 3);
    expect_equal(model, read_colmap(made));
  }
}

TEST(Colmap, NotANumberSurvivesTheText) {
  test::TemporaryFolder folder;
  ColmapModel model = test::make_colmap_model();
  model.images[0].cam_from_world.rotation.y = std::numeric_limits<double>::quiet_NaN();
  write_colmap(model, folder.path(), ColmapForm::text);
  EXPECT_TRUE(std::isnan(read_colmap(folder.path()).images[0].cam_from_world.rotation.y));
}

TEST(Colmap, BinaryBytesAreThoseOfTheFormat) {
  ColmapModel model;
  model.cameras[7] = {CameraModel::simple_pinhole, 2, 3, {4, 5, 6}};
  ColmapModel::Image image;
  image.id = 8;
  image.camera = 7;
  image.name = "ab";
  image.cam_from_world = {glm::dquat(1, 2, 3, 4), {5, 6, 7}};
  image.observations = {{9, 10, -1}};
  model.images = {image};
  ColmapModel::Point point;
  point.id = 11;
  point.position = {12, 13, 14};
  point.color = {15, 16, 17};
  point.error = 18;
  point.track = {{19, 20}};
  model.points = {point};
  test::TemporaryFolder folder;
  write_colmap(model, folder.path(), ColmapForm::binary);

  std::string bytes;
  const auto put = [&](auto... values) { (bytes.append(reinterpret_cast<const char*>(&values), sizeof values), ...); };
  const auto u64 = [](std::uint64_t value) { return value; };
  const auto u32 = [](std::uint32_t value) { return value; };
  put(u64(1), u32(7), u32(0), u64(2), u64(3), 4.0, 5.0, 6.0);
  EXPECT_EQ(read_file(folder.path() / "cameras.bin"), bytes);
  bytes.clear();
  put(u64(1), u32(8), 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, u32(7), 'a', 'b', '\0', u64(1), 9.0, 10.0, u64(~0ull));
  EXPECT_EQ(read_file(folder.path() / "images.bin"), bytes);
  bytes.clear();
  put(u64(1), u64(11), 12.0, 13.0, 14.0, '\x0f', '\x10', '\x11', 18.0, u64(1), u32(19), u32(20));
  EXPECT_EQ(read_file(folder.path() / "points3D.bin"), bytes);
}

/// A model in text whose files can be replaced one by one.
class ColmapText : public testing::Test {
 protected:
  ColmapText() {
    put("cameras", "# a comment\n\n  # another\n1 PINHOLE 640 480 500 501 320 240\n");
    put("images", "# a comment\n3 1 0 0 0 .5 -2 1e3 1 a b.jpg\n10 20 -1 30.5 40 7\n4 1 0 0 0 0 0 0 1 c.jpg\n\n");
    put("points3D", "7 1 2 3 255 0 128 0.5 3 1\n8 4 5 6 1 2 3 -1\n");
  }
  void put(const char* stem, const std::string& text) {
    test::write_plain(folder_.path() / (std::string(stem) + ".txt"), text);
  }
  std::string problem_of(const char* stem, const std::string& text) {
    const fs::path file = folder_.path() / (std::string(stem) + ".txt");
    const std::string good = read_file(file);
    put(stem, text);
    const Error error = error_of(folder_.path());
    put(stem, good);
    EXPECT_EQ(error.subject(), error.problem() == "was thrown" ? "nothing" : file.string());
    return error.problem();
  }
  void expect_the_model() {
    const ColmapModel model = read_colmap(folder_.path());
    ASSERT_EQ(model.cameras.size(), 1u);
    EXPECT_EQ(model.cameras.at(1).parameters, (std::vector<double>{500, 501, 320, 240}));
    ASSERT_EQ(model.images.size(), 2u);
    EXPECT_EQ(model.images[0].name, "a b.jpg");
    EXPECT_EQ(model.images[0].cam_from_world.translation, glm::dvec3(.5, -2, 1e3));
    ASSERT_EQ(model.images[0].observations.size(), 2u);
    EXPECT_EQ(model.images[0].observations[0].point, -1);
    EXPECT_EQ(model.images[0].observations[1].x, 30.5);
    EXPECT_EQ(model.images[0].observations[1].point, 7);
    EXPECT_EQ(model.images[1].name, "c.jpg");
    EXPECT_TRUE(model.images[1].observations.empty());
    ASSERT_EQ(model.points.size(), 2u);
    EXPECT_EQ(model.points[0].color, (std::array<std::uint8_t, 3>{255, 0, 128}));
    EXPECT_EQ(model.points[0].track, (std::vector<std::array<std::uint32_t, 2>>{{3, 1}}));
    EXPECT_EQ(model.points[1].error, -1);
    EXPECT_TRUE(model.points[1].track.empty());
  }
  test::TemporaryFolder folder_;
};

TEST_F(ColmapText, CommentsAndEmptyObservationLinesAreRead) { expect_the_model(); }

TEST_F(ColmapText, WindowsLineEndsAreRead) {
  for (const char* stem : {"cameras", "images", "points3D"}) {
    std::string text = read_file(folder_.path() / (std::string(stem) + ".txt")), windows;
    for (const char c : text) windows += c == '\n' ? "\r\n" : std::string(1, c);
    put(stem, windows);
  }
  expect_the_model();
}

TEST_F(ColmapText, TheLastEmptyLineMayBeMissing) {
  put("images", "3 1 0 0 0 .5 -2 1e3 1 a b.jpg\n10 20 -1 30.5 40 7\n4 1 0 0 0 0 0 0 1 c.jpg");
  expect_the_model();
}

TEST_F(ColmapText, BinaryIsReadWhereBothAreThere) {
  ColmapModel other = test::make_colmap_model();
  write_colmap(other, folder_.path(), ColmapForm::binary);
  expect_equal(other, read_colmap(folder_.path()));
  // An incomplete binary model does not hide a complete text model.
  fs::remove(folder_.path() / "images.bin");
  EXPECT_EQ(colmap_form(folder_.path()), ColmapForm::text);
  expect_the_model();
  fs::remove(folder_.path() / "points3D.txt");
  EXPECT_EQ(error_of(folder_.path()).subject(), (folder_.path() / "images.bin").string());
}

TEST_F(ColmapText, MistakesAreNamedByTheirLine) {
  EXPECT_EQ(problem_of("cameras", "1 PINHOLE 640 480 500 501 320 240\n"), "was thrown");
  EXPECT_EQ(problem_of("cameras", "# c\nx PINHOLE 640 480 500 501 320 240\n"), "the camera id is 'x' in line 2");
  EXPECT_EQ(problem_of("cameras", "-1 PINHOLE 640 480 500 501 320 240\n"), "the camera id is '-1' in line 1");
  EXPECT_EQ(problem_of("cameras", "1\n"), "the camera model is missing in line 1");
  EXPECT_EQ(problem_of("cameras", "1 PINHOLE 640.5 480 500 501 320 240\n"), "the width is '640.5' in line 1");
  EXPECT_EQ(problem_of("cameras", "1 PINHOLE 640 480 500 501 320\n"),
            "camera 1 has 3 parameters, but PINHOLE has 4 in line 1");
  EXPECT_EQ(problem_of("cameras", "1 PINHOLE 640 480 500 501 320 240 0\n"),
            "camera 1 has 5 parameters, but PINHOLE has 4 in line 1");
  EXPECT_EQ(problem_of("cameras", "1 PINHOLE 640 480 500 5O1 320 240\n"), "a camera parameter is '5O1' in line 1");
  EXPECT_EQ(problem_of("cameras", "1 FULL_OPENCV 640 480 1\n"),
            "camera 1 has the model 'FULL_OPENCV', which is not supported");
  EXPECT_EQ(problem_of("cameras", "1 KODAK 640 480 1\n"), "camera 1 has the unknown model 'KODAK'");
  EXPECT_EQ(problem_of("cameras", "1 PINHOLE 640 480 500 501 320 240\n\n1 PINHOLE 640 480 500 501 320 240\n"),
            "camera id 1 appears a second time in line 3");
  EXPECT_EQ(problem_of("cameras", "1 PINHOLE 0 480 500 501 320 240\n"), "camera 1 is 0 x 480 pixels");
  EXPECT_EQ(problem_of("cameras", "1 PINHOLE 640 1048577 500 501 320 240\n"), "camera 1 is 640 x 1048577 pixels");
  EXPECT_THAT(problem_of("cameras", "1 PINHOLE 640 480 500 -501 320 240\n"),
              HasSubstr("focal length that is not positive (-501"));
  EXPECT_THAT(problem_of("cameras", "1 PINHOLE 640 480 500 501 nan 240\n"), HasSubstr("not finite (number 3)"));
  EXPECT_EQ(problem_of("images", "3 1 0 0 0 0 0 0 2 a.jpg\n\n"),
            "image 'a.jpg' refers to camera 2, which is not in cameras.txt");
  EXPECT_EQ(problem_of("images", "3 1 0 0 0 0 0 0 1\n\n"), "image id 3 has no name");
  EXPECT_EQ(problem_of("images", "3 1 0 0 zero 0 0 0 1 a.jpg\n\n"), "the quaternion is 'zero' in line 1");
  EXPECT_EQ(problem_of("images", "3 1 0 0 0 0 0\n\n"), "the translation is missing in line 1");
  EXPECT_EQ(problem_of("images", "3 1 0 0 0 0 0 0 1 a.jpg\n1 2 -1 4\n"),
            "the observations of image 'a.jpg' are 4 numbers, which is no multiple of 3 (X Y POINT3D_ID) in line 2");
  EXPECT_EQ(problem_of("images", "3 1 0 0 0 0 0 0 1 a.jpg\n1 2 x\n"),
            "the point id of an observation is 'x' in line 2");
  EXPECT_EQ(problem_of("images", "3 1 0 0 0 0 0 0 1 a.jpg\n\n3 1 0 0 0 0 0 0 1 b.jpg\n\n"), "image id 3 appears twice");
  EXPECT_EQ(problem_of("images", "3 1 0 0 0 0 0 0 1 a.jpg\n\n4 1 0 0 0 0 0 0 1 a.jpg\n\n"),
            "image name 'a.jpg' appears twice");
  EXPECT_THAT(problem_of("images", "3 1 0 0 0 0 0 0 1 " + std::string(5000, 'a') + "\n\n"),
              HasSubstr("longer than 4096 bytes in line 1"));
  EXPECT_EQ(problem_of("points3D", "7 1 2 3 256 0 0 0.5\n"), "the colour is 256, not within 0 to 255, in line 1");
  EXPECT_EQ(problem_of("points3D", "7 1 2 3 1 0 0 0.5 3\n"),
            "the track of point 7 has an odd number of values (IMAGE_ID POINT2D_IDX) in line 1");
  EXPECT_EQ(problem_of("points3D", "7 1 2 3 1 0 0 0.5\n7 1 2 3 1 0 0 0.5\n"), "point id 7 appears twice");
  EXPECT_EQ(problem_of("points3D", "7 1 2\n"), "the position is missing in line 1");
  EXPECT_EQ(problem_of("points3D", "7 1 2 1e999 1 0 0 0.5\n"), "the position is '1e999' in line 1");
}

TEST(Colmap, TextOfTheRealModelEqualsItsBinary) {
  TESSERA_NEED_DATA("brighton_beach");
  const fs::path model = test::shared_data() / "brighton_beach" / "sparse" / "0";
  test::TemporaryFolder folder;
  for (const char* name : {"cameras.txt", "images.txt", "points3D.txt"})
    fs::copy_file(model / name, folder.path() / name);
  ColmapModel binary = read_colmap(model), text = read_colmap(folder.path());
  // COLMAP's text is in the order of a hash table.
  for (ColmapModel* m : {&binary, &text}) {
    std::sort(m->images.begin(), m->images.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    std::sort(m->points.begin(), m->points.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  }
  EXPECT_EQ(binary.images.size(), 18u);
  expect_equal(binary, text);
}

/// Writes a good binary model and then damages one of its files.
class ColmapBinary : public testing::Test {
 protected:
  ColmapBinary() { write_colmap(test::make_colmap_model(), folder_.path(), ColmapForm::binary); }
  template <class T>
  Error with(const char* name, std::size_t offset, T value) {
    return with_bytes(name, [&](std::string& bytes) { std::memcpy(bytes.data() + offset, &value, sizeof value); });
  }
  template <class Change>
  Error with_bytes(const char* name, Change change) {
    const std::string good = read_file(folder_.path() / name);
    std::string bytes = good;
    change(bytes);
    test::write_plain(folder_.path() / name, bytes);
    const Error error = error_of(folder_.path());
    test::write_plain(folder_.path() / name, good);
    EXPECT_EQ(error.subject(), (folder_.path() / name).string());
    return error;
  }
  test::TemporaryFolder folder_;
};

TEST_F(ColmapBinary, EveryTruncationIsAnError) {
  for (const char* name : {"cameras.bin", "images.bin", "points3D.bin"}) {
    const std::size_t size = fs::file_size(folder_.path() / name);
    for (std::size_t kept = 0; kept < size; kept += 3)
      EXPECT_THAT(with_bytes(name, [&](std::string& bytes) { bytes.resize(kept); }).problem(), HasSubstr("byte"))
          << name << " " << kept;
  }
}

TEST_F(ColmapBinary, TruncationsNameTheRecord) {
  const std::size_t size = fs::file_size(folder_.path() / "points3D.bin");
  EXPECT_EQ(with_bytes("points3D.bin", [&](std::string& bytes) { bytes.resize(size - 1); }).problem(),
            "point id 7 claims a track of 1 observations, more than the rest of the file holds (point 3 of 3, byte " +
                std::to_string(size - 8) + ")");
  EXPECT_EQ(with_bytes("cameras.bin", [&](std::string& bytes) { bytes.resize(bytes.size() - 1); }).problem(),
            "ends too early, after 407 bytes (camera 6 of 6, byte 344 needs 64 more)");
}

TEST_F(ColmapBinary, TrailingBytesAreAnError) {
  for (const char* name : {"cameras.bin", "images.bin", "points3D.bin"})
    EXPECT_THAT(with_bytes(name, [](std::string& bytes) { bytes += "more"; }).problem(),
                HasSubstr("has 4 bytes more than its header accounts for"));
}

TEST_F(ColmapBinary, ClaimsBeyondTheFileAreRefusedBeforeAllocating) {
  for (const std::uint64_t huge : {std::uint64_t{1} << 60, ~std::uint64_t{0}, std::uint64_t{1} << 32})
    for (const char* name : {"cameras.bin", "images.bin", "points3D.bin"})
      EXPECT_THAT(with(name, 0, huge).problem(), HasSubstr("its header claims " + std::to_string(huge)));
  EXPECT_THAT(with("images.bin", 8 + 64 + 6, std::uint64_t{1} << 59).problem(),
              HasSubstr("'b.jpg' claims 576460752303423488 observations"));
  EXPECT_THAT(with("points3D.bin", 8 + 43, std::uint64_t{1} << 61).problem(),
              HasSubstr("point id 5 claims a track of"));
}

TEST_F(ColmapBinary, CamerasThatCannotBeAreNamed) {
  const std::size_t first = 8;
  EXPECT_EQ(with("cameras.bin", first + 4, std::int32_t{-1}).problem(), "camera 1 has the unknown model id -1");
  EXPECT_EQ(with("cameras.bin", first + 4, std::int32_t{11}).problem(), "camera 1 has the unknown model id 11");
  EXPECT_EQ(with("cameras.bin", first + 4, std::int32_t{6}).problem(),
            "camera 1 has the model FULL_OPENCV (id 6), which is not supported");
  EXPECT_EQ(with("cameras.bin", first + 4, std::int32_t{10}).problem(),
            "camera 1 has the model THIN_PRISM_FISHEYE (id 10), which is not supported");
  EXPECT_EQ(with("cameras.bin", first + 8, std::uint64_t{0}).problem(), "camera 1 is 0 x 480 pixels");
  EXPECT_EQ(with("cameras.bin", first + 16, std::uint64_t{1} << 40).problem(),
            "camera 1 is 640 x 1099511627776 pixels");
  EXPECT_THAT(with("cameras.bin", first + 24, -1.0).problem(),
              HasSubstr("camera 1 has a focal length that is not positive"));
  EXPECT_THAT(with("cameras.bin", first + 24, std::numeric_limits<double>::infinity()).problem(),
              HasSubstr("camera 1 has a parameter that is not finite (number 1)"));
  EXPECT_EQ(with("cameras.bin", first + 48, std::uint32_t{1}).problem(),
            "camera id 1 appears twice (camera 2 of 6, byte 112)");
}

TEST_F(ColmapBinary, IdsThatAppearTwiceAreErrors) {
  EXPECT_EQ(with("points3D.bin", 8, std::uint64_t{6}).problem(), "point id 6 appears twice");
  EXPECT_EQ(with("images.bin", 8, std::uint32_t{37}).problem(), "image id 37 appears twice");
}

TEST_F(ColmapBinary, NamesAreBounded) {
  EXPECT_THAT(
      with_bytes("images.bin", [](std::string& bytes) { bytes.insert(8 + 64, std::string(4096, 'n')); }).problem(),
      HasSubstr("longer than 4096 bytes"));
  EXPECT_EQ(with("images.bin", 8 + 64, '\0').subject(), (folder_.path() / "images.bin").string());
}

TEST(Colmap, ModelsThatCouldNotBeReadAreNotWritten) {
  for (const ColmapForm form : {ColmapForm::binary, ColmapForm::text}) {
    test::TemporaryFolder folder;
    const auto refused = [&](auto change) {
      ColmapModel model = test::make_colmap_model();
      change(model);
      const Error error = error_from([&] { write_colmap(model, folder.path(), form); });
      EXPECT_TRUE(fs::is_empty(folder.path())) << error.what();
      return error.problem();
    };
    EXPECT_THAT(refused([](ColmapModel& m) { m.images[0].name.clear(); }), HasSubstr("no name"));
    EXPECT_THAT(refused([](ColmapModel& m) { m.images[0].name = std::string("a\0b", 3); }), HasSubstr("no file name"));
    EXPECT_THAT(refused([](ColmapModel& m) { m.images[0].name.assign(4097, 'x'); }), HasSubstr("no file name"));
    EXPECT_THAT(refused([](ColmapModel& m) { m.images[0].id = m.images[1].id; }), HasSubstr("appears twice"));
    EXPECT_THAT(refused([](ColmapModel& m) { m.images[0].camera = 99; }), HasSubstr("refers to camera 99"));
    EXPECT_THAT(refused([](ColmapModel& m) { m.points[0].id = m.points[1].id; }), HasSubstr("appears twice"));
    EXPECT_THAT(refused([](ColmapModel& m) { m.cameras[1].parameters.pop_back(); }),
                HasSubstr("camera 1 has 2 parameters, but SIMPLE_PINHOLE has 3"));
    EXPECT_THAT(refused([](ColmapModel& m) { m.cameras[1].width = -5; }), HasSubstr("pixels"));
  }
  for (const char* name : {" a.jpg", "a.jpg ", "a\nb.jpg", "a\r", "\ta"}) {
    test::TemporaryFolder folder;
    ColmapModel model = test::make_colmap_model();
    model.images[2].name = name;
    EXPECT_THAT(error_from([&] { write_colmap(model, folder.path(), ColmapForm::text); }).problem(),
                HasSubstr("which the text form cannot hold"))
        << name;
    EXPECT_TRUE(fs::is_empty(folder.path()));
    write_colmap(model, folder.path(), ColmapForm::binary);
    EXPECT_EQ(read_colmap(folder.path()).images[2].name, name);
  }
  EXPECT_THROW(write_colmap(test::make_colmap_model(), "/proc/no-such-folder", ColmapForm::binary), Error);
}

TEST(CameraModels, HaveColmapsNamesAndCounts) {
  const std::pair<const char*, int> expected[] = {{"SIMPLE_PINHOLE", 3}, {"PINHOLE", 4}, {"SIMPLE_RADIAL", 4},
                                                  {"RADIAL", 5},         {"OPENCV", 8},  {"OPENCV_FISHEYE", 8}};
  for (int i = 0; i < 6; ++i) {
    EXPECT_STREQ(model_name(static_cast<CameraModel>(i)), expected[i].first);
    EXPECT_EQ(parameter_count(static_cast<CameraModel>(i)), expected[i].second);
    CameraModel parsed{};
    EXPECT_TRUE(parse_model_name(expected[i].first, parsed));
    EXPECT_EQ(static_cast<int>(parsed), i);
  }
  CameraModel untouched = CameraModel::radial;
  EXPECT_FALSE(parse_model_name("pinhole", untouched));
  EXPECT_FALSE(parse_model_name("", untouched));
  EXPECT_EQ(untouched, CameraModel::radial);
}

}  // namespace
}  // namespace tessera::scene
