#pragma once

#include <cstdint>
#include <vector>

#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

namespace tessera::reconstruct::synth {

/// A pond is a bowl carved into the ground and a level sheet of water in it.
struct Pond {
  glm::vec2 centre{0};  // plan
  float radius = 6;     // mean, metres
  std::uint32_t seed = 0;
  float level = 0;  // world z of the water; set by Terrain
};
/// Signed distance to the pond's shore in the plan, roughly metres; negative inside.
float pond_distance(const Pond& pond, glm::vec2 plan);

/// The town is drawn on a flat, rectangular plan (metres, x east, y north, origin in the middle) and then bent onto
/// rolling ground: plan points move sideways by a few metres so that no street is quite straight, and get their height.
/// Things are placed rigidly.
class Terrain {
 public:
  Terrain() = default;
  Terrain(std::uint64_t seed, std::vector<Pond> ponds);

  /// World point `above` metres over the ground at a plan point.
  glm::vec3 world(glm::vec2 plan, float above = 0) const;
  /// Height of the ground.
  float height(glm::vec2 plan) const;
  /// Angle (radians, counter-clockwise) by which the plan is turned at a point.
  float turn(glm::vec2 plan) const;
  /// Inverse of world() in x and y.
  glm::vec2 plan(glm::vec2 world) const;
  const std::vector<Pond>& ponds() const { return ponds_; }

 private:
  glm::vec2 shift(glm::vec2 plan) const;
  float rolling(glm::vec2 plan) const;
  struct Wave {
    glm::vec2 frequency{0};  // radians per metre
    float amplitude = 0, phase = 0;
  };
  std::vector<Wave> hills_, bends_x_, bends_y_;
  std::vector<Pond> ponds_;
};

}  // namespace tessera::reconstruct::synth
