#pragma once

#include <cstdint>
#include <filesystem>

#include "reconstruct/blocks/block_plan.h"
#include "scene/dataset.h"
#include "scene/gaussian_model.h"

namespace tessera::reconstruct {

// A plan that starts from a scene, such as the merged blocks of another plan: a refinement with what lies around a block
// in full, where its first training knew a coarse backdrop. A block begins with the rows whose means lie in its cell,
// and with those of others that its photos may show: these train along and are left behind when the block is merged. No
// splat comes or goes, so that a row stays its owner's wherever training moves it.

/// Makes the plan, whose blocks have their photos, start from the PLY of a run, of a project or of anybody, in the
/// coordinates of the dataset's files. Options that would place or remove splats are switched off. Throws scene::Error
/// where it holds no splats.
void start_from(BlockPlan& plan, const scene::Dataset& dataset, const std::filesystem::path& run_or_ply);
/// Counts the rows of every block anew, after cells or photos have changed.
void count_start(BlockPlan& plan, const scene::Dataset& dataset);
/// Throws scene::Error where the file is not the one that the plan was made with.
void check_start(const PlanStart& start);

/// What a block begins with, in the scene frame: plan.start.rows[block].own rows of its own in the file's order, then the
/// others in theirs. No more of the scene is in memory on the way.
scene::GaussianModel start_model(const BlockPlan& plan, const scene::Dataset& dataset, std::uint32_t block);

}  // namespace tessera::reconstruct
