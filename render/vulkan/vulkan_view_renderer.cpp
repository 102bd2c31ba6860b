#include "render/vulkan/vulkan_view_renderer.h"

#include "scene/error.h"

namespace tessera::render::vulkan {
namespace {

InstanceOptions instance_options(const ViewRendererOptions& options) {
  InstanceOptions made;
  made.validation = options.validation;
  made.window = options.window;
  return made;
}

}  // namespace

VulkanViewRenderer::VulkanViewRenderer(const ViewRendererOptions& options)
    : instance_(std::make_shared<const Instance>(instance_options(options))),
      device_(*instance_),
      renderer_(device_, options.most_splats),
      presenter_(device_) {
  if (options.cards_only && device_.capabilities().cpu)
    throw scene::Error(device_.capabilities().name, "is no graphics card: the CPU rasteriser is faster");
}

const Frame& VulkanViewRenderer::draw(const scene::Camera& camera, const ViewSettings& settings) {
  renderer_.draw(camera, settings);
  renderer_.read(frame_);
  return frame_;
}

Presenter::Outcome VulkanViewRenderer::present(const scene::Camera& camera, const ViewSettings& settings,
                                               const Overlay& overlay) {
  renderer_.draw(camera, settings);
  return presenter_.present(renderer_.image(), overlay);
}

std::unique_ptr<ViewRenderer> make_vulkan_view_renderer() { return std::make_unique<VulkanViewRenderer>(); }

}  // namespace tessera::render::vulkan
