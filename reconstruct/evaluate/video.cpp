#include "reconstruct/evaluate/video.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cmath>

#include <opencv2/core/mat.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/videoio.hpp>

#include "reconstruct/evaluate/picture.h"
#include "scene/atomic_file.h"

namespace tessera::reconstruct {
namespace {

/// The encoder keeps a failed write (a full disk) to itself, so the file is asked for its first frame and their number.
/// An index that could not be written, or one of frames that were not, shows.
bool is_whole(const std::string& file, int frames) {
  cv::VideoCapture video;
  cv::Mat first;
  return video.open(file, cv::CAP_FFMPEG) && video.read(first) && video.get(cv::CAP_PROP_FRAME_COUNT) >= frames;
}

}  // namespace

void write_video(const std::filesystem::path& file, const scene::CameraPath& path, render::ViewRenderer& renderer,
                 const VideoOptions& options, const scene::JobContext& job) {
  const scene::Pinhole base =
      options.camera.resized(std::max(2, options.camera.width / 2 * 2), std::max(2, options.camera.height / 2 * 2));
  const int frames = std::max(1, static_cast<int>(std::lround(path.duration() * options.frames_per_second)));
  std::string extension = file.extension().string();
  for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (extension != ".mp4" && extension != ".mov" && extension != ".m4v")
    throw scene::Error(file.string(), "is no name for a video", "end it in .mp4");
  scene::AtomicFile output(file);
  cv::utils::logging::setLogLevel(
      cv::utils::logging::LOG_LEVEL_SILENT);  // the codec that is not there is not the user's problem
  cv::VideoWriter writer;
  const cv::Size size(base.width, base.height);
  const std::string name = output.temporary_path().string();
  if (!writer.open(name, cv::CAP_FFMPEG, cv::VideoWriter::fourcc('a', 'v', 'c', '1'), options.frames_per_second,
                   size) &&
      !writer.open(name, cv::CAP_FFMPEG, cv::VideoWriter::fourcc('m', 'p', '4', 'v'), options.frames_per_second, size))
    throw scene::Error(file.string(), "cannot write: the video encoder cannot open it",
                       "free some space, and check that OpenCV has FFmpeg");
  const auto begin = std::chrono::steady_clock::now();
  cv::Mat bgr(base.height, base.width, CV_8UC3);
  for (int f = 0; f < frames; ++f) {
    job.throw_if_cancelled();
    const auto key = path.at(f / options.frames_per_second);
    scene::Camera camera{base, key.cam_from_world};
    camera.intrinsics.fx *= key.focal_scale, camera.intrinsics.fy *= key.focal_scale;
    const scene::Image8 image = to_image8(renderer.draw(camera, options.settings).color);
    for (int y = 0; y < base.height; ++y) {
      const std::uint8_t* in = image.at(0, y);
      std::uint8_t* out = bgr.ptr(y);
      for (int x = 0; x < base.width; ++x, in += 3, out += 3) out[0] = in[2], out[1] = in[1], out[2] = in[0];
    }
    writer.write(bgr);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    job.progress({"video", f + 1.0, static_cast<double>(frames), seconds / (f + 1) * (frames - f - 1), {}});
  }
  writer.release();
  if (!is_whole(name, frames))
    throw scene::Error(file.string(), "cannot write: the video did not arrive whole on the disk",
                       "free some space and run the command again");
  output.commit();
}

}  // namespace tessera::reconstruct
