#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "render/cpu/binning.h"
#include "render/cpu/buffer.h"
#include "render/cpu/splat.h"
#include "render/rasterizer.h"
#include "scene/error.h"
#include "scene/parallel.h"

namespace tessera::render {
namespace {

constexpr int kMaxSide = 1 << 16;  // pixels; keeps tile numbers and spans in range

ViewParameters view_parameters(const scene::Camera& camera, const RenderSettings& settings, int model_degree) {
  const scene::Pinhole& pinhole = camera.intrinsics;
  if (pinhole.width < 1 || pinhole.height < 1 || pinhole.width > kMaxSide || pinhole.height > kMaxSide)
    throw scene::Error(
        "picture",
        "cannot render " + std::to_string(pinhole.width) + " x " + std::to_string(pinhole.height) + " pixels",
        "ask for 1 to " + std::to_string(kMaxSide) + " a side");
  if (!(settings.near_plane > 0)) throw scene::Error("near plane", "must be greater than 0");
  ViewParameters view{};
  const glm::dmat3 rotation = glm::mat3_cast(camera.cam_from_world.rotation);  // column-major
  const glm::dvec3 centre = camera.center();
  for (int r = 0; r < 3; ++r) {
    for (int c = 0; c < 3; ++c) view.w[3 * r + c] = static_cast<float>(rotation[c][r]);
    view.t[r] = static_cast<float>(camera.cam_from_world.translation[r]);
    view.center[r] = static_cast<float>(centre[r]);
    view.background[r] = settings.background[r];
  }
  view.fx = static_cast<float>(pinhole.fx), view.fy = static_cast<float>(pinhole.fy);
  view.cx = static_cast<float>(pinhole.cx), view.cy = static_cast<float>(pinhole.cy);
  view.limit_x = static_cast<float>(kJacobianClamp * pinhole.width / (2 * pinhole.fx));
  view.limit_y = static_cast<float>(kJacobianClamp * pinhole.height / (2 * pinhole.fy));
  view.near_plane = settings.near_plane, view.far_plane = settings.far_plane;
  view.width = pinhole.width, view.height = pinhole.height;
  view.tiles_x = (pinhole.width + kTile - 1) / kTile, view.tiles_y = (pinhole.height + kTile - 1) / kTile;
  view.sh_degree = std::clamp(settings.sh_degree, 0, model_degree);
  view.antialiased = settings.antialiased;
  view.geometry = settings.geometry && !settings.shells, view.shells = settings.shells;
  return view;
}

/// Wall time between calls.
class Stopwatch {
 public:
  double lap() {
    const auto now = std::chrono::steady_clock::now();
    return std::chrono::duration<double, std::milli>(now - std::exchange(last_, now)).count();
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

/// Whether the planes have that many rows already: GaussianPlanes::resize() allocates, if only to find out.
bool fits(const scene::GaussianPlanes& planes, std::size_t rows, std::size_t sh_planes) {
  const auto all = [rows](const auto& list) {
    return std::all_of(list.begin(), list.end(),
                       [rows](const std::vector<float>& plane) { return plane.size() == rows; });
  };
  return planes.sh.size() == sh_planes && planes.opacity_logit.size() == rows && all(planes.position) &&
         all(planes.log_scale) && all(planes.rotation) && all(planes.sh);
}

class CpuRasterizer final : public Rasterizer {
 public:
  const Frame& forward(const scene::GaussianModel& model, const scene::Camera& camera,
                       const RenderSettings& settings) override {
    view_ = view_parameters(camera, settings, model.sh_degree());
    Stopwatch watch;
    rows_ = model.size();
    constexpr std::size_t kMost = std::numeric_limits<std::uint32_t>::max();
    if (rows_ > kMost - kChunk) throw scene::Error("model", "has more splats than 32-bit indices can name");
    chunk_count_ = (rows_ + kChunk - 1) / kChunk;
    if (chunks_.size() < chunk_count_) chunks_.resize(chunk_count_);
    bind(model);
    const auto give_up_if_asked = [&settings] {
      if (settings.cancellation) settings.cancellation->throw_if_requested();
    };
    scene::parallel_for(std::size_t{0}, chunk_count_, [&](std::size_t chunk) {
      give_up_if_asked();
      project_chunk(project_, chunk);
    });

    std::uint64_t visible = 0, pairs = 0;
    for (std::size_t chunk = 0; chunk < chunk_count_; ++chunk) {
      chunks_[chunk].first_visible = static_cast<std::uint32_t>(visible);
      chunks_[chunk].first_pair = static_cast<std::uint32_t>(pairs);
      visible += chunks_[chunk].visible, pairs += chunks_[chunk].pairs;
    }
    if (pairs > kMost)
      throw scene::Error("model", "touches more tiles than 32-bit indices can name", "render a smaller picture");
    statistics_ = {};
    statistics_.visible = visible, statistics_.tile_pairs = pairs;
    statistics_.milliseconds.project = watch.lap();
    give_up_if_asked();
    binner_.sort(depths_.data(), footprints_.data(), chunks_.data(), chunk_count_, visible);
    statistics_.milliseconds.sort = watch.lap();
    tiles_ = static_cast<std::size_t>(view_.tiles_x) * view_.tiles_y;
    give_up_if_asked();
    binner_.bin(footprints_.data(), chunks_.data(), pairs, tiles_);
    statistics_.milliseconds.bin = watch.lap();

    frame_.resize(view_.width, view_.height, view_.geometry);
    blend_ = {&view_,
              splats_.data(),
              binner_.entries(),
              binner_.tile_begin(),
              touched_.reserve(pairs),
              entry_touched_.reserve(pairs),
              transmittance_.reserve(tiles_ * kTilePixels),
              stops_.reserve(tiles_ * kTilePixels),
              results_.reserve(tiles_),
              &frame_};
    scene::parallel_for(std::size_t{0}, tiles_, [&](std::size_t tile) {
      give_up_if_asked();
      blend_tile(blend_, tile);
    });
    for (std::size_t tile = 0; tile < tiles_; ++tile) {
      const TileResult& result = results_.data()[tile];
      statistics_.pixel_pairs += std::uint64_t{kLanes} * result.groups;
      statistics_.blended_pairs += std::uint64_t{kLanes} * result.blended_groups;
      statistics_.blended_tile_pairs += result.blended_entries;
    }
    statistics_.milliseconds.blend = watch.lap();
    return frame_;
  }

  void backward(const scene::GaussianModel& model, const FrameGradient& gradient, ModelGradients& out,
                GradientSink* sink) override {
    check(gradient);
    Stopwatch watch;
    if (!sink && !fits(out.planes, rows_, model.sh.size())) out.planes.resize(rows_, model.sh_degree());
    out.seen.resize(rows_);
    for (int c = 0; c < 2; ++c) out.mean2d[c].resize(rows_), out.abs_mean2d[c].resize(rows_);
    out.radius.resize(rows_), out.weight.resize(rows_);

    const BlendBackwardJob blend{blend_, &gradient, slots_.reserve(statistics_.tile_pairs * kSlotSize)};
    scene::parallel_for(std::size_t{0}, tiles_, [&](std::size_t tile) { blend_backward_tile(blend, tile); });
    statistics_.milliseconds.blend_backward = watch.lap();

    bind(model);
    const ProjectBackwardJob job{project_,
                                 slots_.data(),
                                 touched_.data(),
                                 {out.mean2d[0].data(), out.mean2d[1].data()},
                                 {out.abs_mean2d[0].data(), out.abs_mean2d[1].data()},
                                 out.radius.data(),
                                 out.weight.data()};
    scene::parallel_for(std::size_t{0}, chunk_count_, [&](std::size_t chunk) {
      const std::size_t begin = chunk * kChunk, count = std::min(kChunk, rows_ - begin);
      if (sink)
        give(job, chunk, begin, count, out.seen.data() + begin, *sink);
      else
        project_backward_chunk(job, chunk, rows_of(out, begin, count, model.sh.size()));
    });
    out.pose.fill(0);
    for (std::size_t chunk = 0; chunk < chunk_count_; ++chunk)
      for (std::size_t c = 0; c < out.pose.size(); ++c) out.pose[c] += chunks_[chunk].pose[c];
    statistics_.milliseconds.project_backward = watch.lap();
  }

  const RenderStatistics& statistics() const override { return statistics_; }

  std::size_t buffer_bytes() const override {
    std::size_t bytes = splats_.bytes() + depths_.bytes() + footprints_.bytes() + block_mask_.bytes() +
                        binner_.bytes() + touched_.bytes() + entry_touched_.bytes() + transmittance_.bytes() +
                        stops_.bytes() + results_.bytes() + slots_.bytes();
    for (const ChunkResult& chunk : chunks_) bytes += sizeof chunk + chunk.tiles.capacity() * sizeof(std::uint32_t);
    const auto plane = [&](const Plane& p) { bytes += p.data.capacity() * sizeof(float); };
    for (const Plane& p : frame_.color) plane(p);
    for (const Plane& p : frame_.normal) plane(p);
    for (const Plane* p : {&frame_.alpha, &frame_.depth, &frame_.median_depth, &frame_.count}) plane(*p);
    return bytes;
  }

 private:
  void bind(const scene::GaussianModel& model) {
    project_ = {&view_, rows_};
    for (int c = 0; c < 3; ++c)
      project_.position[c] = model.position[c].data(), project_.log_scale[c] = model.log_scale[c].data();
    for (int c = 0; c < 4; ++c) project_.rotation[c] = model.rotation[c].data();
    project_.opacity_logit = model.opacity_logit.data();
    for (std::size_t p = 0; p < model.sh.size(); ++p) project_.sh[p] = model.sh[p].data();
    project_.splats = splats_.reserve(chunk_count_ * kChunk);
    project_.depths = depths_.reserve(chunk_count_ * kChunk);
    project_.footprints = footprints_.reserve(chunk_count_ * kChunk);
    project_.block_mask = block_mask_.reserve(chunk_count_ * kChunk / kLanes);
    project_.chunks = chunks_.data();
  }

  /// The chunk's gradients in memory that its core uses for every chunk, and from there to the sink.
  void give(const ProjectBackwardJob& job, std::size_t chunk, std::size_t begin, std::size_t count, std::uint8_t* seen,
            GradientSink& sink) const {
    alignas(64) float planes[11 + kMaxFeatures][kChunk];  // 236 KiB: fits the second-level cache and any stack
    GradientRows rows;
    rows.begin = begin, rows.count = count, rows.seen = seen;
    float(*next)[kChunk] = planes;
    for (float*& plane : rows.position) plane = *next++;
    for (float*& plane : rows.log_scale) plane = *next++;
    for (float*& plane : rows.rotation) plane = *next++;
    rows.opacity_logit = *next++;
    rows.sh_planes = static_cast<std::size_t>(3 * scene::sh_coefficients(view_.sh_degree));
    for (std::size_t p = 0; p < rows.sh_planes; ++p) rows.sh[p] = *next++;
    project_backward_chunk(job, chunk, rows);
    sink.take(rows);
  }

  /// A gradient plane is empty or has the frame's size; geometry gradients need geometry outputs.
  void check(const FrameGradient& gradient) const {
    if (view_.shells) throw scene::Error("frame gradient", "there is none through shells", "render splats");
    const auto fits = [&](const Plane& p) {
      return p.width == 0 || (p.width == view_.width && p.height == view_.height);
    };
    const bool all = std::all_of(std::begin(gradient.color), std::end(gradient.color), fits) && fits(gradient.alpha) &&
                     fits(gradient.depth) && std::all_of(std::begin(gradient.normal), std::end(gradient.normal), fits);
    if (!all) throw scene::Error("frame gradient", "has another size than the frame");
    const bool geometry = gradient.depth.width != 0 || gradient.normal[0].width != 0 || gradient.normal[1].width != 0 ||
                          gradient.normal[2].width != 0;
    if (geometry && !view_.geometry)
      throw scene::Error("frame gradient", "has depth or normals that were not rendered",
                         "set RenderSettings::geometry");
  }

  ViewParameters view_{};
  std::size_t rows_ = 0, chunk_count_ = 0, tiles_ = 0;
  ProjectJob project_{};
  BlendJob blend_{};
  Frame frame_;
  RenderStatistics statistics_;
  Binner binner_;
  std::vector<ChunkResult> chunks_;
  Buffer<Splat> splats_;
  Buffer<Footprint> footprints_;
  Buffer<std::uint16_t> block_mask_, touched_, entry_touched_;
  Buffer<float> depths_, transmittance_, slots_;
  Buffer<Stop> stops_;
  Buffer<TileResult> results_;
};

}  // namespace

std::unique_ptr<Rasterizer> make_cpu_rasterizer() { return std::make_unique<CpuRasterizer>(); }

}  // namespace tessera::render
