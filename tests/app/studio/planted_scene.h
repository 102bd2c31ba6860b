#pragma once

#include <filesystem>

#include "scene/gaussian_model.h"

namespace tessera::test {

/// A finished run whose photos are the model's own pictures, but for one splat too many: what is wrong, and where, is
/// known exactly.
struct PlantedScene {
  static constexpr int kWidth = 192, kHeight = 120, kViews = 4;
  static constexpr int kWrongView = 1, kWrongX = 120, kWrongY = 40;  // the pixel that the wrong splat's middle covers
  std::filesystem::path dataset, run;
  std::size_t wrong_row = 0;  // of the run's model

  /// Writes photos, poses, model and record below the folder.
  explicit PlantedScene(const std::filesystem::path& folder);
};

}  // namespace tessera::test
