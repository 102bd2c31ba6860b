#pragma once

#include <cstddef>

#include "scene/edit/selection.h"
#include "scene/gaussian_model.h"
#include "scene/progress.h"

namespace tessera::reconstruct {

/// Why a splat is thought to be no part of the scene. Thresholds come from the scene itself:
///
/// isolated: its distance to its 8th neighbour, over the median of those neighbours' own distances, lies beyond the
///   outer fence q75 + 3 (q75 - q25) of the logarithms (Tukey 1977: "far out"). A comparison with the neighbourhood
///   (the local outlier factor's idea, Breunig et al. 2000) leaves a thin background alone, which a fixed distance
///   would not. A clump of more than 8 is its own neighbourhood, and is not found.
/// huge: the same for its largest standard deviation over the median of its neighbours'.
/// faint: of an opacity below 5 / 255, so that alone it changes a pixel by at most five of its 256 steps, and within
/// the
///   scene's faintest 5 %, so that a scene that is made of haze keeps it.
/// rarely seen: by fewer than two views, from which no depth can be known. Only where three quarters of the scene are
///   seen by three and more.
///
/// Where the fence is no further than a factor of 2 from the median, that factor is the limit: in a scene of even
/// spacing and sizes (all quartiles alike) nothing is far out for a rounding error.
struct Floaters {
  scene::RowMask isolated, huge, faint, rarely_seen;  // a byte a row of the model; rows that are not alive: 0
  scene::RowMask any() const;
};

/// Looks at the rows that are `alive` as if there were no others. `measures` are those of the model. Asks `job` for
/// cancellation. The result depends on the arguments alone.
Floaters find_floaters(const scene::GaussianModel& model, const scene::RowMeasures& measures,
                       const scene::RowMask& alive, const scene::JobContext& job = {});

}  // namespace tessera::reconstruct
