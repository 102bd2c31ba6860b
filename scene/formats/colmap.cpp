#include "scene/formats/colmap.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

#include "scene/error.h"
#include "scene/formats/colmap_files.h"
#include "scene/formats/limits.h"

namespace tessera::scene {
namespace fs = std::filesystem;

namespace {

constexpr const char* kStems[] = {"cameras", "images", "points3D"};

int files_present(const fs::path& folder, const char* extension) {
  std::error_code ignored;
  return static_cast<int>(std::count_if(std::begin(kStems), std::end(kStems), [&](const char* stem) {
    return fs::is_regular_file(folder / (std::string(stem) + extension), ignored);
  }));
}

/// Indices of `items` sorted by key; throws what `report` makes of the first pair of equal keys.
template <class Items, class Key, class Report>
void expect_unique(const Items& items, Key key, Report report) {
  std::vector<std::size_t> order(items.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return key(items[a]) < key(items[b]); });
  const auto twin = std::adjacent_find(order.begin(), order.end(),
                                       [&](std::size_t a, std::size_t b) { return key(items[a]) == key(items[b]); });
  if (twin != order.end()) report(items[*twin]);
}

}  // namespace

bool looks_like_colmap(const fs::path& folder) {
  return files_present(folder, ".bin") > 0 || files_present(folder, ".txt") > 0;
}

ColmapModel read_colmap(const fs::path& folder) {
  // Like COLMAP itself: the first form that is complete; where none is, the one that has been begun is named in the
  // error.
  const int binary = files_present(folder, ".bin");
  std::error_code ignored;
  if (binary == 0) throw Error(folder.string(), "holds no COLMAP model (cameras, images, points3D as .bin or .txt)");
  const std::string extension = ".bin";
  for (const char* stem : kStems) {
    const fs::path file = folder / (stem + extension);
    if (!fs::is_regular_file(file, ignored))
      throw Error(file.string(), "is missing; the model beside it is incomplete", "copy the whole model folder again");
  }
  ColmapModel model;
  colmap::read_binary(folder, model);
  colmap::check_references(model, folder, extension);
  return model;
}

namespace colmap {

CameraModel model_from_id(std::int64_t model_id, std::uint32_t camera, const fs::path& file) {
  // COLMAP's further models, so that the message can name them.
  static constexpr const char* kUnsupported[] = {"FULL_OPENCV", "FOV", "SIMPLE_RADIAL_FISHEYE", "RADIAL_FISHEYE",
                                                 "THIN_PRISM_FISHEYE"};
  constexpr int kSupported = 6;
  if (model_id >= 0 && model_id < kSupported) return static_cast<CameraModel>(model_id);
  const std::string who = "camera " + std::to_string(camera) + " has ";
  const auto further = static_cast<std::size_t>(model_id - kSupported);
  if (model_id >= kSupported && further < std::size(kUnsupported))
    throw Error(
        file.string(),
        who + "the model " + kUnsupported[further] + " (id " + std::to_string(model_id) + "), which is not supported",
        "undistort the images with 'colmap image_undistorter' first");
  throw Error(file.string(), who + "the unknown model id " + std::to_string(model_id),
              "write the model with a camera model from SIMPLE_PINHOLE to OPENCV_FISHEYE");
}

SensorModel checked_sensor(CameraModel model, std::uint64_t width, std::uint64_t height, std::vector<double> parameters,
                           std::uint32_t camera, const fs::path& file) {
  const std::string who = "camera " + std::to_string(camera);
  if (width == 0 || height == 0 || width > kMaxSide || height > kMaxSide)
    throw Error(file.string(), who + " is " + std::to_string(width) + " x " + std::to_string(height) + " pixels",
                "both sides must be from 1 to " + std::to_string(kMaxSide));
  for (std::size_t i = 0; i < parameters.size(); ++i)
    if (!std::isfinite(parameters[i]))
      throw Error(file.string(), who + " has a parameter that is not finite (number " + std::to_string(i + 1) + ")");
  const bool two_focal_lengths =
      model == CameraModel::pinhole || model == CameraModel::opencv || model == CameraModel::opencv_fisheye;
  for (std::size_t i = 0; i < (two_focal_lengths ? 2u : 1u); ++i)
    if (!(parameters[i] > 0))
      throw Error(file.string(),
                  who + " has a focal length that is not positive (" + std::to_string(parameters[i]) + ")");
  return {model, static_cast<int>(width), static_cast<int>(height), std::move(parameters)};
}

void check_references(const ColmapModel& model, const fs::path& folder, const std::string& extension) {
  const std::string images = (folder / ("images" + extension)).string();
  const std::string points = (folder / ("points3D" + extension)).string();
  expect_unique(
      model.images, [](const auto& image) { return image.id; },
      [&](const auto& image) { throw Error(images, "image id " + std::to_string(image.id) + " appears twice"); });
  expect_unique(
      model.images, [](const auto& image) -> const std::string& { return image.name; },
      [&](const auto& image) { throw Error(images, "image name '" + image.name + "' appears twice"); });
  expect_unique(
      model.points, [](const auto& point) { return point.id; },
      [&](const auto& point) { throw Error(points, "point id " + std::to_string(point.id) + " appears twice"); });
  for (const auto& image : model.images) {
    if (image.name.empty()) throw Error(images, "image id " + std::to_string(image.id) + " has no name");
    if (!model.cameras.contains(image.camera))
      throw Error(images,
                  "image '" + image.name + "' refers to camera " + std::to_string(image.camera) +
                      ", which is not in cameras" + extension,
                  "copy the whole model folder again");
  }
}

}  // namespace colmap
}  // namespace tessera::scene
