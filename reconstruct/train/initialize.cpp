#include "reconstruct/train/initialize.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include <nanoflann.hpp>

#include "reconstruct/train/projection.h"
#include "reconstruct/train/row_edit.h"
#include "reconstruct/train/schedule.h"
#include "reconstruct/train/seed_sample.h"
#include "reconstruct/train/splat_math.h"
#include "reconstruct/train/stereo_seeds.h"
#include "scene/error.h"
#include "scene/parallel.h"
#include "scene/random.h"

namespace tessera::reconstruct {

namespace {

constexpr std::size_t kNeighbours = 3;   // Kerbl et al. 2023: mean distance to the three nearest
constexpr double kScaleQuantile = 0.98;  // lone outliers would start as splats across the whole picture
constexpr float kScaleFloor = 1e-4f;     // scene frame: a tenth of a pixel at a focal length of 1,000
constexpr float kLonelyScale = 0.05f;    // a model of one point has no neighbour distance
constexpr float kOpacity = 0.1f;         // Kerbl et al. 2023
constexpr float kMcmcOpacity = 0.5f, kMcmcShrink = 0.1f;  // Kheradmand et al. 2024; for starts that are not dense
// No photo will ever make these opaque.
constexpr float kBeyondOpacity = 0.6f;

/// nanoflann's view of the points.
struct PointCloud {
  const std::vector<SeedPoint>& points;
  std::size_t kdtree_get_point_count() const { return points.size(); }
  float kdtree_get_pt(std::size_t i, std::size_t axis) const { return points[i].position[axis]; }
  template <class Box>
  bool kdtree_get_bbox(Box&) const {
    return false;
  }
};
using Tree =
    nanoflann::KDTreeSingleIndexAdaptor<nanoflann::L2_Simple_Adaptor<float, PointCloud>, PointCloud, 3, std::uint32_t>;

/// Mean distance to the nearest neighbours, between the floor and the quantile.
std::vector<float> neighbour_scales(const std::vector<SeedPoint>& points) {
  const std::size_t n = points.size();
  std::vector<float> scales(n, kLonelyScale);
  if (n < 2) return scales;
  const std::size_t wanted = std::min(kNeighbours + 1, n);  // the point finds itself too
  const PointCloud cloud{points};
  const Tree tree(3, cloud, nanoflann::KDTreeSingleIndexAdaptorParams(10));
  scene::parallel_blocks(std::size_t{0}, n, kRowGrain, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      std::array<std::uint32_t, kNeighbours + 1> index;
      std::array<float, kNeighbours + 1> squared{};
      const auto found = tree.knnSearch(points[i].position.data(), wanted, index.data(), squared.data());
      float sum = 0;  // the nearest is the point itself, or a twin at the same place: distance 0 either way
      for (std::size_t k = 1; k < found; ++k) sum += std::sqrt(squared[k]);
      scales[i] = sum / static_cast<float>(found - 1);
    }
  });
  std::vector<float> sorted = scales;
  const auto cap = sorted.begin() + static_cast<std::ptrdiff_t>(kScaleQuantile * static_cast<double>(n - 1));
  std::nth_element(sorted.begin(), cap, sorted.end());
  for (float& s : scales) s = std::max(std::min(s, *cap), kScaleFloor);
  return scales;
}

/// A dense start (stereo) covers the photos from the first step; small and opaque splats would only tear it:
/// brighton_beach after 1,000 steps has 18.6 dB from kOpacity at full scale and 7 dB from the mcmc start.
scene::GaussianModel model_of(const std::vector<SeedPoint>& seeds, const TrainOptions& options, bool dense) {
  const std::vector<float> scales = neighbour_scales(seeds);
  const bool small = options.strategy == "mcmc" && !dense;
  const float opacity = small ? kMcmcOpacity : kOpacity, shrink = small ? kMcmcShrink : 1.0f;
  scene::GaussianModel model;
  model.resize(seeds.size(), options.sh_degree);
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    for (int a = 0; a < 3; ++a) {
      model.position[a][i] = seeds[i].position[a];
      model.log_scale[a][i] = std::log(shrink * scales[i]);
      model.sh[a][i] = static_cast<float>((seeds[i].color[a] - 0.5) / scene::kSh0);
    }
    model.rotation[0][i] = 1;
    model.opacity_logit[i] = logit(seeds[i].beyond ? kBeyondOpacity : opacity);
  }
  sort_model(model);
  return model;
}

/// Of what lies outside, a sample that leaves the other rows to what the block is trained for.
void thin_outside(std::vector<SeedPoint>& seeds, const GrowFilter& grow, const TrainOptions& options) {
  const auto outside = std::stable_partition(seeds.begin(), seeds.end(),
                                             [&](const SeedPoint& seed) { return grow.allows(seed.position); });
  std::vector<SeedPoint> backdrop(outside, seeds.end());
  seeds.erase(outside, seeds.end());
  const auto rows = static_cast<std::size_t>(options.max_splats);
  limit_seeds(backdrop, static_cast<std::size_t>(options.backdrop * options.max_splats), options.seed);
  limit_seeds(seeds, rows - backdrop.size(), options.seed);
  seeds.insert(seeds.end(), backdrop.begin(), backdrop.end());
}

void append_points(const scene::SparsePoints& points, std::vector<SeedPoint>& seeds) {
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto& c = points.color[i];
    seeds.push_back({points.position[i], {c[0] / 255.0f, c[1] / 255.0f, c[2] / 255.0f}, false, true});
  }
}

// Without points: the scene frame puts what is looked at at depth 1, so that this range of depths holds the subject and
// what is near it; one octave and a half to either side.
constexpr double kNearest = 0.35, kFarthest = 2.8;
constexpr int kColorSize = 160;  // pixels: colours come from small pictures, a random point being a blur itself

struct Observer {
  scene::Camera camera;  // at the level of the picture
  std::shared_ptr<const scene::Picture> picture;
};

bool observe(const Observer& observer, const glm::dvec3& world, int& x, int& y) {
  const auto at = project(observer.camera, world);
  if (!at || at->z < kNearest || at->z > kFarthest) return false;
  x = static_cast<int>(at->x), y = static_cast<int>(at->y);
  return true;
}

/// Corners of the box around all frusta between the two depths.
std::array<glm::dvec3, 2> frustum_box(const std::vector<Observer>& observers) {
  std::array<glm::dvec3, 2> box{glm::dvec3(std::numeric_limits<double>::max()),
                                glm::dvec3(std::numeric_limits<double>::lowest())};
  for (const Observer& o : observers) {
    const scene::Pinhole& k = o.camera.intrinsics;
    for (const double z : {kNearest, kFarthest})
      for (const double px : {0.0, static_cast<double>(k.width)})
        for (const double py : {0.0, static_cast<double>(k.height)}) {
          const glm::dvec3 corner = unproject(o.camera, px, py, z);
          box[0] = glm::min(box[0], corner), box[1] = glm::max(box[1], corner);
        }
  }
  return box;
}

std::vector<SeedPoint> frustum_seeds(const scene::Dataset& dataset, scene::ImageCache& images,
                                     const TrainOptions& options, const scene::JobContext& job) {
  std::vector<Observer> observers;
  for (const std::size_t v : dataset.train_views()) {
    job.throw_if_cancelled();
    Observer o{dataset.views[v].camera, nullptr};
    const int level = base_level(o.camera.intrinsics.width, o.camera.intrinsics.height, kColorSize);
    o.camera.intrinsics = scene::level_camera(o.camera.intrinsics, level);
    o.picture = images.get(v, level);
    observers.push_back(std::move(o));
  }
  const auto wanted = static_cast<std::size_t>(std::min(options.initial_random_splats, options.max_splats));
  const std::size_t needed = std::min<std::size_t>(2, observers.size());
  const auto box = frustum_box(observers);

  std::vector<SeedPoint> seeds;
  constexpr std::size_t kBatch = 1 << 16, kMaxBatches = 512, kPatience = 16;  // where the views share next to nothing
  struct Candidate {
    SeedPoint seed;
    bool good = false;
  };
  std::vector<Candidate> batch(kBatch);
  for (std::size_t b = 0; b < kMaxBatches && seeds.size() < wanted; ++b) {
    job.throw_if_cancelled();
    scene::parallel_for(std::size_t{0}, kBatch, [&](std::size_t i) {
      const auto d = scene::philox(static_cast<std::uint64_t>(options.seed),
                                   static_cast<std::uint32_t>(scene::RandomStream::kInitialise), 1, b * kBatch + i);
      const glm::dvec3 u(scene::uniform01(d[0]), scene::uniform01(d[1]), scene::uniform01(d[2]));
      const glm::dvec3 world = box[0] + u * (box[1] - box[0]);
      std::size_t seen = 0;
      std::array<double, 3> sum{};
      for (const Observer& o : observers) {
        int x, y;
        if (!observe(o, world, x, y)) continue;
        const std::size_t at = static_cast<std::size_t>(y) * o.picture->width + x;
        if ((!o.picture->mask.empty() && o.picture->mask[at] == 0) ||
            (!o.picture->alpha.empty() && o.picture->alpha[at] == 0))
          continue;
        ++seen;
        for (int c = 0; c < 3; ++c) sum[c] += o.picture->rgb[3 * at + c] / 255.0;
      }
      batch[i].good = seen >= needed;
      if (!batch[i].good) return;
      for (int c = 0; c < 3; ++c) {
        batch[i].seed.position[c] = static_cast<float>(world[c]);
        batch[i].seed.color[c] = static_cast<float>(sum[c] / static_cast<double>(seen));
      }
    });
    for (const Candidate& candidate : batch)
      if (candidate.good && seeds.size() < wanted) seeds.push_back(candidate.seed);
    if (b == kPatience && seeds.empty()) break;
  }
  return seeds;
}

}  // namespace

scene::GaussianModel initialize_model(const scene::Dataset& dataset, scene::ImageCache& images,
                                      const TrainOptions& options, const scene::JobContext& job,
                                      const GrowFilter& grow) {
  const bool any_points = dataset.points.size() > 0;
  std::string how = options.initialization;
  if (how == "points" && !any_points)
    throw scene::Error("option 'initialization'", "the dataset has no sparse points to start from",
                       "take auto, stereo or random");
  if (how == "auto") how = any_points ? "points" : "random";

  std::vector<SeedPoint> seeds;
  // A block's photos show some times as much ground as the block has.
  const std::size_t stereo = static_cast<std::size_t>(options.stereo_splats) * (grow ? kShownByBlock : 1);
  if (how == "stereo") seeds = stereo_seeds(dataset, images, stereo, job);
  // Where stereo matches nothing (one view, no texture), what there is must do.
  if (how != "random" && any_points) append_points(dataset.points, seeds);
  if (seeds.empty()) seeds = frustum_seeds(dataset, images, options, job);
  if (seeds.empty())
    throw scene::Error(dataset.root.string(), "has no sparse points, and no two training views look at the same region",
                       "give it a sparse point cloud");
  if (grow) thin_outside(seeds, grow, options);
  limit_seeds(seeds, static_cast<std::size_t>(options.max_splats), options.seed);
  return model_of(seeds, options, how == "stereo");
}

}  // namespace tessera::reconstruct
