#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>

#include "render/frame.h"
#include "scene/camera.h"
#include "scene/gaussian_model.h"
#include "scene/progress.h"

namespace tessera::render {

/// What is drawn of a splat.
enum class ViewMode : std::uint32_t {
  splats,    // as trained
  points,    // a dot at each mean
  shells,    // the surface at 1.5 standard deviations
  depth,     // z / (1 + z), blended as colours are: in the scene frame the median depth is grey
  normals,   // shortest axis turned towards the camera (x right, y up, z towards it) as 0.5 + 0.5 n
  overdraw,  // how many splats lie over a pixel
};
const char* mode_name(ViewMode mode);  // "splats", ...

struct ViewSettings {
  ViewMode mode = ViewMode::splats;
  int sh_degree = 3;  // never above the model's
  std::array<float, 3> background{0, 0, 0};
  bool antialiased = false;  // as RenderSettings::antialiased
  float near_plane = 0.01f;  // scene frame; splats nearer are culled
  float far_plane = std::numeric_limits<float>::max();  // likewise, splats farther
  float splat_scale = 1;     // times every standard deviation
  float exposure = 0;        // stops: colours of splats x 2^exposure
  bool operator==(const ViewSettings&) const = default;
};

/// Draws a model for people to look at: behind the studio's viewport and `tessera render`. Serves one thread at a time.
class ViewRenderer {
 public:
  virtual ~ViewRenderer() = default;
  /// One line for people: what draws, and on what.
  virtual std::string name() const = 0;
  /// Whether it draws with the processor's cores, which training wants as well.
  virtual bool shares_cores() const { return true; }
  /// Asked while a picture takes long: draw() then throws scene::Cancelled. Outlives the renderer; null: never.
  virtual void set_cancellation(const scene::Cancellation*) {}
  /// Replaces the model, which is in the frame of the cameras to come and stays shared. Throws scene::Error.
  virtual void set_model(std::shared_ptr<const scene::GaussianModel> model) = 0;
  /// How many of the model's splats are drawn: fewer than it has where the device holds no more.
  virtual std::uint64_t drawn_splats() const { return std::numeric_limits<std::uint64_t>::max(); }
  /// colour and alpha; valid until the next call. Throws scene::Error.
  virtual const Frame& draw(const scene::Camera& camera, const ViewSettings& settings) = 0;
};

/// Over the CPU rasteriser.
std::unique_ptr<ViewRenderer> make_cpu_view_renderer();

}  // namespace tessera::render
