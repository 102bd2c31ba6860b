#pragma once

#include <cstdint>
#include <vector>

#include "reconstruct/synth/city_layout.h"
#include "reconstruct/synth/materials.h"
#include "reconstruct/synth/mesh.h"
#include "reconstruct/synth/mesh_builder.h"

namespace tessera::reconstruct::synth {

/// The town as triangles. Meshes: one of the streets and fields, one a block, then the prototypes of what is repeated
/// (trees, cars, lamps).
struct City {
  CityLayout layout;
  std::vector<Surface> surfaces;
  std::vector<Mesh> meshes;
  std::vector<Instance> instances;
};

/// Pure function of the plan. Builds blocks in parallel, the same bytes on any number of threads.
City build_city(CityLayout layout);

/// The triangles of one block or prototype grow here; surfaces are numbered by the builder's own table until the city
/// is joined.
struct Workshop {
  explicit Workshop(const CityLayout& plan) : layout(plan) {}
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;

  const CityLayout& layout;
  std::vector<Surface> surfaces;
  Mesh mesh;
  MeshBuilder build{mesh};
  std::uint32_t surface(const Surface& s) {
    surfaces.push_back(s);
    return static_cast<std::uint32_t>(surfaces.size() - 1);
  }
};

void add_slab(Workshop& shop, const BlockPlan& block);                      // ground_mesh.cpp
void add_pond(Workshop& shop, const Pond& pond);                            // ground_mesh.cpp
void add_streets_and_fields(Workshop& shop);                                // ground_mesh.cpp
void add_building(Workshop& shop, const BuildingPlan& building);            // building_mesh.cpp
void add_strip(Workshop& shop, const StripPlan& strip);                     // strip_mesh.cpp
void add_tree(Workshop& shop, PropPlan::Kind kind, std::uint32_t variant);  // tree_mesh.cpp; unit scale
void add_car(Workshop& shop, PropPlan::Kind kind, std::uint32_t variant);   // car_mesh.cpp; heads along +x
void add_prop(Workshop& shop, PropPlan::Kind kind, std::uint32_t variant);  // prop_mesh.cpp; everything that is no tree

}  // namespace tessera::reconstruct::synth
