#include "reconstruct/synth/flight_path.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include "reconstruct/synth/noise.h"

namespace tessera::reconstruct::synth {

namespace {

constexpr double kPi = std::numbers::pi;
constexpr double kFieldOfView = 63.0 * kPi / 180.0;  // across
constexpr float kNadirShare = 0.3f;
constexpr float kNadirHeight = 52.0f;
constexpr int kHeadings = 8;

// n points spread evenly over a rectangle of half size `half`, row by row; rows hold as equal numbers as n allows.
std::vector<glm::vec2> spread(int n, glm::vec2 half) {
  std::vector<glm::vec2> out;
  if (n <= 0) return out;
  const int rows = std::clamp(static_cast<int>(std::lround(std::sqrt(static_cast<double>(n) * half.y / half.x))), 1, n);
  for (int r = 0; r < rows; ++r) {
    const int begin = n * r / rows, end = n * (r + 1) / rows;
    for (int i = begin; i < end; ++i) {
      const float u = (static_cast<float>(i - begin) + 0.5f) / static_cast<float>(end - begin);
      const float v = (static_cast<float>(r) + 0.5f) / static_cast<float>(rows);
      out.push_back(half * (2.0f * glm::vec2(u, v) - 1.0f));
    }
  }
  return out;
}

scene::Rigid look(const glm::dvec3& eye, const glm::dvec3& forward, const glm::dvec3& up) {
  const glm::dvec3 z = glm::normalize(forward), x = glm::normalize(glm::cross(z, up)), y = glm::cross(z, x);
  const glm::dmat3 world_from_cam(x, y, z);
  const glm::dquat rotation = glm::normalize(glm::quat_cast(glm::transpose(world_from_cam)));
  return {rotation, -(rotation * eye)};
}

void shuffle(std::vector<Photo>& photos, Draw& draw) {
  for (int i = static_cast<int>(photos.size()) - 1; i > 0; --i)
    std::swap(photos[static_cast<std::size_t>(i)], photos[static_cast<std::size_t>(draw.below(i + 1))]);
}

}  // namespace

std::vector<Photo> plan_flight(const CityLayout& city, int views, int width, int height) {
  Draw draw(city.seed, 0x3001, 0);
  scene::Camera camera;
  const double f = 0.5 * width / std::tan(0.5 * kFieldOfView);
  camera.intrinsics = {width, height, f, f, 0.5 * width, 0.5 * height};
  const auto jitter = [&](float size) { return draw.uniform(-size, size); };

  std::vector<Photo> nadir, oblique;
  const int straight_down = static_cast<int>(std::lround(kNadirShare * static_cast<float>(views)));
  // Lines end a little inside the border: a photo reaches 30 m beyond its centre.
  for (const glm::vec2& p : spread(straight_down, glm::max(city.half - 4.0f, glm::vec2(10)))) {
    const glm::dvec3 eye = city.terrain.world(p + glm::vec2(jitter(1.5f), jitter(1.5f)), kNadirHeight + jitter(3.0f));
    const bool north = static_cast<int>(std::floor(p.y)) & 1;
    const double heading = (north ? 0.0 : kPi) + jitter(0.12f);
    camera.cam_from_world = look(eye, {jitter(0.04f), jitter(0.04f), -1}, {std::sin(heading), std::cos(heading), 0});
    nadir.push_back({"", camera, true});
  }
  const int tilted = views - straight_down;
  for (int k = 0; k < kHeadings; ++k) {
    const int n = tilted * (k + 1) / kHeadings - tilted * k / kHeadings;
    const float heading = 2.0f * static_cast<float>(kPi) * (static_cast<float>(k) + 0.25f) / kHeadings;
    // Targets stay 12 m inside, each heading's grid shifted against the others'.
    const glm::vec2 half = glm::max(city.half - 12.0f, glm::vec2(10));
    for (const glm::vec2& p : spread(n, half)) {
      const float turn = heading + jitter(0.16f);
      const glm::vec2 ahead(std::cos(turn), std::sin(turn));
      const glm::vec2 target = p + glm::vec2(jitter(5), jitter(5));
      const float above = (k & 1 ? 48.0f : 40.0f) + jitter(3), reach = above * draw.uniform(0.85f, 1.15f);
      const glm::dvec3 at = city.terrain.world(target, 2.0f), eye = city.terrain.world(target - reach * ahead, above);
      camera.cam_from_world = look(eye, at - eye, {0, 0, 1});
      oblique.push_back({"", camera, false});
    }
  }
  shuffle(nadir, draw);
  shuffle(oblique, draw);

  // Both kinds in proportion, among the test views (every eighth) and among the others alike.
  std::vector<Photo> out;
  double owed[2] = {0.5, 0.5};
  for (int i = 0; i < views; ++i) {
    double& debt = owed[i % 8 == 0];
    debt += static_cast<double>(straight_down) / views;
    const bool down = oblique.empty() || (debt >= 1.0 && !nadir.empty());
    if (debt >= 1.0) debt -= 1.0;
    std::vector<Photo>& from = down ? nadir : oblique;
    out.push_back(from.back());
    from.pop_back();
    char name[32];
    std::snprintf(name, sizeof name, "photo_%04d.jpg", i);
    out.back().name = name;
  }
  return out;
}

}  // namespace tessera::reconstruct::synth
