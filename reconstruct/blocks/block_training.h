#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>

#include "reconstruct/blocks/block_plan.h"
#include "reconstruct/provenance.h"
#include "reconstruct/train/training_session.h"
#include "scene/dataset.h"

namespace tessera::reconstruct {

/// Trains the blocks of a plan one after another, each a run of its own in PROJECT/blocks/N, and merges them into
/// PROJECT/model.ply, which is scored on the held-out photos of the whole: PROJECT is then a run folder like any other.
///
///   plan --> block dataset --> TrainRun --> owned part --> merged model, scores
class BlockTraining {
 public:
  struct Outcome {
    bool stopped = false;     // it can be started again and goes on where it was
    std::uint32_t block = 0;  // while which one was trained
    nlohmann::json metrics;   // as metrics.json
  };
  /// `dataset` is the plan's and must outlive the object. Throws scene::Error where it has changed since.
  BlockTraining(BlockPlan plan, std::filesystem::path project, const scene::Dataset& dataset, TrainEvents events);
  /// Blocks that are finished are not trained again. Throws as TrainRun does.
  Outcome run();

 private:
  bool train(std::uint32_t block);  // false: stopped
  Outcome merge();
  void save_record(const std::string& state);

  BlockPlan plan_;
  std::filesystem::path project_;
  const scene::Dataset& dataset_;
  TrainEvents events_;
  std::vector<BlockData> blocks_;
  std::vector<Affine> exposure_;  // of every view
  StageClock clock_;
};

}  // namespace tessera::reconstruct
