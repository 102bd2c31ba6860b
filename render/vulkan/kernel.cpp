#include "render/vulkan/kernel.h"

#include <vector>

namespace tessera::render::vulkan {

Bindings::Bindings(Device& device, VkDescriptorSetLayout layout, std::span<const VkBuffer> buffers) {
  const VkDescriptorPoolSize size{VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, static_cast<std::uint32_t>(buffers.size())};
  VkDescriptorPoolCreateInfo pool{VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO};
  pool.maxSets = pool.poolSizeCount = 1;
  pool.pPoolSizes = &size;
  VkDescriptorPool made = VK_NULL_HANDLE;
  check(device.f().vkCreateDescriptorPool(device.handle(), &pool, nullptr, &made), "vkCreateDescriptorPool");
  pool_ = {device.f(), device.handle(), made};
  VkDescriptorSetAllocateInfo allocate{VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO};
  allocate.descriptorPool = made;
  allocate.descriptorSetCount = 1;
  allocate.pSetLayouts = &layout;
  check(device.f().vkAllocateDescriptorSets(device.handle(), &allocate, &set_), "vkAllocateDescriptorSets");
  std::vector<VkDescriptorBufferInfo> infos;
  for (VkBuffer buffer : buffers) infos.push_back({buffer, 0, VK_WHOLE_SIZE});
  VkWriteDescriptorSet write{VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET};
  write.dstSet = set_;
  write.descriptorCount = size.descriptorCount;
  write.descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
  write.pBufferInfo = infos.data();
  device.f().vkUpdateDescriptorSets(device.handle(), 1, &write, 0, nullptr);
}

Interface::Interface(Device& device, std::uint32_t bindings, std::uint32_t push_bytes, VkShaderStageFlags stages)
    : device_(&device), push_bytes_(push_bytes), stages_(stages) {
  std::vector<VkDescriptorSetLayoutBinding> entries;
  for (std::uint32_t i = 0; i < bindings; ++i)
    entries.push_back({i, VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 1, stages, nullptr});
  VkDescriptorSetLayoutCreateInfo set{VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO};
  set.bindingCount = bindings;
  set.pBindings = entries.data();
  VkDescriptorSetLayout set_layout = VK_NULL_HANDLE;
  check(device.f().vkCreateDescriptorSetLayout(device.handle(), &set, nullptr, &set_layout),
        "vkCreateDescriptorSetLayout");
  set_ = {device.f(), device.handle(), set_layout};
  const VkPushConstantRange range{stages, 0, push_bytes};
  VkPipelineLayoutCreateInfo layout{VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO};
  layout.setLayoutCount = 1;
  layout.pSetLayouts = &set_layout;
  layout.pushConstantRangeCount = push_bytes ? 1 : 0;
  layout.pPushConstantRanges = &range;
  VkPipelineLayout made = VK_NULL_HANDLE;
  check(device.f().vkCreatePipelineLayout(device.handle(), &layout, nullptr, &made), "vkCreatePipelineLayout");
  layout_ = {device.f(), device.handle(), made};
}

void Interface::push(VkCommandBuffer commands, const void* constants) const {
  if (push_bytes_) device_->f().vkCmdPushConstants(commands, layout_.get(), stages_, 0, push_bytes_, constants);
}

ShaderHandle make_shader(Device& device, std::span<const std::uint32_t> code) {
  VkShaderModuleCreateInfo info{VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO};
  info.codeSize = code.size_bytes();
  info.pCode = code.data();
  VkShaderModule shader = VK_NULL_HANDLE;
  check(device.f().vkCreateShaderModule(device.handle(), &info, nullptr, &shader), "vkCreateShaderModule");
  return {device.f(), device.handle(), shader};
}

PipelineHandle make_graphics_pipeline(Device& device, const Graphics& graphics, const std::string& name) {
  const ShaderHandle vertex = make_shader(device, graphics.vertex), fragment = make_shader(device, graphics.fragment);
  VkPipelineShaderStageCreateInfo stages[2] = {{VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO},
                                               {VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO}};
  stages[0].stage = VK_SHADER_STAGE_VERTEX_BIT, stages[0].module = vertex.get(), stages[0].pName = "main";
  stages[1].stage = VK_SHADER_STAGE_FRAGMENT_BIT, stages[1].module = fragment.get(), stages[1].pName = "main";
  const VkPipelineVertexInputStateCreateInfo input{VK_STRUCTURE_TYPE_PIPELINE_VERTEX_INPUT_STATE_CREATE_INFO};
  VkPipelineInputAssemblyStateCreateInfo assembly{VK_STRUCTURE_TYPE_PIPELINE_INPUT_ASSEMBLY_STATE_CREATE_INFO};
  assembly.topology = graphics.topology;
  VkPipelineViewportStateCreateInfo viewport{VK_STRUCTURE_TYPE_PIPELINE_VIEWPORT_STATE_CREATE_INFO};
  viewport.viewportCount = viewport.scissorCount = 1;
  VkPipelineRasterizationStateCreateInfo raster{VK_STRUCTURE_TYPE_PIPELINE_RASTERIZATION_STATE_CREATE_INFO};
  raster.polygonMode = VK_POLYGON_MODE_FILL;
  raster.lineWidth = 1;
  VkPipelineMultisampleStateCreateInfo samples{VK_STRUCTURE_TYPE_PIPELINE_MULTISAMPLE_STATE_CREATE_INFO};
  samples.rasterizationSamples = VK_SAMPLE_COUNT_1_BIT;
  VkPipelineColorBlendStateCreateInfo blend{VK_STRUCTURE_TYPE_PIPELINE_COLOR_BLEND_STATE_CREATE_INFO};
  blend.attachmentCount = 1, blend.pAttachments = &graphics.blend;
  const VkDynamicState dynamic_states[] = {VK_DYNAMIC_STATE_VIEWPORT, VK_DYNAMIC_STATE_SCISSOR};
  VkPipelineDynamicStateCreateInfo dynamic{VK_STRUCTURE_TYPE_PIPELINE_DYNAMIC_STATE_CREATE_INFO};
  dynamic.dynamicStateCount = 2, dynamic.pDynamicStates = dynamic_states;
  VkGraphicsPipelineCreateInfo info{VK_STRUCTURE_TYPE_GRAPHICS_PIPELINE_CREATE_INFO};
  info.stageCount = 2, info.pStages = stages;
  info.pVertexInputState = &input, info.pInputAssemblyState = &assembly;
  info.pViewportState = &viewport, info.pRasterizationState = &raster;
  info.pMultisampleState = &samples, info.pColorBlendState = &blend, info.pDynamicState = &dynamic;
  info.layout = graphics.layout;
  info.renderPass = graphics.pass;
  VkPipeline pipeline = VK_NULL_HANDLE;
  check(device.f().vkCreateGraphicsPipelines(device.handle(), VK_NULL_HANDLE, 1, &info, nullptr, &pipeline),
        "vkCreateGraphicsPipelines");
  device.name_object(VK_OBJECT_TYPE_PIPELINE, reinterpret_cast<std::uint64_t>(pipeline), name);
  return {device.f(), device.handle(), pipeline};
}

FramebufferHandle make_framebuffer(Device& device, VkRenderPass pass, VkImageView view, VkExtent2D extent) {
  VkFramebufferCreateInfo info{VK_STRUCTURE_TYPE_FRAMEBUFFER_CREATE_INFO};
  info.renderPass = pass;
  info.attachmentCount = 1, info.pAttachments = &view;
  info.width = extent.width, info.height = extent.height, info.layers = 1;
  VkFramebuffer framebuffer = VK_NULL_HANDLE;
  check(device.f().vkCreateFramebuffer(device.handle(), &info, nullptr, &framebuffer), "vkCreateFramebuffer");
  return {device.f(), device.handle(), framebuffer};
}

Kernel::Kernel(Device& device, std::span<const std::uint32_t> code, std::uint32_t bindings, std::uint32_t push_bytes,
               const std::string& name)
    : device_(&device), interface_(device, bindings, push_bytes, VK_SHADER_STAGE_COMPUTE_BIT) {
  const ShaderHandle shader = make_shader(device, code);
  VkComputePipelineCreateInfo info{VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO};
  info.stage.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO;
  info.stage.stage = VK_SHADER_STAGE_COMPUTE_BIT;
  info.stage.module = shader.get();
  info.stage.pName = "main";
  info.layout = interface_.layout();
  VkPipeline pipeline = VK_NULL_HANDLE;
  check(device.f().vkCreateComputePipelines(device.handle(), VK_NULL_HANDLE, 1, &info, nullptr, &pipeline),
        "vkCreateComputePipelines");
  pipeline_ = {device.f(), device.handle(), pipeline};
  device.name_object(VK_OBJECT_TYPE_PIPELINE, reinterpret_cast<std::uint64_t>(pipeline), name);
}

void Kernel::dispatch_bytes(VkCommandBuffer commands, const Bindings& bindings, const void* push,
                            std::uint32_t groups) const {
  if (groups == 0) return;
  const Functions& f = device_->f();
  const VkDescriptorSet set = bindings.handle();
  f.vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline_.get());
  f.vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_COMPUTE, interface_.layout(), 0, 1, &set, 0, nullptr);
  interface_.push(commands, push);
  f.vkCmdDispatch(commands, groups, 1, 1);
}

}  // namespace tessera::render::vulkan
