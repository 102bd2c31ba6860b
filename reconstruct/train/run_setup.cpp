#include "reconstruct/train/run_setup.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "reconstruct/train/schedule.h"
#include "scene/error.h"
#include "scene/atomic_file.h"
#include "scene/image_cache.h"
#include "scene/scene_frame.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;

void check_options(const TrainOptions& options) {
  // Options may come from code that bypassed the table: one way in, one set of ranges.
  TrainOptions checked;
  for (const auto& row : train_options_table().rows()) row.set(checked, row.get(options));
}

const scene::Dataset& checked_dataset(const scene::Dataset& dataset) {
  if (dataset.train_views().empty())
    throw scene::Error(dataset.root.string(), "has no training views", "hold out fewer test views or add photos");
  return dataset;
}

int level_of(const scene::Dataset& dataset, int max_image_size) {
  int level = 0;
  for (const scene::View& view : dataset.views)
    level = std::max(level, base_level(view.camera.intrinsics.width, view.camera.intrinsics.height, max_image_size));
  return level;
}

TrainOptions with_one_cap(TrainOptions options, const scene::Dataset& dataset) {
  if (options.pixels_per_splat <= 0) return options;
  const int level = level_of(dataset, options.max_image_size);
  double pixels = 0;
  for (const std::size_t v : dataset.train_views()) {
    const scene::Pinhole k = scene::level_camera(dataset.views[v].camera.intrinsics, level);
    pixels += static_cast<double>(k.width) * k.height;
  }
  const double cap = std::max(1.0, pixels / options.pixels_per_splat);
  if (cap < options.max_splats) options.max_splats = static_cast<int>(cap);
  return options;
}

double extent_of(const scene::Dataset& dataset) {
  std::vector<scene::Rigid> poses;
  for (const std::size_t v : dataset.train_views()) poses.push_back(dataset.views[v].camera.cam_from_world);
  return scene::camera_extent(poses);
}

std::uint32_t evaluation_interval(const std::string& eval) {
  std::uint32_t every = 0;
  std::from_chars(eval.data(), eval.data() + eval.size(), every);
  return every;  // "off" and "end" leave 0
}

void make_run_folder(const fs::path& run, bool previews) {
  scene::make_folder(run);
  if (previews) scene::make_folder(run / "previews");
}

}  // namespace tessera::reconstruct
