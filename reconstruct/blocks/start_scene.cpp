#include "reconstruct/blocks/start_scene.h"

#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "reconstruct/blocks/streamed_model.h"
#include "reconstruct/ingest/hash.h"
#include "reconstruct/run/inputs.h"
#include "reconstruct/train/run_setup.h"
#include "scene/error.h"
#include "scene/formats/ply.h"
#include "scene/scene_frame.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;

namespace {

/// Of the values as they are read.
std::uint64_t fingerprint_of_splats(const fs::path& ply) {
  std::uint64_t hash = fnv1a({});
  scene::stream_splat_ply(ply, [&](const scene::PlyInfo&, std::uint64_t, std::size_t, std::span<const float> values) {
    hash = fnv1a({reinterpret_cast<const char*>(values.data()), values.size_bytes()}, hash);
  });
  return hash;
}

/// The photos of a block as it draws them: small pictures widen splats.
StreamedModel::Cameras cameras_of(const BlockPlan& plan, const scene::Dataset& dataset, std::uint32_t block) {
  StreamedModel::Cameras cameras;
  const int level = level_of(dataset, plan.options.max_image_size);
  for (const BlockView& v : plan.views[block]) {
    scene::Camera camera = dataset.views[v.view].camera;
    camera.intrinsics = scene::level_camera(camera.intrinsics, level);
    cameras.push_back(camera);
  }
  return cameras;
}

struct Rows {
  std::vector<std::uint32_t> own, others;  // ascending
};

Rows rows_of(const StreamedModel& scene, const BlockPlan& plan, const scene::Dataset& dataset, std::uint32_t block) {
  Rows rows;
  const StreamedModel::Cameras photos[] = {cameras_of(plan, dataset, block)};
  scene.for_each_row(
      photos, [&](std::uint64_t row, const std::array<float, 3>& mean, std::span<const std::uint8_t> shown) {
        const bool own = plan.partition.owner({mean[0], mean[1], mean[2]}) == block;
        if (own || shown[0]) (own ? rows.own : rows.others).push_back(static_cast<std::uint32_t>(row));
      });
  return rows;
}

scene::Error changed(const PlanStart& start) {
  return {start.file.string(), "has changed since the plan was made that starts from it",
          "make the plan anew: tessera plan --start"};
}

}  // namespace

void check_start(const PlanStart& start) {
  if (scene::probe_ply(start.file).vertices != start.splats || fingerprint_of_splats(start.file) != start.fingerprint)
    throw changed(start);
}

scene::GaussianModel start_model(const BlockPlan& plan, const scene::Dataset& dataset, std::uint32_t block) {
  if (plan.partition.cells() == 1) {
    scene::GaussianModel whole = read_model(plan.start.file);
    scene::transform_model(whole, dataset.scene_from_world);
    return whole;
  }
  const StreamedModel scene(plan.start.file, dataset.scene_from_world);
  const Rows rows = rows_of(scene, plan, dataset, block);
  const PlanStart::Rows& counted = plan.start.rows[block];
  if (rows.own.size() != counted.own || rows.others.size() != counted.others) throw changed(plan.start);
  scene::GaussianModel model = scene.rows(rows.own);
  model.append(scene.rows(rows.others));
  return model;
}

void count_start(BlockPlan& plan, const scene::Dataset& dataset) {
  const std::uint32_t blocks = plan.partition.cells();
  plan.start.rows.assign(blocks, {});
  if (blocks == 1) {
    plan.start.rows[0].own = plan.start.splats;
    return;
  }
  std::vector<StreamedModel::Cameras> photos;
  for (std::uint32_t block = 0; block < blocks; ++block) photos.push_back(cameras_of(plan, dataset, block));
  StreamedModel(plan.start.file, dataset.scene_from_world)
      .for_each_row(photos, [&](std::uint64_t, const std::array<float, 3>& mean, std::span<const std::uint8_t> shown) {
        const std::uint32_t owner = plan.partition.owner({mean[0], mean[1], mean[2]});
        for (std::uint32_t block = 0; block < blocks; ++block)
          if (block == owner) ++plan.start.rows[block].own;
          else if (shown[block]) ++plan.start.rows[block].others;
      });
}

void start_from(BlockPlan& plan, const scene::Dataset& dataset, const fs::path& run_or_ply) {
  const fs::path file = model_file(run_or_ply);
  const scene::PlyInfo info = scene::probe_ply(file);
  constexpr std::uint64_t kMost = std::numeric_limits<int>::max();  // of max_splats
  if (!info.splats || info.vertices == 0 || info.vertices > kMost)
    throw scene::Error(file.string(),
                       info.splats ? "holds " + std::to_string(info.vertices) + " splats" : "holds no splats",
                       "start from the model.ply of a run or a project");
  plan.start = {fs::absolute(file).lexically_normal(), fingerprint_of_splats(file), info.vertices, {}};
  TrainOptions& o = plan.options;
  o.sh_degree = info.sh_degree, o.sh_every = 0, o.antialiased = run_antialiased(run_or_ply);
  o.initialization = "points", o.resolution_schedule = "off";
  o.strategy = "adc", o.densify_until = 0, o.adc_opacity_reset = 0, o.pixels_per_splat = 0;
  count_start(plan, dataset);
}

}  // namespace tessera::reconstruct
