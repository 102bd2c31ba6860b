#include "render/vulkan/device.h"

#include <algorithm>
#include <limits>
#include <string_view>

#include "scene/error.h"

namespace tessera::render::vulkan {
namespace {

constexpr VkQueueFlags kQueue = VK_QUEUE_GRAPHICS_BIT | VK_QUEUE_COMPUTE_BIT;

int rank_of(VkPhysicalDeviceType type) {
  switch (type) {
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
      return 4;
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU:
      return 3;
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU:
      return 2;
    default:
      return 1;
  }
}

std::uint32_t queue_family(const Functions& f, VkPhysicalDevice device, const Device::Usable& usable) {
  std::uint32_t count = 0;
  f.vkGetPhysicalDeviceQueueFamilyProperties(device, &count, nullptr);
  std::vector<VkQueueFamilyProperties> families(count);
  f.vkGetPhysicalDeviceQueueFamilyProperties(device, &count, families.data());
  for (std::uint32_t i = 0; i < count; ++i)
    if ((families[i].queueFlags & kQueue) == kQueue && (!usable || usable(device, i))) return i;
  return std::numeric_limits<std::uint32_t>::max();
}

bool has_extension(const Functions& f, VkPhysicalDevice device, std::string_view name) {
  std::uint32_t count = 0;
  check(f.vkEnumerateDeviceExtensionProperties(device, nullptr, &count, nullptr),
        "vkEnumerateDeviceExtensionProperties");
  std::vector<VkExtensionProperties> known(count);
  check(f.vkEnumerateDeviceExtensionProperties(device, nullptr, &count, known.data()),
        "vkEnumerateDeviceExtensionProperties");
  return std::any_of(known.begin(), known.end(),
                     [&](const VkExtensionProperties& e) { return name == e.extensionName; });
}

}  // namespace

Device::Device(const Instance& instance, const std::string& wanted, const std::vector<const char*>& extensions,
               const Usable& usable)
    : f_(instance.functions()), validating_(instance.validating()) {
  choose(instance, wanted, extensions, usable);
  read_capabilities();
  VkSemaphoreTypeCreateInfo type{VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO};
  type.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE;
  const VkSemaphoreCreateInfo semaphore{VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO, &type};
  VkSemaphore timeline = VK_NULL_HANDLE;
  check(f_.vkCreateSemaphore(handle_, &semaphore, nullptr, &timeline), "vkCreateSemaphore");
  timeline_ = {f_, handle_, timeline};
  VkCommandPoolCreateInfo pool{VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO};
  pool.flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT;
  pool.queueFamilyIndex = family_;
  VkCommandPool made = VK_NULL_HANDLE;
  check(f_.vkCreateCommandPool(handle_, &pool, nullptr, &made), "vkCreateCommandPool");
  pool_ = {f_, handle_, made};
}

Device::~Device() {
  f_.vkDeviceWaitIdle(handle_);
  retired_.clear();
  pool_ = {};
  timeline_ = {};
  f_.vkDestroyDevice(handle_, nullptr);
}

void Device::choose(const Instance& instance, const std::string& wanted, const std::vector<const char*>& extensions,
                    const Usable& usable) {
  std::uint32_t count = 0;
  check(f_.vkEnumeratePhysicalDevices(instance.handle(), &count, nullptr), "vkEnumeratePhysicalDevices");
  std::vector<VkPhysicalDevice> devices(count);
  check(f_.vkEnumeratePhysicalDevices(instance.handle(), &count, devices.data()), "vkEnumeratePhysicalDevices");
  if (devices.empty()) throw scene::Error("Vulkan", "there is no device", "install your graphics card's driver");

  int best = 0;
  std::string refused;
  for (VkPhysicalDevice candidate : devices) {
    VkPhysicalDeviceProperties2 properties{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2};
    f_.vkGetPhysicalDeviceProperties2(candidate, &properties);
    const std::string name = properties.properties.deviceName;
    const auto refuse = [&](const std::string& why) { refused += (refused.empty() ? "" : ", ") + name + " " + why; };
    if (!wanted.empty() && name.find(wanted) == std::string::npos) {
      refuse("is not the one asked for");
      continue;
    }
    if (properties.properties.apiVersion < VK_API_VERSION_1_2) {
      refuse("is older than Vulkan 1.2");
      continue;
    }
    VkPhysicalDeviceVulkan12Features features12{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES};
    VkPhysicalDeviceFeatures2 features{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2, &features12};
    f_.vkGetPhysicalDeviceFeatures2(candidate, &features);
    const std::uint32_t family = queue_family(f_, candidate, usable);
    if (!features12.timelineSemaphore)
      refuse("has no timeline semaphores");
    else if (family == std::numeric_limits<std::uint32_t>::max())
      refuse("has no queue that draws and computes");
    else if (rank_of(properties.properties.deviceType) > best) {
      best = rank_of(properties.properties.deviceType);
      physical_ = candidate, family_ = family;
    }
  }
  if (!physical_) throw scene::Error("Vulkan", "no device can be used (" + refused + ")", "update its driver");

  // What is newer than Vulkan 1.2, or optional, is used where it is there.
  std::vector<const char*> enabled = extensions;
  const auto take = [&](const char* name) {
    const bool there = has_extension(f_, physical_, name);
    if (there) enabled.push_back(name);
    return there;
  };
  capabilities_.swapchain = instance.has_surfaces() && take(VK_KHR_SWAPCHAIN_EXTENSION_NAME);
  capabilities_.memory_budget = take(VK_EXT_MEMORY_BUDGET_EXTENSION_NAME);

  const float priority = 1;
  VkDeviceQueueCreateInfo queue{VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO};
  queue.queueFamilyIndex = family_, queue.queueCount = 1, queue.pQueuePriorities = &priority;
  VkPhysicalDeviceVulkan12Features features12{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES};
  features12.timelineSemaphore = VK_TRUE;
  VkDeviceCreateInfo info{VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO, &features12};
  info.queueCreateInfoCount = 1, info.pQueueCreateInfos = &queue;
  info.enabledExtensionCount = static_cast<std::uint32_t>(enabled.size());
  info.ppEnabledExtensionNames = enabled.data();
  check(f_.vkCreateDevice(physical_, &info, nullptr, &handle_), "vkCreateDevice");
  f_.load_device(handle_);
  f_.vkGetDeviceQueue(handle_, family_, 0, &queue_);
}

void Device::read_capabilities() {
  VkPhysicalDeviceMaintenance3Properties maintenance3{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES};
  VkPhysicalDeviceSubgroupProperties subgroup{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES, &maintenance3};
  VkPhysicalDeviceProperties2 properties{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, &subgroup};
  f_.vkGetPhysicalDeviceProperties2(physical_, &properties);
  f_.vkGetPhysicalDeviceMemoryProperties(physical_, &memory_types_);
  const VkPhysicalDeviceLimits& limits = properties.properties.limits;
  capabilities_.name = properties.properties.deviceName;
  capabilities_.cpu = properties.properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU;
  capabilities_.subgroup_size = subgroup.subgroupSize;
  capabilities_.max_storage_range = limits.maxStorageBufferRange;
  capabilities_.max_allocation = maintenance3.maxMemoryAllocationSize;
  capabilities_.max_image_side = limits.maxImageDimension2D;
  capabilities_.max_groups = limits.maxComputeWorkGroupCount[0];
  for (std::uint32_t i = 0; i < memory_types_.memoryHeapCount; ++i)
    if (memory_types_.memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT)
      capabilities_.local_memory =
          std::max<std::uint64_t>(capabilities_.local_memory, memory_types_.memoryHeaps[i].size);
}

std::uint32_t Device::memory_type(std::uint32_t allowed, VkMemoryPropertyFlags wanted) const {
  for (std::uint32_t i = 0; i < memory_types_.memoryTypeCount; ++i)
    if ((allowed >> i & 1) && (memory_types_.memoryTypes[i].propertyFlags & wanted) == wanted) return i;
  throw scene::Error("Vulkan", capabilities_.name + " has no memory of the kind that is needed", "update its driver");
}

void Device::collect() {
  std::uint64_t reached = 0;
  check(f_.vkGetSemaphoreCounterValue(handle_, timeline_.get(), &reached), "vkGetSemaphoreCounterValue");
  std::erase_if(retired_, [&](const auto& entry) { return entry.first <= reached; });
}

std::uint64_t Device::free_memory() const {
  std::uint64_t free = capabilities_.local_memory, taken = 0;
  for (const auto& [what, bytes] : *memory_) taken += bytes;
  free -= std::min(free, taken);
  if (!capabilities_.memory_budget) return free;
  VkPhysicalDeviceMemoryBudgetPropertiesEXT budget{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT};
  VkPhysicalDeviceMemoryProperties2 properties{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2, &budget};
  f_.vkGetPhysicalDeviceMemoryProperties2(physical_, &properties);
  std::uint64_t left = 0;
  for (std::uint32_t i = 0; i < memory_types_.memoryHeapCount; ++i)
    if (memory_types_.memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT)
      left = std::max<std::uint64_t>(left, budget.heapBudget[i] - std::min(budget.heapBudget[i], budget.heapUsage[i]));
  return std::min(free, left);
}

std::uint64_t Device::submit(const Record& record, const Sync& sync) {
  collect();
  auto free = std::find_if(commands_.begin(), commands_.end(), [&](const Commands& c) { return done(c.ticket); });
  if (free == commands_.end()) {
    VkCommandBufferAllocateInfo allocate{VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO};
    allocate.commandPool = pool_.get();
    allocate.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY;
    allocate.commandBufferCount = 1;
    Commands commands;
    check(f_.vkAllocateCommandBuffers(handle_, &allocate, &commands.buffer), "vkAllocateCommandBuffers");
    free = commands_.insert(commands_.end(), commands);
  }
  check(f_.vkResetCommandBuffer(free->buffer, 0), "vkResetCommandBuffer");
  VkCommandBufferBeginInfo begin{VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
  begin.flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT;
  check(f_.vkBeginCommandBuffer(free->buffer, &begin), "vkBeginCommandBuffer");
  record(free->buffer);
  check(f_.vkEndCommandBuffer(free->buffer), "vkEndCommandBuffer");

  const std::uint64_t ticket = ticket_ + 1;
  VkTimelineSemaphoreSubmitInfo timeline{VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO};
  // Values of binary semaphores are not looked at.
  const std::uint64_t values[] = {ticket, 0}, nothing = 0;
  const VkSemaphore signals[] = {timeline_.get(), sync.signal};
  const VkPipelineStageFlags stage = VK_PIPELINE_STAGE_COLOR_ATTACHMENT_OUTPUT_BIT;
  timeline.signalSemaphoreValueCount = sync.signal ? 2 : 1, timeline.pSignalSemaphoreValues = values;
  timeline.waitSemaphoreValueCount = sync.wait ? 1 : 0, timeline.pWaitSemaphoreValues = &nothing;
  VkSubmitInfo submit{VK_STRUCTURE_TYPE_SUBMIT_INFO, &timeline};
  submit.commandBufferCount = 1, submit.pCommandBuffers = &free->buffer;
  submit.signalSemaphoreCount = timeline.signalSemaphoreValueCount, submit.pSignalSemaphores = signals;
  submit.waitSemaphoreCount = timeline.waitSemaphoreValueCount, submit.pWaitSemaphores = &sync.wait;
  submit.pWaitDstStageMask = &stage;
  check(f_.vkQueueSubmit(queue_, 1, &submit, VK_NULL_HANDLE), "vkQueueSubmit");
  free->ticket = ticket_ = ticket;
  return ticket;
}

bool Device::done(std::uint64_t ticket) const {
  std::uint64_t reached = 0;
  check(f_.vkGetSemaphoreCounterValue(handle_, timeline_.get(), &reached), "vkGetSemaphoreCounterValue");
  return reached >= ticket;
}

void Device::wait(std::uint64_t ticket) const {
  const VkSemaphore semaphore = timeline_.get();
  VkSemaphoreWaitInfo info{VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO};
  info.semaphoreCount = 1, info.pSemaphores = &semaphore, info.pValues = &ticket;
  check(f_.vkWaitSemaphores(handle_, &info, std::numeric_limits<std::uint64_t>::max()), "vkWaitSemaphores");
}

void Device::wait_idle() const { check(f_.vkDeviceWaitIdle(handle_), "vkDeviceWaitIdle"); }

void Device::name_object(VkObjectType type, std::uint64_t handle, const std::string& name) const {
  if (!validating_ || !f_.vkSetDebugUtilsObjectNameEXT) return;
  VkDebugUtilsObjectNameInfoEXT info{VK_STRUCTURE_TYPE_DEBUG_UTILS_OBJECT_NAME_INFO_EXT};
  info.objectType = type, info.objectHandle = handle, info.pObjectName = name.c_str();
  check(f_.vkSetDebugUtilsObjectNameEXT(handle_, &info), "vkSetDebugUtilsObjectNameEXT");
}

std::shared_ptr<void> Device::account(const std::string& what, std::uint64_t bytes) {
  (*memory_)[what] += bytes;
  // The tree is shared: memory may outlive the device object by a moment, inside what it retires.
  return {nullptr, [memory = memory_, what, bytes](void*) {
            const auto entry = memory->find(what);
            if ((entry->second -= bytes) == 0) memory->erase(entry);
          }};
}

}  // namespace tessera::render::vulkan
