#include <algorithm>
#include <cmath>

#include <glm/geometric.hpp>

#include "reconstruct/synth/city_layout.h"
#include "reconstruct/synth/materials.h"
#include "reconstruct/synth/noise.h"

namespace tessera::reconstruct::synth {

namespace {

using glm::vec2;
using glm::vec3;

// Share of a pixel that lies where `distance` (metres, negative inside) is negative.
float cover(float distance, float footprint) {
  const float half = 0.5f * footprint + 0.004f;
  return saturate(0.5f - 0.5f * distance / half);
}

// Running-bond slabs: joints darker, each slab a little lighter or darker.
vec3 slabs(vec2 p, vec2 size, float joint, vec3 color, float variation, float footprint, std::uint32_t seed) {
  const float row = std::floor(p.y / size.y);
  const float x = p.x + (static_cast<int>(row) & 1 ? 0.5f * size.x : 0.0f);
  const float column = std::floor(x / size.x);
  const float each = hash01(static_cast<int>(column), static_cast<int>(row), seed) - 0.5f;
  const float detail = smoothstep(2.0f, 0.5f, footprint / std::min(size.x, size.y));
  const float joints = std::max(stripes(x + 0.5f * joint, size.x, joint, footprint),
                                stripes(p.y + 0.5f * joint, size.y, joint, footprint));
  return color * (1.0f + variation * each * detail) * (1.0f - 0.45f * joints);
}

// `care`: 1 for a mown lawn, 0 for a meadow.
vec3 grass(vec2 p, float footprint, std::uint32_t seed, float care) {
  const float broad = fbm2(p, 11.0f, 3, footprint, seed), tufts = fbm2(p, 2.2f, 2, footprint, seed + 5u);
  const float blades = fbm2(p, 0.62f, 3, footprint, seed + 6u);
  const float dry = saturate(0.36f + 0.95f * broad + 0.30f * (1.0f - care) + 0.25f * tufts);
  vec3 color = mix(vec3(0.070f, 0.140f, 0.028f), vec3(0.172f, 0.192f, 0.062f), dry);
  // Clover: darker, bluer islands.
  const float clover = smoothstep(0.30f, 0.42f, fbm2(p, 1.6f, 2, footprint, seed + 7u));
  color = mix(color, vec3(0.050f, 0.115f, 0.035f), 0.55f * clover);
  // A mower goes to and fro.
  const float mown = stripes(p.x + 0.3f * p.y, 1.7f, 0.85f, footprint) - 0.5f;
  return color * (1.0f + 0.55f * blades + 0.22f * tufts * (1.0f - care) + 0.07f * care * mown);
}

vec3 asphalt(vec2 p, float footprint, std::uint32_t seed) {
  const float broad = fbm2(p, 8.0f, 3, footprint, seed), grain = fbm2(p, 0.45f, 3, footprint, seed + 9u);
  float tone = 0.138f * (1.0f + 0.22f * broad + 0.34f * grain);
  // Repairs: darker rectangles here and there.
  const vec2 cell = glm::floor(p / 9.0f), in = p - 9.0f * cell;
  const int cx = static_cast<int>(cell.x), cy = static_cast<int>(cell.y);
  if (hash01(cx, cy, seed + 31u) < 0.22f) {
    const float w = 0.8f + 2.2f * hash01(cx, cy, seed + 32u);
    const float patch = band(in.x, 2.0f, 2.0f + w, footprint) * band(in.y, 3.0f, 4.1f + w, footprint);
    tone *= 1.0f - 0.30f * patch;
  }
  // Manholes: an iron lid in a ring.
  if (hash01(cx, cy, seed + 33u) < 0.16f) {
    const float r = glm::length(in - vec2(6.5f, 6.0f));
    tone *= 1.0f - 0.45f * cover(std::abs(r - 0.36f) - 0.05f, footprint) - 0.18f * cover(r - 0.33f, footprint);
  }
  // Sealed cracks: thin dark lines along a level of a slow noise, where a slower one says so.
  const float level = std::abs(noise2(p / 5.0f, seed + 41u) + 0.35f * noise2(p / 1.3f, seed + 42u));
  const float cracked = smoothstep(0.0f, 0.3f, noise2(p / 14.0f, seed + 43u));
  tone *= 1.0f - 0.4f * cracked * (1.0f - smoothstep(0.0f, 0.012f + 0.15f * footprint, level)) *
                     saturate(0.06f / (0.03f + footprint));
  return vec3(tone, tone * 1.005f, tone * 1.02f);
}

// What wheels leave on a lane: lighter tracks, darker drips between them. `y` across the street from its centre, `s`
// along.
float wear(float s, float y, float footprint, std::uint32_t seed) {
  const float lane = std::abs(y) - 1.0f;
  const float track =
      std::max(smoothstep(0.42f, 0.0f, std::abs(lane + 0.55f)), smoothstep(0.42f, 0.0f, std::abs(lane - 0.75f)));
  const float drip = smoothstep(0.35f, 0.0f, std::abs(lane - 0.1f));
  const float along = fbm2({0.12f * s, y}, 0.8f, 3, footprint, seed + 45u);
  return 1.0f + (0.09f * track - 0.10f * drip) * (1.0f + 1.2f * along) + 0.10f * along;
}

vec3 marking_paint(vec3 road, float share, vec2 p, float footprint, std::uint32_t seed) {
  const float wear = saturate(0.86f + 0.5f * fbm2(p, 0.6f, 3, footprint, seed + 51u));
  return mix(road, vec3(0.60f, 0.60f, 0.575f), share * wear);
}

// Markings of a street along x whose centre is y = 0; `s` runs from a crossing (0) to the next (kPitch).
float street_markings(float s, float y, float footprint, bool parking_low, std::uint32_t seed) {
  const float from_end = std::min(s, kPitch - s);
  float paint = 0;
  const bool zebra = (hash3(static_cast<int>(s > 0.5f * kPitch), 0, 0, seed) & 3u) != 0;
  if (zebra && from_end > 7.0f && from_end < 11.5f) {
    paint = std::max(paint, band(from_end, 7.7f, 10.5f, footprint) * stripes(y + 3.75f, 1.0f, 0.5f, footprint) *
                                cover(std::abs(y) - 3.6f, footprint));
  }
  const float open = cover(11.6f - from_end, footprint);
  paint = std::max(paint, open * band(std::abs(y), 0.0f, 0.07f, footprint) * stripes(s, 4.0f, 2.4f, footprint));
  // Stop line across the lane that comes in.
  const bool right = (s < 0.5f * kPitch) == (y > 0);
  if (right)
    paint = std::max(paint, band(from_end, 11.3f, 11.7f, footprint) * band(std::abs(y), 0.15f, 3.7f, footprint));
  const float side = parking_low ? -y : y;
  paint = std::max(paint, open * band(side, 1.85f, 1.97f, footprint) * stripes(s, 1.0f, 0.5f, footprint));
  return paint;
}

vec3 street(const CityLayout& city, vec2 plan, float footprint) {
  const auto seed = static_cast<std::uint32_t>(city.seed);
  const vec2 p = plan + city.half;
  const vec2 line = glm::floor(p / kPitch + 0.5f), off = p - kPitch * line;
  vec3 color = asphalt(plan, footprint, seed);
  float paint = 0;
  const vec2 cell = glm::floor(p / kPitch), in = p - kPitch * cell;
  const bool along_x = std::abs(off.y) < std::abs(off.x);
  if (along_x) {
    paint = street_markings(in.x, off.y, footprint, false,
                            hash3(static_cast<int>(cell.x), static_cast<int>(line.y), 1, seed));
  } else {
    paint = street_markings(in.y, -off.x, footprint, true,
                            hash3(static_cast<int>(line.x), static_cast<int>(cell.y), 2, seed));
  }
  const bool crossing = std::max(std::abs(off.x), std::abs(off.y)) < kRoadHalf + 1.0f;
  if (!crossing)
    color = color * (along_x ? wear(plan.x, off.y, footprint, seed) : wear(plan.y, off.x, footprint, seed));
  color = marking_paint(color, paint, plan, footprint, seed);
  // Gutter: dust and a darker rim along the kerbs.
  const float rim = kRoadHalf - std::min(std::abs(off.x), std::abs(off.y));
  return color * (1.0f - 0.22f * smoothstep(0.5f, 0.0f, rim)) +
         vec3(0.012f, 0.010f, 0.006f) * smoothstep(0.9f, 0.1f, rim);
}

vec3 patch_color(const Patch& patch, vec2 plan, float footprint, std::uint32_t seed) {
  switch (patch.ground) {
    case Ground::lawn:
      return grass(plan, footprint, seed, 1.0f);
    case Ground::path:
      return vec3(0.36f, 0.30f, 0.22f) * (1.0f + 0.35f * fbm2(plan, 2.2f, 5, footprint, seed + 3u));
    case Ground::plaza:
      return slabs(plan, {0.62f, 0.62f}, 0.035f, vec3(0.40f, 0.35f, 0.30f), 0.32f, footprint, seed + 4u) *
             (1.0f + 0.16f * fbm2(plan, 3.0f, 3, footprint, seed + 6u));
    case Ground::paving:
      return slabs(plan, {0.44f, 0.22f}, 0.025f, vec3(0.33f, 0.24f, 0.20f), 0.4f, footprint, seed + 7u);
    case Ground::gravel:
      return vec3(0.34f, 0.32f, 0.29f) * (1.0f + 0.6f * fbm2(plan, 0.3f, 3, footprint, seed + 8u));
    case Ground::asphalt:
      return asphalt(plan, footprint, seed + 11u) * 1.12f;
    case Ground::parking: {
      const vec2 d = plan - patch.centre;
      const bool wide = patch.half.x > patch.half.y;
      const float x = wide ? d.x + patch.half.x : d.y + patch.half.y;
      const vec3 base = slabs(plan, {0.22f, 0.22f}, 0.02f, vec3(0.17f, 0.165f, 0.16f), 0.4f, footprint, seed + 12u);
      return mix(base, vec3(0.56f), 0.85f * stripes(x + 0.05f, 2.6f, 0.11f, footprint));
    }
    case Ground::soil:
      return vec3(0.115f, 0.080f, 0.052f) * (1.0f + 0.5f * fbm2(plan, 0.8f, 4, footprint, seed + 13u)) *
             (1.0f - 0.3f * stripes(plan.x + plan.y * 0.02f, 0.55f, 0.22f, footprint));
    case Ground::court: {
      const vec2 d = plan - patch.centre, p = glm::abs(vec2(std::cos(patch.angle) * d.x + std::sin(patch.angle) * d.y,
                                                            std::cos(patch.angle) * d.y - std::sin(patch.angle) * d.x));
      const float w = 0.1f;
      // Half of a tennis court a little under size: side lines, base lines, service lines.
      float line = band(p.x, 4.1f, 4.1f + w, footprint) + band(p.x, 5.4f, 5.4f + w, footprint);
      line = line * cover(p.y - 9.3f, footprint) + band(p.y, 9.2f, 9.2f + w, footprint) * cover(p.x - 5.5f, footprint) +
             band(p.y, 5.0f, 5.0f + w, footprint) * cover(p.x - 4.1f, footprint) +
             band(p.x, 0.0f, 0.5f * w, footprint) * cover(p.y - 5.0f, footprint);
      const bool inside = p.x < 5.6f && p.y < 9.4f;
      const vec3 clay = (inside ? vec3(0.33f, 0.115f, 0.065f) : vec3(0.10f, 0.17f, 0.09f)) *
                        (1.0f + 0.22f * fbm2(plan, 2.0f, 5, footprint, seed));
      return mix(clay, vec3(0.62f), saturate(line));
    }
    case Ground::sand:
      return vec3(0.48f, 0.40f, 0.27f) * (1.0f + 0.2f * fbm2(plan, 1.0f, 4, footprint, seed + 14u));
  }
  return vec3(0.3f);
}

vec3 lay_patch(const vec3& below, const Patch& patch, vec2 plan, float footprint, std::uint32_t seed) {
  float distance = patch_distance(patch, plan);
  if (distance > 0.6f) return below;
  if (patch.wobble > 0) distance += patch.wobble * noise2(plan / 0.9f, seed + 23u);
  const float share = cover(distance, footprint);
  return share > 0
             ? mix(below, patch_color(patch, plan, footprint, seed + 61u * static_cast<std::uint32_t>(patch.ground)),
                   share)
             : below;
}

vec3 slab_ground(const CityLayout& city, const BlockPlan& block, vec2 plan, float inside, float footprint) {
  const auto seed = static_cast<std::uint32_t>(city.seed);
  vec3 color = slabs(plan, {0.75f, 0.5f}, 0.03f, vec3(0.31f, 0.30f, 0.285f), 0.22f, footprint, seed + 21u) *
               (1.0f + 0.25f * fbm2(plan, 2.6f, 4, footprint, seed + 22u));
  for (const Patch& patch : block.patches) color = lay_patch(color, patch, plan, footprint, seed);
  for (const Pond& pond : city.terrain.ponds()) {
    const vec2 d = plan - pond.centre;
    if (glm::dot(d, d) > 3.0f * pond.radius * pond.radius) continue;
    // Mud and pebbles at the water's edge, then trodden grass.
    const float shore = pond_distance(pond, plan) + 0.5f * noise2(plan / 1.2f, seed + 25u);
    const vec3 pebbles = vec3(0.27f, 0.245f, 0.20f) * (1.0f + 0.8f * fbm2(plan, 0.5f, 3, footprint, seed + 26u));
    color = mix(color, pebbles, smoothstep(0.75f, 0.25f, shore));
    color = mix(color, vec3(0.075f, 0.070f, 0.045f), smoothstep(0.1f, -0.5f, shore));
  }
  // The kerbstone's top: light granite, jointed every metre.
  const float kerb = band(inside, -0.02f, 0.16f, footprint);
  if (kerb > 0) {
    const float joint = std::max(stripes(plan.x, 1.0f, 0.03f, footprint), stripes(plan.y, 1.0f, 0.03f, footprint));
    color = mix(
        color,
        vec3(0.44f, 0.43f, 0.41f) * (1.0f - 0.3f * joint) * (1.0f + 0.3f * fbm2(plan, 0.8f, 3, footprint, seed + 24u)),
        kerb);
  }
  return color;
}

vec3 field(const CityLayout& city, vec2 plan, float footprint) {
  const auto seed = static_cast<std::uint32_t>(city.seed);
  const vec2 bent = plan + 4.0f * vec2(noise2(plan / 60.0f, seed + 81u), noise2(plan / 60.0f, seed + 82u));
  const vec2 size(64.0f, 47.0f), cell = glm::floor(bent / size), in = bent - size * cell;
  const std::uint32_t kind = hash3(static_cast<int>(cell.x), static_cast<int>(cell.y), 3, seed) % 5u;
  const float broad = fbm2(plan, 16.0f, 4, footprint, seed + 83u), fine = fbm2(plan, 1.2f, 3, footprint, seed + 84u);
  vec3 color = grass(plan, footprint, seed + 85u, 0.0f);
  if (kind == 1)
    color = mix(vec3(0.40f, 0.32f, 0.13f), vec3(0.32f, 0.25f, 0.10f), stripes(in.x, 3.0f, 1.5f, footprint)) *
            (1.0f + 0.35f * broad + 0.3f * fine);
  if (kind == 2)
    color = mix(vec3(0.15f, 0.105f, 0.07f), vec3(0.12f, 0.085f, 0.055f), stripes(in.y, 0.9f, 0.45f, footprint)) *
            (1.0f + 0.3f * broad + 0.35f * fine);
  if (kind == 3)
    color = mix(vec3(0.095f, 0.165f, 0.040f), vec3(0.075f, 0.140f, 0.034f), stripes(in.x, 2.2f, 1.1f, footprint)) *
            (1.0f + 0.3f * broad + 0.35f * fine);
  const vec2 rim = glm::min(in, size - in);
  const float verge = cover(std::min(rim.x, rim.y) - 1.3f + 0.6f * noise2(plan / 2.0f, seed + 86u), footprint);
  return mix(color, grass(plan, footprint, seed + 87u, 0.3f), verge);
}

}  // namespace

vec3 ground_albedo(const CityLayout& layout, vec2 plan, float footprint) {
  const auto seed = static_cast<std::uint32_t>(layout.seed);
  if (const BlockPlan* block = layout.block_at(plan)) {
    const float distance = slab_distance(*block, plan);
    if (distance < 0.05f) return slab_ground(layout, *block, plan, -distance, footprint);
  }
  const vec2 beyond = glm::abs(plan) - layout.half - kRoadHalf;
  const float out = std::max(beyond.x, beyond.y);
  const float ragged = 0.05f * noise2(plan / 0.7f, seed + 91u) + 0.09f * noise2(plan / 4.3f, seed + 96u);
  if (out + ragged < -0.2f) return street(layout, plan, footprint);

  // Fields, the plots along the ring street, and the verge.
  const vec3 wild = grass(plan, footprint, seed + 87u, 0.3f);
  vec3 color = mix(wild, field(layout, plan, footprint), smoothstep(28.0f, 30.0f, out + 6.0f * ragged));
  for (const Patch& patch : layout.outer_patches[layout.outer_cell(plan)])
    color = lay_patch(color, patch, plan, footprint, seed);
  const vec3 gravel = vec3(0.29f, 0.255f, 0.20f) * (1.0f + 0.5f * fbm2(plan, 0.7f, 4, footprint, seed + 92u));
  const float grown = smoothstep(0.25f, 0.85f, out + 0.35f * noise2(plan / 1.1f, seed + 93u));
  color = mix(gravel, color, grown);
  const vec2 across = layout.country_road_offset(plan);
  const bool along_y = std::abs(across.x) < std::abs(across.y) ? beyond.y > -0.5f : beyond.x <= -0.5f;
  const float side = along_y ? across.x : across.y, s = along_y ? plan.y : plan.x;
  const float edge = std::abs(side) - kCountryHalf + ragged;
  if (edge < 1.2f) {
    color = mix(gravel, color, smoothstep(0.2f, 1.1f, edge + 0.3f * noise2(plan / 1.3f, seed + 94u)));
    vec3 road = asphalt(plan, footprint, seed + 95u);
    const float lines = std::max(band(std::abs(side), 2.45f, 2.57f, footprint),
                                 band(std::abs(side), 0.0f, 0.06f, footprint) * stripes(s, 9.0f, 3.0f, footprint));
    road = marking_paint(road, lines * cover(-out - 1.0f, 0.5f), plan, footprint, seed);
    color = mix(color, road, cover(edge, footprint));
  }
  return mix(street(layout, plan, footprint), color, cover(-out - ragged, std::max(footprint, 0.25f)));
}

}  // namespace tessera::reconstruct::synth
