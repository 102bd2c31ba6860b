#pragma once

#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include "scene/dataset.h"
#include "scene/gaussian_model.h"

namespace tessera::bench {

/// What the synthetic city is made of, sampled densely enough to say what stands free in the air: a point is known to
/// within kCell.
class TrueSurface {
 public:
  static constexpr double kCell = 0.5;  // metres
  static constexpr double kStray = 2;   // metres from everything
  /// The part of the city below and `kAround` about the cameras; metres, as the city's world.
  static constexpr double kAround = 30;
  TrueSurface(int blocks, std::uint64_t seed, const std::vector<glm::dvec3>& cameras);
  /// Of the city of that many blocks and seed 0, about the dataset's cameras.
  TrueSurface(int blocks, const scene::Dataset& photos);

  /// Whether some part of the city lies within `distance` metres (and a cell) of the point.
  bool near(const float (&point)[3], double distance) const;

  /// Opacity of the splats farther than kStray from everything, over that of all: floaters, which hang in the air,
  /// and what is buried, below all of the city, where nobody sees it behind an opaque ground. Splats beyond that part do
  /// not count. `model` in the city's world.
  struct Strays {
    double floating = 0, buried = 0;
  };
  Strays strays(const scene::GaussianModel& model) const;

 private:
  using Cell = std::uint64_t;
  static Cell cell(std::int64_t x, std::int64_t y, std::int64_t z);
  std::unordered_set<Cell> cells_;
  std::unordered_map<Cell, std::int64_t> ground_;  // of a column (z = 0) the lowest cell
  glm::dvec2 low_{0}, high_{0};
};

}  // namespace tessera::bench
