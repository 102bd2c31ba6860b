#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "reconstruct/train/train_options.h"
#include "scene/dataset.h"

namespace tessera::reconstruct {

/// What a run derives from its options and its dataset before the first step.

/// Options may come from code that bypassed the table: one set of ranges. Throws scene::Error.
void check_options(const TrainOptions& options);
/// The dataset itself. Throws scene::Error where there is nothing to train on.
const scene::Dataset& checked_dataset(const scene::Dataset& dataset);
/// Resolution level at which every photo fits `max_image_size`.
int level_of(const scene::Dataset& dataset, int max_image_size);
/// The options with both caps on the number of splats (max_splats, pixels_per_splat) made one.
TrainOptions with_one_cap(TrainOptions options, const scene::Dataset& dataset);
/// Extent of the training cameras in the scene frame.
double extent_of(const scene::Dataset& dataset);
/// Steps between evaluations; 0: none during the run.
std::uint32_t evaluation_interval(const std::string& eval);
/// The run folder with its previews. Throws scene::Error.
void make_run_folder(const std::filesystem::path& run, bool previews);

}  // namespace tessera::reconstruct
