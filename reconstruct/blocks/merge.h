#pragma once

#include <cstdint>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "reconstruct/blocks/block_plan.h"
#include "reconstruct/provenance.h"
#include "reconstruct/train/training_session.h"
#include "scene/dataset.h"

namespace tessera::reconstruct {

std::filesystem::path block_folder(const std::filesystem::path& project, std::uint32_t block);

/// Of a finished block's model what goes into the scene, as `owned.ply` in its folder: the rows that it keeps by the
/// plan's rule (kept_from) and that some photo of `part` (the block's dataset) sees, those near each other next to each
/// other. A row that no photo sees was held in place by nothing: it is a floater to everybody who looks from elsewhere.
/// Where the plan starts from a scene: the rows that were the block's own, in their order. Does nothing where the file is
/// there. Throws scene::Error, scene::Cancelled.
void write_owned_part(const BlockPlan& plan, const std::filesystem::path& project, const scene::Dataset& part,
                      std::uint32_t block, const scene::JobContext& job = {});

/// One scene of the finished blocks' owned parts: PROJECT/model.ply with cameras.json and metrics.json, scored on the
/// held-out photos of the whole, with seams.json and seams.png (seams.h). Never holds more of the scene than a block or
/// a view shows. Returns metrics.json. Stages "merge" and "evaluate" of `clock`. Throws scene::Error, scene::Cancelled.
nlohmann::json merge_blocks(const BlockPlan& plan, const std::filesystem::path& project, const scene::Dataset& dataset,
                            const TrainEvents& events, StageClock& clock);

}  // namespace tessera::reconstruct
