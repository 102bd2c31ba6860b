#include "render/vulkan/memory.h"

#include <algorithm>

#include "scene/error.h"

namespace tessera::render::vulkan {
namespace {

constexpr std::uint64_t kSmallest = 16;  // Vulkan has no empty buffers

VkMemoryPropertyFlags properties_of(Where where) {
  if (where == Where::device) return VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT;
  return VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
}

MemoryHandle allocate(Device& device, const VkMemoryRequirements& needs, Where where, const std::string& what) {
  VkMemoryAllocateInfo info{VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO};
  info.allocationSize = needs.size;
  info.memoryTypeIndex = device.memory_type(needs.memoryTypeBits, properties_of(where));
  VkDeviceMemory memory = VK_NULL_HANDLE;
  const VkResult result = device.f().vkAllocateMemory(device.handle(), &info, nullptr, &memory);
  if (result == VK_ERROR_OUT_OF_DEVICE_MEMORY || result == VK_ERROR_OUT_OF_HOST_MEMORY)
    throw OutOfMemory(device.capabilities().name,
                      "has no room for " + std::to_string((needs.size >> 20) + 1) + " MiB more (" + what + ")",
                      "close other programs, or open a model with fewer splats");
  check(result, "vkAllocateMemory");
  return {device.f(), device.handle(), memory};
}

}  // namespace

Buffer::Buffer(Device& device, std::uint64_t bytes, VkBufferUsageFlags usage, Where where, const std::string& what)
    : bytes_(std::max(bytes, kSmallest)) {
  VkBufferCreateInfo info{VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO};
  info.size = bytes_;
  info.usage = usage;
  VkBuffer buffer = VK_NULL_HANDLE;
  check(device.f().vkCreateBuffer(device.handle(), &info, nullptr, &buffer), "vkCreateBuffer");
  buffer_ = {device.f(), device.handle(), buffer};
  device.name_object(VK_OBJECT_TYPE_BUFFER, reinterpret_cast<std::uint64_t>(buffer), what);
  VkMemoryRequirements needs;
  device.f().vkGetBufferMemoryRequirements(device.handle(), buffer, &needs);
  memory_ = allocate(device, needs, where, what);
  account_ = device.account(what, needs.size);
  check(device.f().vkBindBufferMemory(device.handle(), buffer, memory_.get(), 0), "vkBindBufferMemory");
  if (where == Where::device) return;
  void* mapped = nullptr;
  check(device.f().vkMapMemory(device.handle(), memory_.get(), 0, VK_WHOLE_SIZE, 0, &mapped), "vkMapMemory");
  mapped_ = static_cast<std::byte*>(mapped);
}

Image::Image(Device& device, int width, int height, VkFormat format, const std::string& what, VkImageUsageFlags usage)
    : width_(width), height_(height) {
  VkImageCreateInfo info{VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO};
  info.imageType = VK_IMAGE_TYPE_2D;
  info.format = format;
  info.extent = {static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height), 1};
  info.mipLevels = info.arrayLayers = 1;
  info.samples = VK_SAMPLE_COUNT_1_BIT;
  info.tiling = VK_IMAGE_TILING_OPTIMAL;
  info.usage = usage;
  VkImage image = VK_NULL_HANDLE;
  check(device.f().vkCreateImage(device.handle(), &info, nullptr, &image), "vkCreateImage");
  image_ = {device.f(), device.handle(), image};
  device.name_object(VK_OBJECT_TYPE_IMAGE, reinterpret_cast<std::uint64_t>(image), what);
  VkMemoryRequirements needs;
  device.f().vkGetImageMemoryRequirements(device.handle(), image, &needs);
  memory_ = allocate(device, needs, Where::device, what);
  account_ = device.account(what, needs.size);
  check(device.f().vkBindImageMemory(device.handle(), image, memory_.get(), 0), "vkBindImageMemory");
  view_ = make_view(device, image, format);
}

ImageViewHandle make_view(Device& device, VkImage image, VkFormat format) {
  VkImageViewCreateInfo view{VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO};
  view.image = image;
  view.viewType = VK_IMAGE_VIEW_TYPE_2D;
  view.format = format;
  view.subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1};
  VkImageView made = VK_NULL_HANDLE;
  check(device.f().vkCreateImageView(device.handle(), &view, nullptr, &made), "vkCreateImageView");
  return {device.f(), device.handle(), made};
}

void barrier(const Device& device, VkCommandBuffer commands, VkPipelineStageFlags from, VkAccessFlags written,
             VkPipelineStageFlags to, VkAccessFlags read) {
  const VkMemoryBarrier memory{VK_STRUCTURE_TYPE_MEMORY_BARRIER, nullptr, written, read};
  device.f().vkCmdPipelineBarrier(commands, from, to, 0, 1, &memory, 0, nullptr, 0, nullptr);
}

void compute_barrier(const Device& device, VkCommandBuffer commands) {
  barrier(device, commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_ACCESS_SHADER_WRITE_BIT,
          VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT);
}

}  // namespace tessera::render::vulkan
