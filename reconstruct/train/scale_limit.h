#pragma once

#include <array>

#include "render/rasterizer.h"
#include "scene/gaussian_model.h"

namespace tessera::reconstruct {

/// Shrinks every axis of the seen ones of `rows` to at most `share` of the splat's distance from the eye of the photo
/// that has just moved it (share 0: none). What a photo sees through is cheapest closed by one splat of any size behind
/// everything; splats are drawn in the order of their centres, so that such a one covers what is before it from
/// elsewhere. `eye` in the frame of the model. From any thread, for rows that nobody else changes.
void limit_scales(scene::GaussianModel& model, const render::GradientRows& rows, const std::array<float, 3>& eye,
                  double share);

}  // namespace tessera::reconstruct
