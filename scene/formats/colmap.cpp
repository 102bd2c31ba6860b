#include "scene/formats/colmap.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

#include "scene/error.h"
#include "scene/formats/colmap_files.h"
#include "scene/formats/limits.h"
#include "scene/formats/text_numbers.h"

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

ColmapForm colmap_form(const fs::path& folder) {
  // COLMAP's own rule; where neither form is complete, the one that has been begun is judged, which names what it
  // lacks.
  const int binary = files_present(folder, ".bin"), text = files_present(folder, ".txt");
  if (binary == 0 && text == 0)
    throw Error(folder.string(), "holds no COLMAP model (cameras, images, points3D as .bin or .txt)");
  const int all = static_cast<int>(std::size(kStems));
  return binary == all || (text < all && binary > 0) ? ColmapForm::binary : ColmapForm::text;
}

ColmapModel read_colmap(const fs::path& folder) {
  const ColmapForm form = colmap_form(folder);
  const std::string extension = form == ColmapForm::binary ? ".bin" : ".txt";
  std::error_code ignored;
  for (const char* stem : kStems) {
    const fs::path file = folder / (stem + extension);
    if (!fs::is_regular_file(file, ignored))
      throw Error(file.string(), "is missing; the model beside it is incomplete", "copy the whole model folder again");
  }
  ColmapModel model;
  form == ColmapForm::binary ? colmap::read_binary(folder, model) : colmap::read_text(folder, model);
  colmap::check_references(model, folder, extension);
  return model;
}

void write_colmap(const ColmapModel& model, const fs::path& folder, ColmapForm form) {
  const std::string extension = form == ColmapForm::binary ? ".bin" : ".txt";
  for (const auto& [id, sensor] : model.cameras) {
    const fs::path file = folder / ("cameras" + extension);
    if (sensor.parameters.size() != static_cast<std::size_t>(parameter_count(sensor.model)))
      throw Error(file.string(), "camera " + std::to_string(id) + " has " + std::to_string(sensor.parameters.size()) +
                                     " parameters, but " + model_name(sensor.model) + " has " +
                                     std::to_string(parameter_count(sensor.model)));
    colmap::checked_sensor(sensor.model, static_cast<std::uint64_t>(sensor.width),
                           static_cast<std::uint64_t>(sensor.height), sensor.parameters, id, file);
  }
  colmap::check_references(model, folder, extension);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    throw Error(folder.string(), "cannot make the folder: " + error.message(), "choose a folder that you may write to");
  form == ColmapForm::binary ? colmap::write_binary(model, folder) : colmap::write_text(model, folder);
}

namespace colmap {

namespace {

// COLMAP's further models by id from 6 on, so that a message can say what they are.
constexpr int kSupported = 6;
constexpr const char* kUnsupported[] = {"FULL_OPENCV", "FOV", "SIMPLE_RADIAL_FISHEYE", "RADIAL_FISHEYE",
                                        "THIN_PRISM_FISHEYE"};

[[noreturn]] void refuse_model(const std::string& model, bool known, std::uint32_t camera, const fs::path& file) {
  throw Error(file.string(),
              "camera " + std::to_string(camera) + " has the " + (known ? "" : "unknown ") + "model " + model +
                  (known ? ", which is not supported" : ""),
              known ? "undistort the photos with 'colmap image_undistorter' first"
                    : "write the model with one from SIMPLE_PINHOLE to OPENCV_FISHEYE");
}

}  // namespace

CameraModel model_from_id(std::int64_t model_id, std::uint32_t camera, const fs::path& file) {
  if (model_id >= 0 && model_id < kSupported) return static_cast<CameraModel>(model_id);
  const bool known =
      model_id >= kSupported && model_id - kSupported < static_cast<std::int64_t>(std::size(kUnsupported));
  const std::string id = "id " + std::to_string(model_id);
  refuse_model(known ? kUnsupported[model_id - kSupported] + (" (" + id + ")") : id, known, camera, file);
}

CameraModel model_from_name(std::string_view name, std::uint32_t camera, const fs::path& file) {
  CameraModel model = CameraModel::pinhole;
  if (parse_model_name(name, model)) return model;
  refuse_model(shown(name), std::find(std::begin(kUnsupported), std::end(kUnsupported), name) != std::end(kUnsupported),
               camera, file);
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
      [&](const auto& image) { throw Error(images, "image name " + shown(image.name) + " appears twice"); });
  expect_unique(
      model.points, [](const auto& point) { return point.id; },
      [&](const auto& point) { throw Error(points, "point id " + std::to_string(point.id) + " appears twice"); });
  for (const auto& image : model.images) {
    if (image.name.size() > kMaxName || image.name.find('\0') != std::string::npos)
      throw Error(images, "image id " + std::to_string(image.id) + " has the name " + shown(image.name) +
                              ", which is no file name");
    if (image.name.empty()) throw Error(images, "image id " + std::to_string(image.id) + " has no name");
    if (!model.cameras.contains(image.camera))
      throw Error(images,
                  "image " + shown(image.name) + " refers to camera " + std::to_string(image.camera) +
                      ", which is not in cameras" + extension,
                  "copy the whole model folder again");
  }
}

}  // namespace colmap
}  // namespace tessera::scene
