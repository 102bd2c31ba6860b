#pragma once

#include <utility>

#include "render/vulkan/api.h"

namespace tessera::render::vulkan {

/// Sole owner of one object of a device. `Destroy` is the entry point that ends it. The functions and the device must
/// outlive it.
template <class T, auto Destroy>
class Handle {
 public:
  Handle() = default;
  Handle(const Functions& f, VkDevice device, T handle) : f_(&f), device_(device), handle_(handle) {}
  Handle(Handle&& other) noexcept
      : f_(other.f_), device_(other.device_), handle_(std::exchange(other.handle_, T(VK_NULL_HANDLE))) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(f_, other.f_), std::swap(device_, other.device_), std::swap(handle_, other.handle_);
    return *this;
  }
  ~Handle() {
    if (handle_) (f_->*Destroy)(device_, handle_, nullptr);
  }
  T get() const { return handle_; }
  explicit operator bool() const { return handle_ != T(VK_NULL_HANDLE); }

 private:
  const Functions* f_ = nullptr;
  VkDevice device_ = VK_NULL_HANDLE;
  T handle_ = VK_NULL_HANDLE;
};

using BufferHandle = Handle<VkBuffer, &Functions::vkDestroyBuffer>;
using ImageHandle = Handle<VkImage, &Functions::vkDestroyImage>;
using ImageViewHandle = Handle<VkImageView, &Functions::vkDestroyImageView>;
using MemoryHandle = Handle<VkDeviceMemory, &Functions::vkFreeMemory>;
using SamplerHandle = Handle<VkSampler, &Functions::vkDestroySampler>;
using SemaphoreHandle = Handle<VkSemaphore, &Functions::vkDestroySemaphore>;
using CommandPoolHandle = Handle<VkCommandPool, &Functions::vkDestroyCommandPool>;
using ShaderHandle = Handle<VkShaderModule, &Functions::vkDestroyShaderModule>;
using SetLayoutHandle = Handle<VkDescriptorSetLayout, &Functions::vkDestroyDescriptorSetLayout>;
using DescriptorPoolHandle = Handle<VkDescriptorPool, &Functions::vkDestroyDescriptorPool>;
using PipelineLayoutHandle = Handle<VkPipelineLayout, &Functions::vkDestroyPipelineLayout>;
using PipelineHandle = Handle<VkPipeline, &Functions::vkDestroyPipeline>;
using RenderPassHandle = Handle<VkRenderPass, &Functions::vkDestroyRenderPass>;
using FramebufferHandle = Handle<VkFramebuffer, &Functions::vkDestroyFramebuffer>;
using SwapchainHandle = Handle<VkSwapchainKHR, &Functions::vkDestroySwapchainKHR>;

}  // namespace tessera::render::vulkan
