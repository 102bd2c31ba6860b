#include "reconstruct/blocks/block_plan.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <nlohmann/json.hpp>

#include "reconstruct/blocks/contribution.h"
#include "reconstruct/blocks/region.h"
#include "reconstruct/blocks/start_scene.h"
#include "reconstruct/run/inputs.h"
#include "reconstruct/train/run_record.h"
#include "scene/atomic_file.h"
#include "scene/error.h"
#include "scene/random.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr int kVersion = 2;

LoadRule load_rule(const std::string& name) {
  if (name == "points") return LoadRule::points;
  if (name == "visible") return LoadRule::visible;
  if (name == "pixels") return LoadRule::pixels_covered;
  throw scene::Error("load '" + name + "'", "is not known", "it takes points, visible or pixels");
}

constexpr std::array kMergeNames = {"cell", "box", "nearest"};  // in the order of MergeRule

/// The two factors of `cells` that give the squarest cells of the region; the larger one along its longer side.
std::pair<int, int> grid_shape(int cells, const Rect& region) {
  int small = static_cast<int>(std::sqrt(static_cast<double>(cells)));
  while (cells % small != 0) --small;
  const int large = cells / small;
  return region.size().x >= region.size().y ? std::pair(large, small) : std::pair(small, large);
}

Partition cut(const scene::Dataset& dataset, const PlanOptions& how) {
  CellFrame frame = how.region.empty() ? region_of_interest(dataset) : region_around(dataset, how.region);
  const bool tree = how.partitioner == "tree" || how.partitioner == "midpoint";
  frame.contracted = how.contracted && !tree;
  std::vector<Load> loads = point_loads(dataset, frame, load_rule(how.load));
  // What lies beyond the region is trained as far as it is seen, and no reason to cut.
  std::erase_if(loads, [&](const Load& load) { return !frame.root().contains(load.at); });
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

std::string first_names(const scene::Dataset& dataset, const std::vector<std::size_t>& views) {
  std::string text = dataset.views[views.front()].name;
  if (views.size() > 1) text += " and " + std::to_string(views.size() - 1) + " more";
  return text;
}

/// Photos that may not belong to the scene.
void warn_of_strangers(const scene::Dataset& dataset, const scene::JobContext& job) {
  if (const auto far = far_cameras(dataset); !far.empty())
    job.warn(first_names(dataset, far) + (far.size() > 1 ? " were" : " was") +
             " taken far from all others, or so their positions say; the region is laid around the others");
  const auto groups = linked_views(dataset);
  if (groups.size() < 2) return;
  std::size_t apart = 0;
  for (std::size_t g = 1; g < groups.size(); ++g) apart += groups[g].size();
  job.warn(std::to_string(apart) + " photos (" + first_names(dataset, groups[1]) +
           ") share no sparse point with the other " + std::to_string(groups[0].size()) +
           ": unless GPS says where they were taken, their place beside these is a guess; if they show another site, "
           "make a project of its own of them");
}

BlockViews assigned_views(const scene::Dataset& dataset, const BlockPlan& plan, const fs::path& coarse,
                          const scene::JobContext& job) {
  const AssignmentOptions& how = plan.assignment;
  if (how.rule == "tracks") return views_by_tracks(dataset, plan.partition, how);
  if (how.rule != "visibility" && how.rule != "ssim-drop")
    throw scene::Error("assignment '" + how.rule + "'", "is not known", "it takes tracks, visibility or ssim-drop");
  const scene::GaussianModel model = coarse.empty() ? model_of_points(dataset) : load_model(coarse, dataset);
  return views_by_pictures(dataset, plan.partition, how, model, !coarse.empty() && run_antialiased(coarse), job);
}

void refuse_empty(const std::vector<BlockData>& blocks, const PlanOptions& how) {
  if (blocks.size() < 2) return;
  std::string first;
  std::ptrdiff_t empty = 0;
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    if (blocks[b].views.size() >= 2 && !blocks[b].points.empty()) continue;
    if (empty++ == 0)
      first = "block " + std::to_string(b) + " of " + std::to_string(blocks.size()) + " would have " +
              (blocks[b].points.empty()
                   ? std::string("no points")
                   : std::to_string(blocks[b].views.size()) + (blocks[b].views.size() == 1 ? " photo" : " photos") +
                         ", and two are the least");
  }
  if (empty == 0) return;
  if (empty > 1) first += " (and " + std::to_string(empty - 1) + " more like it)";
  throw scene::Error("blocks", first,
                     (how.partitioner == "tree" ? "" : "take --partitioner tree, or ") + std::string("give at most ") +
                         std::to_string(std::max<std::ptrdiff_t>(std::ssize(blocks) - empty, 1)));
}

double number_in(const json& object, const char* key, const std::string& file) {
  if (!object.contains(key) || !object[key].is_number())
    throw scene::Error(file, std::string(key) + " is no number", "make the plan anew");
  return object[key].get<double>();
}

/// A figure of AssignmentOptions or BlockView and what it is called in the file.
template <class T>
struct Figure {
  const char* name;
  double T::*value;
};
constexpr Figure<AssignmentOptions> kThresholds[] = {{"margin", &AssignmentOptions::margin},
                                                     {"cover_above", &AssignmentOptions::cover_above},
                                                     {"share_above", &AssignmentOptions::share_above},
                                                     {"contribution_above", &AssignmentOptions::contribution_above},
                                                     {"drop_above", &AssignmentOptions::drop_above}};
constexpr Figure<BlockView> kFigures[] = {{"cover", &BlockView::cover},
                                          {"share", &BlockView::share},
                                          {"contribution", &BlockView::contribution},
                                          {"drop", &BlockView::drop}};

json assignment_json(const BlockPlan& plan) {
  json record = {{"rule", plan.assignment.rule}, {"blocks", json::array()}};
  for (const auto& threshold : kThresholds) record[threshold.name] = plan.assignment.*threshold.value;
  for (const auto& block : plan.views) {
    json views = json::array();
    for (const BlockView& v : block) {
      json row = {{"photo", v.view}, {"reason", reason(v, plan.assignment)}};
      for (const auto& figure : kFigures)
        if (v.*figure.value != 0) row[figure.name] = v.*figure.value;
      views.push_back(std::move(row));
    }
    record["blocks"].push_back(std::move(views));
  }
  return record;
}

void read_assignment(const json& record, BlockPlan& plan, const std::string& file) {
  plan.assignment.rule = text_of(record, "rule", "");
  for (const auto& threshold : kThresholds) plan.assignment.*threshold.value = number_in(record, threshold.name, file);
  if (!record.contains("blocks") || !record["blocks"].is_array() || record["blocks"].size() != plan.partition.cells())
    throw scene::Error(file, "assignment does not list the photos of each block", "make the plan anew");
  for (const json& block : record["blocks"]) {
    std::vector<BlockView>& views = plan.views.emplace_back();
    for (const json& row : block) {
      if (!block.is_array() || !row.is_object() || !row.contains("photo") || !row["photo"].is_number_unsigned() ||
          row["photo"] > 0xFFFFFFFEu || (!views.empty() && row["photo"] <= views.back().view))
        throw scene::Error(file, "the photos of block " + std::to_string(plan.views.size() - 1) + " are not in order",
                           "make the plan anew");
      views.push_back({.view = row["photo"].get<std::uint32_t>()});
      for (const auto& figure : kFigures)
        if (row.contains(figure.name)) views.back().*figure.value = number_in(row, figure.name, file);
    }
  }
}

json start_json(const PlanStart& start) {
  json rows = json::array();
  for (const auto& block : start.rows) rows.push_back({block.own, block.others});
  return {{"file", start.file.string()}, {"fingerprint", start.fingerprint}, {"splats", start.splats}, {"rows", rows}};
}

PlanStart read_start(const json& record, std::uint32_t blocks, const std::string& file) {
  PlanStart start;
  const auto whole = [](const json& value) { return value.is_number_unsigned(); };
  start.file = text_of(record, "file", "");
  bool good = !start.file.empty() && whole(record.value("fingerprint", json())) &&
              whole(record.value("splats", json())) && record.value("rows", json()).is_array() &&
              record["rows"].size() == blocks;
  if (good) {
    start.fingerprint = record["fingerprint"], start.splats = record["splats"];
    for (const json& block : record["rows"]) {
      good = good && block.is_array() && block.size() == 2 && whole(block[0]) && whole(block[1]) &&
             block[0].get<std::uint64_t>() <= start.splats && block[1].get<std::uint64_t>() <= start.splats;
      if (good) start.rows.push_back({block[0], block[1]});
    }
  }
  if (!good) throw scene::Error(file, "start does not say what scene and how much of it", "make the plan anew");
  return start;
}

}  // namespace

BlockPlan plan_blocks(const scene::Dataset& dataset, const PlanOptions& how, std::string preset, TrainOptions options,
                      const scene::JobContext& job) {
  if (how.blocks < 1) throw scene::Error("blocks", "there must be at least one", "give 1 or more");
  const std::size_t photos = dataset.train_views().size();
  if (static_cast<std::size_t>(how.blocks) > photos)
    throw scene::Error("blocks", std::to_string(how.blocks) + " for " + std::to_string(photos) + " photos",
                       "give at most " + std::to_string(std::max<std::size_t>(photos / 2, 1)));
  if (how.blocks > 1 && dataset.points.size() == 0)
    throw scene::Error(dataset.root.string(), "has no sparse points to cut it by", "train it as one block");
  warn_of_strangers(dataset, job);
  BlockPlan plan{
      dataset.root, std::move(preset), std::move(options), cut(dataset, how), how.assignment, fingerprint(dataset),
      {},           how.merge, {}};
  if (plan.partition.cells() == 1) {
    plan.views.resize(1);
    for (const std::size_t v : dataset.train_views()) plan.views[0].push_back({static_cast<std::uint32_t>(v), 1, 1});
  } else {
    plan.views = assigned_views(dataset, plan, how.coarse, job);
  }
  refuse_empty(block_data(dataset, plan), how);
  if (!how.start.empty()) start_from(plan, dataset, how.start);
  std::vector<bool> used(dataset.views.size());
  for (const auto& block : plan.views)
    for (const BlockView& v : block) used[v.view] = true;
  if (const auto idle = static_cast<std::ptrdiff_t>(photos) - std::count(used.begin(), used.end(), true); idle > 0)
    job.warn(std::to_string(idle) + " of " + std::to_string(photos) +
             " photos serve no block: they look mostly at what lies beyond the region");
  return plan;
}

const char* merge_name(MergeRule rule) { return kMergeNames[static_cast<std::size_t>(rule)]; }

MergeRule merge_rule(const std::string& name) {
  const auto found = std::find(kMergeNames.begin(), kMergeNames.end(), name);
  if (found == kMergeNames.end())
    throw scene::Error("merge '" + name + "'", "is not known", "it takes cell, box or nearest");
  return static_cast<MergeRule>(found - kMergeNames.begin());
}

std::uint32_t kept_from(const BlockPlan& plan, const glm::dvec3& scene_point) {
  const Partition& partition = plan.partition;
  const glm::dvec2 at = partition.frame().cell_from_scene(scene_point);
  switch (plan.merge) {
    case MergeRule::cell:
      break;
    case MergeRule::box: {
      CellFrame plain = partition.frame();
      plain.contracted = false;
      if (!plain.region.contains(plain.cell_from_scene(scene_point))) return partition.cells();
      break;
    }
    case MergeRule::nearest: {
      std::uint32_t best = 0;
      double least = std::numeric_limits<double>::max();
      for (std::uint32_t cell = 0; cell < partition.cells(); ++cell) {
        const Rect rect = partition.cell(cell);
        const glm::dvec2 to = at - 0.5 * (rect.low + rect.high);
        if (const double square = to.x * to.x + to.y * to.y; square < least) best = cell, least = square;
      }
      return best;
    }
  }
  return partition.owner_at(at);
}

std::vector<BlockData> block_data(const scene::Dataset& dataset, const BlockPlan& plan) {
  for (const auto& block : plan.views)
    for (const BlockView& v : block)
      if (v.view >= dataset.views.size() || dataset.views[v.view].test)
        throw scene::Error("plan.json", "photo " + std::to_string(v.view) + " is none to train on",
                           "make the plan anew");
  return block_data(dataset, plan.partition, plan.assignment.margin, plan.views);
}

TrainOptions block_options(const BlockPlan& plan, std::uint32_t cell) {
  TrainOptions options = plan.options;
  const bool continues = static_cast<bool>(plan.start);
  if (continues) options.max_splats = static_cast<int>(plan.start.rows[cell].own + plan.start.rows[cell].others);
  // Few photos, seen too often, are learnt by heart (docs/large-scenes.md, "Blocks").
  const double most = options.steps_per_photo * static_cast<double>(plan.views[cell].size());
  if (most > 0 && (continues || plan.partition.cells() > 1))
    options.iterations =
        std::min(options.iterations, std::max(static_cast<int>(most), continues ? 1 : kFewestBlockSteps));
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
  json record = {{"version", kVersion},
                 {"data", fs::absolute(plan.data).lexically_normal().string()},
                 {"data_fingerprint", plan.data_fingerprint},
                 {"preset", plan.preset},
                 {"options", options},
                 {"partition", plan.partition.json()},
                 {"assignment", assignment_json(plan)},
                 {"merge", merge_name(plan.merge)}};
  if (plan.start) record["start"] = start_json(plan.start);
  scene::make_folder(project);
  scene::write_file_atomically(project / "plan.json", json_text(record) + "\n");
}

BlockPlan read_block_plan(const fs::path& project) {
  const fs::path path = project / "plan.json";
  const std::string file = path.string();
  const json record = json::parse(scene::read_file(path, 64u << 20), nullptr, false);
  if (!record.is_object()) throw scene::Error(file, "is no plan", "make it with tessera plan");
  if (number_in(record, "version", file) != kVersion)
    throw scene::Error(file, "is of version " + record["version"].dump(),
                       "this program reads version " + std::to_string(kVersion));
  if (!record.contains("partition")) throw scene::Error(file, "has no partition", "make the plan anew");
  BlockPlan plan{.data = text_of(record, "data", ""),
                 .preset = text_of(record, "preset", "standard"),
                 .options = {},
                 .partition = Partition::from_json(record["partition"], file),
                 .assignment = {},
                 .views = {}};
  if (plan.data.empty()) throw scene::Error(file, "does not say where the photos are", "make the plan anew");
  if (!record.contains("options") || !record["options"].is_object())
    throw scene::Error(file, "has no options", "make the plan anew");
  for (const auto& [key, value] : record["options"].items()) {
    if (!value.is_string()) throw scene::Error(file, "option '" + key + "' is not text", "make the plan anew");
    train_options_table().set(plan.options, key, value.get<std::string>());
  }
  read_assignment(record.value("assignment", json::object()), plan, file);
  if (!record.contains("data_fingerprint") || !record["data_fingerprint"].is_number_unsigned())
    throw scene::Error(file, "data_fingerprint is no number", "make the plan anew");
  plan.data_fingerprint = record["data_fingerprint"].get<std::uint64_t>();
  try {
    plan.merge = merge_rule(text_of(record, "merge", merge_name(MergeRule::cell)));
  } catch (const scene::Error& e) {
    throw scene::Error(file, e.what(), "make the plan anew");
  }
  if (record.contains("start")) plan.start = read_start(record["start"], plan.partition.cells(), file);
  return plan;
}

bool has_block_plan(const fs::path& project) {
  std::error_code error;
  return fs::is_regular_file(project / "plan.json", error);
}

}  // namespace tessera::reconstruct
