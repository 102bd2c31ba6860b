#include "tests/scene/small_dataset.h"

#include <cmath>
#include <numbers>

#include <glm/geometric.hpp>

#include "scene/image.h"

namespace tessera::test {

scene::ColmapModel ring_model(int views) {
  scene::ColmapModel model;
  model.cameras[1] = {scene::CameraModel::pinhole, 64, 48, {60, 60, 32, 24}};
  for (int i = 0; i < views; ++i) {
    const double angle = 2 * std::numbers::pi * 0.9 * i / views;
    const glm::dvec3 center{4 * std::cos(angle), 3 * std::sin(angle), 2}, z = glm::normalize(-center);
    const glm::dvec3 x = glm::normalize(glm::cross(z, glm::dvec3(0, 0, 1)));
    const scene::Rigid world_from_cam{glm::quat_cast(glm::dmat3(x, glm::cross(z, x), z)), center};
    const std::string number = (i < 10 ? "0" : "") + std::to_string(i);
    model.images.push_back({static_cast<std::uint32_t>(i + 1), 1, world_from_cam.inverse(), "v" + number + ".png", {}});
  }
  for (std::uint32_t p = 0; p < 40; ++p) {
    scene::ColmapModel::Point point;
    point.id = p + 1;
    point.position = {std::sin(p * 1.7), std::cos(p * 2.3), 0.3 * std::sin(p * 0.9)};
    point.color = {static_cast<std::uint8_t>(p), 100, 200};
    point.error = 0.25;
    for (auto& image : model.images) {
      point.track.push_back({image.id, static_cast<std::uint32_t>(image.observations.size())});
      image.observations.push_back({1.0 + p, 2.0, static_cast<std::int64_t>(point.id)});
    }
    model.points.push_back(point);
  }
  return model;
}

void write_dataset(const scene::ColmapModel& model, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder / "sparse" / "0");
  scene::write_colmap(model, folder / "sparse" / "0", scene::ColmapForm::binary);
  for (const auto& image : model.images) {
    const scene::SensorModel& sensor = model.cameras.at(image.camera);
    const std::filesystem::path path = folder / "images" / image.name;
    std::filesystem::create_directories(path.parent_path());
    const std::size_t bytes = static_cast<std::size_t>(sensor.width) * static_cast<std::size_t>(sensor.height) * 3;
    scene::write_image(path, {sensor.width, sensor.height, 3, std::vector<std::uint8_t>(bytes, 120)});
  }
}

}  // namespace tessera::test
