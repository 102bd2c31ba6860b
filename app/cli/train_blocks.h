#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "app/cli/command.h"
#include "reconstruct/train/training_session.h"

namespace tessera::app {

struct BlockArguments {
  int jobs = 0;       // blocks at a time; 0: as many as is best
  int block = -1;     // only this one
  int helper_of = 0;  // process that this one helps
};

struct TrainBlocks {
  std::string project;
  int threads = -1;
  bool as_json = false;
  BlockArguments how;
};
/// `tessera train PROJECT`, where PROJECT is a folder of tessera plan: as one worker, or as several. The exit code.
int train_blocks(const TrainBlocks& a, Cli& cli);

/// What `tessera train` shares with it.
void print_results(const std::filesystem::path& run, const nlohmann::json& metrics);
reconstruct::TrainEvents events_of(Console& console);

}  // namespace tessera::app
