#include "reconstruct/run/inputs.h"

#include <algorithm>
#include <cstdint>

#include <nlohmann/json.hpp>

#include "reconstruct/train/run_setup.h"
#include "reconstruct/train/checkpoint.h"
#include "scene/atomic_file.h"
#include "scene/error.h"
#include "scene/formats/ply.h"
#include "scene/options_table.h"
#include "scene/scene_frame.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;
namespace {
constexpr std::uint64_t kPlanesWithoutSh = 11;  // position, scale, rotation, opacity
}

fs::path model_file(const fs::path& run_or_ply) {
  std::error_code error;
  if (!fs::is_directory(run_or_ply, error)) return run_or_ply;
  const fs::path model = run_or_ply / "model.ply";
  if (!fs::exists(model, error))
    throw scene::Error(run_or_ply.string(), "holds no model.ply",
                       fs::exists(run_or_ply / "checkpoint", error)
                           ? "finish the run first: tessera train --resume " + run_or_ply.string()
                           : "name a run folder or a PLY file");
  return model;
}

scene::GaussianModel read_model(const fs::path& ply, const MemoryLimit& limit) {
  const scene::PlyInfo info = scene::probe_ply(ply);
  const auto coefficients = static_cast<std::uint64_t>(scene::sh_coefficients(info.sh_degree));
  const std::uint64_t floats = info.vertices * (kPlanesWithoutSh + 3 * coefficients), need = sizeof(float) * floats;
  std::error_code error;
  const bool whole = fs::file_size(ply, error) >= floats;  // else the count is not to be believed: reading will say so
  const std::uint64_t left = limit.bytes - std::min(limit.held, limit.bytes);
  const auto mb = [](std::uint64_t bytes) { return std::to_string(bytes / 1'000'000) + " MB"; };
  if (info.splats && whole && !error && need > left)
    throw scene::Error(ply.string(),
                       "holds " + std::to_string(info.vertices) + " splats, which need " + mb(need) +
                           " of memory; there are " + mb(left) + " left of those " + limit.source,
                       "close other programs, or open a model with fewer splats");
  return scene::read_splat_ply(ply);
}

scene::GaussianModel load_model(const fs::path& run_or_ply, const scene::Dataset& dataset) {
  scene::GaussianModel model = read_model(model_file(run_or_ply));
  scene::transform_model(model, dataset.scene_from_world);
  return model;
}

scene::GaussianModel newest_model(const fs::path& run, const scene::Dataset& dataset,
                                  const std::function<void(const std::string&)>& warn) {
  std::error_code error;
  const bool has_model = fs::exists(run / "model.ply", error);
  // A run that goes on after its end has a model of the past, and a newer checkpoint.
  if (has_checkpoint(run) && !(has_model && run_state(run) == "finished")) {
    try {
      return load_checkpoint(run, warn).model;
    } catch (const scene::Error& e) {
      warn(e.what());
    }
  }
  return has_model ? load_model(run, dataset) : scene::GaussianModel();
}

std::size_t find_view(const scene::Dataset& dataset, const std::string& name) {
  std::vector<std::string> names;
  std::vector<std::size_t> by_stem;
  for (std::size_t i = 0; i < dataset.views.size(); ++i) {
    const std::string& full = dataset.views[i].name;
    if (full == name) return i;
    if (fs::path(full).stem() == name || fs::path(full).filename() == name) by_stem.push_back(i);
    names.push_back(full);
  }
  if (by_stem.size() == 1) return by_stem.front();
  throw scene::Error("view '" + name + "'",
                     by_stem.empty() ? "the dataset has no such photo" : "several photos have that name",
                     "did you mean '" + scene::detail::nearest_name(name, names) + "'?");
}

namespace {

/// run.json of a run folder, or of the folder that the file is in; null: none that can be read.
nlohmann::json record_of(const fs::path& run_or_ply) {
  if (run_or_ply.empty()) return nullptr;
  std::error_code error;
  const fs::path record = (fs::is_directory(run_or_ply, error) ? run_or_ply : run_or_ply.parent_path()) / "run.json";
  if (!fs::exists(record, error)) return nullptr;
  return nlohmann::json::parse(scene::read_file(record, 64u << 20), nullptr, false);
}

}  // namespace

bool run_antialiased(const fs::path& run_or_ply) {
  const auto json = record_of(run_or_ply);
  return json.is_object() && json.contains("options") && text_of(json["options"], "antialiased", "off") == "on";
}

EvaluateOptions evaluation_of(const TrainOptions& options, const scene::Dataset& dataset) {
  EvaluateOptions evaluation;
  evaluation.split = Split::all;
  evaluation.level = level_of(dataset, options.max_image_size);
  evaluation.antialiased = options.antialiased;
  if (options.background == "white") evaluation.background = {1, 1, 1};
  return evaluation;
}

EvaluateOptions evaluation_of(const fs::path& run_or_ply, const scene::Dataset& dataset) {
  TrainOptions options;
  const auto json = record_of(run_or_ply);
  if (json.is_object() && json.contains("options"))
    for (const char* key : {"max_image_size", "background", "antialiased"})
      if (const std::string value = text_of(json["options"], key, ""); !value.empty())
        train_options_table().set(options, key, value);
  return evaluation_of(options, dataset);
}

std::string run_state(const fs::path& run) {
  std::error_code error;
  if (!fs::is_regular_file(run / "run.json", error)) return {};
  return text_of(nlohmann::json::parse(scene::read_file(run / "run.json", 64u << 20), nullptr, false), "state", "");
}

std::string text_of(const nlohmann::json& object, const char* key, const std::string& fallback) {
  if (!object.is_object() || !object.contains(key) || !object[key].is_string()) return fallback;
  return object[key].get<std::string>();
}

double number_of(const nlohmann::json& object, const char* key, double fallback) {
  if (!object.is_object() || !object.contains(key) || !object[key].is_number()) return fallback;
  return object[key].get<double>();
}

std::string json_text(const nlohmann::json& json, int indent) {
  return json.dump(indent, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace tessera::reconstruct
