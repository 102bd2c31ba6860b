#include "reconstruct/synth/irradiance_grid.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <glm/geometric.hpp>

#include "reconstruct/synth/noise.h"
#include "scene/parallel.h"

namespace tessera::reconstruct::synth {

namespace {

using glm::vec2;
using glm::vec3;

constexpr float kCell = 1.5f;  // metres between columns
// Heights of the probes over the ground: close where most of the shade is.
constexpr std::array<float, 14> kLevels{0.35f, 1.1f,  2.1f,  3.3f,  4.7f,  6.3f,  8.0f,
                                        10.0f, 12.2f, 14.6f, 17.2f, 20.0f, 23.0f, 27.0f};
constexpr int kRays = 64;
constexpr float kInsideShare = 0.25f;  // of the rays that meet a back side
constexpr float kInsideWeight = 1e-3f;

const std::array<vec3, kRays>& directions() {
  // Spherical Fibonacci points (Gonzalez 2010), about the vertical axis.
  static const std::array<vec3, kRays> all = [] {
    std::array<vec3, kRays> out;
    constexpr float kGolden = 0.618033988749895f;
    for (int i = 0; i < kRays; ++i) {
      const float z = 1.0f - (2.0f * static_cast<float>(i) + 1.0f) / kRays, r = std::sqrt(1.0f - z * z);
      const float turn = static_cast<float>(i) * kGolden,
                  angle = 2.0f * std::numbers::pi_v<float> * (turn - std::floor(turn));
      out[static_cast<std::size_t>(i)] = {r * std::cos(angle), r * std::sin(angle), z};
    }
    return out;
  }();
  return all;
}

}  // namespace

IrradianceGrid::IrradianceGrid(const World& world) : low_(world.low) {
  nx_ = std::max(2, static_cast<int>(std::ceil((world.high.x - world.low.x) / kCell)) + 1);
  ny_ = std::max(2, static_cast<int>(std::ceil((world.high.y - world.low.y) / kCell)) + 1);
  const auto total = static_cast<std::size_t>(nx_) * static_cast<std::size_t>(ny_);
  columns_.resize(total);
  std::vector<float> top(total);
  const auto place = [&](std::size_t i) {
    const auto nx = static_cast<std::size_t>(nx_);
    return low_ + kCell * vec2(static_cast<float>(i % nx), static_cast<float>(i / nx));
  };
  scene::parallel_for(std::size_t{0}, total, [&](std::size_t i) {
    columns_[i].ground = world.ground(place(i));
    top[i] = world.top(place(i));
  });
  // A column has probes up to just over the highest thing beside it; above, its last probe stands for the open sky.
  std::uint32_t first = 0;
  for (int y = 0; y < ny_; ++y)
    for (int x = 0; x < nx_; ++x) {
      float highest = -1e9f;
      for (int dy = -1; dy <= 1; ++dy)
        for (int dx = -1; dx <= 1; ++dx) {
          const int cx = std::clamp(x + dx, 0, nx_ - 1), cy = std::clamp(y + dy, 0, ny_ - 1);
          highest = std::max(highest, top[static_cast<std::size_t>(cy * nx_ + cx)]);
        }
      Column& column = columns_[static_cast<std::size_t>(y * nx_ + x)];
      column.first = first;
      column.count = 2;
      while (column.count < kLevels.size() && column.ground + kLevels[column.count - 1] < highest) ++column.count;
      first += column.count;
    }
  probes_.resize(first);
  scene::parallel_for(std::size_t{0}, total, [&](std::size_t i) {
    const Column& column = columns_[i];
    const vec2 at = place(i);
    for (std::uint32_t level = 0; level < column.count; ++level) {
      Probe& probe = probes_[column.first + level];
      const vec3 origin(at.x, at.y, column.ground + kLevels[level]);
      int inside = 0;
      std::array<vec3, 6> sum{};
      for (const vec3& direction : directions()) {
        const Seen seen = world.look(origin, direction);
        inside += seen.inside;
        for (int axis = 0; axis < 3; ++axis) {
          const float c = direction[axis];
          sum[static_cast<std::size_t>(2 * axis + (c < 0))] += std::abs(c) * seen.radiance;
        }
      }
      // Mean over the sphere times its 4 pi is the integral.
      for (std::size_t face = 0; face < 6; ++face)
        for (int c = 0; c < 3; ++c)
          probe.face[face][static_cast<std::size_t>(c)] = sum[face][c] * (4.0f * std::numbers::pi_v<float> / kRays);
      probe.weight = static_cast<float>(inside) > kInsideShare * kRays ? kInsideWeight : 1.0f;
    }
  });
}

vec3 IrradianceGrid::at(const vec3& position, const vec3& normal) const {
  // Half a cell off the surface: the light that arrives there, not that inside the wall.
  const vec3 p = position + 0.45f * kCell * normal;
  const vec2 g = glm::clamp((vec2(p.x, p.y) - low_) / kCell, vec2(0),
                            vec2(static_cast<float>(nx_) - 1.001f, static_cast<float>(ny_) - 1.001f));
  const int x = static_cast<int>(g.x), y = static_cast<int>(g.y);
  const std::array<std::size_t, 3> face{normal.x < 0 ? 1u : 0u, normal.y < 0 ? 3u : 2u, normal.z < 0 ? 5u : 4u};
  const vec3 square = normal * normal;
  vec3 sum(0);
  float weights = 0;
  for (int dy = 0; dy < 2; ++dy)
    for (int dx = 0; dx < 2; ++dx) {
      const Column& column = columns_[static_cast<std::size_t>((y + dy) * nx_ + x + dx)];
      const float share = (dx ? g.x - static_cast<float>(x) : 1.0f - g.x + static_cast<float>(x)) *
                          (dy ? g.y - static_cast<float>(y) : 1.0f - g.y + static_cast<float>(y));
      const float height = p.z - column.ground;
      std::uint32_t level = 0;
      while (level + 2 < column.count && kLevels[level + 1] < height) ++level;
      const float rise = saturate((height - kLevels[level]) / (kLevels[level + 1] - kLevels[level]));
      for (std::uint32_t up = 0; up < 2; ++up) {
        const Probe& probe = probes_[column.first + level + up];
        const vec3 at(low_.x + kCell * static_cast<float>(x + dx), low_.y + kCell * static_cast<float>(y + dy),
                      column.ground + kLevels[level + up]);
        // Probes behind the surface see another place.
        const vec3 to = at - position;
        const float ahead = glm::dot(to, normal) / (glm::length(to) + 1e-4f);
        const float w =
            (share * (up ? rise : 1.0f - rise) + 1e-4f) * probe.weight * smoothstep(-0.25f, 0.3f, ahead) + 1e-9f;
        for (std::size_t axis = 0; axis < 3; ++axis) {
          const auto& f = probe.face[face[axis]];
          sum += w * square[static_cast<int>(axis)] * vec3(f[0], f[1], f[2]);
        }
        weights += w;
      }
    }
  return sum / weights;
}

std::size_t IrradianceGrid::bytes() const { return probes_.size() * sizeof(Probe) + columns_.size() * sizeof(Column); }

}  // namespace tessera::reconstruct::synth
