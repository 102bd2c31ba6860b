#pragma once

#include "render/rasterizer.h"
#include "scene/camera.h"
#include "scene/gaussian_model.h"

namespace tessera::test {

/// Tolerances: colours 1e-4; gradients 1e-3 of max(|expected|, 10 % of the largest of the plane). A splat at a cut-off
/// may flip in one of the two, hence a fraction that may disagree.
inline constexpr double kViolations = 1e-5;

/// EXPECTs the CPU rasteriser to agree with the scalar twin: the frame, and every gradient for a random dL/d(frame).
void expect_parity(const scene::GaussianModel& model, const scene::Camera& camera,
                   const render::RenderSettings& settings, double violations = kViolations);

}  // namespace tessera::test
