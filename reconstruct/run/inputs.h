#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "scene/dataset.h"
#include "scene/gaussian_model.h"

namespace tessera::reconstruct {

/// model.ply of a run folder, or the file itself.
std::filesystem::path model_file(const std::filesystem::path& run_or_ply);
/// Reads a model and brings it into the dataset's scene frame.
scene::GaussianModel load_model(const std::filesystem::path& run_or_ply, const scene::Dataset& dataset);
/// What a run has come to, in the dataset's scene frame: model.ply once it has finished, else the model of its newest
/// whole checkpoint. Empty where there is neither; what cannot be read is told to `warn`.
scene::GaussianModel newest_model(const std::filesystem::path& run, const scene::Dataset& dataset,
                                  const std::function<void(const std::string&)>& warn);
/// The view of that name; also by file name without folder or extension where that is unique. Throws scene::Error with
/// the nearest name.
std::size_t find_view(const scene::Dataset& dataset, const std::string& name);
/// What run.json of the model's folder says, or the default.
bool run_antialiased(const std::filesystem::path& run_or_ply);
/// "training", "interrupted" or "finished", as run.json says; empty where the folder is no run.
std::string run_state(const std::filesystem::path& run);
/// object[key] where it is text, else `fallback`: records may have been edited by hand.
std::string text_of(const nlohmann::json& object, const char* key, const std::string& fallback);
/// Text of a result; file names are bytes to the file system, and what is not UTF-8 in them is shown as U+FFFD.
std::string json_text(const nlohmann::json& json, int indent = 2);

}  // namespace tessera::reconstruct
