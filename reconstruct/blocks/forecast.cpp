#include "reconstruct/blocks/forecast.h"

#include <algorithm>
#include <cmath>

#include "reconstruct/train/initialize.h"
#include "reconstruct/train/memory_plan.h"
#include "reconstruct/train/projection.h"
#include "reconstruct/train/run_setup.h"
#include "reconstruct/train/schedule.h"
#include "reconstruct/train/stereo_seeds.h"
#include "scene/error.h"
#include "scene/image_cache.h"
#include "scene/parallel.h"

namespace tessera::reconstruct {
namespace {

// Time of a step (docs/performance.md, "Time is not linear in pairs alone").
constexpr double kSecondsOfVisible = 253e-9, kSecondsOfPair = 2.0e-9;
// Pairs a pixel by visible splats a pixel: a trained scene's splats shrink as they become more. Fitted to the four
// columns of the same page's table of stages (54, 74, 97 and 172 pairs at .022, .22, .54 and 2.2).
constexpr double kPairsAtLeast = 45, kPairsOfSplats = 82, kPairsPower = 0.57;
// What runs took over that: the geometric mean of seven, 0.93 to 1.6 (docs/large-scenes.md, "The forecast"). Overlap
// differs from scene to scene, and photos, previews and checkpoints take their part.
constexpr double kRunOverSteps = 1.2;
// What a densification adds: adc added 4.6 to 5 % on caliterra, whole and in four blocks, until the cap; mcmc is told.
constexpr double kAdcGrowth = 0.05;
// Stereo adds what fills the gaps between its own points, 15 % more (caliterra), and takes this long for a pixel of its
// small pictures.
constexpr double kStereoFill = 1.15, kSecondsOfStereoPixel = 8e-6;
// Decoding, drawing and scoring a photo at full size: 0.138 s at 640 x 480 (caliterra).
constexpr double kSecondsOfScoredPixel = 450e-9;
// A second core gains .7 to .95 of itself (docs/performance.md).
constexpr double kGainOfCore = 0.85;

constexpr double kVisibleUnknown = 0.5;  // share of the splats that a photo shows, where no points tell

constexpr std::size_t kSample = 400;                                   // points that stand for a block's splats
constexpr std::uint32_t kSlices = 40;                                  // of a run, over which pictures and splats grow
constexpr std::size_t kCheckpointCopies = 3, kCheckpointBesides = 12;  // floats of each; bytes (checkpoint.h)
constexpr std::size_t kNormals = 3;                                    // floats that a PLY row has besides

/// What memory_need() reads of a block's dataset.
scene::Dataset outline(const scene::Dataset& whole, const BlockData& block) {
  scene::Dataset part;
  for (const BlockView& v : block.views) part.views.push_back(whole.views[v.view]);
  const std::size_t points = block.points.size() + block.auxiliary.size();
  part.points.position.resize(points);
  // Tracks are spread evenly enough for a bound of which they are a hundredth.
  if (whole.points.size() > 0)
    part.points.track_view.resize(whole.points.track_view.size() * points / whole.points.size());
  return part;
}

/// Share of the block's points that lie in each view's picture.
std::vector<double> visible_shares(const scene::Dataset& whole, const BlockData& block) {
  std::vector<double> shares(block.views.size(), kVisibleUnknown);
  const std::size_t points = block.points.size() + block.auxiliary.size(), count = std::min(points, kSample);
  if (count == 0) return shares;
  std::vector<glm::dvec3> sample;
  for (std::size_t k = 0; k < count; ++k) {
    const std::size_t i = k * points / count;
    const auto& p =
        whole.points.position[i < block.points.size() ? block.points[i] : block.auxiliary[i - block.points.size()]];
    sample.push_back({p[0], p[1], p[2]});
  }
  for (std::size_t v = 0; v < shares.size(); ++v) {
    const scene::Camera& camera = whole.views[block.views[v].view].camera;
    const auto seen = std::count_if(sample.begin(), sample.end(),
                                    [&](const glm::dvec3& p) { return project(camera, p).has_value(); });
    shares[v] = static_cast<double>(seen) / static_cast<double>(count);
  }
  return shares;
}

double area(const scene::Pinhole& k) { return static_cast<double>(k.width) * k.height; }

double stereo_pixels(const scene::Dataset& part) {
  double pixels = 0;
  for (const scene::View& view : part.views) {
    const scene::Pinhole& k = view.camera.intrinsics;
    pixels += area(scene::level_camera(k, base_level(k.width, k.height, kStereoSize)));
  }
  return pixels;
}

/// Splats that a run begins with: those that may multiply, and the backdrop (initialize.h).
struct Start {
  double grows = 0, stays = 0;
};
Start start_of(const TrainOptions& o, const scene::Dataset& part, const BlockData& block, bool whole) {
  const auto points = static_cast<double>(part.points.size());
  const double stereo = static_cast<double>(o.stereo_splats) * (whole ? 1 : kShownByBlock);
  double all = points;
  if (o.initialization == "stereo") all += kStereoFill * std::min(stereo, stereo_pixels(part));
  if (o.initialization == "random" || all == 0) all = o.initial_random_splats;
  const double cap = o.max_splats;
  const double beyond = whole || points == 0 ? 0 : all * static_cast<double>(block.auxiliary.size()) / points;
  const double stays = std::min(beyond, cap * o.backdrop);
  return {std::min(all - beyond, cap - stays), stays};
}

BlockForecast forecast_block(const BlockPlan& plan, const scene::Dataset& whole, const BlockData& block,
                             std::uint32_t id) {
  BlockForecast f;
  f.views = block.views.size(), f.points = block.points.size(), f.auxiliary = block.auxiliary.size();
  if (block.views.empty()) return f;
  const scene::Dataset part = outline(whole, block);
  TrainOptions o = with_one_cap(block_options(plan, id), part);
  TrainOptions frugal = o;
  frugal.image_cache_mb = std::min<double>(o.image_cache_mb, kSmallestCache);
  f.least_memory_bytes = memory_need(part, frugal).total();
  if (o.memory_mb > 0) try {
      o = plan_memory(part, o, false, {}).options;
    } catch (const scene::Error&) {  // nothing fits: the need says so
      o = frugal;
    }
  f.memory_bytes = memory_need(part, o).total();
  f.cap = static_cast<std::size_t>(o.max_splats);

  const std::vector<double> shares = visible_shares(whole, block);
  const Schedule schedule(o, 1);
  const int full = level_of(part, o.max_image_size);
  const double growth = 1 + (o.strategy == "mcmc" ? o.mcmc_growth : kAdcGrowth), steps = o.iterations;
  const Start start = plan.start ? Start{0, static_cast<double>(o.max_splats)}
                                 : start_of(o, part, block, plan.partition.cells() == 1);
  const auto splats_after = [&](double share) {
    const double dense = std::clamp(share, o.densify_from, std::max(o.densify_from, o.densify_until)) - o.densify_from;
    const double grown = start.grows * std::pow(growth, std::floor(dense * steps / o.densify_every));
    return std::min<double>(start.stays + grown, o.max_splats);
  };
  double step = 0;  // mean over the run and the block's views
  for (std::uint32_t s = 0; s < kSlices; ++s) {
    const double share = (s + 0.5) / kSlices, splats = splats_after(share);
    const auto at = static_cast<std::uint32_t>(std::ceil(share * steps));
    const int level = full + schedule.coarse_levels(at);
    // A second picture, forward and back.
    const double pictures = o.pseudo_view == "corrected" && schedule.pseudo_weight(at) > 0 ? 2 : 1;
    for (std::size_t v = 0; v < shares.size(); ++v)
      step += pictures *
              step_seconds(area(scene::level_camera(part.views[v].camera.intrinsics, level)), shares[v] * splats);
  }
  step /= static_cast<double>(kSlices * shares.size());
  f.cpu_seconds = kRunOverSteps * steps * step;
  if (o.initialization == "stereo") f.cpu_seconds += kSecondsOfStereoPixel * stereo_pixels(part);
  f.splats = static_cast<std::size_t>(splats_after(1));
  const std::size_t floats = 11 + 3 * static_cast<std::size_t>(scene::sh_coefficients(o.sh_degree));
  const std::size_t kept = o.checkpoint_every > 0 && o.checkpoint_every < o.iterations ? 2 : 1;
  f.disk_bytes = f.splats * (kept * (kCheckpointCopies * sizeof(float) * floats + kCheckpointBesides) +
                             sizeof(float) * (floats + kNormals));
  return f;
}

}  // namespace

double step_seconds(double pixels, double visible) {
  const double pairs = pixels * (kPairsAtLeast + kPairsOfSplats * std::pow(visible / pixels, kPairsPower));
  return kSecondsOfVisible * visible + kSecondsOfPair * pairs;
}

SceneForecast forecast(const BlockPlan& plan, const scene::Dataset& dataset, std::span<const BlockData> blocks) {
  SceneForecast scene;
  scene.blocks.resize(blocks.size());
  scene::parallel_for(std::size_t{0}, blocks.size(), [&](std::size_t b) {
    scene.blocks[b] = forecast_block(plan, dataset, blocks[b], static_cast<std::uint32_t>(b));
  });
  for (const BlockForecast& f : scene.blocks) {
    scene.cpu_seconds += f.cpu_seconds;
    scene.memory_bytes = std::max(scene.memory_bytes, f.memory_bytes);
    scene.disk_bytes += f.disk_bytes;
  }
  const TrainOptions& o = plan.options;
  const std::size_t floats = 11 + 3 * static_cast<std::size_t>(scene::sh_coefficients(o.sh_degree));
  for (const BlockForecast& f : scene.blocks) scene.disk_bytes += f.splats * sizeof(float) * (floats + kNormals);
  if (o.eval != "off" && !dataset.test_views().empty()) {
    const int level = level_of(dataset, o.max_image_size);
    for (const scene::View& view : dataset.views)
      scene.cpu_seconds += kSecondsOfScoredPixel * area(scene::level_camera(view.camera.intrinsics, level));
  }
  return scene;
}

SceneForecast forecast(const BlockPlan& plan, const scene::Dataset& dataset) {
  return forecast(plan, dataset, block_data(dataset, plan));
}

double wall_seconds(double cpu_seconds, int cores) {
  return cpu_seconds / (1 + kGainOfCore * (std::max(cores, 1) - 1));
}

}  // namespace tessera::reconstruct
