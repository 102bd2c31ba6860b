// The part of Workspace that knows blocks.
#include <nlohmann/json.hpp>

#include "app/studio/workspace.h"
#include "reconstruct/blocks/block_training.h"
#include "reconstruct/blocks/plan_map.h"
#include "reconstruct/project/project.h"
#include "reconstruct/run/inputs.h"
#include "reconstruct/train/run_record.h"
#include "scene/error.h"

namespace tessera::app {
namespace fs = std::filesystem;

namespace {
constexpr double kBeat = 1;  // seconds between what a block's job says of itself: people watch
}

QString Workspace::score_text(const nlohmann::json& metrics) {
  if (!metrics.contains("test") || !metrics["test"].is_object()) return {};
  return tr(": %1 dB on held-out photos").arg(metrics["test"]["psnr"].get<double>(), 0, 'f', 2);
}

std::shared_ptr<const reconstruct::BlockPlan> Workspace::read_plan(const fs::path& run, const fs::path& project,
                                                                   const scene::Dataset& dataset) {
  for (const fs::path& home : {run, project}) {
    if (home.empty() || !reconstruct::has_block_plan(home)) continue;
    try {
      auto plan = std::make_shared<reconstruct::BlockPlan>(reconstruct::read_block_plan(home));
      if (plan->data_fingerprint != reconstruct::fingerprint(dataset))
        throw scene::Error((home / "plan.json").string(), "was made for other photos, poses or points", "make it anew");
      return plan;
    } catch (const scene::Error& e) {
      teller()(e.what());
    }
  }
  return nullptr;
}

void Workspace::write_plan(reconstruct::BlockPlan plan) {
  if (busy() || !dataset_) return;
  if (read_only()) return Q_EMIT failed(tr("%1 is open to look at only").arg(QString::fromStdString(path_.string())));
  begin(State::loading, [this, dataset = dataset_, plan = std::move(plan), run = next_run()] {
    const auto project = project_to_train_in(dataset, run, [this, plan](const fs::path&) { write_plan(plan); });
    if (!project)
      throw scene::Error("plan.json", "there is no project to keep it in", "open the photos or the dataset");
    const auto blocks = reconstruct::block_data(*dataset, plan);
    reconstruct::write_block_plan(plan, project->folder());
    reconstruct::write_plan_map(
        reconstruct::plan_map(plan, *dataset, blocks, reconstruct::forecast(plan, *dataset, blocks)),
        project->folder());
    const auto file = QString::fromStdString((project->folder() / "plan.json").string());
    post([this, file] { Q_EMIT finished(tr("Wrote %1").arg(file)); });
  });
}

void Workspace::train_blocks(reconstruct::BlockPlan plan, fs::path run) {
  if (busy() || !dataset_) return;
  if (read_only()) return Q_EMIT failed(tr("%1 is open to look at only").arg(QString::fromStdString(path_.string())));
  run_ = run;
  block_plan_ = std::make_shared<reconstruct::BlockPlan>(plan);
  trains_blocks_ = true;
  {
    const std::lock_guard lock(run_mutex_);
    pause_wanted_ = false, next_options_.reset();
  }
  begin(State::training, [this, dataset = dataset_, plan = std::move(plan), run] { train(dataset, plan, run); });
}

void Workspace::train(const std::shared_ptr<const scene::Dataset>& dataset, const reconstruct::BlockPlan& plan,
                      const fs::path& run) {
  const auto project = project_to_train_in(dataset, run, [this, plan](const fs::path& to) { train_blocks(plan, to); });
  reconstruct::BlockTraining::Options how;
  how.lease.beat = kBeat;
  reconstruct::BlockTraining training(plan, run, *dataset, train_events(), how);
  if (!reconstruct::has_block_plan(run)) reconstruct::write_block_plan(plan, run);
  if (project) project->set_run(run);
  const auto outcome = training.run();
  if (outcome.stopped) return end_training(nullptr, false, tr("Stopped; the blocks can be resumed"));
  const auto model = std::make_shared<scene::GaussianModel>(reconstruct::load_model(run, *dataset));
  end_training(model, plan.options.antialiased,
               tr("Finished %1 blocks").arg(plan.partition.cells()) + score_text(outcome.metrics));
}

}  // namespace tessera::app
