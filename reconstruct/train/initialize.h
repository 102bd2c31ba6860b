#pragma once

#include "reconstruct/train/train_options.h"
#include "scene/dataset.h"
#include "scene/gaussian_model.h"
#include "scene/image_cache.h"

namespace tessera::reconstruct {

/// First model of a run, in the scene frame. From SfM points: scale = mean distance to the 3 nearest neighbours (nanoflann), outliers capped at a
/// quantile; without points: uniform in the region that at least two training views see, coloured from the photos. Never more than
/// options.max_splats rows.
scene::GaussianModel initialize_model(const scene::Dataset& dataset, scene::ImageCache& images, const TrainOptions& options);

}  // namespace tessera::reconstruct
