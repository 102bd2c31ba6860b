#include "render/vulkan/quad_pass.h"

namespace tessera::render::vulkan {
namespace {

constexpr std::uint32_t kVertex[] =
#include "quad.vert.inc"
    ;
constexpr std::uint32_t kFragment[] =
#include "quad.frag.inc"
    ;
constexpr VkShaderStageFlags kStages = VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT;

}  // namespace

QuadPass::QuadPass(Device& device) : device_(device), interface_(device, 2, sizeof(Push), kStages) {
  make_render_pass();
  make_pipeline();
}

void QuadPass::make_render_pass() {
  VkAttachmentDescription color{};
  color.format = kFormat;
  color.samples = VK_SAMPLE_COUNT_1_BIT;
  color.loadOp = VK_ATTACHMENT_LOAD_OP_CLEAR;
  color.storeOp = VK_ATTACHMENT_STORE_OP_STORE;
  color.stencilLoadOp = VK_ATTACHMENT_LOAD_OP_DONT_CARE;
  color.stencilStoreOp = VK_ATTACHMENT_STORE_OP_DONT_CARE;
  color.initialLayout = VK_IMAGE_LAYOUT_UNDEFINED;
  color.finalLayout = VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL;
  const VkAttachmentReference reference{0, VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL};
  VkSubpassDescription subpass{};
  subpass.pipelineBindPoint = VK_PIPELINE_BIND_POINT_GRAPHICS;
  subpass.colorAttachmentCount = 1;
  subpass.pColorAttachments = &reference;
  VkSubpassDependency before{}, after{};  // copies of the last frame before, copies of this one after
  before.srcSubpass = VK_SUBPASS_EXTERNAL, before.dstSubpass = 0;
  before.srcStageMask = VK_PIPELINE_STAGE_TRANSFER_BIT | VK_PIPELINE_STAGE_COLOR_ATTACHMENT_OUTPUT_BIT |
                        VK_PIPELINE_STAGE_FRAGMENT_SHADER_BIT;
  before.dstStageMask = VK_PIPELINE_STAGE_COLOR_ATTACHMENT_OUTPUT_BIT;
  before.srcAccessMask = VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_COLOR_ATTACHMENT_WRITE_BIT;
  before.dstAccessMask = VK_ACCESS_COLOR_ATTACHMENT_READ_BIT | VK_ACCESS_COLOR_ATTACHMENT_WRITE_BIT;
  after.srcSubpass = 0, after.dstSubpass = VK_SUBPASS_EXTERNAL;
  after.srcStageMask = VK_PIPELINE_STAGE_COLOR_ATTACHMENT_OUTPUT_BIT;
  after.dstStageMask = VK_PIPELINE_STAGE_TRANSFER_BIT;
  after.srcAccessMask = VK_ACCESS_COLOR_ATTACHMENT_WRITE_BIT;
  after.dstAccessMask = VK_ACCESS_TRANSFER_READ_BIT;
  const VkSubpassDependency dependencies[] = {before, after};
  VkRenderPassCreateInfo info{VK_STRUCTURE_TYPE_RENDER_PASS_CREATE_INFO};
  info.attachmentCount = 1, info.pAttachments = &color;
  info.subpassCount = 1, info.pSubpasses = &subpass;
  info.dependencyCount = 2, info.pDependencies = dependencies;
  VkRenderPass pass = VK_NULL_HANDLE;
  check(device_.f().vkCreateRenderPass(device_.handle(), &info, nullptr, &pass), "vkCreateRenderPass");
  pass_ = {device_.f(), device_.handle(), pass};
}

void QuadPass::make_pipeline() {
  VkPipelineColorBlendAttachmentState over{};  // "over", far to near (Porter and Duff 1984)
  over.blendEnable = VK_TRUE;
  over.srcColorBlendFactor = VK_BLEND_FACTOR_SRC_ALPHA;
  over.dstColorBlendFactor = over.dstAlphaBlendFactor = VK_BLEND_FACTOR_ONE_MINUS_SRC_ALPHA;
  over.srcAlphaBlendFactor = VK_BLEND_FACTOR_ONE;
  over.colorBlendOp = over.alphaBlendOp = VK_BLEND_OP_ADD;
  over.colorWriteMask =
      VK_COLOR_COMPONENT_R_BIT | VK_COLOR_COMPONENT_G_BIT | VK_COLOR_COMPONENT_B_BIT | VK_COLOR_COMPONENT_A_BIT;
  pipeline_ = make_graphics_pipeline(
      device_, {kVertex, kFragment, VK_PRIMITIVE_TOPOLOGY_TRIANGLE_STRIP, over, interface_.layout(), pass_.get()},
      "quads");
}

Bindings QuadPass::bind(VkBuffer records, VkBuffer order) const {
  const VkBuffer buffers[] = {records, order};
  return interface_.bind(buffers);
}

void QuadPass::resize(int width, int height) {
  if (image_.width() == width && image_.height() == height) return;
  device_.retire(std::move(framebuffer_));
  device_.retire(std::move(image_));
  image_ = Image(device_, width, height, kFormat, "view/image", Image::kTarget | VK_IMAGE_USAGE_SAMPLED_BIT);
  framebuffer_ = make_framebuffer(device_, pass_.get(), image_.view(),
                                  {static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height)});
}

void QuadPass::record(VkCommandBuffer commands, const Bindings& bindings, VkBuffer draw, VkDeviceSize offset,
                      const std::array<float, 3>& background, std::uint32_t mode) const {
  const Functions& f = device_.f();
  const VkExtent2D extent{static_cast<std::uint32_t>(image_.width()), static_cast<std::uint32_t>(image_.height())};
  VkClearValue clear{};
  clear.color = {{background[0], background[1], background[2], 0}};
  VkRenderPassBeginInfo begin{VK_STRUCTURE_TYPE_RENDER_PASS_BEGIN_INFO};
  begin.renderPass = pass_.get();
  begin.framebuffer = framebuffer_.get();
  begin.renderArea.extent = extent;
  begin.clearValueCount = 1, begin.pClearValues = &clear;
  f.vkCmdBeginRenderPass(commands, &begin, VK_SUBPASS_CONTENTS_INLINE);
  const VkViewport viewport{0, 0, static_cast<float>(extent.width), static_cast<float>(extent.height), 0, 1};
  const VkRect2D scissor{{0, 0}, extent};
  f.vkCmdSetViewport(commands, 0, 1, &viewport);
  f.vkCmdSetScissor(commands, 0, 1, &scissor);
  f.vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline_.get());
  const VkDescriptorSet set = bindings.handle();
  f.vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, interface_.layout(), 0, 1, &set, 0, nullptr);
  const Push push{viewport.width, viewport.height, mode};
  interface_.push(commands, &push);
  f.vkCmdDrawIndirect(commands, draw, offset, 1, sizeof(VkDrawIndirectCommand));
  f.vkCmdEndRenderPass(commands);
}

}  // namespace tessera::render::vulkan
