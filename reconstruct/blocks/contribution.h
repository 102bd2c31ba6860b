#pragma once

#include "reconstruct/blocks/assignment.h"
#include "scene/dataset.h"
#include "scene/gaussian_model.h"
#include "scene/progress.h"

namespace tessera::reconstruct {

/// What stands in for a coarse model where nothing has been trained: an opaque splat at each sparse point, as large as
/// the way to its neighbours.
scene::GaussianModel model_of_points(const scene::Dataset& dataset);

/// Views of every cell by what a coarse model (scene frame) shows in them, at coverage.h's size, hidden things left
/// out. A block's splats are those within its margin. options.rule:
///   "visibility": the block makes more than contribution_above of the picture, by the weights of compositing;
///   "ssim-drop": without it the picture's SSIM to the whole drops by more than drop_above (Momentum-GS, section 2.4,
///   after CityGaussian). Both figures are recorded, but drops only where the block contributes at all.
/// Training views only. Throws scene::Error where the model has no splats, scene::Cancelled.
BlockViews views_by_pictures(const scene::Dataset& dataset, const Partition& partition,
                             const AssignmentOptions& options, const scene::GaussianModel& model, bool antialiased,
                             const scene::JobContext& job = {});

}  // namespace tessera::reconstruct
