#include "reconstruct/blocks/block_training.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <thread>

#include "reconstruct/blocks/block_dataset.h"
#include "reconstruct/blocks/forecast.h"
#include "reconstruct/blocks/merge.h"
#include "reconstruct/blocks/shared_exposure.h"
#include "reconstruct/blocks/start_scene.h"
#include "reconstruct/run/inputs.h"
#include "reconstruct/run/train_run.h"
#include "reconstruct/train/checkpoint.h"
#include "reconstruct/train/run_record.h"
#include "scene/atomic_file.h"
#include "scene/error.h"
#include "scene/process.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

/// What a worker has left that was killed before its run had a record: nothing that was trained.
void clear_unbegun(const fs::path& run) {
  std::error_code error;
  if (fs::is_directory(run, error) && run_state(run).empty() && !has_checkpoint(run) &&
      !fs::exists(run / "model.ply", error))
    fs::remove_all(run, error);
}

}  // namespace

BlockTraining::BlockTraining(BlockPlan plan, fs::path project, const scene::Dataset& dataset, TrainEvents events,
                             Options options)
    : plan_(std::move(plan)),
      project_(std::move(project)),
      dataset_(dataset),
      events_(std::move(events)),
      options_(options) {
  if (fingerprint(dataset) != plan_.data_fingerprint)
    throw scene::Error((project_ / "plan.json").string(), "was made for other photos, poses or points",
                       "make it anew: tessera plan");
  if (plan_.start) check_start(plan_.start);
  blocks_ = block_data(dataset, plan_);
  for (const BlockForecast& block : forecast(plan_, dataset, blocks_).blocks)
    costs_.cpu_seconds.push_back(block.cpu_seconds), costs_.memory_bytes.push_back(block.memory_bytes);
  if (options_.only && *options_.only >= blocks_.size())
    throw scene::Error(block_name(*options_.only), "is not in the plan, which has " + std::to_string(blocks_.size()),
                       "give one from 0 to " + std::to_string(blocks_.size() - 1));
}

std::function<scene::GaussianModel()> BlockTraining::start_of(std::uint32_t block) const {
  if (!plan_.start) return {};
  return [this, block] { return start_model(plan_, dataset_, block); };
}

void BlockTraining::save_record(const std::string& state) {
  Plan plan;
  plan.data = plan_.data, plan.run = project_, plan.preset = plan_.preset, plan.options = plan_.options;
  json record = record_json(plan, dataset_, state, clock_);
  record["blocks"] = blocks_.size();
  scene::write_file_atomically(project_ / "run.json", json_text(record) + "\n");
}

void BlockTraining::note(const std::string& line) const {
  if (events_.on_note) events_.on_note(line);
}

void BlockTraining::wait(double seconds) {
  constexpr double kSlice = 0.05;  // Ctrl-C is heard within it
  for (double waited = 0; waited < seconds && !cancelled(); waited += kSlice)
    std::this_thread::sleep_for(std::chrono::duration<double>(kSlice));
}

/// The worker's own block in the light of all.
void BlockTraining::report(std::uint32_t block, JobClaim& claim, const scene::Progress& p) {
  if (p.stage == "training" && p.total > 0) {
    own_.share = p.done / p.total, own_.remaining = p.seconds_remaining;
    if (own_.share < 1 && own_.remaining >= 0) own_.whole = own_.remaining / (1 - own_.share);
    claim.report(own_);
  }
  if (!events_.on_progress) return;
  if (const double now = resource_use().seconds; now - looked_ >= options_.lease.beat) {
    jobs_->look();
    looked_ = now;
  }
  jobs_->set_progress(block, own_);
  scene::Progress all = jobs_->progress();
  const std::string share =
      p.total > 0 ? " " + std::to_string(static_cast<int>(100 * p.done / p.total)) + " %" : std::string();
  all.detail += "; " + block_name(block) + ": " + p.stage + share + (p.detail.empty() ? "" : ", " + p.detail);
  events_.on_progress(all);
}

bool BlockTraining::train(std::uint32_t block, JobClaim& claim) {
  const fs::path run = block_folder(project_, block);
  if (run_state(run) != "finished") {
    const scene::Dataset part = block_dataset(dataset_, blocks_[block], block_name(block));
    clear_unbegun(run);
    Plan plan = run_state(run).empty() ? plan_new(plan_.data, run, plan_.preset) : plan_resumed(run, plan_.data);
    plan.options = block_options(plan_, block);
    remove_leavings(run, {});
    TrainRun* training = nullptr;
    TrainEvents events = events_;
    events.on_progress = [&](const scene::Progress& p) { report(block, claim, p); };
    events.on_step = [&](const TrainMetrics& m) {
      if (claim.lost()) training->session()->stop();
      if (events_.on_step) events_.on_step(m);
    };
    scene::make_folder(run.parent_path());
    StageClock clock;
    clock.start("initialise");
    TrainRun it(std::move(plan), part, clock, events,
                {grows_within(plan_.partition, block, plan_.assignment.margin), start_of(block),
                 exposure_of(exposure_, blocks_[block]), [&claim] { claim.check(); }});
    training = &it;
    if (it.run().stopped) return false;
  }
  claim.check();
  scene::give_back_memory();
  write_part(block);
  scene::give_back_memory();
  return true;
}

/// Merging uses it up: a later one needs it again.
void BlockTraining::write_part(std::uint32_t block) {
  std::error_code error;
  if (fs::exists(block_folder(project_, block) / "owned.ply", error)) return;
  write_owned_part(plan_, project_, block_dataset(dataset_, blocks_[block], block_name(block)), block,
                   {{}, events_.on_warning, events_.cancellation});
}

void BlockTraining::failed(std::uint32_t block, JobClaim& claim, const std::string& problem) {
  claim.fail(problem);
  const bool again = jobs_->state(block).attempts + 1 < BlockJobs::kAttempts;
  if (events_.on_warning)
    events_.on_warning(block_name(block) + " failed: " + problem +
                       (again ? "; it is tried once more" : "; the others go on"));
}

bool BlockTraining::work(std::uint32_t block, JobClaim& claim) {
  if (!recorded_) save_record("training");  // nobody merges, and so ends the record, while this block is to be done
  recorded_ = true;
  own_ = {};
  jobs_->look();
  note(block_name(block) + " of " + std::to_string(blocks_.size()) + ": " +
       std::to_string(blocks_[block].views.size()) + " photos, " + std::to_string(blocks_[block].points.size()) +
       " points and " + std::to_string(blocks_[block].auxiliary.size()) + " beyond");
  const auto lost = [&] {
    note(block_name(block) + " was taken over by another worker while this one was cut off; it goes on with the next");
    return true;
  };
  try {
    if (train(block, claim)) {
      claim.done();
      return true;
    }
    if (claim.lost()) return lost();
  } catch (const scene::Cancelled&) {
  } catch (const scene::Locked& e) {  // by somebody who does not ask for claims, or whose lease has run out
    if (options_.only) throw;
    note(e.what());
    jobs_->avoid(block);
    wait(options_.poll);
    return true;
  } catch (const scene::Error& e) {
    if (claim.lost()) return lost();
    if (cancelled()) throw;
    failed(block, claim, e.what());
    return true;
  } catch (const std::bad_alloc&) {
    failed(block, claim, "out of memory; use smaller pictures or fewer splats, or fewer workers on this machine");
    return true;
  }
  jobs_->look();
  if (jobs_->running() <= 1) save_record("interrupted");
  return false;
}

bool BlockTraining::is_merged() const {
  std::error_code error;
  const auto merged = fs::last_write_time(project_ / "model.ply", error);
  if (error || run_state(project_) != "finished") return false;
  for (std::uint32_t block = 0; block < blocks_.size(); ++block)
    if (const auto part = fs::last_write_time(block_folder(project_, block) / "model.ply", error);
        error || part > merged)
      return false;
  return fs::is_regular_file(project_ / "metrics.json", error);
}

BlockTraining::Outcome BlockTraining::run() {
  scene::make_folder(project_);
  jobs_.emplace(project_, costs_.cpu_seconds, options_.lease);
  clock_.start("train");
  const scene::JobContext job{events_.on_progress, events_.on_warning, events_.cancellation};
  exposure_ = shared_exposure(dataset_, plan_.options, project_, job);
  const auto one = options_.only;
  const bool helper = options_.helper;
  bool told = false;
  for (bool first = true; !cancelled(); first = false) {
    jobs_->look();
    if (one && jobs_->state(*one).is == JobState::Is::running)
      throw scene::Error(block_name(*one), "is being trained by " + jobs_->state(*one).who,
                         "wait for that, or name another block");
    if (helper && jobs_->open().empty()) return {};
    if (jobs_->all_done()) {
      if (is_merged()) return {false, first ? json::parse(scene::read_file(project_ / "metrics.json")) : json()};
      if (jobs_->merge_state().is == JobState::Is::failed)
        throw scene::Error("merge", jobs_->merge_state().problem, "run it again: tessera train " + project_.string());
      if (const auto claim = jobs_->claim_merge()) return merge(*claim);
      if (one) return {};
    } else {
      if (one && jobs_->state(*one).is == JobState::Is::done) return {};
      std::vector<std::uint32_t> open = jobs_->open();
      if (one) std::erase_if(open, [&](std::uint32_t block) { return block != *one; });
      if (open.empty() && (one || jobs_->running() == 0)) throw jobs_->failure();
      std::unique_ptr<JobClaim> claim;
      auto block = open.begin();
      while (block != open.end() && !(claim = jobs_->claim(*block))) ++block;
      if (claim) {
        if (!work(*block, *claim)) return {true, {}};
        continue;
      }
    }
    if (!told) note("what is left is being done by others; waiting for them");
    told = true;
    if (events_.on_progress) events_.on_progress(jobs_->progress());
    wait(options_.poll);
  }
  return {true, {}};
}

BlockTraining::Outcome BlockTraining::merge(JobClaim& claim) {
  remove_leavings(project_, {});
  try {
    for (std::uint32_t block = 0; block < blocks_.size(); ++block) write_part(block);
    json metrics = merge_blocks(plan_, project_, dataset_, events_, clock_);
    save_record("finished");
    claim.done();
    return {false, std::move(metrics)};
  } catch (const scene::Cancelled&) {
    save_record("interrupted");
    return {true, {}};
  } catch (const scene::Error& e) {
    claim.fail(e.what());
    throw;
  }
}

}  // namespace tessera::reconstruct
