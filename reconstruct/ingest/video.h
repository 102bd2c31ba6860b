#pragma once

#include <cstddef>
#include <filesystem>

#include "scene/progress.h"

namespace tessera::reconstruct {

/// True by the extension: mp4, mov, m4v, avi, mkv, webm, mts.
bool is_video(const std::filesystem::path& path);

struct VideoFacts {
  int width = 0, height = 0;
  double seconds = 0;  // as the file states it; 0: it does not
};
/// Without decoding it. Throws scene::Error: not a video that can be read.
VideoFacts look_at_video(const std::filesystem::path& video);

struct VideoFrames {
  std::size_t read = 0, written = 0;
  double seconds = 0;  // length of what was read
};

/// Writes the sharpest frame of each interval of 1 / frames_per_second to the existing `folder` as frame_000000.jpg,
/// frame_000001.jpg ... (numbered by interval, upright as the video's rotation says, JPEG quality 95). Throws
/// scene::Error: not a video that can be read, no frame in it, `folder` not writable.
VideoFrames extract_frames(const std::filesystem::path& video, const std::filesystem::path& folder,
                           double frames_per_second, const scene::JobContext& job);

}  // namespace tessera::reconstruct
