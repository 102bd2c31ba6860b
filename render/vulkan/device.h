#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "render/vulkan/handle.h"
#include "render/vulkan/instance.h"

namespace tessera::render::vulkan {

/// What the chosen device can do, asked once.
struct Capabilities {
  std::string name;
  bool cpu = false;  // a software device: the CPU rasteriser is the faster one
  std::uint32_t subgroup_size = 0;
  std::uint64_t max_storage_range = 0;  // bytes that one binding may hold
  std::uint64_t max_allocation = 0;     // bytes of one allocation
  std::uint64_t local_memory = 0;       // bytes of the largest device-local heap
  std::uint32_t max_image_side = 0;
  std::uint32_t max_groups = 0;  // workgroups of a dispatch along x
  bool swapchain = false;        // VK_KHR_swapchain is there, and surfaces to use it with
  bool memory_budget = false;    // VK_EXT_memory_budget: says what other programs leave
};

/// One device with one queue that draws and computes. Serves one thread at a time.
class Device {
 public:
  /// Picks a discrete card before an integrated one before a CPU, or the one whose name contains `wanted`. `usable` may
  /// refuse a queue family (one that cannot present). `extensions`: of the device. Throws scene::Error with the reason
  /// where none will do.
  using Usable = std::function<bool(VkPhysicalDevice, std::uint32_t family)>;
  explicit Device(const Instance& instance, const std::string& wanted = {},
                  const std::vector<const char*>& extensions = {}, const Usable& usable = {});
  ~Device();
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  const Functions& f() const { return f_; }
  /// For tests, which put failing entry points in place of the driver's.
  Functions& entry_points() { return f_; }
  VkDevice handle() const { return handle_; }
  VkPhysicalDevice physical() const { return physical_; }
  VkQueue queue() const { return queue_; }
  std::uint32_t family() const { return family_; }
  const Capabilities& capabilities() const { return capabilities_; }

  /// Memory type with all of `wanted`, else throws.
  std::uint32_t memory_type(std::uint32_t allowed, VkMemoryPropertyFlags wanted) const;

  /// Records and submits without waiting. Returns the ticket: the timeline's value once the work is done. Command
  /// buffers are taken from a ring and reused when theirs is done.
  using Record = std::function<void(VkCommandBuffer)>;
  std::uint64_t submit(const Record& record) { return submit(record, {}); }
  /// Binary semaphores of a swapchain: `wait` before anything is written to an attachment, `signal` when all is done.
  struct Sync {
    VkSemaphore wait = VK_NULL_HANDLE, signal = VK_NULL_HANDLE;
  };
  std::uint64_t submit(const Record& record, const Sync& sync);
  bool done(std::uint64_t ticket) const;
  void wait(std::uint64_t ticket) const;  // throws scene::Error where the device is lost
  void wait_idle() const;
  /// Bytes of its own memory that are left, as far as the driver says or this program has taken them.
  std::uint64_t free_memory() const;
  /// Keeps `object` until all work submitted so far is done.
  template <class T>
  void retire(T object) {
    retired_.emplace_back(ticket_, std::make_shared<T>(std::move(object)));
  }

  void collect();  // lets go of what is retired and done, as submit() does

  /// A name for messages of the validation layer.
  void name_object(VkObjectType type, std::uint64_t handle, const std::string& name) const;
  /// Bytes on the device by what they are for. The tree's levels are separated by '/': "model/sh".
  const std::map<std::string, std::uint64_t>& memory_tree() const { return *memory_; }
  /// Adds `bytes` under a name until the returned object goes.
  std::shared_ptr<void> account(const std::string& what, std::uint64_t bytes);

 private:
  void choose(const Instance& instance, const std::string& wanted, const std::vector<const char*>& extensions,
              const Usable& usable);
  void read_capabilities();

  struct Commands {
    VkCommandBuffer buffer = VK_NULL_HANDLE;
    std::uint64_t ticket = 0;
  };
  Functions f_;
  bool validating_ = false;
  VkPhysicalDevice physical_ = VK_NULL_HANDLE;
  VkDevice handle_ = VK_NULL_HANDLE;
  VkQueue queue_ = VK_NULL_HANDLE;
  std::uint32_t family_ = 0;
  Capabilities capabilities_;
  VkPhysicalDeviceMemoryProperties memory_types_{};
  SemaphoreHandle timeline_;
  CommandPoolHandle pool_;
  std::vector<Commands> commands_;
  std::uint64_t ticket_ = 0;  // last one given out
  std::vector<std::pair<std::uint64_t, std::shared_ptr<void>>> retired_;
  std::shared_ptr<std::map<std::string, std::uint64_t>> memory_ =
      std::make_shared<std::map<std::string, std::uint64_t>>();
};

}  // namespace tessera::render::vulkan
