#pragma once

#include <memory>
#include <string>

#include "render/view_renderer.h"
#include "render/vulkan/presenter.h"
#include "render/vulkan/splat_renderer.h"

namespace tessera::render::vulkan {

struct ViewRendererOptions {
  bool window = false;      // it may be asked to show its pictures in one
  bool cards_only = false;  // a CPU with a Vulkan driver is an error: the CPU rasteriser is far faster there
  bool validation = false;
  std::uint64_t most_splats = std::numeric_limits<std::uint64_t>::max();  // to be drawn
};

/// An instance, a device and a renderer of their own. Pictures come back as frames, or go to a window without touching
/// the CPU. Serves one thread at a time; the instance any.
class VulkanViewRenderer : public ViewRenderer {
 public:
  /// Throws scene::Error with the reason where there is no usable device.
  explicit VulkanViewRenderer(const ViewRendererOptions& options = {});
  std::string name() const override { return "Vulkan on " + device_.capabilities().name; }
  bool shares_cores() const override { return device_.capabilities().cpu; }
  void set_model(std::shared_ptr<const scene::GaussianModel> model) override { renderer_.set_model(*model); }
  std::uint64_t drawn_splats() const override { return renderer_.drawn_splats(); }
  const Frame& draw(const scene::Camera& camera, const ViewSettings& settings) override;

  /// Whether there is anything to show pictures in a window with.
  bool can_present() const { return device_.capabilities().swapchain; }
  Presenter& presenter() { return presenter_; }
  /// Draws and shows it in the presenter's window.
  Presenter::Outcome present(const scene::Camera& camera, const ViewSettings& settings, const Overlay& overlay);

  /// What a window's surface is made from; must outlive the surface.
  std::shared_ptr<const Instance> instance() const { return instance_; }
  Device& device() { return device_; }

 private:
  std::shared_ptr<const Instance> instance_;
  Device device_;
  SplatRenderer renderer_;
  Presenter presenter_;
  Frame frame_;
};

/// For pictures without a window.
std::unique_ptr<ViewRenderer> make_vulkan_view_renderer();

}  // namespace tessera::render::vulkan
