#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "reconstruct/blocks/block_jobs.h"
#include "reconstruct/blocks/block_plan.h"
#include "reconstruct/blocks/concurrency.h"
#include "reconstruct/provenance.h"
#include "reconstruct/train/training_session.h"
#include "scene/dataset.h"

namespace tessera::reconstruct {

/// One worker on a plan: claims a block that nobody works on, trains it as a run of its own in PROJECT/blocks/N, and so
/// on until there is none left; one of the workers then merges them into PROJECT/model.ply, scored on the held-out
/// photos of the whole: PROJECT is then a run folder like any other. Workers know of each other through PROJECT/jobs
/// alone (work_claim.h), so that they may be threads, processes, ranks or jobs of a cluster, come late and die early.
///
///   plan --> block dataset --> TrainRun --> owned part --> merged model, scores
class BlockTraining {
 public:
  struct Options {
    std::optional<std::uint32_t> only;  // this block and no other; the last one to finish merges
    bool helper = false;  // trains blocks as long as there are any to begin; waits for nobody and merges nothing
    Lease lease;
    double poll = 1;  // seconds between looks where there is nothing to do but wait for others
  };
  struct Outcome {
    bool stopped = false;    // it can be started again and goes on where it was
    nlohmann::json metrics;  // as metrics.json; null where another worker merges
  };
  /// `dataset` is the plan's and must outlive the object. Throws scene::Error where it has changed since, or where
  /// there is no block `only`.
  BlockTraining(BlockPlan plan, std::filesystem::path project, const scene::Dataset& dataset, TrainEvents events,
                Options options);
  BlockTraining(BlockPlan plan, std::filesystem::path project, const scene::Dataset& dataset, TrainEvents events)
      : BlockTraining(std::move(plan), std::move(project), dataset, std::move(events), Options()) {}

  const BlockCosts& costs() const { return costs_; }
  void set_threads(int threads) { plan_.options.threads = threads; }  // of this worker; changes no result

  /// Blocks that are finished are not trained again. A block that fails is tried once more; where it fails again the
  /// others go on, and in the end scene::Error names it. Throws as TrainRun does where the last state cannot be saved.
  Outcome run();

 private:
  bool work(std::uint32_t block, JobClaim& claim);   // false: stopped
  bool train(std::uint32_t block, JobClaim& claim);  // likewise
  std::function<scene::GaussianModel()> start_of(std::uint32_t block) const;
  void write_part(std::uint32_t block);
  Outcome merge(JobClaim& claim);
  bool is_merged() const;
  bool cancelled() const { return events_.cancellation && events_.cancellation->requested(); }
  void wait(double seconds);
  void note(const std::string& line) const;
  void failed(std::uint32_t block, JobClaim& claim, const std::string& problem);
  void report(std::uint32_t block, JobClaim& claim, const scene::Progress& p);
  void save_record(const std::string& state);

  BlockPlan plan_;
  std::filesystem::path project_;
  const scene::Dataset& dataset_;
  TrainEvents events_;
  Options options_;
  std::vector<BlockData> blocks_;
  std::vector<Affine> exposure_;  // of every view, where the options want them
  BlockCosts costs_;
  std::optional<BlockJobs> jobs_;
  JobProgress own_;
  double looked_ = 0;  // seconds of this process
  bool recorded_ = false;
  StageClock clock_;
};

}  // namespace tessera::reconstruct
