#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "render/vulkan/api.h"

namespace tessera::render::vulkan {

struct InstanceOptions {
  bool validation = false;              // the Khronos layer, each message counted and logged
  bool window = false;                  // surfaces of whatever window systems the loader knows
  std::vector<std::string> extensions;  // more of them
  std::string loader = "libvulkan.so.1";
};

/// The loader, an instance of it and, with validation, what the layer reports. Needs no window system.
class Instance {
 public:
  /// Throws scene::Error with the reason: no loader, no driver, older than Vulkan 1.2, no validation layer.
  explicit Instance(const InstanceOptions& options = {});
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  VkInstance handle() const { return handle_; }
  const Functions& functions() const { return f_; }
  /// Whether surfaces can be made from it.
  bool has_surfaces() const { return has_surfaces_; }
  bool validating() const { return messenger_ != VK_NULL_HANDLE; }
  /// Warnings and errors of the layer so far; tests want none.
  std::vector<std::string> messages() const;

 private:
  static VKAPI_ATTR VkBool32 VKAPI_CALL on_message(VkDebugUtilsMessageSeverityFlagBitsEXT,
                                                   VkDebugUtilsMessageTypeFlagsEXT,
                                                   const VkDebugUtilsMessengerCallbackDataEXT*, void*);
  Functions f_;
  VkInstance handle_ = VK_NULL_HANDLE;
  bool has_surfaces_ = false;
  VkDebugUtilsMessengerEXT messenger_ = VK_NULL_HANDLE;
  mutable std::mutex mutex_;
  std::vector<std::string> messages_;
};

}  // namespace tessera::render::vulkan
