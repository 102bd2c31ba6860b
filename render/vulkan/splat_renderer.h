#pragma once

#include <cstdint>
#include <limits>
#include <memory>

#include "render/view_renderer.h"
#include "render/vulkan/radix_sort.h"
#include "scene/camera.h"
#include "scene/gaussian_model.h"

namespace tessera::render::vulkan {

/// Draws a model in real time: project and cull, compact, radix sort far to near, one instanced quad a visible splat
/// with hardware blending into half floats. The picture is that of the CPU rasteriser but for the storage: 8 bytes of
/// scale and rotation, half floats of colour. Serves one thread; nothing in draw() waits for the device.
///
///   upload --> project, cull --> compact --> radix sort --> quads --> image
class SplatRenderer {
 public:
  /// Never more than `most_splats` are drawn. Throws scene::Error.
  explicit SplatRenderer(Device& device, std::uint64_t most_splats = std::numeric_limits<std::uint64_t>::max());
  ~SplatRenderer();

  /// Splats that the device can draw at once, memory aside: what one storage binding holds.
  std::uint64_t capacity() const;
  /// Replaces the model (scene frame), uploading what differs from the last one. Where it has more splats than
  /// capacity(), or than the device has room for, those are drawn that matter most (most_important_rows). Throws
  /// scene::Error where there is hardly any room at all.
  void set_model(const scene::GaussianModel& model);
  /// Of the model: all but where the device holds no more.
  std::uint64_t drawn_splats() const;
  /// Bytes of models sent to the device so far.
  std::uint64_t uploaded_bytes() const;
  /// Draws into image() in the camera's size. Returns the device's ticket. Nothing is done where the model, the camera
  /// and the settings are those of the last call.
  std::uint64_t draw(const scene::Camera& camera, const ViewSettings& settings);
  /// What draw() drew last, in TRANSFER_SRC_OPTIMAL once its ticket is done: RGBA half floats, alpha = 1 -
  /// transmittance.
  const Image& image() const;
  /// The same as floats; waits for the device.
  void read(Frame& frame);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tessera::render::vulkan
