#pragma once

#include <filesystem>
#include <vector>

#include "reconstruct/blocks/assignment.h"
#include "reconstruct/train/loss.h"
#include "reconstruct/train/train_options.h"
#include "scene/dataset.h"
#include "scene/progress.h"

namespace tessera::reconstruct {

/// Colour maps to start with of every view of a scene (exposure_start), found once for all of its blocks and kept in
/// PROJECT/exposures.json: blocks that each brought only their own photos to one exposure would meet at a visible seam.
/// Empty where `options` train without maps. The file is made anew where it is of other photos or damaged.
/// Throws scene::Error, scene::Cancelled.
std::vector<Affine> shared_exposure(const scene::Dataset& dataset, const TrainOptions& options,
                                    const std::filesystem::path& project, const scene::JobContext& job = {});
/// Those of a block's views, in their order in block_dataset().
std::vector<Affine> exposure_of(const std::vector<Affine>& whole, const BlockData& block);

}  // namespace tessera::reconstruct
