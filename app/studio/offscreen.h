#pragma once

#include <QImage>
#include <QPicture>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "render/view_renderer.h"
#include "scene/lod/lod_file.h"
#include "scene/progress.h"

namespace tessera::app {

/// A renderer of one's own for pictures that are not for the window: the best of this machine, and where its device
/// fails (it has no room, or draws no picture of that size) the CPU rasteriser from then on, after `job` was warned. It
/// has the model, or in its place, where there are any, the levels of detail.
std::unique_ptr<render::ViewRenderer> make_offscreen_renderer(const scene::JobContext& job,
                                                              std::shared_ptr<const scene::GaussianModel> model,
                                                              std::shared_ptr<const scene::LodFile> lod);

struct PictureRequest {
  std::shared_ptr<const scene::GaussianModel> model;
  std::shared_ptr<const scene::LodFile> lod;
  scene::Camera camera;
  render::ViewSettings settings;
  bool transparent = false;  // no background: RGBA with straight alpha
  /// What is drawn over it, in the units of a picture that is `overlay_height` pixels high. Null: nothing.
  QPicture overlay;
  int overlay_height = 0;
};
/// Waits until it is drawn. Any thread that has no renderer of its own to lose. Throws scene::Error, scene::Cancelled.
QImage draw_picture(const PictureRequest& request, const scene::JobContext& job);
/// PNG or JPEG by the extension, atomically. Throws scene::Error.
void save_picture(const QImage& picture, const std::filesystem::path& file);

/// About what draw_picture and save_picture need at their peak: exact for pixels, by experience for splats.
std::size_t picture_bytes(const scene::GaussianModel& model, int width, int height);
/// What this process may still take.
std::size_t free_memory();

}  // namespace tessera::app
