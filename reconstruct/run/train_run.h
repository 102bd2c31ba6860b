#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include <spdlog/logger.h>
#include <nlohmann/json.hpp>

#include "reconstruct/provenance.h"
#include "reconstruct/run/run_plan.h"
#include "reconstruct/train/training_session.h"
#include "scene/dataset.h"
#include "scene/folder_lock.h"

namespace tessera::reconstruct {

/// A training run from its plan to the files of its folder: run.json, log.txt, checkpoints, model.ply, cameras.json,
/// metrics.json, previews/. The command line and the studio both drive it; run() works on the calling thread.
class TrainRun {
 public:
  struct Outcome {
    bool stopped = false;    // before the last step, or while it was scored; it can be resumed
    std::uint32_t step = 0;  // where
    nlohmann::json metrics;  // as metrics.json, where it finished
  };

  /// Makes the folder and the session. `clock` has been started; events.cancellation stops the run. `dataset` and
  /// `clock` must outlive the object. A new run that comes to nothing leaves no folder behind. Throws scene::Error,
  /// scene::Cancelled, scene::Locked where another program trains in that folder.
  TrainRun(Plan plan, const scene::Dataset& dataset, StageClock& clock, TrainEvents events, BlockContext block = {});
  ~TrainRun();

  /// Trains, saves and scores. Throws as TrainingSession::run() does, but an UnsavedCheckpoint of the last step only
  /// after the model has been saved.
  Outcome run();

  /// For pausing, snapshots and the like, from any thread; null once the model is being saved.
  std::shared_ptr<TrainingSession> session() const;
  const Plan& plan() const { return plan_; }

 private:
  class NewFolder;
  class LogFile;
  void take_folder();
  void save_record(const std::string& state);
  Outcome stopped(std::uint32_t step);
  nlohmann::json save_results(scene::GaussianModel trained, std::uint32_t steps, double cache_mb);
  void note(const std::string& line);

  Plan plan_;
  const scene::Dataset& dataset_;
  StageClock& clock_;
  TrainEvents events_;
  std::function<void()> before_write_;
  std::unique_ptr<NewFolder> folder_;
  std::unique_ptr<scene::FolderLock> lock_;
  std::shared_ptr<spdlog::logger> log_;
  std::unique_ptr<LogFile> log_file_;
  mutable std::mutex mutex_;
  std::shared_ptr<TrainingSession> session_;
};

}  // namespace tessera::reconstruct
