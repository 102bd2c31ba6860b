#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "render/rasterizer.h"
#include "scene/gaussian_model.h"

namespace tessera::reconstruct {

/// Share of splats to leave out when `progress` (0..1) of a run over `photos` training photos is done: `most` at the
/// end of a run over up to 16 photos, less with the square of their number beyond. Many photos hold the splats in place
/// by themselves: 0.2 at 43 photos cost fox_small 0.35 dB, 0.4 at 15 gained brighton_beach 0.4 dB
/// (docs/performance.md).
double dropout_share(double most, std::size_t photos, double progress);

/// Leaves a random share r of the splats out of a step and makes the others more opaque by 1 / (1 - r), so that no
/// splat can rely on another to correct it for one photo (Park et al. 2025, "DropGaussian"): with few views the
/// held-out ones gain.
class Dropout {
 public:
  /// Changes the model's opacities while it lives; destroyed, the opacities are what they were. share 0 does nothing.
  class Hidden {
   public:
    Hidden(Dropout& dropout, scene::GaussianModel& model, double share, std::uint64_t seed, std::uint32_t step);
    ~Hidden();
    Hidden(const Hidden&) = delete;
    Hidden& operator=(const Hidden&) = delete;
    /// Restores the opacities of `rows` and carries the gradients of the seen ones over to them (chain rule). From any thread.
    void bring_back(const render::GradientRows& rows);
    /// All rows were brought back: from here on the opacities are the caller's.
    void finish() { active_ = false; }

   private:
    Dropout& dropout_;
    scene::GaussianModel& model_;
    bool active_;
  };

 private:
  std::vector<float> original_;
};

}  // namespace tessera::reconstruct
