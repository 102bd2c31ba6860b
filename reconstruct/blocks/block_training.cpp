#include "reconstruct/blocks/block_training.h"

#include "reconstruct/blocks/block_dataset.h"
#include "reconstruct/evaluate/evaluate.h"
#include "reconstruct/run/inputs.h"
#include "reconstruct/run/train_run.h"
#include "reconstruct/train/run_record.h"
#include "reconstruct/train/run_setup.h"
#include "scene/atomic_file.h"
#include "scene/error.h"
#include "scene/formats/cameras_json.h"
#include "scene/formats/ply.h"
#include "scene/image_cache.h"
#include "scene/scene_frame.h"

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
  blocks_ = assign_by_tracks(dataset, plan_.partition, plan_.assignment);
}

fs::path BlockTraining::folder(std::uint32_t block) const { return project_ / "blocks" / std::to_string(block); }

void BlockTraining::save_record(const std::string& state) {
  Plan plan;
  plan.data = plan_.data, plan.run = project_, plan.preset = plan_.preset, plan.options = plan_.options;
  json record = record_json(plan, dataset_, state, clock_);
  record["blocks"] = blocks_.size();
  scene::write_file_atomically(project_ / "run.json", json_text(record) + "\n");
}

bool BlockTraining::train(std::uint32_t block) {
  const fs::path run = folder(block);
  if (run_state(run) == "finished") return true;
  const scene::Dataset part = block_dataset(dataset_, blocks_[block], block_name(block));
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
  TrainRun training(std::move(plan), part, clock, events,
                    grows_within(plan_.partition, block, plan_.assignment.margin));
  return !training.run().stopped;
}

BlockTraining::Outcome BlockTraining::run() {
  scene::make_folder(project_);
  clock_.start("train");
  save_record("training");
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
  clock_.start("merge");
  scene::GaussianModel merged;
  std::size_t trained = 0;
  merged.resize(0, plan_.options.sh_degree);
  for (std::uint32_t block = 0; block < blocks_.size(); ++block) {
    const scene::GaussianModel whole = load_model(folder(block), dataset_);
    trained += whole.size();
    const scene::GaussianModel part = owned_part(whole, plan_.partition, block);
    auto to = merged.planes();
    const auto from = part.planes();
    for (std::size_t k = 0; k < to.size(); ++k) to[k]->insert(to[k]->end(), from[k]->begin(), from[k]->end());
  }
  scene::GaussianModel world = merged;
  scene::transform_model(world, dataset_.scene_from_world.inverse());
  scene::write_splat_ply(world, project_ / "model.ply");
  scene::write_cameras_json(dataset_, project_ / "cameras.json");

  clock_.start("evaluate");
  json metrics = json::object();
  if (plan_.options.eval != "off" && !dataset_.test_views().empty()) {
    scene::ImageCache images(dataset_, static_cast<std::size_t>(plan_.options.image_cache_mb * 1e6));
    EvaluateOptions how;
    how.level = level_of(dataset_, plan_.options.max_image_size);
    how.antialiased = plan_.options.antialiased;
    if (plan_.options.background == "white") how.background = {1, 1, 1};
    const scene::JobContext job{events_.on_progress, events_.on_warning, events_.cancellation};
    const auto rasterizer = render::make_cpu_rasterizer();
    metrics = to_json(evaluate(merged, dataset_, images, *rasterizer, how, job));
  }
  clock_.stop();
  const auto use = resource_use();
  metrics["splats"] = merged.size();
  metrics["trained_splats"] = trained;
  metrics["blocks"] = blocks_.size();
  metrics["iterations"] = plan_.options.iterations;
  metrics["seconds"] = use.seconds;
  metrics["cpu_seconds"] = use.cpu_seconds;
  metrics["peak_memory_bytes"] = use.peak_memory_bytes;
  scene::write_file_atomically(project_ / "metrics.json", json_text(metrics) + "\n");
  save_record("finished");
  return {false, 0, metrics};
}

}  // namespace tessera::reconstruct
