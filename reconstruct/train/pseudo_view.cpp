#include "reconstruct/train/pseudo_view.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace tessera::reconstruct {
namespace {

constexpr double kBaseline = 0.05;  // of the picture's width, by which a pixel at the median depth moves (the paper's)
constexpr float kOpaque = 0.5f;
constexpr double kHidden = 0.03;  // of the depth: nearer than this lies something else (spec: 0.01 to 0.05)

}  // namespace

double median_depth(const render::Frame& frame) {
  std::vector<float> depths;
  for (int y = 0; y < frame.height; ++y)
    for (int x = 0; x < frame.width; ++x)
      if (frame.alpha.at(x, y) > kOpaque) depths.push_back(frame.depth.at(x, y));
  if (depths.empty()) return 0;
  const auto middle = depths.begin() + static_cast<std::ptrdiff_t>(depths.size() / 2);
  std::nth_element(depths.begin(), middle, depths.end());
  return static_cast<double>(*middle);
}

PseudoLoss pseudo_loss(const render::Frame& reference, const Truth& photo, const render::Frame& other,
                       const render::Plane other_color[3], const glm::dvec2& shift, PseudoRule rule, double weight,
                       render::Plane d_other[3], render::Plane* d_depth) {
  struct Pixel {
    int x, y, left, top;
    double right, down;  // share of the right and of the lower taps
  };
  thread_local std::vector<Pixel> pixels;  // keeps its memory between steps
  pixels.clear();
  PseudoLoss loss;
  double outside = 0;
  for (int y = 0; y < reference.height; ++y)
    for (int x = 0; x < reference.width; ++x) {
      if (photo.weight.width > 0 && photo.weight.at(x, y) == 0) continue;
      const double z = static_cast<double>(reference.depth.at(x, y));
      if (!(z > 0)) continue;
      // Of the top-left tap; the centre of pixel i is at i + 1/2 in both pictures.
      const double u = x + shift.x / z, v = y + shift.y / z;
      const bool inside = u >= 0 && v >= 0 && u + 1 < other.width && v + 1 < other.height;
      if (rule == PseudoRule::released) {
        if (inside) continue;
        for (int c = 0; c < 3; ++c) outside += static_cast<double>(photo.color[c].at(x, y));
        ++loss.pixels;
        continue;
      }
      if (!inside || reference.alpha.at(x, y) <= kOpaque) continue;
      const int left = static_cast<int>(u), top = static_cast<int>(v);
      const double right = u - left, down = v - top;
      const auto depth_at = [&](int i, int j) { return static_cast<double>(other.depth.at(left + i, top + j)); };
      const double there = (1 - down) * ((1 - right) * depth_at(0, 0) + right * depth_at(1, 0)) +
                           down * ((1 - right) * depth_at(0, 1) + right * depth_at(1, 1));
      if (!(std::abs(there - z) < kHidden * z)) continue;
      pixels.push_back({x, y, left, top, right, down});
    }
  if (rule == PseudoRule::released) {
    if (loss.pixels > 0) loss.value = outside / (3 * static_cast<double>(loss.pixels));
    return loss;
  }
  loss.pixels = pixels.size();
  if (pixels.empty()) return loss;
  const double each = 1 / (3 * static_cast<double>(pixels.size()));
  for (const Pixel& p : pixels) {
    const double z = static_cast<double>(reference.depth.at(p.x, p.y));
    double along = 0;  // d(sum over channels) / d(u, v) x d(u, v) / dz
    for (int c = 0; c < 3; ++c) {
      const auto at = [&](int i, int j) { return static_cast<double>(other_color[c].at(p.left + i, p.top + j)); };
      const double upper = (1 - p.right) * at(0, 0) + p.right * at(1, 0);
      const double lower = (1 - p.right) * at(0, 1) + p.right * at(1, 1);
      const double off = (1 - p.down) * upper + p.down * lower - static_cast<double>(photo.color[c].at(p.x, p.y));
      loss.value += each * std::abs(off);
      const double slope = off > 0 ? weight * each : off < 0 ? -weight * each : 0;
      const double du = (1 - p.down) * (at(1, 0) - at(0, 0)) + p.down * (at(1, 1) - at(0, 1));
      along += slope * (du * -shift.x + (lower - upper) * -shift.y) / (z * z);
      d_other[c].at(p.left, p.top) += static_cast<float>(slope * (1 - p.right) * (1 - p.down));
      d_other[c].at(p.left + 1, p.top) += static_cast<float>(slope * p.right * (1 - p.down));
      d_other[c].at(p.left, p.top + 1) += static_cast<float>(slope * (1 - p.right) * p.down);
      d_other[c].at(p.left + 1, p.top + 1) += static_cast<float>(slope * p.right * p.down);
    }
    if (d_depth) d_depth->at(p.x, p.y) += static_cast<float>(along);
  }
  return loss;
}

double PseudoView::add(const Step& s, render::FrameGradient& gradient) {
  any_ = false;
  const double middle = median_depth(s.reference);
  if (middle == 0) return 0;
  const scene::Pinhole& p = s.camera.intrinsics;
  const double distance = kBaseline * p.width * middle / p.fx;
  glm::dvec2 moved = distance * glm::dvec2(std::cos(s.angle), std::sin(s.angle));
  if (s.rule == PseudoRule::released) {
    // There the first entry of world_from_cam's rotation takes the place of the camera's own x axis.
    const double first = glm::mat3_cast(s.camera.cam_from_world.rotation)[0][0];
    return s.weight * pseudo_loss(s.reference, s.photo, s.reference, s.reference.color, {p.fx * first * distance, 0},
                                  s.rule, 0, nullptr, nullptr)
                          .value;
  }
  scene::Camera camera = s.camera;
  camera.cam_from_world.translation += glm::dvec3(moved, 0);
  if (!rasterizer_) rasterizer_ = render::make_cpu_rasterizer();
  const render::Frame& other = rasterizer_->forward(s.model, camera, s.settings);
  if (s.exposure) apply_affine(*s.exposure, other.color, corrected_);
  render::Plane* d_color = s.exposure ? d_corrected_ : d_other_.color;
  for (int c = 0; c < 3; ++c) d_color[c].resize(other.width, other.height), d_color[c].fill(0);
  const PseudoLoss loss =
      pseudo_loss(s.reference, s.photo, other, s.exposure ? corrected_ : other.color, {p.fx * moved.x, p.fy * moved.y},
                  s.rule, s.weight, d_color, s.moves_depth ? &gradient.depth : nullptr);
  if (loss.pixels == 0) return 0;
  double d_map[12];
  if (s.exposure) affine_backward(*s.exposure, other.color, d_corrected_, d_other_.color, d_map);
  rasterizer_->backward(s.model, d_other_, gradients_);
  any_ = true;
  return s.weight * loss.value;
}

void PseudoView::add_to(const render::GradientRows& rows) const {
  if (!any_) return;
  const auto add = [&](float* to, const std::vector<float>& from) {
    for (std::size_t i = 0; i < rows.count; ++i)
      if (rows.seen[i] && gradients_.seen[rows.begin + i]) to[i] += from[rows.begin + i];
  };
  for (std::size_t k = 0; k < 3; ++k) add(rows.position[k], gradients_.planes.position[k]);
  for (std::size_t k = 0; k < 3; ++k) add(rows.log_scale[k], gradients_.planes.log_scale[k]);
  for (std::size_t k = 0; k < 4; ++k) add(rows.rotation[k], gradients_.planes.rotation[k]);
  add(rows.opacity_logit, gradients_.planes.opacity_logit);
  for (std::size_t k = 0; k < rows.sh_planes; ++k) add(rows.sh[k], gradients_.planes.sh[k]);
}

}  // namespace tessera::reconstruct
