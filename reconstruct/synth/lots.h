#pragma once

#include <vector>

#include "reconstruct/synth/city_layout.h"
#include "reconstruct/synth/noise.h"

namespace tessera::reconstruct::synth {

/// Fills the four lots of a block (buildings, gardens, trees, fences). Appends to the city, the block's patches and the
/// ponds.
void fill_block(CityLayout& city, BlockPlan& block, std::vector<Pond>& ponds, Draw& draw);

/// What lies around the town: cottages, orchards, allotments, fields with trees, wires on poles (outskirts.cpp).
void surround(CityLayout& city);

PropPlan& add_prop(CityLayout& city, Draw& draw, PropPlan::Kind kind, glm::vec2 plan, float angle, float scale);
/// With a leaf colour of its own.
void add_tree(CityLayout& city, Draw& draw, glm::vec2 plan, PropPlan::Kind kind, float scale);
void add_person(CityLayout& city, Draw& draw, glm::vec2 plan);
/// With a paint of its own; heads along +x turned by `angle`.
void add_car(CityLayout& city, Draw& draw, glm::vec2 plan, float angle, bool van);

}  // namespace tessera::reconstruct::synth
