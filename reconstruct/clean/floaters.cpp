#include "reconstruct/clean/floaters.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <nanoflann.hpp>

#include "scene/parallel.h"

namespace tessera::reconstruct {
namespace {

constexpr std::size_t kNeighbours = 8;
constexpr double kFence = 3;  // interquartile ranges beyond the upper quartile: Tukey's outer fence
constexpr double kLeastFactor = 2;
constexpr float kFaintOpacity = 5.0f / 255.0f;
constexpr double kFaintShare = 0.05;
constexpr float kFewestViews = 2, kWellSeen = 3;
constexpr std::size_t kGrain = 1024;

/// nanoflann's view of the rows that are there.
struct Centers {
  std::vector<std::array<float, 3>> points;
  std::size_t kdtree_get_point_count() const { return points.size(); }
  float kdtree_get_pt(std::size_t i, std::size_t axis) const { return points[i][axis]; }
  template <class Box>
  bool kdtree_get_bbox(Box&) const {
    return false;
  }
};
using Tree =
    nanoflann::KDTreeSingleIndexAdaptor<nanoflann::L2_Simple_Adaptor<float, Centers>, Centers, 3, std::uint32_t>;

double quantile(std::vector<float>& values, double share) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return static_cast<double>(*at);
}

/// Puts rows that are near each other side by side (along a Morton curve over the bulk of them): a search then finds
/// what the one before it has brought into the cache. A million take a quarter of the time.
void sort_by_place(std::vector<std::uint32_t>& rows, const scene::GaussianModel& model) {
  constexpr double kOutside = 0.02, kSteps = 1023;  // share at either end that is clamped; 10 bits an axis
  std::vector<std::pair<std::uint32_t, std::uint32_t>> keyed(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) keyed[i].second = rows[i];
  for (std::size_t axis = 0; axis < 3; ++axis) {
    std::vector<float> values;
    for (const std::uint32_t row : rows) values.push_back(model.position[axis][row]);
    const double low = quantile(values, kOutside), high = quantile(values, 1 - kOutside);
    const double scale = high > low ? kSteps / (high - low) : 0;
    for (auto& [key, row] : keyed) {
      const double at = (static_cast<double>(model.position[axis][row]) - low) * scale;
      const auto cell = static_cast<std::uint32_t>(std::clamp(at, 0.0, kSteps));
      for (std::uint32_t bit = 0; bit < 10; ++bit) key |= (cell >> bit & 1u) << (3 * bit + axis);
    }
  }
  std::sort(keyed.begin(), keyed.end());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = keyed[i].second;
}

/// [n][kNeighbours] indices into `rows`, and the distance to the last of them.
struct Neighbours {
  std::vector<std::array<std::uint32_t, kNeighbours>> index;
  std::vector<float> distance;
};

Neighbours find_neighbours(const scene::GaussianModel& model, const std::vector<std::uint32_t>& rows,
                           const scene::JobContext& job) {
  Centers centers;
  for (const std::uint32_t row : rows)
    centers.points.push_back({model.position[0][row], model.position[1][row], model.position[2][row]});
  const Tree tree(3, centers, nanoflann::KDTreeSingleIndexAdaptorParams(10));
  Neighbours found{std::vector<std::array<std::uint32_t, kNeighbours>>(rows.size()), std::vector<float>(rows.size())};
  scene::parallel_blocks(std::size_t{0}, rows.size(), kGrain, [&](std::size_t first, std::size_t last) {
    job.throw_if_cancelled();
    for (std::size_t i = first; i < last; ++i) {
      std::array<std::uint32_t, kNeighbours + 1> index{};
      std::array<float, kNeighbours + 1> squared{};
      tree.knnSearch(centers.points[i].data(), kNeighbours + 1, index.data(), squared.data());
      // The row finds itself too, though not first where another has the same place.
      std::size_t k = 0;
      for (std::size_t j = 0; j <= kNeighbours && k < kNeighbours; ++j)
        if (index[j] != i) found.index[i][k++] = index[j];
      found.distance[i] = std::sqrt(squared[kNeighbours]);
    }
  });
  return found;
}

/// Which rows have a value that is far out against the median of their neighbours'.
scene::RowMask far_out(const std::vector<float>& values, const Neighbours& neighbours,
                       const std::vector<std::uint32_t>& rows, std::size_t size) {
  constexpr float kLeast = 1e-12f;  // a distance may be 0
  std::vector<float> ratio(values.size());
  scene::parallel_blocks(std::size_t{0}, values.size(), kGrain, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      std::array<float, kNeighbours> near;
      for (std::size_t k = 0; k < kNeighbours; ++k) near[k] = values[neighbours.index[i][k]];
      std::nth_element(near.begin(), near.begin() + kNeighbours / 2, near.end());
      ratio[i] = std::log(std::max(values[i], kLeast) / std::max(near[kNeighbours / 2], kLeast));
    }
  });
  std::vector<float> sorted = ratio;
  const double q25 = quantile(sorted, 0.25), q50 = quantile(sorted, 0.5), q75 = quantile(sorted, 0.75);
  const double limit = std::max(q75 + kFence * (q75 - q25), q50 + std::log(kLeastFactor));
  scene::RowMask mask(size);
  for (std::size_t i = 0; i < rows.size(); ++i) mask[rows[i]] = static_cast<double>(ratio[i]) > limit;
  return mask;
}

std::vector<float> gathered(const std::vector<float>& values, const std::vector<std::uint32_t>& rows) {
  std::vector<float> some(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) some[i] = values[rows[i]];
  return some;
}

}  // namespace

scene::RowMask Floaters::any() const {
  scene::RowMask all = isolated;
  for (const scene::RowMask* more : {&huge, &faint, &rarely_seen}) scene::combine(all, *more, scene::Combine::add);
  return all;
}

Floaters find_floaters(const scene::GaussianModel& model, const scene::RowMeasures& measures,
                       const scene::RowMask& alive, const scene::JobContext& job) {
  const std::size_t n = model.size();
  Floaters floaters{scene::RowMask(n), scene::RowMask(n), scene::RowMask(n), scene::RowMask(n)};
  std::vector<std::uint32_t> rows = scene::rows_of(alive);
  if (rows.size() <= kNeighbours) return floaters;  // too few to be a scene
  sort_by_place(rows, model);
  const Neighbours neighbours = find_neighbours(model, rows, job);
  floaters.isolated = far_out(neighbours.distance, neighbours, rows, n);
  job.throw_if_cancelled();
  floaters.huge = far_out(gathered(measures.size, rows), neighbours, rows, n);

  std::vector<float> opacity = gathered(measures.opacity, rows);
  const float faintest = static_cast<float>(quantile(opacity, kFaintShare));
  for (const std::uint32_t row : rows)
    floaters.faint[row] = measures.opacity[row] < kFaintOpacity && measures.opacity[row] <= faintest;

  if (measures.seen_by.empty()) return floaters;
  std::vector<float> seen = gathered(measures.seen_by, rows);
  if (quantile(seen, 0.25) >= static_cast<double>(kWellSeen))
    for (const std::uint32_t row : rows) floaters.rarely_seen[row] = measures.seen_by[row] < kFewestViews;
  return floaters;
}

}  // namespace tessera::reconstruct
