#pragma once

#include <cstdint>
#include <vector>

#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include "reconstruct/synth/terrain.h"

namespace tessera::reconstruct::synth {

// The plan in metres. A street is centred on every multiple of kPitch from the edge of the city; between streets lies a
// slab with kerbs.
inline constexpr float kPitch = 60.0f;
inline constexpr float kRoadHalf = 4.0f;     // half of the carriageway
inline constexpr float kKerbHeight = 0.13f;  // slab above the road
inline constexpr float kSlabHalf = 0.5f * kPitch - kRoadHalf;
inline constexpr float kSlabRounding = 4.0f;  // radius of the kerb at corners
inline constexpr float kPavement = 2.4f;      // width of the pavement inside the kerb
inline constexpr float kCountryHalf = 2.9f;   // half of a road outside the town

/// What the ground of a slab is covered with.
enum class Ground : std::uint8_t { lawn, path, plaza, paving, gravel, asphalt, parking, soil, sand, court };
/// A rounded rectangle of ground; later patches cover earlier ones.
struct Patch {
  Ground ground = Ground::lawn;
  glm::vec2 centre{0}, half{1};
  float angle = 0, rounding = 0;
  float wobble = 0;  // metres by which the edge wanders
};
float patch_distance(const Patch& patch, glm::vec2 plan);  // signed, negative inside, without the wobble

struct BuildingPlan {
  enum class Kind : std::uint8_t { apartment, house, row_house, shop, hall, church, shed };
  Kind kind = Kind::house;
  glm::vec2 centre{0}, half{4};  // half.x along the front
  float angle = 0;               // the front looks along -y turned by this
  int floors = 2;
  std::uint32_t id = 0;  // keys its draws
};

struct PropPlan {
  enum class Kind : std::uint8_t {
    broadleaf,
    slender,
    conifer,
    bush,
    car,
    van,
    lamp,
    bench,
    bin,
    table,
    swing,
    bale,
    reeds,
    lily,
    person,
    traffic_sign
  };
  Kind kind = Kind::bush;
  glm::vec2 centre{0};
  float angle = 0, scale = 1;
  glm::vec3 tint{1};
  std::uint32_t id = 0;
};

/// Something that runs along a line: points in the plan.
struct StripPlan {
  enum class Kind : std::uint8_t { picket, mesh_fence, hedge, wall, wire };
  Kind kind = Kind::hedge;
  std::vector<glm::vec2> points;
  float height = 1;
  std::uint32_t id = 0;
};

struct BlockPlan {
  glm::vec2 centre{0};
  bool built = true;  // false: a green, to fill the rectangle
  std::vector<Patch> patches;
};

struct CityLayout {
  int columns = 1, rows = 1;
  glm::vec2 half{0};  // half of the size of the town: kPitch * (columns, rows) / 2
  std::uint64_t seed = 0;
  std::vector<BlockPlan> blocks;                  // row by row from the south-west
  std::vector<std::vector<Patch>> outer_patches;  // of the plots around the town, by outer_cell
  std::vector<BuildingPlan> buildings;
  std::vector<PropPlan> props;
  std::vector<StripPlan> strips;
  Terrain terrain;

  /// Block at a plan point, or null (on the ring streets and outside).
  const BlockPlan* block_at(glm::vec2 plan) const;
  /// Row of outer_patches: cells of kPitch, one more on each side than there are blocks.
  std::size_t outer_cell(glm::vec2 plan) const;
  /// Whether a point lies on the two roads that leave the town (or within `margin` of them).
  bool on_country_road(glm::vec2 plan, float margin) const;
  /// Signed distance across those roads (x: the one along y; y: the one along x), metres from their centre lines.
  glm::vec2 country_road_offset(glm::vec2 plan) const;
};

/// Pure function of its arguments.
CityLayout plan_city(int blocks, std::uint64_t seed);

/// Signed distance in the plan to the rounded slab of a block, negative inside.
float slab_distance(const BlockPlan& block, glm::vec2 plan);

}  // namespace tessera::reconstruct::synth
