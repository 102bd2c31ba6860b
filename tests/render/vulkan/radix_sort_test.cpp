#include "render/vulkan/radix_sort.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <random>
#include <vector>

#include "tests/support/vulkan_test.h"

namespace tessera::render::vulkan {
namespace {

using Pairs = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

class RadixSortTest : public test::VulkanTest {
 protected:
  static std::span<const std::byte> bytes(const std::vector<std::uint32_t>& words) {
    return std::as_bytes(std::span(words));
  }
  void upload(const Buffer& to, std::span<const std::byte> from) {
    if (from.empty()) return;
    Buffer staging(device(), from.size(), VK_BUFFER_USAGE_TRANSFER_SRC_BIT, Where::upload, "test");
    std::memcpy(staging.mapped(), from.data(), from.size());
    device().submit([&](VkCommandBuffer commands) {
      const VkBufferCopy region{0, 0, from.size()};
      device().f().vkCmdCopyBuffer(commands, staging.handle(), to.handle(), 1, &region);
      barrier(device(), commands, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_TRANSFER_WRITE_BIT,
              VK_PIPELINE_STAGE_ALL_COMMANDS_BIT, VK_ACCESS_MEMORY_READ_BIT);
    });
    device().retire(std::move(staging));
  }
  std::vector<std::uint32_t> download(const Buffer& from, std::size_t words) {
    Buffer to(device(), words * 4, VK_BUFFER_USAGE_TRANSFER_DST_BIT, Where::readback, "test");
    device().wait(device().submit([&](VkCommandBuffer commands) {
      barrier(device(), commands, VK_PIPELINE_STAGE_ALL_COMMANDS_BIT, VK_ACCESS_MEMORY_WRITE_BIT,
              VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_TRANSFER_READ_BIT);
      const VkBufferCopy region{0, 0, words * 4};
      device().f().vkCmdCopyBuffer(commands, from.handle(), to.handle(), 1, &region);
      barrier(device(), commands, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_TRANSFER_WRITE_BIT,
              VK_PIPELINE_STAGE_HOST_BIT, VK_ACCESS_HOST_READ_BIT);
    }));
    std::vector<std::uint32_t> result(words);
    std::memcpy(result.data(), to.mapped(), words * 4);
    return result;
  }
  /// Sorts on the device with room for `capacity` pairs; values are 0, 1, 2, ...
  Pairs sorted(const std::vector<std::uint32_t>& keys, std::uint32_t capacity) {
    Buffer count(device(), 4, VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT, Where::device,
                 "test");
    const RadixSort sort(device(), capacity, count);
    std::vector<std::uint32_t> values(keys.size());
    std::iota(values.begin(), values.end(), 0u);
    upload(count, bytes({static_cast<std::uint32_t>(keys.size())}));
    upload(sort.keys(), bytes(keys));
    upload(sort.values(), bytes(values));
    device().submit([&](VkCommandBuffer commands) { sort.record(commands); });
    Pairs pairs(keys.size());
    if (keys.empty()) return device().wait_idle(), pairs;
    const auto k = download(sort.keys(), keys.size()), v = download(sort.values(), keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) pairs[i] = {k[i], v[i]};
    return pairs;
  }
  static Pairs expected(const std::vector<std::uint32_t>& keys) {
    Pairs pairs(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) pairs[i] = {keys[i], static_cast<std::uint32_t>(i)};
    std::stable_sort(pairs.begin(), pairs.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return pairs;
  }
  static std::vector<std::uint32_t> random_keys(std::size_t n, std::uint32_t mask = 0xFFFFFFFF) {
    std::mt19937 generator(7);
    std::vector<std::uint32_t> keys(n);
    for (auto& key : keys) key = static_cast<std::uint32_t>(generator()) & mask;
    return keys;
  }
};

TEST_F(RadixSortTest, IsExactForEverySize) {
  for (const std::size_t n : {0u, 1u, 2u, 255u, 256u, 257u, 2047u, 2048u, 2049u, 65'537u}) {
    const auto keys = random_keys(n);
    EXPECT_EQ(sorted(keys, static_cast<std::uint32_t>(n)), expected(keys)) << n;
  }
}

TEST_F(RadixSortTest, SortsTwoMillionKeys) {
  const auto keys = random_keys(2'000'000);
  EXPECT_EQ(sorted(keys, 2'000'000), expected(keys));
}

TEST_F(RadixSortTest, KeepsTheOrderOfEqualKeys) {
  for (const std::uint32_t mask : {0u, 1u, 0xF0u, 0x80000000u}) {
    const auto keys = random_keys(10'000, mask);
    EXPECT_EQ(sorted(keys, 10'000), expected(keys)) << mask;
  }
}

TEST_F(RadixSortTest, TakesKeysThatAreInOrderOrInReverse) {
  std::vector<std::uint32_t> keys(5000);
  for (std::uint32_t i = 0; i < keys.size(); ++i) keys[i] = i * 800'003u;
  std::sort(keys.begin(), keys.end());
  EXPECT_EQ(sorted(keys, 5000), expected(keys));
  std::reverse(keys.begin(), keys.end());
  EXPECT_EQ(sorted(keys, 5000), expected(keys));
}

TEST_F(RadixSortTest, LeavesWhatIsPastTheCountAlone) {
  const auto keys = random_keys(3000);
  EXPECT_EQ(sorted(keys, 100'000), expected(keys));
}

}  // namespace
}  // namespace tessera::render::vulkan
