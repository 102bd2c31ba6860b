#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reconstruct/blocks/partition.h"
#include "scene/dataset.h"

namespace tessera::reconstruct {

/// Which photos a block is trained on (slot "assignment").
struct AssignmentOptions {
  std::string rule = "tracks";  // tracks | visibility | ssim-drop
  double margin = 0.05;         // of a cell's size, added to it where points are counted: BlockGaussian's expand_ratio
  double cover_above = 0.3;          // tracks: share of what a view sees that lies in the block: cover_ratio_thresh
  double share_above = 0.1;          // tracks: share of the block's points that a view sees: the paper's second test
  double contribution_above = 0.15;  // visibility: share of a picture that the block makes (LoBE-GS: of its pixels)
  double drop_above = 0.05;          // ssim-drop: 1 - SSIM without the block (Momentum-GS, section 2.4: .03 to .05)
};

/// Why a view is trained on in a block, with the figures of the rule that chose it; those of other rules are 0.
struct BlockView {
  std::uint32_t view = 0;   // index into Dataset::views
  double cover = 0;         // |points of view and block| / |points of view|
  double share = 0;         // |points of view and block| / |points of block|
  double contribution = 0;  // sum of T alpha of the block's splats / of all splats, over the view's picture
  double drop = 0;          // 1 - SSIM(picture without the block's splats, picture)
  bool looks_at_it(const AssignmentOptions& o) const { return cover > o.cover_above; }
  bool sees_much(const AssignmentOptions& o) const { return share > o.share_above; }
};
/// Of each block: ascending by view.
using BlockViews = std::vector<std::vector<BlockView>>;
/// "looks at it", "sees much of it", "both"; "shows it", "misses it": which of the rule's tests a view has passed.
std::string reason(const BlockView& view, const AssignmentOptions& options);

/// What a block is trained from. A block is a cell of a partition and its margin.
struct BlockData {
  std::vector<BlockView> views;          // ascending; training views only
  std::vector<std::uint32_t> points;     // sparse points within the margin, ascending
  std::vector<std::uint32_t> auxiliary;  // points elsewhere that its views see: they train and never multiply
};

/// Views of every cell by what each is known to see (BlockGaussian, section "view assignment"). Where no tracks are
/// known, a view sees what lies in its picture, as if nothing hid anything. Test views are assigned to none. A view may
/// serve several blocks, and none.
BlockViews views_by_tracks(const scene::Dataset& dataset, const Partition& partition,
                           const AssignmentOptions& options = {});
/// The points of every cell, with its margin, and those that its `views` see elsewhere.
std::vector<BlockData> block_data(const scene::Dataset& dataset, const Partition& partition, double margin,
                                  BlockViews views);
/// Both in one.
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

}  // namespace tessera::reconstruct
