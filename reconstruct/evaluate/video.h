#pragma once

#include <filesystem>

#include "render/view_renderer.h"
#include "scene/camera_path.h"
#include "scene/progress.h"

namespace tessera::reconstruct {

struct VideoOptions {
  scene::Pinhole camera;  // size and focal length; the sides are made even, as video codecs want them
  double frames_per_second = 30;
  render::ViewSettings settings;
};

/// Renders the path and writes an .mp4 (H.264 where OpenCV's build has it, else MPEG-4 part 2), atomically. The
/// renderer's model is in the path's frame. Throws scene::Error, scene::Cancelled.
void write_video(const std::filesystem::path& file, const scene::CameraPath& path, render::ViewRenderer& renderer,
                 const VideoOptions& options, const scene::JobContext& job);

}  // namespace tessera::reconstruct
