#include "render/vulkan/instance.h"

#include <dlfcn.h>
#include <link.h>

#include <algorithm>
#include <string_view>

#include "scene/error.h"
#include "scene/log.h"

namespace tessera::render::vulkan {
namespace {
constexpr const char* kValidationLayer = "VK_LAYER_KHRONOS_validation";

// The extensions of the window systems that Qt speaks; the last is macOS's.
constexpr const char* kSurfaces[] = {"VK_KHR_xcb_surface", "VK_KHR_xlib_surface", "VK_KHR_wayland_surface",
                                     "VK_KHR_win32_surface", "VK_EXT_metal_surface"};

/// Those of kSurfaces that the loader has, with what they stand on; nothing where it has none.
std::vector<const char*> surface_extensions(const Functions& f) {
  std::uint32_t count = 0;
  check(f.vkEnumerateInstanceExtensionProperties(nullptr, &count, nullptr), "vkEnumerateInstanceExtensionProperties");
  std::vector<VkExtensionProperties> known(count);
  check(f.vkEnumerateInstanceExtensionProperties(nullptr, &count, known.data()),
        "vkEnumerateInstanceExtensionProperties");
  const auto has = [&](std::string_view name) {
    return std::any_of(known.begin(), known.end(),
                       [&](const VkExtensionProperties& e) { return name == e.extensionName; });
  };
  std::vector<const char*> found;
  if (!has(VK_KHR_SURFACE_EXTENSION_NAME)) return found;
  for (const char* name : kSurfaces)
    if (has(name)) found.push_back(name);
  if (!found.empty()) found.push_back(VK_KHR_SURFACE_EXTENSION_NAME);
  return found;
}

/// Keeps the drivers in memory that the loader has just opened, and would close with the instance: they hold
/// allocations and thread-local destructors that outlive it, which an unmapped library makes into leaks and crashes.
void keep_drivers_loaded() {
  std::vector<std::string> files;
  const auto visit = [](dl_phdr_info* module, std::size_t, void* found) {
    const std::string_view name = module->dlpi_name;
    if (name.find("libvulkan_") != std::string_view::npos)
      static_cast<std::vector<std::string>*>(found)->emplace_back(name);
    return 0;
  };
  dl_iterate_phdr(visit, &files);
  for (const std::string& file : files) dlopen(file.c_str(), RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
}

}  // namespace

VKAPI_ATTR VkBool32 VKAPI_CALL Instance::on_message(VkDebugUtilsMessageSeverityFlagBitsEXT,
                                                    VkDebugUtilsMessageTypeFlagsEXT,
                                                    const VkDebugUtilsMessengerCallbackDataEXT* data, void* user) {
  auto* self = static_cast<Instance*>(user);
  scene::logger("render")->warn("vulkan: {}", data->pMessage);
  const std::lock_guard lock(self->mutex_);
  self->messages_.emplace_back(data->pMessage);
  return VK_FALSE;
}

Instance::Instance(const InstanceOptions& options) : f_(open_loader(options.loader)) {
  std::uint32_t version = VK_API_VERSION_1_0;
  if (f_.vkEnumerateInstanceVersion) check(f_.vkEnumerateInstanceVersion(&version), "vkEnumerateInstanceVersion");
  if (version < VK_API_VERSION_1_2)
    throw scene::Error("Vulkan", "the installed loader is older than 1.2", "install a newer libvulkan1");

  const VkApplicationInfo application{
      VK_STRUCTURE_TYPE_APPLICATION_INFO, nullptr, "tessera", 1, "tessera", 1, VK_API_VERSION_1_2};
  std::vector<const char*> extensions;
  if (options.window) extensions = surface_extensions(f_);
  has_surfaces_ = !extensions.empty();
  for (const std::string& name : options.extensions) extensions.push_back(name.c_str());
  VkDebugUtilsMessengerCreateInfoEXT messenger{VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT};
  messenger.messageSeverity =
      VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT;
  messenger.messageType =
      VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_TYPE_PERFORMANCE_BIT_EXT;
  messenger.pfnUserCallback = &Instance::on_message;
  messenger.pUserData = this;
  VkInstanceCreateInfo info{VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO};
  info.pApplicationInfo = &application;
  if (options.validation) {
    extensions.push_back(VK_EXT_DEBUG_UTILS_EXTENSION_NAME);
    info.pNext = &messenger;
    info.enabledLayerCount = 1;
    info.ppEnabledLayerNames = &kValidationLayer;
  }
  info.enabledExtensionCount = static_cast<std::uint32_t>(extensions.size());
  info.ppEnabledExtensionNames = extensions.data();
  check(f_.vkCreateInstance(&info, nullptr, &handle_), "vkCreateInstance");
  f_.load_instance(handle_);
  keep_drivers_loaded();
  if (options.validation)
    check(f_.vkCreateDebugUtilsMessengerEXT(handle_, &messenger, nullptr, &messenger_),
          "vkCreateDebugUtilsMessengerEXT");
}

Instance::~Instance() {
  if (messenger_) f_.vkDestroyDebugUtilsMessengerEXT(handle_, messenger_, nullptr);
  if (handle_) f_.vkDestroyInstance(handle_, nullptr);
}

std::vector<std::string> Instance::messages() const {
  const std::lock_guard lock(mutex_);
  return messages_;
}

}  // namespace tessera::render::vulkan
