#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "scene/camera.h"
#include "scene/lod/lod_file.h"

namespace tessera::scene {

/// What a view may cost, and from when on it is good enough.
struct LodBudget {
  std::uint64_t splats = std::uint64_t{1} << 20;  // > 0: of all chosen nodes together
  double pixels = 0.5;                            // LodNode::error as seen, below which a node is not refined
};
/// A node that is drawn, with so many of its rows.
struct LodPick {
  std::uint32_t node = 0, rows = 0;
  bool operator==(const LodPick&) const = default;
};

/// LodNode::error in the picture: pixels, of a camera in the frame of the nodes; infinite inside of the bounds.
double seen_error(const LodNode& node, const Camera& camera);
/// Whether the view may see something of the node.
bool is_in_view(const LodNode& node, const Camera& camera);

/// A cut through the tree, by node: of what is in view and seen to be in error, that is refined first which takes most
/// away of the picture's squared difference for each splat that it adds (LodNode::change as seen; what has moved by
/// less than a pixel counts less), for as long as the budget holds what comes of it. A budget that does not even hold
/// the root gets a prefix of its rows. A pure function of its arguments. `nodes` as LodFile has them.
std::vector<LodPick> select_lod(std::span<const LodNode> nodes, const Camera& camera, const LodBudget& budget);

}  // namespace tessera::scene
