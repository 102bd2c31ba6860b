// What training in blocks is worth with one thing changed at a time: four blocks of the synthetic city and of
// caliterra, trained briefly. Runs that are there are not trained again, so that experiments that share OUT share them.
#include <cmath>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bench/experiments/experiments.h"
#include "bench/experiments/sheet.h"
#include "bench/experiments/surface.h"
#include "reconstruct/blocks/block_dataset.h"
#include "reconstruct/blocks/block_training.h"
#include "reconstruct/blocks/merge.h"
#include "scene/formats/colmap.h"
#include "scene/formats/ply.h"

namespace tessera::bench {
namespace fs = std::filesystem;
using namespace reconstruct;
using nlohmann::json;

namespace {

constexpr int kBlocks = 4;

struct Data {
  std::string name;
  scene::Dataset dataset;
  std::shared_ptr<const TrueSurface> surface;  // of the city
};

std::vector<Data> all_data(const fs::path& out) {
  std::vector<Data> all;
  all.push_back({"city", scene::load_dataset(city(out)), {}});
  all.back().surface = std::make_shared<TrueSurface>(kCityBlocks, all.back().dataset);
  if (const fs::path folder = photographs("caliterra"); !folder.empty())
    all.push_back({"caliterra", scene::load_dataset(folder), {}});
  return all;
}

struct Variant {
  std::string name;
  std::function<void(BlockPlan&)> change = [](BlockPlan&) {};
};

BlockPlan short_plan(const Data& data, const Variant& variant) {
  TrainOptions options;
  apply_preset(options, "draft");
  options.iterations = 600, options.max_splats = 40'000, options.preview_every = 0;
  BlockPlan plan = plan_blocks(data.dataset, {.blocks = kBlocks}, "draft", options);
  variant.change(plan);
  return plan;
}

/// A line of the table, and the seam map with it.
struct Result {
  double psnr = 0, corrected = 0;
  Tile tile;
};

Result report(const Data& data, const std::string& variant, const fs::path& project, const json& metrics) {
  Result result{metrics["test"]["psnr"], metrics["test"]["psnr_corrected"], {}};
  const json& seams = metrics["seams"];
  std::string stray = "-";
  if (data.surface) {
    const auto strays = data.surface->strays(scene::read_splat_ply(project / "model.ply"));
    char text[48];
    std::snprintf(text, sizeof text, "%.2f, %.2f %%", 100 * strays.floating, 100 * strays.buried);
    stray = text;
  }
  std::printf("| %s | %s | %.2f | %.2f | %llu of %llu | %.2f | %.2f | %s | %.0f |\n", data.name.c_str(),
              variant.c_str(), result.psnr, result.corrected, metrics["splats"].get<unsigned long long>(),
              metrics["trained_splats"].get<unsigned long long>(), seams["interior"]["psnr"].get<double>(),
              seams["difference_db"].get<double>(), stray.c_str(), metrics["cpu_seconds"].get<double>());
  std::fflush(stdout);
  char caption[128];
  std::snprintf(caption, sizeof caption, "%s, %s: %.2f dB", data.name.c_str(), variant.c_str(), result.corrected);
  result.tile = {caption, scene::read_image(project / "seams.png")};
  return result;
}

void print_head() {
  std::printf(
      "| data | variant | test PSNR | corrected | splats kept | inside | borders less inside | floaters, buried | "
      "CPU s |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
}

/// The project of a variant, trained and merged by its own rule.
fs::path train(const Data& data, const Variant& variant, const fs::path& out, json& metrics) {
  const fs::path project = out / (data.name + "-" + variant.name);
  const BlockPlan plan = short_plan(data, variant);
  write_block_plan(plan, project);
  std::fprintf(stderr, "%s\n", project.c_str());
  metrics = BlockTraining(plan, project, data.dataset, {}).run().metrics;
  return project;
}

/// Trains every variant on all data; prints how the last one differs from the first, on average.
void compare(const fs::path& out, const char* picture, const std::vector<Variant>& variants) {
  print_head();
  std::vector<Tile> tiles;
  double gain = 0;
  const auto data = all_data(out);
  for (const Data& d : data) {
    double first = 0, last = 0;
    for (const Variant& variant : variants) {
      json metrics;
      const fs::path project = train(d, variant, out, metrics);
      const Result result = report(d, variant.name, project, metrics);
      tiles.push_back(result.tile);
      if (&variant == &variants.front()) first = result.corrected;
      last = result.corrected;
    }
    gain += (last - first) / static_cast<double>(data.size());
  }
  const fs::path file = out / picture;
  scene::write_image(file, sheet(tiles, static_cast<int>(variants.size())));
  std::printf("\n%s over %s: %+.2f dB, corrected, mean over the data; %s\n", variants.back().name.c_str(),
              variants.front().name.c_str(), gain, file.c_str());
}

const Variant kBase{"base"};

}  // namespace

void auxiliary(const fs::path& out) {
  compare(out, "auxiliary.png", {{"alone", [](BlockPlan& plan) { plan.options.backdrop = 0; }}, kBase});
}

void depth(const fs::path& out) {
  // BlockGaussian's: 1, falling to a tenth (depth_weight_final).
  compare(out, "depth.png", {kBase, {"depth", [](BlockPlan& plan) { plan.options.depth_weight = 1; }}});
}

void pseudo_view(const fs::path& out) {
  compare(out, "pseudo.png",
          {kBase,
           {"released", [](BlockPlan& plan) { plan.options.pseudo_view = "released"; }},
           {"corrected", [](BlockPlan& plan) { plan.options.pseudo_view = "corrected"; }}});
}

void seams(const fs::path& out) {
  print_head();
  std::vector<Tile> tiles;
  double worst = 0;
  for (const Data& data : all_data(out)) {
    json metrics;
    const fs::path project = train(data, kBase, out, metrics);
    // The cell's rule last: it is what the project's plan says.
    for (const MergeRule rule : {MergeRule::box, MergeRule::nearest, MergeRule::cell}) {
      BlockPlan plan = short_plan(data, kBase);
      plan.merge = rule;
      const auto blocks = block_data(data.dataset, plan);
      StageClock clock;
      for (std::uint32_t b = 0; b < blocks.size(); ++b)
        write_owned_part(plan, project, block_dataset(data.dataset, blocks[b], block_name(b)), b);
      metrics = merge_blocks(plan, project, data.dataset, {}, clock);
      tiles.push_back(report(data, merge_name(rule), project, metrics).tile);
    }
    if (const double d = metrics["seams"]["difference_db"]; std::abs(d) > std::abs(worst)) worst = d;
  }
  const fs::path file = out / "seams.png";
  scene::write_image(file, sheet(tiles, 3));
  std::printf("\nborders less inside, cell's rule, worst: %+.2f dB (0.3 either way is none); %s\n", worst,
              file.c_str());
}

void units(const fs::path& out) {
  print_head();
  std::vector<Tile> tiles;
  double least = 1e9, most = 0;
  const fs::path town = city(out);
  for (const double scale : {1.0, 0.01, 100.0}) {
    char name[32];
    std::snprintf(name, sizeof name, "x%g", scale);
    const fs::path folder = out / (std::string("city-") + name);
    if (!fs::exists(folder / "sparse/0/points3D.bin")) {
      scene::ColmapModel model = scene::read_colmap(town / "sparse/0");
      for (auto& image : model.images) image.cam_from_world.translation *= scale;
      for (auto& point : model.points) point.position *= scale;
      fs::create_directories(folder / "sparse");
      fs::copy(town / "images", folder / "images", fs::copy_options::recursive | fs::copy_options::skip_existing);
      scene::write_colmap(model, folder / "sparse/0", scene::ColmapForm::binary);
    }
    const Data data{"city", scene::load_dataset(folder), {}};
    json metrics;
    const fs::path project = train(data, {name}, out / "units", metrics);
    const Result result = report(data, name, project, metrics);
    tiles.push_back(result.tile);
    least = std::min(least, result.psnr), most = std::max(most, result.psnr);
  }
  const fs::path file = out / "units.png";
  scene::write_image(file, sheet(tiles, 3));
  std::printf("\nlargest difference between units: %.3f dB; %s\n", most - least, file.c_str());
}

}  // namespace tessera::bench
