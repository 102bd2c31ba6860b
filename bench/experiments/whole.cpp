// What cutting a scene into blocks costs: a city of 16 blocks, as merged and refined as a whole after that, against one
// model with as many steps and splats in all. What OUT holds is not made again.
#include <cstdio>
#include <string>
#include <vector>

#include "bench/experiments/experiments.h"
#include "bench/experiments/sheet.h"
#include "bench/experiments/surface.h"
#include "reconstruct/blocks/block_training.h"
#include "reconstruct/blocks/score_scene.h"
#include "scene/atomic_file.h"
#include "scene/formats/ply.h"
#include "scene/image.h"

namespace tessera::bench {
namespace fs = std::filesystem;
using namespace reconstruct;
using nlohmann::json;

namespace {

constexpr int kBlocks = 16, kSteps = 20'000;  // in all
constexpr int kRefining = 8'000;              // of these, where blocks are refined
constexpr int kSize = 320;  // half of the photos' size: so many steps take minutes
constexpr std::uint64_t kCap = 20'000;

/// Blocks share the steps out by their photos, so that every photo is seen as often.
BlockPlan plan_of(const scene::Dataset& dataset, int blocks, int steps, std::uint64_t cap) {
  TrainOptions options;
  apply_preset(options, "standard");
  options.iterations = steps, options.max_splats = cap, options.max_image_size = kSize;
  options.resolution_schedule = "off";  // small as they are
  if (steps / blocks < kFewestBlockSteps) options.iterations = steps / blocks;
  BlockPlan plan = plan_blocks(dataset, {.blocks = blocks}, "standard", options);
  std::size_t photos = 0;
  for (const auto& block : plan.views) photos += block.size();
  plan.options.steps_per_photo = static_cast<double>(steps) / static_cast<double>(photos);
  return plan;
}

/// The scene of `first` trained on in so many blocks, which share the steps out by their photos.
BlockPlan refining_plan(const scene::Dataset& dataset, const fs::path& first, int blocks, int steps) {
  TrainOptions options;
  apply_preset(options, "refine");
  options.max_image_size = kSize;
  PlanOptions how;
  how.blocks = blocks, how.start = first;
  BlockPlan plan = plan_blocks(dataset, how, "refine", options);
  std::size_t photos = 0;
  for (const auto& block : plan.views) photos += block.size();
  plan.options.steps_per_photo = static_cast<double>(steps) / static_cast<double>(photos);
  return plan;
}

int steps_of(const BlockPlan& plan) {
  int steps = 0;
  for (std::uint32_t b = 0; b < plan.partition.cells(); ++b) steps += block_options(plan, b).iterations;
  return steps;
}

json train(const scene::Dataset& dataset, const BlockPlan& plan, const fs::path& project) {
  write_block_plan(plan, project);
  std::fprintf(stderr, "%s\n", project.c_str());
  return BlockTraining(plan, project, dataset, {}).run().metrics;
}

struct Row {
  std::string name;
  int steps = 0;
  TrueSurface::Strays strays;
  json metrics;  // of training
  json scores;   // along the blocks' borders
};

double borders(const Row& row) { return row.scores["seams"]["difference_db"]; }

void print(const Row& row) {
  const json& seams = row.scores["seams"];
  std::printf("| %s | %d | %d | %.2f | %.2f | %.3f | %.2f | %.2f | %.2f | %.2f %% | %.2f %% | %.0f | %.0f |\n", row.name.c_str(),
              row.steps, row.metrics["splats"].get<int>(), row.scores["test"]["psnr"].get<double>(),
              row.scores["test"]["psnr_corrected"].get<double>(), row.scores["test"]["ssim"].get<double>(),
              seams["interior"]["psnr"].get<double>(), seams["borders"]["psnr"].get<double>(), borders(row),
              100 * row.strays.floating, 100 * row.strays.buried, row.metrics["cpu_seconds"].get<double>(),
              row.metrics["peak_memory_bytes"].get<double>() / 1e6);
  std::fflush(stdout);
}

}  // namespace

void whole(const fs::path& out) {
  const scene::Dataset dataset = scene::load_dataset(city(out, kBlocks));
  const TrueSurface surface(kBlocks, dataset);
  std::printf(
      "| city of %d blocks | steps in all | splats | test PSNR | corrected | SSIM | inside | at borders | borders less "
      "inside | floaters | buried | CPU s | peak MB |\n"
      "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
      kBlocks);
  std::vector<Row> rows;
  std::vector<Tile> tiles;
  const fs::path in_blocks = out / "city16-blocks";
  // `before`: what trained the scene that the plan starts from.
  const auto add = [&](const char* name, const BlockPlan& plan, const fs::path& project, const Row* before = nullptr) {
    Row row{name, steps_of(plan), {}, train(dataset, plan, project), {}};
    if (before) {
      row.steps += before->steps;
      row.metrics["cpu_seconds"] = row.metrics["cpu_seconds"].get<double>() + before->metrics["cpu_seconds"].get<double>();
    }
    const fs::path file = project / "model.ply", figures = project / "along_borders";
    row.strays = surface.strays(scene::read_splat_ply(file));
    scene::make_folder(figures);
    row.scores = score_scene({file, dataset.scene_from_world}, read_block_plan(in_blocks), figures, dataset, {});
    print(row);
    char caption[128];
    std::snprintf(caption, sizeof caption, "%s: %.2f dB", name, row.scores["test"]["psnr_corrected"].get<double>());
    tiles.push_back({caption, scene::read_image(figures / "seams.png")});
    rows.push_back(std::move(row));
  };
  add("16 blocks", plan_of(dataset, kBlocks, kSteps, kCap), in_blocks);
  // Scores of the first round are not asked for: the row is not printed.
  const fs::path first = out / "city16-first";
  const BlockPlan first_plan = plan_of(dataset, kBlocks, kSteps - kRefining, kCap);
  const Row first_row{"", steps_of(first_plan), {}, train(dataset, first_plan, first), {}};
  add("16 blocks, refined in 4", refining_plan(dataset, first, 4, kRefining), out / "city16-refined4", &first_row);
  add("16 blocks, refined as one", refining_plan(dataset, first, 1, kRefining), out / "city16-refined", &first_row);
  add("one model", plan_of(dataset, 1, rows[2].steps, rows[2].metrics["splats"].get<std::uint64_t>()),
      out / "city16-single");
  const fs::path picture = out / "whole.png";
  scene::write_image(picture, sheet(tiles, 2));
  const auto corrected = [](const Row& row) { return row.scores["test"]["psnr_corrected"].get<double>(); };
  const Row& one = rows.back();
  for (std::size_t i = 0; i + 1 < rows.size(); ++i)
    std::printf("\n%s over one model: %+.2f dB, corrected; its borders over the other's, inside taken off: %+.2f dB\n",
                rows[i].name.c_str(), corrected(rows[i]) - corrected(one), borders(rows[i]) - borders(one));
  std::printf("%s\n", picture.c_str());
}

}  // namespace tessera::bench
