#pragma once

#include "reconstruct/train/block_context.h"
#include "reconstruct/train/train_options.h"
#include "scene/dataset.h"
#include "scene/gaussian_model.h"
#include "scene/image_cache.h"
#include "scene/progress.h"

namespace tessera::reconstruct {

/// A block's photos show 3.5 to 7 times the points that it has (a city of 16), so its start takes so many times what
/// stereo adds elsewhere.
inline constexpr std::size_t kShownByBlock = 4;

/// First model of a run, in the scene frame, in Morton order, at most options.max_splats rows. By
/// options.initialization: "stereo" (stereo_seeds.h, with the SfM points where there are any), "points" (SfM points),
/// "random" (uniform in the region that at least two training views see, coloured from the photos), or "auto": points
/// where there are any, else random. Scale = mean distance to the 3 nearest neighbours (nanoflann; Kerbl et al. 2023),
/// outliers capped at a quantile; opacity 0.1. For mcmc, where the start is not stereo's, 0.5 and a tenth of the scale
/// (Kheradmand et al. 2024). In a block, what lies where splats may not
/// multiply is a coarse backdrop: at most options.backdrop of the rows. Where not all fit, SfM points go before stereo's
/// (seed_sample.h). Throws scene::Error where there is nothing to start
/// from, scene::Cancelled when asked to.
scene::GaussianModel initialize_model(const scene::Dataset& dataset, scene::ImageCache& images,
                                      const TrainOptions& options, const scene::JobContext& job = {},
                                      const GrowFilter& grow = {});

}  // namespace tessera::reconstruct
