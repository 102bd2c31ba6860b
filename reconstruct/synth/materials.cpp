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
  const float broad = fbm2(p.uv, 4.0f, 4, p.footprint, s.seed), fine = fbm2(p.uv, 0.45f, 3, p.footprint, s.seed + 3u);
  // Rain streaks: noise stretched down the wall; dust and splashes at the foot.
  const float streak = fbm2({p.uv.x, p.uv.y * 0.10f}, 0.9f, 3, p.footprint, s.seed + 7u);
  const float foot = smoothstep(0.9f, 0.0f, p.uv.y + 0.35f * fbm2({p.uv.x, 0.0f}, 1.1f, 3, p.footprint, s.seed + 9u));
  return s.color * (1.0f + 0.13f * broad + 0.12f * fine + 0.16f * streak) * (1.0f - 0.24f * foot);
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

// A window of `param` casements: frame, mullions, dark glass with a curtain or a blind here and there.
Appearance window(const Surface& s, const SurfacePoint& p) {
  Appearance a;
  a.normal = p.normal;
  const float f = 0.6f * p.footprint, panes = std::max(1.0f, s.param);
  const float rim = 1.0f - band(p.uv.x, 0.05f, 0.95f, f) * band(p.uv.y, 0.045f, 0.955f, f);
  const float mullion = stripes(p.uv.x + 0.022f, 1.0f / panes, 0.044f, f);
  const float frame = saturate(rim + mullion);
  // Each window is its own room: keyed by where it is, to a metre and a half.
  const glm::vec3 cell = glm::floor(p.position * 0.7f);
  const std::uint32_t room =
      hash3(static_cast<int>(cell.x), static_cast<int>(cell.y), static_cast<int>(cell.z), s.seed);
  const float light = scene::uniform01(room);
  vec3 inside = mix(vec3(0.018f, 0.022f, 0.026f), vec3(0.070f, 0.066f, 0.058f), light * light);
  const vec3 cloth = mix(vec3(0.40f, 0.38f, 0.34f), vec3(0.46f, 0.34f, 0.26f), scene::uniform01(room * 7u));
  const std::uint32_t what = room & 7u;
  if (what < 2) inside = mix(inside, cloth, 0.75f * smoothstep(0.22f, 0.30f, std::abs(p.uv.x - 0.5f)));  // curtains
  if (what == 2) inside = mix(inside, cloth, 0.8f * smoothstep(0.50f, 0.54f, p.uv.y));  // half-drawn blind
  a.albedo = mix(inside, s.accent, frame);
  a.mirror = mix(0.06f, 0.02f, frame), a.gloss = 900;
  return a;
}

// A shop front: wide panes in thin dark frames, goods and lit shelves behind.
Appearance shop_window(const Surface& s, const SurfacePoint& p) {
  Appearance a;
  a.normal = p.normal;
  const float f = 0.35f * p.footprint, panes = std::max(1.0f, s.param);
  const float rim = 1.0f - band(p.uv.x, 0.015f, 0.985f, f) * band(p.uv.y, 0.02f, 0.98f, f);
  const float frame = saturate(rim + stripes(p.uv.x + 0.01f, 1.0f / panes, 0.02f, f) + band(p.uv.y, 0.76f, 0.785f, f));
  const int column = static_cast<int>(p.uv.x * 9.0f), shelf = static_cast<int>(p.uv.y * 4.0f);
  const std::uint32_t goods = hash3(column, shelf, 0, s.seed);
  vec3 inside = s.color + vec3(0.16f, 0.12f, 0.08f) * scene::uniform01(goods) * smoothstep(0.75f, 0.2f, p.uv.y);
  inside += vec3(0.10f, 0.02f, 0.02f) * ((goods & 15u) == 3 ? 1.0f : 0.0f);
  a.albedo = mix(inside, s.accent, frame);
  a.mirror = 0.06f, a.gloss = 900;
  return a;
}

vec3 siding(const Surface& s, const SurfacePoint& p) {
  const float at = s.param > 0 ? p.uv.y : p.uv.x;
  const float rib = stripes(at, 0.30f, 0.10f, p.footprint), sheet = stripes(at, 1.2f, 0.025f, p.footprint);
  return s.color * (1.0f - 0.24f * rib) * (1.0f - 0.35f * sheet) *
         (1.0f + 0.16f * fbm2({p.uv.x, 0.3f * p.uv.y}, 2.0f, 4, p.footprint, s.seed));
}

vec3 panels(const Surface& s, const SurfacePoint& p) {
  const float joint =
      std::max(stripes(p.uv.x + 0.02f, 2.9f, 0.04f, p.footprint), stripes(p.uv.y + 0.02f, s.param, 0.04f, p.footprint));
  const float each =
      hash01(static_cast<int>(std::floor(p.uv.x / 2.9f)), static_cast<int>(std::floor(p.uv.y / s.param)), s.seed) -
      0.5f;
  return concrete(s, p) * (1.0f + 0.14f * each) * (1.0f - 0.5f * joint);
}

vec3 stone(const Surface& s, const SurfacePoint& p) {
  float each = 0;
  const float joint = courses(p.uv, {0.62f, 0.31f}, 0.03f, p.footprint, s.seed, each);
  return mix(s.color * (1.0f + 0.42f * each + 0.26f * fbm2(p.uv, 1.6f, 4, p.footprint, s.seed + 3u)), s.accent,
             0.7f * joint);
}

// Letters that nobody can read: blocks of strokes on a coloured board.
vec3 sign(const Surface& s, const SurfacePoint& p) {
  const float letter = p.uv.x / 0.42f;
  const int index = static_cast<int>(std::floor(letter));
  const bool gap = hash3(index, 0, 0, s.seed) % 6u == 0;
  const vec2 in((letter - static_cast<float>(index)) * 3.0f, (p.uv.y - 0.1f) * 10.0f);
  const bool stroke = !gap && in.x < 2.3f && in.y > 0 && in.y < 3.0f &&
                      (hash3(index, static_cast<int>(in.x), static_cast<int>(in.y), s.seed) & 1u);
  return stroke ? s.accent : s.color;
}

// Sheet metal with a round grille in the middle of each metre and a half.
Appearance fan(const Surface& s, const SurfacePoint& p) {
  Appearance a;
  a.normal = p.normal;
  const float r = glm::length(p.uv - vec2(0.75f, 0.55f));
  const float hole = saturate(0.5f - (r - 0.40f) / (p.footprint + 0.01f));
  const float hub = saturate(0.5f - (r - 0.11f) / (p.footprint + 0.01f));
  a.albedo = mix(s.color, vec3(0.045f), hole * (1.0f - hub));
  a.mirror = 0.06f, a.gloss = 40;
  return a;
}

// Long waves from far away, ripples near by; flat enough for the sky and the trees to show in it.
Appearance water(const Surface& s, const SurfacePoint& p) {
  Appearance a;
  a.albedo = s.color;
  constexpr float kStep = 0.05f;
  const auto height = [&](vec2 at) { return 0.012f * fbm2(at, 1.7f, 4, 0.5f * p.footprint, s.seed); };
  const float h = height(p.uv);
  a.normal = glm::normalize(
      vec3((h - height(p.uv + vec2(kStep, 0))) / kStep, (h - height(p.uv + vec2(0, kStep))) / kStep, 1.0f));
  a.mirror = 0.04f, a.gloss = 140;
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
    case Material::siding:
      a.albedo = siding(s, p), a.mirror = 0.03f, a.gloss = 30;
      break;
    case Material::panels:
      a.albedo = panels(s, p);
      break;
    case Material::stone:
      a.albedo = stone(s, p);
      break;
    case Material::sign:
      a.albedo = sign(s, p);
      break;
    case Material::fan:
      return fan(s, p);
    case Material::metal:
      a.albedo = s.color, a.mirror = 0.06f, a.gloss = 60;
      break;
    case Material::wood:
      a.albedo = s.color * (1.0f + 0.25f * fbm2({p.uv.x, p.uv.y * 8.0f}, 0.8f, 4, p.footprint, s.seed)) *
                 (1.0f - 0.35f * stripes(p.uv.y, 0.16f, 0.02f, p.footprint));
      break;
    case Material::window:
      return window(s, p);
    case Material::shop_window:
      return shop_window(s, p);
    case Material::door: {
      const float leaf = band(p.uv.x, 0.09f, 0.91f, 0.06f) * band(p.uv.y, 0.0f, 0.95f, 0.04f);
      a.albedo = mix(s.accent, s.color, leaf), a.mirror = 0.03f;
      break;
    }
    case Material::solar: {
      const float grid =
          std::max(stripes(p.uv.x, 1.0f, 0.05f, p.footprint), stripes(p.uv.y, 1.65f, 0.05f, p.footprint));
      a.albedo = mix(vec3(0.012f, 0.018f, 0.045f), vec3(0.35f), grid);
      a.mirror = 0.05f, a.gloss = 600;
      break;
    }
    case Material::leaves: {
      // uv.x is the leaf's own number.
      const float each = hash01(static_cast<int>(p.uv.x * 4096.0f), 0, p.seed) - 0.5f;
      a.albedo = p.tint * s.color * (1.0f + 0.45f * each);
      a.thin = 0.35f;
      break;
    }
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
    case Material::plain:
      a.albedo = s.color;
      break;
    case Material::cloth:
      a.albedo = p.tint * s.color;
      break;
    case Material::fabric:
      a.albedo = mix(s.color, s.accent, stripes(p.uv.x, 0.6f, 0.3f, p.footprint));
      break;
    case Material::straw:
      a.albedo = s.color * (1.0f + 0.6f * fbm2(p.uv, 0.4f, 3, p.footprint, p.seed));
      break;
    case Material::water:
      return water(s, p);
  }
  return a;
}

}  // namespace tessera::reconstruct::synth
