#pragma once

#include <array>
#include <cstdint>

#include "render/vulkan/kernel.h"

namespace tessera::render::vulkan {

/// Sorts pairs of 32-bit keys and values on the device, ascending and stable: least significant digit first, 4 bits a
/// pass (Satish, Harris, Garland 2009, "Designing efficient sorting algorithms for manycore GPUs"). Uses no subgroup
/// operation, so that the result cannot depend on the subgroup size. The number of pairs is read on the device: whoever
/// makes the pairs need not tell the CPU.
class RadixSort {
 public:
  /// Device memory for one pair: both of each in two places; the histogram is little beside them.
  static constexpr std::uint64_t kBytesOfPair = 4 * sizeof(std::uint32_t);
  /// For at most `capacity` pairs; `count` holds their number in its first word and must outlive the object. Throws
  /// scene::Error.
  RadixSort(Device& device, std::uint32_t capacity, const Buffer& count);
  /// The pairs, before and after.
  const Buffer& keys() const { return keys_[0]; }
  const Buffer& values() const { return values_[0]; }
  /// Expects compute shaders to have written the pairs and the count, and leaves them behind a compute barrier.
  void record(VkCommandBuffer commands) const;

 private:
  Device& device_;
  std::uint32_t blocks_;
  std::array<Buffer, 2> keys_, values_;  // a pass goes from one to the other
  Buffer histogram_;
  Kernel count_kernel_, scan_kernel_, scatter_kernel_;
  std::array<Bindings, 2> count_, scatter_;
  Bindings scan_;
};

}  // namespace tessera::render::vulkan
