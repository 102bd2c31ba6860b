#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "reconstruct/blocks/cell_frame.h"

namespace tessera::reconstruct {

/// Cuts the plane into cells: a tree of cuts along the axes of its frame, whose leaves are the cells, numbered from the
/// low to the high side of every cut. A grid is such a tree too. Who owns a point is a total function: a coordinate
/// below a cut goes to the low side, one at or above it to the high side, so that every point has exactly one owner, on
/// the cuts and beyond the region as well. A value: edits make another one valid at once.
class Partition {
 public:
  /// What owns points outside the region: the cell that the cuts, prolonged, put them into, or none of them (id
  /// cells(): the background). A contracted frame has no outside.
  enum class Outside { nearest, background };

  /// One cell. Throws scene::Error where the region has no area.
  explicit Partition(CellFrame frame, Outside outside = Outside::nearest);

  const CellFrame& frame() const { return frame_; }
  Outside outside() const { return outside_; }
  std::uint32_t cells() const { return static_cast<std::uint32_t>(leaves_.size()); }
  std::uint32_t owner(const glm::dvec3& scene_point) const { return owner_at(frame_.cell_from_scene(scene_point)); }
  std::uint32_t owner_at(const glm::dvec2& cell_point) const;
  /// In cell coordinates; those of all cells tile frame().root().
  Rect cell(std::uint32_t id) const { return nodes_[leaves_[id]].rect; }
  /// Cells that share more than a corner with it, ascending.
  std::vector<std::uint32_t> neighbours(std::uint32_t id) const;

  /// A cut as people see it: a segment across the part of the region that it cuts.
  struct Cut {
    int axis = 0;  // of the coordinate that is compared
    double at = 0;
    Rect within;  // the rectangle that it cuts
  };
  std::vector<Cut> cuts() const;

  /// Edits. Cells above the one that is split are renumbered. Each throws scene::Error where a cell would have no area.
  void split(std::uint32_t cell, int axis, double at);
  void move_cut(std::size_t cut, double at);  // index into cuts(); cuts below it move with their rectangles' share
  /// Removes a cut; all cells on both sides become one.
  void merge(std::size_t cut);

  nlohmann::json json() const;
  /// Throws scene::Error(subject) naming the field that means nothing.
  static Partition from_json(const nlohmann::json& json, const std::string& subject);

 private:
  struct Node {
    Rect rect;
    int axis = -1;  // -1: a leaf
    double at = 0;
    std::uint32_t child[2] = {0, 0};
    std::uint32_t cell = 0;
  };
  void check(const Rect& rect) const;
  /// Gives the node and all below it their rectangles again, every cut at the same share of its rectangle.
  void lay_out(std::uint32_t node, const Rect& rect);
  void number();
  std::vector<std::uint32_t> inner_nodes() const;  // in the order of cuts()

  CellFrame frame_;
  Outside outside_;
  std::vector<Node> nodes_;
  std::vector<std::uint32_t> leaves_;  // node of each cell
};

/// A point of the plane and what it costs to have it in a block.
struct Load {
  glm::dvec2 at{0};  // cell coordinates
  double weight = 1;
};

/// nx x ny cells of equal size in cell coordinates (Momentum-GS where the frame is contracted).
Partition grid_uniform(const CellFrame& frame, int nx, int ny);
/// nx x ny cells cut at quantiles of the load: of the whole along both axes (CityGaussianV2), or along v in each column
/// on its own.
enum class Quantiles { marginal, per_column };
Partition grid_quantile(const CellFrame& frame, int nx, int ny, std::span<const Load> loads, Quantiles quantiles);
/// BlockGaussian: halves the longer edge of every cell with more than `threshold` load, down to `max_depth` cuts.
Partition tree_midpoint(const CellFrame& frame, std::span<const Load> loads, double threshold, int max_depth);
/// Cuts the heaviest cell at the weighted median of its longer edge, kept within [clamp, 1 - clamp] of it, until there
/// are `blocks` of them. Fewer where no cell has two points left to part.
Partition tree_balanced(const CellFrame& frame, std::span<const Load> loads, int blocks, double clamp = 0.15);

/// Sum of the weights in each cell; the last entry is the background's.
std::vector<double> cell_loads(const Partition& partition, std::span<const Load> loads);
struct Balance {
  double max_over_mean = 0;
  double variation = 0;     // standard deviation over mean
  double worst_aspect = 0;  // longest over shortest edge of a cell, in cell coordinates
};
Balance balance_of(const Partition& partition, std::span<const double> loads);

}  // namespace tessera::reconstruct
