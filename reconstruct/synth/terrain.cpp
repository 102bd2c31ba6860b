#include "reconstruct/synth/terrain.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <glm/geometric.hpp>

#include "reconstruct/synth/noise.h"

namespace tessera::reconstruct::synth {

namespace {
constexpr float kTau = 2.0f * std::numbers::pi_v<float>;
constexpr float kBowlDepth = 1.5f;        // metres at the middle of a pond
constexpr float kWaterBelowShore = 0.3f;  // metres
}  // namespace

float pond_distance(const Pond& pond, glm::vec2 plan) {
  const glm::vec2 d = plan - pond.centre;
  const float angle = std::atan2(d.y, d.x);
  const float phase = kTau * scene::uniform01(pond.seed);
  // Two low harmonics: a kidney, not a circle.
  const float shape = 1.0f + 0.18f * std::cos(2.0f * angle + phase) + 0.10f * std::cos(3.0f * angle + 2.3f * phase);
  return glm::length(d) - pond.radius * shape;
}

Terrain::Terrain(std::uint64_t seed, std::vector<Pond> ponds) : ponds_(std::move(ponds)) {
  const auto waves = [&](std::uint32_t what, std::initializer_list<std::pair<float, float>> length_and_amplitude) {
    std::vector<Wave> out;
    Draw draw(seed, what, 0);
    for (const auto& [length, amplitude] : length_and_amplitude) {
      const float angle = kTau * draw.uniform(), k = kTau / (length * draw.uniform(0.85f, 1.15f));
      out.push_back({{k * std::cos(angle), k * std::sin(angle)}, amplitude, kTau * draw.uniform()});
    }
    return out;
  };
  // Wavelength and amplitude in metres: slopes stay under 7 %, streets swing by a few metres.
  hills_ = waves(0x7E01, {{480, 3.2f}, {310, 1.6f}, {170, 0.7f}, {120, 0.35f}});
  bends_x_ = waves(0x7E02, {{420, 3.0f}, {260, 1.3f}});
  bends_y_ = waves(0x7E03, {{420, 3.0f}, {260, 1.3f}});
  for (Pond& pond : ponds_) {
    float lowest = 1e9f;
    for (int i = 0; i < 32; ++i) {
      const float a = kTau * static_cast<float>(i) / 32.0f;
      lowest = std::min(lowest, rolling(pond.centre + pond.radius * 1.1f * glm::vec2(std::cos(a), std::sin(a))));
    }
    pond.level = lowest - kWaterBelowShore;
  }
}

float Terrain::rolling(glm::vec2 plan) const {
  float h = 0;
  for (const Wave& w : hills_) h += w.amplitude * std::sin(glm::dot(w.frequency, plan) + w.phase);
  return h;
}

glm::vec2 Terrain::shift(glm::vec2 plan) const {
  glm::vec2 s(0);
  for (const Wave& w : bends_x_) s.x += w.amplitude * std::sin(glm::dot(w.frequency, plan) + w.phase);
  for (const Wave& w : bends_y_) s.y += w.amplitude * std::sin(glm::dot(w.frequency, plan) + w.phase);
  return s;
}

float Terrain::height(glm::vec2 plan) const {
  float h = rolling(plan);
  for (const Pond& pond : ponds_) {
    const glm::vec2 d = plan - pond.centre;
    if (glm::dot(d, d) > 4.0f * pond.radius * pond.radius) continue;
    // Level banks near the shore, then a bowl.
    const float distance = pond_distance(pond, plan);
    const float bank = 1.0f - smoothstep(0.0f, 4.0f, distance);
    h = mix(h, pond.level + kWaterBelowShore, bank);
    h -= kBowlDepth * smoothstep(0.9f, -0.35f * pond.radius, distance);
  }
  return h;
}

glm::vec3 Terrain::world(glm::vec2 plan, float above) const {
  const glm::vec2 p = plan + shift(plan);
  return {p.x, p.y, height(plan) + above};
}

float Terrain::turn(glm::vec2 plan) const {
  // Mean of the turns of the two axes, by differences over a metre.
  const glm::vec2 dx = shift(plan + glm::vec2(0.5f, 0)) - shift(plan - glm::vec2(0.5f, 0)) + glm::vec2(1, 0);
  const glm::vec2 dy = shift(plan + glm::vec2(0, 0.5f)) - shift(plan - glm::vec2(0, 0.5f)) + glm::vec2(0, 1);
  return 0.5f * (std::atan2(dx.y, dx.x) + std::atan2(-dy.x, dy.y));
}

glm::vec2 Terrain::plan(glm::vec2 world) const {
  glm::vec2 p = world;
  // A contraction of about 0.1 a step: ten steps reach float precision.
  for (int i = 0; i < 10; ++i) p = world - shift(p);
  return p;
}

}  // namespace tessera::reconstruct::synth
