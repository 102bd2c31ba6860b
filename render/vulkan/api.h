#pragma once

// The Vulkan loader is opened at run time, not linked: a program that never draws with Vulkan starts on a machine
// without it.
#define VK_NO_PROTOTYPES
#include <vulkan/vulkan.h>

#include <string>

namespace tessera::render::vulkan {

// Every entry point that this room calls; one line here is all that a new one needs. Those of an extension (KHR) are
// null where its extension is not there.
#define TESSERA_VK_GLOBAL(X)            \
  X(vkCreateInstance)                   \
  X(vkEnumerateInstanceVersion)         \
  X(vkEnumerateInstanceLayerProperties) \
  X(vkEnumerateInstanceExtensionProperties)
#define TESSERA_VK_INSTANCE(X)                 \
  X(vkDestroyInstance)                         \
  X(vkEnumeratePhysicalDevices)                \
  X(vkEnumerateDeviceExtensionProperties)      \
  X(vkGetPhysicalDeviceProperties2)            \
  X(vkGetPhysicalDeviceFeatures2)              \
  X(vkGetPhysicalDeviceMemoryProperties)       \
  X(vkGetPhysicalDeviceMemoryProperties2)      \
  X(vkGetPhysicalDeviceQueueFamilyProperties)  \
  X(vkGetPhysicalDeviceSurfaceSupportKHR)      \
  X(vkGetPhysicalDeviceSurfaceCapabilitiesKHR) \
  X(vkGetPhysicalDeviceSurfaceFormatsKHR)      \
  X(vkCreateDevice)                            \
  X(vkGetDeviceProcAddr)
#define TESSERA_VK_DEVICE(X)       \
  X(vkDestroyDevice)               \
  X(vkGetDeviceQueue)              \
  X(vkDeviceWaitIdle)              \
  X(vkQueueSubmit)                 \
  X(vkCreateSemaphore)             \
  X(vkDestroySemaphore)            \
  X(vkGetSemaphoreCounterValue)    \
  X(vkWaitSemaphores)              \
  X(vkCreateCommandPool)           \
  X(vkDestroyCommandPool)          \
  X(vkAllocateCommandBuffers)      \
  X(vkResetCommandBuffer)          \
  X(vkBeginCommandBuffer)          \
  X(vkEndCommandBuffer)            \
  X(vkCreateBuffer)                \
  X(vkDestroyBuffer)               \
  X(vkGetBufferMemoryRequirements) \
  X(vkBindBufferMemory)            \
  X(vkCreateImage)                 \
  X(vkDestroyImage)                \
  X(vkGetImageMemoryRequirements)  \
  X(vkBindImageMemory)             \
  X(vkCreateImageView)             \
  X(vkDestroyImageView)            \
  X(vkCreateSampler)               \
  X(vkDestroySampler)              \
  X(vkAllocateMemory)              \
  X(vkFreeMemory)                  \
  X(vkMapMemory)                   \
  X(vkCreateShaderModule)          \
  X(vkDestroyShaderModule)         \
  X(vkCreateDescriptorSetLayout)   \
  X(vkDestroyDescriptorSetLayout)  \
  X(vkCreateDescriptorPool)        \
  X(vkDestroyDescriptorPool)       \
  X(vkAllocateDescriptorSets)      \
  X(vkUpdateDescriptorSets)        \
  X(vkCreatePipelineLayout)        \
  X(vkDestroyPipelineLayout)       \
  X(vkCreateComputePipelines)      \
  X(vkCreateGraphicsPipelines)     \
  X(vkDestroyPipeline)             \
  X(vkCreateRenderPass)            \
  X(vkDestroyRenderPass)           \
  X(vkCreateFramebuffer)           \
  X(vkDestroyFramebuffer)          \
  X(vkCmdPipelineBarrier)          \
  X(vkCmdBindPipeline)             \
  X(vkCmdBindDescriptorSets)       \
  X(vkCmdPushConstants)            \
  X(vkCmdDispatch)                 \
  X(vkCmdFillBuffer)               \
  X(vkCmdCopyBuffer)               \
  X(vkCmdCopyImageToBuffer)        \
  X(vkCmdCopyBufferToImage)        \
  X(vkCmdBeginRenderPass)          \
  X(vkCmdEndRenderPass)            \
  X(vkCmdSetViewport)              \
  X(vkCmdSetScissor)               \
  X(vkCmdDraw)                     \
  X(vkCmdDrawIndirect)             \
  X(vkCreateSwapchainKHR)          \
  X(vkDestroySwapchainKHR)         \
  X(vkGetSwapchainImagesKHR)       \
  X(vkAcquireNextImageKHR)         \
  X(vkQueuePresentKHR)

/// Entry points; null until loaded.
struct Functions {
#define TESSERA_VK_MEMBER(name) PFN_##name name = nullptr;
  TESSERA_VK_GLOBAL(TESSERA_VK_MEMBER)
  TESSERA_VK_INSTANCE(TESSERA_VK_MEMBER)
  TESSERA_VK_DEVICE(TESSERA_VK_MEMBER)
#undef TESSERA_VK_MEMBER
  PFN_vkGetInstanceProcAddr vkGetInstanceProcAddr = nullptr;
  PFN_vkCreateDebugUtilsMessengerEXT vkCreateDebugUtilsMessengerEXT = nullptr;    // with validation only
  PFN_vkDestroyDebugUtilsMessengerEXT vkDestroyDebugUtilsMessengerEXT = nullptr;  // likewise
  PFN_vkSetDebugUtilsObjectNameEXT vkSetDebugUtilsObjectNameEXT = nullptr;        // likewise

  void load_instance(VkInstance instance);
  void load_device(VkDevice device);
};

/// Opens the loader (once; it stays) and finds its global functions. `library`: the loader's file name. Throws
/// scene::Error where there is none.
Functions open_loader(const std::string& library);

/// Throws scene::Error naming the call where `result` is an error.
void check(VkResult result, const char* call);

}  // namespace tessera::render::vulkan
