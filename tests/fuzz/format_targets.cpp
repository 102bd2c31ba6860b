#include "tests/fuzz/format_targets.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <set>
#include <stdexcept>

#include "scene/atomic_file.h"
#include "scene/crc32.h"
#include "scene/error.h"
#include "scene/formats/colmap.h"
#include "scene/formats/path_rules.h"
#include "scene/formats/ply.h"
#include "scene/formats/transforms_json.h"
#include "scene/lod/build_lod.h"
#include "scene/lod/select_lod.h"
#include "tests/support/colmap_model.h"
#include "tests/support/plain_file.h"
#include "tests/support/splat_ground.h"

namespace tessera::test {
namespace fs = std::filesystem;
using namespace scene;

namespace {

void expect(bool holds, const char* what) {
  if (!holds) throw std::logic_error(what);
}

template <class Read, class Check>
bool accepted(Read read, Check check) {
  try {
    const auto result = read();
    check(result);
    return true;
  } catch (const Error& error) {
    expect(!error.subject().empty() && !error.problem().empty(), "an error says nothing");
    expect(std::string_view(error.what()).find('\n') == std::string_view::npos, "an error spans lines");
    return false;
  }
}

void check_sensor(const SensorModel& sensor) {
  expect(sensor.width > 0 && sensor.height > 0, "a sensor without pixels");
  expect(sensor.parameters.size() == static_cast<std::size_t>(parameter_count(sensor.model)),
         "a sensor with parameters of another model");
  for (const double parameter : sensor.parameters)
    expect(std::isfinite(parameter), "a sensor parameter that is not finite");
  expect(sensor.parameters[0] > 0, "a focal length that is not positive");
}

void check_colmap(const ColmapModel& model) {
  for (const auto& [id, sensor] : model.cameras) check_sensor(sensor);
  std::set<std::string> names;
  std::set<std::uint64_t> images, points;
  for (const auto& image : model.images) {
    expect(model.cameras.contains(image.camera), "an image without its camera");
    expect(!image.name.empty() && names.insert(image.name).second, "an image name twice or empty");
    expect(images.insert(image.id).second, "an image id twice");
  }
  for (const auto& point : model.points) expect(points.insert(point.id).second, "a point id twice");
}

void check_splats(const GaussianModel& model) {
  try {
    model.validate("model");
  } catch (const Error& error) {
    throw std::logic_error(error.what());
  }
}

void check_points(const SparsePoints& points) {
  expect(points.color.size() == points.size() && points.error.size() == points.size(), "arrays of different length");
  expect(points.track_begin.size() == points.size() + 1 && points.track_view.empty(),
         "tracks of a cloud that has none");
}

void check_transforms(const TransformsFile& file, const fs::path& folder) {
  expect(!file.frames.empty(), "no frames");
  for (const auto& frame : file.frames) {
    expect(!leaves_folder(frame.file_path), "a path that leaves the folder");
    expect(!leaves_folder(frame.image_path.lexically_relative(folder).string()), "an image that leaves the folder");
    if (frame.sensor.width > 0) check_sensor(frame.sensor);
    check_sensor(frame.lens.sensor(64, 48));
    const auto& [rotation, translation] = frame.cam_from_world;
    expect(std::abs(glm::length(rotation) - 1) < 1e-9, "a rotation that is not of unit length");
    for (int i = 0; i < 3; ++i) expect(std::isfinite(translation[i]), "a translation that is not finite");
  }
}

FormatTarget colmap_target(const fs::path& folder, const std::string& file) {
  const bool binary = file.ends_with(".bin");
  write_colmap(make_colmap_model(), folder, binary ? ColmapForm::binary : ColmapForm::text);
  FormatTarget target;
  target.seeds = {read_file(folder / file)};
  // Text: a name line of 21 bytes becomes an Image of 136, in a vector that doubles.
  target.bytes_per_byte = binary ? 8 : 32;
  target.run = [=](std::string_view bytes) {
    write_plain(folder / file, bytes);
    return accepted([&] { return read_colmap(folder); }, check_colmap);
  };
  return target;
}

std::vector<std::string> ply_seeds(const fs::path& folder) {
  std::vector<std::string> seeds;
  for (const int degree : {0, 1, 3}) {
    GaussianModel model;
    model.resize(5, degree);
    float value = 0;
    for (auto* plane : model.planes())
      for (float& cell : *plane) cell = value += 0.125f;
    write_splat_ply(model, folder / "model.ply");
    seeds.push_back(read_file(folder / "model.ply"));
  }
  SparsePoints points;
  for (int i = 0; i < 9; ++i) {
    points.position.push_back({static_cast<float>(i), 1, 2});
    points.color.push_back({1, 2, 3});
  }
  write_point_ply(points, folder / "model.ply");
  seeds.push_back(read_file(folder / "model.ply"));
  std::string header, row = "1 -2.5 3e-1 0.1 0.2 0.3 4 -5 -6 -7 1 0 0 0.5\n";
  for (const char* name : {"x", "y", "z", "f_dc_0", "f_dc_1", "f_dc_2", "opacity", "scale_0", "scale_1", "scale_2",
                           "rot_0", "rot_1", "rot_2", "rot_3"})
    header += std::string("property double ") + name + "\n";
  seeds.push_back(
      "ply\nformat ascii 1.0\ncomment by hand\nelement camera 1\nproperty list uchar int id\nelement vertex 2\n" +
      header + "end_header\n1 5\n" + row + row);
  return seeds;
}

template <class Read, class Check>
FormatTarget ply_target(const fs::path& folder, Read read, Check check) {
  FormatTarget target;
  target.seeds = ply_seeds(folder);
  target.bytes_per_byte = 16;  // a column of one-byte values becomes floats; a property of 16 bytes becomes a Property
  target.run = [=](std::string_view bytes) {
    write_plain(folder / "model.ply", bytes);
    accepted([&] { return probe_ply(folder / "model.ply"); }, [](const PlyInfo&) {});
    return accepted([&] { return read(folder / "model.ply"); }, check);
  };
  return target;
}

FormatTarget transforms_target(const fs::path& folder) {
  FormatTarget target;
  const std::string matrix = R"([[1, 0, 0, 0.5], [0, 0, -1, 1.5e0], [0, 1, 0, -2], [0.0, 0, 0, 1]])";
  target.seeds = {
      R"({"fl_x": 500.5, "fl_y": 501, "cx": 320, "cy": 240, "w": 640.0, "h": 480, "k1": 0.1, "p1": -0.01, "aabb_scale": 16,
 "ply_file_path": "points.ply", "camera_model": "OPENCV", "frames": [
 {"file_path": "./images/a.jpg", "mask_path": "masks/a.png", "transform_matrix": )" +
          matrix + R"(},
 {"file_path": "images/b.jpg", "fl_x": 400, "k1": 0, "transform_matrix": )" +
          matrix + "}]}\n",
      R"({"camera_angle_x": 0.6911112070083618, "is_fisheye": true, "k4": 0.1, "frames": [{"file_path": "train/r_0", "rotation": 0.01,
 "transform_matrix": [[1,0,0,0],[0,1,0,0],[0,0,1,4]]}]})"};
  target.bytes_per_byte = 64;  // "1," becomes a json value of 16 bytes in a vector that doubles
  target.run = [=](std::string_view bytes) {
    write_plain(folder / "transforms.json", bytes);
    return accepted([&] { return read_transforms(folder / "transforms.json"); },
                    [&](const TransformsFile& file) { check_transforms(file, folder); });
  };
  return target;
}

FormatTarget lod_target(const fs::path& folder) {
  FormatTarget target;
  const fs::path ply = folder / "model.ply", file = folder / "model.tlod";
  for (const std::size_t side : {1u, 4u}) {
    write_splat_ply(splat_ground(side), ply);
    build_lod(ply, file, {6, side > 1});
    target.seeds.push_back(read_file(file));
  }
  target.bytes_per_byte = 4;  // a node's planes beside the table
  // Mutations seldom meet a checksum: the reader is to be tried behind it.
  target.run = [=](std::string_view bytes) {
    std::string mended(bytes);
    if (mended.size() >= 64) {
      std::uint32_t nodes = 0;
      std::memcpy(&nodes, mended.data() + 16, 4);
      const std::size_t table = std::min<std::size_t>(std::size_t{64} * nodes, mended.size() - 64);
      const std::uint32_t crc = crc32(crc32(0, mended.data(), 60), mended.data() + 64, table);
      std::memcpy(mended.data() + 60, &crc, 4);
    }
    for (const std::string_view shown : {bytes, std::string_view(mended)}) {
      write_plain(file, shown);
      const bool good = accepted([&] { return std::make_unique<LodFile>(file); },
                                 [](const std::unique_ptr<LodFile>& lod) {
                                   const Camera camera = camera_over(2, 2, 5);
                                   std::uint64_t rows = 0;
                                   for (const LodPick& pick : select_lod(lod->nodes(), camera, {10, 0.01})) {
                                     rows += pick.rows;
                                     accepted([&] { return lod->read(pick.node, pick.rows); }, check_splats);
                                   }
                                   expect(rows <= 10, "more splats than the budget");
                                 });
      if (good) return true;
    }
    return false;
  };
  return target;
}

}  // namespace

std::vector<std::string> format_target_names() {
  return {"cameras.bin",  "images.bin", "points3D.bin", "cameras.txt",     "images.txt",
          "points3D.txt", "splats.ply", "points.ply",   "transforms.json", "model.tlod"};
}

FormatTarget make_format_target(const std::string& name, const fs::path& folder) {
  FormatTarget target;
  if (name == "splats.ply")
    target = ply_target(
        folder,
        [](const fs::path& path) {
          std::vector<std::string> ignored;
          return read_splat_ply(path, &ignored);
        },
        check_splats);
  else if (name == "points.ply")
    target = ply_target(folder, read_point_ply, check_points);
  else if (name == "model.tlod")
    target = lod_target(folder);
  else if (name == "transforms.json")
    target = transforms_target(folder);
  else
    target = colmap_target(folder, name);
  target.name = name;
  return target;
}

}  // namespace tessera::test
