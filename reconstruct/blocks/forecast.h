#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "reconstruct/blocks/block_plan.h"

namespace tessera::reconstruct {

/// What a block will come to, before it is trained. Memory is an upper bound; the rest are estimates
/// (docs/large-scenes.md compares them with what runs took).
struct BlockForecast {
  std::size_t views = 0, points = 0, auxiliary = 0;
  std::size_t splats = 0;              // at the end: what grows of the start, at most the cap
  std::size_t cap = 0;                 // as the trainer has it: with_one_cap, then plan_memory where memory_mb is given
  std::size_t memory_bytes = 0;        // memory_need of the run at that cap
  std::size_t least_memory_bytes = 0;  // with the smallest image cache: less than that costs splats
  double cpu_seconds = 0;              // processor time of start and steps, all cores together
  std::size_t disk_bytes = 0;          // its checkpoints and model
};

struct SceneForecast {
  std::vector<BlockForecast> blocks;
  double cpu_seconds = 0;        // of all blocks, and of scoring the merged scene
  std::size_t memory_bytes = 0;  // of the block that needs most
  std::size_t disk_bytes = 0;    // of all blocks and the merged model
};

/// A pure function, quick enough to follow a cut that is dragged: it asks neither machine nor disk.
SceneForecast forecast(const BlockPlan& plan, const scene::Dataset& dataset, std::span<const BlockData> blocks);
SceneForecast forecast(const BlockPlan& plan, const scene::Dataset& dataset);

/// How long that much processor time takes on `cores` cores.
double wall_seconds(double cpu_seconds, int cores);

/// Processor seconds of one step with a picture of `pixels` in which `visible` splats lie.
double step_seconds(double pixels, double visible);

}  // namespace tessera::reconstruct
