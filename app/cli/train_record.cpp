#include "app/cli/train_record.h"

#include <algorithm>
#include <ctime>

namespace tessera::app {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

/// Version and UTC time of this start.
json now_json() {
  static const std::string time = [] {
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    ::gmtime_r(&now, &utc);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return std::string(text);
  }();
  return {{"version", reconstruct::version_text()}, {"time", time}};
}

}  // namespace

History history_of(const json& record) {
  History history;
  if (record.contains("begun") && record["begun"].is_object()) history.begun = record["begun"];
  if (record.contains("lineage") && record["lineage"].is_array()) history.lineage = record["lineage"];
  if (record.contains("memory") && record["memory"].is_object()) history.memory = record["memory"];
  return history;
}

void add_resume(History& history, std::uint32_t step, const std::vector<reconstruct::OptionChange>& changes) {
  json changed = json::object();
  for (const auto& change : changes) changed[change.name] = {{"from", change.before}, {"to", change.now}};
  json entry = now_json();
  entry["step"] = step;
  entry["changed"] = changed;
  history.lineage.push_back(entry);
}

bool take_memory_steps(Plan& plan, const reconstruct::TrainingSession& session) {
  const reconstruct::MemoryPlan& memory = session.memory();
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

std::vector<std::string> resume_notes(const reconstruct::TrainingSession& session, bool from_checkpoint) {
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

json record_json(const Plan& plan, const scene::Dataset& dataset, const std::string& state,
                 const reconstruct::StageClock& clock) {
  json options = json::object();
  for (const auto& row : reconstruct::train_options_table().rows()) options[row.spec.name] = row.get(plan.options);
  const auto use = reconstruct::resource_use();
  return {{"version", reconstruct::version_text()},
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
          {"machine", reconstruct::machine_json()},
          {"stages", clock.to_json()},
          {"warnings", dataset.warnings},
          {"seconds", use.seconds},
          {"cpu_seconds", use.cpu_seconds},
          {"peak_memory_bytes", use.peak_memory_bytes}};
}

}  // namespace tessera::app
