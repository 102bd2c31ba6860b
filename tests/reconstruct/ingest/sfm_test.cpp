// Whole runs of run_sfm() on made-up photos: what comes out, and what is run again.
#include "reconstruct/ingest/sfm.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cmath>
#include <map>
#include <set>

#include <glm/geometric.hpp>
#include <nlohmann/json.hpp>
#include <opencv2/videoio.hpp>

#include "reconstruct/ingest/geodesy.h"
#include "scene/formats/colmap.h"
#include "scene/image.h"
#include "tests/reconstruct/ingest/toy_photo.h"
#include "tests/reconstruct/ingest/toy_run.h"

namespace tessera::reconstruct {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::toy_cam_from_enu;
using test::ToyFlight;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

using Sfm = test::ToyRun;

const std::vector<std::string> kStages = {"features", "matching", "mapping", "alignment", "undistortion"};

scene::Rigid inverse_pose(const scene::Rigid& pose) { return pose.inverse(); }

TEST_F(Sfm, PhotosWithGpsBecomeADatasetInMetres) {
  test::write_toy_photos(photos_, 12);
  std::vector<std::string> stages;
  scene::JobContext job;
  job.on_progress = [&](const scene::Progress& p) {
    if (stages.empty() || stages.back() != p.stage) stages.push_back(p.stage);
  };
  const SfmReport report = run(job);
  EXPECT_EQ(report.images, 12);
  EXPECT_EQ(report.registered, 12);
  EXPECT_GT(report.points, 500u);
  // Noise of the features: uniform in +- 0.2 px in x and y, mean length 0.153.
  EXPECT_NEAR(report.reprojection_error, 0.153, 0.005);
  EXPECT_EQ(report.matching, "exhaustive");
  EXPECT_EQ(report.matcher, "own");
  EXPECT_EQ(report.pairs, 66);
  EXPECT_GT(report.verified_pairs, 30);
  EXPECT_LE(report.verified_pairs, 66);
  EXPECT_NEAR(report.focal_pixels, 280, 1e-9);
  EXPECT_THAT(report.failed, IsEmpty());
  EXPECT_THAT(report.stages_reused, IsEmpty());
  EXPECT_THAT(calls(), ElementsAre("feature_extractor", "matches_importer", "mapper", "image_undistorter"));
  ASSERT_EQ(report.commands.size(), 4u);
  EXPECT_THAT(report.commands, Each(StartsWith("QT_QPA_PLATFORM=offscreen " + test::fake_colmap())));
  std::vector<std::string> timed;
  for (const auto& [stage, seconds] : report.stage_seconds) {
    timed.push_back(stage);
    EXPECT_GT(seconds, 0) << stage;
  }
  EXPECT_EQ(timed, kStages);
  EXPECT_THAT(stages, ElementsAre("reading photos", "features", "matching", "verifying", "mapping", "aligning",
                                  "undistorting"));

  EXPECT_EQ(report.alignment, "gps");
  EXPECT_EQ(report.up_from, "GPS");
  EXPECT_EQ(report.gps_used, 12);
  EXPECT_LT(report.gps_rms_metres, 0.03);
  EXPECT_LT(report.gps_rms_vertical_metres, 0.03);
  const json geo = json::parse(scene::read_file(out_ / "geo.json"));
  const scene::Gps origin{geo["origin"]["latitude"], geo["origin"]["longitude"], geo["origin"]["altitude"], true};
  EXPECT_EQ(origin.latitude, report.origin_wgs84[0]);
  EXPECT_EQ(origin.longitude, report.origin_wgs84[1]);
  EXPECT_EQ(origin.altitude, report.origin_wgs84[2]);
  EXPECT_TRUE(geo["altitude_known"].get<bool>());

  // Poses and points are where they are in the made-up world, but for what the cameras' own idea of up (their images'
  // tops lean) pulls the vertical by: positions are never taken for better than half a metre.
  constexpr double kTurn = 0.004;  // radians
  const LocalFrame home(test::toy_home()), frame(origin);
  const auto in_frame = [&](const glm::dvec3& enu) { return frame.enu(home.wgs84(enu)); };
  const scene::ColmapModel model = scene::read_colmap(out_ / "sparse/0");
  ASSERT_EQ(model.images.size(), 12u);
  for (const auto& image : model.images) {
    const scene::Rigid truth = inverse_pose(toy_cam_from_enu(test::toy_number(image.name), ToyFlight::oblique));
    const scene::Rigid pose = inverse_pose(image.cam_from_world);
    EXPECT_LT(glm::distance(pose.translation, in_frame(truth.translation)), 25 * kTurn) << image.name;
    EXPECT_LT(glm::distance(pose.rotation * glm::dvec3(0, 0, 1), truth.rotation * glm::dvec3(0, 0, 1)), kTurn);
    EXPECT_LT(glm::distance(pose.rotation * glm::dvec3(1, 0, 0), truth.rotation * glm::dvec3(1, 0, 0)), kTurn);
    EXPECT_NO_THROW(scene::probe_image(out_ / "images" / image.name));
  }
  EXPECT_EQ(model.points.size(), report.points);
  for (const auto& point : model.points)
    EXPECT_LT(glm::distance(point.position, in_frame(test::toy_ground().at(point.id))), 70 * kTurn);
  EXPECT_EQ(model.cameras.size(), 1u) << "photos of one camera share its intrinsics";
  expect_tidy();
}

TEST_F(Sfm, TheReportOnDiskIsTheReport) {
  test::write_toy_photos(photos_, 6);
  test::write_toy_photo(photos_, 950);
  const SfmReport report = run();
  const json written = json::parse(scene::read_file(out_ / "sfm/report.json"));
  EXPECT_EQ(written, to_json(report));
  EXPECT_EQ(written["images"], 7);
  EXPECT_EQ(written["registered"], 6);
  EXPECT_EQ(written["points"], report.points);
  EXPECT_EQ(written["reprojection_error"], report.reprojection_error);
  EXPECT_EQ(written["alignment"], "gps");
  EXPECT_EQ(written["up_from"], "GPS");
  EXPECT_EQ(written["focal_pixels"], report.focal_pixels);
  EXPECT_EQ(written["matching"], "exhaustive");
  EXPECT_EQ(written["matcher"], "own");
  EXPECT_EQ(written["pairs"], 21);
  EXPECT_EQ(written["verified_pairs"], report.verified_pairs);
  EXPECT_EQ(written["commands"].size(), 4u);
  EXPECT_EQ(written["gps"]["used"], 6);
  EXPECT_EQ(written["gps"]["rms_horizontal_metres"], report.gps_rms_metres);
  EXPECT_EQ(written["gps"]["rms_vertical_metres"], report.gps_rms_vertical_metres);
  EXPECT_EQ(written["gps"]["origin"]["latitude"], report.origin_wgs84[0]);
  ASSERT_EQ(written["failed"].size(), 1u);
  EXPECT_EQ(written["failed"][0]["name"], "photo_950.jpg");
  EXPECT_EQ(written["failed"][0]["reason"], "too few matches (0)");
  EXPECT_EQ(written["stage_seconds"].size(), 5u);
  EXPECT_EQ(written["stages_reused"], json::array());
}

TEST(SfmReport, WithoutGpsHasNoGpsInItsJson) {
  SfmReport report;
  report.alignment = "level";
  report.notes = {"a note"};
  report.stages_reused = {"features"};
  const json text = to_json(report);
  EXPECT_FALSE(text.contains("gps"));
  EXPECT_EQ(text["notes"], json({"a note"}));
  EXPECT_EQ(text["stages_reused"], json({"features"}));
  report.alignment = "gps";
  EXPECT_TRUE(to_json(report).contains("gps"));
  EXPECT_FALSE(to_json(report)["gps"].contains("rms_vertical_metres"));
}

TEST_F(Sfm, PhotosWithoutGpsAreLevelled) {
  test::write_toy_photos(photos_, 12, {.gps = false});
  const SfmReport report = run();
  EXPECT_EQ(report.registered, 12);
  EXPECT_EQ(report.alignment, "level");
  EXPECT_LT(report.gps_rms_metres, 0);
  EXPECT_FALSE(fs::exists(out_ / "geo.json"));
  EXPECT_THAT(report.notes, IsEmpty());
  // In the units that COLMAP chose.
  const scene::ColmapModel model = scene::read_colmap(out_ / "sparse/0");
  const auto centre = [&](std::size_t i) { return inverse_pose(model.images[i].cam_from_world).translation; };
  const auto truth = [&](std::size_t i) {
    return inverse_pose(toy_cam_from_enu(test::toy_number(model.images[i].name), ToyFlight::oblique)).translation;
  };
  EXPECT_NEAR(glm::distance(centre(0), centre(11)) / glm::distance(truth(0), truth(11)),
              test::toy_model_from_enu().scale, 1e-9);
}

TEST_F(Sfm, IsNotDoneAgain) {
  test::write_toy_photos(photos_, 6);
  const SfmReport first = run();
  const std::string model = scene::read_file(out_ / "sparse/0/images.bin");
  const SfmReport second = run();
  EXPECT_THAT(calls(), IsEmpty());
  EXPECT_EQ(second.stages_reused, kStages);
  json a = to_json(first), b = to_json(second);
  a.erase("stages_reused"), b.erase("stages_reused");
  EXPECT_EQ(a, b) << "times and commands are those of when it was done";
  EXPECT_EQ(scene::read_file(out_ / "sparse/0/images.bin"), model);
}

TEST_F(Sfm, DoesAgainWhatAChangedOptionTouches) {
  test::write_toy_photos(photos_, 6);
  run();
  options_.max_image_size = 300;
  EXPECT_THAT(run().stages_reused, ElementsAre("features", "matching", "mapping", "alignment"));
  EXPECT_THAT(calls(), ElementsAre("image_undistorter"));
  options_.align = "level";
  const SfmReport level = run();
  EXPECT_THAT(level.stages_reused, ElementsAre("features", "matching", "mapping"));
  EXPECT_EQ(level.alignment, "level");
  EXPECT_FALSE(fs::exists(out_ / "geo.json")) << "of the metres that it no longer has";
  options_.align = "off";
  EXPECT_EQ(run().alignment, "none");
  options_.matching = "sequential";
  EXPECT_THAT(run().stages_reused, ElementsAre("features"));
  options_.max_features = 3000;
  EXPECT_THAT(run().stages_reused, IsEmpty());
  EXPECT_THAT(run().stages_reused, testing::SizeIs(5));
}

TEST_F(Sfm, DoesAgainWhatChangedPhotosTouch) {
  test::write_toy_photos(photos_, 6);
  run();
  test::write_toy_photo(photos_, 6);
  const SfmReport report = run();
  EXPECT_THAT(report.stages_reused, IsEmpty());
  EXPECT_EQ(report.registered, 7);
  EXPECT_TRUE(fs::exists(out_ / "images/photo_06.jpg"));
  fs::remove(photos_ / "photo_00.jpg");
  EXPECT_EQ(run().registered, 6);
  EXPECT_FALSE(fs::exists(out_ / "images/photo_00.jpg"));
}

TEST_F(Sfm, DoesAgainWhatWasRemoved) {
  test::write_toy_photos(photos_, 6);
  run();
  fs::remove_all(out_ / "images");
  EXPECT_THAT(run().stages_reused, ElementsAre("features", "matching", "mapping", "alignment"));
  EXPECT_TRUE(fs::exists(out_ / "images/photo_03.jpg"));
  fs::remove_all(out_ / "sfm/aligned");
  EXPECT_THAT(run().stages_reused, Contains("mapping"));
  EXPECT_THAT(run().stages_reused, testing::SizeIs(5));
  scene::write_file_atomically(out_ / "sfm/state.json", "{");
  EXPECT_THAT(run().stages_reused, IsEmpty());
}

TEST_F(Sfm, SaysWhyPhotosAreNotInTheModel) {
  test::write_toy_photos(photos_, 8);
  test::write_toy_photo(photos_, 900);
  test::write_toy_photo(photos_, 950);
  test::write_toy_photo(photos_, 951);
  cv::Mat blurred;
  cv::GaussianBlur(test::blotches(77, 320, 240, 10), blurred, {}, 8);
  test::write_photo(photos_ / "photo_951.jpg", blurred);
  fs::copy_file(photos_ / "photo_03.jpg", photos_ / "photo_3b.jpg");
  scene::write_file_atomically(photos_ / "photo_04x.jpg", "no picture");
  std::vector<std::string> warnings;
  scene::JobContext job;
  job.on_warning = [&](const std::string& line) { warnings.push_back(line); };
  const SfmReport report = run(job);
  EXPECT_EQ(report.images, 13);
  EXPECT_EQ(report.registered, 8);
  ASSERT_EQ(report.failed.size(), 5u);
  EXPECT_EQ(report.failed[0].name, "photo_04x.jpg") << "by name";
  EXPECT_THAT(reason(report, "photo_04x.jpg"), StartsWith("unreadable"));
  EXPECT_EQ(reason(report, "photo_3b.jpg"), "the same picture as photo_03.jpg");
  EXPECT_EQ(reason(report, "photo_900.jpg"), "too few features (50)");
  EXPECT_EQ(reason(report, "photo_950.jpg"), "too few matches (0)");
  EXPECT_THAT(reason(report, "photo_951.jpg"),
              testing::MatchesRegex("blurred \\(sharpness 0\\.[0-2][0-9] of the median\\)"));
  EXPECT_EQ(warnings.size(), 5u) << "each once";
  EXPECT_THAT(scene::read_file(out_ / "sfm/log.txt"),
              HasSubstr("photo_900.jpg: not registered: too few features (50)"));
}

TEST_F(Sfm, TooFewPhotosAreCountedAndNamed) {
  EXPECT_THAT(error_of_run(), HasSubstr("photos: there is no such folder or video"));
  fs::create_directory(photos_);
  EXPECT_THAT(error_of_run(), HasSubstr("photos: holds no photos"));
  test::write_toy_photo(photos_, 1);
  EXPECT_THAT(error_of_run(), HasSubstr("photos: holds one photo only (photo_01.jpg); at least two photos"));
  for (const char* name : {"b.jpg", "c.jpg"}) fs::copy_file(photos_ / "photo_01.jpg", photos_ / name);
  EXPECT_THAT(error_of_run(), HasSubstr("all 3 photos are the same picture, so there is no depth in them"));
  scene::write_file_atomically(photos_ / "a.jpg", "no picture");
  EXPECT_THAT(error_of_run(), HasSubstr("only 1 of 4 photos can be used (a.jpg: unreadable"));
  EXPECT_THAT(calls(), IsEmpty());
}

TEST_F(Sfm, TwoPhotosAreEnough) {
  test::write_toy_photos(photos_, 2);
  const SfmReport report = run();
  EXPECT_EQ(report.registered, 2);
  EXPECT_EQ(report.alignment, "level");
  EXPECT_THAT(report.notes, ElementsAre("GPS was not used: only 2 of the registered photos have a GPS position"));
}

TEST_F(Sfm, AVideoIsReadFirst) {
  photos_ = folder_.path() / "v.avi";
  cv::VideoWriter writer(photos_.string(), cv::VideoWriter::fourcc('M', 'J', 'P', 'G'), 4, {320, 240});
  for (int i = 0; i < 16; ++i) {
    cv::Mat color;
    cv::cvtColor(test::blotches(static_cast<std::uint32_t>(i), 320, 240, 10), color, cv::COLOR_GRAY2BGR);
    writer.write(color);
  }
  writer.release();
  const SfmReport report = run();
  EXPECT_EQ(report.images, 8);
  EXPECT_EQ(report.registered, 8);
  EXPECT_EQ(report.matching, "sequential");
  EXPECT_THAT(report.notes, Contains("kept the sharpest 8 of 16 frames of the video"));
  EXPECT_TRUE(fs::exists(out_ / "images/frame_000003.jpg"));
  EXPECT_EQ(report.stage_seconds.front().first, "frames");
  EXPECT_THAT(run().stages_reused, testing::SizeIs(6));
  EXPECT_THAT(run().notes, Contains("kept the sharpest 8 of 16 frames of the video"));
  options_.frames_per_second = 4;
  EXPECT_EQ(run().images, 16);
}

TEST_F(Sfm, WhatCannotBeTheInputIsRefused) {
  test::write_toy_photos(photos_, 2);
  const fs::path folder = photos_;
  photos_ = folder / "photo_00.jpg";
  EXPECT_THAT(error_of_run(), HasSubstr("is a single picture; give the folder"));
  photos_ = folder_.path() / "notes.txt";
  scene::write_file_atomically(photos_, "hello");
  EXPECT_THAT(error_of_run(), HasSubstr("notes.txt: is neither a folder of photos nor a video"));
  photos_ = folder_.path() / "v.mp4";
  scene::write_file_atomically(photos_, "hello");
  EXPECT_THAT(error_of_run(), HasSubstr("v.mp4: cannot be opened as a video"));
}

TEST_F(Sfm, DoesNotMixWithWhatIsThere) {
  test::write_toy_photos(photos_, 2);
  const fs::path right = out_;
  out_ = photos_;
  EXPECT_THAT(error_of_run(), HasSubstr("is the photo folder itself"));
  out_ = folder_.path() / "file";
  scene::write_file_atomically(out_, "hello");
  EXPECT_THAT(error_of_run(), HasSubstr("file: is a file"));
  out_ = folder_.path() / "file/below";
  EXPECT_THAT(error_of_run(), HasSubstr("cannot write"));
  for (const char* own : {"images", "sparse", "sfm"}) {
    out_ = folder_.path() / (std::string("foreign-") + own);
    fs::create_directories(out_ / own);
    EXPECT_THAT(error_of_run(), HasSubstr(std::string("already holds '") + own + "' that was not made here"));
    EXPECT_EQ(std::distance(fs::directory_iterator(out_), {}), 1) << "left as it was";
  }
  out_ = folder_.path() / "dataset";
  fs::rename(photos_, folder_.path() / "moved");
  fs::create_directory(out_);
  fs::rename(folder_.path() / "moved", out_ / "images");
  photos_ = out_ / "images";
  EXPECT_THAT(error_of_run(), HasSubstr("is where the result would be written"));
  EXPECT_TRUE(fs::exists(out_ / "images/photo_00.jpg"));
}

TEST_F(Sfm, TheResultMayLieAmongThePhotos) {
  test::write_toy_photos(photos_, 6);
  out_ = photos_ / "out";
  EXPECT_EQ(run().images, 6);
  EXPECT_EQ(run().images, 6) << "its own pictures are no photos";
}

TEST_F(Sfm, OnlyOneRunAtATimeWorksInAFolder) {
  test::write_toy_photos(photos_, 6);
  fs::create_directories(out_ / "sfm");
  const int lock = ::open((out_ / "sfm/.lock").c_str(), O_RDWR | O_CREAT, 0644);
  ASSERT_EQ(::flock(lock, LOCK_EX | LOCK_NB), 0);
  EXPECT_THAT(error_of_run(), HasSubstr("out/sfm: another run is at work here; wait for it to end"));
  ::close(lock);
  EXPECT_EQ(run().registered, 6);
}

TEST_F(Sfm, OptionsAreCheckedHoweverTheyWereSet) {
  test::write_toy_photos(photos_, 2);
  options_.max_features = 1;
  EXPECT_THAT(error_of_run(), HasSubstr("max_features"));
  EXPECT_FALSE(fs::exists(out_));
}

}  // namespace
}  // namespace tessera::reconstruct
