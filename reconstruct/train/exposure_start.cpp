#include "reconstruct/train/exposure_start.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "reconstruct/train/projection.h"
#include "reconstruct/train/schedule.h"

namespace tessera::reconstruct {

namespace {

constexpr int kColorSize = 319;                // longer side: a pixel is then the mean of what surrounds a point
constexpr int kDarkest = 8, kBrightest = 247;  // of 255; a clipped pixel does not tell how the camera exposed
constexpr double kOutlier = 0.1;               // residual of a logarithm from which Huber's weight falls
constexpr double kPrior = 1;                   // observations' worth of belief in a gain of 1
constexpr int kRounds = 100;                   // gains far apart in the chain of overlaps settle within some tens

using Color = std::array<double, 3>;

struct Observation {
  std::size_t point, view;
  Color log_color;
};

/// The photos' colours where they see sparse points, point by point.
std::vector<Observation> observe(const scene::Dataset& dataset, scene::ImageCache& images,
                                 const scene::JobContext& job) {
  std::vector<std::vector<std::size_t>> seen(dataset.views.size());  // points of each view
  const scene::SparsePoints& points = dataset.points;
  for (std::size_t p = 0; p < points.size(); ++p)
    for (std::uint32_t k = points.track_begin[p]; k < points.track_begin[p + 1]; ++k)
      seen[points.track_view[k]].push_back(p);
  std::vector<Observation> observations;
  for (const std::size_t v : dataset.train_views()) {
    job.throw_if_cancelled();
    if (seen[v].empty()) continue;
    const scene::Camera& full = dataset.views[v].camera;
    const int level = base_level(full.intrinsics.width, full.intrinsics.height, kColorSize);
    const scene::Camera camera{scene::level_camera(full.intrinsics, level), full.cam_from_world};
    const auto picture = images.get(v, level);
    for (const std::size_t p : seen[v]) {
      const auto& x = points.position[p];
      const auto at = project(camera, {x[0], x[1], x[2]});
      if (!at) continue;
      const std::size_t i = static_cast<std::size_t>(at->y) * picture->width + static_cast<std::size_t>(at->x);
      if ((!picture->mask.empty() && picture->mask[i] == 0) || (!picture->alpha.empty() && picture->alpha[i] < 255))
        continue;
      const std::uint8_t* rgb = picture->rgb.data() + 3 * i;
      if (*std::min_element(rgb, rgb + 3) < kDarkest || *std::max_element(rgb, rgb + 3) > kBrightest) continue;
      observations.push_back({p, v, {std::log(rgb[0]), std::log(rgb[1]), std::log(rgb[2])}});
    }
  }
  std::sort(observations.begin(), observations.end(), [](const Observation& a, const Observation& b) {
    return a.point != b.point ? a.point < b.point : a.view < b.view;
  });
  return observations;
}

}  // namespace

std::vector<Affine> exposure_start(const scene::Dataset& dataset, scene::ImageCache& images,
                                   const scene::JobContext& job) {
  std::vector<Affine> maps(dataset.views.size());
  const std::vector<Observation> observations = observe(dataset, images, job);
  if (observations.empty()) return maps;

  // log colour = value of the point + gain of the view: the two are solved for in turn.
  std::vector<Color> gain(maps.size(), Color{}), sum(maps.size()), weight(maps.size());
  for (int round = 0; round < kRounds; ++round) {
    job.throw_if_cancelled();
    std::fill(sum.begin(), sum.end(), Color{});
    std::fill(weight.begin(), weight.end(), Color{kPrior, kPrior, kPrior});
    for (std::size_t first = 0, last = 0; first < observations.size(); first = last) {
      while (last < observations.size() && observations[last].point == observations[first].point) ++last;
      if (last - first < 2) continue;  // tells nothing of gains
      for (std::size_t c = 0; c < 3; ++c) {
        double value = 0;
        for (std::size_t o = first; o < last; ++o)
          value += observations[o].log_color[c] - gain[observations[o].view][c];
        value /= static_cast<double>(last - first);
        for (std::size_t o = first; o < last; ++o) {
          const std::size_t v = observations[o].view;
          const double wanted = observations[o].log_color[c] - value, residual = std::abs(wanted - gain[v][c]);
          const double w = residual > kOutlier ? kOutlier / residual : 1;
          sum[v][c] += w * wanted, weight[v][c] += w;
        }
      }
    }
    for (std::size_t v = 0; v < gain.size(); ++v)
      for (std::size_t c = 0; c < 3; ++c) gain[v][c] = sum[v][c] / weight[v][c];
  }

  const auto train = dataset.train_views();
  for (std::size_t c = 0; c < 3; ++c) {
    double mean = 0;
    for (const std::size_t v : train) mean += std::exp(gain[v][c]) / static_cast<double>(train.size());
    for (const std::size_t v : train) maps[v].m[5 * c] = static_cast<float>(std::exp(gain[v][c]) / mean);
  }
  return maps;
}

}  // namespace tessera::reconstruct
