#pragma once

#include <string>

#include "reconstruct/blocks/block_plan.h"

namespace tessera::reconstruct {

/// What a plan may take; 0: whatever it does.
struct PlanBudget {
  double memory_bytes = 0;  // of the block that needs most: chooses the number of blocks
  double seconds = 0;       // of all blocks one after another, and scoring: chooses the number of steps
  int cores = 1;            // that the seconds are of
};

/// Shorter runs show nothing but where they began: brighton_beach comes to 19.67 dB of 20.35 in 300 steps of `draft`,
/// to 18.43 in 150.
inline constexpr int kFewestSteps = 300;

/// "6GB", "512 MiB" in bytes; "8h", "90 min", "1h30min" in seconds. Throw scene::Error(option) naming the units.
double read_memory(const std::string& text);
double read_time(const std::string& text);

/// plan_blocks() within a budget. With memory_bytes: the least number of blocks (how.blocks is ignored) of which none
/// needs more without giving up splats; the trainer is held to it by options.memory_mb. With seconds: as many steps as
/// fit, at most options.iterations. Throws scene::Error where nothing fits, with the least that would.
BlockPlan plan_within(const scene::Dataset& dataset, PlanOptions how, const PlanBudget& budget,
                      const std::string& preset, TrainOptions options, const scene::JobContext& job = {});

}  // namespace tessera::reconstruct
