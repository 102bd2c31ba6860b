#pragma once

#include <vector>

#include "reconstruct/synth/city_mesh.h"
#include "reconstruct/synth/noise.h"

namespace tessera::reconstruct::synth {

/// A hole in a wall, in metres along it (u) and up (v), with what fills it.
struct Opening {
  float u0 = 0, u1 = 1, v0 = 0, v1 = 1;
  std::uint32_t pane = 0;  // surface of the glass or door
  float depth = 0.16f;     // how far it is set back
  bool sill = true;
  bool shutters = false;
  bool apron = false;  // a panel of Trim::shutter under the sill
};

/// Surfaces that the parts of a facade share.
struct Trim {
  std::uint32_t wall = 0, reveal = 0, sill = 0, shutter = 0;
};

/// A rectangular wall from a to b (left to right seen from outside), `height` up, with reveals, panes, sills and
/// shutters. Openings must not overlap and must lie inside.
void add_wall(Workshop& shop, const glm::vec3& a, const glm::vec3& b, float height,
              const std::vector<Opening>& openings, const Trim& trim);

/// Evenly spaced openings `width` wide on a wall `length` long, about `spacing` apart.
std::vector<Opening> window_row(float length, float spacing, float width, float v0, float v1, std::uint32_t pane);

// What stands on flat roofs, within +-half of the frame's origin at height z; `draw` decides.
void furnish_flat_roof(Workshop& shop, Draw& draw, glm::vec2 half, float z, bool lift_house);
/// Roof with parapet: a tub of `height` around the roof's surface at z.
void add_parapet_roof(Workshop& shop, glm::vec2 half, float z, float height, std::uint32_t wall, std::uint32_t coping,
                      std::uint32_t roof);

/// Gabled roof over [-half, half] with the ridge along x, eaves at height z. `over` overhangs. Returns the ridge's
/// height.
float add_gable_roof(Workshop& shop, glm::vec2 half, float z, float pitch, glm::vec2 over, std::uint32_t tiles,
                     std::uint32_t edge);
/// Hipped roof, all four sides at the same pitch.
float add_hip_roof(Workshop& shop, glm::vec2 half, float z, float pitch, float over, std::uint32_t tiles,
                   std::uint32_t edge);
/// Brick chimney with a cap, from below the roof at (x, y) to `top`.
void add_chimney(Workshop& shop, glm::vec2 at, float bottom, float top, std::uint32_t brick, std::uint32_t cap);

}  // namespace tessera::reconstruct::synth
