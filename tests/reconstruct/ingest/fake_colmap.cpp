// Stands in for COLMAP in the quick tests; see toy_scene.h.
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

#include "scene/formats/colmap.h"
#include "tests/reconstruct/ingest/toy_database.h"
#include "tests/reconstruct/ingest/toy_poses.h"
#include "tests/reconstruct/ingest/toy_scene.h"

namespace tessera::test {
namespace {

namespace fs = std::filesystem;
using Arguments = std::map<std::string, std::string>;
using scene::ColmapModel;

const std::map<std::string, std::vector<std::string>> kOptions = {
    {"feature_extractor",
     {"database_path", "image_path", "image_list_path", "ImageReader.camera_model", "ImageReader.single_camera",
      "ImageReader.single_camera_per_image", "ImageReader.existing_camera_id", "SiftExtraction.use_gpu",
      "SiftExtraction.max_image_size", "SiftExtraction.max_num_features", "SiftExtraction.num_threads"}},
    {"matches_importer",
     {"database_path", "match_list_path", "match_type", "SiftMatching.use_gpu", "SiftMatching.num_threads"}},
    {"mapper",
     {"database_path", "image_path", "output_path", "Mapper.num_threads", "Mapper.init_min_num_inliers",
      "Mapper.init_min_tri_angle", "Mapper.abs_pose_min_num_inliers", "Mapper.snapshot_path",
      "Mapper.snapshot_images_freq"}},
    {"bundle_adjuster", {"input_path", "output_path", "BundleAdjustment.refine_focal_length"}},
    {"image_undistorter", {"image_path", "input_path", "output_path", "output_type", "max_image_size"}},
};

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

ToyFlight flight() { return variable("FAKE_COLMAP_FLIGHT") == "nadir" ? ToyFlight::nadir : ToyFlight::oblique; }

std::string fault_of(const std::string& command) {
  std::istringstream words(variable("FAKE_COLMAP"));
  for (std::string word; words >> word;)
    if (word.starts_with(command + "=")) return word.substr(command.size() + 1);
  return "";
}

[[noreturn]] void hang(bool alone = false) {
  if (const std::string file = variable("FAKE_COLMAP_PID"); !file.empty()) {
    // Whole or not there: the signal may come at any moment.
    std::ofstream(file + ".part") << ::getpid();
    std::filesystem::rename(file + ".part", file);
  }
  if (alone) ::kill(::getppid(), SIGKILL);
  for (int i = 0; i < 6000; ++i) ::usleep(100'000);
  std::exit(9);
}

struct DatabaseImage {
  std::uint32_t id, camera;
  std::string name;
  std::vector<ToyFeature> features;
};

std::vector<DatabaseImage> images_of(Sqlite& database) {
  std::vector<DatabaseImage> images;
  for (const auto& row : database.query("SELECT image_id, camera_id, name FROM images ORDER BY image_id")) {
    // The name may be one of the stand-ins for names with blanks, so that features come from the table.
    DatabaseImage image{
        static_cast<std::uint32_t>(row.integer(0)), static_cast<std::uint32_t>(row.integer(1)), row.columns[2], {}};
    const auto keypoints = database.query("SELECT data FROM keypoints WHERE image_id = " + row.columns[0]);
    const std::string& blob = keypoints.at(0).columns[0];
    for (std::size_t at = 0; at + 16 <= blob.size(); at += 16) {
      float k[4];
      std::copy_n(blob.data() + at, 16, reinterpret_cast<char*>(k));
      image.features.push_back({static_cast<int>(k[3]), k[0], k[1]});
    }
    images.push_back(std::move(image));
  }
  return images;
}

int feature_extractor(const Arguments& a, const std::string& fault) {
  const fs::path path = a.at("database_path");
  make_database(path);  // what of it is missing, as COLMAP does: the run before may have been killed in the midst of it
  Sqlite database(path);
  std::vector<std::string> names;
  std::ifstream list(a.at("image_list_path"));
  for (std::string line; std::getline(list, line);) names.push_back(line);
  int camera = a.contains("ImageReader.existing_camera_id") ? std::stoi(a.at("ImageReader.existing_camera_id")) : 0;
  const bool each = a.contains("ImageReader.single_camera_per_image");
  const auto next = [&](const char* column, const char* table) {
    return std::stoi(
        database.query(std::string("SELECT coalesce(max(") + column + "), 0) + 1 FROM " + table)[0].columns[0]);
  };
  const bool thin = !variable("FAKE_COLMAP_THIN").empty();
  int done = 0;
  // From the last to the first: COLMAP's threads number images in any order.
  for (std::size_t i = names.size(); i-- > 0;) {
    const std::string& name = names[i];
    ++done;
    if (!fs::exists(fs::path(a.at("image_path")) / name)) return std::cout << "ERROR: no file " << name << "\n", 1;
    bool known = false;
    for (const auto& row : database.query("SELECT name FROM images")) known = known || row.columns[0] == name;
    if (!known) {
      database.query("BEGIN");  // an image is there with all its features or not at all, whenever we are killed
      if (camera == 0 || each) {
        camera = next("camera_id", "cameras");
        const scene::SensorModel sensor = toy_sensor();
        add_camera(database, static_cast<std::uint32_t>(camera), static_cast<int>(sensor.model), sensor.width,
                   sensor.height, sensor.parameters, true);
      }
      std::vector<std::array<float, 4>> keypoints;
      std::vector<std::uint32_t> points;
      for (const ToyFeature& f : toy_features(toy_number(name), flight())) {
        if (thin && f.point % 4 != f.point / 360 % 4) continue;
        keypoints.push_back({static_cast<float>(f.x), static_cast<float>(f.y), static_cast<float>(1 + f.point % 5),
                             static_cast<float>(f.point)});
        points.push_back(static_cast<std::uint32_t>(f.point));
      }
      add_image(database, static_cast<std::uint32_t>(next("image_id", "images")), static_cast<std::uint32_t>(camera),
                name, keypoints, descriptors_of(points, static_cast<std::uint32_t>(toy_number(name)), 6));
      database.query("COMMIT");
    }
    std::cout << "Processed file [" << done << "/" << names.size() << "]" << std::endl;
    if (fault == "hang" && 2 * static_cast<std::size_t>(done) >= names.size()) hang();
  }
  return 0;
}

int matches_importer(const Arguments& a, const std::string& fault) {
  Sqlite database(a.at("database_path"));
  const auto images = images_of(database);
  std::ifstream list(a.at("match_list_path"));
  std::cout << "Matching block [1/2]" << std::endl;
  if (fault == "hang") hang();
  database.query("BEGIN");
  std::string first, second;
  while (list >> first >> second) {
    const auto find = [&](const std::string& name) {
      return std::find_if(images.begin(), images.end(), [&](const DatabaseImage& image) { return image.name == name; });
    };
    auto x = find(first), y = find(second);
    if (x == images.end() || y == images.end()) {
      std::cout << "ERROR: image " << first << " or " << second << " does not exist" << std::endl;
      return 1;
    }
    if (x->id > y->id) std::swap(x, y);
    const std::string pair = std::to_string(std::int64_t{x->id} * 2147483647 + y->id);
    std::vector<std::array<std::uint32_t, 2>> common;
    for (std::uint32_t i = 0; i < x->features.size(); ++i)
      for (std::uint32_t j = 0; j < y->features.size(); ++j)
        if (x->features[i].point == y->features[j].point) common.push_back({i, j});
    std::string blob(reinterpret_cast<const char*>(common.data()), common.size() * 8);
    auto rows = database.query("SELECT rows FROM matches WHERE pair_id = " + pair);
    if (rows.empty()) {
      database.query("INSERT INTO matches VALUES(" + pair + "," + std::to_string(common.size()) + ",2,?1)", {blob});
      rows = database.query("SELECT rows FROM matches WHERE pair_id = " + pair);
    }
    const std::string count = fault == "none" || rows[0].integer(0) < 15 ? "0" : rows[0].columns[0];
    database.query("INSERT OR REPLACE INTO two_view_geometries(pair_id, rows, cols, config) VALUES(" + pair + "," +
                   count + ",2,2)");
  }
  database.query("COMMIT");
  std::cout << "Matching block [2/2]" << std::endl;
  return 0;
}

/// The model of some of the images, true but for units and axes, and for `focal` times the focal length, for which the
/// cameras then stand further off.
ColmapModel model_of(const std::vector<DatabaseImage>& images, double focal) {
  ColmapModel model;
  std::map<int, ColmapModel::Point> points;
  for (const DatabaseImage& from : images) {
    scene::SensorModel sensor = toy_sensor();
    sensor.parameters[0] *= focal;
    model.cameras[from.camera] = sensor;
    ColmapModel::Image image;
    image.id = from.id;
    image.camera = from.camera;
    image.name = from.name;
    image.cam_from_world =
        scene::transform_pose(toy_cam_from_enu(toy_number(from.name), flight()), toy_model_from_enu());
    std::vector<double> depths;
    for (std::uint32_t i = 0; i < from.features.size(); ++i) {
      const ToyFeature& f = from.features[i];
      image.observations.push_back({f.x, f.y, f.point});
      auto& point = points[f.point];
      point.id = static_cast<std::uint64_t>(f.point);
      point.position = toy_model_from_enu()(toy_ground().at(static_cast<std::size_t>(f.point)));
      point.track.push_back({from.id, i});
      depths.push_back(image.cam_from_world(point.position).z);
    }
    std::nth_element(depths.begin(), depths.begin() + static_cast<std::ptrdiff_t>(depths.size() / 2), depths.end());
    image.cam_from_world.translation.z += (focal - 1) * depths.at(depths.size() / 2);
    model.images.push_back(std::move(image));
  }
  for (auto& [id, point] : points)
    if (point.track.size() >= 2) model.points.push_back(std::move(point));
  std::set<std::int64_t> kept;
  for (const auto& point : model.points) kept.insert(static_cast<std::int64_t>(point.id));
  for (auto& image : model.images)
    for (auto& observation : image.observations)
      if (!kept.contains(observation.point)) observation.point = -1;
  return model;
}

int mapper(const Arguments& a, const std::string& fault) {
  Sqlite database(a.at("database_path"));
  std::set<std::int64_t> connected;
  for (const auto& row : database.query("SELECT pair_id FROM two_view_geometries WHERE rows >= 15")) {
    connected.insert(row.integer(0) / 2147483647);
    connected.insert(row.integer(0) % 2147483647);
  }
  std::vector<DatabaseImage> images = images_of(database);
  std::erase_if(images, [&](const DatabaseImage& image) { return !connected.contains(image.id); });
  if (fault == "late" && !a.contains("Mapper.init_min_num_inliers")) images.clear();
  const std::size_t every =
      a.contains("Mapper.snapshot_path") ? std::stoul(a.at("Mapper.snapshot_images_freq")) : std::size_t{0};
  for (std::size_t i = 0; i < images.size(); ++i) {
    std::cout << "Registering image #" << images[i].id << " (" << i + 1 << ")" << std::endl;
    if (fault == "hang" && 2 * (i + 1) >= images.size()) hang();
    if (fault == "slow") ::usleep(300'000);
    if (every > 0 && (i + 1) % every == 0) {
      char leaf[32];
      std::snprintf(leaf, sizeof leaf, "%010zu", i);
      scene::write_colmap(model_of({images.begin(), images.begin() + static_cast<std::ptrdiff_t>(i) + 1}, 1),
                          fs::path(a.at("Mapper.snapshot_path")) / leaf, scene::ColmapForm::binary);
    }
  }
  const fs::path out = a.at("output_path");
  if (images.empty()) return std::cout << "E0101 ERROR: failed to create sparse model" << std::endl, 1;
  if (fault == "parts") {
    // The smaller one first.
    const auto cut = images.begin() + static_cast<std::ptrdiff_t>(images.size() / 3);
    scene::write_colmap(model_of({images.begin(), cut}, 1), out / "0", scene::ColmapForm::binary);
    images.erase(images.begin(), cut);
  }
  scene::write_colmap(model_of(images, fault == "drift" ? 1.05 : 1), out / (fault == "parts" ? "1" : "0"),
                      scene::ColmapForm::binary);
  return 0;
}

int bundle_adjuster(const Arguments& a, const std::string& fault) {
  ColmapModel model = scene::read_colmap(a.at("input_path"));
  if (fault == "hang") hang();
  if (fault == "worse")
    for (auto& point : model.points) point.position += 0.05 * noise(35, point.id);
  scene::write_colmap(model, a.at("output_path"), scene::ColmapForm::binary);
  return 0;
}

int image_undistorter(const Arguments& a, const std::string& fault) {
  ColmapModel model = scene::read_colmap(a.at("input_path"));
  const fs::path out = a.at("output_path");
  std::size_t done = 0;
  for (const auto& image : model.images) {
    const fs::path to = out / "images" / image.name;
    fs::create_directories(to.parent_path());
    if (fault != "incomplete" || done != 1) fs::copy_file(fs::path(a.at("image_path")) / image.name, to);
    std::cout << "Undistorting image [" << ++done << "/" << model.images.size() << "]" << std::endl;
    if (fault == "hang" && 2 * done >= model.images.size()) hang();
  }
  for (auto& [id, sensor] : model.cameras) {
    const scene::Pinhole p = sensor.pinhole();
    sensor = {scene::CameraModel::pinhole, p.width, p.height, {p.fx, p.fy, p.cx, p.cy}};
  }
  scene::write_colmap(model, out / "sparse", scene::ColmapForm::binary);
  return 0;
}

int run(int count, char** words) {
  const std::string command = count > 1 ? words[1] : "help";
  if (command == "help") {
    std::cout
        << "COLMAP 3.8 -- Structure-from-Motion and Multi-View Stereo\n              (Commit Unknown on Unknown with"
        << (variable("FAKE_COLMAP_CUDA").empty() ? "out" : "") << " CUDA)\n";
    return 0;
  }
  const auto options = kOptions.find(command);
  if (options == kOptions.end()) return std::cout << "ERROR: Command " << command << " not recognized.\n", 1;
  if (count > 2 && std::string(words[2]) == "-h") {
    std::cout << "  -h [ --help ]\n  --log_to_stderr arg (=0)\n";
    for (const std::string& name : options->second) std::cout << "  --" << name << " arg (=1)\n";
    return 0;
  }
  Arguments arguments;
  for (int i = 2; i + 1 < count; i += 2) {
    const std::string name = std::string(words[i]).substr(2);
    const bool known = std::find(options->second.begin(), options->second.end(), name) != options->second.end();
    if (!known && name != "log_to_stderr") return std::cout << "ERROR: unrecognised option --" << name << "\n", 1;
    arguments[name] = words[i + 1];
  }
  if (const std::string file = variable("FAKE_COLMAP_CALLS"); !file.empty())
    std::ofstream(file, std::ios::app) << command << "\n";
  std::string fault = fault_of(command);
  if (fault == "stubborn") {
    ::signal(SIGTERM, SIG_IGN);
    fault = "hang";
  }
  if (fault == "orphan") hang(true);
  if (fault == "crash") ::raise(SIGABRT);  // the sanitizers make of a SIGSEGV an exit status
  if (fault == "killed") ::raise(SIGKILL);
  if (fault == "fail") return std::cout << "Reading\nERROR: a made-up failure\nbye\n", 1;
  if (fault == "nothing") return 0;
  if (command == "feature_extractor") return feature_extractor(arguments, fault);
  if (command == "matches_importer") return matches_importer(arguments, fault);
  if (command == "mapper") return mapper(arguments, fault);
  if (command == "bundle_adjuster") return bundle_adjuster(arguments, fault);
  return image_undistorter(arguments, fault);
}

}  // namespace
}  // namespace tessera::test

int main(int count, char** words) {
  try {
    return tessera::test::run(count, words);
  } catch (const std::exception& error) {
    std::cout << "ERROR: " << error.what() << std::endl;
    return 1;
  }
}
