// `tessera sfm` as a user meets it, with a program on PATH that stands in for COLMAP.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>
#include <opencv2/videoio.hpp>

#include "scene/atomic_file.h"
#include "scene/formats/colmap.h"
#include "tests/reconstruct/ingest/toy_photo.h"
#include "tests/reconstruct/ingest/toy_scene.h"
#include "tests/support/run_process.h"
#include "tests/support/test_data.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

class CommandLineSfm : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(folder_.path() / "bin");
    fs::create_symlink(test::fake_colmap(), folder_.path() / "bin/colmap");
  }
  test::ProcessOptions options(const std::string& fault = "") const {
    test::ProcessOptions o;
    o.limit_seconds = 100;
    o.environment = {"PATH=" + (folder_.path() / "bin").string() + ":" + std::getenv("PATH"), "FAKE_COLMAP=" + fault,
                     "FAKE_COLMAP_PID=" + pid_file_.string()};
    return o;
  }
  test::ProcessResult sfm(const test::ProcessOptions& o, std::vector<std::string> more = {}) const {
    std::vector<std::string> words = {"sfm", photos_.string(), "--out", out_.string()};
    words.insert(words.end(), more.begin(), more.end());
    return test::tessera(words, o);
  }
  void expect_no_result() const {
    for (const char* leaf : {"images", "sparse", "geo.json", "sfm/report.json"})
      EXPECT_FALSE(fs::exists(out_ / leaf)) << leaf;
    if (fs::exists(out_)) {
      for (const auto& entry : fs::recursive_directory_iterator(out_))
        EXPECT_EQ(entry.path().filename().string().find(".tmp"), std::string::npos) << entry.path();
    }
  }
  /// Whether the command of COLMAP that hung has ended, perhaps in a moment.
  bool child_goes() const {
    pid_t pid = 0;
    std::ifstream(pid_file_) >> pid;
    for (int i = 0; pid > 0 && i < 1000; ++i) {
      std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
      std::string text;
      if (!std::getline(stat, text) || text.at(text.rfind(')') + 2) == 'Z') return true;
      ::usleep(10'000);
    }
    return false;
  }
  test::TemporaryFolder folder_;
  fs::path photos_ = folder_.path() / "photos", out_ = folder_.path() / "out", pid_file_ = folder_.path() / "pid";
};

TEST_F(CommandLineSfm, LeavesOutThePhotosOfAListThatACheckSuggests) {
  test::write_toy_photos(photos_, 7);
  scene::write_file_atomically(photos_ / "photo_07.jpg", "no picture");
  const auto check = test::tessera({"info", photos_.string(), "--check"}, options());
  ASSERT_EQ(check.exit_code, 0) << check.err;
  EXPECT_THAT(check.out, HasSubstr("usable: 7\n"));
  EXPECT_THAT(check.out, HasSubstr("problem: 1 photo cannot be used: photo_07.jpg; left out in any case.\n"));
  const fs::path list = folder_.path() / "list.txt";
  scene::write_file_atomically(list, "photo_01.jpg\r\nphoto_04.jpg\n");
  const auto result = sfm(options(), {"--leave-out", list.string()});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, StartsWith("registered  5 of 8 photos, "));
  EXPECT_THAT(result.out, HasSubstr("failed      photo_04.jpg: left out on request\n"));
}

TEST_F(CommandLineSfm, SaysWhatCameOut) {
  test::write_toy_photos(photos_, 6);
  test::write_toy_photo(photos_, 950);
  const auto result = sfm(options());
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto lines = lines_of(result.out);
  ASSERT_EQ(lines.size(), 4u) << result.out;
  EXPECT_THAT(lines[0], StartsWith("registered  6 of 7 photos, "));
  EXPECT_THAT(lines[0], HasSubstr("reprojection error 0.15 px"));
  EXPECT_THAT(lines[1], testing::MatchesRegex(
                            "aligned     to GPS \\(rms 0\\.0[0-9] m across\\), metres, z up; origin -33\\.8.*"));
  EXPECT_EQ(lines[2], "failed      photo_950.jpg: too few matches (0)");
  EXPECT_EQ(lines[3], "dataset     " + out_.string());
  EXPECT_THAT(result.err, HasSubstr("warning: photo_950.jpg: not registered: too few matches (0)"));

  const auto again = sfm(options(), {"--json", "--set", "align=level"});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  const json report = json::parse(again.out);
  EXPECT_EQ(report["registered"], 6);
  EXPECT_EQ(report["alignment"], "level");
  EXPECT_THAT(sfm(options(), {"--set", "align=level"}).out, HasSubstr("aligned     level (z up), scale unknown"));
  EXPECT_THAT(sfm(options(), {"--set", "align=off"}).out, HasSubstr("aligned     not at all"));
}

TEST_F(CommandLineSfm, TwoImagesAreEnough) {
  test::write_toy_photos(photos_, 2);
  const auto result = sfm(options(), {"--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(json::parse(result.out)["registered"], 2);
  EXPECT_EQ(scene::read_colmap(out_ / "sparse/0").images.size(), 2u);
}

TEST_F(CommandLineSfm, ImagesThatAreAllTheSameAreOneErrorLine) {
  test::write_toy_photo(photos_, 1);
  for (int i = 0; i < 4; ++i) fs::copy_file(photos_ / "photo_01.jpg", photos_ / (std::to_string(i) + ".jpg"));
  const auto result = sfm(options());
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.out, "");
  const auto lines = lines_of(result.err);
  EXPECT_THAT(lines.back(), StartsWith("tessera: " + photos_.string() + ": all 5 photos are the same picture"));
  EXPECT_EQ(std::count_if(lines.begin(), lines.end(), [](const auto& line) { return line.starts_with("tessera:"); }),
            1);
  expect_no_result();
}

TEST_F(CommandLineSfm, NoColmapIsOneLineThatNamesThePackage) {
  test::write_toy_photos(photos_, 3);
  auto o = options();
  o.environment[0] = "PATH=" + (folder_.path() / "nothing").string();
  const auto result = sfm(o);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err,
            "tessera: colmap: COLMAP is not installed (not found in PATH); install it: apt-get install colmap\n");
  EXPECT_EQ(sfm(options()).exit_code, 0) << "once it is installed";
}

TEST_F(CommandLineSfm, ADamagedVideoIsOneLine) {
  photos_ = folder_.path() / "v.mp4";
  cv::VideoWriter writer(photos_.string(), cv::VideoWriter::fourcc('m', 'p', '4', 'v'), 10, {320, 240});
  for (std::uint32_t i = 0; i < 20; ++i) {
    cv::Mat color;
    cv::cvtColor(test::blotches(i, 320, 240), color, cv::COLOR_GRAY2BGR);
    writer.write(color);
  }
  writer.release();
  const std::string whole = scene::read_file(photos_);
  for (const std::string& bytes : {whole.substr(0, whole.size() / 2), std::string(100'000, 'x'), std::string()}) {
    scene::write_file_atomically(photos_, bytes);
    const auto result = sfm(options());
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_EQ(result.err, "tessera: " + photos_.string() +
                              ": cannot be opened as a video; convert it to mp4 (H.264), or give a folder of photos\n");
  }
}

TEST_F(CommandLineSfm, MistakesAreOneLineEach) {
  test::write_toy_photos(photos_, 3);
  const auto one_line = [&](const test::ProcessResult& result, const std::string& text) {
    EXPECT_EQ(result.exit_code, 1) << result.err;
    EXPECT_EQ(lines_of(result.err).size(), 1u) << result.err;
    EXPECT_THAT(result.err, HasSubstr(text));
  };
  one_line(sfm(options(), {"--set", "max_features=1"}), "max_features");
  one_line(sfm(options(), {"--set", "max_featuers=1000"}), "max_features");
  EXPECT_FALSE(fs::exists(out_));
  out_ = "/proc/tessera";
  one_line(sfm(options()), "/proc/tessera: cannot write");
  out_ = folder_.path() / "taken";
  fs::create_directories(out_ / "images");
  one_line(sfm(options()), "already holds 'images' that was not made here; choose another output folder");
  photos_ = folder_.path() / "absent";
  out_ = folder_.path() / "out";
  one_line(sfm(options()), "absent: there is no such folder or video");
}

TEST_F(CommandLineSfm, CtrlCInEveryStageOfColmapEndsItWith130) {
  test::write_toy_photos(photos_, 6);
  for (const auto& [stage, command] :
       std::initializer_list<std::pair<std::string, std::string>>{{"features", "feature_extractor"},
                                                                  {"verifying", "matches_importer"},
                                                                  {"mapping", "mapper"},
                                                                  {"undistorting", "image_undistorter"}})
    for (const std::string how : {"hang", "stubborn"}) {
      out_ = folder_.path() / (stage + how);
      fs::remove(pid_file_);
      auto o = options(command + "=" + how);
      o.signal_when = stage;
      const auto result = sfm(o);
      EXPECT_EQ(result.exit_code, 130) << stage << " " << how << ": " << result.err;
      EXPECT_THAT(lines_of(result.err).back(), StartsWith("tessera: interrupted"));
      EXPECT_EQ(result.out, "");
      expect_no_result();
      if (fs::exists(pid_file_)) {
        EXPECT_TRUE(child_goes()) << stage;
      }
      const auto resumed = sfm(options(), {"--json"});
      ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
      EXPECT_EQ(json::parse(resumed.out)["registered"], 6);
    }
}

TEST_F(CommandLineSfm, CtrlCInOurOwnStagesEndsThemWith130) {
  // Enough work for the signal to arrive in time: 780 pairs of photos, a video of 300 frames.
  test::write_toy_photos(photos_, 40);
  auto o = options();
  o.signal_when = "matching";
  const auto matching = sfm(o);
  EXPECT_EQ(matching.exit_code, 130) << matching.err;
  expect_no_result();
  o.signal_when = "reading photos";
  const auto reading = sfm(o);
  EXPECT_EQ(reading.exit_code, 130) << reading.err;
  expect_no_result();
  EXPECT_EQ(sfm(options()).exit_code, 0);

  photos_ = folder_.path() / "v.avi";
  out_ = folder_.path() / "video";
  cv::VideoWriter writer(photos_.string(), cv::VideoWriter::fourcc('M', 'J', 'P', 'G'), 10, {640, 480});
  const cv::Mat picture = test::blotches(1, 640, 480);
  cv::Mat color;
  cv::cvtColor(picture, color, cv::COLOR_GRAY2BGR);
  for (int i = 0; i < 300; ++i) writer.write(color);
  writer.release();
  o.signal_when = "reading video";
  const auto video = sfm(o);
  EXPECT_EQ(video.exit_code, 130) << video.err;
  expect_no_result();
}

TEST_F(CommandLineSfm, CtrlCAtAnyInstantLeavesNothingHalfWritten) {
  test::write_toy_photos(photos_, 8);
  // Early instants hit start-up, later ones any stage.
  for (const double instant : {0.0, 0.03, 0.1, 0.2, 0.3, 0.45, 0.6}) {
    out_ = folder_.path() / ("out" + std::to_string(instant));
    auto o = options();
    o.signal_after = instant;
    const auto result = sfm(o);
    EXPECT_TRUE(result.exit_code == 130 || result.exit_code == 0) << instant << ": " << result.exit_code << result.err;
    if (result.exit_code == 130 && !fs::exists(out_ / "sfm/report.json")) {
      const auto resumed = sfm(options());
      EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
    }
    EXPECT_EQ(scene::read_colmap(out_ / "sparse/0").images.size(), 8u) << instant;
  }
}

TEST_F(CommandLineSfm, AfterAKillColmapEndsTooAndTheNextRunGoesOn) {
  test::write_toy_photos(photos_, 6);
  const auto killed = sfm(options("mapper=orphan"));
  EXPECT_EQ(killed.exit_code, 128 + SIGKILL) << killed.err;
  EXPECT_TRUE(child_goes());
  expect_no_result();
  const auto resumed = sfm(options(), {"--json"});
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(json::parse(resumed.out)["stages_reused"], json({"features", "matching"}));
}

}  // namespace
}  // namespace tessera
