#include "reconstruct/ingest/photo_states.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "reconstruct/ingest/photo_set.h"
#include "scene/atomic_file.h"
#include "scene/error.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr std::uintmax_t kLargestFile = 64 << 20;
constexpr const char* kChoicesFile = "choices.json";

/// Null where it is not there or not JSON.
json read_json(const fs::path& file) {
  std::error_code error;
  if (!fs::exists(file, error)) return nullptr;
  try {
    return json::parse(scene::read_file(file, kLargestFile), nullptr, false);
  } catch (const scene::Error&) {
    return nullptr;
  }
}

std::string text(const json& object, const char* key) {
  if (!object.is_object()) return {};
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

json list(const json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_array() ? *it : json::array();
}

}  // namespace

PhotoStates read_photo_states(const scene::Dataset& dataset) {
  PhotoStates states;
  std::set<std::string> known;
  for (const scene::View& view : dataset.views) known.insert(view.name);
  if (const json report = read_json(dataset.root / "sfm" / "report.json"); report.is_object()) {
    const fs::path photos = text(report, "photos");
    for (const json& photo : list(report, "failed"))
      if (const std::string name = text(photo, "name"); !name.empty() && known.insert(name).second)
        states.unregistered.push_back({name, text(photo, "reason"), photos.empty() ? fs::path() : photos / name});
    states.knows_blur = report.contains("blurred");
    for (const json& name : list(report, "blurred"))
      if (name.is_string()) states.blurred.insert(name.get<std::string>());
  }
  std::error_code error;
  const fs::path images = dataset.root / "images";
  for (fs::recursive_directory_iterator it(images, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().lexically_relative(images).generic_string();
    std::error_code ignored;
    if (name.starts_with('.') || !has_picture_extension(it->path()) || !it->is_regular_file(ignored)) continue;
    if (known.insert(name).second) states.unregistered.push_back({name, "the model has no pose for it", it->path()});
  }
  std::sort(states.unregistered.begin(), states.unregistered.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return states;
}

void write_choices(const fs::path& out, const SfmOptions& options) {
  const json choices{{"leave_out", options.leave_out}, {"frames_per_second", options.frames_per_second}};
  scene::write_file_atomically(out / "sfm" / kChoicesFile,
                               choices.dump(1, ' ', false, json::error_handler_t::replace) + "\n");
}

SfmOptions read_choices(const fs::path& out) {
  SfmOptions options;
  const json choices = read_json(out / "sfm" / kChoicesFile);
  if (!choices.is_object()) return options;
  for (const json& name : list(choices, "leave_out"))
    if (name.is_string()) options.leave_out.push_back(name.get<std::string>());
  const double rate =
      choices.value("frames_per_second", json()).is_number() ? choices["frames_per_second"].get<double>() : 0;
  if (rate > 0) options.frames_per_second = rate;
  return options;
}

PoseState pose_state(const fs::path& out) {
  std::error_code error;
  if (fs::exists(out / "sfm" / "report.json", error) && fs::exists(out / "sparse" / "0", error))
    return PoseState::finished;
  return fs::exists(out / "sfm" / "state.json", error) ? PoseState::begun : PoseState::none;
}

}  // namespace tessera::reconstruct
