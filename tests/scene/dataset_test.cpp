#include "scene/dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>

#include <glm/geometric.hpp>

#include "scene/atomic_file.h"
#include "scene/error.h"
#include "scene/formats/colmap.h"
#include "scene/formats/ply.h"
#include "scene/image.h"
#include "scene/image_cache.h"
#include "tests/scene/small_dataset.h"
#include "tests/support/test_data.h"

namespace tessera::scene {
namespace {
namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> names(const Dataset& dataset) {
  std::vector<std::string> all;
  for (const View& view : dataset.views) all.push_back(view.name);
  return all;
}

std::string error_of(const fs::path& path, const DatasetOptions& options = {}) {
  try {
    load_dataset(path, options);
  } catch (const Error& e) {
    return e.what();
  }
  return {};
}

Image8 plain(int width, int height, int channels = 3, std::uint8_t value = 120) {
  return {width, height, channels,
          std::vector<std::uint8_t>(static_cast<std::size_t>(width * height * channels), value)};
}

class DatasetTest : public testing::Test {
 protected:
  const fs::path& root() const { return folder_.path(); }
  test::TemporaryFolder folder_;
};
using DatasetOfColmap = DatasetTest;
using DatasetOfTransforms = DatasetTest;
using DatasetOfBlender = DatasetTest;

// ----------------------------------------------------------------------------------------------------------------
// views and split

TEST_F(DatasetOfColmap, HoldsOutEveryEighthByName) {
  ColmapModel model = test::ring_model(18);
  std::reverse(model.images.begin(), model.images.end());  // the file's order does not matter
  test::write_dataset(model, root());
  const Dataset dataset = load_dataset(root());
  ASSERT_EQ(dataset.views.size(), 18u);
  EXPECT_EQ(dataset.views[3].name, "v03.png");
  EXPECT_EQ(dataset.views[3].file_id, 4u);
  EXPECT_EQ(dataset.views[3].image_path, root() / "images/v03.png");
  EXPECT_THAT(dataset.test_views(), ElementsAre(0, 8, 16));
  EXPECT_EQ(dataset.train_views().size(), 15u);
  EXPECT_EQ(dataset.root, root());
  EXPECT_EQ(dataset.format, "COLMAP binary");
  EXPECT_THAT(dataset.warnings, IsEmpty());
}

TEST_F(DatasetOfColmap, NamesAreSortedByBytesAndUnusableViewsDoNotCount) {
  ColmapModel model = test::ring_model(10);
  const std::vector<std::string> given{"b.png",     "B.png", "a10.png", "a9.png", "\xC3\xA4.png",
                                       "sub/z.png", "Z.png", "_.png",   "0.png",  "gone.png"};
  for (std::size_t i = 0; i < given.size(); ++i) model.images[i].name = given[i];
  test::write_dataset(model, root());
  fs::remove(root() / "images/0.png");
  fs::remove(root() / "images/gone.png");
  const Dataset dataset = load_dataset(root(), {.test_every = 3});
  EXPECT_THAT(names(dataset),
              ElementsAre("B.png", "Z.png", "_.png", "a10.png", "a9.png", "b.png", "sub/z.png", "\xC3\xA4.png"));
  EXPECT_THAT(dataset.test_views(), ElementsAre(0, 3, 6));
  ASSERT_EQ(dataset.warnings.size(), 1u);
  EXPECT_THAT(dataset.warnings[0], HasSubstr("2 photos are missing and left out: 0.png, gone.png"));
}

TEST_F(DatasetOfColmap, TheSplitCanBeChosen) {
  test::write_dataset(test::ring_model(5), root());
  EXPECT_THAT(load_dataset(root(), {.test_every = 0}).test_views(), IsEmpty());
  EXPECT_EQ(load_dataset(root(), {.test_every = 0}).train_views().size(), 5u);
  EXPECT_THAT(load_dataset(root(), {.test_every = 2}).test_views(), ElementsAre(0, 2, 4));
  EXPECT_THAT(error_of(root(), {.test_every = 1}), HasSubstr("test_every"));
  EXPECT_THAT(error_of(root(), {.test_every = -8}), HasSubstr("test_every"));
}

TEST_F(DatasetOfColmap, NeedsTwoUsableViews) {
  test::write_dataset(test::ring_model(3), root());
  fs::remove(root() / "images/v00.png");
  EXPECT_EQ(load_dataset(root()).views.size(), 2u);
  write_file_atomically(root() / "images/v01.png", "");
  const std::string message = error_of(root());
  EXPECT_THAT(message, HasSubstr("only 1 of 3 views can be used"));
  EXPECT_THAT(message, HasSubstr("v01.png"));
}

TEST_F(DatasetOfColmap, WarningsAlsoReachTheJobWhichMayStopIt) {
  test::write_dataset(test::ring_model(4), root());
  fs::remove(root() / "images/v02.png");
  std::vector<std::string> heard;
  double steps = 0;
  JobContext job;
  job.on_warning = [&](const std::string& line) { heard.push_back(line); };
  job.on_progress = [&](const Progress& p) {
    EXPECT_EQ(p.total, 4);
    EXPECT_EQ(p.done, steps++);
  };
  EXPECT_EQ(load_dataset(root(), {}, job).warnings, heard);
  EXPECT_EQ(heard.size(), 1u);
  EXPECT_EQ(steps, 4);
  Cancellation cancellation;
  cancellation.request();
  EXPECT_THROW(load_dataset(root(), {}, {{}, {}, &cancellation}), Cancelled);
}

// ----------------------------------------------------------------------------------------------------------------
// where things are

TEST_F(DatasetOfColmap, IsFoundInEveryUsualPlace) {
  test::write_dataset(test::ring_model(4), root());
  EXPECT_EQ(load_dataset(root()).views.size(), 4u);
  EXPECT_EQ(load_dataset(root() / "").views.size(), 4u);
  EXPECT_EQ(load_dataset(root() / "sparse/0").views.size(), 4u);
  EXPECT_EQ(load_dataset(root() / "sparse/0/").views.size(), 4u);
  EXPECT_EQ(load_dataset(root() / "sparse/0/images.bin").views.size(), 4u);
  for (const char* name : {"cameras.bin", "images.bin", "points3D.bin"})
    fs::rename(root() / "sparse/0" / name, root() / "sparse" / name);
  EXPECT_EQ(load_dataset(root()).views.size(), 4u);
  for (const char* name : {"cameras.bin", "images.bin", "points3D.bin"})
    fs::rename(root() / "sparse" / name, root() / name);
  EXPECT_EQ(load_dataset(root()).views.size(), 4u);
  // Photos beside the model.
  for (int i = 0; i < 4; ++i)
    fs::rename(root() / ("images/v0" + std::to_string(i) + ".png"), root() / ("v0" + std::to_string(i) + ".png"));
  EXPECT_EQ(load_dataset(root()).views[1].image_path, root() / "v01.png");
  EXPECT_THAT(load_dataset(root()).warnings, IsEmpty());
}

TEST_F(DatasetOfColmap, TextIsReadWhereThereIsNoBinary) {
  const ColmapModel model = test::ring_model(4);
  test::write_dataset(model, root());
  const Dataset binary = load_dataset(root());
  fs::remove_all(root() / "sparse/0");
  fs::create_directories(root() / "sparse/0");
  write_colmap(model, root() / "sparse/0", ColmapForm::text);
  const Dataset text = load_dataset(root());
  EXPECT_EQ(text.format, "COLMAP text");
  EXPECT_EQ(text.points.position, binary.points.position);
  EXPECT_EQ(text.scene_from_world.scale, binary.scene_from_world.scale);
}

TEST_F(DatasetOfColmap, PhotosMayLieElsewhere) {
  test::write_dataset(test::ring_model(4), root());
  fs::rename(root() / "images", root() / "photos");
  const Dataset dataset = load_dataset(root(), {.images = root() / "photos"});
  EXPECT_EQ(dataset.views[2].image_path, root() / "photos/v02.png");
  EXPECT_THAT(error_of(root()), HasSubstr("only 0 of 4 views can be used"));
  EXPECT_THAT(error_of(root()), HasSubstr((root() / "images").string()));
}

TEST_F(DatasetTest, WhatIsNoDatasetIsNamed) {
  EXPECT_THAT(error_of(root() / "absent"), HasSubstr("no such folder or file"));
  EXPECT_THAT(error_of(root()), HasSubstr("no camera model was found"));
  EXPECT_THAT(error_of(root()), HasSubstr("tessera sfm '" + root().string() + "' --out"));
  for (const char* place : {"transforms_train.json", "transforms.json", "sparse/0", "sparse"})
    EXPECT_THAT(error_of(root()), HasSubstr(place));
  write_file_atomically(root() / "notes.txt", "hello");
  EXPECT_THAT(error_of(root() / "notes.txt"), HasSubstr("is not a dataset"));
  write_file_atomically(root() / "images.bin.backup", "hello");
  EXPECT_THAT(error_of(root() / "images.bin.backup"), HasSubstr("is not a dataset"));
}

// ---------------------------------------------------------------------------------------------------------------- the
// scene frame

TEST_F(DatasetOfColmap, PosesAndPointsLieInTheSceneFrame) {
  const ColmapModel model = test::ring_model(9);
  test::write_dataset(model, root());
  const Dataset dataset = load_dataset(root()), raw = load_dataset(root(), {.scene_frame = false});
  EXPECT_EQ(raw.scene_from_world.scale, 1);
  EXPECT_EQ(raw.scene_from_world.rotation, glm::dquat(1, 0, 0, 0));
  EXPECT_EQ(raw.scene_from_world.translation, glm::dvec3(0));
  EXPECT_NE(dataset.scene_from_world.scale, 1);
  for (std::size_t i = 0; i < 9; ++i) {
    const Rigid stated = model.images[i].cam_from_world;
    EXPECT_LT(glm::length(raw.views[i].camera.cam_from_world.translation - stated.translation), 1e-14);
    const Rigid expected = transform_pose(stated, dataset.scene_from_world);
    EXPECT_LT(glm::length(dataset.views[i].camera.cam_from_world.translation - expected.translation), 1e-12);
    EXPECT_NEAR(std::abs(glm::dot(dataset.views[i].camera.cam_from_world.rotation, expected.rotation)), 1, 1e-14);
  }
  for (std::size_t i = 0; i < dataset.points.size(); ++i) {
    const glm::dvec3 expected = dataset.scene_from_world(model.points[i].position);
    for (int c = 0; c < 3; ++c) {
      EXPECT_EQ(dataset.points.position[i][static_cast<std::size_t>(c)], static_cast<float>(expected[c]));
      EXPECT_EQ(raw.points.position[i][static_cast<std::size_t>(c)], static_cast<float>(model.points[i].position[c]));
    }
  }
}

TEST_F(DatasetOfColmap, ScaledInputGivesTheSameScene) {
  const ColmapModel model = test::ring_model(9);
  test::write_dataset(model, root());
  const Dataset one = load_dataset(root());
  for (const double factor : {0.01, 100.0}) {
    ColmapModel scaled = model;
    for (auto& image : scaled.images) image.cam_from_world.translation *= factor;
    for (auto& point : scaled.points) point.position *= factor;
    write_colmap(scaled, root() / "sparse/0", ColmapForm::binary);
    const Dataset other = load_dataset(root());
    EXPECT_NEAR(other.scene_from_world.scale * factor / one.scene_from_world.scale, 1, 1e-12);
    for (std::size_t i = 0; i < 9; ++i) {
      const Rigid &a = one.views[i].camera.cam_from_world, &b = other.views[i].camera.cam_from_world;
      EXPECT_LT(glm::length(a.translation - b.translation), 1e-9 * glm::length(a.translation));
      EXPECT_NEAR(glm::dot(a.rotation, b.rotation), 1, 1e-12);
    }
    for (std::size_t i = 0; i < one.points.size(); ++i)
      for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(one.points.position[i][c], other.points.position[i][c], 1e-6);
  }
}

// ----------------------------------------------------------------------------------------------------------------
// cameras

TEST_F(DatasetOfColmap, QuaternionsAreNormalised) {
  ColmapModel model = test::ring_model(4);
  model.images[1].cam_from_world.rotation *= 3.0;
  test::write_dataset(model, root());
  const Dataset dataset = load_dataset(root(), {.scene_frame = false});
  EXPECT_NEAR(glm::length(dataset.views[1].camera.cam_from_world.rotation), 1, 1e-14);
  EXPECT_THAT(dataset.warnings, IsEmpty());
}

TEST_F(DatasetOfColmap, ACameraFartherThanFloatsReachIsLeftOut) {
  ColmapModel model = test::ring_model(4);
  model.images[1].cam_from_world.translation.y = 1e150;
  test::write_dataset(model, root());
  const Dataset dataset = load_dataset(root());
  EXPECT_EQ(dataset.views.size(), 3u);
  EXPECT_THAT(dataset.warnings, Contains(AllOf(HasSubstr(model.images[1].name), HasSubstr("absurdly far away"))));
}

TEST_F(DatasetOfColmap, DistortedCamerasKeepTheirSensorAndBecomePinholes) {
  ColmapModel model = test::ring_model(4);
  model.cameras[1] = {CameraModel::opencv, 64, 48, {60, 61, 31, 25, 0.05, 0.01, 0.001, -0.002}};
  test::write_dataset(model, root());
  const Dataset dataset = load_dataset(root());
  EXPECT_EQ(dataset.views[0].sensor, model.cameras[1]);
  const Pinhole& p = dataset.views[0].camera.intrinsics;
  EXPECT_EQ(p.fx, 60);
  EXPECT_EQ(p.fy, 61);
  EXPECT_EQ(p.cx, 31);
  EXPECT_EQ(p.cy, 25);
  EXPECT_EQ(p.width, 64);
  EXPECT_EQ(p.height, 48);
}

TEST_F(DatasetOfColmap, ReducedPhotosScaleTheFocalLengthWithAWarning) {
  test::write_dataset(test::ring_model(4), root());
  for (int i = 0; i < 3; ++i) write_image(root() / ("images/v0" + std::to_string(i) + ".png"), plain(32, 24));
  const Dataset dataset = load_dataset(root());
  ASSERT_EQ(dataset.views.size(), 4u);
  EXPECT_EQ(dataset.views[0].sensor.width, 32);
  EXPECT_EQ(dataset.views[0].camera.intrinsics.fx, 30);
  EXPECT_EQ(dataset.views[0].camera.intrinsics.cy, 12);
  EXPECT_EQ(dataset.views[3].camera.intrinsics.fx, 60);
  ASSERT_EQ(dataset.warnings.size(), 1u);
  EXPECT_THAT(dataset.warnings[0],
              HasSubstr("camera 1 is 64x48 pixels, its photos are 32x24 (v00.png, v01.png, v02.png)"));
  EXPECT_EQ(load_picture(dataset.views[0]).width, 32);
}

TEST_F(DatasetOfColmap, OnlyTheRoundingOfASideIsForgiven) {
  test::write_dataset(test::ring_model(8), root());
  const auto put = [&](int i, int width, int height) {
    write_image(root() / ("images/v0" + std::to_string(i) + ".png"), plain(width, height));
  };
  put(0, 21, 16);   // 64 / 3 = 21.33, 48 / 3 = 16
  put(1, 22, 16);   // rounded up
  put(2, 128, 96);  // enlarged
  put(3, 23, 16);   // another shape
  put(4, 64, 47);   // cropped by a row
  put(5, 48, 64);   // turned
  put(6, 3, 2);     // an icon
  const Dataset dataset = load_dataset(root());
  EXPECT_THAT(names(dataset), ElementsAre("v00.png", "v01.png", "v02.png", "v07.png"));
}

TEST_F(DatasetOfColmap, WithoutTheCheckOnlyPresenceMatters) {
  test::write_dataset(test::ring_model(4), root());
  write_file_atomically(root() / "images/v01.png", "");
  fs::remove(root() / "images/v02.png");
  const Dataset dataset = load_dataset(root(), {.check_images = false});
  EXPECT_THAT(names(dataset), ElementsAre("v00.png", "v01.png", "v03.png"));
}

TEST_F(DatasetOfColmap, PhotosWithoutAPoseAreCounted) {
  test::write_dataset(test::ring_model(4), root());
  fs::create_directories(root() / "images/more");
  for (const char* name : {"images/x.JPG", "images/more/y.png", "images/notes.txt", "images/thumbs.db"})
    std::ofstream(root() / name) << "x";
  fs::create_symlink(root() / "nowhere.png", root() / "images/a-dangling-link.png");
  Dataset dataset = load_dataset(root());
  ASSERT_EQ(dataset.warnings.size(), 1u);
  EXPECT_THAT(dataset.warnings[0], HasSubstr("2 images have no pose and are not used: more/y.png, x.JPG"));
  for (int i = 0; i < 6; ++i) std::ofstream(root() / "images" / ("z" + std::to_string(i) + ".webp")) << "x";
  dataset = load_dataset(root());
  EXPECT_THAT(
      dataset.warnings[0],
      HasSubstr("8 images have no pose and are not used: more/y.png, x.JPG, z0.webp, z1.webp, z2.webp and 3 more"));
}

// ----------------------------------------------------------------------------------------------------------------
// masks

TEST_F(DatasetOfColmap, MasksAreFoundByTheirNames) {
  ColmapModel model = test::ring_model(5);
  model.images[3].name = "sub/v03.png";
  test::write_dataset(model, root());
  fs::create_directories(root() / "masks/sub");
  write_image(root() / "masks/v00.png", plain(64, 48, 1));
  write_image(root() / "masks/v01.png.png", plain(64, 48, 1));
  write_image(root() / "masks/sub/v03.png.png", plain(64, 48, 1, 0));
  const Dataset dataset = load_dataset(root());
  EXPECT_EQ(dataset.views[1].name, "v00.png");
  EXPECT_EQ(dataset.views[1].mask_path, root() / "masks/v00.png");
  EXPECT_EQ(dataset.views[2].mask_path, root() / "masks/v01.png.png");
  EXPECT_EQ(dataset.views[3].mask_path, "");
  EXPECT_EQ(dataset.views[0].mask_path, root() / "masks/sub/v03.png.png");
  EXPECT_EQ(load_picture(dataset.views[0]).mask, std::vector<std::uint8_t>(64 * 48, 0));
}

TEST_F(DatasetOfColmap, MasksOfJpegsMayDropTheExtension) {
  ColmapModel model = test::ring_model(3);
  for (auto& image : model.images) image.name.replace(3, 4, ".jpg");
  test::write_dataset(model, root());
  fs::create_directories(root() / "masks");
  write_image(root() / "masks/v00.png", plain(64, 48, 1));
  write_image(root() / "masks/v01.jpg.png", plain(64, 48, 1));
  const Dataset dataset = load_dataset(root());
  EXPECT_EQ(dataset.views[0].mask_path, root() / "masks/v00.png");
  EXPECT_EQ(dataset.views[1].mask_path, root() / "masks/v01.jpg.png");
}

TEST_F(DatasetOfColmap, AMaskOfAnotherSizeIsAnErrorThatNamesBoth) {
  test::write_dataset(test::ring_model(3), root());
  fs::create_directories(root() / "masks");
  write_image(root() / "masks/v01.png", plain(64, 47, 1));
  const std::string message = error_of(root());
  EXPECT_THAT(message, HasSubstr((root() / "masks/v01.png").string() + ": the mask is 64x47 pixels"));
  EXPECT_THAT(message, HasSubstr((root() / "images/v01.png").string() + " is 64x48"));
  write_file_atomically(root() / "masks/v01.png", "no picture");
  EXPECT_THAT(error_of(root()), HasSubstr("not recognised"));
}

// ----------------------------------------------------------------------------------------------------------------
// points

TEST_F(DatasetOfColmap, PointsKeepColourErrorAndTheTracksOfUsableViews) {
  ColmapModel model = test::ring_model(4);
  model.points[0].track = {{3, 0}, {1, 0}, {3, 0}, {2, 0}};  // out of order, and one image twice
  model.points[1].track.clear();
  test::write_dataset(model, root());
  fs::remove(root() / "images/v01.png");
  const Dataset dataset = load_dataset(root());
  const SparsePoints& points = dataset.points;
  ASSERT_EQ(points.size(), 40u);
  EXPECT_EQ(points.color[7], (std::array<std::uint8_t, 3>{7, 100, 200}));
  EXPECT_EQ(points.error[7], 0.25f);
  ASSERT_EQ(points.track_begin.size(), 41u);
  const auto track = [&](std::size_t i) {
    return std::vector<std::uint32_t>(points.track_view.begin() + points.track_begin[i],
                                      points.track_view.begin() + points.track_begin[i + 1]);
  };
  // Image ids 1, 3, 4 are views 0, 1, 2 now that v01 (id 2) is gone.
  EXPECT_THAT(track(0), ElementsAre(0, 1));
  EXPECT_THAT(track(1), IsEmpty());
  EXPECT_THAT(track(2), ElementsAre(0, 1, 2));
}

TEST_F(DatasetOfColmap, PointsThatAreNotFiniteOrAbsurdlyFarAreDroppedAndCounted) {
  ColmapModel model = test::ring_model(4);
  const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
  model.points[3].position.x = nan;
  model.points[5].position.y = -infinity;
  model.points[8].position = {1e30, 1e30, -1e30};
  model.points[9].position = {0, 1e300, 0};
  model.points[10].position = {0, 5e5, 0};  // far, but a horizon may be
  test::write_dataset(model, root());
  const Dataset dataset = load_dataset(root());
  EXPECT_EQ(dataset.points.size(), 36u);
  EXPECT_EQ(dataset.points.color[3][0], 4);
  EXPECT_EQ(dataset.points.track_begin.size(), 37u);
  ASSERT_EQ(dataset.warnings.size(), 1u);
  EXPECT_THAT(dataset.warnings[0],
              HasSubstr("points3D.bin: 4 of 40 points are left out (2 not finite, 2 absurdly far away)"));
  for (const auto& p : dataset.points.position)
    for (const float c : p) EXPECT_LT(std::abs(c), 1e6f);
}

TEST_F(DatasetOfColmap, PointsThatAllLieTogetherAreKept) {
  ColmapModel model = test::ring_model(4);
  for (auto& point : model.points) point.position = {0.1, 0.2, 0.3};
  test::write_dataset(model, root());
  EXPECT_EQ(load_dataset(root()).points.size(), 40u);
}

TEST_F(DatasetOfColmap, NoPointsAreSaidAloud) {
  ColmapModel model = test::ring_model(4);
  model.points.clear();
  test::write_dataset(model, root());
  const Dataset dataset = load_dataset(root());
  EXPECT_EQ(dataset.points.size(), 0u);
  EXPECT_THAT(dataset.points.track_begin, ElementsAre(0));
  EXPECT_THAT(dataset.warnings, ElementsAre(HasSubstr("no points to start from")));
}

// ----------------------------------------------------------------------------------------------------------------
// transforms.json

/// Identity-like frames: OpenGL cameras at (i, 0, 0) that look along -z.
std::string frames_json(const std::vector<std::string>& paths, const std::string& extra = "") {
  std::string json = "{" + extra + "\"frames\": [";
  for (std::size_t i = 0; i < paths.size(); ++i)
    json += std::string(i ? "," : "") + "{\"file_path\": \"" + paths[i] + "\", \"transform_matrix\": [[1,0,0," +
            std::to_string(i) + "],[0,1,0,0],[0,0,1,0],[0,0,0,1]]}";
  return json + "]}";
}
const std::string kLens = "\"fl_x\": 60, \"fl_y\": 60, \"cx\": 32, \"cy\": 24, \"w\": 64, \"h\": 48, ";

TEST_F(DatasetOfTransforms, NamesAreThoseOfTheImageFolder) {
  fs::create_directories(root() / "images");
  for (const char* name : {"c.png", "a.png", "b.png"}) write_image(root() / "images" / name, plain(64, 48));
  write_file_atomically(root() / "transforms.json",
                        frames_json({"images/c.png", "./images/a.png", "images/b.png", "images/gone.png"}, kLens));
  std::ofstream(root() / "images/extra.jpg") << "x";
  fs::create_directories(root() / "masks");
  write_image(root() / "masks/b.png", plain(64, 48, 1));
  const Dataset dataset = load_dataset(root());
  EXPECT_EQ(dataset.format, "transforms.json");
  EXPECT_THAT(names(dataset), ElementsAre("a.png", "b.png", "c.png"));
  EXPECT_THAT(dataset.test_views(), ElementsAre(0));
  EXPECT_EQ(dataset.views[1].mask_path, root() / "masks/b.png");
  EXPECT_EQ(dataset.views[0].camera.intrinsics.fx, 60);
  ASSERT_EQ(dataset.warnings.size(), 3u);
  EXPECT_THAT(dataset.warnings[0], HasSubstr("1 photo is missing and left out: gone.png"));
  EXPECT_THAT(dataset.warnings[1], HasSubstr("1 image has no pose and is not used: extra.jpg"));
  EXPECT_THAT(dataset.warnings[2], HasSubstr("no points to start from"));
  EXPECT_EQ(names(load_dataset(root() / "transforms.json")), names(dataset));
  // c.png stands at x = 0, a.png at 1: their distance is kept up to the frame's scale, and they look the same way.
  const glm::dvec3 step = dataset.views[0].camera.center() - dataset.views[2].camera.center();
  EXPECT_NEAR(glm::length(step), dataset.scene_from_world.scale, 1e-12);
}

TEST_F(DatasetOfTransforms, PhotosInSeveralFoldersKeepTheirPaths) {
  for (const char* name : {"left/a.png", "right/a.png"}) {
    fs::create_directories((root() / name).parent_path());
    write_image(root() / name, plain(64, 48));
  }
  write_file_atomically(root() / "transforms.json", frames_json({"right/a.png", "left/a.png"}, kLens));
  EXPECT_THAT(names(load_dataset(root())), ElementsAre("left/a.png", "right/a.png"));
}

TEST_F(DatasetOfTransforms, ThePointCloudComesWithoutTracks) {
  fs::create_directories(root() / "images");
  for (const char* name : {"a.png", "b.png"}) write_image(root() / "images" / name, plain(64, 48));
  SparsePoints cloud;
  for (int i = 0; i < 5; ++i)
    cloud.position.push_back({0.1f * static_cast<float>(i), 0.2f, -3}),
        cloud.color.push_back({1, 2, static_cast<std::uint8_t>(i)}), cloud.error.push_back(-1);
  write_point_ply(cloud, root() / "cloud.ply");
  write_file_atomically(root() / "transforms.json",
                        frames_json({"images/a.png", "images/b.png"}, kLens + "\"ply_file_path\": \"cloud.ply\", "));
  const Dataset dataset = load_dataset(root(), {.scene_frame = false});
  ASSERT_EQ(dataset.points.size(), 5u);
  EXPECT_EQ(dataset.points.position[2], (std::array<float, 3>{0.2f, 0.2f, -3}));
  EXPECT_EQ(dataset.points.color[4], (std::array<std::uint8_t, 3>{1, 2, 4}));
  EXPECT_LT(dataset.points.error[0], 0);
  EXPECT_EQ(dataset.points.track_begin, std::vector<std::uint32_t>(6, 0));
  EXPECT_THAT(dataset.points.track_view, IsEmpty());
  EXPECT_THAT(dataset.warnings, IsEmpty());
  // The median depth of the cloud, 3, sets the scale.
  EXPECT_NEAR(load_dataset(root()).scene_from_world.scale, 1.0 / 3, 1e-7);
}

TEST_F(DatasetOfTransforms, WithoutAStatedSizeThePhotoDecides) {
  fs::create_directories(root() / "images");
  for (const char* name : {"a.png", "b.png"}) write_image(root() / "images" / name, plain(64, 48));
  write_file_atomically(root() / "images/c.png", "");
  write_file_atomically(root() / "transforms.json",
                        frames_json({"images/a.png", "images/b.png", "images/c.png"}, "\"camera_angle_x\": 1.0, "));
  for (const bool check : {true, false}) {
    const Dataset dataset = load_dataset(root(), {.check_images = check});
    ASSERT_EQ(dataset.views.size(), 2u);
    EXPECT_EQ(dataset.views[0].sensor.width, 64);
    EXPECT_NEAR(dataset.views[0].camera.intrinsics.fx, 32 / std::tan(0.5), 1e-9);
    EXPECT_THAT(dataset.warnings[0], HasSubstr("images/c.png: the file is empty"));
  }
}

TEST_F(DatasetOfTransforms, PhotosMayLieElsewhere) {
  fs::create_directories(root() / "other");
  for (const char* name : {"a.png", "b.png"}) write_image(root() / "other" / name, plain(64, 48));
  write_file_atomically(root() / "transforms.json", frames_json({"images/a.png", "images/b.png"}, kLens));
  EXPECT_EQ(load_dataset(root(), {.images = root() / "other"}).views[1].image_path, root() / "other/b.png");
}

TEST_F(DatasetOfTransforms, AreOpenedBeforeAColmapModelBesideThem) {
  test::write_dataset(test::ring_model(4), root());
  EXPECT_EQ(load_dataset(root()).format, "COLMAP binary");
  write_file_atomically(root() / "transforms.json", frames_json({"images/v00.png", "images/v01.png"}, kLens));
  EXPECT_EQ(load_dataset(root()).format, "transforms.json");
}

TEST_F(DatasetOfTransforms, OfARealPhoneMatchTheirDescription) {
  TESSERA_NEED_DATA("fox, fox_small");
  for (const char* name : {"fox", "fox_small"}) {
    const Dataset dataset = load_dataset(test::shared_data() / name);
    EXPECT_EQ(dataset.views.size(), 50u);
    EXPECT_EQ(dataset.test_views().size(), 7u);
    EXPECT_EQ(dataset.views[0].name, "0001.jpg");
    EXPECT_EQ(dataset.views[0].sensor.model, CameraModel::opencv);
    EXPECT_TRUE(dataset.views[0].sensor.distorted());
    ASSERT_GE(dataset.warnings.size(), 1u);
    EXPECT_THAT(dataset.warnings[0], HasSubstr("17 photos are missing"));
    // A phone held upright before a wall: up is against the photos' y axis.
    glm::dvec3 down(0.0);
    for (const View& view : dataset.views)
      down += glm::conjugate(view.camera.cam_from_world.rotation) * glm::dvec3(0, 1, 0);
    EXPECT_GT(-glm::normalize(down).z, std::cos(10 * 0.0174533)) << name;
    const Picture picture = load_picture(dataset.views[7]);
    EXPECT_EQ(picture.width, dataset.views[7].sensor.width);
  }
}

// ----------------------------------------------------------------------------------------------------------------
// Blender

TEST_F(DatasetOfBlender, KeepsItsOwnSplitAndItsAlpha) {
  for (const char* split : {"train", "test"}) {
    fs::create_directories(root() / split);
    std::vector<std::string> paths;
    for (int i = 0; i < 3; ++i) {
      const std::string stem = std::string("./") + split + "/r_" + std::to_string(i);
      paths.push_back(stem);
      write_image(root() / (stem + ".png"), plain(40, 40, 4, 100));
    }
    write_file_atomically(root() / (std::string("transforms_") + split + ".json"),
                          frames_json(paths, "\"camera_angle_x\": 0.7, "));
  }
  const Dataset dataset = load_dataset(root());
  EXPECT_EQ(dataset.format, "Blender transforms");
  EXPECT_THAT(names(dataset), ElementsAre("test/r_0.png", "test/r_1.png", "test/r_2.png", "train/r_0.png",
                                          "train/r_1.png", "train/r_2.png"));
  EXPECT_THAT(dataset.test_views(), ElementsAre(0, 1, 2));
  EXPECT_THAT(load_dataset(root(), {.test_every = 0}).test_views(), ElementsAre(0, 1, 2));
  EXPECT_NEAR(dataset.views[0].camera.intrinsics.fx, 20 / std::tan(0.35), 1e-9);
  EXPECT_EQ(load_picture(dataset.views[0]).alpha, std::vector<std::uint8_t>(1600, 100));
}

// ---------------------------------------------------------------------------------------------------------------- real
// data

TEST_F(DatasetOfColmap, OfRealFlightsMatchTheirDescription) {
  TESSERA_NEED_DATA("brighton_beach, caliterra");
  const Dataset beach = load_dataset(test::shared_data() / "brighton_beach");
  ASSERT_EQ(beach.views.size(), 18u);
  EXPECT_EQ(beach.points.size(), 5535u);
  std::vector<std::string> held_out;
  for (const std::size_t i : beach.test_views()) held_out.push_back(beach.views[i].name);
  EXPECT_THAT(held_out, ElementsAre("DJI_0018.JPG", "DJI_0026.JPG", "DJI_0034.JPG"));
  EXPECT_THAT(beach.warnings, IsEmpty());
  const Dataset site = load_dataset(test::shared_data() / "caliterra");
  EXPECT_EQ(site.views.size(), 75u);
  EXPECT_EQ(site.points.size(), 24552u);
  EXPECT_EQ(site.test_views().size(), 10u);
  // Ground below the cameras, cameras one unit above it.
  for (const Dataset* dataset : {&beach, &site}) {
    for (const View& view : dataset->views) {
      EXPECT_GT(view.camera.center().z, 0.4);
      EXPECT_LT(view.camera.center().z, 1.2);
    }
  }
}

}  // namespace
}  // namespace tessera::scene
