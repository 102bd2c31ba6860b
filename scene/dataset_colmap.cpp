#include <unordered_map>

#include "scene/dataset_source.h"
#include "scene/error.h"
#include "scene/formats/colmap.h"
#include "scene/formats/path_rules.h"

namespace tessera::scene {
namespace fs = std::filesystem;

Source read_colmap_source(const fs::path& root, const fs::path& model_folder, const DatasetOptions& options) {
  const ColmapModel model = read_colmap(model_folder);
  std::error_code ignored;
  const bool binary = colmap_form(model_folder) == ColmapForm::binary;
  const char* extension = binary ? ".bin" : ".txt";
  Source source;
  source.root = root;
  source.file = model_folder / (std::string("images") + extension);
  source.points_file = model_folder / (std::string("points3D") + extension);
  source.format = binary ? "COLMAP binary" : "COLMAP text";
  source.searched = {root / "images", root};
  // The model folder itself was given: its scene's photos are where COLMAP puts them, beside sparse/.
  if (fs::equivalent(root, model_folder, ignored)) {
    const fs::path model_path = fs::absolute(root / "").lexically_normal().parent_path();
    for (const fs::path& up : {model_path.parent_path(), model_path.parent_path().parent_path()})
      source.searched.push_back(up / "images");
  }
  if (!options.images.empty()) source.searched = {options.images};
  source.photo_folder = source.searched.front();

  std::unordered_map<std::uint32_t, std::uint32_t> view_of_image;
  for (const ColmapModel::Image& image : model.images) {
    if (leaves_folder(image.name))
      throw Error(source.file.string(), "the image name '" + image.name + "' leaves the image folder",
                  "name the images relative to their folder, without '..'");
    SourceView view;
    view.name = image.name;
    view.image_path = source.searched.front() / fs::path(image.name);
    for (const fs::path& folder : source.searched) {
      if (!fs::exists(folder / fs::path(image.name), ignored)) continue;
      view.image_path = folder / fs::path(image.name);
      break;
    }
    view.sensor = model.cameras.at(image.camera);
    view.sensor_name = "camera " + std::to_string(image.camera);
    view.cam_from_world = image.cam_from_world;
    view.file_id = image.id;
    view_of_image[image.id] = static_cast<std::uint32_t>(source.views.size());
    source.views.push_back(std::move(view));
  }
  source.points.track_begin.push_back(0);
  for (const ColmapModel::Point& point : model.points) {
    source.points.position.push_back(point.position);
    source.point_color.push_back(point.color);
    source.point_error.push_back(static_cast<float>(point.error));
    for (const auto& [image, observation] : point.track)
      if (const auto found = view_of_image.find(image); found != view_of_image.end())
        source.points.track_view.push_back(found->second);
    source.points.track_begin.push_back(static_cast<std::uint32_t>(source.points.track_view.size()));
  }
  return source;
}

}  // namespace tessera::scene
