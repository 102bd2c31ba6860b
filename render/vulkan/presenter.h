#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "render/vulkan/compose_pass.h"

namespace tessera::render::vulkan {

/// What is laid over the scene: premultiplied BGRA, 8 bit, rows from the top.
struct Overlay {
  const std::byte* pixels = nullptr;
  int width = 0, height = 0;
  std::size_t stride = 0;  // bytes from row to row
};

/// Shows pictures of the scene in a window without their coming back to the CPU. Of the overlay only the rows that have
/// changed are uploaded. Copes with a window that is resized, hidden or taken away; a lost device is an error.
///
///   scene's image, overlay --> compose --> swapchain --> window
class Presenter {
 public:
  explicit Presenter(Device& device) : device_(device) {}
  ~Presenter();

  /// Draws on that surface from now on, which must outlive detach(). Throws scene::Error where the device cannot.
  void attach(VkSurfaceKHR surface);
  void detach();  // waits for the device; nothing where there is no surface
  bool is_attached() const { return surface_ != VK_NULL_HANDLE; }

  enum class Outcome {
    shown,
    hidden,  // the window has no pixels, or the system takes no pictures of it at present
    lost,    // the surface: it has been detached, and the window needs another
  };
  /// `scene`: as SplatRenderer::image(), and so afterwards. Throws scene::Error, as where the device is lost.
  Outcome present(const Image& scene, const Overlay& overlay);

  /// Bytes of overlays that were uploaded so far, and how often a swapchain was made.
  std::uint64_t uploaded_bytes() const { return uploaded_bytes_; }
  int swapchains() const { return swapchains_; }

 private:
  static constexpr std::size_t kFrames = 2;  // under way at once
  struct Picture {
    ComposePass::Target target;
    SemaphoreHandle drawn;
  };
  struct Swapchain {
    SwapchainHandle handle;
    VkExtent2D extent{};
    std::vector<VkImage> images;
    std::vector<Picture> pictures;
  };
  struct Frame {
    SemaphoreHandle acquired;
    std::uint64_t ticket = 0;
    Buffer staging;
  };
  struct Rows {
    int begin = 0, end = 0;
  };
  VkResult make_swapchain(VkExtent2D wanted);
  VkResult show(Frame& frame, const Image& scene, const Overlay& overlay);
  Rows changed_rows(const Overlay& overlay);
  void record(VkCommandBuffer commands, Frame& frame, const Image& scene, const ComposePass::Target& target, Rows rows);
  void lose_surface();

  Device& device_;
  VkSurfaceKHR surface_ = VK_NULL_HANDLE;
  std::optional<ComposePass> compose_;
  ComposePass::Inputs inputs_;
  Swapchain swapchain_;
  bool stale_ = false;
  std::vector<Swapchain> old_;  // their last pictures may still be on their way to the window
  std::array<Frame, kFrames> frames_;
  std::size_t next_frame_ = 0;
  Image overlay_;
  bool overlay_written_ = false;
  std::vector<std::byte> overlay_pixels_;  // that overlay_ holds
  std::uint64_t uploaded_bytes_ = 0;
  int swapchains_ = 0;
};

}  // namespace tessera::render::vulkan
