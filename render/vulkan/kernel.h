#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "render/vulkan/memory.h"

namespace tessera::render::vulkan {

/// Storage buffers bound together: binding i is the i-th one.
class Bindings {
 public:
  Bindings() = default;
  Bindings(Device& device, VkDescriptorSetLayout layout, std::span<const VkBuffer> buffers);
  VkDescriptorSet handle() const { return set_; }

 private:
  DescriptorPoolHandle pool_;
  VkDescriptorSet set_ = VK_NULL_HANDLE;
};

/// What a pipeline takes: `bindings` storage buffers in set 0 and `push_bytes` of push constants for `stages`.
class Interface {
 public:
  Interface(Device& device, std::uint32_t bindings, std::uint32_t push_bytes, VkShaderStageFlags stages);
  Bindings bind(std::span<const VkBuffer> buffers) const { return {*device_, set_.get(), buffers}; }
  void push(VkCommandBuffer commands, const void* constants) const;
  VkPipelineLayout layout() const { return layout_.get(); }

 private:
  Device* device_;
  std::uint32_t push_bytes_;
  VkShaderStageFlags stages_;
  SetLayoutHandle set_;
  PipelineLayoutHandle layout_;
};

/// What differs between the graphics pipelines here: shaders, what is drawn and how it is blended.
struct Graphics {
  std::span<const std::uint32_t> vertex, fragment;
  VkPrimitiveTopology topology;
  VkPipelineColorBlendAttachmentState blend;
  VkPipelineLayout layout;
  VkRenderPass pass;
};
/// Viewport and scissor are set when drawing.
PipelineHandle make_graphics_pipeline(Device& device, const Graphics& graphics, const std::string& name);
FramebufferHandle make_framebuffer(Device& device, VkRenderPass pass, VkImageView view, VkExtent2D extent);
ShaderHandle make_shader(Device& device, std::span<const std::uint32_t> code);

/// A compute shader.
class Kernel {
 public:
  Kernel(Device& device, std::span<const std::uint32_t> code, std::uint32_t bindings, std::uint32_t push_bytes,
         const std::string& name);
  Bindings bind(std::initializer_list<VkBuffer> buffers) const {
    return interface_.bind({buffers.begin(), buffers.size()});
  }
  /// `groups` workgroups along x; nothing where it is 0. The push constants are those the shader declares.
  template <class Push>
  void dispatch(VkCommandBuffer commands, const Bindings& bindings, const Push& push, std::uint32_t groups) const {
    dispatch_bytes(commands, bindings, &push, groups);
  }

 private:
  void dispatch_bytes(VkCommandBuffer commands, const Bindings& bindings, const void* push, std::uint32_t groups) const;
  Device* device_;
  Interface interface_;
  PipelineHandle pipeline_;
};

}  // namespace tessera::render::vulkan
