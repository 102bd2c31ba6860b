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
  before.srcStageMask = VK_PIPELINE_STAGE_TRANSFER_BIT | VK_PIPELINE_STAGE_COLOR_ATTACHMENT_OUTPUT_BIT;
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
  const ShaderHandle vertex = make_shader(device_, kVertex), fragment = make_shader(device_, kFragment);
  VkPipelineShaderStageCreateInfo stages[2] = {{VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO},
                                               {VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO}};
  stages[0].stage = VK_SHADER_STAGE_VERTEX_BIT, stages[0].module = vertex.get(), stages[0].pName = "main";
  stages[1].stage = VK_SHADER_STAGE_FRAGMENT_BIT, stages[1].module = fragment.get(), stages[1].pName = "main";
  const VkPipelineVertexInputStateCreateInfo input{VK_STRUCTURE_TYPE_PIPELINE_VERTEX_INPUT_STATE_CREATE_INFO};
  VkPipelineInputAssemblyStateCreateInfo assembly{VK_STRUCTURE_TYPE_PIPELINE_INPUT_ASSEMBLY_STATE_CREATE_INFO};
  assembly.topology = VK_PRIMITIVE_TOPOLOGY_TRIANGLE_STRIP;
  VkPipelineViewportStateCreateInfo viewport{VK_STRUCTURE_TYPE_PIPELINE_VIEWPORT_STATE_CREATE_INFO};
  viewport.viewportCount = viewport.scissorCount = 1;
  VkPipelineRasterizationStateCreateInfo raster{VK_STRUCTURE_TYPE_PIPELINE_RASTERIZATION_STATE_CREATE_INFO};
  raster.polygonMode = VK_POLYGON_MODE_FILL;
  raster.lineWidth = 1;
  VkPipelineMultisampleStateCreateInfo samples{VK_STRUCTURE_TYPE_PIPELINE_MULTISAMPLE_STATE_CREATE_INFO};
  samples.rasterizationSamples = VK_SAMPLE_COUNT_1_BIT;
  VkPipelineColorBlendAttachmentState attachment{};  // "over", far to near (Porter and Duff 1984)
  attachment.blendEnable = VK_TRUE;
  attachment.srcColorBlendFactor = VK_BLEND_FACTOR_SRC_ALPHA;
  attachment.dstColorBlendFactor = attachment.dstAlphaBlendFactor = VK_BLEND_FACTOR_ONE_MINUS_SRC_ALPHA;
  attachment.srcAlphaBlendFactor = VK_BLEND_FACTOR_ONE;
  attachment.colorBlendOp = attachment.alphaBlendOp = VK_BLEND_OP_ADD;
  attachment.colorWriteMask =
      VK_COLOR_COMPONENT_R_BIT | VK_COLOR_COMPONENT_G_BIT | VK_COLOR_COMPONENT_B_BIT | VK_COLOR_COMPONENT_A_BIT;
  VkPipelineColorBlendStateCreateInfo blend{VK_STRUCTURE_TYPE_PIPELINE_COLOR_BLEND_STATE_CREATE_INFO};
  blend.attachmentCount = 1, blend.pAttachments = &attachment;
  const VkDynamicState dynamic_states[] = {VK_DYNAMIC_STATE_VIEWPORT, VK_DYNAMIC_STATE_SCISSOR};
  VkPipelineDynamicStateCreateInfo dynamic{VK_STRUCTURE_TYPE_PIPELINE_DYNAMIC_STATE_CREATE_INFO};
  dynamic.dynamicStateCount = 2, dynamic.pDynamicStates = dynamic_states;
  VkGraphicsPipelineCreateInfo info{VK_STRUCTURE_TYPE_GRAPHICS_PIPELINE_CREATE_INFO};
  info.stageCount = 2, info.pStages = stages;
  info.pVertexInputState = &input, info.pInputAssemblyState = &assembly;
  info.pViewportState = &viewport, info.pRasterizationState = &raster;
  info.pMultisampleState = &samples, info.pColorBlendState = &blend, info.pDynamicState = &dynamic;
  info.layout = interface_.layout();
  info.renderPass = pass_.get();
  VkPipeline pipeline = VK_NULL_HANDLE;
  check(device_.f().vkCreateGraphicsPipelines(device_.handle(), VK_NULL_HANDLE, 1, &info, nullptr, &pipeline),
        "vkCreateGraphicsPipelines");
  pipeline_ = {device_.f(), device_.handle(), pipeline};
}

Bindings QuadPass::bind(VkBuffer records, VkBuffer order) const {
  const VkBuffer buffers[] = {records, order};
  return interface_.bind(buffers);
}

void QuadPass::resize(int width, int height) {
  if (image_.width() == width && image_.height() == height) return;
  device_.retire(std::move(framebuffer_));
  device_.retire(std::move(image_));
  image_ = Image(device_, width, height, kFormat, "view/image");
  const VkImageView view = image_.view();
  VkFramebufferCreateInfo info{VK_STRUCTURE_TYPE_FRAMEBUFFER_CREATE_INFO};
  info.renderPass = pass_.get();
  info.attachmentCount = 1, info.pAttachments = &view;
  info.width = static_cast<std::uint32_t>(width), info.height = static_cast<std::uint32_t>(height), info.layers = 1;
  VkFramebuffer framebuffer = VK_NULL_HANDLE;
  check(device_.f().vkCreateFramebuffer(device_.handle(), &info, nullptr, &framebuffer), "vkCreateFramebuffer");
  framebuffer_ = {device_.f(), device_.handle(), framebuffer};
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
