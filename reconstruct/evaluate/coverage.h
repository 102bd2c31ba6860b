#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "render/rasterizer.h"
#include "scene/dataset.h"
#include "scene/gaussian_model.h"
#include "scene/progress.h"

namespace tessera::reconstruct {

/// Photos are drawn with their longer side reduced to this many pixels: enough to know what hides what.
inline constexpr int kCoverageSide = 320;
/// A view sees a splat that gave its picture at least this much in all, in pixels: one step of 8 bit at one pixel.
inline constexpr float kSeenWeight = 1.0f / 255;

/// A view's camera for a picture of that size.
scene::Camera coverage_camera(scene::Camera camera);

/// [rows of the model] How many of `views` (indices into the dataset) see each splat: what stands in the picture and is
/// not hidden behind others, by the rasteriser's own compositing. Throws scene::Cancelled.
std::vector<std::uint32_t> count_views(const scene::GaussianModel& model, const scene::Dataset& dataset,
                                       std::span<const std::size_t> views, render::Rasterizer& rasterizer,
                                       bool antialiased, const scene::JobContext& job = {});

}  // namespace tessera::reconstruct
