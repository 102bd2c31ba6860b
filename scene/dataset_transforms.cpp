#include <algorithm>

#include "scene/dataset_source.h"
#include "scene/error.h"
#include "scene/formats/ply.h"
#include "scene/formats/transforms_json.h"
#include "scene/image.h"

namespace tessera::scene {
namespace fs = std::filesystem;

namespace {

/// Where the file states no size, the photo decides. A photo that cannot be read leaves the sensor empty, and
/// load_dataset says why.
SensorModel sensor_of_photo(const TransformsFile::Lens& lens, const fs::path& photo) {
  try {
    const ImageInfo info = probe_image(photo);
    return lens.sensor(info.width, info.height);
  } catch (const Error&) {
    return {};
  }
}

}  // namespace

Source read_transforms_source(const fs::path& file, const DatasetOptions& options) {
  const TransformsFile transforms = read_transforms(file);
  Source source;
  source.root = file.has_parent_path() ? file.parent_path() : fs::path(".");
  source.file = file;
  source.format = transforms.blender ? "Blender transforms" : "transforms.json";
  source.own_split = transforms.blender;
  source.searched = {options.images.empty() ? source.root : options.images};
  source.photo_folder = options.images.empty() ? source.root / "images" : options.images;

  const auto relative = [&](const TransformsFile::Frame& frame) {
    return frame.image_path.lexically_normal().lexically_relative(source.root.lexically_normal()).generic_string();
  };
  // Names are relative to the image folder, as COLMAP's are: "images/a.jpg" is "a.jpg" where all photos lie in images/.
  const std::string prefix = "images/";
  const bool all_in_images = std::all_of(transforms.frames.begin(), transforms.frames.end(),
                                         [&](const auto& frame) { return relative(frame).starts_with(prefix); });
  for (std::size_t i = 0; i < transforms.frames.size(); ++i) {
    const TransformsFile::Frame& frame = transforms.frames[i];
    SourceView view;
    view.name = relative(frame).substr(all_in_images ? prefix.size() : 0);
    view.image_path = options.images.empty() ? frame.image_path : options.images / fs::path(view.name);
    view.mask_path = frame.mask_path;
    view.sensor = frame.sensor;
    if (frame.sensor.width == 0) view.sensor = sensor_of_photo(frame.lens, view.image_path);
    view.sensor_name = "frame " + std::to_string(i);
    view.cam_from_world = frame.cam_from_world;
    view.test = frame.test;
    source.views.push_back(std::move(view));
  }
  if (transforms.point_cloud) {
    source.points_file = *transforms.point_cloud;
    const SparsePoints cloud = read_point_ply(*transforms.point_cloud);
    for (const auto& p : cloud.position) source.points.position.push_back({p[0], p[1], p[2]});
    source.point_color = cloud.color;
    source.point_error = cloud.error;
    source.points.track_begin.assign(cloud.size() + 1, 0);
  }
  return source;
}

}  // namespace tessera::scene
