#include "reconstruct/blocks/merge.h"

#include "reconstruct/blocks/block_dataset.h"
#include "reconstruct/evaluate/evaluate.h"
#include "reconstruct/run/inputs.h"
#include "reconstruct/train/run_setup.h"
#include "scene/atomic_file.h"
#include "scene/formats/cameras_json.h"
#include "scene/formats/ply.h"
#include "scene/image_cache.h"
#include "scene/scene_frame.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;
using nlohmann::json;

fs::path block_folder(const fs::path& project, std::uint32_t block) {
  return project / "blocks" / std::to_string(block);
}

json merge_blocks(const BlockPlan& plan, const fs::path& project, const scene::Dataset& dataset,
                  const TrainEvents& events, StageClock& clock) {
  clock.start("merge");
  scene::GaussianModel merged;
  std::size_t trained = 0;
  merged.resize(0, plan.options.sh_degree);
  for (std::uint32_t block = 0; block < plan.partition.cells(); ++block) {
    const scene::GaussianModel whole = load_model(block_folder(project, block), dataset);
    trained += whole.size();
    const scene::GaussianModel part = owned_part(whole, plan.partition, block);
    auto to = merged.planes();
    const auto from = part.planes();
    for (std::size_t k = 0; k < to.size(); ++k) to[k]->insert(to[k]->end(), from[k]->begin(), from[k]->end());
  }
  scene::GaussianModel world = merged;
  scene::transform_model(world, dataset.scene_from_world.inverse());
  scene::write_splat_ply(world, project / "model.ply");
  scene::write_cameras_json(dataset, project / "cameras.json");

  clock.start("evaluate");
  json metrics = json::object();
  if (plan.options.eval != "off" && !dataset.test_views().empty()) {
    scene::ImageCache images(dataset, static_cast<std::size_t>(plan.options.image_cache_mb * 1e6));
    EvaluateOptions how;
    how.level = level_of(dataset, plan.options.max_image_size);
    how.antialiased = plan.options.antialiased;
    if (plan.options.background == "white") how.background = {1, 1, 1};
    const scene::JobContext job{events.on_progress, events.on_warning, events.cancellation};
    const auto rasterizer = render::make_cpu_rasterizer();
    metrics = to_json(evaluate(merged, dataset, images, *rasterizer, how, job));
  }
  clock.stop();
  const auto use = resource_use();
  metrics["splats"] = merged.size();
  metrics["trained_splats"] = trained;
  metrics["blocks"] = plan.partition.cells();
  metrics["iterations"] = plan.options.iterations;
  metrics["seconds"] = use.seconds;
  metrics["cpu_seconds"] = use.cpu_seconds;
  metrics["peak_memory_bytes"] = use.peak_memory_bytes;
  scene::write_file_atomically(project / "metrics.json", json_text(metrics) + "\n");
  return metrics;
}

}  // namespace tessera::reconstruct
