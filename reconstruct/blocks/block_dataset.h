#pragma once

#include "reconstruct/blocks/assignment.h"
#include "reconstruct/train/block_context.h"
#include "scene/dataset.h"

namespace tessera::reconstruct {

/// What a block trains on, as a dataset of its own in the frame of the whole: the block's views, and the sparse points
/// that these see, in the block and out of it, with what is left of their tracks. No test views. Throws scene::Error
/// where the block has fewer than two views.
scene::Dataset block_dataset(const scene::Dataset& whole, const BlockData& block, const std::string& block_name);

/// Splats multiply in the cell, in what it owns beyond the region, and in its margin.
GrowFilter grows_within(const Partition& partition, std::uint32_t cell, double margin);

}  // namespace tessera::reconstruct
