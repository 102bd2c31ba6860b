#include "reconstruct/ingest/video.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>

#include "reconstruct/ingest/sharpness.h"
#include "scene/atomic_file.h"
#include "scene/error.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;

namespace {

constexpr int kJpegQuality = 95;
constexpr double kUsualRate = 30;  // frames a second, where the file does not say

void write_frame(const fs::path& folder, std::size_t number, const cv::Mat& frame) {
  char leaf[32];
  std::snprintf(leaf, sizeof leaf, "frame_%06zu.jpg", number);
  std::vector<std::uint8_t> bytes;
  cv::imencode(".jpg", frame, bytes, {cv::IMWRITE_JPEG_QUALITY, kJpegQuality});
  scene::write_file_atomically(folder / leaf, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

/// What is wrong with a video is our one line to say. FFmpeg, which OpenCV asks, takes its level from the environment
/// only, and on its first use.
void silence_decoders() {
  ::setenv("OPENCV_FFMPEG_LOGLEVEL", "-8", 0);  // AV_LOG_QUIET
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
}

void open_video(cv::VideoCapture& capture, const fs::path& video) {
  std::error_code error;
  if (!fs::is_regular_file(video, error)) throw scene::Error(video.string(), "there is no such file");
  silence_decoders();
  // By name: asked for any back end, OpenCV takes what is no video for a camera's address and searches the USB ports.
  if (!capture.open(video.string(), cv::CAP_FFMPEG))
    throw scene::Error(video.string(), "cannot be opened as a video",
                       "convert it to mp4 (H.264), or give a folder of photos");
}

double frame_rate(const cv::VideoCapture& capture) {
  const double rate = capture.get(cv::CAP_PROP_FPS);
  return rate >= 0.1 && rate <= 1000 ? rate : kUsualRate;
}

double stated_frames(const cv::VideoCapture& capture) {
  const double stated = capture.get(cv::CAP_PROP_FRAME_COUNT);
  return stated > 0 && stated < 1e9 ? stated : 0;
}

}  // namespace

bool is_video(const fs::path& path) {
  std::string extension = path.extension().string();
  for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const char* known : {".mp4", ".mov", ".m4v", ".avi", ".mkv", ".webm", ".mts"})
    if (extension == known) return true;
  return false;
}

VideoFacts look_at_video(const fs::path& video) {
  cv::VideoCapture capture;
  open_video(capture, video);
  VideoFacts facts;
  facts.width = static_cast<int>(capture.get(cv::CAP_PROP_FRAME_WIDTH));
  facts.height = static_cast<int>(capture.get(cv::CAP_PROP_FRAME_HEIGHT));
  facts.seconds = stated_frames(capture) / frame_rate(capture);
  return facts;
}

VideoFrames extract_frames(const fs::path& video, const fs::path& folder, double frames_per_second,
                           const scene::JobContext& job) {
  cv::VideoCapture capture;
  open_video(capture, video);
  const double rate = frame_rate(capture), total = stated_frames(capture);

  VideoFrames result;
  cv::Mat frame, grey, best;
  double best_sharpness = -1;
  std::size_t interval = 0;
  const auto start = std::chrono::steady_clock::now();
  const auto finish_interval = [&] {
    if (best_sharpness < 0) return;
    write_frame(folder, interval, best);
    ++result.written;
    best_sharpness = -1;
  };
  while (capture.read(frame) && !frame.empty()) {
    job.throw_if_cancelled();
    // Frames belong to intervals by their place in the stream: time stamps of phones jump.
    const auto here = static_cast<std::size_t>(static_cast<double>(result.read) / rate * frames_per_second);
    if (here != interval) finish_interval();
    interval = here;
    cv::cvtColor(frame, grey, cv::COLOR_BGR2GRAY);
    const double value = sharpness(grey);
    if (value > best_sharpness) {
      best_sharpness = value;
      cv::swap(best, frame);
    }
    ++result.read;
    const double elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const double done = static_cast<double>(result.read);
    job.progress({"reading video", done, total, total > done ? elapsed / done * (total - done) : -1,
                  std::to_string(result.written) + " frames kept"});
  }
  finish_interval();
  result.seconds = static_cast<double>(result.read) / rate;
  if (result.written == 0) throw scene::Error(video.string(), "holds no frame that can be decoded");
  return result;
}

}  // namespace tessera::reconstruct
