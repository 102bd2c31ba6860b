#include "scene/edit/selection.h"

#include <algorithm>
#include <cmath>

#include <glm/geometric.hpp>
#include <glm/mat3x3.hpp>

#include "scene/parallel.h"

namespace tessera::scene {
namespace {

constexpr std::size_t kGrain = 4096;   // rows a task takes at a time
constexpr double kNearestSeen = 0.01;  // scene frame: the rasteriser's near plane, before which nothing is drawn

glm::dvec3 center_of(const GaussianModel& model, std::size_t row) {
  return {model.position[0][row], model.position[1][row], model.position[2][row]};
}

template <class Holds>
RowMask rows_where(std::size_t size, const Holds& holds) {
  RowMask mask(size);
  parallel_blocks(std::size_t{0}, size, kGrain, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) mask[i] = holds(i) ? 1 : 0;
  });
  return mask;
}

/// cam_from_world as a matrix: a row costs nine multiplications, not a quaternion's product.
struct Projector {
  glm::dmat3 rotation;
  glm::dvec3 translation;
  Pinhole pinhole;
  explicit Projector(const Camera& camera)
      : rotation(glm::mat3_cast(camera.cam_from_world.rotation)),
        translation(camera.cam_from_world.translation),
        pinhole(camera.intrinsics) {}
  /// Whether it is beyond the near plane and inside the picture; then `x` and `y` are its pixel.
  bool project(const glm::dvec3& point, double near_plane, int& x, int& y) const {
    const glm::dvec3 p = rotation * point + translation;
    if (!(p.z >= near_plane)) return false;
    const double u = pinhole.fx * p.x / p.z + pinhole.cx, v = pinhole.fy * p.y / p.z + pinhole.cy;
    if (!(u >= 0 && v >= 0 && u < pinhole.width && v < pinhole.height)) return false;
    x = static_cast<int>(u), y = static_cast<int>(v);
    return true;
  }
};

/// Squared distance of p from the piece of a line between a and b.
double squared_distance(const glm::dvec2& p, const glm::dvec2& a, const glm::dvec2& b) {
  const glm::dvec2 ab = b - a;
  const double length = glm::dot(ab, ab);
  const double t = length > 0 ? std::clamp(glm::dot(p - a, ab) / length, 0.0, 1.0) : 0;
  const glm::dvec2 d = p - (a + t * ab);
  return glm::dot(d, d);
}

/// The pixels that a stroke covers, row by row: splats are many, so each then asks one pixel and not each piece.
RowMask painted_pixels(const Stroke& stroke) {
  const Pinhole& pinhole = stroke.camera.intrinsics;
  RowMask pixels(static_cast<std::size_t>(pinhole.width) * static_cast<std::size_t>(pinhole.height));
  const double squared_radius = stroke.radius * stroke.radius;
  for (std::size_t k = 0; k < stroke.points.size(); ++k) {
    const glm::dvec2 a = stroke.points[k > 0 ? k - 1 : 0], b = stroke.points[k];
    const auto first = [&](double low, double high) {
      return static_cast<int>(std::clamp(std::floor(low - stroke.radius), 0.0, high));
    };
    const int x0 = first(std::min(a.x, b.x), pinhole.width), y0 = first(std::min(a.y, b.y), pinhole.height);
    const int x1 =
        static_cast<int>(std::clamp(std::ceil(std::max(a.x, b.x) + stroke.radius), 0.0, 1.0 * pinhole.width));
    const int y1 =
        static_cast<int>(std::clamp(std::ceil(std::max(a.y, b.y) + stroke.radius), 0.0, 1.0 * pinhole.height));
    for (int y = y0; y < y1; ++y)
      for (int x = x0; x < x1; ++x)
        if (squared_distance({x + 0.5, y + 0.5}, a, b) <= squared_radius)
          pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(pinhole.width) + static_cast<std::size_t>(x)] =
              1;
  }
  return pixels;
}

}  // namespace

void combine(RowMask& into, const RowMask& with, Combine how) {
  if (how == Combine::replace)
    into = with;
  else
    for (std::size_t i = 0; i < into.size(); ++i)
      into[i] = static_cast<std::uint8_t>(how == Combine::add ? into[i] | with[i] : into[i] & ~with[i] & 1);
}

std::size_t count(const RowMask& mask) { return static_cast<std::size_t>(std::count(mask.begin(), mask.end(), 1)); }

std::vector<std::uint32_t> rows_of(const RowMask& mask) {
  std::vector<std::uint32_t> rows;
  rows.reserve(count(mask));
  for (std::size_t i = 0; i < mask.size(); ++i)
    if (mask[i]) rows.push_back(static_cast<std::uint32_t>(i));
  return rows;
}

RowMask mask_of(std::span<const std::uint32_t> rows, std::size_t size) {
  RowMask mask(size);
  for (const std::uint32_t row : rows) mask[row] = 1;
  return mask;
}

RowMask rows_in(const GaussianModel& model, const OrientedBox& box) {
  const glm::dmat3 box_from_scene = glm::mat3_cast(glm::conjugate(box.scene_from_box));
  return rows_where(model.size(), [&](std::size_t i) {
    const glm::dvec3 p = box_from_scene * (center_of(model, i) - box.center);
    return std::abs(p.x) <= box.half.x && std::abs(p.y) <= box.half.y && std::abs(p.z) <= box.half.z;
  });
}

RowMask rows_under(const GaussianModel& model, const Stroke& stroke) {
  const Projector projector(stroke.camera);
  const RowMask pixels = painted_pixels(stroke);
  const auto width = static_cast<std::size_t>(stroke.camera.intrinsics.width);
  return rows_where(model.size(), [&](std::size_t i) {
    int x = 0, y = 0;
    return projector.project(center_of(model, i), stroke.near_plane, x, y) &&
           pixels[static_cast<std::size_t>(y) * width + static_cast<std::size_t>(x)] != 0;
  });
}

RowMask rows_in(std::span<const float> values, const Range& range) {
  return rows_where(values.size(), [&](std::size_t i) { return range.holds(static_cast<double>(values[i])); });
}

RowMeasures measure(const GaussianModel& model, const Dataset* dataset) {
  RowMeasures measures;
  measures.opacity.resize(model.size());
  measures.size.resize(model.size());
  std::vector<Projector> projectors;
  if (dataset) {
    measures.seen_by.resize(model.size());
    for (const View& view : dataset->views) projectors.emplace_back(view.camera);
  }
  parallel_blocks(std::size_t{0}, model.size(), kGrain, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      measures.opacity[i] = 1 / (1 + std::exp(-model.opacity_logit[i]));
      measures.size[i] = std::exp(std::max({model.log_scale[0][i], model.log_scale[1][i], model.log_scale[2][i]}));
    }
    for (const Projector& projector : projectors) {
      int x = 0, y = 0;
      for (std::size_t i = first; i < last; ++i)
        if (projector.project(center_of(model, i), kNearestSeen, x, y)) measures.seen_by[i] += 1;
    }
  });
  return measures;
}

}  // namespace tessera::scene
