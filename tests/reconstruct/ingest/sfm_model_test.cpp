// The stages of run_sfm() that make, place and undistort the reconstruction, and the functions that they stand on.
#include <cmath>
#include <fstream>

#include <glm/geometric.hpp>

#include "reconstruct/ingest/geodesy.h"
#include "reconstruct/ingest/sfm_job.h"
#include "scene/exif.h"
#include "tests/reconstruct/ingest/toy_poses.h"
#include "tests/reconstruct/ingest/toy_run.h"

namespace tessera::reconstruct {
namespace {

namespace fs = std::filesystem;
using scene::ColmapModel;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// One camera at the origin with focal length 100 that sees `points` and observes them `offset` pixels off.
ColmapModel model_of(std::size_t images, std::size_t points, const glm::dvec2& offset = {0, 0}) {
  ColmapModel model;
  model.cameras[1] = {scene::CameraModel::simple_pinhole, 200, 100, {100, 100, 50}};
  for (std::size_t p = 0; p < points; ++p) {
    ColmapModel::Point point;
    point.id = p + 1;
    point.position = {0.1 * static_cast<double>(p % 5), 0.1, 2.0 + static_cast<double>(p)};
    model.points.push_back(point);
  }
  for (std::size_t i = 0; i < images; ++i) {
    ColmapModel::Image image;
    image.id = static_cast<std::uint32_t>(i + 1);
    image.camera = 1;
    image.name = std::to_string(i) + ".jpg";
    for (const auto& point : model.points)
      image.observations.push_back({100 * point.position.x / point.position.z + 100 + offset.x,
                                    100 * point.position.y / point.position.z + 50 + offset.y,
                                    static_cast<std::int64_t>(point.id)});
    model.images.push_back(image);
  }
  return model;
}

TEST(MeanReprojectionError, IsTheMeanDistanceInPixels) {
  EXPECT_NEAR(mean_reprojection_error(model_of(2, 7)), 0, 1e-12);
  EXPECT_NEAR(mean_reprojection_error(model_of(2, 7, {3, -4})), 5, 1e-12);
  ColmapModel half = model_of(2, 7);
  for (auto& observation : half.images[1].observations) observation.x += 2;
  EXPECT_NEAR(mean_reprojection_error(half), 1, 1e-12);
  half.images[1].observations.push_back({0, 0, -1});
  half.images[1].observations.push_back({0, 0, 999});
  EXPECT_NEAR(mean_reprojection_error(half), 1, 1e-12) << "features without a point do not count";
  half.images[1].camera = 9;
  EXPECT_NEAR(mean_reprojection_error(half), 0, 1e-12) << "nor images without a camera";
}

TEST(MeanReprojectionError, IsNegativeForNothing) {
  EXPECT_LT(mean_reprojection_error({}), 0);
  EXPECT_LT(mean_reprojection_error(model_of(1, 0)), 0);
}

TEST(MeanReprojectionError, TakesTheLensIntoAccount) {
  ColmapModel model = model_of(1, 1);
  model.cameras[1] = {scene::CameraModel::simple_radial, 200, 100, {100, 100, 50, 0.5}};
  // r^2 = 0.05^2 at (0, 0.05): moved by 100 * 0.05 * 0.5 * 0.0025 pixels.
  EXPECT_NEAR(mean_reprojection_error(model), 100 * 0.05 * 0.5 * 0.0025, 1e-9);
}

class Folders : public testing::Test {
 protected:
  void put(const std::string& number, std::size_t images, std::size_t points) {
    scene::write_colmap(model_of(images, points), parent_ / number, scene::ColmapForm::binary);
  }
  test::TemporaryFolder folder_;
  fs::path parent_ = folder_.path() / "sparse";
};

TEST_F(Folders, TheBestSubModelHasMostImagesThenMostPoints) {
  std::vector<std::size_t> sizes;
  ColmapModel best;
  EXPECT_EQ(best_sub_model(parent_, sizes, best), fs::path());
  EXPECT_THAT(sizes, IsEmpty());
  put("0", 3, 50);
  put("1", 5, 10);
  put("2", 5, 20);
  put("3", 5, 15);
  put("4", 0, 0);
  put("6", 9, 90);  // not reached: COLMAP numbers without gaps
  EXPECT_EQ(best_sub_model(parent_, sizes, best), parent_ / "2");
  EXPECT_THAT(sizes, ElementsAre(3, 5, 5, 5, 0));
  EXPECT_EQ(best.images.size(), 5u);
  EXPECT_EQ(best.points.size(), 20u);
}

TEST_F(Folders, OfEqualSubModelsTheFirstIsTaken) {
  put("0", 4, 10);
  put("1", 4, 10);
  std::vector<std::size_t> sizes;
  ColmapModel best;
  EXPECT_EQ(best_sub_model(parent_, sizes, best), parent_ / "0");
}

TEST_F(Folders, ASubModelThatIsDamagedIsNamed) {
  put("0", 4, 10);
  scene::write_file_atomically(parent_ / "0/images.bin", "x");
  std::vector<std::size_t> sizes;
  ColmapModel best;
  EXPECT_THROW(best_sub_model(parent_, sizes, best), scene::Error);
}

TEST_F(Folders, AFreshFolderIsEmpty) {
  fresh_folder(parent_ / "a/b");
  EXPECT_TRUE(fs::is_directory(parent_ / "a/b"));
  scene::write_file_atomically(parent_ / "a/b/c", "x");
  fresh_folder(parent_ / "a/b");
  EXPECT_TRUE(fs::is_empty(parent_ / "a/b"));
  scene::write_file_atomically(parent_ / "file", "x");
  EXPECT_THROW(fresh_folder(parent_ / "file/below"), scene::Error);
}

TEST_F(Folders, AFolderIsReplacedAsAWhole) {
  fresh_folder(parent_ / "partial");
  scene::write_file_atomically(parent_ / "partial/new", "x");
  fresh_folder(parent_ / "out/final");
  scene::write_file_atomically(parent_ / "out/final/old", "x");
  replace_folder(parent_ / "partial", parent_ / "out/final");
  EXPECT_TRUE(fs::exists(parent_ / "out/final/new"));
  EXPECT_FALSE(fs::exists(parent_ / "out/final/old"));
  EXPECT_FALSE(fs::exists(parent_ / "partial"));
  EXPECT_THROW(replace_folder(parent_ / "partial", parent_ / "out/final"), scene::Error);
  fresh_folder(parent_ / "partial");
  replace_folder(parent_ / "partial", parent_ / "made/on/the/way");
  EXPECT_TRUE(fs::is_directory(parent_ / "made/on/the/way"));
}

class SfmModel : public test::ToyRun {};

TEST_F(SfmModel, TheLargestOfSeveralPartsIsUsed) {
  test::write_toy_photos(photos_, 9);
  fault("mapper=parts");
  const SfmReport report = run();
  EXPECT_EQ(report.registered, 6);
  EXPECT_THAT(report.notes,
              Contains("the photos fall into 2 parts that do not connect; the largest, 6 photos, is used; the "
                       "others have 3"));
  EXPECT_EQ(reason(report, "photo_01.jpg"), "in a part of the scene that does not connect to the main one");
  EXPECT_EQ(report.failed.size(), 3u);
}

TEST_F(SfmModel, DifficultPhotosGetLenientRules) {
  test::write_toy_photos(photos_, 5);
  fault("mapper=late");
  const SfmReport report = run();
  EXPECT_EQ(report.registered, 5);
  EXPECT_THAT(calls(), ElementsAre("feature_extractor", "matches_importer", "mapper", "mapper", "image_undistorter"));
  EXPECT_THAT(report.notes, Contains(HasSubstr("depth may be poor")));
  EXPECT_THAT(report.commands[3], HasSubstr("--Mapper.init_min_tri_angle 2"));
}

TEST_F(SfmModel, APhotoWhosePositionIsWrongIsNotedAndNotUsed) {
  test::write_toy_photos(photos_, 12, {.gps_noise = 0.5});
  scene::Exif exif = scene::read_exif(photos_ / "photo_04.jpg");
  exif.gps->latitude += 0.01;
  scene::write_exif(photos_ / "photo_04.jpg", exif);
  const SfmReport report = run();
  EXPECT_EQ(report.alignment, "gps");
  EXPECT_EQ(report.gps_used, 11);
  EXPECT_THAT(report.notes, Contains("photo_04.jpg: its GPS position contradicts the others' and was not used"));
  EXPECT_GT(report.gps_rms_metres, 0.1);
  EXPECT_LT(report.gps_rms_metres, 0.8);
}

TEST_F(SfmModel, GpsThatIsDemandedAndUselessIsAnError) {
  test::write_toy_photos(photos_, 5, {.gps = false});
  options_.align = "gps";
  EXPECT_THAT(error_of_run(), HasSubstr("option 'align': gps cannot be used: no photo has a GPS position"));
  options_.align = "auto";
  EXPECT_EQ(run().alignment, "level");
}

TEST_F(SfmModel, AlignmentOffKeepsColmapsFrame) {
  test::write_toy_photos(photos_, 5);
  options_.align = "off";
  const SfmReport report = run();
  EXPECT_EQ(report.alignment, "none");
  EXPECT_EQ(report.up_from, "");
  const auto model = scene::read_colmap(out_ / "sparse/0");
  const auto pose =
      scene::transform_pose(test::toy_cam_from_enu(0, test::ToyFlight::oblique), test::toy_model_from_enu());
  EXPECT_LT(glm::distance(model.images[0].cam_from_world.translation, pose.translation), 1e-12);
}

/// Looking straight down leaves the focal length open: it trades against the height.
class LookingDown : public SfmModel {
 protected:
  void SetUp() override {
    ::setenv("FAKE_COLMAP_FLIGHT", "nadir", 1);
    test::write_toy_photos(photos_, 10, {.flight = test::ToyFlight::nadir});
  }
  double height_of(const scene::ColmapModel& model, std::size_t i) {
    return model.images[i].cam_from_world.inverse().translation.z;
  }
};

TEST_F(LookingDown, AFocalLengthThatDriftedIsHeldAtItsExifValue) {
  fault("mapper=drift");
  const SfmReport report = run();
  EXPECT_THAT(calls(), Contains("bundle_adjuster"));
  EXPECT_NEAR(report.focal_pixels, 280, 1e-6);
  EXPECT_THAT(report.notes, Contains(HasSubstr("it is held at 280 px as the EXIF block says, not 294 px")));
  EXPECT_THAT(report.commands[3], HasSubstr("--BundleAdjustment.refine_focal_length 0"));
  EXPECT_EQ(report.alignment, "gps");
  // The cameras are back where they were.
  const auto model = scene::read_colmap(out_ / "sparse/0");
  const LocalFrame home(test::toy_home());
  const LocalFrame frame({report.origin_wgs84[0], report.origin_wgs84[1], report.origin_wgs84[2], true});
  for (const auto& image : model.images) {
    const glm::dvec3 truth = frame.enu(
        home.wgs84(test::toy_cam_from_enu(test::toy_number(image.name), test::ToyFlight::nadir).inverse().translation));
    EXPECT_LT(glm::distance(image.cam_from_world.inverse().translation, truth), 0.3) << image.name;
  }
  expect_tidy();
  EXPECT_FALSE(fs::exists(out_ / "sfm/held.start"));
}

TEST_F(LookingDown, AnExifValueThatDoesNotFitIsNotForced) {
  fault("mapper=drift bundle_adjuster=worse");
  const SfmReport report = run();
  EXPECT_NEAR(report.focal_pixels, 294, 1e-6);
  EXPECT_THAT(report.notes, Contains(HasSubstr("it is 294 px as adjusted, since the EXIF value 280 px does not fit")));
}

TEST_F(LookingDown, AFocalLengthThatHeldIsLeftAlone) {
  const SfmReport report = run();
  EXPECT_THAT(calls(), Not(Contains("bundle_adjuster")));
  EXPECT_NEAR(report.focal_pixels, 280, 1e-9);
  EXPECT_THAT(report.notes, IsEmpty());
}

TEST_F(LookingDown, AnInterruptionWhileHoldingEndsItAndTheNextRunCompletes) {
  fault("mapper=drift bundle_adjuster=hang");
  ::setenv("FAKE_COLMAP_PID", (folder_.path() / "pid").c_str(), 1);
  scene::Cancellation cancellation;
  scene::JobContext job;
  job.cancellation = &cancellation;
  job.on_progress = [&](const scene::Progress& p) {
    if (p.stage == "aligning") cancellation.request();
  };
  EXPECT_THROW(run(job), scene::Cancelled);
  fault("mapper=drift");
  EXPECT_NEAR(run().focal_pixels, 280, 1e-6);
  expect_tidy();
}

TEST_F(SfmModel, PhotosThatLookAllWaysKeepTheirFocalLength) {
  test::write_toy_photos(photos_, 10);
  fault("mapper=drift");
  const SfmReport report = run();
  EXPECT_THAT(calls(), Not(Contains("bundle_adjuster")));
  EXPECT_NEAR(report.focal_pixels, 294, 1e-6);
}

}  // namespace
}  // namespace tessera::reconstruct
