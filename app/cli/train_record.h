#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "reconstruct/provenance.h"
#include "reconstruct/train/training_session.h"
#include "scene/dataset.h"

namespace tessera::app {

/// What of run.json outlives a resume.
struct History {
  nlohmann::json begun;  // {version, time} of the first start
  nlohmann::json lineage =
      nlohmann::json::array();  // one {step, version, time, changed: {option: {from, to}}} a resume
  nlohmann::json memory =
      nlohmann::json::object();  // {need_bytes, limit_bytes, limit_from, steps: [{option, from, to}]}
};

/// What `tessera train` has been asked for.
struct Plan {
  std::filesystem::path data, run;
  std::string preset;
  reconstruct::TrainOptions options;
  bool resumed = false, from_checkpoint = false;  // resumed without one: killed before the first checkpoint
  History history;
};

History history_of(const nlohmann::json& record);
/// Adds the entry of a resume at `step`.
void add_resume(History& history, std::uint32_t step, const std::vector<reconstruct::OptionChange>& changes);
/// Records what the session needs and what it lowered. A lowered cap becomes the plan's own, so that a resume has the
/// same one wherever it runs. True where that changed the plan's options.
bool take_memory_steps(Plan& plan, const reconstruct::TrainingSession& session);
/// What the user is told about a resume, a line each.
std::vector<std::string> resume_notes(const reconstruct::TrainingSession& session, bool from_checkpoint);

/// The whole of run.json.
nlohmann::json record_json(const Plan& plan, const scene::Dataset& dataset, const std::string& state,
                           const reconstruct::StageClock& clock);

}  // namespace tessera::app
