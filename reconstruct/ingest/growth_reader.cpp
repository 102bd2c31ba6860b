#include "reconstruct/ingest/growth_reader.h"

#include <algorithm>
#include <cstdint>

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include "reconstruct/ingest/sfm_job.h"
#include "scene/error.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t kMostSnapshots = 60;  // of a run: each is the whole model, so that writing them stays cheap
constexpr double kReadingShare = 0.05;      // of the mapper's time; sfm.h promises it
constexpr auto kPause = std::chrono::milliseconds(250);
/// A model of this many bytes is read in less than the second within which a job has to end.
constexpr std::uintmax_t kLargest = 150 << 20;

std::uintmax_t bytes_of(const fs::path& folder) {
  std::uintmax_t sum = 0;
  std::error_code error;
  for (const char* name : {"images.bin", "points3D.bin"}) {
    const std::uintmax_t bytes = fs::file_size(folder / name, error);
    if (!error) sum += bytes;
  }
  return sum;
}

/// By half a turn about the vertical. Which of the two ways the longest side of a scene points is chance: what people
/// look at must not jump.
void turn_about(scene::Dataset& dataset) {
  const glm::dquat half(0, 0, 0, 1);
  dataset.scene_from_world.rotation = half * dataset.scene_from_world.rotation;
  glm::dvec3& shift = dataset.scene_from_world.translation;
  shift.x = -shift.x, shift.y = -shift.y;
  for (scene::View& view : dataset.views)
    view.camera.cam_from_world.rotation = view.camera.cam_from_world.rotation * glm::inverse(half);
  for (auto& position : dataset.points.position) position[0] = -position[0], position[1] = -position[1];
}

}  // namespace

GrowthReader::GrowthReader(fs::path folder, fs::path photos, const OnGrowth& on_growth)
    : folder_(std::move(folder)), photos_(std::move(photos)), on_growth_(on_growth) {
  if (on_growth_) fresh_folder(folder_);
}

GrowthReader::~GrowthReader() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void GrowthReader::ask(ColmapCommand& mapper, std::size_t photos) {
  if (!on_growth_) return;
  mapper.set("Mapper.snapshot_path", folder_);
  mapper.set("Mapper.snapshot_images_freq", std::to_string(std::max<std::size_t>(1, photos / kMostSnapshots)));
}

void GrowthReader::poll() {
  if (!on_growth_) return;
  std::error_code ignored;
  std::vector<fs::path> snapshots;  // named by the time they were begun
  for (const auto& entry : fs::directory_iterator(folder_, ignored)) snapshots.push_back(entry.path());
  std::sort(snapshots.begin(), snapshots.end());
  // The last one may be in the making: the mapper is ahead of what it says.
  if (!snapshots.empty()) snapshots.pop_back();
  if (snapshots.empty()) return;
  const fs::path newest = snapshots.back();
  const auto start = Clock::now();
  if (start >= next_ && bytes_of(newest) <= kLargest) {
    try {
      const scene::DatasetOptions options{
          .test_every = 0, .scene_frame = true, .images = photos_, .check_images = false};
      auto so_far = std::make_shared<scene::Dataset>(scene::load_dataset(newest, options));
      const glm::dvec3 heading = glm::inverse(so_far->scene_from_world.rotation) * glm::dvec3(1, 0, 0);
      const bool flipped = heading_ && glm::dot(*heading_, heading) < 0;
      if (flipped) turn_about(*so_far);
      heading_ = flipped ? -heading : heading;
      on_growth_(so_far);
    } catch (const scene::Error&) {
      // A model of a single photo, or one that the disk had no room for: the next one is looked at again.
    }
    next_ =
        Clock::now() + std::max<Clock::duration>(
                           kPause, std::chrono::duration_cast<Clock::duration>((Clock::now() - start) / kReadingShare));
  }
  for (const fs::path& snapshot : snapshots) fs::remove_all(snapshot, ignored);
}

}  // namespace tessera::reconstruct
