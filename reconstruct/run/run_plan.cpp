#include "reconstruct/run/run_plan.h"

#include <algorithm>
#include <ctime>

#include "reconstruct/run/inputs.h"
#include "scene/atomic_file.h"
#include "scene/error.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

/// Version and UTC time of this start.
json now_json() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return {{"version", version_text()}, {"time", text}};
}

/// Killed before the first checkpoint: nothing is lost by starting again.
bool not_begun(const fs::path& run, const json& record) {
  std::error_code error;
  return text_of(record, "state", "") == "training" && !fs::exists(run / "model.ply", error);
}

}  // namespace

Plan plan_new(const fs::path& data, const fs::path& run, const std::string& preset) {
  Plan plan;
  plan.data = data, plan.run = run, plan.preset = preset;
  plan.history.begun = now_json();
  apply_preset(plan.options, preset);
  std::error_code error;
  if (fs::exists(run, error) && !(fs::is_directory(run, error) && fs::is_empty(run, error)))
    throw scene::Error(run.string(), "already exists",
                       TrainingSession::has_checkpoint(run)
                           ? "go on with it (tessera train --resume " + run.string() + ") or choose another --out"
                           : "choose another --out");
  return plan;
}

Plan plan_resumed(const fs::path& run, const fs::path& data) {
  Plan plan;
  plan.run = run;
  plan.resumed = true;
  const fs::path record = run / "run.json";
  const json saved = json::parse(scene::read_file(record, 64u << 20), nullptr, false);
  if (!saved.is_object() || !saved.contains("options") || !saved["options"].is_object() || !saved.contains("data") ||
      !saved["data"].is_string())
    throw scene::Error(record.string(), "is not the record of a run",
                       "name a folder that tessera train --out has made");
  plan.from_checkpoint = TrainingSession::has_checkpoint(run);
  if (!plan.from_checkpoint && !not_begun(run, saved))
    throw scene::Error(run.string(), "has no checkpoint to go on from", "start it again with another --out");
  plan.data = data.empty() ? fs::path(saved["data"].get<std::string>()) : data;
  std::error_code error;
  if (!fs::exists(plan.data, error))
    throw scene::Error(plan.data.string(), "is no longer there",
                       "name the data's new place: tessera train DATA --resume " + run.string());
  plan.preset = text_of(saved, "preset", "standard");
  plan.history = history_of(saved);
  for (const auto& [key, value] : saved["options"].items()) {
    if (!value.is_string()) throw scene::Error(record.string(), "option '" + key + "' is not text", "restore the file");
    train_options_table().set(plan.options, key, value.get<std::string>());
  }
  return plan;
}

History history_of(const json& record) {
  History history;
  if (record.contains("begun") && record["begun"].is_object()) history.begun = record["begun"];
  if (record.contains("lineage") && record["lineage"].is_array()) history.lineage = record["lineage"];
  if (record.contains("memory") && record["memory"].is_object()) history.memory = record["memory"];
  return history;
}

void add_resume(History& history, std::uint32_t step, const std::vector<OptionChange>& changes) {
  json changed = json::object();
  for (const auto& change : changes) changed[change.name] = {{"from", change.before}, {"to", change.now}};
  json entry = now_json();
  entry["step"] = step;
  entry["changed"] = changed;
  history.lineage.push_back(entry);
}

bool take_memory_steps(Plan& plan, const TrainingSession& session) {
  const MemoryPlan& memory = session.memory();
  json& record = plan.history.memory;
  json steps = record.contains("steps") && record["steps"].is_array() ? record["steps"] : json::array();
  bool lowered = false;
  for (const auto& step : memory.steps) {
    const json entry = {{"option", step.name}, {"from", step.before}, {"to", step.now}};
    if (std::find(steps.begin(), steps.end(), entry) == steps.end()) steps.push_back(entry);
    if (step.name != "max_splats") continue;
    plan.options.max_splats = memory.options.max_splats;
    lowered = true;
  }
  record = {{"need_bytes", memory.need.total()},
            {"limit_bytes", memory.limit.bytes},
            {"limit_from", memory.limit.source},
            {"steps", steps}};
  return lowered;
}

std::vector<std::string> resume_notes(const TrainingSession& session, bool from_checkpoint) {
  if (!from_checkpoint) return {"there is no checkpoint yet: starting from the beginning"};
  const std::uint32_t step = session.current_step();
  std::vector<std::string> lines{"going on from step " + std::to_string(step)};
  for (const auto& change : session.changes()) {
    if (change.harmless) continue;
    std::string line = "changed: " + change.name + " from " + change.before + " to " + change.now;
    if (change.name == "iterations") {
      char share[64];
      std::snprintf(share, sizeof share, "; schedules go on as at %.0f %% of a run of that length",
                    100.0 * step / session.options().iterations);
      line += share;
    }
    lines.push_back(line);
  }
  return lines;
}

json record_json(const Plan& plan, const scene::Dataset& dataset, const std::string& state, const StageClock& clock) {
  json options = json::object();
  for (const auto& row : train_options_table().rows()) options[row.spec.name] = row.get(plan.options);
  const auto use = resource_use();
  return {{"version", version_text()},
          {"state", state},
          {"data", fs::absolute(plan.data).lexically_normal().string()},
          {"format", dataset.format},
          {"views", dataset.views.size()},
          {"train_views", dataset.train_views().size()},
          {"test_views", dataset.test_views().size()},
          {"sparse_points", dataset.points.size()},
          {"preset", plan.preset},
          {"options", options},
          {"begun", plan.history.begun.is_null() ? now_json() : plan.history.begun},
          {"lineage", plan.history.lineage},
          {"memory", plan.history.memory},
          {"machine", machine_json()},
          {"stages", clock.to_json()},
          {"warnings", dataset.warnings},
          {"seconds", use.seconds},
          {"cpu_seconds", use.cpu_seconds},
          {"peak_memory_bytes", use.peak_memory_bytes}};
}

}  // namespace tessera::reconstruct
