#include "render/vulkan/presenter.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "scene/error.h"

namespace tessera::render::vulkan {
namespace {

constexpr std::uint64_t kPatience = 200'000'000;  // ns that a system may take to hand out an image before it is hidden
constexpr int kAttempts = 3;                      // at one picture while the window changes under it
constexpr std::size_t kMostOld = 8;               // swapchains that wait for a picture in the window
constexpr VkFormat kOverlayFormat = VK_FORMAT_B8G8R8A8_UNORM;
constexpr std::uint32_t kNoExtent = std::numeric_limits<std::uint32_t>::max();  // the window takes the swapchain's

SemaphoreHandle make_semaphore(Device& device) {
  const VkSemaphoreCreateInfo info{VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO};
  VkSemaphore made = VK_NULL_HANDLE;
  check(device.f().vkCreateSemaphore(device.handle(), &info, nullptr, &made), "vkCreateSemaphore");
  return {device.f(), device.handle(), made};
}

VkFormat surface_format(const Device& device, VkSurfaceKHR surface) {
  std::uint32_t count = 0;
  const Functions& f = device.f();
  check(f.vkGetPhysicalDeviceSurfaceFormatsKHR(device.physical(), surface, &count, nullptr),
        "vkGetPhysicalDeviceSurfaceFormatsKHR");
  std::vector<VkSurfaceFormatKHR> formats(count);
  check(f.vkGetPhysicalDeviceSurfaceFormatsKHR(device.physical(), surface, &count, formats.data()),
        "vkGetPhysicalDeviceSurfaceFormatsKHR");
  // Colours of splats are as photos store them: no conversion is wanted.
  for (const VkSurfaceFormatKHR& offered : formats)
    for (const VkFormat wanted : {VK_FORMAT_B8G8R8A8_UNORM, VK_FORMAT_R8G8B8A8_UNORM})
      if (offered.format == wanted && offered.colorSpace == VK_COLOR_SPACE_SRGB_NONLINEAR_KHR) return wanted;
  throw scene::Error(device.capabilities().name, "offers the window no plain 8-bit colours", "");
}

/// Between the uses of one image on this queue.
void change_layout(const Device& device, VkCommandBuffer commands, VkImage image, VkImageLayout from, VkImageLayout to,
                   VkPipelineStageFlags before, VkPipelineStageFlags after) {
  const auto access = [](VkImageLayout layout) -> VkAccessFlags {
    if (layout == VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL) return VK_ACCESS_SHADER_READ_BIT;
    if (layout == VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL) return VK_ACCESS_TRANSFER_WRITE_BIT;
    if (layout == VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL) return VK_ACCESS_TRANSFER_READ_BIT;
    return 0;
  };
  VkImageMemoryBarrier change{VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER};
  change.srcAccessMask = access(from), change.dstAccessMask = access(to);
  change.oldLayout = from, change.newLayout = to;
  change.srcQueueFamilyIndex = change.dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED;
  change.image = image;
  change.subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1};
  device.f().vkCmdPipelineBarrier(commands, before, after, 0, 0, nullptr, 0, nullptr, 1, &change);
}

}  // namespace

Presenter::~Presenter() { detach(); }

void Presenter::attach(VkSurfaceKHR surface) {
  detach();
  const Functions& f = device_.f();
  VkBool32 supported = VK_FALSE;
  if (device_.capabilities().swapchain)
    check(f.vkGetPhysicalDeviceSurfaceSupportKHR(device_.physical(), device_.family(), surface, &supported),
          "vkGetPhysicalDeviceSurfaceSupportKHR");
  if (!supported) throw scene::Error(device_.capabilities().name, "cannot show pictures in this window");
  const VkFormat format = surface_format(device_, surface);
  if (!compose_ || compose_->format() != format) compose_.emplace(device_, format);
  for (Frame& frame : frames_)
    if (!frame.acquired) frame.acquired = make_semaphore(device_);
  surface_ = surface;
}

void Presenter::detach() {
  if (!surface_) return;
  device_.f().vkDeviceWaitIdle(device_.handle());  // a lost device has nothing to wait for
  old_.clear();
  swapchain_ = {};
  surface_ = VK_NULL_HANDLE;
}

void Presenter::lose_surface() {
  detach();
  // An image may have been acquired for nothing: its semaphore is of no further use.
  for (Frame& frame : frames_) frame.acquired = {};
}

VkResult Presenter::make_swapchain(VkExtent2D wanted) {
  const Functions& f = device_.f();
  VkSurfaceCapabilitiesKHR can;
  if (const VkResult result = f.vkGetPhysicalDeviceSurfaceCapabilitiesKHR(device_.physical(), surface_, &can))
    return result;
  const VkExtent2D extent = can.currentExtent.width == kNoExtent ? wanted : can.currentExtent;
  if (extent.width == 0 || extent.height == 0) return VK_NOT_READY;
  VkSwapchainCreateInfoKHR info{VK_STRUCTURE_TYPE_SWAPCHAIN_CREATE_INFO_KHR};
  info.surface = surface_;
  info.minImageCount = can.minImageCount;
  info.imageFormat = compose_->format();
  info.imageColorSpace = VK_COLOR_SPACE_SRGB_NONLINEAR_KHR;
  info.imageExtent = extent;
  info.imageArrayLayers = 1;
  info.imageUsage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT;
  info.preTransform = can.currentTransform;
  info.compositeAlpha = can.supportedCompositeAlpha & VK_COMPOSITE_ALPHA_OPAQUE_BIT_KHR
                            ? VK_COMPOSITE_ALPHA_OPAQUE_BIT_KHR
                            : VK_COMPOSITE_ALPHA_INHERIT_BIT_KHR;
  info.presentMode = VK_PRESENT_MODE_FIFO_KHR;
  info.clipped = VK_TRUE;
  info.oldSwapchain = swapchain_.handle.get();
  VkSwapchainKHR handle = VK_NULL_HANDLE;
  const VkResult made = f.vkCreateSwapchainKHR(device_.handle(), &info, nullptr, &handle);
  if (swapchain_.handle) old_.push_back(std::move(swapchain_));  // retired by the call, whatever came of it
  swapchain_ = {};
  if (old_.size() > kMostOld) {  // nothing has been shown for a while
    device_.wait_idle();
    old_.clear();
  }
  if (made) return made;
  ++swapchains_;
  stale_ = false;
  swapchain_.handle = {f, device_.handle(), handle};
  swapchain_.extent = extent;
  std::uint32_t count = 0;
  check(f.vkGetSwapchainImagesKHR(device_.handle(), handle, &count, nullptr), "vkGetSwapchainImagesKHR");
  swapchain_.images.resize(count);
  check(f.vkGetSwapchainImagesKHR(device_.handle(), handle, &count, swapchain_.images.data()),
        "vkGetSwapchainImagesKHR");
  for (VkImage image : swapchain_.images) {
    device_.name_object(VK_OBJECT_TYPE_IMAGE, reinterpret_cast<std::uint64_t>(image), "window");
    swapchain_.pictures.push_back({compose_->target(image, extent), make_semaphore(device_)});
  }
  return VK_SUCCESS;
}

Presenter::Outcome Presenter::present(const Image& scene, const Overlay& overlay) {
  if (!surface_) return Outcome::hidden;
  Frame& frame = frames_[next_frame_++ % kFrames];
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const VkResult result = show(frame, scene, overlay);
    switch (result) {
      case VK_SUCCESS:
        return Outcome::shown;
      case VK_NOT_READY:
      case VK_TIMEOUT:
        return Outcome::hidden;
      case VK_ERROR_OUT_OF_DATE_KHR:
        stale_ = true;
        break;  // again, with another one
      case VK_ERROR_SURFACE_LOST_KHR:
      case VK_ERROR_NATIVE_WINDOW_IN_USE_KHR:
        lose_surface();
        return Outcome::lost;
      default:
        check(result, "showing a picture");
        return Outcome::shown;
    }
  }
  return Outcome::hidden;  // it changes too fast: the next picture will do
}

VkResult Presenter::show(Frame& frame, const Image& scene, const Overlay& overlay) {
  const Functions& f = device_.f();
  const VkExtent2D wanted{static_cast<std::uint32_t>(overlay.width), static_cast<std::uint32_t>(overlay.height)};
  // Not every system says that a swapchain is out of date: where its size is not the window's, it is.
  VkSurfaceCapabilitiesKHR can;
  if (const VkResult result = f.vkGetPhysicalDeviceSurfaceCapabilitiesKHR(device_.physical(), surface_, &can))
    return result;
  const VkExtent2D extent = can.currentExtent.width == kNoExtent ? wanted : can.currentExtent;
  if (stale_ || !swapchain_.handle || extent.width != swapchain_.extent.width ||
      extent.height != swapchain_.extent.height)
    if (const VkResult result = make_swapchain(wanted)) return result;
  if (frame.ticket) device_.wait(frame.ticket);
  std::uint32_t index = 0;
  const VkResult acquired = f.vkAcquireNextImageKHR(device_.handle(), swapchain_.handle.get(), kPatience,
                                                    frame.acquired.get(), VK_NULL_HANDLE, &index);
  if (acquired != VK_SUCCESS && acquired != VK_SUBOPTIMAL_KHR) return acquired;

  const Rows rows = changed_rows(overlay);
  const std::size_t row_bytes = std::size_t{4} * wanted.width;
  const std::size_t bytes = row_bytes * static_cast<std::size_t>(rows.end - rows.begin);
  if (frame.staging.bytes() < bytes)
    frame.staging = Buffer(device_, bytes, VK_BUFFER_USAGE_TRANSFER_SRC_BIT, Where::upload, "view/overlay staging");
  if (bytes)
    std::memcpy(frame.staging.mapped(), overlay_pixels_.data() + row_bytes * static_cast<std::size_t>(rows.begin),
                bytes);
  uploaded_bytes_ += bytes;
  // Either image may be another one than the last time.
  device_.retire(std::move(inputs_));
  inputs_ = compose_->bind(scene.view(), overlay_.view());
  const Picture& picture = swapchain_.pictures[index];
  frame.ticket = device_.submit([&](VkCommandBuffer commands) { record(commands, frame, scene, picture.target, rows); },
                                {frame.acquired.get(), picture.drawn.get()});
  overlay_written_ = true;

  const VkSwapchainKHR handle = swapchain_.handle.get();
  const VkSemaphore drawn = picture.drawn.get();
  VkPresentInfoKHR info{VK_STRUCTURE_TYPE_PRESENT_INFO_KHR};
  info.waitSemaphoreCount = 1, info.pWaitSemaphores = &drawn;
  info.swapchainCount = 1, info.pSwapchains = &handle, info.pImageIndices = &index;
  const VkResult presented = f.vkQueuePresentKHR(device_.queue(), &info);
  // What the window shows now has come after all of theirs.
  if (presented >= 0)
    for (Swapchain& old : std::exchange(old_, {})) device_.retire(std::move(old));
  return presented == VK_SUBOPTIMAL_KHR ? VK_SUCCESS : presented;
}

Presenter::Rows Presenter::changed_rows(const Overlay& overlay) {
  const std::size_t row = std::size_t{4} * static_cast<std::size_t>(overlay.width);
  const auto given = [&](int y) { return overlay.pixels + static_cast<std::size_t>(y) * overlay.stride; };
  const auto kept = [&](int y) { return overlay_pixels_.data() + static_cast<std::size_t>(y) * row; };
  Rows rows{0, overlay.height};
  if (overlay_.width() != overlay.width || overlay_.height() != overlay.height) {
    device_.retire(std::move(overlay_));
    overlay_ = Image(device_, overlay.width, overlay.height, kOverlayFormat, "view/overlay",
                     VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT);
    overlay_pixels_.resize(row * static_cast<std::size_t>(overlay.height));
    overlay_written_ = false;
  } else if (overlay_written_) {
    while (rows.begin < rows.end && !std::memcmp(given(rows.begin), kept(rows.begin), row)) ++rows.begin;
    while (rows.end > rows.begin && !std::memcmp(given(rows.end - 1), kept(rows.end - 1), row)) --rows.end;
  }
  for (int y = rows.begin; y < rows.end; ++y) std::memcpy(kept(y), given(y), row);
  return rows;
}

void Presenter::record(VkCommandBuffer commands, Frame& frame, const Image& scene, const ComposePass::Target& target,
                       Rows rows) {
  constexpr VkPipelineStageFlags kCopy = VK_PIPELINE_STAGE_TRANSFER_BIT, kShade = VK_PIPELINE_STAGE_FRAGMENT_SHADER_BIT;
  constexpr VkImageLayout kRead = VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL;
  constexpr VkImageLayout kSource = VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL;
  constexpr VkImageLayout kTarget = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL;
  if (rows.end > rows.begin) {
    change_layout(device_, commands, overlay_.handle(), overlay_written_ ? kRead : VK_IMAGE_LAYOUT_UNDEFINED, kTarget,
                  kShade, kCopy);
    VkBufferImageCopy region{};
    region.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1};
    region.imageOffset = {0, rows.begin, 0};
    region.imageExtent = {static_cast<std::uint32_t>(overlay_.width()),
                          static_cast<std::uint32_t>(rows.end - rows.begin), 1};
    device_.f().vkCmdCopyBufferToImage(commands, frame.staging.handle(), overlay_.handle(), kTarget, 1, &region);
    change_layout(device_, commands, overlay_.handle(), kTarget, kRead, kCopy, kShade);
  }
  // The scene's image is left for copies.
  change_layout(device_, commands, scene.handle(), kSource, kRead,
                kCopy | VK_PIPELINE_STAGE_COLOR_ATTACHMENT_OUTPUT_BIT, kShade);
  compose_->record(commands, inputs_, target, false);
  change_layout(device_, commands, scene.handle(), kRead, kSource, kShade, kCopy);
}

}  // namespace tessera::render::vulkan
