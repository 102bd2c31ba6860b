#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include "reconstruct/synth/ray_tracer.h"

namespace tessera::reconstruct::synth {

/// Light of sky and sunlit surroundings, baked once at points in the air around the town and interpolated: soft shade
/// under trees and between houses, colour that bleeds from walls, without the noise of rays per pixel, and the same
/// from every camera. At each point the irradiance on six faces of a cube (McTaggart 2004, "Half-Life 2 / Valve source
/// shading": the ambient cube).
class IrradianceGrid {
 public:
  /// What a baking ray brings back: radiance, and whether it met the inside of a closed body (then the point is inside
  /// one).
  struct Seen {
    glm::vec3 radiance{0};
    bool inside = false;
  };
  struct World {
    glm::vec2 low{0}, high{0};               // world x and y to cover
    std::function<float(glm::vec2)> ground;  // height of the ground at world x, y
    std::function<float(glm::vec2)> top;     // height of the highest thing there
    std::function<Seen(const glm::vec3& origin, const glm::vec3& direction)> look;  // thread-safe
  };
  IrradianceGrid() = default;
  /// Parallel over columns; the same on any number of threads.
  explicit IrradianceGrid(const World& world);

  /// Irradiance at a point of a surface with this normal; points outside the grid take its nearest column.
  glm::vec3 at(const glm::vec3& position, const glm::vec3& normal) const;
  std::size_t bytes() const;

 private:
  struct Probe {
    std::array<std::array<float, 3>, 6> face{};  // +x -x +y -y +z -z
    float weight = 0;                            // little where the probe is inside a body
  };
  struct Column {
    float ground = 0;
    std::uint32_t first = 0, count = 0;  // probes from the ground up
  };
  glm::vec2 low_{0};
  int nx_ = 0, ny_ = 0;
  std::vector<Column> columns_;
  std::vector<Probe> probes_;
};

}  // namespace tessera::reconstruct::synth
