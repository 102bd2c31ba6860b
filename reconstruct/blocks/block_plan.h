#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "reconstruct/blocks/assignment.h"
#include "reconstruct/blocks/partition.h"
#include "reconstruct/train/train_options.h"
#include "scene/dataset.h"
#include "scene/progress.h"

namespace tessera::reconstruct {

/// Which block's splats stay where blocks meet (slot "merge"): those of the block in whose cell they lie, beyond the
/// region as well; of the same block, but within the region only (BlockGaussian's crop: no background is left); or
/// those of the block whose cell has the nearest centre (the chunks of Kerbl et al. 2024), whatever the cuts.
enum class MergeRule { cell, box, nearest };

/// How a scene is cut (slots "partitioner" and "load").
struct PlanOptions {
  int blocks = 1;
  std::string partitioner = "tree";  // tree | midpoint | grid | quantile
  std::string load = "pixels";       // points | visible | pixels
  bool contracted = false;           // grids only: the plane outside the region is drawn together
  double clamp = 0.15;               // tree: a cut keeps this share of the cell on either side
  AssignmentOptions assignment;
  MergeRule merge = MergeRule::cell;
  std::filesystem::path coarse;    // visibility, ssim-drop: a trained run of the data; empty: its sparse points
  std::filesystem::path start;     // a scene to begin with, see start_from; empty: none
  std::vector<glm::dvec2> region;  // corners (read_region); empty: region_of_interest
};

/// A scene that blocks begin with instead of points (start_scene.h).
struct PlanStart {
  std::filesystem::path file;     // a PLY; empty: none
  std::uint64_t fingerprint = 0;  // of its splats
  std::uint64_t splats = 0;
  struct Rows {
    std::size_t own = 0, others = 0;  // what lies in the block's cell; what else its photos show
  };
  std::vector<Rows> rows;  // of each block
  explicit operator bool() const { return !file.empty(); }
};

/// A scene cut into blocks, with all that training them needs: PROJECT/plan.json. One block is the ordinary case.
struct BlockPlan {
  std::filesystem::path data;
  std::string preset;
  TrainOptions options;  // of every block; each has a seed of its own
  Partition partition;
  AssignmentOptions assignment;
  std::uint64_t data_fingerprint = 0;  // of the dataset that it was made for
  BlockViews views;                    // of every cell, as assigned
  MergeRule merge = MergeRule::cell;
  PlanStart start;
};

const char* merge_name(MergeRule rule);
/// Throws scene::Error.
MergeRule merge_rule(const std::string& name);
/// The block whose splats stay at a point of the scene; partition.cells(): none.
std::uint32_t kept_from(const BlockPlan& plan, const glm::dvec3& scene_point);

/// Cuts `dataset`. Warns of cameras that are far from all others, of photos that nothing links to the rest, and of
/// photos that serve no block. Throws scene::Error where a block would have no points or fewer than two photos, with
/// the number that would do.
BlockPlan plan_blocks(const scene::Dataset& dataset, const PlanOptions& how, std::string preset, TrainOptions options,
                      const scene::JobContext& job = {});

/// What every block of the plan is trained from: its views are the plan's.
std::vector<BlockData> block_data(const scene::Dataset& dataset, const BlockPlan& plan);

/// However few photos a block has, it may take what a first look takes (preset "draft").
inline constexpr int kFewestBlockSteps = 1000;
/// The options that block `cell` trains with: a seed of its own, and no more steps than its photos are good for; where
/// the plan starts from a scene, room for what it begins with and no fewest steps.
TrainOptions block_options(const BlockPlan& plan, std::uint32_t cell);

void write_block_plan(const BlockPlan& plan, const std::filesystem::path& project);
/// Throws scene::Error naming plan.json and the field. Whether the views exist is known once the dataset is: as long as
/// it has the plan's fingerprint.
BlockPlan read_block_plan(const std::filesystem::path& project);
bool has_block_plan(const std::filesystem::path& project);

}  // namespace tessera::reconstruct
