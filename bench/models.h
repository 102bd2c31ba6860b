#pragma once

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <numbers>

#include "reconstruct/train/training_session.h"
#include "scene/camera.h"
#include "scene/dataset.h"
#include "scene/gaussian_model.h"

namespace tessera::bench {

/// A fixed scene whose cost is like that of a trained one: splats fill the view at depths 1 to 4 with log-normal sizes
/// and mixed opacities; sizes shrink with the number, so that about `overlap` splats reach each pixel.
scene::GaussianModel synthetic_splats(std::size_t count, const scene::Pinhole& pinhole, double overlap);

/// A camera at the origin with a horizontal field of view of 65 degrees.
scene::Camera synthetic_camera(int width, int height);

/// Each splat replaced by `copies` samples of itself at `size` times its size: more splats, the same picture roughly.
scene::GaussianModel resample(const scene::GaussianModel& model, int copies, double size);

/// The real photographs of the comparisons; null where the shared data are missing. Loaded once.
const scene::Dataset* brighton();
/// 13.6k splats after 2,000 steps on them, as the comparisons want them. Made once; needs the photographs.
const scene::GaussianModel& trained();

/// A session that goes on with `model` after `step` steps, through a checkpoint in `folder`, which is emptied first.
/// `options` must have the model's SH degree and a cap that holds it.
std::unique_ptr<reconstruct::TrainingSession> session_from(const scene::Dataset& dataset,
                                                           const reconstruct::TrainOptions& options,
                                                           const scene::GaussianModel& model, std::uint32_t step,
                                                           const std::filesystem::path& folder);

}  // namespace tessera::bench
