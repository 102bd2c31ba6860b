#include "reconstruct/synth/city.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>

#include <nlohmann/json.hpp>

#include "reconstruct/ingest/geodesy.h"
#include "reconstruct/synth/city_mesh.h"
#include "reconstruct/synth/city_writer.h"
#include "reconstruct/synth/flight_path.h"
#include "reconstruct/synth/noise.h"
#include "reconstruct/synth/renderer.h"
#include "reconstruct/synth/sparse_points.h"
#include "scene/atomic_file.h"
#include "scene/exif.h"
#include "scene/formats/colmap.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;

namespace {

constexpr int kPointsPerBlock = 6000;
constexpr double kPixelNoise = 0.3;  // of the sparse points' observations
constexpr double kCandidates = 4.0;  // candidates for each sparse point: about one in two is seen by three photos
constexpr int kJpegQuality = 95;
enum What : std::uint32_t { kExposure = 0x6001, kGpsNoise };

// Where the town lies on the globe: in the Gulf of Guinea, so that nobody looks for it.
const scene::Gps kOrigin{0.5, 0.5, 120.0, true};

// What the drone's camera would write: a 35 mm equivalent for the field of view (by the diagonal, as EXIF asks), the
// exposure time that the jitter stands for, the position with its noise.
scene::Exif exif_of(const synth::Photo& photo, std::size_t index, double exposure, const CityOptions& options) {
  const scene::Pinhole& k = photo.camera.intrinsics;
  scene::Exif exif;
  exif.make = "Tessera", exif.model = "Synthetic city";
  exif.focal_35mm = k.fx * std::hypot(36.0, 24.0) / std::hypot(k.width, k.height);
  exif.exposure_seconds = exposure / 500.0, exif.f_number = 2.8, exif.iso = 100;
  char time[20];
  const auto second = static_cast<unsigned>(index * 3 % 86400);
  std::snprintf(time, sizeof time, "2025:06:21 %02u:%02u:%02u", second / 3600, second / 60 % 60, second % 60);
  exif.date_time = time;
  if (options.gps) {
    synth::Draw draw(static_cast<std::uint64_t>(options.seed), kGpsNoise, index);
    glm::dvec3 enu = photo.camera.center();
    for (int axis = 0; axis < 3; ++axis) enu[axis] += options.gps_noise * draw.normal();
    exif.gps = LocalFrame(kOrigin).wgs84(enu);
  }
  return exif;
}

/// A new folder beside `out` that becomes `out` at the end or disappears.
class PartialFolder {
 public:
  explicit PartialFolder(const fs::path& out) {
    final_ = fs::absolute(out).lexically_normal();
    if (!final_.has_filename()) final_ = final_.parent_path();
    std::error_code error;
    const fs::file_status status = fs::status(final_, error);
    if (fs::exists(status) && !fs::is_directory(status))
      throw scene::Error(out.string(), "exists and is not a folder", "choose another name");
    if (fs::is_directory(status)) {
      const bool empty = fs::is_empty(final_, error);
      if (error) throw scene::Error(out.string(), "cannot be read: " + error.message(), "choose another folder");
      if (!empty) throw scene::Error(out.string(), "the folder is not empty", "choose a new folder, or empty this one");
    }
    fs::create_directories(final_.parent_path(), error);
    partial_ = final_.parent_path() / ("." + final_.filename().string() + ".partial-" + std::to_string(::getpid()));
    if (!error) fs::create_directory(partial_, error);
    if (error)
      throw scene::Error(out.string(), "cannot be created: " + error.message(),
                         "choose a folder that you may write to");
  }
  ~PartialFolder() {
    std::error_code ignored;
    if (!done_) fs::remove_all(partial_, ignored);
  }
  PartialFolder(const PartialFolder&) = delete;
  PartialFolder& operator=(const PartialFolder&) = delete;

  const fs::path& path() const { return partial_; }
  /// The same error of a file as the user knows it, under the final name.
  scene::Error named(const scene::Error& error) const {
    const std::string prefix = partial_.string();
    if (!error.subject().starts_with(prefix)) return error;
    return {final_.string() + error.subject().substr(prefix.size()), error.problem(), error.remedy()};
  }
  fs::path add(const char* name) const {
    std::error_code error;
    fs::create_directories(partial_ / name, error);
    if (error) throw scene::Error((final_ / name).string(), "cannot be created: " + error.message());
    return partial_ / name;
  }
  void finish() {
    // Everything is on the disk before the name is.
    const int descriptor = ::open(partial_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const int synced = descriptor < 0 ? -1 : ::syncfs(descriptor), failure = errno;
    if (descriptor >= 0) ::close(descriptor);
    if (synced != 0) throw scene::Error(final_.string(), std::string("cannot write: ") + std::strerror(failure));
    std::error_code error;
    fs::rename(partial_, final_, error);  // replaces an empty folder
    if (error) throw scene::Error(final_.string(), "cannot be put in place: " + error.message());
    done_ = true;
  }

 private:
  fs::path final_, partial_;
  bool done_ = false;
};

}  // namespace

const scene::OptionsTable<CityOptions>& city_options_table() {
  using O = CityOptions;
  static const scene::OptionsTable<O> table = [] {
    scene::OptionsTable<O> t;
    t.integer("blocks", &O::blocks, 1, 64, "blocks",
              "size of the town: blocks of 60 x 60 m, laid out as square as possible");
    t.integer("views", &O::views, 2, 10'000, "photos", "photos, straight down and tilted, spread over the town");
    t.integer("seed", &O::seed, 0, 2'147'483'647, "",
              "another seed is another town; the same seed gives the same bytes");
    t.integer("width", &O::width, 16, 8192, "pixels", "width of a photo");
    t.integer("height", &O::height, 16, 8192, "pixels", "height of a photo");
    t.integer("points", &O::points, 0, 10'000'000, "points", "sparse points; 0 takes 6000 a block");
    t.real("point_noise", &O::point_noise, 0, 10, "m", "standard deviation of the sparse points' positions");
    t.real("exposure_jitter", &O::exposure_jitter, 0, 4, "stops",
           "standard deviation of the exposure from photo to photo");
    t.flag("gps", &O::gps, "write GPS positions into the photos");
    t.real("gps_noise", &O::gps_noise, 0, 100, "m", "standard deviation of these positions");
    t.integer("samples", &O::samples, 1, 256, "rays", "rays per pixel");
    t.flag("ground_truth", &O::ground_truth, "write depth, normals and the mesh as well");
    return t;
  }();
  return table;
}

namespace {

void fill_folder(const PartialFolder& folder, const CityOptions& options, const scene::JobContext& job) {
  const fs::path images = folder.add("images"), sparse = folder.add("sparse/0");
  if (options.ground_truth) folder.add("depth"), folder.add("normals");
  const auto seed = static_cast<std::uint64_t>(options.seed);

  job.progress({"building the town", 0, 0, -1, ""});
  const synth::City city = synth::build_city(synth::plan_city(options.blocks, seed));
  job.throw_if_cancelled();
  const synth::Renderer renderer(city, job);
  std::vector<synth::Photo> photos = synth::plan_flight(city.layout, options.views, options.width, options.height);

  const int points = options.points > 0 ? options.points : kPointsPerBlock * options.blocks;
  const int per_photo = static_cast<int>(std::ceil(kCandidates * points / options.views)) + 4;
  std::vector<std::vector<synth::Candidate>> candidates(photos.size());
  nlohmann::ordered_json views = nlohmann::ordered_json::array();
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < photos.size(); ++i) {
    const synth::Photo& photo = photos[i];
    const auto index = static_cast<std::uint32_t>(i);
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
    const double left = i == 0 ? -1 : spent.count() / static_cast<double>(i) * static_cast<double>(photos.size() - i);
    job.progress({"taking photos", static_cast<double>(i), static_cast<double>(photos.size()), left, photo.name});

    synth::Draw draw(seed, kExposure, i);
    const double stops = options.exposure_jitter * draw.normal(), exposure = std::exp2(stops);
    const synth::Rendering rendering = renderer.render(photo.camera, options.samples, index, job);
    const scene::Image8 image = synth::develop(rendering, exposure);
    candidates[i] = synth::pick_candidates(renderer, photo.camera, rendering, image, per_photo, seed, index);
    synth::write_photo(images / photo.name, image, kJpegQuality);
    scene::write_exif(images / photo.name, exif_of(photo, i, exposure, options));
    const std::string stem = fs::path(photo.name).stem().string();
    if (options.ground_truth) {
      synth::write_depth(folder.path() / "depth" / (stem + ".png"), rendering);
      synth::write_normals(folder.path() / "normals" / (stem + ".png"), rendering);
    }
    const glm::dvec3 eye = photo.camera.center();
    const glm::dquat q = photo.camera.cam_from_world.rotation;
    const glm::dvec3 t = photo.camera.cam_from_world.translation;
    views.push_back({{"name", photo.name},
                     {"kind", photo.nadir ? "nadir" : "oblique"},
                     {"exposure", exposure},
                     {"center", {eye.x, eye.y, eye.z}},
                     {"cam_from_world", {{"rotation_wxyz", {q.w, q.x, q.y, q.z}}, {"translation", {t.x, t.y, t.z}}}}});
  }

  job.progress({"sparse points", 0, 0, -1, ""});
  const scene::ColmapModel model =
      synth::make_sparse_model(renderer, photos, candidates, {points, options.point_noise, kPixelNoise, seed}, job);
  scene::write_colmap(model, sparse, scene::ColmapForm::binary);

  job.progress({"writing", 0, 0, -1, ""});
  if (options.ground_truth) synth::write_mesh(folder.path() / "mesh.ply", city);
  nlohmann::ordered_json json;
  for (const auto& row : city_options_table().rows()) json["options"][row.spec.name] = row.get(options);
  json["origin"] = {{"latitude", kOrigin.latitude}, {"longitude", kOrigin.longitude}, {"altitude", kOrigin.altitude}};
  json["units"] = "metres; x east, y north, z up";
  json["depth_scale"] = synth::kDepthScale;
  json["columns"] = city.layout.columns;
  json["rows"] = city.layout.rows;
  json["views"] = std::move(views);
  scene::write_file_atomically(folder.path() / "city.json", json.dump(1) + "\n");
}

}  // namespace

void write_city(const fs::path& out, const CityOptions& options, const scene::JobContext& job) {
  // Options set in code have not been through the table yet.
  for (const auto& row : city_options_table().rows()) {
    CityOptions checked;
    row.set(checked, row.get(options));
  }
  PartialFolder folder(out);
  try {
    fill_folder(folder, options, job);
  } catch (const scene::Error& e) {
    throw folder.named(e);
  }
  job.throw_if_cancelled();
  folder.finish();
}

}  // namespace tessera::reconstruct
