#include "reconstruct/synth/materials.h"

#include <algorithm>
#include <cmath>

#include <glm/geometric.hpp>

#include "reconstruct/synth/noise.h"

namespace tessera::reconstruct::synth {

namespace {

using glm::vec2;
using glm::vec3;

// Courses of bricks or tiles: returns the share of joint, and the hash of the piece in `each`.
float courses(vec2 p, vec2 size, float joint, float footprint, std::uint32_t seed, float& each) {
  const float row = std::floor(p.y / size.y);
  const float x = p.x + (static_cast<int>(row) & 1 ? 0.5f * size.x : 0.0f);
  const float detail = smoothstep(1.6f, 0.5f, footprint / size.y);
  each = (hash01(static_cast<int>(std::floor(x / size.x)), static_cast<int>(row), seed) - 0.5f) * detail;
  return std::max(stripes(x, size.x, joint, footprint), stripes(p.y, size.y, joint, footprint));
}

vec3 plaster(const Surface& s, const SurfacePoint& p) {
  const float broad = fbm2(p.uv, 4.0f, 4, p.footprint, s.seed), fine = fbm2(p.uv, 0.3f, 3, p.footprint, s.seed + 3u);
  // Rain streaks: noise stretched down the wall.
  const float streak = fbm2({p.uv.x, p.uv.y * 0.12f}, 0.9f, 3, p.footprint, s.seed + 7u);
  return s.color * (1.0f + 0.10f * broad + 0.10f * fine + 0.10f * streak);
}

vec3 brick(const Surface& s, const SurfacePoint& p) {
  float each = 0;
  const float joint = courses(p.uv, {0.25f, 0.083f}, 0.012f, p.footprint, s.seed, each);
  // Clumps of ten bricks differ too, which is what is left of them from far away.
  const float clump = fbm2(p.uv / vec2(1.0f, 0.4f), 0.9f, 4, p.footprint, s.seed + 2u);
  return mix(s.color * (1.0f + 0.5f * each + 0.32f * clump), s.accent, 0.8f * joint);
}

vec3 concrete(const Surface& s, const SurfacePoint& p) {
  const float broad = fbm2(p.uv, 2.5f, 4, p.footprint, s.seed), fine = fbm2(p.uv, 0.4f, 3, p.footprint, s.seed + 3u);
  return s.color * (1.0f + 0.14f * broad + 0.12f * fine);
}

Appearance roof_tiles(const Surface& s, const SurfacePoint& p) {
  Appearance a;
  float each = 0;
  constexpr float kTile = 0.30f, kCourse = 0.36f;  // metres
  const float shadow = stripes(p.uv.y, kCourse, 0.07f, p.footprint);
  const float gap = courses(p.uv, {kTile, kCourse}, 0.03f, p.footprint, s.seed, each);
  const float weather = fbm2(p.uv, 3.0f, 5, p.footprint, s.seed + 4u),
              moss = smoothstep(0.25f, 0.6f, fbm2(p.uv, 2.0f, 4, p.footprint, s.seed + 6u));
  vec3 color = s.color * (1.0f + 0.55f * each + 0.38f * weather) * (1.0f - 0.42f * shadow - 0.18f * gap);
  a.albedo = mix(color, vec3(0.12f, 0.13f, 0.06f), 0.35f * moss);
  a.normal = p.normal;
  return a;
}

vec3 flat_roof(const Surface& s, const SurfacePoint& p) {
  const float broad = fbm2(p.uv, 5.0f, 4, p.footprint, s.seed), grain = fbm2(p.uv, 0.28f, 3, p.footprint, s.seed + 3u);
  const float seam = stripes(p.uv.x, 1.9f, 0.07f, p.footprint);
  return s.color * (1.0f + 0.26f * broad + 0.30f * grain) * (1.0f - 0.22f * seam);
}

Appearance metal_roof(const Surface& s, const SurfacePoint& p) {
  Appearance a;
  const float rib = stripes(p.uv.x, 0.55f, 0.09f, p.footprint);
  a.albedo = s.color * (1.0f + 0.22f * fbm2(p.uv, 4.0f, 4, p.footprint, s.seed)) * (1.0f - 0.32f * rib);
  a.normal = p.normal;
  a.mirror = 0.05f, a.gloss = 30;
  return a;
}

// A casement window: frame, a mullion or two, dark glass with a curtain here and there.
Appearance window(const Surface& s, const SurfacePoint& p) {
  Appearance a;
  a.normal = p.normal;
  const float frame_u = 0.07f, frame_v = 0.055f, f = 0.6f * p.footprint;
  const float rim = 1.0f - band(p.uv.x, frame_u, 1.0f - frame_u, f) * band(p.uv.y, frame_v, 1.0f - frame_v, f);
  const float mullion = band(p.uv.x, 0.475f, 0.525f, f);
  const float frame = saturate(rim + mullion);
  // Each pane is its own room: keyed by where it is, to the half metre.
  const std::uint32_t room =
      hash3(static_cast<int>(std::floor(p.position.x * 0.7f)), static_cast<int>(std::floor(p.position.y * 0.7f)),
            static_cast<int>(std::floor(p.position.z * 0.7f)), s.seed);
  const float light = scene::uniform01(room);
  vec3 inside = mix(vec3(0.020f, 0.024f, 0.028f), vec3(0.075f, 0.072f, 0.065f), light);
  if ((room & 3u) == 0)
    inside = mix(inside, vec3(0.34f, 0.32f, 0.28f), smoothstep(0.42f, 0.40f, std::abs(p.uv.x - 0.5f)) * 0.6f + 0.15f);
  a.albedo = mix(inside, s.accent, frame);
  a.mirror = mix(0.06f, 0.02f, frame), a.gloss = 900;
  return a;
}

}  // namespace

Appearance evaluate(const Surface& s, const SurfacePoint& p, const CityLayout& layout) {
  Appearance a;
  a.normal = p.normal;
  switch (s.material) {
    case Material::ground:
      a.albedo = ground_albedo(layout, p.uv, p.footprint);
      break;
    case Material::kerb:
      a.albedo = s.color * (1.0f - 0.3f * stripes(p.uv.x, 1.0f, 0.03f, p.footprint)) *
                 (1.0f + 0.2f * fbm2(p.uv, 0.7f, 3, p.footprint, 5u));
      break;
    case Material::plaster:
      a.albedo = plaster(s, p);
      break;
    case Material::brick:
      a.albedo = brick(s, p);
      break;
    case Material::concrete:
      a.albedo = concrete(s, p);
      break;
    case Material::roof_tiles:
      return roof_tiles(s, p);
    case Material::flat_roof:
      a.albedo = flat_roof(s, p);
      break;
    case Material::metal_roof:
      return metal_roof(s, p);
    case Material::metal:
      a.albedo = s.color, a.mirror = 0.08f, a.gloss = 60;
      break;
    case Material::wood:
      a.albedo = s.color * (1.0f + 0.25f * fbm2({p.uv.x, p.uv.y * 8.0f}, 0.8f, 4, p.footprint, s.seed)) *
                 (1.0f - 0.35f * stripes(p.uv.y, 0.16f, 0.02f, p.footprint));
      break;
    case Material::window:
      return window(s, p);
    case Material::door:
      a.albedo = mix(s.color, s.accent, 1.0f - band(p.uv.x, 0.1f, 0.9f, 0.1f)), a.mirror = 0.03f;
      break;
    case Material::solar: {
      const float grid =
          std::max(stripes(p.uv.x, 1.0f, 0.05f, p.footprint), stripes(p.uv.y, 1.65f, 0.05f, p.footprint));
      a.albedo = mix(vec3(0.012f, 0.018f, 0.045f), vec3(0.35f), grid);
      a.mirror = 0.05f, a.gloss = 600;
      break;
    }
    case Material::leaves:
      a.albedo =
          p.tint * s.color *
          (1.0f +
           0.45f *
               (scene::uniform01(hash3(static_cast<int>(p.uv.x * 64.0f), static_cast<int>(p.uv.y), 0, p.seed)) - 0.5f));
      a.thin = 0.35f;
      break;
    case Material::hedge:
      a.albedo = s.color * (1.0f + 0.8f * fbm2(p.uv, 0.5f, 3, p.footprint, s.seed));
      a.thin = 0.15f;
      break;
    case Material::bark:
      a.albedo = s.color * (1.0f + 0.4f * fbm2(p.uv, 0.3f, 3, p.footprint, s.seed));
      break;
    case Material::paint:
      a.albedo = p.tint * s.color, a.mirror = 0.045f, a.gloss = 700;
      break;
    case Material::glass:
      a.albedo = s.color, a.mirror = 0.06f, a.gloss = 900;
      break;
    case Material::rubber:
      a.albedo = s.color;
      break;
    case Material::fabric:
      a.albedo = mix(s.color, s.accent, stripes(p.uv.x, 0.6f, 0.3f, p.footprint));
      break;
    case Material::water:
      a.albedo = s.color, a.mirror = 0.02f, a.gloss = 1200;
      break;
    case Material::plain:
      a.albedo = s.color;
      break;
  }
  return a;
}

}  // namespace tessera::reconstruct::synth
