#pragma once

#include <cstddef>
#include <vector>

#include "reconstruct/train/stereo_seeds.h"

namespace tessera::reconstruct {

/// Of a start that not all seeds go into, the part that stereo's keep while there are enough measured ones; figures in
/// docs/large-scenes.md, *Starts and small pictures*.
inline constexpr double kStereoShare = 0.25;

/// Leaves at most `limit`: an even sample of the measured ones, that are where they are said to be, and one of stereo's,
/// which takes kStereoShare of the rows and what the others do not need. Measured ones come first, each kind in the
/// order it had. The same for the same `seed`.
void limit_seeds(std::vector<SeedPoint>& seeds, std::size_t limit, int seed);

}  // namespace tessera::reconstruct
