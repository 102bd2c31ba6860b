#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <glm/gtc/quaternion.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include "scene/camera.h"
#include "scene/dataset.h"
#include "scene/gaussian_model.h"

/// Which rows of a model are meant, by where they are, what they are and who sees them. A splat counts by its centre:
/// it is in a box, or under a brush, where its centre is.
namespace tessera::scene {

/// One byte a row: 1 where the row is in. Bytes, so that threads may write neighbouring rows.
using RowMask = std::vector<std::uint8_t>;

enum class Combine { replace, add, subtract };
/// `into` and `with` have one length.
void combine(RowMask& into, const RowMask& with, Combine how);
std::size_t count(const RowMask& mask);
/// The rows that are in, ascending.
std::vector<std::uint32_t> rows_of(const RowMask& mask);
RowMask mask_of(std::span<const std::uint32_t> rows, std::size_t size);

/// A box in any orientation; its faces belong to it.
struct OrientedBox {
  glm::dvec3 center{0}, half{1};          // half of its lengths, along its own axes
  glm::dquat scene_from_box{1, 0, 0, 0};  // unit length
  bool operator==(const OrientedBox&) const = default;
};
RowMask rows_in(const GaussianModel& model, const OrientedBox& box);

/// A stroke of a round brush over a picture: it takes every depth, from the near plane on.
struct Stroke {
  Camera camera;                   // of the picture that was painted on
  std::vector<glm::dvec2> points;  // pixels of that picture, in their order; one alone is a dab
  double radius = 1;               // pixels
  double near_plane = 0.01;        // scene frame; nothing with a smaller z is taken
};
/// Rows whose centre falls into a pixel of the picture whose own centre is not further than the radius from the stroke.
RowMask rows_under(const GaussianModel& model, const Stroke& stroke);

/// Both ends belong to it.
struct Range {
  double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
  bool holds(double value) const { return value >= low && value <= high; }
  bool limits() const { return *this != Range{}; }
  bool operator==(const Range&) const = default;
};
RowMask rows_in(std::span<const float> values, const Range& range);

/// What rows can be chosen by, a value a row.
struct RowMeasures {
  std::vector<float> opacity;  // 0..1
  std::vector<float> size;     // the largest standard deviation, scene frame
  /// How many views of the dataset see the row: its centre is in front of the camera and inside the picture (whether
  /// something stands before it is not asked). Empty where there is no dataset.
  std::vector<float> seen_by;
};
RowMeasures measure(const GaussianModel& model, const Dataset* dataset);

}  // namespace tessera::scene
