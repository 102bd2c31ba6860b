#pragma once

#include <array>
#include <cstdint>

#include "render/vulkan/kernel.h"

namespace tessera::render::vulkan {

/// The graphics half of the renderer: instanced quads over a cleared half-float image.
class QuadPass {
 public:
  static constexpr VkFormat kFormat = VK_FORMAT_R16G16B16A16_SFLOAT;  // blendable on every Vulkan device

  explicit QuadPass(Device& device);
  Bindings bind(VkBuffer records, VkBuffer order) const;
  /// Makes image() of that size; the old one is let go when the device is done with it.
  void resize(int width, int height);
  const Image& image() const { return image_; }
  /// Draws as many instances of four vertices as the VkDrawIndirectCommand at `offset` of `draw` says.
  void record(VkCommandBuffer commands, const Bindings& bindings, VkBuffer draw, VkDeviceSize offset,
              const std::array<float, 3>& background, std::uint32_t mode) const;

 private:
  struct Push {
    float width, height;
    std::uint32_t mode;
  };
  void make_render_pass();
  void make_pipeline();
  Device& device_;
  Interface interface_;
  RenderPassHandle pass_;
  PipelineHandle pipeline_;
  Image image_;
  FramebufferHandle framebuffer_;
};

}  // namespace tessera::render::vulkan
