#include "render/vulkan/compose_pass.h"

#include <array>

#include "render/vulkan/kernel.h"

namespace tessera::render::vulkan {
namespace {

constexpr std::uint32_t kVertex[] =
#include "compose.vert.inc"
    ;
constexpr std::uint32_t kFragment[] =
#include "compose.frag.inc"
    ;

}  // namespace

ComposePass::ComposePass(Device& device, VkFormat target) : device_(device), format_(target) {
  make_layout();
  to_window_ = make_render_pass(VK_IMAGE_LAYOUT_PRESENT_SRC_KHR);
  to_read_ = make_render_pass(VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL);
  make_pipeline();
}

void ComposePass::make_layout() {
  VkSamplerCreateInfo sampler{VK_STRUCTURE_TYPE_SAMPLER_CREATE_INFO};
  sampler.magFilter = sampler.minFilter = VK_FILTER_LINEAR;  // exact where sizes agree; they do not during a resize
  sampler.addressModeU = sampler.addressModeV = sampler.addressModeW = VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE;
  VkSampler made_sampler = VK_NULL_HANDLE;
  check(device_.f().vkCreateSampler(device_.handle(), &sampler, nullptr, &made_sampler), "vkCreateSampler");
  sampler_ = {device_.f(), device_.handle(), made_sampler};

  std::array<VkDescriptorSetLayoutBinding, 2> entries{};
  for (std::uint32_t i = 0; i < entries.size(); ++i)
    entries[i] = {i, VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, 1, VK_SHADER_STAGE_FRAGMENT_BIT, &made_sampler};
  VkDescriptorSetLayoutCreateInfo set{VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO};
  set.bindingCount = static_cast<std::uint32_t>(entries.size()), set.pBindings = entries.data();
  VkDescriptorSetLayout set_layout = VK_NULL_HANDLE;
  check(device_.f().vkCreateDescriptorSetLayout(device_.handle(), &set, nullptr, &set_layout),
        "vkCreateDescriptorSetLayout");
  set_layout_ = {device_.f(), device_.handle(), set_layout};

  VkPipelineLayoutCreateInfo layout{VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO};
  layout.setLayoutCount = 1, layout.pSetLayouts = &set_layout;
  VkPipelineLayout made = VK_NULL_HANDLE;
  check(device_.f().vkCreatePipelineLayout(device_.handle(), &layout, nullptr, &made), "vkCreatePipelineLayout");
  layout_ = {device_.f(), device_.handle(), made};
}

RenderPassHandle ComposePass::make_render_pass(VkImageLayout last) const {
  VkAttachmentDescription color{};
  color.format = format_;
  color.samples = VK_SAMPLE_COUNT_1_BIT;
  color.loadOp = VK_ATTACHMENT_LOAD_OP_DONT_CARE;  // the triangle covers it
  color.storeOp = VK_ATTACHMENT_STORE_OP_STORE;
  color.stencilLoadOp = VK_ATTACHMENT_LOAD_OP_DONT_CARE;
  color.stencilStoreOp = VK_ATTACHMENT_STORE_OP_DONT_CARE;
  color.initialLayout = VK_IMAGE_LAYOUT_UNDEFINED;
  color.finalLayout = last;
  const VkAttachmentReference reference{0, VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL};
  VkSubpassDescription subpass{};
  subpass.pipelineBindPoint = VK_PIPELINE_BIND_POINT_GRAPHICS;
  subpass.colorAttachmentCount = 1, subpass.pColorAttachments = &reference;
  VkSubpassDependency before{}, after{};  // the wait for the window's image before, a copy of this one after
  before.srcSubpass = VK_SUBPASS_EXTERNAL, before.dstSubpass = 0;
  before.srcStageMask = before.dstStageMask = VK_PIPELINE_STAGE_COLOR_ATTACHMENT_OUTPUT_BIT;
  before.dstAccessMask = VK_ACCESS_COLOR_ATTACHMENT_WRITE_BIT;
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
  return {device_.f(), device_.handle(), pass};
}

void ComposePass::make_pipeline() {
  VkPipelineColorBlendAttachmentState replace{};  // the shader has put both together
  replace.colorWriteMask =
      VK_COLOR_COMPONENT_R_BIT | VK_COLOR_COMPONENT_G_BIT | VK_COLOR_COMPONENT_B_BIT | VK_COLOR_COMPONENT_A_BIT;
  pipeline_ = make_graphics_pipeline(
      device_, {kVertex, kFragment, VK_PRIMITIVE_TOPOLOGY_TRIANGLE_LIST, replace, layout_.get(), to_window_.get()},
      "compose");
}

ComposePass::Inputs ComposePass::bind(VkImageView scene, VkImageView overlay) const {
  Inputs inputs;
  const VkDescriptorPoolSize size{VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, 2};
  VkDescriptorPoolCreateInfo pool{VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO};
  pool.maxSets = pool.poolSizeCount = 1, pool.pPoolSizes = &size;
  VkDescriptorPool made = VK_NULL_HANDLE;
  check(device_.f().vkCreateDescriptorPool(device_.handle(), &pool, nullptr, &made), "vkCreateDescriptorPool");
  inputs.pool_ = {device_.f(), device_.handle(), made};
  const VkDescriptorSetLayout layout = set_layout_.get();
  VkDescriptorSetAllocateInfo allocate{VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO};
  allocate.descriptorPool = made;
  allocate.descriptorSetCount = 1, allocate.pSetLayouts = &layout;
  check(device_.f().vkAllocateDescriptorSets(device_.handle(), &allocate, &inputs.set_), "vkAllocateDescriptorSets");
  const VkDescriptorImageInfo images[] = {{VK_NULL_HANDLE, scene, VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL},
                                          {VK_NULL_HANDLE, overlay, VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL}};
  VkWriteDescriptorSet write{VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET};
  write.dstSet = inputs.set_;
  write.descriptorCount = 2;
  write.descriptorType = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER;
  write.pImageInfo = images;
  device_.f().vkUpdateDescriptorSets(device_.handle(), 1, &write, 0, nullptr);
  return inputs;
}

ComposePass::Target ComposePass::target(VkImage image, VkExtent2D extent) const {
  Target made;
  made.extent = extent;
  made.view = make_view(device_, image, format_);
  made.framebuffer = make_framebuffer(device_, to_window_.get(), made.view.get(), extent);
  return made;
}

void ComposePass::record(VkCommandBuffer commands, const Inputs& inputs, const Target& target, bool to_read) const {
  const Functions& f = device_.f();
  VkRenderPassBeginInfo begin{VK_STRUCTURE_TYPE_RENDER_PASS_BEGIN_INFO};
  begin.renderPass = (to_read ? to_read_ : to_window_).get();
  begin.framebuffer = target.framebuffer.get();
  begin.renderArea.extent = target.extent;
  f.vkCmdBeginRenderPass(commands, &begin, VK_SUBPASS_CONTENTS_INLINE);
  const VkViewport viewport{0, 0, static_cast<float>(target.extent.width), static_cast<float>(target.extent.height),
                            0, 1};
  const VkRect2D scissor{{0, 0}, target.extent};
  f.vkCmdSetViewport(commands, 0, 1, &viewport);
  f.vkCmdSetScissor(commands, 0, 1, &scissor);
  f.vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline_.get());
  f.vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, layout_.get(), 0, 1, &inputs.set_, 0, nullptr);
  f.vkCmdDraw(commands, 3, 1, 0, 0);
  f.vkCmdEndRenderPass(commands);
}

}  // namespace tessera::render::vulkan
