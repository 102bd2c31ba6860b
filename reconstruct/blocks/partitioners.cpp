#include <algorithm>
#include <numeric>
#include <string>

#include "reconstruct/blocks/partition.h"
#include "scene/error.h"

namespace tessera::reconstruct {
namespace {

void check_grid(int nx, int ny) {
  if (nx < 1 || ny < 1)
    throw scene::Error("grid", std::to_string(nx) + " x " + std::to_string(ny) + " cells are none",
                       "give at least 1 x 1");
}

/// Values (ascending) of the coordinate at which the shares of the weight below are reached.
std::vector<double> quantiles(std::span<const Load> loads, int axis, int parts, const Rect& rect) {
  std::vector<std::size_t> order;
  double total = 0;
  for (std::size_t i = 0; i < loads.size(); ++i)
    if (rect.contains(loads[i].at)) order.push_back(i), total += loads[i].weight;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return loads[a].at[axis] < loads[b].at[axis]; });
  std::vector<double> cuts;
  double below = 0;
  for (const std::size_t i : order) {
    while (static_cast<int>(cuts.size()) < parts - 1 && below >= total * static_cast<double>(cuts.size() + 1) / parts)
      cuts.push_back(loads[i].at[axis]);
    below += loads[i].weight;
  }
  // Where there is nothing to go by, and where many points lie on one line: cuts of their own, in equal parts.
  double low = rect.low[axis];
  for (int k = 0; k < parts - 1; ++k) {
    const auto i = static_cast<std::size_t>(k);
    const double fallback = low + (rect.high[axis] - low) / (parts - k);
    if (i >= cuts.size()) cuts.push_back(fallback);
    if (!(cuts[i] > low) || !(cuts[i] < rect.high[axis])) cuts[i] = fallback;
    low = cuts[i];
  }
  return cuts;
}

/// Cuts a cell along an axis; its parts have the ids cell, cell + 1, ...
void slice(Partition& partition, std::uint32_t cell, int axis, const std::vector<double>& cuts) {
  for (const double at : cuts) partition.split(cell++, axis, at);
}

std::vector<double> equal_parts(const Rect& rect, int axis, int parts) {
  std::vector<double> cuts;
  for (int k = 1; k < parts; ++k) cuts.push_back(rect.low[axis] + rect.size()[axis] * k / parts);
  return cuts;
}

/// Column after column, from the last: the ids of those before do not change.
template <class CutsOf>
Partition grid(const CellFrame& frame, int nx, const std::vector<double>& columns, CutsOf cuts_of) {
  Partition partition(frame);
  slice(partition, 0, 0, columns);
  for (int x = nx - 1; x >= 0; --x) {
    const auto id = static_cast<std::uint32_t>(x);
    slice(partition, id, 1, cuts_of(partition.cell(id)));
  }
  return partition;
}

int longer_axis(const Rect& rect) { return rect.size().y > rect.size().x ? 1 : 0; }

}  // namespace

Partition grid_uniform(const CellFrame& frame, int nx, int ny) {
  check_grid(nx, ny);
  return grid(frame, nx, equal_parts(frame.root(), 0, nx), [&](const Rect& r) { return equal_parts(r, 1, ny); });
}

Partition grid_quantile(const CellFrame& frame, int nx, int ny, std::span<const Load> loads, Quantiles quantiles_of) {
  check_grid(nx, ny);
  const Rect root = frame.root();
  return grid(frame, nx, quantiles(loads, 0, nx, root), [&](const Rect& column) {
    return quantiles(loads, 1, ny, quantiles_of == Quantiles::marginal ? root : column);
  });
}

Partition tree_midpoint(const CellFrame& frame, std::span<const Load> loads, double threshold, int max_depth) {
  Partition partition(frame);
  // From the last cell to the first, so that a split renumbers only what is done.
  std::vector<int> depth{0};
  for (std::uint32_t cell = 0; cell < partition.cells();) {
    const Rect rect = partition.cell(cell);
    double load = 0;
    for (const Load& l : loads)
      if (rect.contains(l.at)) load += l.weight;
    if (load <= threshold || depth[cell] >= max_depth) {
      ++cell;
      continue;
    }
    const int axis = longer_axis(rect);
    partition.split(cell, axis, rect.low[axis] + 0.5 * rect.size()[axis]);
    ++depth[cell];
    depth.insert(depth.begin() + cell, depth[cell]);
  }
  return partition;
}

Partition tree_balanced(const CellFrame& frame, std::span<const Load> loads, int blocks, double clamp) {
  if (blocks < 1) throw scene::Error("blocks", "there must be at least one", "give 1 or more");
  Partition partition(frame);
  while (static_cast<int>(partition.cells()) < blocks) {
    const std::vector<double> sums = cell_loads(partition, loads);
    std::vector<std::uint32_t> order(partition.cells());
    std::iota(order.begin(), order.end(), 0u);
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return sums[a] > sums[b]; });
    bool cut = false;
    for (const std::uint32_t cell : order) {
      if (sums[cell] <= 0) break;
      const Rect rect = partition.cell(cell);
      const int axis = longer_axis(rect);
      const double low = rect.low[axis] + clamp * rect.size()[axis], high = rect.high[axis] - clamp * rect.size()[axis];
      const double at = std::clamp(quantiles(loads, axis, 2, rect).front(), low, high);
      if (!(at > rect.low[axis]) || !(at < rect.high[axis])) continue;  // too thin for a double
      partition.split(cell, axis, at);
      cut = true;
      break;
    }
    if (!cut) break;
  }
  return partition;
}

}  // namespace tessera::reconstruct
