#include <algorithm>
#include <cmath>
#include <numbers>

#include <glm/geometric.hpp>

#include "reconstruct/synth/city_mesh.h"

namespace tessera::reconstruct::synth {

namespace {

using glm::vec2;
using glm::vec3;

constexpr float kFieldReach = 420.0f;  // metres of fields around the town

std::uint32_t ground_vertex(Workshop& shop, vec2 plan, float above) {
  shop.mesh.vertices.push_back({shop.layout.terrain.world(plan, above), vec3(0), plan});
  return static_cast<std::uint32_t>(shop.mesh.vertices.size() - 1);
}

// Grid lines: every two metres in the town, wider and wider outside.
std::vector<float> lines(float half) {
  std::vector<float> out;
  const int steps = static_cast<int>(std::lround(half + 4.0f));
  for (int i = -steps; i <= steps; i += 2) out.push_back(static_cast<float>(i));
  float step = 2.0f, at = out.back();
  while (at < half + kFieldReach) {
    step = std::min(step * 1.12f, 16.0f);
    at += step;
    out.push_back(at);
    out.insert(out.begin(), -at);
  }
  return out;
}

}  // namespace

void add_streets_and_fields(Workshop& shop) {
  const CityLayout& layout = shop.layout;
  const std::uint32_t surface = shop.surface({Material::ground});
  const std::vector<float> xs = lines(layout.half.x), ys = lines(layout.half.y);
  for (const float y : ys)
    for (const float x : xs) ground_vertex(shop, {x, y}, 0);
  const auto row = static_cast<std::uint32_t>(xs.size());
  for (std::uint32_t j = 0; j + 1 < ys.size(); ++j)
    for (std::uint32_t i = 0; i + 1 < xs.size(); ++i) {
      // Nothing lies under a slab.
      bool hidden = true;
      for (const vec2 p :
           {vec2(xs[i], ys[j]), vec2(xs[i + 1], ys[j]), vec2(xs[i], ys[j + 1]), vec2(xs[i + 1], ys[j + 1])}) {
        const BlockPlan* block = layout.block_at(p);
        hidden = hidden && block && slab_distance(*block, p) < -0.3f;
      }
      if (hidden) continue;
      const std::uint32_t v = j * row + i;
      shop.mesh.triangles.push_back({v, v + 1, v + row + 1, surface});
      shop.mesh.triangles.push_back({v, v + row + 1, v + row, surface});
    }
}

void add_slab(Workshop& shop, const BlockPlan& block) {
  const std::uint32_t ground = shop.surface({Material::ground});
  const std::uint32_t kerb = shop.surface({Material::kerb, vec3(0.40f, 0.39f, 0.375f)});
  constexpr int kCells = static_cast<int>(2 * kSlabHalf);  // of a metre
  // Corners are rounded by pulling the grid points outside the arc onto it.
  const auto plan_of = [&](int i, int j) {
    const vec2 d = vec2(static_cast<float>(i), static_cast<float>(j)) - kSlabHalf;
    const vec2 core = glm::clamp(d, vec2(kSlabRounding - kSlabHalf), vec2(kSlabHalf - kSlabRounding)), out = d - core;
    const float length = glm::length(out);
    return block.centre + core + (length > kSlabRounding ? out * (kSlabRounding / length) : out);
  };
  for (int j = 0; j <= kCells; ++j)
    for (int i = 0; i <= kCells; ++i) ground_vertex(shop, plan_of(i, j), kKerbHeight);
  const auto at = [&](int i, int j) { return static_cast<std::uint32_t>(j * (kCells + 1) + i); };
  for (int j = 0; j < kCells; ++j)
    for (int i = 0; i < kCells; ++i) {
      shop.mesh.triangles.push_back({at(i, j), at(i + 1, j), at(i + 1, j + 1), ground});
      shop.mesh.triangles.push_back({at(i, j), at(i + 1, j + 1), at(i, j + 1), ground});
    }
  // Kerb faces around the rim, counter-clockwise.
  std::vector<std::uint32_t> rim;
  for (int i = 0; i < kCells; ++i) rim.push_back(at(i, 0));
  for (int j = 0; j < kCells; ++j) rim.push_back(at(kCells, j));
  for (int i = kCells; i > 0; --i) rim.push_back(at(i, kCells));
  for (int j = kCells; j > 0; --j) rim.push_back(at(0, j));
  for (std::size_t i = 0; i < rim.size(); ++i) {
    const vec3 a = shop.mesh.vertices[rim[i]].position, b = shop.mesh.vertices[rim[(i + 1) % rim.size()]].position;
    const vec3 down(0, 0, kKerbHeight + 0.1f);
    shop.build.quad(a - down, b - down, b, a, kerb, {static_cast<float>(i), 0});
  }
}

void add_pond(Workshop& shop, const Pond& pond) {
  const std::uint32_t water = shop.surface({Material::water, vec3(0.036f, 0.058f, 0.044f)});
  constexpr int kSides = 48;
  const auto vertex = [&](vec2 plan) {
    vec3 p = shop.layout.terrain.world(plan);
    p.z = pond.level;
    shop.mesh.vertices.push_back({p, vec3(0, 0, 1), plan});
    return static_cast<std::uint32_t>(shop.mesh.vertices.size() - 1);
  };
  const std::uint32_t middle = vertex(pond.centre);
  for (int i = 0; i < kSides; ++i) {
    const float angle = 2.0f * std::numbers::pi_v<float> * static_cast<float>(i) / kSides;
    const vec2 d(std::cos(angle), std::sin(angle));
    // The rim lies under the bank, where the ground has risen again.
    const float shore = pond.radius - pond_distance(pond, pond.centre + pond.radius * d);
    vertex(pond.centre + (shore + 0.8f) * d);
  }
  for (std::uint32_t i = 0; i < kSides; ++i)
    shop.mesh.triangles.push_back({middle, middle + 1 + i, middle + 1 + (i + 1) % kSides, water});
}

}  // namespace tessera::reconstruct::synth
