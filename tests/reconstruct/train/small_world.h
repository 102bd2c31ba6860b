#pragma once

#include <array>
#include <cmath>
#include <filesystem>
#include <functional>
#include <string>

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include "scene/dataset.h"
#include "scene/image.h"
#include "tests/support/test_data.h"

namespace tessera::test {

/// Camera at `eye` that looks at `target` with its y axis towards -z (scene frame: up = +z).
inline scene::Camera look_at(const glm::dvec3& eye, const glm::dvec3& target, int width, int height, double focal) {
  const glm::dvec3 forward = glm::normalize(target - eye);
  const glm::dvec3 right = glm::normalize(glm::cross(forward, glm::dvec3(0, 0, 1)));
  const glm::dvec3 down = glm::cross(forward, right);
  scene::Camera camera;
  camera.intrinsics = {width, height, focal, focal, width / 2.0, height / 2.0};
  camera.cam_from_world.rotation = glm::quat_cast(glm::transpose(glm::dmat3(right, down, forward)));
  camera.cam_from_world.translation = -(camera.cam_from_world.rotation * eye);
  return camera;
}

/// A dataset on disk and in memory: a painted floor (z = 0) under a ring of cameras at distance 1.1, photographed
/// exactly. Every fourth view is a test view. Points: a grid on the floor. With `terrace` > 0 the half x < 0 of the
/// world is a terrace of that height, painted like the floor, on which no points lie.
class SmallWorld {
 public:
  explicit SmallWorld(int views = 8, int width = 96, int height = 64, int points_per_side = 12, double terrace = 0)
      : terrace_(terrace) {
    dataset.root = folder.path();
    dataset.format = "test";
    for (int v = 0; v < views; ++v) {
      scene::View view;
      view.name = "photo_" + std::to_string(100 + v) + ".png";
      view.image_path = folder.path() / view.name;
      const double angle = 2 * 3.14159265358979 * v / views;
      view.camera = look_at({0.4 * std::cos(angle), 0.4 * std::sin(angle), 1.0}, {0, 0, 0}, width, height, 0.9 * width);
      const auto& k = view.camera.intrinsics;
      view.sensor = {scene::CameraModel::pinhole, width, height, {k.fx, k.fy, k.cx, k.cy}};
      view.test = v % 4 == 0;
      dataset.views.push_back(view);
      photograph(dataset.views.back());
    }
    for (int y = 0; y < points_per_side; ++y)
      for (int x = 0; x < points_per_side; ++x) {
        const double px = kFloor * (2 * (x + 0.5) / points_per_side - 1),
                     py = kFloor * (2 * (y + 0.5) / points_per_side - 1);
        if (terrace > 0 && px < 0) continue;
        dataset.points.position.push_back({static_cast<float>(px), static_cast<float>(py), 0});
        const auto c = paint(px, py);
        dataset.points.color.push_back({byte(c[0]), byte(c[1]), byte(c[2])});
        dataset.points.error.push_back(0);
        dataset.points.track_begin.push_back(0);
      }
    dataset.points.track_begin.push_back(0);
  }

  /// Colour of the floor at (x, y): soft waves and a few hard squares.
  static std::array<double, 3> paint(double x, double y) {
    const bool square = std::fmod(std::floor(5 * x + 0.13) + std::floor(5 * y + 0.13) + 40, 4) < 1;
    return {0.5 + 0.4 * std::sin(6 * x), 0.5 + 0.4 * std::cos(5 * y), square ? 0.9 : 0.2};
  }

  /// Writes the view's photo to its image_path.
  void photograph(const scene::View& view) const {
    const auto& k = view.camera.intrinsics;
    const scene::Rigid world_from_cam = view.camera.cam_from_world.inverse();
    scene::Image8 image;
    image.width = k.width, image.height = k.height;
    image.pixels.resize(static_cast<std::size_t>(3 * k.width * k.height));
    for (int y = 0; y < k.height; ++y)
      for (int x = 0; x < k.width; ++x) {
        const glm::dvec3 far = world_from_cam({(x + 0.5 - k.cx) / k.fx, (y + 0.5 - k.cy) / k.fy, 1});
        const glm::dvec3 eye = world_from_cam.translation, ray = far - eye;
        glm::dvec3 hit = eye + ray * ((terrace_ - eye.z) / ray.z);
        if (hit.x >= 0)
          hit = eye - ray * (eye.z / ray.z);  // past the terrace's edge (its wall is painted as the floor)
        const auto c = paint(hit.x, hit.y);
        for (int i = 0; i < 3; ++i) image.at(x, y)[i] = byte(c[static_cast<std::size_t>(i)]);
      }
    scene::write_image(view.image_path, image);
  }

  static constexpr double kFloor = 1.1;  // half the side of the grid of points
  TemporaryFolder folder;
  scene::Dataset dataset;

 private:
  double terrace_;
  static std::uint8_t byte(double v) {
    return static_cast<std::uint8_t>(std::lround(255 * std::min(1.0, std::max(0.0, v))));
  }
};

}  // namespace tessera::test
