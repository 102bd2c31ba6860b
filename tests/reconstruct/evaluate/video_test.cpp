#include "reconstruct/evaluate/video.h"

#include <gtest/gtest.h>

#include <opencv2/core/mat.hpp>
#include <opencv2/videoio.hpp>

#include "scene/error.h"
#include "tests/support/test_data.h"

namespace tessera::reconstruct {
namespace {

/// Paints every picture in the background colour; red follows the number of the frame.
class FlatRenderer : public render::ViewRenderer {
 public:
  std::string name() const override { return "flat"; }
  void set_model(std::shared_ptr<const scene::GaussianModel>) override {}
  const render::Frame& draw(const scene::Camera& camera, const render::ViewSettings&) override {
    frame_.resize(camera.intrinsics.width, camera.intrinsics.height, false);
    frame_.color[0].fill(0.1f * static_cast<float>(calls_++));
    frame_.color[1].fill(0.5f);
    frame_.color[2].fill(-1.0f);
    return frame_;
  }
  int calls_ = 0;

 private:
  render::Frame frame_;
};

scene::CameraPath still(double seconds) {
  scene::CameraPath path;
  path.keys = {{0, {}, 1}, {seconds, {}, 1}};
  return path;
}

TEST(WriteVideo, HasTheFramesSizeAndColoursOfThePath) {
  test::TemporaryFolder folder;
  const auto file = folder.path() / "v.mp4";
  FlatRenderer renderer;
  write_video(file, still(0.5), renderer, {{65, 49, 60, 60, 32, 24}, 10, {}}, {});
  EXPECT_EQ(renderer.calls_, 5);
  cv::VideoCapture video(file.string());
  ASSERT_TRUE(video.isOpened());
  cv::Mat bgr;
  int frames = 0;
  for (; video.read(bgr); ++frames) {
    EXPECT_EQ(bgr.cols, 64) << "odd sides are made even";
    EXPECT_EQ(bgr.rows, 48);
    const auto pixel = bgr.at<cv::Vec3b>(24, 32);
    EXPECT_NEAR(pixel[2], 25.5 * frames, 8);
    EXPECT_NEAR(pixel[1], 128, 8);
    EXPECT_NEAR(pixel[0], 0, 8);
  }
  EXPECT_EQ(frames, 5);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(WriteVideo, TakesNamesOfVideosOnly) {
  test::TemporaryFolder folder;
  FlatRenderer renderer;
  for (const char* name : {"v.png", "v", "v.txt"})
    EXPECT_THROW(write_video(folder.path() / name, still(0.2), renderer, {{64, 48, 60, 60, 32, 24}, 10, {}}, {}),
                 scene::Error)
        << name;
  EXPECT_EQ(renderer.calls_, 0);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  EXPECT_NO_THROW(
      write_video(folder.path() / "v.MP4", still(0.2), renderer, {{64, 48, 60, 60, 32, 24}, 10, {}}, {}));
}

TEST(WriteVideo, CancelledOrFailedItLeavesNothing) {
  test::TemporaryFolder folder;
  FlatRenderer renderer;
  scene::Cancellation cancel;
  cancel.request();
  scene::JobContext job;
  job.cancellation = &cancel;
  const VideoOptions options{{64, 48, 60, 60, 32, 24}, 10, {}};
  EXPECT_THROW(write_video(folder.path() / "v.mp4", still(1), renderer, options, job), scene::Cancelled);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  EXPECT_THROW(write_video("/proc/nowhere/v.mp4", still(1), renderer, options, {}), scene::Error);
}

}  // namespace
}  // namespace tessera::reconstruct
