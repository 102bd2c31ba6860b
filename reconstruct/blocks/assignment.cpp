#include "reconstruct/blocks/assignment.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <glm/geometric.hpp>
#include <nanoflann.hpp>

#include "scene/error.h"
#include "scene/parallel.h"

namespace tessera::reconstruct {
namespace {

constexpr std::size_t kGrain = 256;
constexpr std::size_t kNeighbours = 3;  // as splats are sized by at the start of training

glm::dvec3 point_of(const scene::SparsePoints& points, std::size_t i) {
  return {points.position[i][0], points.position[i][1], points.position[i][2]};
}

bool in_picture(const scene::Camera& camera, const glm::dvec3& point) {
  const scene::Pinhole& p = camera.intrinsics;
  const glm::dvec3 c = camera.cam_from_world(point);
  if (c.z <= 0) return false;
  const double u = p.fx * c.x / c.z + p.cx, v = p.fy * c.y / c.z + p.cy;
  return u >= 0 && v >= 0 && u < p.width && v < p.height;
}

/// Training views that see each point, as SparsePoints has them; by projection where there are no tracks.
struct Sight {
  std::vector<std::uint32_t> begin, view;
};

Sight sight_of(const scene::Dataset& dataset) {
  const scene::SparsePoints& points = dataset.points;
  const bool known = !points.track_view.empty();
  std::vector<std::vector<std::uint32_t>> seen(points.size());
  const std::vector<std::size_t> train = dataset.train_views();
  scene::parallel_blocks(std::size_t{0}, points.size(), kGrain, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      if (known) {
        for (std::uint32_t t = points.track_begin[i]; t < points.track_begin[i + 1]; ++t)
          if (!dataset.views[points.track_view[t]].test) seen[i].push_back(points.track_view[t]);
      } else {
        for (const std::size_t v : train)
          if (in_picture(dataset.views[v].camera, point_of(points, i)))
            seen[i].push_back(static_cast<std::uint32_t>(v));
      }
    }
  });
  Sight sight;
  sight.begin.push_back(0);
  for (const auto& views : seen) {
    sight.view.insert(sight.view.end(), views.begin(), views.end());
    sight.begin.push_back(static_cast<std::uint32_t>(sight.view.size()));
  }
  return sight;
}

struct Cloud {
  const std::vector<std::array<float, 3>>& points;
  std::size_t kdtree_get_point_count() const { return points.size(); }
  float kdtree_get_pt(std::size_t i, std::size_t axis) const { return points[i][axis]; }
  template <class Box>
  bool kdtree_get_bbox(Box&) const {
    return false;
  }
};

/// Mean squared distance to the nearest points; 0 where there are none.
std::vector<double> squared_spacing(const std::vector<std::array<float, 3>>& points) {
  std::vector<double> squares(points.size());
  const std::size_t wanted = std::min(kNeighbours + 1, points.size());
  if (wanted < 2) return squares;
  const Cloud cloud{points};
  const nanoflann::KDTreeSingleIndexAdaptor<nanoflann::L2_Simple_Adaptor<float, Cloud>, Cloud, 3, std::uint32_t> tree(
      3, cloud, nanoflann::KDTreeSingleIndexAdaptorParams(10));
  scene::parallel_blocks(std::size_t{0}, points.size(), kGrain, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      std::array<std::uint32_t, kNeighbours + 1> index;
      std::array<float, kNeighbours + 1> squared{};
      const auto found = tree.knnSearch(points[i].data(), wanted, index.data(), squared.data());
      double sum = 0;
      for (std::size_t k = 1; k < found; ++k) sum += static_cast<double>(squared[k]);
      squares[i] = sum / static_cast<double>(found - 1);
    }
  });
  return squares;
}

}  // namespace

std::vector<BlockData> assign_by_tracks(const scene::Dataset& dataset, const Partition& partition,
                                        const AssignmentOptions& options) {
  const scene::SparsePoints& points = dataset.points;
  const Sight sight = sight_of(dataset);
  std::vector<std::uint32_t> of_view(dataset.views.size());
  for (const std::uint32_t v : sight.view) ++of_view[v];
  std::vector<glm::dvec2> place(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) place[i] = partition.frame().cell_from_scene(point_of(points, i));

  std::vector<BlockData> blocks(partition.cells());
  scene::parallel_blocks(std::size_t{0}, blocks.size(), 1, [&](std::size_t first, std::size_t last) {
    for (std::size_t b = first; b < last; ++b) {
      BlockData& block = blocks[b];
      const Rect rect = partition.cell(static_cast<std::uint32_t>(b)).expanded(options.margin);
      std::vector<std::uint32_t> common(dataset.views.size());
      for (std::size_t i = 0; i < points.size(); ++i) {
        if (!rect.contains(place[i])) continue;
        block.points.push_back(static_cast<std::uint32_t>(i));
        for (std::uint32_t t = sight.begin[i]; t < sight.begin[i + 1]; ++t) ++common[sight.view[t]];
      }
      std::vector<bool> assigned(dataset.views.size());
      for (std::uint32_t v = 0; v < common.size(); ++v) {
        if (common[v] == 0) continue;  // then of_view and the block's points are not zero either
        const BlockView view{v, static_cast<double>(common[v]) / of_view[v],
                             static_cast<double>(common[v]) / static_cast<double>(block.points.size())};
        if (!view.looks_at_it(options) && !view.sees_much(options)) continue;
        block.views.push_back(view);
        assigned[v] = true;
      }
      for (std::size_t i = 0; i < points.size(); ++i) {
        if (rect.contains(place[i])) continue;
        const auto* begin = sight.view.data() + sight.begin[i];
        const auto* end = sight.view.data() + sight.begin[i + 1];
        if (std::any_of(begin, end, [&](std::uint32_t v) { return assigned[v]; }))
          block.auxiliary.push_back(static_cast<std::uint32_t>(i));
      }
    }
  });
  return blocks;
}

std::vector<Load> point_loads(const scene::Dataset& dataset, const CellFrame& frame, LoadRule rule) {
  const scene::SparsePoints& points = dataset.points;
  std::vector<Load> loads(points.size());
  Sight sight;
  std::vector<double> spacing;
  if (rule != LoadRule::points) sight = sight_of(dataset);
  if (rule == LoadRule::pixels_covered) spacing = squared_spacing(points.position);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const glm::dvec3 point = point_of(points, i);
    loads[i].at = frame.cell_from_scene(point);
    if (rule == LoadRule::points) continue;
    loads[i].weight = 0;
    for (std::uint32_t t = sight.begin[i]; t < sight.begin[i + 1]; ++t) {
      if (rule == LoadRule::visible) {
        loads[i].weight += 1;
        continue;
      }
      const scene::Camera& camera = dataset.views[sight.view[t]].camera;
      const glm::dvec3 away = point - camera.center();
      loads[i].weight += camera.intrinsics.fx * camera.intrinsics.fy * spacing[i] / (glm::dot(away, away) + 1e-12);
    }
  }
  return loads;
}

CellFrame region_of_interest(const scene::Dataset& dataset) {
  std::vector<glm::dvec2> ground;
  std::vector<double> heights, floor;
  for (const scene::View& view : dataset.views) {
    const glm::dvec3 center = view.camera.center();
    ground.push_back({center.x, center.y});
    heights.push_back(center.z);
  }
  for (const auto& p : dataset.points.position) floor.push_back(static_cast<double>(p[2]));
  const auto median = [](std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
  };
  // Without points: the scene frame's median view depth.
  const double height = floor.empty() || heights.empty() ? 1.0 : std::abs(median(heights) - median(floor));
  return frame_around(ground, 0.5 * height);
}

}  // namespace tessera::reconstruct
