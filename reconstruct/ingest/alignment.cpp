#include "reconstruct/ingest/alignment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>
#include <glm/matrix.hpp>

#include "reconstruct/ingest/geodesy.h"
#include "reconstruct/ingest/small_matrix.h"
#include "reconstruct/ingest/up_direction.h"
#include "scene/error.h"
#include "scene/random.h"

namespace tessera::reconstruct {
namespace {

using scene::Similarity;

constexpr int kUnknowns = 7;           // log scale, rotation (3), translation (3)
constexpr int kIterations = 20;        // Gauss-Newton from a close start takes three or four
constexpr std::uint32_t kDraws = 500;  // half the positions wrong: all draws bad with probability (7/8)^500
constexpr double kVerticalFactor = 3;  // sigma of altitudes over that of horizontal positions
constexpr double kUpSigma = 10 * std::numbers::pi / 180;
constexpr double kSmallestSigma = 0.5;  // metres; GPS residuals below it are luck or drift, not accuracy
constexpr double kInlierSigmas = 3;
constexpr double kSmallestGate = 2;  // metres: no position is an outlier for less
constexpr double kLargestScaleSigma = 0.1;
constexpr double kFlyingDepth =
    25;  // metres to the scene beyond which cameras that look one way look down, not at a facade
constexpr double kDownwardCoherence = 0.9;  // mean view axis of a cone of half-angle 37 degrees

struct Pairs {
  std::vector<glm::dvec3> model, gps;  // camera centres about their mean; ENU metres
  bool altitudes = true;
};

double weight_z(const Pairs& pairs) { return pairs.altitudes ? 1 / kVerticalFactor : 0; }

/// Distance that counts: altitudes at a third.
double residual(const Pairs& pairs, const Similarity& fit, std::size_t i) {
  const glm::dvec3 r = fit(pairs.model[i]) - pairs.gps[i];
  return std::hypot(r.x, r.y, r.z * weight_z(pairs));
}

/// Closed form over `rows` (Umeyama 1991), with `up` -> +z as one more pair of directions, light enough to matter only
/// where the positions leave the rotation open.
bool closed_form(const Pairs& pairs, const std::vector<std::size_t>& rows, const glm::dvec3& up, Similarity& fit) {
  glm::dvec3 model_mean(0), gps_mean(0);
  for (const std::size_t i : rows) {
    model_mean += pairs.model[i] / static_cast<double>(rows.size());
    gps_mean += pairs.gps[i] / static_cast<double>(rows.size());
  }
  glm::dmat3 h(0);
  double model_spread = 0, gps_spread = 0;
  for (const std::size_t i : rows) {
    const glm::dvec3 a = pairs.model[i] - model_mean, b = pairs.gps[i] - gps_mean;
    h += glm::outerProduct(b, a);
    model_spread += glm::dot(a, a);
    gps_spread += glm::dot(b, b);
  }
  if (!(model_spread > 0) || !(gps_spread > 0)) return false;
  h += glm::outerProduct(glm::dvec3(0, 0, 1), up) * (0.01 * std::sqrt(model_spread * gps_spread));
  const glm::dmat3 rotation = nearest_rotation(h);
  double along = 0;
  for (const std::size_t i : rows) along += glm::dot(pairs.gps[i] - gps_mean, rotation * (pairs.model[i] - model_mean));
  if (!(along > 0)) return false;
  fit.scale = along / model_spread;
  fit.rotation = glm::normalize(glm::quat_cast(rotation));
  fit.translation = gps_mean - fit.scale * (rotation * model_mean);
  return true;
}

/// Fit with the smallest median residual over draws of three cameras.
bool robust_start(const Pairs& pairs, const glm::dvec3& up, Similarity& best) {
  const std::size_t n = pairs.model.size();
  std::vector<std::size_t> all(n);
  std::iota(all.begin(), all.end(), std::size_t{0});
  if (n <= 3) return closed_form(pairs, all, up, best);
  double best_median = std::numeric_limits<double>::infinity();
  std::vector<double> residuals(n);
  const auto consider = [&](const std::vector<std::size_t>& rows) {
    Similarity fit;
    if (!closed_form(pairs, rows, up, fit)) return;
    for (std::size_t i = 0; i < n; ++i) residuals[i] = residual(pairs, fit, i);
    std::nth_element(residuals.begin(), residuals.begin() + static_cast<std::ptrdiff_t>(n / 2), residuals.end());
    if (residuals[n / 2] < best_median) {
      best_median = residuals[n / 2];
      best = fit;
    }
  };
  consider(all);
  for (std::uint32_t draw = 0; draw < kDraws; ++draw) {
    const auto random = scene::philox(0, static_cast<std::uint32_t>(scene::RandomStream::kInitialise), draw, 1);
    const std::size_t a = random[0] % n, b = random[1] % n, c = random[2] % n;
    if (a != b && b != c && a != c) consider({a, b, c});
  }
  return std::isfinite(best_median);
}

struct Refined {
  Similarity fit;
  double sigma = kSmallestSigma;  // of a horizontal coordinate, metres
  double cost = 0;                // sum of squares in sigmas, the pull of up included
  double scale_sigma = 0, tilt_sigma = 0;
  bool ok = false;
};

/// Gauss-Newton over the inliers. The unknowns act from the left: aligned = exp(s) exp(w) fit + t.
Refined refine(const Pairs& pairs, const std::vector<std::size_t>& rows, const glm::dvec3& up, Similarity fit) {
  Refined result;
  std::vector<double> normal(kUnknowns * kUnknowns);
  for (int iteration = 0; iteration < kIterations; ++iteration) {
    double squares = 0;
    for (const std::size_t i : rows) squares += std::pow(residual(pairs, fit, i), 2);
    const double freedom = std::max(1.0, 2.0 * static_cast<double>(rows.size()) - 4);
    result.sigma = std::max(kSmallestSigma, std::sqrt(squares / freedom));
    std::fill(normal.begin(), normal.end(), 0.0);
    std::array<double, kUnknowns> right{};
    result.cost = 0;
    const auto add = [&](const std::array<double, kUnknowns>& row, double error, double weight) {
      for (int r = 0; r < kUnknowns; ++r) {
        for (int c = 0; c < kUnknowns; ++c) normal[r * kUnknowns + c] += weight * weight * row[r] * row[c];
        right[r] -= weight * weight * row[r] * error;
      }
      result.cost += weight * weight * error * error;
    };
    for (const std::size_t i : rows) {
      const glm::dvec3 p = fit(pairs.model[i]), d = p - pairs.gps[i];
      const double w = 1 / result.sigma, wz = w * std::max(weight_z(pairs), 1e-6);
      add({p.x, 0, p.z, -p.y, 1, 0, 0}, d.x, w);
      add({p.y, -p.z, 0, p.x, 0, 1, 0}, d.y, w);
      add({p.z, p.y, -p.x, 0, 0, 0, 1}, d.z, wz);
    }
    const glm::dvec3 u = fit.rotation * up;
    add({0, 0, u.z, -u.y, 0, 0, 0}, u.x, 1 / kUpSigma);
    add({0, -u.z, 0, u.x, 0, 0, 0}, u.y, 1 / kUpSigma);
    if (!invert_positive(normal, kUnknowns)) return result;
    std::array<double, kUnknowns> step{};
    for (int r = 0; r < kUnknowns; ++r)
      for (int c = 0; c < kUnknowns; ++c) step[r] += normal[r * kUnknowns + c] * right[c];
    const glm::dvec3 w(step[1], step[2], step[3]);
    const double angle = glm::length(w), growth = std::exp(step[0]);
    const glm::dquat turn = angle > 0 ? glm::angleAxis(angle, w / angle) : glm::dquat(1, 0, 0, 0);
    fit.scale *= growth;
    fit.rotation = glm::normalize(turn * fit.rotation);
    fit.translation = growth * (turn * fit.translation) + glm::dvec3(step[4], step[5], step[6]);
    result.scale_sigma = std::sqrt(normal[0]);
    result.tilt_sigma = std::sqrt(std::max(normal[kUnknowns + 1], normal[2 * kUnknowns + 2]));
  }
  result.fit = fit;
  result.ok = std::isfinite(result.cost) && fit.scale > 0;
  return result;
}

struct Candidate {
  UpGuess up;
  Refined refined;
  std::vector<std::size_t> inliers;
};

Candidate fit_with(const Pairs& pairs, const UpGuess& up) {
  Candidate candidate{up, {}, {}};
  Similarity start;
  if (!robust_start(pairs, up.up, start)) return candidate;
  const std::size_t n = pairs.model.size();
  std::vector<double> residuals(n);
  for (std::size_t i = 0; i < n; ++i) residuals[i] = residual(pairs, start, i);
  std::vector<double> sorted = residuals;
  std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(n / 2), sorted.end());
  // The median of |r| of normal errors is sigma / 1.4826; the second factor corrects small samples (Rousseeuw & Leroy
  // 1987, p. 202).
  const double sigma = 1.4826 * (1 + 5.0 / std::max<double>(1.0, static_cast<double>(n) - 3)) * sorted[n / 2];
  const double gate = std::max(kSmallestGate, kInlierSigmas * sigma);
  for (std::size_t i = 0; i < n; ++i)
    if (residuals[i] <= gate) candidate.inliers.push_back(i);
  if (candidate.inliers.size() >= 3) candidate.refined = refine(pairs, candidate.inliers, up.up, start);
  return candidate;
}

/// Median distance from the cameras' centre to the points, in metres.
double median_depth(const AlignmentInput& input, const Similarity& fit, const glm::dvec3& centre) {
  if (input.points.empty()) return 0;
  std::vector<double> distances;
  for (const glm::dvec3& p : input.points) distances.push_back(fit.scale * glm::distance(p, centre));
  std::nth_element(distances.begin(), distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2),
                   distances.end());
  return distances[distances.size() / 2];
}

glm::dquat turn_to_z(const glm::dvec3& up) {
  const glm::dvec3 z(0, 0, 1);
  if (up.z < -1 + 1e-12) return {0, 1, 0, 0};  // upside down: half a turn about x
  const glm::dvec3 cross = glm::cross(up, z);
  return glm::normalize(glm::dquat(1 + up.z, cross.x, cross.y, cross.z));
}

Alignment refused(std::string why) {
  Alignment alignment;
  alignment.gps_refused = std::move(why);
  return alignment;
}

std::string rounded(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2g", value);
  return text;
}

}  // namespace

const char* name(Alignment::Kind kind) {
  switch (kind) {
    case Alignment::Kind::gps:
      return "gps";
    case Alignment::Kind::level:
      return "level";
    case Alignment::Kind::none:
      break;
  }
  return "none";
}

Alignment align_to_gps(const AlignmentInput& input) {
  std::vector<std::size_t> cameras;
  std::vector<scene::Rigid> poses;
  bool altitudes = true;
  for (std::size_t i = 0; i < input.cam_from_world.size(); ++i) {
    if (!input.gps[i]) continue;
    cameras.push_back(i);
    poses.push_back(input.cam_from_world[i]);
    altitudes = altitudes && input.gps[i]->has_altitude;
  }
  if (cameras.size() < 3)
    return refused("only " + std::to_string(cameras.size()) + " of the registered photos have a GPS position");

  // Work about the first position; the origin proper needs the inliers.
  scene::Gps first = *input.gps[cameras[0]];
  first.has_altitude = altitudes;
  const LocalFrame frame(first);
  Pairs pairs;
  pairs.altitudes = altitudes;
  glm::dvec3 centre(0);
  for (const std::size_t i : cameras)
    centre += input.cam_from_world[i].inverse().translation / static_cast<double>(cameras.size());
  for (const std::size_t i : cameras) {
    scene::Gps gps = *input.gps[i];
    gps.has_altitude = altitudes;
    pairs.model.push_back(input.cam_from_world[i].inverse().translation - centre);
    pairs.gps.push_back(frame.enu(gps));
  }

  Candidate best = fit_with(pairs, up_from_camera_tilt(poses));
  if (view_coherence(poses) > kDownwardCoherence) {
    Candidate down = fit_with(pairs, up_from_view_axes(poses));
    // Within one unit of chi-square the positions do not tell the two apart.
    const bool tie = best.refined.ok && down.refined.ok && std::abs(best.refined.cost - down.refined.cost) < 1;
    const bool flying = median_depth(input, down.refined.fit, centre) > kFlyingDepth;
    if (down.refined.ok && (!best.refined.ok || (tie ? flying : down.refined.cost < best.refined.cost)))
      best = std::move(down);
  }
  if (!best.refined.ok || 2 * best.inliers.size() < cameras.size())
    return refused("the GPS positions contradict the reconstruction or lie all in one place");
  if (best.refined.scale_sigma > kLargestScaleSigma)
    return refused("the GPS positions fix the scale only to " + rounded(100 * best.refined.scale_sigma) + " %");

  Alignment alignment;
  alignment.kind = Alignment::Kind::gps;
  alignment.gps_used = best.inliers.size();
  alignment.scale_sigma = best.refined.scale_sigma;
  alignment.tilt_sigma_degrees = best.refined.tilt_sigma * 180 / std::numbers::pi;
  alignment.up_from = best.refined.tilt_sigma < 0.5 * kUpSigma ? "GPS" : best.up.from;
  glm::dvec3 mean(0);
  double horizontal = 0, vertical = 0;
  for (const std::size_t i : best.inliers) {
    mean += pairs.gps[i] / static_cast<double>(best.inliers.size());
    const glm::dvec3 r = best.refined.fit(pairs.model[i]) - pairs.gps[i];
    horizontal += (r.x * r.x + r.y * r.y) / static_cast<double>(best.inliers.size());
    vertical += r.z * r.z / static_cast<double>(best.inliers.size());
  }
  alignment.rms_horizontal = std::sqrt(horizontal);
  if (altitudes) alignment.rms_vertical = std::sqrt(vertical);
  for (std::size_t k = 0; k < cameras.size(); ++k)
    if (std::find(best.inliers.begin(), best.inliers.end(), k) == best.inliers.end())
      alignment.gps_outliers.push_back(cameras[k]);

  alignment.origin = frame.wgs84(mean);
  alignment.origin.has_altitude = altitudes;
  if (!altitudes) alignment.origin.altitude = 0;
  // From the tangent frame of the first position to that of the mean: a turn by the angle between their verticals,
  // exact.
  const LocalFrame final_frame(alignment.origin);
  Similarity final_from_frame;
  const glm::dvec3 zero = final_frame.enu(frame.wgs84({0, 0, 0}));
  const glm::dvec3 x = glm::normalize(final_frame.enu(frame.wgs84({1e4, 0, 0})) - zero);
  const glm::dvec3 y = glm::normalize(final_frame.enu(frame.wgs84({0, 1e4, 0})) - zero);
  final_from_frame.rotation = glm::normalize(glm::quat_cast(glm::dmat3(x, y, glm::cross(x, y))));
  final_from_frame.translation = zero;
  Similarity about_centre;
  about_centre.translation = -centre;
  alignment.aligned_from_world = scene::compose(final_from_frame, scene::compose(best.refined.fit, about_centre));
  return alignment;
}

Alignment align_level(const AlignmentInput& input) {
  Alignment alignment;
  if (input.cam_from_world.empty()) return alignment;
  const UpGuess guess = guess_up(input.cam_from_world, input.points);
  alignment.kind = Alignment::Kind::level;
  alignment.up_from = guess.from;
  alignment.aligned_from_world.rotation = turn_to_z(guess.up);
  return alignment;
}

Alignment align(const AlignmentInput& input, const std::string& mode) {
  if (mode == "off") return {};
  if (mode == "level") return align_level(input);
  const bool any = std::any_of(input.gps.begin(), input.gps.end(), [](const auto& gps) { return gps.has_value(); });
  Alignment by_gps = any ? align_to_gps(input) : refused("no photo has a GPS position");
  if (by_gps.kind == Alignment::Kind::gps) return by_gps;
  if (mode == "gps")
    throw scene::Error("option 'align'", "gps cannot be used: " + by_gps.gps_refused, "use align=auto or align=level");
  Alignment level = align_level(input);
  if (any) level.gps_refused = by_gps.gps_refused;
  return level;
}

}  // namespace tessera::reconstruct
