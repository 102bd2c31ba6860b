#include <algorithm>
#include <cmath>
#include <iostream>

#include <nlohmann/json.hpp>

#include "app/cli/command.h"
#include "app/cli/inputs.h"
#include "reconstruct/ingest/preflight.h"
#include "reconstruct/train/training_session.h"
#include "scene/atomic_file.h"
#include "scene/error.h"
#include "scene/exif.h"
#include "scene/formats/colmap.h"
#include "scene/formats/ply.h"
#include "scene/image.h"
#include "scene/lod/lod_file.h"

namespace tessera::app {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

std::string lower_extension(const fs::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension;
}

bool is_picture(const fs::path& path) {
  static const std::vector<std::string> known{".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp"};
  return std::find(known.begin(), known.end(), lower_extension(path)) != known.end();
}

bool is_video(const fs::path& path) {
  static const std::vector<std::string> known{".mp4", ".mov", ".m4v", ".avi", ".mkv"};
  return std::find(known.begin(), known.end(), lower_extension(path)) != known.end();
}

/// Box that holds all but the outermost 1 % on each side, and how many splats are nearly invisible: what a user wants
/// to know of a model.
json splat_json(const fs::path& file) {
  std::vector<std::string> ignored;
  const scene::GaussianModel model = scene::read_splat_ply(file, &ignored);
  json result{{"kind", "splats"},
              {"splats", model.size()},
              {"sh_degree", model.sh_degree()},
              {"bytes", fs::file_size(file)},
              {"problems", json::array()}};
  if (!ignored.empty()) result["ignored_properties"] = ignored;
  if (model.size() == 0) {
    result["problems"].push_back("it holds no splats");
    return result;
  }
  json low = json::array(), high = json::array();
  for (const auto& plane : model.position) {
    std::vector<float> sorted = plane;
    std::sort(sorted.begin(), sorted.end());
    low.push_back(sorted[sorted.size() / 100]);
    high.push_back(sorted[sorted.size() - 1 - sorted.size() / 100]);
  }
  result["box_98_percent"] = {low, high};
  // logit of 1/255: no viewer draws what is fainter
  const auto invisible = std::count_if(model.opacity_logit.begin(), model.opacity_logit.end(),
                                       [](float l) { return l < std::log(1.0f / 254.0f); });
  if (invisible > 0) result["problems"].push_back(std::to_string(invisible) + " splats are too faint to be seen");
  return result;
}

json lod_json(const fs::path& path) {
  const scene::LodFile file(path);
  const scene::LodNode& root = file.nodes()[0];
  return {{"kind", "levels of detail"},
          {"splats", file.scene().splats},
          {"sh_degree", file.scene().sh_degree},
          {"antialiased", file.scene().antialiased},
          {"nodes", file.nodes().size()},
          {"levels", root.level + 1},
          {"bytes", file.bytes()},
          {"box", {root.low, root.high}},
          {"problems", json::array()}};
}

json run_json(const fs::path& folder) {
  const json record = json::parse(scene::read_file(folder / "run.json", 64u << 20), nullptr, false);
  if (!record.is_object())
    throw scene::Error((folder / "run.json").string(), "is not valid JSON", "restore it, or train again");
  json result{{"kind", "run"},
              {"state", text_of(record, "state", "unknown")},
              {"data", text_of(record, "data", "")},
              {"problems", json::array()}};
  if (record.contains("options")) result["iterations"] = text_of(record["options"], "iterations", "");
  std::error_code error;
  if (fs::exists(folder / "model.ply", error))
    result["model"] = splat_json(folder / "model.ply");
  else
    result["problems"].push_back(reconstruct::TrainingSession::has_checkpoint(folder)
                                     ? "not finished: go on with tessera train --resume " + folder.string()
                                     : "it has neither a model nor a checkpoint");
  if (fs::exists(folder / "metrics.json", error)) {
    const json metrics = json::parse(scene::read_file(folder / "metrics.json", 64u << 20), nullptr, false);
    if (!metrics.is_object())
      result["problems"].push_back("metrics.json is not valid JSON");
    else if (metrics.contains("test"))
      result["test"] = metrics["test"];
    // What was taken, of all blocks: each may take fewer than it was allowed.
    if (const double taken = reconstruct::number_of(metrics, "iterations", 0); taken > 0)
      result["iterations"] = std::to_string(static_cast<long long>(taken));
  }
  return result;
}

json dataset_json(const fs::path& path, Cli& cli) {
  scene::JobContext job;  // warnings are part of the result here
  job.cancellation = &interrupted();
  (void)cli;
  const scene::Dataset dataset = scene::load_dataset(path, {}, job);
  std::size_t masks = 0, distorted = 0;
  for (const auto& view : dataset.views) masks += !view.mask_path.empty(), distorted += view.sensor.distorted();
  const auto& first = dataset.views.front().camera.intrinsics;
  return {{"kind", "dataset"},
          {"format", dataset.format},
          {"views", dataset.views.size()},
          {"train_views", dataset.train_views().size()},
          {"test_views", dataset.test_views().size()},
          {"masks", masks},
          {"distorted_views", distorted},
          {"points", dataset.points.size()},
          {"width", first.width},
          {"height", first.height},
          {"world_units_per_scene_unit", 1 / dataset.scene_from_world.scale},
          {"problems", dataset.warnings}};
}

json photo_json(const fs::path& path) {
  const scene::ImageInfo info = scene::probe_image(path);
  const scene::Exif exif = scene::read_exif(path);
  json result{{"kind", "photo"},
              {"width", info.width},
              {"height", info.height},
              {"channels", info.channels},
              {"problems", json::array()}};
  if (!exif.model.empty()) result["camera"] = exif.make.empty() ? exif.model : exif.make + " " + exif.model;
  if (exif.focal_mm) result["focal_mm"] = *exif.focal_mm;
  if (exif.gps) result["gps"] = {exif.gps->latitude, exif.gps->longitude, exif.gps->altitude};
  if (exif.orientation != 1) result["orientation"] = exif.orientation;
  return result;
}

/// A folder of photos without poses.
json photos_json(const fs::path& folder) {
  std::size_t photos = 0, gps = 0, videos = 0;
  json problems = json::array();
  std::vector<fs::path> files;
  std::error_code error, ignored;
  for (fs::recursive_directory_iterator it(folder, fs::directory_options::skip_permission_denied, error), end;
       !error && it != end; it.increment(error)) {
    interrupted().throw_if_requested();
    if (it->is_regular_file(ignored)) files.push_back(it->path());
  }
  if (error) problems.push_back(folder.string() + ": cannot be read to its end: " + error.message());
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    interrupted().throw_if_requested();
    if (is_video(file)) ++videos;
    if (!is_picture(file)) continue;
    try {
      scene::probe_image(file);
      ++photos;
      gps += scene::read_exif(file).gps.has_value();
    } catch (const scene::Error& e) {
      problems.push_back(e.what());
    }
  }
  if (photos == 0 && videos == 0 && problems.empty())
    throw scene::Error(folder.string(), "holds no photos, no dataset, no run and no model",
                       "name a folder with photos");
  return {{"kind", "photos"}, {"photos", photos}, {"with_gps", gps}, {"videos", videos}, {"problems", problems}};
}

/// The same, every photo decoded: what structure from motion would stumble over.
json checked_photos_json(const fs::path& folder, Cli& cli) {
  const reconstruct::PhotoSet set = reconstruct::read_photo_set(folder, {}, 0, cli.console.job());
  cli.console.finish_line();
  const reconstruct::Preflight result = reconstruct::check_photos(set);
  if (result.photos.empty()) throw scene::Error(folder.string(), "holds no photos", "name a folder with photos");
  json problems = json::array();
  for (const auto& summary : result.summary) problems.push_back(summary.line);
  return {{"kind", "photos"}, {"photos", result.photos.size()}, {"usable", result.usable}, {"problems", problems}};
}

json describe(const fs::path& path, bool check, Cli& cli) {
  std::error_code error;
  if (!fs::exists(path, error)) throw scene::Error(path.string(), "does not exist", "check the name");
  if (fs::is_directory(path, error)) {
    if (check) return checked_photos_json(path, cli);
    if (fs::exists(path / "run.json", error)) return run_json(path);
    for (const char* name : {"transforms_train.json", "transforms.json"})
      if (fs::exists(path / name, error)) return dataset_json(path, cli);
    for (const char* name : {"sparse/0", "sparse", "."})
      if (scene::looks_like_colmap(path / name)) return dataset_json(path, cli);
    if (fs::exists(path / "images", error)) return dataset_json(path, cli);  // says which model it misses
    return photos_json(path);
  }
  const std::string extension = lower_extension(path);
  if (extension == ".ply") {
    const scene::PlyInfo info = scene::probe_ply(path);
    if (info.splats) return splat_json(path);
    return {{"kind", "points"}, {"points", scene::read_point_ply(path).size()}, {"problems", json::array()}};
  }
  if (extension == ".tlod") return lod_json(path);
  if (extension == ".json") return dataset_json(path, cli);
  if (is_video(path)) return {{"kind", "video"}, {"bytes", fs::file_size(path)}, {"problems", json::array()}};
  if (is_picture(path)) return photo_json(path);
  throw scene::Error(path.string(), "is of no kind that Tessera knows",
                     "it reads PLY, .tlod, transforms.json, photos, videos, and folders of them");
}

void print(const json& result, const std::string& indent) {
  for (const auto& [key, value] : result.items()) {
    if (key == "problems") continue;
    std::cout << indent << key << ": ";
    if (value.is_object())
      std::cout << "\n", print(value, indent + "  ");
    else
      std::cout << one_line(value.is_string() ? value.get<std::string>() : json_text(value, -1)) << "\n";
  }
  if (!result.contains("problems")) return;
  if (result["problems"].empty()) std::cout << indent << "problems: none found\n";
  for (const auto& problem : result["problems"])
    std::cout << indent << "problem: " << one_line(problem.get<std::string>()) << "\n";
}

}  // namespace

void add_info_command(Cli& cli) {
  auto* sub = cli.app.add_subcommand("info", "What a file or folder is, how much is in it, and what is wrong with it");
  struct Arguments {
    std::string path;
    bool check = false, as_json = false;
  };
  auto a = std::make_shared<Arguments>();
  sub->add_option("ANYTHING", a->path, "dataset, run, model, photo, folder of photos, ...")
      ->required()
      ->check(not_empty());
  sub->add_flag("--check", a->check, "a folder of photos: look at every one for blur, duplicates, exposure, ...");
  sub->add_flag("--json", a->as_json, "for machines");
  sub->callback([&cli, a] {
    cli.run = [&cli, a] {
      const json result = describe(a->path, a->check, cli);
      if (a->as_json)
        std::cout << json_text(result) << "\n";
      else
        print(result, "");
      return 0;
    };
  });
}

}  // namespace tessera::app
