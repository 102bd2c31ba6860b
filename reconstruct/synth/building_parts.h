#pragma once

#include "reconstruct/synth/facade.h"

namespace tessera::reconstruct::synth {

/// The frame of a building on the ground: local x along the front, front at y = -half.y, z = 0 at the floor of the
/// ground storey, which lies a step above the highest corner of the ground. Walls start at kFoundation.
inline constexpr float kFoundation = -1.6f;  // metres: deeper than the ground falls off under a building
void stand_on_ground(Workshop& shop, const BuildingPlan& building);

glm::vec3 plaster_color(Draw& draw);  // painted render
glm::vec3 brick_color(Draw& draw);
glm::vec3 tile_color(Draw& draw);  // clay and slate
std::uint32_t tile_surface(Workshop& shop, Draw& draw);

/// Four walls of a box of storeys with the openings of each side (front, right, back, left), on a plinth of another
/// surface.
using Sides = std::array<std::vector<Opening>, 4>;
void add_walls(Workshop& shop, glm::vec2 half, float height, const Sides& openings, const Trim& trim,
               std::uint32_t plinth);

/// A step and a canopy (where `canopy`) before a door at u on the front.
void add_entrance(Workshop& shop, glm::vec2 half, float x, float width, bool canopy, std::uint32_t stone,
                  std::uint32_t roof);

void add_apartment(Workshop& shop, const BuildingPlan& building, Draw& draw);  // block_mesh.cpp
void add_shop(Workshop& shop, const BuildingPlan& building, Draw& draw);       // block_mesh.cpp
void add_hall(Workshop& shop, const BuildingPlan& building, Draw& draw);       // block_mesh.cpp
void add_house(Workshop& shop, const BuildingPlan& building, Draw& draw);      // house_mesh.cpp
void add_row_house(Workshop& shop, const BuildingPlan& building, Draw& draw);  // house_mesh.cpp
void add_shed(Workshop& shop, const BuildingPlan& building, Draw& draw);       // house_mesh.cpp
void add_church(Workshop& shop, const BuildingPlan& building, Draw& draw);     // church_mesh.cpp

}  // namespace tessera::reconstruct::synth
