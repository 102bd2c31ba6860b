#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "render/rasterizer.h"
#include "scene/dataset.h"
#include "scene/gaussian_model.h"
#include "scene/image_cache.h"
#include "scene/progress.h"

namespace tessera::reconstruct {

enum class Split { test, train, all };

struct ViewScore {
  std::string name;
  bool test = false;
  double psnr = 0, psnr_corrected = 0, ssim = 0, ssim_standard = 0, ms_ssim = 0;
};
struct Scores {
  std::vector<ViewScore> views;
  /// Means over the views of one split; nullopt where it is empty.
  std::optional<ViewScore> mean(bool test) const;
};

struct EvaluateOptions {
  Split split = Split::test;
  int level = 0;  // resolution level of the photos
  std::array<float, 3> background{0, 0, 0};
  bool antialiased = false;
  std::filesystem::path pictures;  // folder for error maps (NAME_error.png) and contact_sheet.png; empty: none
  int contact_sheet_views = 8;     // rows at most: render, truth, error side by side
};

/// Renders each view of the split and scores it. `model` in the dataset's scene frame.
Scores evaluate(const scene::GaussianModel& model, const scene::Dataset& dataset, scene::ImageCache& images,
                render::Rasterizer& rasterizer, const EvaluateOptions& options, const scene::JobContext& job = {});

/// {"test": {"psnr", "ssim", "ssim_standard", "ms_ssim", "psnr_corrected", "views": COUNT}, "train": {...}, "views":
/// [{"name", "split", ...}]}; a split without views is left out.
nlohmann::json to_json(const Scores& scores);

}  // namespace tessera::reconstruct
