#pragma once

#include <cstdint>
#include <vector>

#include "scene/camera.h"
#include "scene/dataset.h"
#include "scene/gaussian_model.h"

namespace tessera::scene {

/// Sparse points in double precision: the file's own coordinates may be far from the origin. track_begin and track_view
/// as in SparsePoints.
struct WorldPoints {
  std::vector<glm::dvec3> position;
  std::vector<std::uint32_t> track_begin,
      track_view;  // track_begin empty or all zero: which view sees what is not known
};

/// The normalised frame in which everything trains (up = +z, origin at the centre of what is looked at, median view
/// depth = 1), so that no constant depends on the units of the input. `cam_from_world` and `points` in the file's
/// coordinates. Up is the direction that the cameras' x axes avoid (photos are taken level, whatever their pitch);
/// where these say nothing, the normal of the plane they fly in, or minus the mean of their y axes. Straight down
/// photographs take minus their mean viewing direction. Heading (+x) is the longest horizontal spread of the camera
/// centres. Depth is the median depth of the points in the views that see them; without points, of the point nearest to
/// all optical axes; where these are parallel, the spread of the cameras. Scaling the input changes nothing but
/// rounding; turning and moving it neither.
Similarity choose_scene_frame(const std::vector<Rigid>& cam_from_world, const WorldPoints& points);
/// The same for points in single precision.
Similarity choose_scene_frame(const std::vector<Rigid>& cam_from_world, const SparsePoints& points_in_world);

/// Radius of the cameras about their mean x 1.1 (Kerbl et al.: "extent"), in the units of the poses; never below
/// `floor`.
double camera_extent(const std::vector<Rigid>& cam_from_world, double floor = 1e-3);

/// Moves, turns and scales a model: positions, scales, rotations, and the SH coefficients (turned exactly, degree by
/// degree).
void transform_model(GaussianModel& model, const Similarity& new_from_old);

}  // namespace tessera::scene
