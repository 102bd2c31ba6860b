#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "scene/gaussian_model.h"

namespace tessera::scene {

/// A model with fewer splats that looks like another from further away.
struct MergedSplats {
  GaussianModel model;
  /// Root mean square distance between a splat and the one that it has become part of, each counted by its opacity
  /// mass; units of the positions.
  double moved = 0;
  /// What merging has changed of pictures: integral of the squared difference over the plane of the picture, mean of
  /// three directions, colours from 0 to 1, added up over the channels; squared units of the positions.
  double change = 0;
};

/// Opacity times mean projected area: what a splat adds to pictures, averaged over all directions (by Cauchy's formula
/// a quarter of the surface of its ellipsoid). [N]
std::vector<float> opacity_mass(const GaussianModel& model);
/// Rows by falling opacity mass, rows of one mass as they stand: each prefix is what is seen most.
IndexMap by_importance(const GaussianModel& model);

/// Merges near splats until `target` (> 0) are left; a model that has no more is given back as it is. A merged splat
/// has the moments of its parts, weighted by opacity mass: the mixture's mean and covariance, the mean of the colour's
/// coefficients, and their mass together (Kerbl et al. 2024, "A hierarchical 3D Gaussian representation", section 4.1).
/// Which are merged: in rounds, pairs among near neighbours by the least change of the picture, by the closed form of
/// the squared difference before and after, seen along the three axes. Splats that nothing near resembles stay as they
/// are, to the bit. Same bytes on any number of threads.
MergedSplats merge_splats(const GaussianModel& model, std::size_t target);

}  // namespace tessera::scene
