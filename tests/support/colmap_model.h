#pragma once

#include <cmath>
#include <string>

#include "scene/formats/colmap.h"

namespace tessera::test {

/// A small model that uses everything the files can say: every camera model, names with blanks and UTF-8, an image
/// without observations, a point without track. Rotations are unit quaternions.
inline scene::ColmapModel make_colmap_model() {
  using namespace scene;
  ColmapModel model;
  for (int i = 0; i < 6; ++i) {
    SensorModel sensor{static_cast<CameraModel>(i), 640 + i, 480 + i, {}};
    sensor.parameters.assign(static_cast<std::size_t>(parameter_count(sensor.model)), 0.01 / 3 * (i + 1));
    sensor.parameters[0] = 500 + i / 3.0;
    sensor.parameters[1] = 510 + i / 7.0;
    model.cameras[static_cast<std::uint32_t>(3 * i + 1)] = sensor;
  }
  const char* names[] = {"b.jpg", "sub folder/a [1].JPG", "ünïcode 数据.png", "d.jpg"};
  for (std::uint32_t i = 0; i < 4; ++i) {
    ColmapModel::Image image;
    image.id = 40 - 3 * i;
    image.camera = 3 * (i % 6) + 1;
    image.name = names[i];
    image.cam_from_world.rotation = glm::normalize(glm::dquat(1.0, 0.1 * i, -0.3, 0.7 / (i + 1)));
    image.cam_from_world.translation = {i / 3.0, -1e-12 * i, 1e7 / 7 * i};
    for (std::uint32_t k = 0; k < i * 2; ++k)
      image.observations.push_back({k / 3.0, 100.0 / (k + 1), k % 2 ? -1 : static_cast<std::int64_t>(k / 2 + 5)});
    model.images.push_back(image);
  }
  for (std::uint64_t i = 0; i < 3; ++i) {
    ColmapModel::Point point;
    point.id = 5 + i;
    point.position = {1.0 / static_cast<double>(i + 3), -2e5 / 3, 1e-9 * static_cast<double>(i)};
    point.color = {static_cast<std::uint8_t>(i), 128, 255};
    point.error = 0.1 * static_cast<double>(i) + 1.0 / 3;
    model.points.push_back(point);
  }
  // The other ends of the observations above.
  for (const auto& image : model.images)
    for (std::uint32_t k = 0; k < image.observations.size(); ++k)
      for (auto& point : model.points)
        if (image.observations[k].point == static_cast<std::int64_t>(point.id)) point.track.push_back({image.id, k});
  return model;
}

}  // namespace tessera::test
