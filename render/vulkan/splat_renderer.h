#pragma once

#include <cstdint>
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
  /// Throws scene::Error.
  explicit SplatRenderer(Device& device);
  ~SplatRenderer();

  /// Splats that the device can draw at once: what one storage binding holds.
  std::uint64_t capacity() const;
  /// Replaces the model (scene frame). Throws scene::Error where it has more splats than capacity() or the device no
  /// room.
  void set_model(const scene::GaussianModel& model);
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
