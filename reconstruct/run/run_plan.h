#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "reconstruct/provenance.h"
#include "reconstruct/train/training_session.h"
#include "scene/dataset.h"

namespace tessera::reconstruct {

/// What of run.json outlives a resume.
struct History {
  nlohmann::json begun;  // {version, time} of the first start
  nlohmann::json lineage =
      nlohmann::json::array();  // one {step, version, time, changed: {option: {from, to}}} a resume
  nlohmann::json memory =
      nlohmann::json::object();  // {need_bytes, limit_bytes, limit_from, steps: [{option, from, to}]}
};

/// What a training run has been asked for.
struct Plan {
  std::filesystem::path data, run;
  std::string preset;
  TrainOptions options;
  bool resumed = false, from_checkpoint = false;  // resumed without one: killed before the first checkpoint
  History history;
};

/// A new run. Throws scene::Error where `run` exists and is not empty.
Plan plan_new(const std::filesystem::path& data, const std::filesystem::path& run, const std::string& preset);
/// Data, preset and options as run.json has them. `data` says where they are now; empty: where run.json says. Throws
/// scene::Error: no record of a run, nothing to go on from, data that are no longer there.
Plan plan_resumed(const std::filesystem::path& run, const std::filesystem::path& data = {});

History history_of(const nlohmann::json& record);
/// Adds the entry of a resume at `step`.
void add_resume(History& history, std::uint32_t step, const std::vector<OptionChange>& changes);
/// Records what the session needs and what it lowered. A lowered cap becomes the plan's own, so that a resume has the
/// same one wherever it runs. True where that changed the plan's options.
bool take_memory_steps(Plan& plan, const TrainingSession& session);
/// What the user is told about a resume, a line each.
std::vector<std::string> resume_notes(const TrainingSession& session, bool from_checkpoint);

/// The whole of run.json.
nlohmann::json record_json(const Plan& plan, const scene::Dataset& dataset, const std::string& state,
                           const StageClock& clock);

}  // namespace tessera::reconstruct
