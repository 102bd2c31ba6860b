#pragma once

#include <cstdint>
#include <vector>

#include "reconstruct/blocks/partition.h"
#include "scene/dataset.h"

namespace tessera::reconstruct {

struct AssignmentOptions {
  double margin = 0.05;      // of a cell's size, added to it where points are counted: BlockGaussian's expand_ratio
  double cover_above = 0.3;  // share of what a view sees that lies in the block: cover_ratio_thresh
  double share_above = 0.1;  // share of the block's points that a view sees: the same paper's second test
};

/// Why a view is trained on in a block: it looks mostly at it, or it sees much of it.
struct BlockView {
  std::uint32_t view = 0;  // index into Dataset::views
  double cover = 0;        // |points of view and block| / |points of view|
  double share = 0;        // |points of view and block| / |points of block|
  bool looks_at_it(const AssignmentOptions& o) const { return cover > o.cover_above; }
  bool sees_much(const AssignmentOptions& o) const { return share > o.share_above; }
};

/// What a block is trained from. A block is a cell of a partition and its margin.
struct BlockData {
  std::vector<BlockView> views;          // ascending; training views only
  std::vector<std::uint32_t> points;     // sparse points within the margin, ascending
  std::vector<std::uint32_t> auxiliary;  // points elsewhere that its views see: they train and never multiply
};

/// Views and points of every cell by what each view is known to see (BlockGaussian, section "view assignment"). Where
/// no tracks are known, a view sees what lies in its picture, as if nothing hid anything. Test views are assigned to
/// none. A view may serve several blocks, and none.
std::vector<BlockData> assign_by_tracks(const scene::Dataset& dataset, const Partition& partition,
                                        const AssignmentOptions& options = {});

/// How a point's cost is foreseen. What a block takes follows the splats that its views see times the pixels that each
/// covers; the number of points alone foretells it badly (docs/large-scenes.md).
enum class LoadRule {
  points,         // one each
  visible,        // one a view that sees it
  pixels_covered  // of the views that see it: (focal length x spacing / depth)^2, spacing to the next points
};
/// Of every sparse point, in its row.
std::vector<Load> point_loads(const scene::Dataset& dataset, const CellFrame& frame, LoadRule rule);

/// The region that a scene is cut within: around the ground positions of all cameras, and half of their median height
/// above the median point beyond (what they see obliquely).
CellFrame region_of_interest(const scene::Dataset& dataset);

}  // namespace tessera::reconstruct
