#pragma once

#include <cstdint>
#include <memory>

#include <glm/vec2.hpp>

#include "reconstruct/train/loss.h"
#include "render/rasterizer.h"
#include "scene/camera.h"
#include "scene/gaussian_model.h"

namespace tessera::reconstruct {

/// The pseudo-view geometry term (BlockGaussian, arXiv 2504.09048): what a photo shows at a pixel must be what the
/// model shows at the same place seen from a camera beside it, the place being that of the rendered depth. Wrong
/// depths, which no photo of its own contradicts, do so.
enum class PseudoRule {
  corrected,  // as the paper means it: in bounds, alpha > 1/2, not hidden from the other camera; any direction in its
              // plane
  released,   // as the published program has it: only pixels that leave the other picture count, so that nothing has a
              // gradient; kept so that the experiment can say so
};

/// Pixel (u, v) of the reference at depth z lies at (u, v) + shift / z in the other picture: both cameras look the same
/// way, `shift` = focal lengths x displacement (scene frame), in pixels x scene units.
struct PseudoLoss {
  double value = 0;  // mean over counting pixels and channels of |photo - other picture|; 0 where none counts
  std::uint64_t pixels = 0;
};
/// `other` is the frame of the pseudo camera, `other_color` its (exposure-corrected) colours. Where the rule is
/// `corrected`, adds weight x dL/d(other_color) to `d_other` and, unless null, weight x dL/d(depth of the reference) to
/// `d_depth`; all planes have the frame's size.
PseudoLoss pseudo_loss(const render::Frame& reference, const Truth& photo, const render::Frame& other,
                       const render::Plane other_color[3], const glm::dvec2& shift, PseudoRule rule, double weight,
                       render::Plane d_other[3], render::Plane* d_depth);

/// Median of the depths that the frame shows where it is opaque; 0 where it shows nothing.
double median_depth(const render::Frame& frame);

/// The term as a step of training sees it. Keeps its buffers.
class PseudoView {
 public:
  struct Step {
    const scene::GaussianModel& model;
    const scene::Camera& camera;             // of the reference, at its level
    const render::RenderSettings& settings;  // likewise
    const render::Frame& reference;          // with geometry
    const Truth& photo;
    const Affine* exposure = nullptr;  // null: none
    PseudoRule rule = PseudoRule::corrected;
    double angle = 0;  // of the displacement in the camera's plane, radians
    double weight = 0;
    bool moves_depth = true;  // whether the depth of the reference learns from it, besides what the other camera sees
  };
  /// Adds to gradient.depth. gradients() are then those of the other picture; empty where `any` is false.
  double add(const Step& step, render::FrameGradient& gradient);
  /// Adds them to `rows`, as far as the reference sees these too: a row's visit is the reference's.
  void add_to(const render::GradientRows& rows) const;

 private:
  std::unique_ptr<render::Rasterizer> rasterizer_;
  render::ModelGradients gradients_;
  render::FrameGradient d_other_;
  render::Plane corrected_[3], d_corrected_[3];
  bool any_ = false;
};

}  // namespace tessera::reconstruct
