#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "reconstruct/evaluate/evaluate.h"
#include "reconstruct/train/train_options.h"
#include "reconstruct/train/memory_plan.h"
#include "scene/dataset.h"
#include "scene/gaussian_model.h"

namespace tessera::reconstruct {

/// model.ply of a run folder, or the file itself.
std::filesystem::path model_file(const std::filesystem::path& run_or_ply);
/// Reads a 3DGS PLY. Throws scene::Error as scene::read_splat_ply, and first of all where the memory that is left, as of
/// the limit, does not hold it: where memory is lent out freely a program learns of that by being killed.
scene::GaussianModel read_model(const std::filesystem::path& ply, const MemoryLimit& limit = machine_limit(1));
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
/// How the scores of the model's run are taken: resolution, background and antialiasing as its run.json says, the
/// defaults of training where there is none or it cannot be read. All views, no pictures.
EvaluateOptions evaluation_of(const std::filesystem::path& run_or_ply, const scene::Dataset& dataset);
EvaluateOptions evaluation_of(const TrainOptions& options, const scene::Dataset& dataset);
/// "training", "interrupted" or "finished", as run.json says; empty where the folder is no run.
std::string run_state(const std::filesystem::path& run);
/// object[key] where it is text (a number), else `fallback`: records may have been edited by hand.
std::string text_of(const nlohmann::json& object, const char* key, const std::string& fallback);
double number_of(const nlohmann::json& object, const char* key, double fallback);
/// Text of a result; file names are bytes to the file system, and what is not UTF-8 in them is shown as U+FFFD.
std::string json_text(const nlohmann::json& json, int indent = 2);

}  // namespace tessera::reconstruct
