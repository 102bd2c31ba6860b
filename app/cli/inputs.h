#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "app/cli/console.h"
#include "scene/dataset.h"
#include "scene/gaussian_model.h"

namespace tessera::app {

/// model.ply of a run folder, or the file itself.
std::filesystem::path model_file(const std::filesystem::path& run_or_ply);
/// Reads a model and brings it into the dataset's scene frame.
scene::GaussianModel load_model(const std::filesystem::path& run_or_ply, const scene::Dataset& dataset);
/// load_dataset with progress and warnings on the console.
scene::Dataset open_dataset(const std::filesystem::path& path, Console& console);
/// First resolution level at which every photo's longer side is at most `max_image_size`.
int level_for(const scene::Dataset& dataset, int max_image_size);
/// The view of that name; also by file name without folder or extension where that is unique. Throws scene::Error with
/// the nearest name.
std::size_t find_view(const scene::Dataset& dataset, const std::string& name);
/// What run.json of the model's folder says, or the default.
bool run_antialiased(const std::filesystem::path& run_or_ply);
/// object[key] where it is text, else `fallback`: records may have been edited by hand.
std::string text_of(const nlohmann::json& object, const char* key, const std::string& fallback);
/// Creates a folder (and its parents). Throws scene::Error naming it.
void make_folder(const std::filesystem::path& folder);

}  // namespace tessera::app
