#include "tests/reconstruct/ingest/toy_scene.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "tests/reconstruct/ingest/toy_poses.h"

namespace tessera::test {

namespace {
constexpr int kColumns = 5;
constexpr double kStep = 12, kHeight = 40;
constexpr int kGroundSide = 60;
}  // namespace

scene::Gps toy_home() { return {-33.86, 151.21, 70, true}; }

scene::SensorModel toy_sensor() { return {scene::CameraModel::simple_radial, 320, 240, {280, 160, 120, -0.02}}; }

scene::Rigid toy_cam_from_enu(int photo, ToyFlight flight) {
  const auto index = static_cast<std::uint64_t>(photo);
  const int row = photo / kColumns, column = photo % kColumns;
  // Boustrophedon, as drones fly, so that photos next to each other in the list are so on the ground.
  const double x = kStep * (row % 2 ? kColumns - 1 - column : column), y = kStep * row;
  const glm::dvec3 centre = glm::dvec3(x, y, kHeight) + noise(31, index) * glm::dvec3(2, 2, 4);
  const double tilt = flight == ToyFlight::nadir ? 0.03 : 0.45;
  const glm::dvec3 lean(tilt * std::cos(1.9 * photo), tilt * std::sin(1.9 * photo), -1);
  return look(centre, lean, {0.2, row % 2 ? -1.0 : 1.0, 0.1});
}

const std::vector<glm::dvec3>& toy_ground() {
  static const std::vector<glm::dvec3> points = [] {
    std::vector<glm::dvec3> list;
    for (int i = 0; i < kGroundSide; ++i)
      for (int j = 0; j < 6 * kGroundSide; ++j) {
        const auto index = static_cast<std::uint64_t>(i * 1000 + j);
        const glm::dvec3 cell(-30 + 2.0 * i, -30 + 2.0 * j, 0);
        list.push_back(cell + noise(32, index) * glm::dvec3(0.8, 0.8, 1.5));
      }
    return list;
  }();
  return points;
}

scene::Similarity toy_model_from_enu() { return {0.08, glm::normalize(glm::dquat(0.5, -0.4, 0.7, 0.2)), {1, 2, -3}}; }

std::vector<ToyFeature> toy_features(int photo, ToyFlight flight) {
  std::vector<ToyFeature> features;
  if (photo >= 900) {
    const int count = photo >= 950 ? 300 : 50;
    for (int i = 0; i < count; ++i)
      features.push_back({1'000'000 + 1000 * photo + i, 10.0 + i % 30 * 10, 10.0 + i / 30 * 20});
    return features;
  }
  const scene::Rigid pose = toy_cam_from_enu(photo, flight);
  const scene::SensorModel sensor = toy_sensor();
  const auto& ground = toy_ground();
  for (std::size_t i = 0; i < ground.size(); ++i) {
    const glm::dvec3 p = pose(ground[i]);
    if (p.z <= 1 || std::abs(p.x / p.z) > 0.6 || std::abs(p.y / p.z) > 0.45) continue;
    const glm::dvec2 pixel = sensor.project({p.x / p.z, p.y / p.z});
    const glm::dvec3 error = 0.2 * noise(33, (static_cast<std::uint64_t>(photo) << 32) + i);
    if (pixel.x > 1 && pixel.x < sensor.width - 1 && pixel.y > 1 && pixel.y < sensor.height - 1)
      features.push_back({static_cast<int>(i), pixel.x + error.x, pixel.y + error.y});
  }
  return features;
}

int toy_number(const std::string& name) {
  std::size_t end = name.size();
  while (end > 0 && !std::isdigit(static_cast<unsigned char>(name[end - 1]))) --end;
  std::size_t begin = end;
  while (begin > 0 && std::isdigit(static_cast<unsigned char>(name[begin - 1]))) --begin;
  return begin == end ? -1 : std::stoi(name.substr(begin, end - begin));
}

}  // namespace tessera::test
