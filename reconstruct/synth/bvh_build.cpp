#include "reconstruct/synth/bvh_build.h"

#include <algorithm>
#include <array>
#include <limits>

namespace tessera::reconstruct::synth {

namespace {

constexpr int kWidth = RayTracer::kWidth;
constexpr int kBins = 16;
// Past this depth splits halve the list, which bounds the traversal's stack (see kStack in ray_tracer.cpp).
constexpr int kDeepestSah = 24;

struct Builder {
  const std::vector<Box>& boxes;
  const MakeLeaf& make_leaf;
  std::vector<std::uint32_t> items;
  std::vector<glm::vec3> centres;
  std::vector<RayTracer::Node> nodes;

  struct Range {
    int begin = 0, end = 0, depth = 0;
    Box box;
    int size() const { return end - begin; }
  };

  Range range(int begin, int end, int depth) const {
    Range r{begin, end, depth, {}};
    for (int i = begin; i < end; ++i) r.box.grow(boxes[items[i]]);
    return r;
  }

  // Splits where the surface area heuristic is least, or in the middle where all centres coincide or the tree is too
  // deep.
  std::pair<Range, Range> split(const Range& r) {
    Box spread;
    for (int i = r.begin; i < r.end; ++i) spread.grow(centres[items[i]]);
    int best_axis = -1, best_bin = 0;
    float best_cost = std::numeric_limits<float>::max();
    if (r.depth < kDeepestSah) {
      for (int axis = 0; axis < 3; ++axis) {
        const float extent = spread.high[axis] - spread.low[axis];
        if (!(extent > 1e-6f)) continue;
        std::array<Box, kBins> bin_box;
        std::array<int, kBins> bin_count{};
        for (int i = r.begin; i < r.end; ++i) {
          const int bin = bin_of(items[i], axis, spread);
          bin_box[bin].grow(boxes[items[i]]);
          ++bin_count[bin];
        }
        std::array<float, kBins> right_cost{};
        Box right;
        int right_count = 0;
        for (int bin = kBins - 1; bin > 0; --bin) {
          right.grow(bin_box[bin]);
          right_count += bin_count[bin];
          right_cost[bin] = right_count ? right.half_area() * static_cast<float>(right_count) : 0.0f;
        }
        Box left;
        int left_count = 0;
        for (int bin = 0; bin + 1 < kBins; ++bin) {
          left.grow(bin_box[bin]);
          left_count += bin_count[bin];
          if (left_count == 0 || left_count == r.size()) continue;
          const float cost = left.half_area() * static_cast<float>(left_count) + right_cost[bin + 1];
          if (cost < best_cost) best_cost = cost, best_axis = axis, best_bin = bin;
        }
      }
    }
    int middle = (r.begin + r.end) / 2;
    const auto first = items.begin() + r.begin, last = items.begin() + r.end;
    if (best_axis >= 0) {
      const auto at = std::stable_partition(
          first, last, [&](std::uint32_t item) { return bin_of(item, best_axis, spread) <= best_bin; });
      middle = static_cast<int>(at - items.begin());
    }
    return {range(r.begin, middle, r.depth + 1), range(middle, r.end, r.depth + 1)};
  }

  int bin_of(std::uint32_t item, int axis, const Box& spread) const {
    const float share = (centres[item][axis] - spread.low[axis]) / (spread.high[axis] - spread.low[axis]);
    return std::clamp(static_cast<int>(share * kBins), 0, kBins - 1);
  }

  // Opens the largest range again and again until the node is full.
  std::int32_t build(const Range& root) {
    std::vector<Range> parts{root};
    while (static_cast<int>(parts.size()) < kWidth) {
      int widest = -1;
      float area = -1;
      for (int i = 0; i < static_cast<int>(parts.size()); ++i)
        if (parts[i].size() > kWidth && parts[i].box.half_area() > area) widest = i, area = parts[i].box.half_area();
      if (widest < 0) break;
      const auto [left, right] = split(parts[widest]);
      parts[widest] = left;
      parts.push_back(right);
    }
    const auto index = static_cast<std::int32_t>(nodes.size());
    nodes.emplace_back();
    for (int i = 0; i < kWidth; ++i) {
      // An empty child is turned inside out: no ray enters it.
      const Box box = i < static_cast<int>(parts.size()) ? parts[i].box : Box{};
      std::int32_t child = 0, count = 0;
      if (i < static_cast<int>(parts.size())) {
        if (parts[i].size() > kWidth)
          child = build(parts[i]);
        else
          std::tie(child, count) = make_leaf(items.data() + parts[i].begin, parts[i].size());
      }
      RayTracer::Node& node = nodes[index];
      for (int axis = 0; axis < 3; ++axis) node.low[axis][i] = box.low[axis], node.high[axis][i] = box.high[axis];
      node.child[i] = child;
      node.count[i] = count;
    }
    return index;
  }
};

}  // namespace

void Box::grow(const glm::vec3& p) {
  for (int axis = 0; axis < 3; ++axis)
    low[axis] = std::min(low[axis], p[axis]), high[axis] = std::max(high[axis], p[axis]);
}
void Box::grow(const Box& b) {
  for (int axis = 0; axis < 3; ++axis)
    low[axis] = std::min(low[axis], b.low[axis]), high[axis] = std::max(high[axis], b.high[axis]);
}
float Box::half_area() const {
  const glm::vec3 d = high - low;
  return d.x < 0 ? 0.0f : d.x * d.y + d.y * d.z + d.z * d.x;
}

std::vector<RayTracer::Node> build_nodes(const std::vector<Box>& boxes, const MakeLeaf& make_leaf) {
  Builder builder{boxes, make_leaf, {}, {}, {}};
  builder.items.resize(boxes.size());
  builder.centres.resize(boxes.size());
  for (std::uint32_t i = 0; i < boxes.size(); ++i) {
    builder.items[i] = i;
    builder.centres[i] = 0.5f * (boxes[i].low + boxes[i].high);
  }
  if (!boxes.empty()) builder.build(builder.range(0, static_cast<int>(boxes.size()), 0));
  return std::move(builder.nodes);
}

}  // namespace tessera::reconstruct::synth
