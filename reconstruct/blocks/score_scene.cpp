#include "reconstruct/blocks/score_scene.h"

#include <algorithm>

#include "reconstruct/blocks/seams.h"
#include "reconstruct/evaluate/gallery.h"
#include "reconstruct/evaluate/metrics.h"
#include "reconstruct/run/inputs.h"
#include "reconstruct/train/run_setup.h"
#include "scene/atomic_file.h"
#include "scene/image.h"
#include "scene/image_cache.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

/// Photos are scored once each: one, and the next that is decoded ahead, with masks and alpha; never more than training
/// may keep.
std::size_t cache_bytes(const BlockPlan& plan, const scene::Dataset& dataset, int level) {
  std::size_t pixels = 0;
  for (const std::size_t v : dataset.test_views()) {
    const scene::Pinhole k = scene::level_camera(dataset.views[v].camera.intrinsics, level);
    pixels = std::max(pixels, static_cast<std::size_t>(k.width) * static_cast<std::size_t>(k.height));
  }
  return std::min(2 * 5 * pixels, static_cast<std::size_t>(plan.options.image_cache_mb * 1e6));
}

EvaluateOptions scoring(const BlockPlan& plan, const scene::Dataset& dataset) {
  EvaluateOptions how;
  how.level = level_of(dataset, plan.options.max_image_size);
  how.antialiased = plan.options.antialiased;
  if (plan.options.background == "white") how.background = {1, 1, 1};
  return how;
}

}  // namespace

json score_scene(const StreamedModel& model, const BlockPlan& plan, const fs::path& folder,
                 const scene::Dataset& dataset, const scene::JobContext& job) {
  const EvaluateOptions how = scoring(plan, dataset);
  const auto tests = dataset.test_views();
  scene::ImageCache images(dataset, cache_bytes(plan, dataset, how.level));
  const auto rasterizer = render::make_cpu_rasterizer();
  SeamReport seams(plan.partition);
  Scores scores;
  render::Plane corrected[3];
  for (std::size_t i = 0; i < tests.size(); ++i) {
    job.throw_if_cancelled();
    const scene::View& view = dataset.views[tests[i]];
    job.progress({"evaluating", static_cast<double>(i), static_cast<double>(tests.size()), -1, view.name});
    if (i + 1 < tests.size()) images.prefetch(tests[i + 1], how.level);
    const scene::Camera camera{scene::level_camera(view.camera.intrinsics, how.level), view.camera.cam_from_world};
    const scene::GaussianModel seen = model.seen_by(camera);
    Gallery gallery(seen, dataset, images, *rasterizer, how);
    const render::Plane* picture = gallery.show(tests[i]);
    const Truth& truth = gallery.truth();
    if (truth.weight_sum == 0) {
      job.warn(view.name + ": every pixel is masked; not scored");
      continue;
    }
    scores.views.push_back(score(view, picture, truth));
    apply_affine(fit_color_correction(picture, truth), picture, corrected);
    render::RenderSettings settings;
    settings.sh_degree = 0, settings.antialiased = how.antialiased, settings.geometry = true;
    seams.add(camera, corrected, rasterizer->forward(seen, camera, settings), truth);
  }
  json metrics = to_json(scores);
  if (plan.partition.cells() > 1) {
    metrics["seams"] = seams.json();
    scene::write_file_atomically(folder / "seams.json", json_text(seams.json()) + "\n");
    scene::write_image(folder / "seams.png", seams.map());
  }
  return metrics;
}

}  // namespace tessera::reconstruct
