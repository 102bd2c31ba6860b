#pragma once

#include <cstdint>

#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

namespace tessera::reconstruct::synth {

struct CityLayout;

/// What a surface is made of. The texture is a function evaluated at the hit point: no picture is stored or shipped.
enum class Material : std::uint8_t {
  ground,   // uv = plan; streets, pavements, lawns, fields by the layout
  kerb,     // uv = metres
  plaster,  // uv = metres
  brick,
  concrete,
  roof_tiles,
  flat_roof,
  metal_roof,
  siding,  // uv = metres; ribs upright, or across where param = 1
  panels,  // uv = metres; concrete panels, a storey of `param` metres each
  stone,
  sign,
  fan,  // uv = metres
  shop_window,
  metal,
  wood,
  window,  // uv = 0..1 over the pane with its frame
  door,    // uv = 0..1
  solar,   // uv = metres
  leaves,  // takes the instance's tint
  hedge,
  bark,
  paint,  // takes the instance's tint
  glass,
  rubber,
  fabric,
  cloth,  // takes the instance's tint
  straw,
  water,  // uv = plan
  plain,
};

/// A row of the city's table of surfaces. Colours are linear albedo.
struct Surface {
  Material material = Material::plain;
  glm::vec3 color{0.5f};
  glm::vec3 accent{0.5f};  // frames, joints, stripes: as the material says
  std::uint32_t seed = 0;
  float param = 0;  // number of casements, height of a panel: as the material says
};

/// A point to be shaded. `footprint`: metres on the surface that a pixel covers; finer detail is averaged away.
struct SurfacePoint {
  glm::vec3 position{0};
  glm::vec3 normal{0, 0, 1};  // unit, towards the viewer
  glm::vec2 uv{0};
  glm::vec3 tint{1};
  std::uint32_t seed = 0;  // of the instance
  float footprint = 0;
};

/// How a point answers light.
struct Appearance {
  glm::vec3 albedo{0.5f};
  glm::vec3 normal{0, 0, 1};
  float mirror = 0;   // reflectance at normal incidence of the clear layer on top (Schlick 1994); 0: matt
  float gloss = 200;  // exponent of the sun's highlight in that layer
  float thin = 0;     // share of the light from behind that shines through (leaves)
};

Appearance evaluate(const Surface& surface, const SurfacePoint& point, const CityLayout& layout);

/// Albedo of the ground at a plan point: streets with markings, pavements, patches of the blocks, fields outside.
/// `relief` is a height in metres for shading only (gravel, tufts).
glm::vec3 ground_albedo(const CityLayout& layout, glm::vec2 plan, float footprint);

}  // namespace tessera::reconstruct::synth
