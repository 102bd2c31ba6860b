#include "render/vulkan/splat_renderer.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "render/rasterizer.h"
#include "render/vulkan/packed_model.h"
#include "render/vulkan/quad_pass.h"
#include "scene/error.h"

namespace tessera::render::vulkan {
namespace {

constexpr std::uint32_t kProject[] =
#include "project.comp.inc"
    ;
constexpr std::uint32_t kCompactScan[] =
#include "compact_scan.comp.inc"
    ;
constexpr std::uint32_t kCompact[] =
#include "compact.comp.inc"
    ;

constexpr std::uint32_t kGroup = 256;       // rows of a workgroup, in all three shaders
constexpr std::uint64_t kRecordBytes = 32;  // Seen in shaders/splat.glsl

/// Push constants of project.comp.
struct ProjectPush {
  float view[3][4];
  float focal[2], centre[2], size[2], limit[2];
  float near_plane, far_plane, scale, gain;
  std::uint32_t first_row, rows, modes, harmonic_words;
};
static_assert(sizeof(ProjectPush) == 112);  // Vulkan promises 128

std::uint32_t groups_for(std::uint32_t rows) { return (rows + kGroup - 1) / kGroup; }

ProjectPush view_push(const scene::Camera& camera, const ViewSettings& settings, int model_degree) {
  ProjectPush push{};
  const glm::dmat3 rotation = glm::mat3_cast(camera.cam_from_world.rotation);
  for (int r = 0; r < 3; ++r) {
    for (int c = 0; c < 3; ++c) push.view[r][c] = static_cast<float>(rotation[c][r]);
    push.view[r][3] = static_cast<float>(camera.cam_from_world.translation[r]);
  }
  const scene::Pinhole& p = camera.intrinsics;
  push.focal[0] = static_cast<float>(p.fx), push.focal[1] = static_cast<float>(p.fy);
  push.centre[0] = static_cast<float>(p.cx), push.centre[1] = static_cast<float>(p.cy);
  push.size[0] = static_cast<float>(p.width), push.size[1] = static_cast<float>(p.height);
  push.limit[0] = kJacobianClamp * 0.5f * push.size[0] / push.focal[0];
  push.limit[1] = kJacobianClamp * 0.5f * push.size[1] / push.focal[1];
  push.near_plane = settings.near_plane, push.far_plane = settings.far_plane;
  push.scale = settings.splat_scale, push.gain = std::exp2(settings.exposure);
  push.modes = static_cast<std::uint32_t>(settings.mode) |
               static_cast<std::uint32_t>(std::clamp(settings.sh_degree, 0, model_degree)) << 8 |
               static_cast<std::uint32_t>(settings.antialiased) << 16;
  push.harmonic_words = harmonic_words(model_degree);
  return push;
}

bool same_view(const scene::Camera& a, const scene::Camera& b) {
  const scene::Pinhole &p = a.intrinsics, &q = b.intrinsics;
  return p.width == q.width && p.height == q.height && p.fx == q.fx && p.fy == q.fy && p.cx == q.cx && p.cy == q.cy &&
         a.cam_from_world.rotation == b.cam_from_world.rotation &&
         a.cam_from_world.translation == b.cam_from_world.translation;
}

}  // namespace

struct SplatRenderer::Impl {
  /// A model and everything whose size follows from its own.
  struct Loaded {
    int sh_degree = 0;
    std::uint32_t rows = 0;
    std::vector<ModelChunk> chunks;
    Buffer records, row_keys, counts, draw;  // draw: number of visible splats, then a VkDrawIndirectCommand
    std::optional<RadixSort> sort;
    std::vector<Bindings> project;  // one a chunk
    Bindings scan, compact, quads;
  };

  explicit Impl(Device& d)
      : device(d),
        project(d, kProject, 5, sizeof(ProjectPush), "project"),
        scan(d, kCompactScan, 2, sizeof(std::uint32_t), "compact scan"),
        compact(d, kCompact, 4, sizeof(std::uint32_t), "compact"),
        quads(d) {}

  void record_order(VkCommandBuffer commands) {
    ProjectPush push = view_push(camera, settings, loaded->sh_degree);
    // The quads of the frame before read what is now written.
    barrier(device, commands, VK_PIPELINE_STAGE_VERTEX_SHADER_BIT | VK_PIPELINE_STAGE_DRAW_INDIRECT_BIT, 0,
            VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_ACCESS_SHADER_WRITE_BIT);
    for (std::size_t i = 0; i < loaded->chunks.size(); ++i) {
      push.first_row = loaded->chunks[i].first_row, push.rows = loaded->chunks[i].rows;
      project.dispatch(commands, loaded->project[i], push, groups_for(push.rows));
    }
    compute_barrier(device, commands);
    const std::uint32_t groups = groups_for(loaded->rows);
    scan.dispatch(commands, loaded->scan, groups, 1);
    compute_barrier(device, commands);
    compact.dispatch(commands, loaded->compact, loaded->rows, groups);
    compute_barrier(device, commands);
    loaded->sort->record(commands);
    barrier(device, commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_ACCESS_SHADER_WRITE_BIT,
            VK_PIPELINE_STAGE_VERTEX_SHADER_BIT | VK_PIPELINE_STAGE_DRAW_INDIRECT_BIT,
            VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_INDIRECT_COMMAND_READ_BIT);
  }

  Device& device;
  Kernel project, scan, compact;
  QuadPass quads;
  std::unique_ptr<Loaded> loaded;
  Buffer readback;
  bool ordered = false;  // for `camera` and `settings`
  scene::Camera camera;
  ViewSettings settings;
  std::uint64_t ticket = 0;
};

SplatRenderer::SplatRenderer(Device& device) : impl_(std::make_unique<Impl>(device)) {}
SplatRenderer::~SplatRenderer() {
  if (impl_->ticket) impl_->device.wait_idle();
}

std::uint64_t SplatRenderer::capacity() const {
  const Capabilities& c = impl_->device.capabilities();
  // One dispatch covers all rows; the scan and the sort count in 32 bits.
  return std::min({std::min(c.max_storage_range, c.max_allocation) / kRecordBytes, std::uint64_t{c.max_groups} * kGroup,
                   std::uint64_t{1} << 30});
}

void SplatRenderer::set_model(const scene::GaussianModel& model) {
  if (model.size() > capacity())
    throw scene::Error(
        impl_->device.capabilities().name,
        "draws at most " + std::to_string(capacity()) + " splats, and the model has " + std::to_string(model.size()),
        "open a model with fewer splats");
  Device& device = impl_->device;
  auto loaded = std::make_unique<Impl::Loaded>();
  loaded->sh_degree = model.sh_degree();
  loaded->rows = static_cast<std::uint32_t>(model.size());
  loaded->chunks = upload_model(device, model);
  constexpr VkBufferUsageFlags kStorage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT;
  const std::uint64_t rows = loaded->rows;
  loaded->records = Buffer(device, rows * kRecordBytes, kStorage, Where::device, "view/records");
  loaded->row_keys = Buffer(device, rows * sizeof(std::uint32_t), kStorage, Where::device, "view/keys");
  loaded->counts =
      Buffer(device, groups_for(loaded->rows) * sizeof(std::uint32_t), kStorage, Where::device, "view/counts");
  loaded->draw = Buffer(device, 5 * sizeof(std::uint32_t), kStorage | VK_BUFFER_USAGE_INDIRECT_BUFFER_BIT,
                        Where::device, "view/draw");
  loaded->sort.emplace(device, loaded->rows, loaded->draw);
  for (const ModelChunk& chunk : loaded->chunks)
    loaded->project.push_back(
        impl_->project.bind({chunk.splats.handle(), chunk.harmonics.handle(), loaded->records.handle(),
                             loaded->row_keys.handle(), loaded->counts.handle()}));
  loaded->scan = impl_->scan.bind({loaded->counts.handle(), loaded->draw.handle()});
  loaded->compact = impl_->compact.bind({loaded->row_keys.handle(), loaded->counts.handle(),
                                         loaded->sort->keys().handle(), loaded->sort->values().handle()});
  loaded->quads = impl_->quads.bind(loaded->records.handle(), loaded->sort->values().handle());
  if (impl_->loaded) device.retire(std::move(impl_->loaded));
  impl_->loaded = std::move(loaded);
  impl_->ordered = false;
}

std::uint64_t SplatRenderer::draw(const scene::Camera& camera, const ViewSettings& settings) {
  Impl& s = *impl_;
  const auto longest = static_cast<std::uint32_t>(std::max(camera.intrinsics.width, camera.intrinsics.height));
  if (const Capabilities& c = s.device.capabilities(); longest > c.max_image_side)
    throw scene::Error(c.name, "draws pictures of at most " + std::to_string(c.max_image_side) + " pixels a side",
                       "ask for a smaller one");
  if (!s.loaded) set_model({});
  s.quads.resize(camera.intrinsics.width, camera.intrinsics.height);
  const bool ordered = s.ordered && same_view(camera, s.camera) && settings == s.settings;
  s.ordered = true, s.camera = camera, s.settings = settings;
  s.ticket = s.device.submit([&](VkCommandBuffer commands) {
    if (!ordered) s.record_order(commands);
    s.quads.record(commands, s.loaded->quads, s.loaded->draw.handle(), sizeof(std::uint32_t), settings.background,
                   static_cast<std::uint32_t>(settings.mode));
  });
  return s.ticket;
}

const Image& SplatRenderer::image() const { return impl_->quads.image(); }

void SplatRenderer::read(Frame& frame) {
  Impl& s = *impl_;
  const Image& source = image();
  const std::uint64_t bytes =
      std::uint64_t{8} * static_cast<std::uint64_t>(source.width()) * static_cast<std::uint64_t>(source.height());
  if (s.readback.bytes() != bytes)
    s.readback = Buffer(s.device, bytes, VK_BUFFER_USAGE_TRANSFER_DST_BIT, Where::readback, "view/readback");
  s.device.wait(s.device.submit([&](VkCommandBuffer commands) {
    VkBufferImageCopy region{};
    region.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1};
    region.imageExtent = {static_cast<std::uint32_t>(source.width()), static_cast<std::uint32_t>(source.height()), 1};
    s.device.f().vkCmdCopyImageToBuffer(commands, source.handle(), VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
                                        s.readback.handle(), 1, &region);
    barrier(s.device, commands, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_TRANSFER_WRITE_BIT,
            VK_PIPELINE_STAGE_HOST_BIT, VK_ACCESS_HOST_READ_BIT);
  }));
  frame.resize(source.width(), source.height(), false);
  const auto* half = reinterpret_cast<const std::uint16_t*>(s.readback.mapped());
  for (int y = 0; y < source.height(); ++y)
    for (int x = 0; x < source.width(); ++x, half += 4) {
      for (int c = 0; c < 3; ++c) frame.color[c].at(x, y) = from_half(half[c]);
      frame.alpha.at(x, y) = from_half(half[3]);
    }
}

namespace {

class VulkanViewRenderer : public ViewRenderer {
 public:
  std::string name() const override { return "Vulkan on " + device_.capabilities().name; }
  bool supports(ViewMode) const override { return true; }
  bool shares_cores() const override { return device_.capabilities().cpu; }
  void set_model(std::shared_ptr<const scene::GaussianModel> model) override { renderer_.set_model(*model); }
  const Frame& draw(const scene::Camera& camera, const ViewSettings& settings) override {
    renderer_.draw(camera, settings);
    renderer_.read(frame_);
    return frame_;
  }

 private:
  Instance instance_;
  Device device_{instance_};
  SplatRenderer renderer_{device_};
  Frame frame_;
};

}  // namespace

std::unique_ptr<ViewRenderer> make_vulkan_view_renderer() { return std::make_unique<VulkanViewRenderer>(); }

}  // namespace tessera::render::vulkan
