#include "reconstruct/blocks/contribution.h"

#include <algorithm>
#include <limits>

#include "reconstruct/evaluate/coverage.h"
#include "reconstruct/evaluate/metrics.h"
#include "reconstruct/train/initialize.h"
#include "reconstruct/train/splat_math.h"
#include "render/rasterizer.h"
#include "scene/error.h"
#include "scene/image_cache.h"

namespace tessera::reconstruct {
namespace {

constexpr float kSolid = 0.95f;       // opacity of what stands in for a surface
constexpr float kGoneLogit = -30.0f;  // far below what the rasteriser skips

/// Rows of the model in each block.
std::vector<std::vector<std::uint32_t>> rows_of_blocks(const scene::GaussianModel& model, const Partition& partition,
                                                       double margin) {
  std::vector<std::vector<std::uint32_t>> rows(partition.cells());
  for (std::size_t i = 0; i < model.size(); ++i) {
    const glm::dvec2 at =
        partition.frame().cell_from_scene({model.position[0][i], model.position[1][i], model.position[2][i]});
    for (std::uint32_t b = 0; b < partition.cells(); ++b)
      if (partition.cell(b).expanded(margin).contains(at)) rows[b].push_back(static_cast<std::uint32_t>(i));
  }
  return rows;
}

Truth truth_of(const render::Frame& frame) {
  Truth truth;
  truth.width = frame.color[0].width, truth.height = frame.color[0].height;
  for (int c = 0; c < 3; ++c) truth.color[c] = frame.color[c];
  truth.weight_sum = static_cast<double>(truth.width) * truth.height;
  return truth;
}

}  // namespace

scene::GaussianModel model_of_points(const scene::Dataset& dataset) {
  TrainOptions options;
  options.initialization = "points", options.strategy = "adc", options.sh_degree = 0;
  options.max_splats = std::numeric_limits<int>::max();
  scene::ImageCache no_photos(dataset, 0);
  scene::GaussianModel model = initialize_model(dataset, no_photos, options);
  std::fill(model.opacity_logit.begin(), model.opacity_logit.end(), logit(kSolid));
  return model;
}

BlockViews views_by_pictures(const scene::Dataset& dataset, const Partition& partition,
                             const AssignmentOptions& options, const scene::GaussianModel& model, bool antialiased,
                             const scene::JobContext& job) {
  if (model.size() == 0) throw scene::Error("coarse model", "has no splats", "train one that has");
  const bool by_drop = options.rule == "ssim-drop";
  const auto rows = rows_of_blocks(model, partition, options.margin);
  const auto rasterizer = render::make_cpu_rasterizer();
  render::RenderSettings settings;
  settings.antialiased = antialiased;
  render::ModelGradients gradients;
  scene::GaussianModel without = model;
  BlockViews views(partition.cells());
  const std::vector<std::size_t> train = dataset.train_views();
  for (std::size_t k = 0; k < train.size(); ++k) {
    job.throw_if_cancelled();
    job.progress({"assigning photos", static_cast<double>(k), static_cast<double>(train.size()), -1, ""});
    const scene::Camera camera = coverage_camera(dataset.views[train[k]].camera);
    const Truth whole = truth_of(rasterizer->forward(model, camera, settings));
    rasterizer->backward(model, {}, gradients);  // the weights are a by-product of the gradients
    double all = 0;
    for (std::size_t i = 0; i < model.size(); ++i)
      if (gradients.seen[i]) all += static_cast<double>(gradients.weight[i]);
    for (std::size_t b = 0; b < rows.size() && all > 0; ++b) {
      BlockView view{.view = static_cast<std::uint32_t>(train[k])};
      double part = 0;
      for (const std::uint32_t i : rows[b])
        if (gradients.seen[i]) part += static_cast<double>(gradients.weight[i]);
      view.contribution = part / all;
      if (by_drop && part > 0) {
        for (const std::uint32_t i : rows[b]) without.opacity_logit[i] = kGoneLogit;
        view.drop = 1 - ssim(rasterizer->forward(without, camera, settings).color, whole).padded;
        for (const std::uint32_t i : rows[b]) without.opacity_logit[i] = model.opacity_logit[i];
      }
      if (by_drop ? view.drop > options.drop_above : view.contribution > options.contribution_above)
        views[b].push_back(view);
    }
  }
  return views;
}

}  // namespace tessera::reconstruct
