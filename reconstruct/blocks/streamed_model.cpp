#include "reconstruct/blocks/streamed_model.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <glm/geometric.hpp>

#include "render/rasterizer.h"
#include "scene/parallel.h"
#include "scene/scene_frame.h"

namespace tessera::reconstruct {
namespace {

// A splat is drawn up to the distance at which its alpha falls below kAlphaMin (in standard deviations, at opacity 1).
const double kReach = std::sqrt(2 * std::log(1 / static_cast<double>(render::kAlphaMin)));
// Pixels: what the dilation of the 2D covariance adds to that, and a pixel for rounding.
const double kSlack = kReach * std::sqrt(static_cast<double>(render::kDilation)) + 1;
constexpr std::uint64_t kRowsAtOnce = 16 * StreamedModel::kRunRows;  // read: 4 MB

}  // namespace

StreamedModel::Bounds StreamedModel::bounds_of(const scene::GaussianModel& model, std::size_t first, std::size_t last) {
  Bounds bounds;
  const auto range = [&](const std::vector<float>& plane) {
    return std::minmax_element(plane.begin() + static_cast<std::ptrdiff_t>(first),
                               plane.begin() + static_cast<std::ptrdiff_t>(last));
  };
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto [low, high] = range(model.position[axis]);
    bounds.center[axis] = 0.5f * (*low + *high);
    bounds.deviation = std::max(bounds.deviation, std::exp(*range(model.log_scale[axis]).second));
  }
  double farthest = 0;
  for (std::size_t i = first; i < last; ++i) {
    double square = 0;
    for (std::size_t axis = 0; axis < 3; ++axis)
      square += std::pow(static_cast<double>(model.position[axis][i]) - static_cast<double>(bounds.center[axis]), 2);
    farthest = std::max(farthest, square);
  }
  bounds.radius = std::nextafter(static_cast<float>(std::sqrt(farthest)), std::numeric_limits<float>::max());
  return bounds;
}

StreamedModel::StreamedModel(std::filesystem::path ply, const scene::Similarity& scene_from_file)
    : path_(std::move(ply)), scene_from_file_(scene_from_file) {
  const scene::PlyInfo info = scene::probe_ply(path_);
  size_ = info.vertices, sh_degree_ = info.sh_degree;
  for (std::uint64_t first = 0; first < size_; first += kRowsAtOnce) {
    const scene::GaussianModel part = rows({first, std::min(kRowsAtOnce, size_ - first)});
    for (std::size_t at = 0; at < part.size(); at += kRunRows)
      runs_.push_back(bounds_of(part, at, std::min<std::size_t>(at + kRunRows, part.size())));
  }
}

/// A splat with its mean at (x, y, z), z > 0, covers of the picture no more than kReach standard deviations of its 2D
/// covariance J Sigma J^T + dilation, and no eigenvalue of that is above (f / z)^2 (1 + clamp^2) sigma^2 + dilation,
/// clamp bounding x/z and y/z in J. So it misses the right edge where f x > (half width + slack) z + reach f
/// sqrt(1 + clamp^2) sigma: a half-space, and the run misses it where the sphere of its means lies in it.
bool StreamedModel::may_show(const Bounds& bounds, const scene::Camera& camera) {
  const scene::Pinhole& p = camera.intrinsics;
  const glm::dvec3 c = camera.cam_from_world({bounds.center[0], bounds.center[1], bounds.center[2]});
  const double radius = static_cast<double>(bounds.radius), sigma = static_cast<double>(bounds.deviation);
  if (c.z + radius <= 0) return false;
  const double left = p.cx, right = p.width - p.cx, up = p.cy, down = p.height - p.cy;
  const double clamp_x = render::kJacobianClamp * 0.5 * p.width / p.fx;
  const double clamp_y = render::kJacobianClamp * 0.5 * p.height / p.fy;
  const double spread = kReach * std::max(p.fx, p.fy) * sigma * std::sqrt(1 + clamp_x * clamp_x + clamp_y * clamp_y);
  const auto misses = [&](double focal, double along, double edge) {
    const double reach = edge + kSlack;
    return focal * along - reach * c.z - spread > radius * std::hypot(focal, reach);
  };
  return !misses(p.fx, -c.x, left) && !misses(p.fx, c.x, right) && !misses(p.fy, -c.y, up) && !misses(p.fy, c.y, down);
}

scene::GaussianModel StreamedModel::rows_of(std::span<const scene::RowRun> runs) const {
  scene::GaussianModel model = scene::read_splat_ply_rows(path_, runs);
  scene::transform_model(model, scene_from_file_);
  return model;
}

scene::GaussianModel StreamedModel::rows(std::span<const std::uint32_t> list) const {
  std::vector<scene::RowRun> runs;
  for (const std::uint32_t row : list) {
    if (runs.empty() || runs.back().first + runs.back().count != row) runs.push_back({row, 0});
    ++runs.back().count;
  }
  return rows_of(runs);
}

void StreamedModel::for_each_row(std::span<const Cameras> groups, const RowSink& sink) const {
  const std::size_t width = groups.size();
  std::vector<std::uint8_t> shown;  // [rows * width]
  for (std::uint64_t first = 0; first < size_; first += kRowsAtOnce) {
    const scene::GaussianModel part = rows({first, std::min(kRowsAtOnce, size_ - first)});
    shown.assign(part.size() * width, 0);
    const std::size_t runs = (part.size() + kRunRows - 1) / kRunRows;
    scene::parallel_for(std::size_t{0}, runs, [&](std::size_t r) {
      const std::size_t begin = r * kRunRows, end = std::min<std::size_t>(begin + kRunRows, part.size());
      std::array<Bounds, kRunRows> bounds;  // of each row: all cameras ask
      for (std::size_t row = begin; row < end; ++row) bounds[row - begin] = bounds_of(part, row, row + 1);
      for (std::size_t g = 0; g < width; ++g)
        for (const scene::Camera& camera : groups[g]) {
          if (!may_show(runs_[first / kRunRows + r], camera)) continue;
          for (std::size_t row = begin; row < end; ++row)
            if (std::uint8_t& seen = shown[row * width + g]; !seen) seen = may_show(bounds[row - begin], camera);
        }
    });
    for (std::size_t row = 0; row < part.size(); ++row)
      sink(first + row, {part.position[0][row], part.position[1][row], part.position[2][row]},
           std::span(shown).subspan(row * width, width));
  }
}

scene::GaussianModel StreamedModel::seen_by(const scene::Camera& camera) const {
  std::vector<scene::GaussianModel> parts;
  std::size_t size = 0;
  const auto take = [&](scene::RowRun run) {
    if (run.count == 0) return;
    scene::GaussianModel part = rows(run);
    // A run is as wide as its largest splat: most of its rows may lie outside all the same.
    scene::IndexMap shown;
    for (std::size_t row = 0; row < part.size(); ++row)
      if (may_show(bounds_of(part, row, row + 1), camera)) shown.old_row.push_back(static_cast<std::uint32_t>(row));
    part.apply(shown);
    size += part.size();
    parts.push_back(std::move(part));
  };
  scene::RowRun next{0, 0};
  for (std::size_t r = 0; r < runs_.size(); ++r) {
    if (!may_show(runs_[r], camera)) continue;
    const std::uint64_t first = r * kRunRows, count = std::min(kRunRows, size_ - first);
    if (next.first + next.count != first || next.count >= kRowsAtOnce) take(std::exchange(next, {first, 0}));
    next.count += count;
  }
  take(next);
  scene::GaussianModel seen;
  seen.resize(0, sh_degree_);
  const auto planes = seen.planes();
  for (std::size_t p = 0; p < planes.size(); ++p) {  // no more than one plane is there twice
    planes[p]->reserve(size);
    for (scene::GaussianModel& part : parts) {
      std::vector<float>& from = *part.planes()[p];
      planes[p]->insert(planes[p]->end(), from.begin(), from.end());
      std::vector<float>().swap(from);
    }
  }
  return seen;
}

}  // namespace tessera::reconstruct
