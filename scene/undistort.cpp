#include "scene/undistort.h"

#include <algorithm>
#include <list>
#include <mutex>

#include <opencv2/imgproc.hpp>

#include <glm/geometric.hpp>

namespace tessera::scene {

namespace {

std::shared_ptr<const UndistortMap> make_map(const SensorModel& sensor) {
  const int width = sensor.width, height = sensor.height;
  const Pinhole pinhole = sensor.pinhole();
  const double farthest = sensor.monotone_radius();
  auto map = std::make_shared<UndistortMap>();
  cv::Mat from(height, width, CV_32FC2);
  map->inside.create(height, width, CV_8U);
  for (int y = 0; y < height; ++y) {
    auto* row = from.ptr<cv::Vec2f>(y);
    auto* inside = map->inside.ptr<std::uint8_t>(y);
    for (int x = 0; x < width; ++x) {
      const glm::dvec2 n{(x + 0.5 - pinhole.cx) / pinhole.fx, (y + 0.5 - pinhole.cy) / pinhole.fy};
      const glm::dvec2 pixel = glm::length(n) < farthest ? sensor.project(n) : glm::dvec2(-1);
      const bool in = pixel.x >= 0 && pixel.y >= 0 && pixel.x <= width && pixel.y <= height;
      inside[x] = in ? 255 : 0;
      map->all_inside = map->all_inside && in;
      // OpenCV counts pixel centres at whole numbers.
      row[x] = in ? cv::Vec2f(static_cast<float>(pixel.x - 0.5), static_cast<float>(pixel.y - 0.5)) : cv::Vec2f(-2, -2);
    }
  }
  cv::convertMaps(from, cv::Mat(), map->source, map->fraction, CV_16SC2);
  return map;
}

}  // namespace

std::shared_ptr<const UndistortMap> undistort_map(const SensorModel& sensor) {
  using Entry = std::pair<SensorModel, std::shared_ptr<const UndistortMap>>;
  // Most sets have one camera, rigs a handful. A map costs 7 bytes a pixel.
  constexpr std::size_t kRemembered = 8;
  static std::mutex mutex;
  static std::list<Entry> recent;  // latest first
  const auto find = [&] {
    return std::find_if(recent.begin(), recent.end(), [&](const Entry& e) { return e.first == sensor; });
  };
  {
    const std::lock_guard lock(mutex);
    if (const auto found = find(); found != recent.end()) {
      recent.splice(recent.begin(), recent, found);
      return recent.front().second;
    }
  }
  auto map = make_map(sensor);  // two threads may both make it; the second is dropped
  const std::lock_guard lock(mutex);
  if (const auto found = find(); found != recent.end()) return found->second;
  recent.emplace_front(sensor, std::move(map));
  if (recent.size() > kRemembered) recent.pop_back();
  return recent.front().second;
}

}  // namespace tessera::scene
