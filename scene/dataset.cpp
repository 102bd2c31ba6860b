#include "scene/dataset.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include <glm/geometric.hpp>

#include "scene/dataset_source.h"
#include "scene/error.h"
#include "scene/formats/colmap.h"
#include "scene/image.h"
#include "scene/scene_frame.h"

namespace tessera::scene {
namespace fs = std::filesystem;

namespace {

std::string size_text(int width, int height) { return std::to_string(width) + "x" + std::to_string(height); }

std::string count_text(std::size_t count, const char* one, const char* many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

/// "a.jpg, b.jpg, c.jpg and 14 more"
std::string name_list(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i) text += (i ? ", " : "") + names[i];
  if (names.size() > kShown) text += " and " + std::to_string(names.size() - kShown) + " more";
  return text;
}

/// True where a photo of `width` x `height` is the camera's picture scaled alike in both directions, up to the rounding
/// of its sides.
bool same_shape(const SensorModel& sensor, int width, int height) {
  // Beyond this the "photo" is an icon; folders of reduced photos go to images_8.
  constexpr double kMostScaling = 16;
  const double sx = static_cast<double>(width) / sensor.width, sy = static_cast<double>(height) / sensor.height;
  if (std::min(sx, sy) < 1 / kMostScaling || std::max(sx, sy) > kMostScaling) return false;
  return std::abs(sensor.height * sx - height) < 1 || std::abs(sensor.width * sy - width) < 1;
}

/// Opens what a Source describes.
class Loader {
 public:
  Loader(Source source, const DatasetOptions& options, const JobContext& job)
      : source_(std::move(source)), options_(options), job_(job) {}

  Dataset load() {
    dataset_.root = source_.root, dataset_.format = source_.format;
    choose_views();
    report_photos_without_pose();
    if (dataset_.views.size() < 2)
      throw Error(source_.file.string(),
                  "only " + std::to_string(dataset_.views.size()) + " of " +
                      count_text(source_.views.size(), "view", "views") + " can be used" +
                      (dataset_.warnings.empty() ? "" : " (" + dataset_.warnings.front() + ")"),
                  "at least two photos with poses are needed");
    split();
    place_in_scene(choose_points());
    return std::move(dataset_);
  }

 private:
  void warn(const std::string& line) {
    dataset_.warnings.push_back(line);
    job_.warn(line);
  }

  /// The photo's size where the view can be used, else nothing, with a warning that says why.
  bool check_photo(SourceView& view) {
    std::error_code ignored;
    if (!fs::exists(view.image_path, ignored)) {
      missing_.push_back(view.name);
      return false;
    }
    const bool size_known = view.sensor.width > 0;
    if (!options_.check_images && size_known) return true;
    try {
      const ImageInfo info = probe_image(view.image_path);
      if (!size_known) throw Error(view.image_path.string(), "its camera states no size");
      if (info.width == view.sensor.width && info.height == view.sensor.height) return true;
      const std::string sizes = size_text(info.width, info.height) + " pixels, but " + view.sensor_name + " is " +
                                size_text(view.sensor.width, view.sensor.height);
      if (!same_shape(view.sensor, info.width, info.height))
        throw Error(view.image_path.string(), "the photo is " + sizes);
      rescaled_[view.sensor_name + " is " + size_text(view.sensor.width, view.sensor.height) +
                " pixels, its photos are " + size_text(info.width, info.height)]
          .push_back(view.name);
      view.sensor = view.sensor.resized(info.width, info.height);
      return true;
    } catch (const Error& e) {
      warn(std::string(e.what()) + " (view left out)");
      return false;
    }
  }

  bool check_pose(SourceView& view) {
    // World units; models are written in single precision, whose squares end at 1e38.
    constexpr double kFarthest = 1e18;
    const Rigid& pose = view.cam_from_world;
    const glm::dquat& q = pose.rotation;
    const double length = std::sqrt(q.w * q.w + q.x * q.x + q.y * q.y + q.z * q.z);
    const glm::dvec3& t = pose.translation;
    std::string problem;
    if (!std::isfinite(length) || !std::isfinite(t.x + t.y + t.z)) problem = "is not finite";
    // Rotations are stored as unit quaternions; what is this short is zero or garbage.
    else if (length < 1e-6)
      problem = "has a rotation of zero length";
    else if (std::max({std::abs(t.x), std::abs(t.y), std::abs(t.z)}) > kFarthest)
      problem = "lies absurdly far away";
    if (!problem.empty()) {
      warn(source_.file.string() + ": the pose of image '" + view.name + "' " + problem + " (view left out)");
      return false;
    }
    view.cam_from_world.rotation = q / length;
    return true;
  }

  /// masks/NAME.png with the photo's whole name or without its extension.
  fs::path find_mask(const SourceView& view) const {
    std::error_code ignored;
    if (!view.mask_path.empty()) return view.mask_path;
    const fs::path folder = source_.root / "masks", name = view.name;
    fs::path bare = folder / name;
    for (const fs::path& path : {folder / (view.name + ".png"), bare.replace_extension(".png")})
      if (fs::is_regular_file(path, ignored)) return path;
    return {};
  }

  void check_mask(const View& view) const {
    if (view.mask_path.empty() || !options_.check_images) return;
    const ImageInfo mask = probe_image(view.mask_path);
    if (mask.width != view.sensor.width || mask.height != view.sensor.height)
      throw Error(view.mask_path.string(),
                  "the mask is " + size_text(mask.width, mask.height) + " pixels, but its photo " +
                      view.image_path.string() + " is " + size_text(view.sensor.width, view.sensor.height),
                  "make the mask as large as the photo");
  }

  void choose_views() {
    std::vector<std::uint32_t> order(source_.views.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return source_.views[a].name < source_.views[b].name; });
    view_of_source_.assign(source_.views.size(), kUnused);
    for (std::size_t i = 0; i < order.size(); ++i) {
      job_.throw_if_cancelled();
      job_.progress({"opening photos", static_cast<double>(i), static_cast<double>(order.size())});
      SourceView& from = source_.views[order[i]];
      if (!check_pose(from) || !check_photo(from)) continue;
      View view;
      view.name = from.name, view.image_path = from.image_path, view.mask_path = find_mask(from);
      view.sensor = from.sensor;
      view.camera = {from.sensor.pinhole(), from.cam_from_world};
      view.test = from.test, view.file_id = from.file_id;
      check_mask(view);
      view_of_source_[order[i]] = static_cast<std::uint32_t>(dataset_.views.size());
      dataset_.views.push_back(std::move(view));
    }
    if (!missing_.empty())
      warn(source_.file.string() + ": " + count_text(missing_.size(), "photo is", "photos are") +
           " missing and left out: " + name_list(missing_) + " (looked in " + folders_text() + ")");
    for (const auto& [what, names_scaled] : rescaled_)
      warn(source_.file.string() + ": " + what + " (" + name_list(names_scaled) +
           "); the focal lengths are scaled to the photos");
  }

  std::string folders_text() const {
    std::string text;
    for (const fs::path& folder : source_.searched) text += (text.empty() ? "" : ", ") + folder.string();
    return text;
  }

  void report_photos_without_pose() {
    std::set<fs::path> posed;
    for (const SourceView& view : source_.views) posed.insert(view.image_path.lexically_normal());
    std::vector<std::string> unposed;
    const fs::path& folder = source_.photo_folder;
    std::error_code error, ignored;
    for (fs::recursive_directory_iterator i(folder, error), end; !error && i != end; i.increment(error)) {
      if (!i->is_regular_file(ignored) || !looks_like_photo(i->path())) continue;
      if (!posed.contains(i->path().lexically_normal()))
        unposed.push_back(i->path().lexically_relative(folder).generic_string());
    }
    if (unposed.empty()) return;
    std::sort(unposed.begin(), unposed.end());
    warn(folder.string() + ": " +
         count_text(unposed.size(), "image has no pose and is", "images have no pose and are") +
         " not used: " + name_list(unposed));
  }

  static bool looks_like_photo(const fs::path& path) {
    std::string extension = path.extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    static const std::set<std::string> known{".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp"};
    return known.contains(extension);
  }

  void split() {
    if (source_.own_split) return;
    if (options_.test_every < 0 || options_.test_every == 1)
      throw Error("test_every", std::to_string(options_.test_every) + " leaves no views to train on",
                  "give 0 for no test views, or 2 and more");
    for (std::size_t i = 0; i < dataset_.views.size(); ++i)
      dataset_.views[i].test = options_.test_every > 0 && i % static_cast<std::size_t>(options_.test_every) == 0;
  }

  /// Rows of the source's points that are kept: finite, and not absurdly far from the rest.
  std::vector<std::size_t> choose_points() {
    const auto& all = source_.points.position;
    std::vector<std::size_t> finite;
    for (std::size_t i = 0; i < all.size(); ++i)
      if (std::isfinite(all[i].x) && std::isfinite(all[i].y) && std::isfinite(all[i].z)) finite.push_back(i);
    std::vector<std::size_t> kept = finite;
    if (!finite.empty()) {
      const auto median = [](std::vector<double> values) {
        std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
        return values[values.size() / 2];
      };
      glm::dvec3 middle(0.0);
      for (int axis = 0; axis < 3; ++axis) {
        std::vector<double> values;
        for (const std::size_t i : finite) values.push_back(all[i][axis]);
        middle[axis] = median(std::move(values));
      }
      std::vector<double> distance;
      for (const std::size_t i : finite) distance.push_back(glm::length(all[i] - middle));
      // Structure from motion puts points at infinity where rays are parallel: a million times farther than the typical
      // one is that.
      const double limit = 1e6 * median(distance);
      kept.clear();
      for (std::size_t k = 0; k < finite.size(); ++k)
        if (limit == 0 || distance[k] <= limit) kept.push_back(finite[k]);
    }
    if (kept.size() < all.size())
      warn(source_.points_file.string() + ": " + std::to_string(all.size() - kept.size()) + " of " +
           count_text(all.size(), "point is", "points are") + " left out (" +
           std::to_string(all.size() - finite.size()) + " not finite, " + std::to_string(finite.size() - kept.size()) +
           " absurdly far away)");
    if (kept.empty())
      warn((source_.points_file.empty() ? source_.file : source_.points_file).string() +
           ": there are no points to start from; training starts from random ones");
    return kept;
  }

  void place_in_scene(const std::vector<std::size_t>& kept) {
    WorldPoints world;
    SparsePoints& points = dataset_.points;
    const auto& begin = source_.points.track_begin;
    world.track_begin.push_back(0);
    for (const std::size_t i : kept) {
      world.position.push_back(source_.points.position[i]);
      points.color.push_back(source_.point_color[i]);
      points.error.push_back(source_.point_error[i]);
      const auto first = static_cast<std::ptrdiff_t>(world.track_view.size());
      for (std::uint32_t t = begin[i]; t < begin[i + 1]; ++t)
        if (const std::uint32_t view = view_of_source_[source_.points.track_view[t]]; view != kUnused)
          world.track_view.push_back(view);
      // A track may see one image twice.
      std::sort(world.track_view.begin() + first, world.track_view.end());
      world.track_view.erase(std::unique(world.track_view.begin() + first, world.track_view.end()),
                             world.track_view.end());
      world.track_begin.push_back(static_cast<std::uint32_t>(world.track_view.size()));
    }
    std::vector<Rigid> poses;
    for (const View& view : dataset_.views) poses.push_back(view.camera.cam_from_world);
    if (options_.scene_frame) dataset_.scene_from_world = choose_scene_frame(poses, world);
    const Similarity& frame = dataset_.scene_from_world;
    for (View& view : dataset_.views) view.camera.cam_from_world = transform_pose(view.camera.cam_from_world, frame);
    for (const glm::dvec3& p : world.position) {
      const glm::dvec3 s = frame(p);
      points.position.push_back({static_cast<float>(s.x), static_cast<float>(s.y), static_cast<float>(s.z)});
    }
    points.track_begin = std::move(world.track_begin), points.track_view = std::move(world.track_view);
  }

  static constexpr std::uint32_t kUnused = 0xFFFFFFFFu;
  Source source_;
  const DatasetOptions& options_;
  const JobContext& job_;
  Dataset dataset_;
  std::vector<std::uint32_t> view_of_source_;
  std::vector<std::string> missing_;                          // names
  std::map<std::string, std::vector<std::string>> rescaled_;  // what was scaled to what -> names
};

std::vector<std::size_t> views_where(const std::vector<View>& views, bool test) {
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < views.size(); ++i)
    if (views[i].test == test) indices.push_back(i);
  return indices;
}

Source find_source(const fs::path& path, const DatasetOptions& options) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) throw Error(path.string(), "there is no such folder or file");
  if (!fs::is_directory(status)) {
    if (path.extension() == ".json") return read_transforms_source(path, options);
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    static const std::set<std::string> colmap{"cameras", "images", "points3D"};
    if (colmap.contains(path.stem().string()) && looks_like_colmap(folder))
      return read_colmap_source(folder, folder, options);
    throw Error(path.string(), "is not a dataset", "give the folder of a dataset, a transforms.json or a COLMAP model");
  }
  for (const char* name : {"transforms_train.json", "transforms.json"})
    if (fs::exists(path / name, error)) return read_transforms_source(path / name, options);
  for (const fs::path& model : {path / "sparse" / "0", path / "sparse", path})
    if (looks_like_colmap(model)) return read_colmap_source(path, model, options);
  throw Error(path.string(),
              "no camera model was found (looked for transforms_train.json, transforms.json, and a COLMAP model in "
              "sparse/0, sparse and "
              "the folder itself)",
              "make one from the photos with: tessera sfm '" + path.string() + "' --out NEW_FOLDER");
}

}  // namespace

std::vector<std::size_t> Dataset::train_views() const { return views_where(views, false); }
std::vector<std::size_t> Dataset::test_views() const { return views_where(views, true); }

Dataset load_dataset(const fs::path& path, const DatasetOptions& options, const JobContext& job) {
  return Loader(find_source(path, options), options, job).load();
}

}  // namespace tessera::scene
