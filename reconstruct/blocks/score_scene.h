#pragma once

#include <filesystem>

#include <nlohmann/json.hpp>

#include "reconstruct/blocks/block_plan.h"
#include "reconstruct/blocks/streamed_model.h"
#include "scene/dataset.h"
#include "scene/progress.h"

namespace tessera::reconstruct {

/// Scores of a scene's held-out photos as metrics.json has them and, under "seams", where between the plan's cells it
/// is bad (seams.h): written into `folder` as seams.json and seams.png as well. The scene need not have come from that
/// plan's blocks: one model's figures along the same borders tell what of a difference is a seam, and what is there
/// to be seen. Never holds more of the scene than a view shows. Throws scene::Error, scene::Cancelled.
nlohmann::json score_scene(const StreamedModel& model, const BlockPlan& plan, const std::filesystem::path& folder,
                           const scene::Dataset& dataset, const scene::JobContext& job);

}  // namespace tessera::reconstruct
