#include <cmath>
#include <new>
#include <optional>

#include "render/rasterizer.h"
#include "render/view_renderer.h"
#include "scene/error.h"

namespace tessera::render {

const char* mode_name(ViewMode mode) {
  switch (mode) {
    case ViewMode::splats:
      return "splats";
    case ViewMode::points:
      return "points";
    case ViewMode::shells:
      return "shells";
    case ViewMode::depth:
      return "depth";
    case ViewMode::normals:
      return "normals";
    case ViewMode::overdraw:
      return "overdraw";
  }
  return "";
}

namespace {

constexpr float kPointLogScale = -20, kPointLogit = 10;  // nothing but the dilation is left of such a splat: a dot
constexpr std::size_t kWorkBytes = 160;        // of the rasteriser for a splat in view, as measured with ten million
constexpr float kOverdrawAlpha = 1.0f / 16;  // what each splat adds, as in shaders/splat.glsl

class CpuViewRenderer : public ViewRenderer {
 public:
  std::string name() const override { return "CPU rasteriser"; }

  void set_cancellation(const scene::Cancellation* cancellation) override { cancellation_ = cancellation; }

  void set_model(std::shared_ptr<const scene::GaussianModel> model) override {
    model_ = std::move(model);
    changed_.reset();
  }

  const Frame& draw(const scene::Camera& camera, const ViewSettings& settings) override {
    RenderSettings render;
    render.sh_degree = settings.sh_degree, render.background = settings.background;
    render.antialiased = settings.antialiased, render.near_plane = settings.near_plane;
    render.far_plane = settings.far_plane, render.cancellation = cancellation_;
    render.geometry =
        settings.mode == ViewMode::depth || settings.mode == ViewMode::normals || settings.mode == ViewMode::overdraw;
    render.shells = settings.mode == ViewMode::shells;
    const Frame& drawn = forward(camera, settings, render);
    if (!render.geometry && settings.exposure == 0) return drawn;
    return recolored(drawn, settings);
  }

 private:
  const Frame& forward(const scene::Camera& camera, const ViewSettings& settings, const RenderSettings& render) {
    try {
      return rasterizer_->forward(shown_model(settings), camera, render);
    } catch (const std::bad_alloc&) {
      const std::size_t splats = model_ ? model_->size() : 0;
      const bool copied = settings.mode == ViewMode::points || settings.splat_scale != 1;
      const std::size_t bytes = splats * kWorkBytes + (copied && model_ ? model_->bytes() : 0);
      throw scene::Error("the view",
                         "drawing " + std::to_string(splats) + " splats needs some " +
                             std::to_string((bytes >> 20) + 1) + " MiB more memory than there is",
                         "close other programs, or open a model with fewer splats");
    }
  }
  /// The model itself, or a copy with other sizes and opacities, kept until they change again.
  const scene::GaussianModel& shown_model(const ViewSettings& settings) {
    static const scene::GaussianModel kNothing;
    if (!model_) return kNothing;
    const bool points = settings.mode == ViewMode::points;
    if (!points && settings.splat_scale == 1) return *model_;
    if (changed_ && changed_points_ == points && changed_scale_ == settings.splat_scale) return *changed_;
    changed_ = *model_;
    changed_points_ = points, changed_scale_ = settings.splat_scale;
    for (std::vector<float>& plane : changed_->log_scale)
      for (float& value : plane) value = points ? kPointLogScale : value + std::log(settings.splat_scale);
    if (points)
      for (float& logit : changed_->opacity_logit) logit = kPointLogit;
    return *changed_;
  }

  const Frame& recolored(const Frame& drawn, const ViewSettings& settings) {
    frame_.resize(drawn.width, drawn.height, false);
    const float gain = std::exp2(settings.exposure);
    for (int y = 0; y < drawn.height; ++y)
      for (int x = 0; x < drawn.width; ++x) {
        const float alpha = drawn.alpha.at(x, y);
        frame_.alpha.at(x, y) = alpha;
        const auto overdraw = [&] { return 1 - std::pow(1 - kOverdrawAlpha, drawn.count.at(x, y)); };
        static constexpr float kOverdrawColor[3] = {1.0f, 0.55f, 0.15f};
        const float z = settings.mode == ViewMode::depth ? drawn.depth.at(x, y) : 0;
        for (int c = 0; c < 3; ++c) {
          const float behind = settings.background[static_cast<std::size_t>(c)];
          float value = 0;
          switch (settings.mode) {
            case ViewMode::depth:
              value = alpha * z / (1 + z) + (1 - alpha) * behind;
              break;
            case ViewMode::normals:
              // Camera axes point right, down and forwards; people think right, up and towards them.
              value = 0.5f * alpha + 0.5f * (c == 0 ? 1.0f : -1.0f) * drawn.normal[c].at(x, y) + (1 - alpha) * behind;
              break;
            case ViewMode::overdraw:
              value = overdraw() * kOverdrawColor[c] + (1 - overdraw()) * behind;
              break;
            default:
              value = gain * (drawn.color[c].at(x, y) - (1 - alpha) * behind) + (1 - alpha) * behind;
          }
          frame_.color[c].at(x, y) = value;
        }
      }
    return frame_;
  }

  std::unique_ptr<Rasterizer> rasterizer_ = make_cpu_rasterizer();
  const scene::Cancellation* cancellation_ = nullptr;
  std::shared_ptr<const scene::GaussianModel> model_;
  std::optional<scene::GaussianModel> changed_;
  bool changed_points_ = false;
  float changed_scale_ = 1;
  Frame frame_;
};

}  // namespace

std::unique_ptr<ViewRenderer> make_cpu_view_renderer() { return std::make_unique<CpuViewRenderer>(); }

}  // namespace tessera::render
