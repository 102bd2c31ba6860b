#include "scene/atomic_file.h"
#include "scene/formats/byte_reader.h"
#include "scene/formats/colmap_files.h"
#include "scene/formats/limits.h"
#include "scene/formats/text_numbers.h"

// Layout of the three files: https://colmap.github.io/format.html#binary-file-format
namespace tessera::scene::colmap {
namespace fs = std::filesystem;

namespace {

// Smallest records, for judging counts: a camera with 3 parameters, an image with an empty name and no points, a point
// without track.
constexpr std::uint64_t kCameraBytes = 4 + 4 + 8 + 8 + 3 * 8;
constexpr std::uint64_t kImageBytes = 4 + 7 * 8 + 4 + 1 + 8;
constexpr std::uint64_t kPointBytes = 8 + 3 * 8 + 3 + 8 + 8;

// Observations and tracks are read straight into their arrays.
static_assert(sizeof(ColmapModel::Observation) == 24);
static_assert(sizeof(std::array<std::uint32_t, 2>) == 8);

void read_cameras(const fs::path& path, ColmapModel& model) {
  ByteReader reader(path);
  const std::uint64_t count = reader.get_count("camera", kCameraBytes);
  for (std::uint64_t i = 0; i < count; ++i) {
    reader.at_record("camera", i, count);
    const auto id = reader.get<std::uint32_t>();
    const CameraModel kind = model_from_id(reader.get<std::int32_t>(), id, path);
    const auto width = reader.get<std::uint64_t>();
    const auto height = reader.get<std::uint64_t>();
    std::vector<double> parameters(static_cast<std::size_t>(parameter_count(kind)));
    reader.read(parameters.data(), parameters.size() * sizeof(double));
    if (!model.cameras.emplace(id, checked_sensor(kind, width, height, std::move(parameters), id, path)).second)
      reader.fail("camera id " + std::to_string(id) + " appears twice");
  }
  reader.expect_end();
}

void read_images(const fs::path& path, ColmapModel& model) {
  ByteReader reader(path);
  const std::uint64_t count = reader.get_count("image", kImageBytes);
  model.images.resize(static_cast<std::size_t>(count));
  for (std::uint64_t i = 0; i < count; ++i) {
    reader.at_record("image", i, count);
    auto& image = model.images[static_cast<std::size_t>(i)];
    image.id = reader.get<std::uint32_t>();
    double pose[7];
    reader.read(pose, sizeof pose);
    image.cam_from_world.rotation = glm::dquat(pose[0], pose[1], pose[2], pose[3]);
    image.cam_from_world.translation = {pose[4], pose[5], pose[6]};
    image.camera = reader.get<std::uint32_t>();
    image.name = reader.get_string(kMaxName);
    const auto observations = reader.get<std::uint64_t>();
    if (observations > reader.remaining() / sizeof(ColmapModel::Observation))
      reader.fail("image " + shown(image.name) + " claims " + std::to_string(observations) +
                      " observations, more than the rest of the file holds",
                  "the file is damaged or was not copied whole: make or copy it again");
    image.observations.resize(static_cast<std::size_t>(observations));
    reader.read(image.observations.data(), image.observations.size() * sizeof(ColmapModel::Observation));
  }
  reader.expect_end();
}

void read_points(const fs::path& path, ColmapModel& model) {
  ByteReader reader(path);
  const std::uint64_t count = reader.get_count("point", kPointBytes);
  model.points.resize(static_cast<std::size_t>(count));
  for (std::uint64_t i = 0; i < count; ++i) {
    reader.at_record("point", i, count);
    auto& point = model.points[static_cast<std::size_t>(i)];
    point.id = reader.get<std::uint64_t>();
    double position[3];
    reader.read(position, sizeof position);
    point.position = {position[0], position[1], position[2]};
    reader.read(point.color.data(), 3);
    point.error = reader.get<double>();
    const auto track = reader.get<std::uint64_t>();
    if (track > reader.remaining() / 8)
      reader.fail("point id " + std::to_string(point.id) + " claims a track of " + std::to_string(track) +
                      " observations, more than the rest of the file holds",
                  "the file is damaged or was not copied whole: make or copy it again");
    point.track.resize(static_cast<std::size_t>(track));
    reader.read(point.track.data(), point.track.size() * 8);
  }
  reader.expect_end();
}

/// One value as it lies in memory; the stream of AtomicFile buffers.
template <class T>
void put(AtomicFile& file, const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  file.stream().write(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class T>
void put_counted(AtomicFile& file, const std::vector<T>& values) {
  put(file, static_cast<std::uint64_t>(values.size()));
  file.stream().write(reinterpret_cast<const char*>(values.data()),
                      static_cast<std::streamsize>(values.size() * sizeof(T)));
}

}  // namespace

void write_binary(const ColmapModel& model, const fs::path& folder) {
  AtomicFile cameras(folder / "cameras.bin"), images(folder / "images.bin"), points(folder / "points3D.bin");
  put(cameras, static_cast<std::uint64_t>(model.cameras.size()));
  for (const auto& [id, sensor] : model.cameras) {
    put(cameras, id);
    put(cameras, static_cast<std::int32_t>(sensor.model));
    put(cameras, static_cast<std::uint64_t>(sensor.width));
    put(cameras, static_cast<std::uint64_t>(sensor.height));
    for (const double parameter : sensor.parameters) put(cameras, parameter);
  }
  put(images, static_cast<std::uint64_t>(model.images.size()));
  for (const auto& image : model.images) {
    put(images, image.id);
    const auto& [q, t] = image.cam_from_world;
    for (const double value : {q.w, q.x, q.y, q.z, t.x, t.y, t.z}) put(images, value);
    put(images, image.camera);
    images.stream().write(image.name.c_str(), static_cast<std::streamsize>(image.name.size() + 1));
    put_counted(images, image.observations);
  }
  put(points, static_cast<std::uint64_t>(model.points.size()));
  for (const auto& point : model.points) {
    put(points, point.id);
    for (int i = 0; i < 3; ++i) put(points, point.position[i]);
    put(points, point.color);
    put(points, point.error);
    put_counted(points, point.track);
  }
  // All three or none: a full disk shows itself before the first of them appears.
  for (AtomicFile* file : {&cameras, &images, &points}) file->finish();
  for (AtomicFile* file : {&cameras, &images, &points}) file->commit();
}

void read_binary(const fs::path& folder, ColmapModel& model) {
  read_cameras(folder / "cameras.bin", model);
  read_images(folder / "images.bin", model);
  read_points(folder / "points3D.bin", model);
}

}  // namespace tessera::scene::colmap
