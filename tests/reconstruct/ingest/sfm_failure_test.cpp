// run_sfm() where COLMAP fails, is interrupted or killed, and what the next run makes of it.
#include <sys/mount.h>

#include <fstream>

#include "reconstruct/ingest/colmap_database.h"
#include "scene/formats/colmap.h"
#include "tests/reconstruct/ingest/toy_run.h"

namespace tessera::reconstruct {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class SfmFailure : public test::ToyRun {
 protected:
  void SetUp() override { test::write_toy_photos(photos_, 6); }
  std::string model_bytes() {
    return scene::read_file(out_ / "sparse/0/images.bin") + scene::read_file(out_ / "sparse/0/points3D.bin");
  }
  /// What an undisturbed run makes of the same photos.
  std::string undisturbed() {
    const fs::path out = out_;
    out_ = folder_.path() / "undisturbed";
    run();
    const std::string bytes = model_bytes();
    out_ = out;
    return bytes;
  }
  void expect_nothing_half_written() {
    EXPECT_FALSE(fs::exists(out_ / "images"));
    EXPECT_FALSE(fs::exists(out_ / "sparse"));
    EXPECT_FALSE(fs::exists(out_ / "geo.json"));
    EXPECT_FALSE(fs::exists(out_ / "sfm/report.json"));
  }
};

TEST_F(SfmFailure, OfAnyCommandIsOneErrorAndTheNextRunCompletes) {
  const std::string expected = undisturbed();
  const auto check = [&](const std::string& command, const std::string& what, const std::string& message) {
    out_ = folder_.path() / (command + what);
    fault(command + "=" + what);
    const std::string text = error_of_run();
    EXPECT_THAT(text, HasSubstr("colmap " + command + ": " + message));
    EXPECT_THAT(text, HasSubstr("its output is in " + (out_ / "sfm/log.txt").string()));
    expect_nothing_half_written();
    fault("");
    EXPECT_EQ(run().registered, 6);
    EXPECT_EQ(calls().front(), command) << "what came before is not done again";
    EXPECT_EQ(model_bytes(), expected) << command << " " << what;
    expect_tidy();
  };
  for (const std::string command : {"feature_extractor", "matches_importer", "mapper", "image_undistorter"})
    check(command, "fail", "failed with exit status 1: ERROR: a made-up failure");
  check("matches_importer", "crash", "failed with signal 6 (Aborted)");
  check("mapper", "killed", "was killed, most likely for want of memory");
}

TEST_F(SfmFailure, OfACommandThatEndsWellAndDidNothingIsSeen) {
  const auto message = [&](const std::string& command) {
    out_ = folder_.path() / command;
    fault(command + "=nothing");
    const std::string text = error_of_run();
    expect_nothing_half_written();
    fault("");
    EXPECT_EQ(run().registered, 6) << command;
    return text;
  };
  EXPECT_THAT(message("feature_extractor"), HasSubstr("colmap feature_extractor: made no database"));
  EXPECT_THAT(message("mapper"), HasSubstr("COLMAP found no pair of photos to begin a reconstruction with"));
  EXPECT_THAT(message("image_undistorter"), HasSubstr("undistorted.partial"));
}

TEST_F(SfmFailure, WherePhotosShareNothingIsSaidBeforeMapping) {
  fault("matches_importer=none");
  EXPECT_THAT(error_of_run(), HasSubstr("no two photos show the same part of the scene"));
  EXPECT_THAT(calls(), Not(Contains("mapper")));
  EXPECT_THAT(error_of_run(), HasSubstr("overlap by 60 % or more"));
  EXPECT_THAT(calls(), IsEmpty()) << "the same answer at once";
}

TEST_F(SfmFailure, WhereAPictureIsMissingAfterUndistortionItIsNamed) {
  fault("image_undistorter=incomplete");
  EXPECT_THAT(error_of_run(), HasSubstr("colmap image_undistorter: did not write photo_01.jpg"));
  expect_nothing_half_written();
  fault("");
  EXPECT_EQ(run().registered, 6);
}

TEST_F(SfmFailure, AnInterruptionInAnyStageEndsItAndTheNextRunCompletes) {
  const std::string expected = undisturbed();
  for (const auto& [stage, hanging] :
       std::initializer_list<std::pair<std::string, std::string>>{{"reading photos", ""},
                                                                  {"features", "feature_extractor"},
                                                                  {"matching", ""},
                                                                  {"verifying", "matches_importer"},
                                                                  {"mapping", "mapper"},
                                                                  {"aligning", ""},
                                                                  {"undistorting", "image_undistorter"}}) {
    for (const char* how : {"hang", "stubborn"}) {
      out_ = folder_.path() / (stage + how);
      fault(hanging.empty() ? "" : hanging + "=" + how);
      scene::Cancellation cancellation;
      scene::JobContext job;
      job.cancellation = &cancellation;
      job.on_progress = [&](const scene::Progress& p) {
        if (p.stage == stage && (p.done > 0 || p.total == 0)) cancellation.request();
      };
      EXPECT_THROW(run(job), scene::Cancelled) << stage;
      expect_nothing_half_written();
      fault("");
      EXPECT_EQ(run().registered, 6) << stage;
      EXPECT_EQ(model_bytes(), expected) << stage;
      expect_tidy();
      if (hanging != "mapper") break;
    }
  }
}

TEST_F(SfmFailure, FeaturesGoOnWithWhatAnInterruptedRunLeft) {
  test::write_toy_photos(photos_, 10);
  scene::Cancellation cancellation;
  scene::JobContext job;
  job.cancellation = &cancellation;
  job.on_progress = [&](const scene::Progress& p) {
    if (p.stage == "features" && p.done >= 5) cancellation.request();
  };
  fault("feature_extractor=hang");
  EXPECT_THROW(run(job), scene::Cancelled);
  ASSERT_TRUE(fs::exists(out_ / "sfm/database.partial.db"));
  EXPECT_EQ(ColmapDatabase(out_ / "sfm/database.partial.db").images().size(), 5u);
  fault("");
  const SfmReport report = run();
  EXPECT_THAT(report.commands[0], HasSubstr("--ImageReader.existing_camera_id 1"));
  EXPECT_EQ(report.registered, 10);
  EXPECT_EQ(ColmapDatabase(out_ / "sfm/database.db").cameras().size(), 1u);
}

TEST_F(SfmFailure, FeaturesOfOtherInputsAreNotGoneOnWith) {
  scene::Cancellation cancellation;
  scene::JobContext job;
  job.cancellation = &cancellation;
  job.on_progress = [&](const scene::Progress& p) {
    if (p.stage == "features" && p.done >= 3) cancellation.request();
  };
  fault("feature_extractor=hang");
  EXPECT_THROW(run(job), scene::Cancelled);
  fault("");
  options_.max_features = 2000;
  EXPECT_THAT(run().commands[0], Not(HasSubstr("existing_camera_id")));
}

TEST_F(SfmFailure, NamesOfPhotosComeBackWhereVerifyingFailed) {
  fs::remove_all(photos_);
  test::write_toy_photos(photos_, 5, {.prefix = "my photo "});
  fault("matches_importer=fail");
  EXPECT_THAT(error_of_run(), HasSubstr("a made-up failure"));
  const ColmapDatabase database(out_ / "sfm/database.db");
  EXPECT_EQ(database.images()[2].name, "my photo 02.jpg");
}

TEST_F(SfmFailure, ADatabaseThatWasDamagedBetweenRunsIsNamed) {
  fault("mapper=fail");
  EXPECT_THAT(error_of_run(), HasSubstr("a made-up failure"));
  scene::write_file_atomically(out_ / "sfm/database.db", std::string(8192, 'x'));
  options_.matching = "sequential";
  EXPECT_THAT(error_of_run(), HasSubstr("database.db"));
}

TEST_F(SfmFailure, NoColmapIsOneLine) {
  options_.colmap = "tessera-no-such-colmap";
  EXPECT_EQ(error_of_run(),
            "tessera-no-such-colmap: COLMAP is not installed (not found in PATH); install it: apt-get install colmap");
  options_.colmap = test::fake_colmap();
  EXPECT_EQ(run().registered, 6) << "the folder that the first run began is no obstacle";
}

TEST_F(SfmFailure, AFullDiskIsSaidToBeOne) {
  undisturbed();
  std::uintmax_t needed = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder_.path() / "undisturbed"))
    if (entry.is_regular_file()) needed += entry.file_size();
  const fs::path disk = folder_.path() / "disk";
  fs::create_directory(disk);
  for (const int eighths : {1, 4, 6}) {
    const std::string size = "size=" + std::to_string(needed / 8 * static_cast<unsigned>(eighths));
    if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, size.c_str()) != 0)
      GTEST_SKIP() << "SKIPPED: mounting a small tmpfs needs root";
    out_ = disk / "out";
    const std::string message = error_of_run();
    const bool result = fs::exists(out_ / "images") && fs::exists(out_ / "sparse/0/images.bin");
    ::umount2(disk.c_str(), MNT_DETACH);
    EXPECT_THAT(message, testing::AnyOf(HasSubstr("full"), HasSubstr("No space left on device"))) << eighths;
    EXPECT_FALSE(result) << eighths;
  }
}

}  // namespace
}  // namespace tessera::reconstruct
