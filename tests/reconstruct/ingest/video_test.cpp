#include "reconstruct/ingest/video.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <opencv2/videoio.hpp>

#include <set>

#include "scene/atomic_file.h"
#include "scene/error.h"
#include "scene/image.h"
#include "tests/reconstruct/ingest/toy_photo.h"
#include "tests/support/test_data.h"

namespace tessera::reconstruct {
namespace {

namespace fs = std::filesystem;
using test::blotches;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr int kWidth = 192, kHeight = 96;

/// Frame i: blotches, sharp or blurred, with its number in the brightness of the left half.
cv::Mat frame_of(int i, bool sharp) {
  cv::Mat picture = blotches(static_cast<std::uint32_t>(i), kWidth, kHeight, 4, 90);
  if (!sharp) cv::GaussianBlur(picture, picture, {}, 2);
  picture(cv::Rect(0, 0, kWidth / 2, kHeight)) = cv::Scalar(20 + 10 * i);
  cv::Mat color;
  cv::cvtColor(picture, color, cv::COLOR_GRAY2BGR);
  return color;
}

int number_of(const fs::path& frame) {
  const cv::Mat picture = cv::imread(frame.string(), cv::IMREAD_GRAYSCALE);
  if (picture.empty()) return -1;
  return static_cast<int>(std::lround((cv::mean(picture(cv::Rect(8, 8, kWidth / 4, kHeight - 16)))[0] - 20) / 10));
}

class Video : public testing::Test {
 protected:
  void SetUp() override { fs::create_directory(frames_); }
  void write(int count, double rate, const std::set<int>& sharp, const char* leaf = "v.avi") {
    video_ = folder_.path() / leaf;
    const bool avi = video_.extension() == ".avi";
    cv::VideoWriter writer(
        video_.string(),
        avi ? cv::VideoWriter::fourcc('M', 'J', 'P', 'G') : cv::VideoWriter::fourcc('m', 'p', '4', 'v'), rate,
        {kWidth, kHeight});
    ASSERT_TRUE(writer.isOpened());
    for (int i = 0; i < count; ++i) writer.write(frame_of(i, sharp.contains(i)));
  }
  std::vector<int> numbers() {
    std::vector<int> list;
    std::set<fs::path> files;
    for (const auto& entry : fs::directory_iterator(frames_)) files.insert(entry.path());
    for (const fs::path& file : files) list.push_back(number_of(file));
    return list;
  }
  std::string error_of() {
    try {
      extract_frames(video_, frames_, 2, {});
    } catch (const scene::Error& error) {
      return error.what();
    }
    return "no error";
  }
  test::TemporaryFolder folder_;
  fs::path video_, frames_ = folder_.path() / "frames";
};

TEST_F(Video, KeepsTheSharpestFrameOfEachInterval) {
  // Ten a second, two a second wanted: intervals of five. First, last and middle ones.
  write(20, 10, {3, 5, 14, 17});
  const VideoFrames result = extract_frames(video_, frames_, 2, {});
  EXPECT_EQ(result.read, 20u);
  EXPECT_EQ(result.written, 4u);
  EXPECT_NEAR(result.seconds, 2, 1e-9);
  EXPECT_THAT(numbers(), ElementsAre(3, 5, 14, 17));
  EXPECT_TRUE(fs::exists(frames_ / "frame_000000.jpg"));
  EXPECT_TRUE(fs::exists(frames_ / "frame_000003.jpg"));
}

TEST_F(Video, KeepsTheBeginningOfALastInterval) {
  write(12, 10, {1, 9, 11});
  const VideoFrames result = extract_frames(video_, frames_, 2, {});
  EXPECT_EQ(result.written, 3u);
  EXPECT_THAT(numbers(), ElementsAre(1, 9, 11));
}

TEST_F(Video, KeepsAllFramesWhereMoreAreWantedThanThereAre) {
  write(6, 5, {});
  EXPECT_EQ(extract_frames(video_, frames_, 30, {}).written, 6u);
  EXPECT_THAT(numbers(), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_TRUE(fs::exists(frames_ / "frame_000030.jpg")) << "numbered by interval";
}

TEST_F(Video, ReadsMp4Too) {
  write(20, 10, {2, 8, 12, 16}, "v.mp4");
  EXPECT_EQ(extract_frames(video_, frames_, 2, {}).written, 4u);
  EXPECT_THAT(numbers(), ElementsAre(2, 8, 12, 16));
}

TEST_F(Video, TurnsFramesUprightAsTheVideoSays) {
  write(10, 10, {0}, "v.mp4");
  std::string bytes = scene::read_file(video_);
  const std::size_t at = bytes.find("tkhd");
  ASSERT_NE(at, std::string::npos);
  // ISO 14496-12, 8.3.2: the matrix stands 40 bytes after the name in version 0. A quarter of a turn.
  const unsigned char quarter[36] = {0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0,    0, 0, 0,
                                     0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,    0,    0x40, 0, 0, 0};
  ASSERT_EQ(bytes[at + 4], 0);
  bytes.replace(at + 4 + 40, 36, reinterpret_cast<const char*>(quarter), 36);
  scene::write_file_atomically(video_, bytes);
  extract_frames(video_, frames_, 1, {});
  const auto info = scene::probe_image(frames_ / "frame_000000.jpg");
  EXPECT_EQ(info.width, kHeight);
  EXPECT_EQ(info.height, kWidth);
}

TEST_F(Video, SaysHowFarItIs) {
  write(10, 10, {0});
  std::vector<double> done;
  scene::JobContext job;
  job.on_progress = [&](const scene::Progress& p) {
    EXPECT_EQ(p.stage, "reading video");
    EXPECT_EQ(p.total, 10);
    done.push_back(p.done);
  };
  extract_frames(video_, frames_, 2, job);
  EXPECT_THAT(done, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
}

TEST_F(Video, EndsWhenAsked) {
  write(10, 10, {0});
  scene::Cancellation cancellation;
  scene::JobContext job;
  job.cancellation = &cancellation;
  double last = 0;
  job.on_progress = [&](const scene::Progress& p) {
    last = p.done;
    if (p.done >= 3) cancellation.request();
  };
  EXPECT_THROW(extract_frames(video_, frames_, 2, job), scene::Cancelled);
  EXPECT_EQ(last, 3);
}

TEST_F(Video, WhatIsNoVideoIsRefusedByName) {
  video_ = folder_.path() / "absent.mp4";
  EXPECT_THAT(error_of(), HasSubstr("absent.mp4: there is no such file"));
  video_ = folder_.path() / "v.mp4";
  for (const std::string& bytes : {std::string(), std::string("hello"), std::string(100'000, 'x')}) {
    scene::write_file_atomically(video_, bytes);
    EXPECT_THAT(error_of(), HasSubstr("v.mp4: cannot be opened as a video; convert it to mp4"));
  }
}

TEST_F(Video, ADamagedOneGivesAnErrorOrTheFramesBeforeTheDamage) {
  write(40, 10, {0}, "v.mp4");
  const std::string whole = scene::read_file(video_);
  // Without its end an mp4 has no index.
  scene::write_file_atomically(video_, whole.substr(0, whole.size() / 2));
  EXPECT_THAT(error_of(), HasSubstr("v.mp4"));
  write(40, 10, {0}, "v.avi");
  const std::string avi = scene::read_file(video_);
  scene::write_file_atomically(video_, avi.substr(0, avi.size() / 2));
  const VideoFrames half = extract_frames(video_, frames_, 2, {});
  EXPECT_GT(half.read, 10u);
  EXPECT_LT(half.read, 30u);
  // Damage at every fourth part of the file: anything but a crash, and no unreadable frame.
  for (std::size_t part = 0; part < 4; ++part) {
    video_ = folder_.path() / "v.mp4";
    std::string damaged = whole;
    for (std::size_t i = 0; i < 200; ++i) damaged[part * whole.size() / 4 + 37 * i % (whole.size() / 4)] ^= 0x5a;
    scene::write_file_atomically(video_, damaged);
    fs::remove_all(frames_);
    fs::create_directory(frames_);
    const std::string message = error_of();
    if (message != "no error") {
      EXPECT_THAT(message, HasSubstr("v.mp4"));
    }
    for (const auto& entry : fs::directory_iterator(frames_)) EXPECT_NO_THROW(scene::probe_image(entry.path()));
  }
}

TEST_F(Video, AFolderThatCannotBeWrittenIsNamed) {
  write(10, 10, {0});
  frames_ = folder_.path() / "absent";
  EXPECT_THAT(error_of(), HasSubstr("absent"));
}

TEST(IsVideo, GoesByTheName) {
  for (const char* name : {"a.mp4", "a.MOV", "x/a.m4v", "a.avi", "a.mkv", "a.webm", "a.MTS"})
    EXPECT_TRUE(is_video(name)) << name;
  for (const char* name : {"a", "mp4", "a.jpg", "a.mp4.txt", ".mp4"}) EXPECT_FALSE(is_video(name)) << name;
}

}  // namespace
}  // namespace tessera::reconstruct
