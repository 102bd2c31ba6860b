#include "scene/lod/select_lod.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <queue>

namespace tessera::scene {
namespace {

// Renderers widen every splat by 0.3 px^2 (Kerbl et al. 2023): from outside it is seen so far into the picture.
constexpr double kMargin = 2;

/// Pixels that a length of one takes at the node.
double scale_of(const LodNode& node, const Camera& camera, bool nearest) {
  const glm::dvec3 center = camera.center();
  double squared = 0, diagonal = 0;
  for (int axis = 0; axis < 3; ++axis) {
    const auto low = static_cast<double>(node.low[static_cast<std::size_t>(axis)]);
    const auto high = static_cast<double>(node.high[static_cast<std::size_t>(axis)]);
    const double apart = std::max({low - center[axis], center[axis] - high, 0.0});
    squared += apart * apart, diagonal += (high - low) * (high - low);
  }
  if (!nearest) squared += diagonal / 16;  // most of it lies about half way in
  return std::max(camera.intrinsics.fx, camera.intrinsics.fy) / std::sqrt(squared);
}

}  // namespace

double seen_error(const LodNode& node, const Camera& camera) {
  return node.error == 0 ? 0 : static_cast<double>(node.error) * scale_of(node, camera, true);
}

bool is_in_view(const LodNode& node, const Camera& camera) {
  // Outside where all corners lie beyond one of the planes through the camera and a border of the picture, or behind
  // it.
  const Pinhole& p = camera.intrinsics;
  const double left = (-kMargin - p.cx) / p.fx, right = (p.width + kMargin - p.cx) / p.fx;
  const double top = (-kMargin - p.cy) / p.fy, bottom = (p.height + kMargin - p.cy) / p.fy;
  const std::array<glm::dvec3, 5> inwards{{{1, 0, -left}, {-1, 0, right}, {0, 1, -top}, {0, -1, bottom}, {0, 0, 1}}};
  std::array<bool, 5> outside{true, true, true, true, true};
  for (std::size_t corner = 0; corner < 8; ++corner) {
    glm::dvec3 at;
    for (std::size_t axis = 0; axis < 3; ++axis)
      at[static_cast<int>(axis)] = static_cast<double>(corner >> axis & 1 ? node.high[axis] : node.low[axis]);
    const glm::dvec3 seen = camera.cam_from_world(at);
    for (std::size_t i = 0; i < inwards.size(); ++i) outside[i] = outside[i] && glm::dot(inwards[i], seen) < 0;
  }
  return std::none_of(outside.begin(), outside.end(), [](bool all) { return all; });
}

std::vector<LodPick> select_lod(std::span<const LodNode> nodes, const Camera& camera, const LodBudget& budget) {
  if (nodes.empty() || !is_in_view(nodes[0], camera)) return {};
  if (nodes[0].rows > budget.splats) return {{0, static_cast<std::uint32_t>(budget.splats)}};
  struct Refinement {
    double gain;
    std::uint32_t node;
    bool operator<(const Refinement& other) const { return gain != other.gain ? gain < other.gain : node > other.node; }
  };
  std::priority_queue<Refinement> open;
  std::vector<LodPick> picks;
  std::uint64_t splats = nodes[0].rows;
  const auto rows_below = [&](const LodNode& node) {
    std::uint64_t rows = 0;
    for (const std::uint32_t child : node.child)
      if (is_in_view(nodes[child], camera)) rows += nodes[child].rows;
    return rows;
  };
  const auto take = [&](std::uint32_t index) {
    const LodNode& node = nodes[index];
    const double error = seen_error(node, camera);
    if (node.is_leaf() || error <= budget.pixels) return picks.push_back({index, node.rows});
    const double change = std::max(0.0f, node.change - nodes[node.child[0]].change - nodes[node.child[1]].change);
    const double scale = scale_of(node, camera, false), blurred = std::min(error, 1.0);
    const double more = static_cast<double>(rows_below(node)) - node.rows;
    open.push({more > 0 ? change * scale * scale * blurred * blurred / more : std::numeric_limits<double>::infinity(),
               index});
  };
  take(0);
  while (!open.empty()) {
    const std::uint32_t index = open.top().node;
    open.pop();
    const LodNode& node = nodes[index];
    const std::uint64_t refined = splats - node.rows + rows_below(node);
    if (refined > budget.splats) {
      picks.push_back({index, node.rows});
      continue;
    }
    splats = refined;
    for (const std::uint32_t child : node.child)
      if (is_in_view(nodes[child], camera)) take(child);
  }
  std::sort(picks.begin(), picks.end(), [](const LodPick& a, const LodPick& b) { return a.node < b.node; });
  return picks;
}

}  // namespace tessera::scene
