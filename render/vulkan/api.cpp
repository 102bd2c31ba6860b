#include "render/vulkan/api.h"

#include <dlfcn.h>

#include "scene/error.h"

namespace tessera::render::vulkan {
namespace {

const char* result_text(VkResult result) {
  switch (result) {
    case VK_ERROR_OUT_OF_HOST_MEMORY:
      return "the machine is out of memory";
    case VK_ERROR_OUT_OF_DEVICE_MEMORY:
      return "the graphics device is out of memory";
    case VK_ERROR_DEVICE_LOST:
      return "the graphics device was lost";
    case VK_ERROR_INCOMPATIBLE_DRIVER:
      return "no driver was found";
    case VK_ERROR_INITIALIZATION_FAILED:
      return "the driver did not start";
    case VK_ERROR_LAYER_NOT_PRESENT:
      return "the validation layer is not installed";
    case VK_ERROR_EXTENSION_NOT_PRESENT:
      return "the driver lacks an extension";
    case VK_ERROR_FEATURE_NOT_PRESENT:
      return "the driver lacks a feature";
    case VK_ERROR_SURFACE_LOST_KHR:
      return "the window's surface was lost";
    default:
      return nullptr;
  }
}

}  // namespace

Functions open_loader(const std::string& library) {
  // Never closed: drivers leave threads behind that would then run in unmapped code.
  void* handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    throw scene::Error("Vulkan", "its loader " + library + " is not installed",
                       "install libvulkan1 and your graphics card's driver");
  void* symbol = dlsym(handle, "vkGetInstanceProcAddr");
  if (!symbol) throw scene::Error("Vulkan", library + " is not a Vulkan loader", "install libvulkan1 anew");
  Functions f;
  f.vkGetInstanceProcAddr = reinterpret_cast<PFN_vkGetInstanceProcAddr>(symbol);
#define TESSERA_VK_LOAD(name) f.name = reinterpret_cast<PFN_##name>(f.vkGetInstanceProcAddr(VK_NULL_HANDLE, #name));
  TESSERA_VK_GLOBAL(TESSERA_VK_LOAD)
#undef TESSERA_VK_LOAD
  return f;
}

void Functions::load_instance(VkInstance instance) {
#define TESSERA_VK_LOAD(name) name = reinterpret_cast<PFN_##name>(vkGetInstanceProcAddr(instance, #name));
  TESSERA_VK_INSTANCE(TESSERA_VK_LOAD)
  TESSERA_VK_LOAD(vkCreateDebugUtilsMessengerEXT)
  TESSERA_VK_LOAD(vkDestroyDebugUtilsMessengerEXT)
  TESSERA_VK_LOAD(vkSetDebugUtilsObjectNameEXT)
#undef TESSERA_VK_LOAD
}

void Functions::load_device(VkDevice device) {
#define TESSERA_VK_LOAD(name) name = reinterpret_cast<PFN_##name>(vkGetDeviceProcAddr(device, #name));
  TESSERA_VK_DEVICE(TESSERA_VK_LOAD)
#undef TESSERA_VK_LOAD
}

void check(VkResult result, const char* call) {
  if (result >= 0) return;
  const char* text = result_text(result);
  throw scene::Error("Vulkan", std::string(call) + " failed: " + (text ? text : "error " + std::to_string(result)));
}

}  // namespace tessera::render::vulkan
