#include "reconstruct/blocks/block_plan.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "reconstruct/run/inputs.h"
#include "reconstruct/train/run_record.h"
#include "scene/atomic_file.h"
#include "scene/error.h"
#include "scene/random.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr int kVersion = 1;

LoadRule load_rule(const std::string& name) {
  if (name == "points") return LoadRule::points;
  if (name == "visible") return LoadRule::visible;
  if (name == "pixels") return LoadRule::pixels_covered;
  throw scene::Error("load '" + name + "'", "is not known", "it takes points, visible or pixels");
}

/// The two factors of `cells` that give the squarest cells of the region; the larger one along its longer side.
std::pair<int, int> grid_shape(int cells, const Rect& region) {
  int small = static_cast<int>(std::sqrt(static_cast<double>(cells)));
  while (cells % small != 0) --small;
  const int large = cells / small;
  return region.size().x >= region.size().y ? std::pair(large, small) : std::pair(small, large);
}

Partition cut(const scene::Dataset& dataset, const PlanOptions& how) {
  CellFrame frame = region_of_interest(dataset);
  const bool tree = how.partitioner == "tree" || how.partitioner == "midpoint";
  frame.contracted = how.contracted && !tree;
  const std::vector<Load> loads = point_loads(dataset, frame, load_rule(how.load));
  if (how.partitioner == "tree") return tree_balanced(frame, loads, how.blocks, how.clamp);
  if (how.partitioner == "midpoint") {
    double total = 0;
    for (const Load& load : loads) total += load.weight;
    const int depth = static_cast<int>(std::ceil(std::log2(std::max(how.blocks, 1))));
    return tree_midpoint(frame, loads, total / how.blocks, depth);
  }
  const auto [nx, ny] = grid_shape(how.blocks, frame.region);
  if (how.partitioner == "grid") return grid_uniform(frame, nx, ny);
  if (how.partitioner == "quantile") return grid_quantile(frame, nx, ny, loads, Quantiles::per_column);
  throw scene::Error("partitioner '" + how.partitioner + "'", "is not known",
                     "it takes tree, midpoint, grid or quantile");
}

double number_in(const json& object, const char* key, const std::string& file) {
  if (!object.contains(key) || !object[key].is_number())
    throw scene::Error(file, std::string(key) + " is no number", "make the plan anew");
  return object[key].get<double>();
}

}  // namespace

BlockPlan plan_blocks(const scene::Dataset& dataset, const PlanOptions& how, std::string preset, TrainOptions options) {
  if (how.blocks < 1) throw scene::Error("blocks", "there must be at least one", "give 1 or more");
  const std::size_t photos = dataset.train_views().size();
  if (static_cast<std::size_t>(how.blocks) > photos)
    throw scene::Error("blocks", std::to_string(how.blocks) + " for " + std::to_string(photos) + " photos",
                       "give at most " + std::to_string(std::max<std::size_t>(photos / 2, 1)));
  BlockPlan plan{dataset.root,      std::move(preset), std::move(options),
                 cut(dataset, how), how.assignment,    fingerprint(dataset)};
  const auto blocks = assign_by_tracks(dataset, plan.partition, plan.assignment);
  const auto empty = std::count_if(blocks.begin(), blocks.end(), [](const BlockData& b) { return b.views.size() < 2; });
  if (empty > 0 && plan.partition.cells() > 1)
    throw scene::Error(
        "blocks", std::to_string(empty) + " of " + std::to_string(blocks.size()) + " would have fewer than two photos",
        "give at most " + std::to_string(std::max<std::ptrdiff_t>(std::ssize(blocks) - empty, 1)));
  return plan;
}

TrainOptions block_options(const BlockPlan& plan, std::uint32_t cell) {
  TrainOptions options = plan.options;
  if (plan.partition.cells() == 1) return options;
  // Independent draws in every block, whichever machine trains it.
  const auto draw = scene::philox(static_cast<std::uint64_t>(options.seed),
                                  static_cast<std::uint32_t>(scene::RandomStream::kInitialise), 0x626C6F63u, cell);
  options.seed = static_cast<int>(draw[0] >> 1);
  options.eval = "off";  // held-out photos are scored on the merged scene
  return options;
}

void write_block_plan(const BlockPlan& plan, const fs::path& project) {
  json options = json::object();
  for (const auto& row : train_options_table().rows()) options[row.spec.name] = row.get(plan.options);
  const json record = {{"version", kVersion},
                       {"data", fs::absolute(plan.data).lexically_normal().string()},
                       {"data_fingerprint", plan.data_fingerprint},
                       {"preset", plan.preset},
                       {"options", options},
                       {"partition", plan.partition.json()},
                       {"assignment",
                        {{"margin", plan.assignment.margin},
                         {"cover_above", plan.assignment.cover_above},
                         {"share_above", plan.assignment.share_above}}}};
  scene::make_folder(project);
  scene::write_file_atomically(project / "plan.json", json_text(record) + "\n");
}

BlockPlan read_block_plan(const fs::path& project) {
  const fs::path path = project / "plan.json";
  const std::string file = path.string();
  const json record = json::parse(scene::read_file(path, 64u << 20), nullptr, false);
  if (!record.is_object()) throw scene::Error(file, "is no plan", "make it with tessera plan");
  if (number_in(record, "version", file) != kVersion)
    throw scene::Error(file, "is of version " + record["version"].dump(), "this program reads version 1");
  if (!record.contains("partition")) throw scene::Error(file, "has no partition", "make the plan anew");
  BlockPlan plan{.data = text_of(record, "data", ""),
                 .preset = text_of(record, "preset", "standard"),
                 .options = {},
                 .partition = Partition::from_json(record["partition"], file),
                 .assignment = {}};
  if (plan.data.empty()) throw scene::Error(file, "does not say where the photos are", "make the plan anew");
  if (!record.contains("options") || !record["options"].is_object())
    throw scene::Error(file, "has no options", "make the plan anew");
  for (const auto& [key, value] : record["options"].items()) {
    if (!value.is_string()) throw scene::Error(file, "option '" + key + "' is not text", "make the plan anew");
    train_options_table().set(plan.options, key, value.get<std::string>());
  }
  const json assignment = record.value("assignment", json::object());
  plan.assignment = {number_in(assignment, "margin", file), number_in(assignment, "cover_above", file),
                     number_in(assignment, "share_above", file)};
  if (!record.contains("data_fingerprint") || !record["data_fingerprint"].is_number_unsigned())
    throw scene::Error(file, "data_fingerprint is no number", "make the plan anew");
  plan.data_fingerprint = record["data_fingerprint"].get<std::uint64_t>();
  return plan;
}

bool has_block_plan(const fs::path& project) {
  std::error_code error;
  return fs::is_regular_file(project / "plan.json", error);
}

}  // namespace tessera::reconstruct
