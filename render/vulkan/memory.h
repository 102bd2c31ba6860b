#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "render/vulkan/device.h"
#include "scene/error.h"

namespace tessera::render::vulkan {

enum class Where {
  device,    // fast for the device
  upload,    // written by the CPU, mapped for good
  readback,  // read by the CPU, mapped for good
};

/// The device has no room for something.
class OutOfMemory : public scene::Error {
 public:
  using scene::Error::Error;
};

/// A buffer and the memory under it.
class Buffer {
 public:
  Buffer() = default;
  /// Throws OutOfMemory naming `what` where the device has no room. At least 16 bytes are made.
  Buffer(Device& device, std::uint64_t bytes, VkBufferUsageFlags usage, Where where, const std::string& what);
  VkBuffer handle() const { return buffer_.get(); }
  std::uint64_t bytes() const { return bytes_; }
  std::byte* mapped() const { return mapped_; }
  explicit operator bool() const { return static_cast<bool>(buffer_); }

 private:
  std::shared_ptr<void> account_;
  MemoryHandle memory_;  // before the buffer: freed after it
  BufferHandle buffer_;
  std::uint64_t bytes_ = 0;
  std::byte* mapped_ = nullptr;
};

/// A picture on the device, by default a colour attachment that may be copied from.
class Image {
 public:
  Image() = default;
  static constexpr VkImageUsageFlags kTarget = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT;
  Image(Device& device, int width, int height, VkFormat format, const std::string& what,
        VkImageUsageFlags usage = kTarget);
  VkImage handle() const { return image_.get(); }
  VkImageView view() const { return view_.get(); }
  int width() const { return width_; }
  int height() const { return height_; }

 private:
  std::shared_ptr<void> account_;
  MemoryHandle memory_;
  ImageHandle image_;
  ImageViewHandle view_;
  int width_ = 0, height_ = 0;
};

ImageViewHandle make_view(Device& device, VkImage image, VkFormat format);

/// Everything written before is seen by everything after: `from` and `to` are the stages on either side. One global
/// barrier costs what many buffer barriers would on today's drivers.
void barrier(const Device& device, VkCommandBuffer commands, VkPipelineStageFlags from, VkAccessFlags written,
             VkPipelineStageFlags to, VkAccessFlags read);
/// From a compute pass to the next.
void compute_barrier(const Device& device, VkCommandBuffer commands);

}  // namespace tessera::render::vulkan
