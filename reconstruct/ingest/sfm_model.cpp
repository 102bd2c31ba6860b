// The stages of SfmJob that make, place and undistort the reconstruction.

#include <algorithm>
#include <cmath>

#include <glm/geometric.hpp>

#include "reconstruct/ingest/growth_reader.h"
#include "reconstruct/ingest/sfm_job.h"
#include "reconstruct/ingest/up_direction.h"
#include "scene/atomic_file.h"
#include "scene/error.h"
#include "scene/image.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;
using nlohmann::json;
using scene::ColmapModel;

namespace {

constexpr double kOneWay =
    0.97;  // view coherence from which on the focal length is hardly observable (a cone of 20 degrees)
constexpr double kFocalDrift = 0.01;   // relative; less is a calibration, not a drift
constexpr double kErrorGrowth = 1.05;  // holding the focal length may cost this much of the reprojection error

constexpr const char* kNoModel = "failed to create sparse model";

std::vector<scene::Rigid> poses_of(const ColmapModel& model) {
  std::vector<scene::Rigid> poses;
  for (const auto& image : model.images) {
    scene::Rigid pose = image.cam_from_world;
    pose.rotation = glm::normalize(pose.rotation);
    poses.push_back(pose);
  }
  return poses;
}

/// Median depth of the points that each image sees; 0 where it sees none.
std::vector<double> median_depths(const ColmapModel& model) {
  std::map<std::int64_t, glm::dvec3> position;
  for (const auto& point : model.points) position[static_cast<std::int64_t>(point.id)] = point.position;
  std::vector<double> medians;
  std::vector<double> depths;
  for (const auto& image : model.images) {
    depths.clear();
    for (const auto& observation : image.observations)
      if (const auto it = position.find(observation.point); observation.point >= 0 && it != position.end())
        depths.push_back(image.cam_from_world(it->second).z);
    std::nth_element(depths.begin(), depths.begin() + static_cast<std::ptrdiff_t>(depths.size() / 2), depths.end());
    medians.push_back(depths.empty() ? 0 : depths[depths.size() / 2]);
  }
  return medians;
}

bool has_two_focals(scene::CameraModel model) {
  return model == scene::CameraModel::pinhole || model == scene::CameraModel::opencv ||
         model == scene::CameraModel::opencv_fisheye;
}

std::string pixels(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.0f px", value);
  return text;
}

}  // namespace

double mean_reprojection_error(const ColmapModel& model) {
  std::map<std::int64_t, glm::dvec3> position;
  for (const auto& point : model.points) position[static_cast<std::int64_t>(point.id)] = point.position;
  double sum = 0;
  std::size_t count = 0;
  for (const auto& image : model.images) {
    const auto camera = model.cameras.find(image.camera);
    if (camera == model.cameras.end()) continue;
    for (const auto& observation : image.observations) {
      const auto it = observation.point >= 0 ? position.find(observation.point) : position.end();
      if (it == position.end()) continue;
      const glm::dvec3 p = image.cam_from_world(it->second);
      sum += glm::distance(camera->second.project({p.x / p.z, p.y / p.z}), {observation.x, observation.y});
      ++count;
    }
  }
  return count == 0 ? -1 : sum / static_cast<double>(count);
}

fs::path best_sub_model(const fs::path& parent, std::vector<std::size_t>& sizes, ColmapModel& best) {
  fs::path best_folder;
  sizes.clear();
  for (int number = 0; fs::is_directory(parent / std::to_string(number)); ++number) {
    const fs::path folder = parent / std::to_string(number);
    ColmapModel model = scene::read_colmap(folder);
    sizes.push_back(model.images.size());
    const auto rank = [](const ColmapModel& m) { return std::pair(m.images.size(), m.points.size()); };
    if (model.images.empty() || (!best_folder.empty() && rank(model) <= rank(best))) continue;
    best = std::move(model);
    best_folder = folder;
  }
  return best_folder;
}

void SfmJob::map() {
  mapping_ = stage(
      "mapping", colmap_.version(), [&] { return fs::is_directory(folder_ / "sparse"); },
      [&](bool) { return run_mapper(); });
}

json SfmJob::run_mapper() {
  const fs::path partial = folder_ / "sparse.partial";
  const auto map_with = [&](bool lenient) {
    fresh_folder(partial);
    ColmapCommand command = colmap_.command("mapper");
    command.set("database_path", folder_ / "database.db").set("image_path", photos_.root).set("output_path", partial);
    if (options_.threads > 0) command.set("Mapper.num_threads", std::to_string(options_.threads));
    if (lenient) {
      command.set("Mapper.init_min_num_inliers", std::string("30")).set("Mapper.init_min_tri_angle", std::string("2"));
      command.set("Mapper.abs_pose_min_num_inliers", std::string("15"));
    }
    const double total = static_cast<double>(photos_.photos.size());
    GrowthReader growth(folder_ / "growth", photos_.root, on_growth_);
    growth.ask(command, photos_.photos.size());
    int most = 0;
    try {
      colmap_.run(command, [&](std::string_view line) {
        int registered = 0;
        if (!parse_registered(line, registered)) return;
        progress("mapping", most = std::max(most, registered), total);
        growth.poll();
      });
    } catch (const scene::Error& error) {
      // 3.8 and later end so where they have nothing to write; that is for us to judge.
      if (error.problem().find(kNoModel) == std::string::npos) throw;
    }
  };
  progress("mapping", 0, static_cast<double>(photos_.photos.size()));
  map_with(false);
  std::vector<std::size_t> sizes;
  ColmapModel best;
  fs::path folder = best_sub_model(partial, sizes, best);
  json data{{"notes", json::array()}, {"elsewhere", json::array()}};
  if (folder.empty()) {
    // Few photos, or photos taken close together: with less overlap or a smaller angle than COLMAP likes to begin with.
    map_with(true);
    folder = best_sub_model(partial, sizes, best);
    if (!folder.empty())
      data["notes"].push_back(
          "the reconstruction was begun from a pair with a small angle or few common points: depth may be poor");
  }
  if (folder.empty())
    throw scene::Error(input_.string(), "COLMAP found no pair of photos to begin a reconstruction with",
                       "take photos from more different places that overlap by 60 % or more; COLMAP's output is in " +
                           (folder_ / "log.txt").string());
  if (sizes.size() > 1) {
    std::sort(sizes.rbegin(), sizes.rend());
    std::string list;
    for (std::size_t i = 1; i < sizes.size(); ++i) list += (i > 1 ? ", " : "") + std::to_string(sizes[i]);
    data["notes"].push_back("the photos fall into " + std::to_string(sizes.size()) +
                            " parts that do not connect; the largest, " + std::to_string(best.images.size()) +
                            " photos, is used; the others have " + list);
    std::set<std::string> elsewhere;
    for (int number = 0; fs::is_directory(partial / std::to_string(number)); ++number)
      for (const auto& image : scene::read_colmap(partial / std::to_string(number)).images)
        elsewhere.insert(image.name);
    for (const auto& image : best.images) elsewhere.erase(image.name);
    for (const std::string& name : elsewhere) data["elsewhere"].push_back(name);
  }
  data["best"] = folder.filename().string();
  replace_folder(partial, folder_ / "sparse");
  return data;
}

std::string SfmJob::hold_focal_length(ColmapModel& model) {
  if (view_coherence(poses_of(model)) < kOneWay) return {};
  std::map<std::uint32_t, double> prior;
  {
    const ColmapDatabase database(folder_ / "database.db");
    for (const auto& camera : database.cameras())
      if (camera.prior_focal_length && !camera.parameters.empty()) prior[camera.id] = camera.parameters[0];
  }
  double largest_drift = 0;
  for (const auto& [id, sensor] : model.cameras) {
    if (!prior.contains(id)) return {};
    largest_drift = std::max(largest_drift, std::abs(sensor.parameters[0] / prior[id] - 1));
  }
  if (model.cameras.empty() || largest_drift < kFocalDrift) return {};

  // A longer lens from further away takes nearly the same picture of flat ground: give each camera its prior back and
  // move it so that what it looks at keeps its size; bundle adjustment does the rest.
  const double free_error = mean_reprojection_error(model), free_focal = model.cameras.begin()->second.parameters[0];
  const double held_focal = prior[model.cameras.begin()->first];
  ColmapModel held = model;
  const std::vector<double> depths = median_depths(model);
  for (std::size_t i = 0; i < held.images.size(); ++i) {
    const double ratio = prior[held.images[i].camera] / model.cameras[held.images[i].camera].parameters[0];
    held.images[i].cam_from_world.translation.z += (ratio - 1) * depths[i];
  }
  for (auto& [id, sensor] : held.cameras) {
    sensor.parameters[0] = prior[id];
    if (has_two_focals(sensor.model)) sensor.parameters[1] = prior[id];
  }
  const fs::path start = folder_ / "held.start", result = folder_ / "held.partial";
  fresh_folder(start);
  fresh_folder(result);
  scene::write_colmap(held, start, scene::ColmapForm::binary);
  ColmapCommand command = colmap_.command("bundle_adjuster");
  command.set("input_path", start)
      .set("output_path", result)
      .set("BundleAdjustment.refine_focal_length", std::string("0"));
  colmap_.run(command);
  held = scene::read_colmap(result);
  std::error_code ignored;
  fs::remove_all(start, ignored);
  fs::remove_all(result, ignored);
  const double held_error = mean_reprojection_error(held);
  char errors[96];
  std::snprintf(errors, sizeof errors, "mean error %.3f px free, %.3f px held", free_error, held_error);
  const std::string why = "all photos look the same way, which leaves the focal length open: ";
  if (!(held_error <= kErrorGrowth * free_error))
    return why + "it is " + pixels(free_focal) + " as adjusted, since the EXIF value " + pixels(held_focal) +
           " does not fit (" + errors + ")";
  model = std::move(held);
  return why + "it is held at " + pixels(held_focal) + " as the EXIF block says, not " + pixels(free_focal) + " (" +
         errors + ")";
}

void SfmJob::align_model() {
  alignment_ = stage(
      "alignment", options_.align, [&] { return fs::is_directory(folder_ / "aligned"); },
      [&](bool) { return run_alignment(); });
}

json SfmJob::run_alignment() {
  progress("aligning", 0, 0);
  ColmapModel model = scene::read_colmap(folder_ / "sparse" / mapping_.at("best").get<std::string>());
  json notes = json::array();
  if (const std::string note = hold_focal_length(model); !note.empty()) notes.push_back(note);

  AlignmentInput input;
  input.cam_from_world = poses_of(model);
  for (const auto& image : model.images) {
    const auto photo = std::find_if(photos_.photos.begin(), photos_.photos.end(),
                                    [&](const Photo& p) { return p.name == image.name; });
    input.gps.push_back(photo == photos_.photos.end() ? std::nullopt : photo->exif.gps);
  }
  for (const auto& point : model.points) input.points.push_back(point.position);
  const Alignment alignment = align(input, options_.align);
  for (std::size_t i = 0; i < model.images.size(); ++i)
    model.images[i].cam_from_world = scene::transform_pose(input.cam_from_world[i], alignment.aligned_from_world);
  for (auto& point : model.points) point.position = alignment.aligned_from_world(point.position);

  if (!alignment.gps_refused.empty()) notes.push_back("GPS was not used: " + alignment.gps_refused);
  for (const std::size_t i : alignment.gps_outliers)
    notes.push_back(model.images[i].name + ": its GPS position contradicts the others' and was not used");
  const fs::path partial = folder_ / "aligned.partial";
  fresh_folder(partial);
  scene::write_colmap(model, partial, scene::ColmapForm::binary);
  replace_folder(partial, folder_ / "aligned");
  return {{"notes", notes},
          {"kind", name(alignment.kind)},
          {"up_from", alignment.up_from},
          {"rms_horizontal", alignment.rms_horizontal},
          {"rms_vertical", alignment.rms_vertical},
          {"gps_used", alignment.gps_used},
          {"has_altitude", alignment.origin.has_altitude},
          {"tilt_sigma_degrees", alignment.tilt_sigma_degrees},
          {"scale_sigma", alignment.scale_sigma},
          {"origin", {alignment.origin.latitude, alignment.origin.longitude, alignment.origin.altitude}}};
}

void SfmJob::undistort() {
  const auto there = [&] {
    return fs::is_directory(out_ / "images") && scene::looks_like_colmap(out_ / "sparse" / "0");
  };
  stage("undistortion", std::to_string(options_.max_image_size), there, [&](bool) {
    const fs::path partial = folder_ / "undistorted.partial";
    fresh_folder(partial);
    ColmapCommand command = colmap_.command("image_undistorter");
    command.set("image_path", photos_.root).set("input_path", folder_ / "aligned").set("output_path", partial);
    command.set("output_type", std::string("COLMAP")).set("max_image_size", std::to_string(options_.max_image_size));
    colmap_.run(command, [&](std::string_view line) {
      int number = 0, total = 0;
      if (parse_counter(line, "Undistorting image", number, total)) progress("undistorting", number, total);
    });
    // COLMAP ends with status 0 even where it could not write a picture.
    const ColmapModel model = scene::read_colmap(partial / "sparse");
    for (const auto& image : model.images) {
      const fs::path file = partial / "images" / image.name;
      try {
        scene::probe_image(file);
      } catch (const scene::Error& error) {
        std::error_code ignored;
        const bool full = fs::space(folder_, ignored).available < (4u << 20);
        throw scene::Error(
            "colmap image_undistorter",
            full ? "the disk is full" : "did not write " + image.name + " (" + error.problem() + ")",
            full ? "free some space and run the command again" : "its output is in " + (folder_ / "log.txt").string());
      }
    }
    replace_folder(partial / "images", out_ / "images");
    replace_folder(partial / "sparse", out_ / "sparse" / "0");
    std::error_code ignored;
    fs::remove_all(partial, ignored);
    const fs::path geo = out_ / "geo.json";
    if (alignment_.at("kind") != "gps") {
      fs::remove(geo, ignored);
    } else {
      const json& origin = alignment_.at("origin");
      const json text{{"frame", "east, north, up; metres"},
                      {"datum", "WGS84 (EPSG:4979)"},
                      {"origin", {{"latitude", origin[0]}, {"longitude", origin[1]}, {"altitude", origin[2]}}},
                      {"altitude_known", alignment_.at("has_altitude")}};
      scene::write_file_atomically(geo, text.dump(1) + "\n");
    }
    return json::object();
  });
}

}  // namespace tessera::reconstruct
