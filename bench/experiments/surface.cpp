#include "bench/experiments/surface.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <glm/common.hpp>
#include <glm/geometric.hpp>

#include "reconstruct/synth/city_mesh.h"
#include "reconstruct/train/splat_math.h"

namespace tessera::bench {
namespace synth = reconstruct::synth;

namespace {

std::vector<glm::dvec3> cameras_in_world(const scene::Dataset& dataset) {
  std::vector<glm::dvec3> cameras;
  const scene::Similarity world_from_scene = dataset.scene_from_world.inverse();
  for (const scene::View& view : dataset.views) cameras.push_back(world_from_scene(view.camera.center()));
  return cameras;
}

std::array<std::int64_t, 3> place_of(float x, float y, float z) {
  const auto step = [](float at) { return static_cast<std::int64_t>(std::floor(at / TrueSurface::kCell)); };
  return {step(x), step(y), step(z)};
}

}  // namespace

TrueSurface::TrueSurface(int blocks, const scene::Dataset& photos) : TrueSurface(blocks, 0, cameras_in_world(photos)) {}

TrueSurface::Cell TrueSurface::cell(std::int64_t x, std::int64_t y, std::int64_t z) {
  constexpr std::int64_t kMiddle = 1 << 20;
  return static_cast<Cell>(x + kMiddle) << 42 | static_cast<Cell>(y + kMiddle) << 21 | static_cast<Cell>(z + kMiddle);
}

TrueSurface::TrueSurface(int blocks, std::uint64_t seed, const std::vector<glm::dvec3>& cameras) {
  low_ = glm::dvec2(std::numeric_limits<double>::max()), high_ = -low_;
  for (const glm::dvec3& c : cameras)
    low_ = glm::min(low_, glm::dvec2(c) - kAround), high_ = glm::max(high_, glm::dvec2(c) + kAround);
  const synth::City city = synth::build_city(synth::plan_city(blocks, seed));
  const auto add = [&](const glm::vec3& p) {
    if (p.x < low_.x || p.x > high_.x || p.y < low_.y || p.y > high_.y) return;
    const auto at = place_of(p.x, p.y, p.z);
    cells_.insert(cell(at[0], at[1], at[2]));
    const auto ground = ground_.try_emplace(cell(at[0], at[1], 0), at[2]).first;
    ground->second = std::min(ground->second, at[2]);
  };
  for (const synth::Instance& instance : city.instances) {
    const synth::Mesh& mesh = city.meshes[instance.mesh];
    for (const synth::Triangle& t : mesh.triangles) {
      const auto place = [&](std::uint32_t v) {
        return instance.linear * mesh.vertices[v].position + instance.translation;
      };
      const glm::vec3 a = place(t.a), ab = place(t.b) - a, ac = place(t.c) - a;
      const float longest = std::max({glm::length(ab), glm::length(ac), glm::length(ac - ab)});
      const int steps = static_cast<int>(std::ceil(longest / kCell)) + 1;
      for (int i = 0; i <= steps; ++i)
        for (int j = 0; i + j <= steps; ++j)
          add(a + ab * (static_cast<float>(i) / steps) + ac * (static_cast<float>(j) / steps));
    }
  }
}

bool TrueSurface::near(const float (&point)[3], double distance) const {
  const auto at = place_of(point[0], point[1], point[2]);
  // Shell by shell, as nearly every splat lies on something.
  const auto far = static_cast<std::int64_t>(std::ceil(distance / kCell));
  for (std::int64_t r = 0; r <= far; ++r)
    for (std::int64_t x = -r; x <= r; ++x)
      for (std::int64_t y = -r; y <= r; ++y) {
        const bool side = std::max(std::abs(x), std::abs(y)) == r;
        for (std::int64_t z = -r; z <= r; z += side ? 1 : std::max<std::int64_t>(2 * r, 1))
          if (x * x + y * y + z * z <= far * far && cells_.contains(cell(at[0] + x, at[1] + y, at[2] + z))) return true;
      }
  return false;
}

TrueSurface::Strays TrueSurface::strays(const scene::GaussianModel& model) const {
  double all = 0;
  Strays found;
  for (std::size_t i = 0; i < model.size(); ++i) {
    const float p[3] = {model.position[0][i], model.position[1][i], model.position[2][i]};
    const double opacity = reconstruct::sigmoid(model.opacity_logit[i]);
    all += opacity;
    const bool judged = p[0] >= low_.x && p[0] <= high_.x && p[1] >= low_.y && p[1] <= high_.y;
    if (!judged || near(p, kStray)) continue;
    const auto at = place_of(p[0], p[1], p[2]);
    const auto ground = ground_.find(cell(at[0], at[1], 0));
    (ground != ground_.end() && at[2] < ground->second ? found.buried : found.floating) += opacity;
  }
  if (all > 0) found.floating /= all, found.buried /= all;
  return found;
}

}  // namespace tessera::bench
