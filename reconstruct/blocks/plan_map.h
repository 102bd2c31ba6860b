#pragma once

#include <span>

#include "reconstruct/blocks/block_plan.h"
#include "reconstruct/blocks/drawing.h"
#include "reconstruct/blocks/forecast.h"

namespace tessera::reconstruct {

/// How evenly the forecast time is spread over the blocks, and how thin the cells are.
Balance balance_of(const BlockPlan& plan, const SceneForecast& forecast);

/// The plan from above, turned as its cells are: they lie over the density of the sparse points, tinted by what each is
/// forecast to take, with cameras, figures, a scale in the dataset's own units and the direction of its y axis (north,
/// where GPS placed it).
Drawing plan_map(const BlockPlan& plan, const scene::Dataset& dataset, std::span<const BlockData> blocks,
                 const SceneForecast& forecast);

/// PROJECT/plan.svg and plan.png.
void write_plan_map(const Drawing& map, const std::filesystem::path& project);

}  // namespace tessera::reconstruct
