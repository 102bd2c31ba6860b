#include "reconstruct/train/plane_sweep.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <glm/mat3x3.hpp>
#include <glm/matrix.hpp>

namespace tessera::reconstruct {

namespace {

// Correlation windows of 7 x 7 and 15 x 15 pixels, whose costs are averaged. The small one finds edges; foliage, which
// moves and hides itself between two photos, matches only as a tree's crown: brighton_beach's canopy is noise in the
// small window alone.
constexpr int kSmallRadius = 3, kLargeRadius = 7;
constexpr std::size_t kMostNeighbours = 8;
constexpr float kFlat = 2e-5f;     // variance below which a window says nothing (1.1 of 255 levels)
constexpr float kOutside = -1.0f;  // marks warped pixels that the neighbour does not see
// Of a pixel that nobody else sees: worse than a fair match (correlation 0.3), better than a wrong one (0). At 0.6
// every depth at which some neighbour sees the pixel won over all others, and the edge of a forest went to the far
// plane.
constexpr float kNeutralCost = 0.35f;
// Smoothness of a cost in 0..1 (1 - correlation, halved): one plane of slope is cheap, a jump is not.
constexpr float kSlopePenalty = 0.03f, kJumpPenalty = 0.25f;

/// Sums over the window around each pixel; pixels past the border count as absent (sums are not rescaled).
class BoxFilter {
 public:
  BoxFilter(int width, int height)
      : width_(width), height_(height), column_(static_cast<std::size_t>(width) + 2 * kLargeRadius) {}

  template <int kRadius, class Value>  // Value(index) -> float
  void run(Value&& value, std::vector<float>& out) {
    std::fill(column_.begin(), column_.end(), 0.0f);
    const auto add_row = [&](int y, float sign) {
      float* c = column_.data() + kRadius;
      const std::size_t row = static_cast<std::size_t>(y) * width_;
      for (int x = 0; x < width_; ++x) c[x] += sign * value(row + x);
    };
    for (int y = 0; y < std::min(kRadius, height_); ++y) add_row(y, 1.0f);
    for (int y = 0; y < height_; ++y) {
      if (y + kRadius < height_) add_row(y + kRadius, 1.0f);
      float* o = out.data() + static_cast<std::size_t>(y) * width_;
      const float* c = column_.data();
      for (int x = 0; x < width_; ++x) {
        float sum = c[x];
        for (int k = 1; k <= 2 * kRadius; ++k) sum += c[x + k];
        o[x] = sum;
      }
      if (y >= kRadius) add_row(y - kRadius, -1.0f);
    }
  }

 private:
  int width_, height_;
  std::vector<float> column_;
};

glm::dmat3 intrinsic_matrix(const scene::Pinhole& k) {
  return glm::dmat3(k.fx, 0, 0, 0, k.fy, 0, k.cx, k.cy, 1);  // column-major
}

/// neighbour pixel (homogeneous) = turn * pixel + shift / z
struct Warp {
  glm::dmat3 turn;
  glm::dvec3 shift;
};

Warp warp_between(const scene::Camera& view, const scene::Camera& neighbour) {
  const glm::dmat3 r_view = glm::mat3_cast(view.cam_from_world.rotation),
                   r_neighbour = glm::mat3_cast(neighbour.cam_from_world.rotation);
  const glm::dmat3 r = r_neighbour * glm::transpose(r_view);
  const glm::dvec3 t = neighbour.cam_from_world.translation - r * view.cam_from_world.translation;
  const glm::dmat3 k = intrinsic_matrix(neighbour.intrinsics);
  return {k * r * glm::inverse(intrinsic_matrix(view.intrinsics)), k * t};
}

/// Pixels that the picture's centre moves in the neighbour between inverse depths 0 and `range`.
double disparity(const Warp& warp, const GreyView& view, double low, double high) {
  const auto at = [&](double inverse) {
    const glm::dvec3 p = warp.turn * glm::dvec3(0.5 * view.width, 0.5 * view.height, 1) + warp.shift * inverse;
    return glm::dvec2(p.x / p.z, p.y / p.z);
  };
  const glm::dvec2 d = at(high) - at(low);
  return std::isfinite(d.x) && std::isfinite(d.y) ? std::sqrt(d.x * d.x + d.y * d.y) : 0.0;
}

/// The neighbour as the view would see it, were everything at inverse depth `inverse`.
void warp_picture(const GreyView& view, const GreyView& neighbour, const Warp& warp, double inverse,
                  std::vector<float>& out) {
  const auto shift = warp.shift * inverse;
  const float limit_x = static_cast<float>(neighbour.width) - 1.001f,
              limit_y = static_cast<float>(neighbour.height) - 1.001f;
  const glm::dvec3 step = warp.turn[0];
  for (int y = 0; y < view.height; ++y) {
    const glm::dvec3 start = warp.turn * glm::dvec3(0.5, y + 0.5, 1) + shift;
    float* o = out.data() + static_cast<std::size_t>(y) * view.width;
    for (int x = 0; x < view.width; ++x) {
      const auto pz = static_cast<float>(start.z + x * step.z);
      const float inverse_z = 1.0f / pz;
      const float u = static_cast<float>(start.x + x * step.x) * inverse_z - 0.5f;
      const float v = static_cast<float>(start.y + x * step.y) * inverse_z - 0.5f;
      if (!(pz > 0 && u >= 0 && v >= 0 && u <= limit_x && v <= limit_y)) {
        o[x] = kOutside;
        continue;
      }
      const int iu = static_cast<int>(u), iv = static_cast<int>(v);
      const float fu = u - static_cast<float>(iu), fv = v - static_cast<float>(iv);
      const float* g = neighbour.grey.data() + static_cast<std::size_t>(iv) * neighbour.width + iu;
      const float top = g[0] + fu * (g[1] - g[0]),
                  bottom = g[neighbour.width] + fu * (g[neighbour.width + 1] - g[neighbour.width]);
      o[x] = top + fv * (bottom - top);
    }
  }
}

/// Mean of the better half (rounded up) of the correlations.
float better_half(float* scores, int count) {
  for (int i = 1; i < count; ++i)  // at most eight: by insertion, best first
    for (int j = i; j > 0 && scores[j] > scores[j - 1]; --j) std::swap(scores[j], scores[j - 1]);
  const int kept = (count + 1) / 2;
  float sum = 0;
  for (int i = 0; i < kept; ++i) sum += scores[i];
  return sum / static_cast<float>(kept);
}

/// One direction of semi-global matching from the row buffer of the pixel before.
void path_cost(const float* cost, const float* before, float* out, int planes) {
  float least = std::numeric_limits<float>::max();
  for (int d = 0; d < planes; ++d) least = std::min(least, before[d]);
  const float jump = least + kJumpPenalty;
  out[0] = cost[0] + std::min({before[0], planes > 1 ? before[1] + kSlopePenalty : jump, jump}) - least;
  for (int d = 1; d + 1 < planes; ++d)
    out[d] =
        cost[d] + std::min(std::min(before[d], jump), std::min(before[d - 1], before[d + 1]) + kSlopePenalty) - least;
  if (planes > 1)
    out[planes - 1] =
        cost[planes - 1] + std::min({before[planes - 1], before[planes - 2] + kSlopePenalty, jump}) - least;
}

/// Sum of the path costs of the four directions that come from rows above (or, mirrored, from below) and from one side.
void aggregate(const std::vector<float>& cost, int width, int height, int planes, bool mirrored,
               std::vector<float>& total) {
  const std::size_t row = static_cast<std::size_t>(width) * planes;
  std::vector<float> above[3], current[3], side(static_cast<std::size_t>(planes)),
      next(static_cast<std::size_t>(planes));
  for (int k = 0; k < 3; ++k) above[k].resize(row), current[k].resize(row);
  for (int j = 0; j < height; ++j) {
    const int y = mirrored ? height - 1 - j : j;
    for (int i = 0; i < width; ++i) {
      const int x = mirrored ? width - 1 - i : i;
      const std::size_t at = (static_cast<std::size_t>(y) * width + x) * planes;
      float* sum = total.data() + at;
      const float* c = cost.data() + at;
      if (i == 0)
        std::copy(c, c + planes, next.begin());
      else
        path_cost(c, side.data(), next.data(), planes);
      for (int d = 0; d < planes; ++d) sum[d] += next[d];
      std::swap(side, next);
      for (int k = 0; k < 3; ++k) {
        const int from = x + k - 1;
        float* out = current[k].data() + static_cast<std::size_t>(x) * planes;
        if (j == 0 || from < 0 || from >= width)
          std::copy(c, c + planes, out);
        else
          path_cost(c, above[k].data() + static_cast<std::size_t>(from) * planes, out, planes);
        for (int d = 0; d < planes; ++d) sum[d] += out[d];
      }
    }
    for (int k = 0; k < 3; ++k) std::swap(above[k], current[k]);
  }
}

/// The view's own windows of one size, and the correlation of warped pictures with them.
template <int kRadius>
class Correlation {
 public:
  Correlation(const GreyView& view, BoxFilter& box) : view_(view), box_(box) {
    const std::size_t pixels = view.grey.size();
    for (auto* plane : {&inverse_count_, &mean_, &variance_, &sum_, &squares_, &products_}) plane->resize(pixels);
    const float* grey = view.grey.data();
    box.run<kRadius>([](std::size_t) { return 1.0f; }, inverse_count_);
    box.run<kRadius>([&](std::size_t i) { return grey[i]; }, mean_);
    box.run<kRadius>([&](std::size_t i) { return grey[i] * grey[i]; }, variance_);
    for (std::size_t i = 0; i < pixels; ++i) {
      inverse_count_[i] = 1 / inverse_count_[i];
      mean_[i] *= inverse_count_[i];
      variance_[i] = variance_[i] * inverse_count_[i] - mean_[i] * mean_[i];
    }
  }

  /// out[i] = correlation of the windows around i, kUnmatched where the warped picture does not hold the whole window.
  void with(const std::vector<float>& warped, float* out) {
    const float *w = warped.data(), *grey = view_.grey.data();
    box_.run<kRadius>([&](std::size_t i) { return w[i]; }, sum_);
    box_.run<kRadius>([&](std::size_t i) { return w[i] * w[i]; }, squares_);
    box_.run<kRadius>([&](std::size_t i) { return w[i] * grey[i]; }, products_);
    const int width = view_.width, height = view_.height;
    for (int y = 0; y < height; ++y) {
      // What a neighbour sees is convex: a window is seen if its corners are.
      const float* top = w + static_cast<std::size_t>(std::max(0, y - kRadius)) * width;
      const float* bottom = w + static_cast<std::size_t>(std::min(height - 1, y + kRadius)) * width;
      const std::size_t row = static_cast<std::size_t>(y) * width;
      for (int x = 0; x < width; ++x) {
        const std::size_t i = row + static_cast<std::size_t>(x);
        const int left = std::max(0, x - kRadius), right = std::min(width - 1, x + kRadius);
        if (std::min({top[left], top[right], bottom[left], bottom[right]}) < 0) {
          out[i] = DepthMap::kUnmatched;
          continue;
        }
        const float mj = sum_[i] * inverse_count_[i], vj = squares_[i] * inverse_count_[i] - mj * mj;
        const float covariance = products_[i] * inverse_count_[i] - mean_[i] * mj;
        out[i] = variance_[i] > kFlat && vj > kFlat ? std::clamp(covariance / std::sqrt(variance_[i] * vj), -1.0f, 1.0f)
                                                    : 0.0f;
      }
    }
  }

 private:
  const GreyView& view_;
  BoxFilter& box_;
  std::vector<float> inverse_count_, mean_, variance_, sum_, squares_, products_;
};

}  // namespace

DepthMap sweep_depth(const GreyView& view, const std::vector<const GreyView*>& all_neighbours,
                     const SweepOptions& options) {
  const std::vector<const GreyView*> neighbours(
      all_neighbours.begin(),
      all_neighbours.begin() + static_cast<std::ptrdiff_t>(std::min(all_neighbours.size(), kMostNeighbours)));
  const int width = view.width, height = view.height;
  const std::size_t pixels = static_cast<std::size_t>(width) * height;
  const double low = 1 / options.farthest, high = 1 / options.nearest;
  std::vector<Warp> warps;
  double widest = 0;
  for (const GreyView* n : neighbours) {
    warps.push_back(warp_between(view.camera, n->camera));
    widest = std::max(widest, disparity(warps.back(), view, low, high));
  }
  const int planes = std::clamp(static_cast<int>(std::ceil(widest)) + 1, 2, std::max(2, options.max_planes));
  const double spacing = (high - low) / (planes - 1);

  BoxFilter box(width, height);
  Correlation<kSmallRadius> small(view, box);
  Correlation<kLargeRadius> large(view, box);
  std::vector<float> warped(pixels), small_scores(pixels * neighbours.size()), large_scores(small_scores.size());
  std::vector<float> volume(pixels * static_cast<std::size_t>(planes));
  for (int d = 0; d < planes; ++d) {
    for (std::size_t n = 0; n < neighbours.size(); ++n) {
      warp_picture(view, *neighbours[n], warps[n], low + d * spacing, warped);
      small.with(warped, small_scores.data() + n * pixels);
      large.with(warped, large_scores.data() + n * pixels);
    }
    for (std::size_t i = 0; i < pixels; ++i) {
      float seen[kMostNeighbours];
      float cost = 0;
      int sizes = 0;
      for (const auto* scores : {&small_scores, &large_scores}) {
        int count = 0;
        for (std::size_t n = 0; n < neighbours.size(); ++n)
          if (const float s = (*scores)[n * pixels + i]; s != DepthMap::kUnmatched) seen[count++] = s;
        if (count > 0) cost += 0.5f * (1 - better_half(seen, count)), ++sizes;
      }
      volume[i * planes + d] = sizes == 0 ? kNeutralCost : cost / static_cast<float>(sizes);
    }
  }

  std::vector<float> total(volume.size(), 0.0f);
  aggregate(volume, width, height, planes, false, total);
  aggregate(volume, width, height, planes, true, total);

  DepthMap map;
  map.width = width, map.height = height;
  map.depth.resize(pixels), map.score.resize(pixels);
  for (std::size_t i = 0; i < pixels; ++i) {
    const float* t = total.data() + i * planes;
    const int best = static_cast<int>(std::min_element(t, t + planes) - t);
    double place = best;
    if (best > 0 && best + 1 < planes) {
      const double bend = t[best - 1] - 2.0 * t[best] + t[best + 1];
      if (bend > 0) place += 0.5 * (t[best - 1] - t[best + 1]) / bend;
    }
    map.depth[i] = static_cast<float>(1 / (low + place * spacing));
    const float c = volume[i * planes + best];
    map.score[i] = c == kNeutralCost ? DepthMap::kUnmatched : 1 - 2 * c;
  }
  return map;
}

}  // namespace tessera::reconstruct
