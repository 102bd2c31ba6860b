#include "render/vulkan/radix_sort.h"

namespace tessera::render::vulkan {
namespace {

constexpr std::uint32_t kCount[] =
#include "radix_count.comp.inc"
    ;
constexpr std::uint32_t kScan[] =
#include "radix_scan.comp.inc"
    ;
constexpr std::uint32_t kScatter[] =
#include "radix_scatter.comp.inc"
    ;

// Of shaders/radix.glsl.
constexpr std::uint32_t kKeysOfBlock = 2048, kDigits = 16, kDigitBits = 4;

std::uint32_t blocks_for(std::uint32_t capacity) { return (capacity + kKeysOfBlock - 1) / kKeysOfBlock; }

std::array<Buffer, 2> make_pair(Device& device, std::uint32_t capacity, const char* what) {
  const std::uint64_t bytes = std::uint64_t{blocks_for(capacity)} * kKeysOfBlock * sizeof(std::uint32_t);
  const auto one = [&] {
    return Buffer(
        device, bytes,
        VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT,
        Where::device, what);
  };
  return {one(), one()};
}

}  // namespace

RadixSort::RadixSort(Device& device, std::uint32_t capacity, const Buffer& count)
    : device_(device),
      blocks_(blocks_for(capacity)),
      keys_(make_pair(device, capacity, "sort/keys")),
      values_(make_pair(device, capacity, "sort/values")),
      histogram_(device, std::uint64_t{blocks_} * kDigits * sizeof(std::uint32_t), VK_BUFFER_USAGE_STORAGE_BUFFER_BIT,
                 Where::device, "sort/histogram"),
      count_kernel_(device, kCount, 3, sizeof(std::uint32_t), "radix count"),
      scan_kernel_(device, kScan, 2, 0, "radix scan"),
      scatter_kernel_(device, kScatter, 6, sizeof(std::uint32_t), "radix scatter"),
      scan_(scan_kernel_.bind({count.handle(), histogram_.handle()})) {
  for (std::size_t from = 0; from < 2; ++from) {
    count_[from] = count_kernel_.bind({keys_[from].handle(), count.handle(), histogram_.handle()});
    scatter_[from] = scatter_kernel_.bind({keys_[from].handle(), values_[from].handle(), count.handle(),
                                           histogram_.handle(), keys_[1 - from].handle(), values_[1 - from].handle()});
  }
}

void RadixSort::record(VkCommandBuffer commands) const {
  for (std::uint32_t shift = 0; shift < 32; shift += kDigitBits) {
    const std::size_t from = shift / kDigitBits % 2;
    count_kernel_.dispatch(commands, count_[from], shift, blocks_);
    compute_barrier(device_, commands);
    scan_kernel_.dispatch(commands, scan_, shift, blocks_ ? 1 : 0);
    compute_barrier(device_, commands);
    scatter_kernel_.dispatch(commands, scatter_[from], shift, blocks_);
    compute_barrier(device_, commands);
  }
}

}  // namespace tessera::render::vulkan
