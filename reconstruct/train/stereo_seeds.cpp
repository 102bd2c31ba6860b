#include "reconstruct/train/stereo_seeds.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <glm/geometric.hpp>

#include "reconstruct/train/projection.h"
#include "reconstruct/train/schedule.h"
#include "scene/parallel.h"
#include "scene/random.h"

namespace tessera::reconstruct {

namespace {

constexpr std::size_t kNeighbours = 4;
constexpr double kBestAngle =
    8 * std::numbers::pi / 180;  // between rays: smaller is imprecise, larger no longer looks alike
constexpr double kWorstAngle = 45 * std::numbers::pi / 180;
constexpr double kNearest = 0.35, kFarthest = 2.8;  // scene frame, without sparse points
constexpr double kAgreement = 0.015;                // relative depth difference that confirms
// Sparse points lie where matching is easy, often on the ground alone: what stands on it reaches to half the depth
// (brighton_beach's trees to 0.62, and searching to 0.8 cost 0.4 dB).
constexpr double kAbove = 0.5, kBelow = 1.25;
constexpr float kFairScore = 0.4f;               // correlation below which a depth is not trusted
constexpr int kFillCell = 4;                     // pixels of a side of the coarse fill
constexpr std::size_t kFewSeeds = 50;            // fewer confirmed points are chance
constexpr double kClearance = 0.6;               // x a view's median depth: guesses stay out of this ball
constexpr double kBehind = 1.1;                  // x the surface's depth: farther seeds do not cover it
constexpr int kApronCell = 8, kApronCells = 16;  // pixels of a cell; cells of the apron around a photo
constexpr int kApronBlur = 12;  // pixels: what lies beyond is guessed as the mean of this neighbourhood of the border

struct StereoView {
  std::shared_ptr<const scene::Picture> picture;
  DepthMap depth;
  std::vector<std::size_t> neighbours;
  SweepOptions range;
  double clearance = 0;  // radius around the camera that guesses keep out of
};

bool counts(const scene::Picture& p, std::size_t i) {
  return (p.mask.empty() || p.mask[i] != 0) && (p.alpha.empty() || p.alpha[i] >= 128);
}

GreyView grey_of(const scene::Picture& picture, const scene::Camera& camera) {
  GreyView view{picture.width, picture.height, {}, camera};
  view.grey.resize(picture.rgb.size() / 3);
  for (std::size_t i = 0; i < view.grey.size(); ++i)  // luma of ITU-R BT.601
    view.grey[i] =
        (0.299f * picture.rgb[3 * i] + 0.587f * picture.rgb[3 * i + 1] + 0.114f * picture.rgb[3 * i + 2]) / 255.0f;
  return view;
}

/// Depths of the sparse points in the view's frustum, with room to spare; the default range where there are few.
SweepOptions depth_range(const scene::Camera& camera, const scene::SparsePoints& points) {
  std::vector<double> depths;
  for (const auto& p : points.position)
    if (const auto q = project(camera, {p[0], p[1], p[2]})) depths.push_back(q->z);
  SweepOptions range{kNearest, kFarthest, 128};
  constexpr std::size_t kFew = 20;
  if (depths.size() < kFew) return range;
  std::sort(depths.begin(), depths.end());
  const auto quantile = [&](double q) {
    return depths[static_cast<std::size_t>(q * static_cast<double>(depths.size() - 1))];
  };
  range.nearest = kAbove * quantile(0.02), range.farthest = kBelow * quantile(0.98);
  return range;
}

/// Whether a guess at this place could hang before a camera: what no photo confirms, no photo may remove either.
bool in_the_way(const std::vector<GreyView>& greys, const std::vector<StereoView>& views, const glm::dvec3& world) {
  for (std::size_t v = 0; v < greys.size(); ++v)
    if (glm::distance(greys[v].camera.center(), world) < views[v].clearance) return true;
  return false;
}

SeedPoint make_seed(const glm::dvec3& world, const double rgb[3]) {
  SeedPoint seed;
  for (int c = 0; c < 3; ++c)
    seed.position[c] = static_cast<float>(world[c]), seed.color[c] = static_cast<float>(rgb[c]);
  return seed;
}

/// Cells of the view's picture and of a frame around it, and which of them show a seed.
struct CellGrid {
  int cell, margin, columns, rows;  // pixels, pixels, cells, cells
  std::vector<std::uint8_t> covered;
  CellGrid(const GreyView& g, int cell_size, int margin_pixels)
      : cell(cell_size),
        margin(margin_pixels),
        columns((g.width + 2 * margin_pixels + cell_size - 1) / cell_size),
        rows((g.height + 2 * margin_pixels + cell_size - 1) / cell_size),
        covered(static_cast<std::size_t>(columns) * rows, 0) {}
  std::uint8_t& at(int column, int row) { return covered[static_cast<std::size_t>(row) * columns + column]; }
};

/// Mean colour and harmonic mean depth over a square of the picture, where it counts.
struct PatchMean {
  double rgb[3] = {}, depth = 0, pixels = 0;
};

PatchMean patch_mean(const StereoView& view, int width, int height, int left, int top, int size) {
  PatchMean mean;
  double inverse = 0;
  for (int y = std::max(0, top); y < std::min(top + size, height); ++y)
    for (int x = std::max(0, left); x < std::min(left + size, width); ++x) {
      const std::size_t i = static_cast<std::size_t>(y) * width + x;
      if (!counts(*view.picture, i)) continue;
      for (int c = 0; c < 3; ++c) mean.rgb[c] += view.picture->rgb[3 * i + c] / 255.0;
      inverse += 1 / view.depth.depth[i], mean.pixels += 1;
    }
  if (mean.pixels == 0) return mean;
  for (double& c : mean.rgb) c /= mean.pixels;
  mean.depth = mean.pixels / inverse;
  return mean;
}

/// What the view shows without any seed: one for a cell, at the smoothed depth.
void fill_gaps(const std::vector<GreyView>& greys, const std::vector<StereoView>& views, std::size_t v,
               std::vector<SeedPoint>& seeds) {
  const GreyView& g = greys[v];
  const StereoView& view = views[v];
  CellGrid grid(g, kFillCell, 0);
  for (const SeedPoint& s : seeds)
    if (const auto q = project(g.camera, {s.position[0], s.position[1], s.position[2]})) {
      // A seed in front of or on the surface covers it; one far behind is hidden by what is still missing.
      const int x = static_cast<int>(q->x), y = static_cast<int>(q->y);
      if (q->z < kBehind * view.depth.depth[static_cast<std::size_t>(y) * g.width + x])
        grid.at(x / kFillCell, y / kFillCell) = 1;
    }
  for (int row = 0; row < grid.rows; ++row)
    for (int column = 0; column < grid.columns; ++column) {
      if (grid.at(column, row)) continue;
      const PatchMean mean = patch_mean(view, g.width, g.height, column * kFillCell, row * kFillCell, kFillCell);
      if (mean.pixels == 0) continue;
      const glm::dvec3 world = unproject(g.camera, (column + 0.5) * kFillCell, (row + 0.5) * kFillCell, mean.depth);
      if (!in_the_way(greys, views, world)) seeds.push_back(make_seed(world, mean.rgb));
    }
}

/// Beyond the border of the photo, where no photo looks: the border's blurred colour and depth go on, so that a camera
/// that looks past the photographed ground sees a continuation instead of a black edge.
void extend_border(const std::vector<GreyView>& greys, const std::vector<StereoView>& views, std::size_t v,
                   std::vector<SeedPoint>& seeds) {
  const GreyView& g = greys[v];
  const StereoView& view = views[v];
  const int margin = kApronCells * kApronCell;
  CellGrid grid(g, kApronCell, margin);
  scene::Camera wide = g.camera;  // the same camera with a frame around its picture
  wide.intrinsics.cx += margin, wide.intrinsics.cy += margin;
  wide.intrinsics.width += 2 * margin, wide.intrinsics.height += 2 * margin;
  for (const SeedPoint& s : seeds)
    if (const auto q = project(wide, {s.position[0], s.position[1], s.position[2]}))
      grid.at(static_cast<int>(q->x) / kApronCell, static_cast<int>(q->y) / kApronCell) = 1;
  for (int row = 0; row < grid.rows; ++row)
    for (int column = 0; column < grid.columns; ++column) {
      if (grid.at(column, row)) continue;
      const double x = (column + 0.5) * kApronCell - margin, y = (row + 0.5) * kApronCell - margin;
      const int px = std::clamp(static_cast<int>(x), 0, g.width - 1),
                py = std::clamp(static_cast<int>(y), 0, g.height - 1);
      const PatchMean mean = patch_mean(view, g.width, g.height, px - kApronBlur, py - kApronBlur, 2 * kApronBlur + 1);
      if (mean.pixels == 0) continue;
      const glm::dvec3 world = unproject(g.camera, x, y, mean.depth);
      if (std::any_of(greys.begin(), greys.end(),
                      [&](const GreyView& other) { return project(other.camera, world).has_value(); }))
        continue;
      if (in_the_way(greys, views, world)) continue;
      seeds.push_back(make_seed(world, mean.rgb));
      seeds.back().beyond = true;
    }
}

}  // namespace

std::vector<std::size_t> stereo_neighbours(const std::vector<GreyView>& views, std::size_t view, double depth,
                                           std::size_t count) {
  const GreyView& a = views[view];
  const glm::dvec3 eye = a.camera.center();
  constexpr int kSamples = 5;
  std::vector<std::pair<double, std::size_t>> scored;
  for (std::size_t n = 0; n < views.size(); ++n) {
    if (n == view) continue;
    const glm::dvec3 other = views[n].camera.center();
    double score = 0;
    for (int j = 0; j < kSamples; ++j)
      for (int i = 0; i < kSamples; ++i) {
        const glm::dvec3 world =
            unproject(a.camera, (i + 0.5) / kSamples * a.width, (j + 0.5) / kSamples * a.height, depth);
        if (!project(views[n].camera, world)) continue;
        const double cosine = glm::dot(glm::normalize(world - eye), glm::normalize(world - other));
        const double angle = std::acos(std::clamp(cosine, -1.0, 1.0));
        score +=
            angle < kBestAngle ? angle / kBestAngle : std::max(0.0, (kWorstAngle - angle) / (kWorstAngle - kBestAngle));
      }
    if (score > 0) scored.push_back({-score, n});
  }
  std::sort(scored.begin(), scored.end());
  if (scored.size() > count) scored.resize(count);
  std::vector<std::size_t> best;
  for (const auto& [score, n] : scored) best.push_back(n);
  return best;
}

std::vector<SeedPoint> stereo_seeds(const scene::Dataset& dataset, scene::ImageCache& images, std::size_t limit,
                                    const scene::JobContext& job) {
  const auto train = dataset.train_views();
  std::vector<StereoView> views(train.size());
  std::vector<GreyView> greys(train.size());
  for (std::size_t v = 0; v < train.size(); ++v) {
    job.throw_if_cancelled();
    const scene::Camera& full = dataset.views[train[v]].camera;
    const int level = base_level(full.intrinsics.width, full.intrinsics.height, kStereoSize);
    const scene::Camera camera{scene::level_camera(full.intrinsics, level), full.cam_from_world};
    views[v].picture = images.get(train[v], level);
    greys[v] = grey_of(*views[v].picture, camera);
  }
  scene::parallel_for(std::size_t{0}, views.size(), [&](std::size_t v) {
    job.throw_if_cancelled();
    StereoView& view = views[v];
    view.range = depth_range(greys[v].camera, dataset.points);
    view.neighbours = stereo_neighbours(greys, v, std::sqrt(view.range.nearest * view.range.farthest), kNeighbours);
    std::vector<const GreyView*> others;
    for (const std::size_t n : view.neighbours) others.push_back(&greys[n]);
    view.depth = sweep_depth(greys[v], others, view.range);
    std::vector<float> depths = view.depth.depth;
    const auto middle = depths.begin() + static_cast<std::ptrdiff_t>(depths.size() / 2);
    std::nth_element(depths.begin(), middle, depths.end());
    view.clearance = kClearance * *middle;
  });

  // Confirmed depths, each place once: a pixel that a point already explains is used up.
  std::vector<SeedPoint> seeds;
  std::vector<std::vector<std::uint8_t>> used(views.size());
  for (std::size_t v = 0; v < views.size(); ++v) used[v].assign(greys[v].grey.size(), 0);
  for (std::size_t v = 0; v < views.size(); ++v) {
    job.throw_if_cancelled();
    const GreyView& g = greys[v];
    for (int y = 0; y < g.height; ++y)
      for (int x = 0; x < g.width; ++x) {
        const std::size_t i = static_cast<std::size_t>(y) * g.width + x;
        if (used[v][i] || views[v].depth.score[i] < kFairScore || !counts(*views[v].picture, i)) continue;
        const glm::dvec3 world = unproject(g.camera, x + 0.5, y + 0.5, views[v].depth.depth[i]);
        glm::dvec3 sum = world;
        double rgb[3], seen = 1;
        for (int c = 0; c < 3; ++c) rgb[c] = views[v].picture->rgb[3 * i + c] / 255.0;
        std::vector<std::pair<std::size_t, std::size_t>> same;
        for (const std::size_t n : views[v].neighbours) {
          const auto q = project(greys[n].camera, world);
          if (!q) continue;
          const std::size_t k = static_cast<std::size_t>(q->y) * greys[n].width + static_cast<std::size_t>(q->x);
          const double z = views[n].depth.depth[k];
          if (std::abs(z - q->z) > kAgreement * q->z || !counts(*views[n].picture, k)) continue;
          sum += unproject(greys[n].camera, static_cast<int>(q->x) + 0.5, static_cast<int>(q->y) + 0.5, z);
          for (int c = 0; c < 3; ++c) rgb[c] += views[n].picture->rgb[3 * k + c] / 255.0;
          seen += 1;
          same.push_back({n, k});
        }
        if (same.empty()) continue;
        for (const auto& [n, k] : same) used[n][k] = 1;
        used[v][i] = 1;
        for (double& c : rgb) c /= seen;
        seeds.push_back(make_seed(sum / seen, rgb));
      }
  }

  if (seeds.size() < kFewSeeds) return {};
  if (seeds.size() > limit) {
    std::vector<std::pair<std::uint32_t, std::size_t>> keyed(seeds.size());
    for (std::size_t i = 0; i < seeds.size(); ++i)
      keyed[i] = {scene::philox(0, static_cast<std::uint32_t>(scene::RandomStream::kInitialise), 2, i)[0], i};
    std::nth_element(keyed.begin(), keyed.begin() + static_cast<std::ptrdiff_t>(limit), keyed.end());
    keyed.resize(limit);
    std::sort(keyed.begin(), keyed.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    std::vector<SeedPoint> kept;
    for (const auto& [key, i] : keyed) kept.push_back(seeds[i]);
    seeds = std::move(kept);
  }

  for (std::size_t v = 0; v < views.size(); ++v) {
    job.throw_if_cancelled();
    fill_gaps(greys, views, v, seeds);
  }
  for (std::size_t v = 0; v < views.size(); ++v) {
    job.throw_if_cancelled();
    extend_border(greys, views, v, seeds);
  }
  return seeds;
}

}  // namespace tessera::reconstruct
