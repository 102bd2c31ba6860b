#include "reconstruct/blocks/assignment.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <glm/geometric.hpp>
#include <nanoflann.hpp>

#include "reconstruct/train/projection.h"
#include "scene/parallel.h"

namespace tessera::reconstruct {
namespace {

constexpr std::size_t kGrain = 256;
constexpr std::size_t kNeighbours = 3;  // as splats are sized by at the start of training

glm::dvec3 point_of(const scene::SparsePoints& points, std::size_t i) {
  return {points.position[i][0], points.position[i][1], points.position[i][2]};
}

/// Training views that see each point, as SparsePoints has them; by projection where there are no tracks.
struct Sight {
  std::vector<std::uint32_t> begin, view;
};

Sight sight_of(const scene::Dataset& dataset) {
  const scene::SparsePoints& points = dataset.points;
  Sight sight;
  sight.begin.reserve(points.size() + 1);
  sight.begin.push_back(0);
  if (!points.track_view.empty()) {
    sight.view.reserve(points.track_view.size());
    for (std::size_t i = 0; i < points.size(); ++i) {
      for (std::uint32_t t = points.track_begin[i]; t < points.track_begin[i + 1]; ++t)
        if (!dataset.views[points.track_view[t]].test) sight.view.push_back(points.track_view[t]);
      sight.begin.push_back(static_cast<std::uint32_t>(sight.view.size()));
    }
    return sight;
  }
  std::vector<std::vector<std::uint32_t>> seen(points.size());
  const std::vector<std::size_t> train = dataset.train_views();
  scene::parallel_blocks(std::size_t{0}, points.size(), kGrain, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i)
      for (const std::size_t v : train)
        if (project(dataset.views[v].camera, point_of(points, i))) seen[i].push_back(static_cast<std::uint32_t>(v));
  });
  for (const auto& views : seen) {
    sight.view.insert(sight.view.end(), views.begin(), views.end());
    sight.begin.push_back(static_cast<std::uint32_t>(sight.view.size()));
  }
  return sight;
}

/// Where the points lie, in cell coordinates.
std::vector<glm::dvec2> places(const scene::SparsePoints& points, const Partition& partition) {
  std::vector<glm::dvec2> place(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) place[i] = partition.frame().cell_from_scene(point_of(points, i));
  return place;
}

template <class Body>  // body(block, rectangle with its margin)
void for_each_block(const Partition& partition, double margin, Body body) {
  scene::parallel_blocks(std::size_t{0}, partition.cells(), 1, [&](std::size_t first, std::size_t last) {
    for (std::size_t b = first; b < last; ++b) body(b, partition.cell(static_cast<std::uint32_t>(b)).expanded(margin));
  });
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

std::string reason(const BlockView& view, const AssignmentOptions& options) {
  if (options.rule == "visibility") return "shows it";
  if (options.rule == "ssim-drop") return "misses it";
  return !view.sees_much(options) ? "looks at it" : !view.looks_at_it(options) ? "sees much of it" : "both";
}

BlockViews views_by_tracks(const scene::Dataset& dataset, const Partition& partition,
                           const AssignmentOptions& options) {
  const Sight sight = sight_of(dataset);
  std::vector<std::uint32_t> of_view(dataset.views.size());
  for (const std::uint32_t v : sight.view) ++of_view[v];
  const std::vector<glm::dvec2> place = places(dataset.points, partition);
  BlockViews views(partition.cells());
  for_each_block(partition, options.margin, [&](std::size_t b, const Rect& rect) {
    std::vector<std::uint32_t> common(dataset.views.size());
    double inside = 0;
    for (std::size_t i = 0; i < place.size(); ++i) {
      if (!rect.contains(place[i])) continue;
      ++inside;
      for (std::uint32_t t = sight.begin[i]; t < sight.begin[i + 1]; ++t) ++common[sight.view[t]];
    }
    for (std::uint32_t v = 0; v < common.size(); ++v) {
      if (common[v] == 0) continue;  // then of_view and the block's points are not zero either
      const BlockView view{v, static_cast<double>(common[v]) / of_view[v], common[v] / inside};
      if (view.looks_at_it(options) || view.sees_much(options)) views[b].push_back(view);
    }
  });
  return views;
}

std::vector<BlockData> block_data(const scene::Dataset& dataset, const Partition& partition, double margin,
                                  BlockViews views) {
  const Sight sight = sight_of(dataset);
  const std::vector<glm::dvec2> place = places(dataset.points, partition);
  std::vector<BlockData> blocks(partition.cells());
  for_each_block(partition, margin, [&](std::size_t b, const Rect& rect) {
    BlockData& block = blocks[b];
    block.views = std::move(views[b]);
    std::vector<std::uint8_t> assigned(dataset.views.size());
    for (const BlockView& v : block.views) assigned[v.view] = 1;
    for (std::size_t i = 0; i < place.size(); ++i) {
      const auto* begin = sight.view.data() + sight.begin[i];
      const auto* end = sight.view.data() + sight.begin[i + 1];
      if (rect.contains(place[i]))
        block.points.push_back(static_cast<std::uint32_t>(i));
      else if (std::any_of(begin, end, [&](std::uint32_t v) { return assigned[v] != 0; }))
        block.auxiliary.push_back(static_cast<std::uint32_t>(i));
    }
  });
  return blocks;
}

std::vector<BlockData> assign_by_tracks(const scene::Dataset& dataset, const Partition& partition,
                                        const AssignmentOptions& options) {
  return block_data(dataset, partition, options.margin, views_by_tracks(dataset, partition, options));
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

}  // namespace tessera::reconstruct
