#include "render/vulkan/splat_renderer.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <utility>

#include "render/rasterizer.h"
#include "render/vulkan/device_model.h"
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
constexpr double kShareOfMemory = 0.9;      // of what is free: pictures and the window want some
constexpr std::size_t kFewest = 1000;       // splats: a device without room for them draws nothing
constexpr std::uint32_t kMuchRoom = 4;      // times what is needed is given back

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
               static_cast<std::uint32_t>(settings.antialiased) << 16 | static_cast<std::uint32_t>(model_degree) << 24;
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
  /// Everything whose size follows from the model's.
  struct Loaded {
    std::uint32_t room = 0;                  // rows
    Buffer records, row_keys, counts, draw;  // draw: number of visible splats, then a VkDrawIndirectCommand
    std::optional<RadixSort> sort;
    std::vector<Bindings> project;  // one a chunk
    Bindings scan, compact, quads;
  };

  Impl(Device& d, std::uint64_t most)
      : device(d),
        most_splats(most),
        model(d),
        project(d, kProject, 5, sizeof(ProjectPush), "project"),
        scan(d, kCompactScan, 2, sizeof(std::uint32_t), "compact scan"),
        compact(d, kCompact, 4, sizeof(std::uint32_t), "compact"),
        quads(d) {}

  void record_order(VkCommandBuffer commands) {
    ProjectPush push = view_push(camera, settings, model.sh_degree());
    // The quads of the frame before read what is now written.
    barrier(device, commands, VK_PIPELINE_STAGE_VERTEX_SHADER_BIT | VK_PIPELINE_STAGE_DRAW_INDIRECT_BIT, 0,
            VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_ACCESS_SHADER_WRITE_BIT);
    for (std::size_t i = 0; i < model.chunks().size(); ++i) {
      push.first_row = model.chunks()[i].first_row, push.rows = model.chunks()[i].rows;
      project.dispatch(commands, loaded->project[i], push, groups_for(push.rows));
    }
    compute_barrier(device, commands);
    const std::uint32_t groups = groups_for(rows);
    scan.dispatch(commands, loaded->scan, groups, 1);
    compute_barrier(device, commands);
    compact.dispatch(commands, loaded->compact, rows, groups);
    compute_barrier(device, commands);
    loaded->sort->record(commands);
    barrier(device, commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_ACCESS_SHADER_WRITE_BIT,
            VK_PIPELINE_STAGE_VERTEX_SHADER_BIT | VK_PIPELINE_STAGE_DRAW_INDIRECT_BIT,
            VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_INDIRECT_COMMAND_READ_BIT);
  }

  /// Brings rows of the model to the device, all where the selection is empty. Throws OutOfMemory, after which nothing
  /// is held.
  void load(const scene::GaussianModel& source, std::span<const std::uint32_t> selection);
  void let_go();
  std::uint32_t most() const;  // rows

  Device& device;
  std::uint64_t most_splats;
  DeviceModel model;
  std::uint32_t rows = 0;  // of `model`
  Kernel project, scan, compact;
  QuadPass quads;
  std::unique_ptr<Loaded> loaded;
  Buffer readback;
  bool current = false;  // the image is that of the model, `camera` and `settings`
  scene::Camera camera;
  ViewSettings settings;
  std::uint64_t ticket = 0;
};

void SplatRenderer::Impl::let_go() {
  current = false;
  rows = 0;
  model.clear();
  if (loaded) device.retire(std::move(loaded));
}

void SplatRenderer::Impl::load(const scene::GaussianModel& source, std::span<const std::uint32_t> selection) {
  current = false;
  try {
    bool rebind = model.set(source, selection);
    rows = static_cast<std::uint32_t>(selection.empty() ? source.size() : selection.size());
    if (!loaded || rows > loaded->room || rows < loaded->room / kMuchRoom) {
      const bool grows = loaded && rows > loaded->room;
      if (loaded) device.retire(std::move(loaded));
      auto made = std::make_unique<Loaded>();
      const std::uint64_t room = std::min(grows ? rows + rows / 4 : rows, std::max(most(), rows));
      constexpr VkBufferUsageFlags kStorage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT;
      made->room = static_cast<std::uint32_t>(room);
      made->records = Buffer(device, room * kRecordBytes, kStorage, Where::device, "view/records");
      made->row_keys = Buffer(device, room * sizeof(std::uint32_t), kStorage, Where::device, "view/keys");
      made->counts =
          Buffer(device, groups_for(made->room) * sizeof(std::uint32_t), kStorage, Where::device, "view/counts");
      made->draw = Buffer(device, 5 * sizeof(std::uint32_t), kStorage | VK_BUFFER_USAGE_INDIRECT_BUFFER_BIT,
                          Where::device, "view/draw");
      made->sort.emplace(device, made->room, made->draw);
      made->scan = scan.bind({made->counts.handle(), made->draw.handle()});
      made->compact = compact.bind(
          {made->row_keys.handle(), made->counts.handle(), made->sort->keys().handle(), made->sort->values().handle()});
      made->quads = quads.bind(made->records.handle(), made->sort->values().handle());
      loaded = std::move(made);
      rebind = true;
    }
    if (!rebind) return;
    device.retire(std::exchange(loaded->project, {}));
    for (const DeviceModel::Chunk& chunk : model.chunks())
      loaded->project.push_back(project.bind({chunk.splats.handle(), chunk.harmonics.handle(), loaded->records.handle(),
                                              loaded->row_keys.handle(), loaded->counts.handle()}));
  } catch (...) {
    let_go();
    throw;
  }
}

SplatRenderer::SplatRenderer(Device& device, std::uint64_t most_splats)
    : impl_(std::make_unique<Impl>(device, most_splats)) {}
SplatRenderer::~SplatRenderer() {
  // A lost device has nothing to wait for.
  if (impl_->ticket) impl_->device.f().vkDeviceWaitIdle(impl_->device.handle());
}

std::uint32_t SplatRenderer::Impl::most() const {
  const Capabilities& c = device.capabilities();
  // One dispatch covers all rows; the scan and the sort count in 32 bits.
  return static_cast<std::uint32_t>(
      std::min({std::min(c.max_storage_range, c.max_allocation) / kRecordBytes, std::uint64_t{c.max_groups} * kGroup,
                std::uint64_t{1} << 30, most_splats}));
}

std::uint64_t SplatRenderer::capacity() const { return impl_->most(); }

void SplatRenderer::set_model(const scene::GaussianModel& model) {
  Impl& s = *impl_;
  const std::uint64_t of_row = DeviceModel::splat_bytes(1) + sizeof(std::uint32_t) * harmonic_words(model.sh_degree()) +
                               kRecordBytes + sizeof(std::uint32_t) + RadixSort::kBytesOfPair;
  // What is held already may be used again.
  const std::uint64_t room = s.device.free_memory() + (s.loaded ? s.loaded->room : 0) * of_row;
  const auto fits =
      static_cast<std::uint64_t>(kShareOfMemory * static_cast<double>(room) / static_cast<double>(of_row));
  std::size_t rows = std::min<std::uint64_t>({model.size(), capacity(), std::max<std::uint64_t>(fits, kFewest)});
  for (bool held = s.loaded != nullptr;; held = false) {
    std::vector<std::uint32_t> selection;
    if (rows < model.size()) selection = most_important_rows(model, rows);
    try {
      return s.load(model, selection);
    } catch (const OutOfMemory&) {
      // All that was held has been let go of. Drivers do not say before how much they give.
      s.device.wait_idle();
      s.device.collect();
      if (held) continue;
      if (rows <= kFewest) throw;
      rows = std::max<std::size_t>(rows - rows / 4, kFewest);
    }
  }
}

std::uint64_t SplatRenderer::drawn_splats() const { return impl_->rows; }
std::uint64_t SplatRenderer::uploaded_bytes() const { return impl_->model.uploaded_bytes(); }

std::uint64_t SplatRenderer::draw(const scene::Camera& camera, const ViewSettings& settings) {
  Impl& s = *impl_;
  const auto longest = static_cast<std::uint32_t>(std::max(camera.intrinsics.width, camera.intrinsics.height));
  if (const Capabilities& c = s.device.capabilities(); longest > c.max_image_side)
    throw scene::Error(c.name, "draws pictures of at most " + std::to_string(c.max_image_side) + " pixels a side",
                       "ask for a smaller one");
  if (!s.loaded) set_model({});
  // The image still holds that very picture.
  if (s.current && same_view(camera, s.camera) && settings == s.settings) return s.ticket;
  s.current = false;
  s.quads.resize(camera.intrinsics.width, camera.intrinsics.height);
  s.camera = camera, s.settings = settings;
  s.ticket = s.device.submit([&](VkCommandBuffer commands) {
    s.record_order(commands);
    s.quads.record(commands, s.loaded->quads, s.loaded->draw.handle(), sizeof(std::uint32_t), settings.background,
                   static_cast<std::uint32_t>(settings.mode));
  });
  s.current = true;
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

}  // namespace tessera::render::vulkan
