#pragma once

#include "render/vulkan/memory.h"

namespace tessera::render::vulkan {

/// Puts a painted overlay over a picture of the scene: one triangle into an 8-bit image, a window's or one to be read.
class ComposePass {
 public:
  ComposePass(Device& device, VkFormat target);

  /// What is to be put together, as samplers; both images must be in SHADER_READ_ONLY_OPTIMAL when it is drawn.
  class Inputs {
   public:
    Inputs() = default;

   private:
    friend class ComposePass;
    DescriptorPoolHandle pool_;
    VkDescriptorSet set_ = VK_NULL_HANDLE;
  };
  Inputs bind(VkImageView scene, VkImageView overlay) const;

  /// Something to draw into.
  struct Target {
    ImageViewHandle view;
    FramebufferHandle framebuffer;
    VkExtent2D extent{};
  };
  Target target(VkImage image, VkExtent2D extent) const;
  /// Leaves the target in PRESENT_SRC_KHR, or in TRANSFER_SRC_OPTIMAL where it is to be read.
  void record(VkCommandBuffer commands, const Inputs& inputs, const Target& target, bool to_read) const;
  VkFormat format() const { return format_; }

 private:
  RenderPassHandle make_render_pass(VkImageLayout last) const;
  void make_layout();
  void make_pipeline();
  Device& device_;
  VkFormat format_;
  SamplerHandle sampler_;
  SetLayoutHandle set_layout_;
  PipelineLayoutHandle layout_;
  RenderPassHandle to_window_, to_read_;  // they differ in the last layout only, and so share the pipeline
  PipelineHandle pipeline_;
};

}  // namespace tessera::render::vulkan
