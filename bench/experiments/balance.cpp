#include <algorithm>
#include <cstdio>
#include <optional>
#include <vector>

#include "bench/experiments/experiments.h"
#include "reconstruct/blocks/forecast.h"
#include "reconstruct/blocks/plan_map.h"
#include "reconstruct/blocks/region.h"
#include "scene/error.h"

namespace tessera::bench {
namespace {
using namespace reconstruct;

constexpr int kBlocks = 8;
constexpr int kTile = 620, kCaption = 34;  // pixels of the picture

struct Tried {
  std::string caption;
  Balance load;  // pixels covered, what the cuts go by
  std::optional<scene::Image8> map;
};

Tried attempt(const char* name, const scene::Dataset& dataset, const char* partitioner, const TrainOptions& options) {
  Tried tried{std::string(name) + ", " + partitioner, {}, {}};
  try {
    const BlockPlan plan = plan_blocks(dataset, {.blocks = kBlocks, .partitioner = partitioner}, "standard", options);
    const auto blocks = block_data(dataset, plan);
    const SceneForecast all = forecast(plan, dataset, blocks);
    const auto loads = point_loads(dataset, plan.partition.frame(), LoadRule::pixels_covered);
    tried.load = balance_of(plan.partition, cell_loads(plan.partition, loads));
    const Balance time = balance_of(plan, all);
    std::printf("| %s | %s | %u | %.2f | %.2f | %.2f | %.2f | %.1f |\n", name, partitioner, plan.partition.cells(),
                tried.load.max_over_mean, tried.load.variation, time.max_over_mean, time.variation, time.worst_aspect);
    tried.map = plan_map(plan, dataset, blocks, all).image();
  } catch (const scene::Error& e) {
    std::printf("| %s | %s | %s |\n", name, partitioner, e.problem().c_str());
    tried.caption += ": " + e.problem();
  }
  return tried;
}

/// The maps in rows of four, each under its caption.
scene::Image8 sheet(const std::vector<Tried>& all) {
  constexpr std::size_t kColumns = 4;
  const std::size_t rows = (all.size() + kColumns - 1) / kColumns;
  std::vector<scene::Image8> tiles;
  std::vector<int> height(rows, kCaption);
  for (std::size_t i = 0; i < all.size(); ++i) {
    scene::Image8 tile;
    if (all[i].map) tile = scene::resize_image(*all[i].map, kTile, all[i].map->height * kTile / all[i].map->width);
    height[i / kColumns] = std::max(height[i / kColumns], kCaption + tile.height);
    tiles.push_back(std::move(tile));
  }
  int total = 0;
  for (const int h : height) total += h;
  Drawing captions(kTile * static_cast<int>(kColumns), total, {{250, 250, 247}});
  std::vector<int> top{0};
  for (const int h : height) top.push_back(top.back() + h);
  for (std::size_t i = 0; i < all.size(); ++i)
    captions.text({kTile * static_cast<double>(i % kColumns) + 16, top[i / kColumns] + 24.0}, all[i].caption, 13, {});
  scene::Image8 picture = captions.image();
  for (std::size_t i = 0; i < tiles.size(); ++i)
    for (int y = 0; y < tiles[i].height; ++y)
      std::copy_n(tiles[i].at(0, y), 3 * kTile,
                  picture.at(kTile * static_cast<int>(i % kColumns), top[i / kColumns] + kCaption + y));
  return picture;
}

}  // namespace

void balance(const std::filesystem::path& out) {
  TrainOptions options;
  apply_preset(options, "standard");
  std::printf(
      "| data | partitioner | blocks | load max/mean | CV | time max/mean | CV | worst aspect |\n"
      "| --- | --- | --- | --- | --- | --- | --- | --- |\n");
  std::vector<Tried> all;
  double worst_grid = 0, worst_tree = 0;
  const std::pair<const char*, std::filesystem::path> data[] = {{"city", city(out)},
                                                                {"caliterra", photographs("caliterra")}};
  for (const auto& [name, folder] : data) {
    if (folder.empty()) continue;
    const scene::Dataset dataset = scene::load_dataset(folder);
    for (const char* partitioner : {"grid", "quantile", "midpoint", "tree"}) {
      all.push_back(attempt(name, dataset, partitioner, options));
      if (std::string(partitioner) == "grid") worst_grid = std::max(worst_grid, all.back().load.max_over_mean);
      if (std::string(partitioner) == "tree") worst_tree = std::max(worst_tree, all.back().load.max_over_mean);
    }
  }
  scene::write_image(out / "balance.png", sheet(all));
  std::printf("\nheaviest block of the tree over its mean: %.2f (of the grid: %.2f); %s\n", worst_tree, worst_grid,
              (out / "balance.png").c_str());
}

}  // namespace tessera::bench
