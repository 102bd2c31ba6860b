#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "bench/experiments/experiments.h"
#include "bench/experiments/sheet.h"
#include "reconstruct/blocks/forecast.h"
#include "reconstruct/blocks/plan_map.h"
#include "reconstruct/blocks/region.h"
#include "scene/error.h"

namespace tessera::bench {
namespace {
using namespace reconstruct;

constexpr int kBlocks = 8;

struct Tried {
  Tile tile;
  Balance load;  // pixels covered, what the cuts go by
};

Tried attempt(const char* name, const scene::Dataset& dataset, const char* partitioner, const TrainOptions& options) {
  Tried tried{{std::string(name) + ", " + partitioner, {}}, {}};
  try {
    const BlockPlan plan = plan_blocks(dataset, {.blocks = kBlocks, .partitioner = partitioner}, "standard", options);
    const auto blocks = block_data(dataset, plan);
    const SceneForecast all = forecast(plan, dataset, blocks);
    const auto loads = point_loads(dataset, plan.partition.frame(), LoadRule::pixels_covered);
    tried.load = balance_of(plan.partition, cell_loads(plan.partition, loads));
    const Balance time = balance_of(plan, all);
    std::printf("| %s | %s | %u | %.2f | %.2f | %.2f | %.2f | %.1f |\n", name, partitioner, plan.partition.cells(),
                tried.load.max_over_mean, tried.load.variation, time.max_over_mean, time.variation, time.worst_aspect);
    tried.tile.picture = plan_map(plan, dataset, blocks, all).image();
  } catch (const scene::Error& e) {
    std::printf("| %s | %s | %s |\n", name, partitioner, e.problem().c_str());
    tried.tile.caption += ": " + e.problem();
  }
  return tried;
}

}  // namespace

void balance(const std::filesystem::path& out) {
  TrainOptions options;
  apply_preset(options, "standard");
  std::printf(
      "| data | partitioner | blocks | load max/mean | CV | time max/mean | CV | worst aspect |\n"
      "| --- | --- | --- | --- | --- | --- | --- | --- |\n");
  std::vector<Tile> all;
  double worst_grid = 0, worst_tree = 0;
  const std::pair<const char*, std::filesystem::path> data[] = {{"city", city(out)},
                                                                {"caliterra", photographs("caliterra")}};
  for (const auto& [name, folder] : data) {
    if (folder.empty()) continue;
    const scene::Dataset dataset = scene::load_dataset(folder);
    for (const char* partitioner : {"grid", "quantile", "midpoint", "tree"}) {
      const Tried tried = attempt(name, dataset, partitioner, options);
      if (std::string(partitioner) == "grid") worst_grid = std::max(worst_grid, tried.load.max_over_mean);
      if (std::string(partitioner) == "tree") worst_tree = std::max(worst_tree, tried.load.max_over_mean);
      all.push_back(tried.tile);
    }
  }
  scene::write_image(out / "balance.png", sheet(all, 4));
  std::printf("\nheaviest block of the tree over its mean: %.2f (of the grid: %.2f); %s\n", worst_tree, worst_grid,
              (out / "balance.png").c_str());
}

}  // namespace tessera::bench
