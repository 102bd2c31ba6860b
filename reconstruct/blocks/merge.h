#pragma once

#include <filesystem>

#include <nlohmann/json.hpp>

#include "reconstruct/blocks/block_plan.h"
#include "reconstruct/provenance.h"
#include "reconstruct/train/training_session.h"
#include "scene/dataset.h"

namespace tessera::reconstruct {

std::filesystem::path block_folder(const std::filesystem::path& project, std::uint32_t block);

/// One scene of the finished blocks: of each what lies in its cell, in PROJECT/model.ply with cameras.json and
/// metrics.json, scored on the held-out photos of the whole. Returns metrics.json. Stages "merge" and "evaluate" of
/// `clock`. Throws scene::Error, scene::Cancelled.
nlohmann::json merge_blocks(const BlockPlan& plan, const std::filesystem::path& project, const scene::Dataset& dataset,
                            const TrainEvents& events, StageClock& clock);

}  // namespace tessera::reconstruct
