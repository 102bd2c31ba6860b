#pragma once

#include <memory>

#include <opencv2/core.hpp>

#include "scene/camera.h"

namespace tessera::scene {

/// From where in the photo each pixel of the undistorted picture comes. Both have the sensor's size and focal lengths.
struct UndistortMap {
  cv::Mat source, fraction;  // as cv::convertMaps makes them (CV_16SC2, CV_16UC1)
  cv::Mat inside;  // CV_8U: 255 where the source lies within the photo and the distortion is one to one, else 0
  bool all_inside = true;
};

/// The map of a sensor, made once and shared: the last few distinct sensors are remembered for the whole process.
/// Thread-safe.
std::shared_ptr<const UndistortMap> undistort_map(const SensorModel& sensor);

}  // namespace tessera::scene
