#include "reconstruct/blocks/block_training.h"

#include "reconstruct/blocks/block_dataset.h"
#include "reconstruct/blocks/merge.h"
#include "reconstruct/blocks/shared_exposure.h"
#include "reconstruct/run/inputs.h"
#include "reconstruct/run/train_run.h"
#include "reconstruct/train/run_record.h"
#include "scene/atomic_file.h"
#include "scene/error.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

std::string block_name(std::uint32_t block) { return "block " + std::to_string(block); }

}  // namespace

BlockTraining::BlockTraining(BlockPlan plan, fs::path project, const scene::Dataset& dataset, TrainEvents events)
    : plan_(std::move(plan)), project_(std::move(project)), dataset_(dataset), events_(std::move(events)) {
  if (fingerprint(dataset) != plan_.data_fingerprint)
    throw scene::Error((project_ / "plan.json").string(), "was made for other photos, poses or points",
                       "make it anew: tessera plan");
  blocks_ = block_data(dataset, plan_);
}

void BlockTraining::save_record(const std::string& state) {
  Plan plan;
  plan.data = plan_.data, plan.run = project_, plan.preset = plan_.preset, plan.options = plan_.options;
  json record = record_json(plan, dataset_, state, clock_);
  record["blocks"] = blocks_.size();
  scene::write_file_atomically(project_ / "run.json", json_text(record) + "\n");
}

bool BlockTraining::train(std::uint32_t block) {
  const fs::path run = block_folder(project_, block);
  const scene::Dataset part = block_dataset(dataset_, blocks_[block], block_name(block));
  if (run_state(run) == "finished") {
    write_owned_part(plan_, project_, part, block, {{}, events_.on_warning, events_.cancellation});
    return true;
  }
  Plan plan;
  if (run_state(run).empty()) {
    plan = plan_new(plan_.data, run, plan_.preset);
  } else {
    plan = plan_resumed(run, plan_.data);
  }
  plan.options = block_options(plan_, block);
  TrainEvents events = events_;
  events.on_progress = [this, block](const scene::Progress& p) {
    scene::Progress named = p;
    named.stage = block_name(block) + ", " + p.stage;
    if (events_.on_progress) events_.on_progress(named);
  };
  scene::make_folder(run.parent_path());
  StageClock clock;
  clock.start("initialise");
  TrainRun training(
      std::move(plan), part, clock, events,
      {grows_within(plan_.partition, block, plan_.assignment.margin), exposure_of(exposure_, blocks_[block])});
  if (training.run().stopped) return false;
  write_owned_part(plan_, project_, part, block, {{}, events_.on_warning, events_.cancellation});
  return true;
}

BlockTraining::Outcome BlockTraining::run() {
  scene::make_folder(project_);
  clock_.start("train");
  save_record("training");
  exposure_ = shared_exposure(dataset_, plan_.options, project_,
                              {events_.on_progress, events_.on_warning, events_.cancellation});
  for (std::uint32_t block = 0; block < blocks_.size(); ++block) {
    if (events_.on_note)
      events_.on_note(block_name(block) + " of " + std::to_string(blocks_.size()) + ": " +
                      std::to_string(blocks_[block].views.size()) + " photos, " +
                      std::to_string(blocks_[block].points.size()) + " points and " +
                      std::to_string(blocks_[block].auxiliary.size()) + " beyond");
    if (train(block)) continue;
    save_record("interrupted");
    return {true, block, {}};
  }
  return merge();
}

BlockTraining::Outcome BlockTraining::merge() {
  json metrics = merge_blocks(plan_, project_, dataset_, events_, clock_);
  save_record("finished");
  return {false, 0, std::move(metrics)};
}

}  // namespace tessera::reconstruct
