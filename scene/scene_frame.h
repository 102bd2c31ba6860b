#pragma once

#include <vector>

#include "scene/camera.h"
#include "scene/dataset.h"
#include "scene/gaussian_model.h"

namespace tessera::scene {

/// The normalised frame in which everything trains (up = +z, origin at the centre of what is looked at, median view depth = 1), so that no
/// constant depends on the units of the input. `cam_from_world` and `points` in the file's coordinates. Up is minus the mean of the
/// cameras' y axes unless the photos look mostly along one direction straight down; depth is the median depth of the points in the views
/// that see them, or without points the distance from the cameras to the point nearest to all optical axes.
Similarity choose_scene_frame(const std::vector<Rigid>& cam_from_world, const SparsePoints& points_in_world);

/// Radius of the cameras about their mean x 1.1 (Kerbl et al.: "extent"), in the units of the poses; never below `floor`.
double camera_extent(const std::vector<Rigid>& cam_from_world, double floor = 1e-3);

/// Moves, turns and scales a model: positions, scales, rotations, and the SH coefficients (turned exactly, degree by degree).
void transform_model(GaussianModel& model, const Similarity& new_from_old);

}  // namespace tessera::scene
