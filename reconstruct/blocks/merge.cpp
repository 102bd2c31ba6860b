#include "reconstruct/blocks/merge.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "reconstruct/blocks/score_scene.h"
#include "reconstruct/evaluate/coverage.h"
#include "reconstruct/run/inputs.h"
#include "reconstruct/train/run_setup.h"
#include "scene/atomic_file.h"
#include "scene/formats/cameras_json.h"
#include "scene/formats/ply.h"
#include "scene/process.h"
#include "scene/scene_frame.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

fs::path owned_file(const fs::path& project, std::uint32_t block) { return block_folder(project, block) / "owned.ply"; }

/// `rows` of the model along a Morton curve (Morton 1966) through their bounding box, 1024 steps a side.
void sort_by_place(const scene::GaussianModel& model, std::vector<std::uint32_t>& rows) {
  constexpr float kSteps = 1023;
  std::vector<std::uint32_t> code(model.size());
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto& plane = model.position[axis];
    float low = std::numeric_limits<float>::max(), high = std::numeric_limits<float>::lowest();
    for (const std::uint32_t row : rows) low = std::min(low, plane[row]), high = std::max(high, plane[row]);
    const float scale = high > low ? kSteps / (high - low) : 0.0f;
    for (const std::uint32_t row : rows) {
      const auto step = static_cast<std::uint32_t>((plane[row] - low) * scale);
      for (std::uint32_t bit = 0; bit < 10; ++bit) code[row] |= (step >> bit & 1u) << (3 * bit + axis);
    }
  }
  std::stable_sort(rows.begin(), rows.end(), [&](std::uint32_t a, std::uint32_t b) { return code[a] < code[b]; });
}

}  // namespace

fs::path block_folder(const fs::path& project, std::uint32_t block) {
  return project / "blocks" / std::to_string(block);
}

void write_owned_part(const BlockPlan& plan, const fs::path& project, const scene::Dataset& part, std::uint32_t block,
                      const scene::JobContext& job) {
  std::error_code error;
  if (fs::exists(owned_file(project, block), error)) return;
  const fs::path file = model_file(block_folder(project, block));
  if (plan.start) {
    scene::GaussianModel model = read_model(file);
    const PlanStart::Rows& rows = plan.start.rows[block];
    if (model.size() != rows.own + rows.others)
      throw scene::Error(file.string(), "has other splats than the scene that the plan starts from",
                         "remove the block's folder and train it again");
    scene::IndexMap own;
    own.old_row.resize(rows.own);
    std::iota(own.old_row.begin(), own.old_row.end(), 0u);
    model.apply(own);
    scene::write_splat_ply(model, owned_file(project, block), job);
    return;
  }
  scene::GaussianModel model = load_model(file, part);
  std::vector<std::uint32_t> kept;
  {
    const auto rasterizer = render::make_cpu_rasterizer();
    const auto views = part.train_views();
    const auto seen = count_views(model, part, views, *rasterizer, plan.options.antialiased, job);
    for (std::uint32_t i = 0; i < model.size(); ++i)
      if (seen[i] > 0 &&
          kept_from(plan, {model.position[0][i], model.position[1][i], model.position[2][i]}) == block)
        kept.push_back(i);
  }
  sort_by_place(model, kept);
  // As trained: what came back from the scene frame would differ by rounding.
  model = read_model(file);
  model.apply({std::move(kept)});
  scene::write_splat_ply(model, owned_file(project, block), job);
}

json merge_blocks(const BlockPlan& plan, const fs::path& project, const scene::Dataset& dataset,
                  const TrainEvents& events, StageClock& clock) {
  const scene::JobContext job{events.on_progress, events.on_warning, events.cancellation};
  const std::uint32_t blocks = plan.partition.cells();
  clock.start("merge");
  const ResourceUse before = clock.total();
  std::uint64_t trained = 0, kept = 0;
  for (std::uint32_t block = 0; block < blocks; ++block) {
    trained += scene::probe_ply(model_file(block_folder(project, block))).vertices;
    kept += scene::probe_ply(owned_file(project, block)).vertices;
  }
  {
    scene::SplatPlyWriter writer(project / "model.ply", kept, plan.options.sh_degree);
    for (std::uint32_t block = 0; block < blocks; ++block) writer.append(read_model(owned_file(project, block)), job);
    writer.commit();
  }
  scene::give_back_memory();
  std::error_code ignored;  // what stays is room lost, and is used by a later merge
  for (std::uint32_t block = 0; block < blocks; ++block) fs::remove(owned_file(project, block), ignored);
  scene::write_cameras_json(dataset, project / "cameras.json");

  clock.start("evaluate");
  json metrics = json::object();
  if (plan.options.eval != "off" && !dataset.test_views().empty())
    metrics = score_scene({project / "model.ply", dataset.scene_from_world}, plan, project, dataset, job);
  clock.stop();
  // Blocks may have been trained by other processes, on other machines, on other days: their own figures tell.
  const ResourceUse now = clock.total();
  double cpu_seconds = now.cpu_seconds - before.cpu_seconds, peak = static_cast<double>(now.peak_memory_bytes);
  for (std::uint32_t block = 0; block < blocks; ++block) {
    const fs::path file = block_folder(project, block) / "metrics.json";
    if (!fs::is_regular_file(file, ignored)) continue;
    const json part = json::parse(scene::read_file(file), nullptr, false);
    cpu_seconds += number_of(part, "cpu_seconds", 0);
    peak = std::max(peak, number_of(part, "peak_memory_bytes", 0));
  }
  metrics["splats"] = kept;
  metrics["trained_splats"] = trained;
  metrics["blocks"] = blocks;
  std::int64_t steps = 0;
  for (std::uint32_t block = 0; block < blocks; ++block) steps += block_options(plan, block).iterations;
  metrics["iterations"] = steps;
  metrics["seconds"] = resource_use().seconds;
  metrics["cpu_seconds"] = cpu_seconds;
  metrics["peak_memory_bytes"] = static_cast<std::uint64_t>(peak);  // of the largest process
  scene::write_file_atomically(project / "metrics.json", json_text(metrics) + "\n");
  return metrics;
}

}  // namespace tessera::reconstruct
