#include "reconstruct/ingest/up_direction.h"

#include <algorithm>
#include <cmath>

#include <glm/geometric.hpp>
#include <glm/gtc/matrix_transform.hpp>

#include "scene/random.h"
#include "scene/symmetric_eigen.h"

namespace tessera::reconstruct {
namespace {

constexpr int kPlaneDraws = 500;          // three inliers at 40 % share are missed with probability 1e-14
constexpr double kPlaneThickness = 0.02;  // of the points' median distance from their centre
constexpr std::size_t kFewestPlanePoints = 10;
constexpr double kLookingOneWay = 0.97;  // mean axis of a cone of half-angle 20 degrees
constexpr double kHeadingVaries = 0.7;   // length of the mean image top, 1 where no camera is turned about its axis
constexpr double kPlaneShare = 0.4;      // the ground needs this share of the points to be believed ...
constexpr double kPlaneAgrees = 0.966;   // ... and to lie within 15 degrees of the view axes
constexpr double kSpansPlane = 0.02;     // variance of the x axes along their second direction (turned by 8 degrees)

glm::dvec3 axis(const scene::Rigid& cam_from_world, const glm::dvec3& camera_axis) {
  return glm::conjugate(cam_from_world.rotation) * camera_axis;
}

glm::dvec3 mean_axis_of(const std::vector<scene::Rigid>& poses, const glm::dvec3& camera_axis) {
  glm::dvec3 sum(0);
  for (const scene::Rigid& pose : poses) sum += axis(pose, camera_axis);
  return sum / std::max<double>(1.0, static_cast<double>(poses.size()));
}

glm::dvec3 median_of(const std::vector<glm::dvec3>& points) {
  glm::dvec3 result;
  std::vector<double> values(points.size());
  for (int c = 0; c < 3; ++c) {
    std::transform(points.begin(), points.end(), values.begin(), [&](const glm::dvec3& p) { return p[c]; });
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
    result[c] = values[values.size() / 2];
  }
  return result;
}

}  // namespace

double view_coherence(const std::vector<scene::Rigid>& cam_from_world, glm::dvec3* mean_axis) {
  const glm::dvec3 mean = mean_axis_of(cam_from_world, {0, 0, 1});
  if (mean_axis) *mean_axis = mean;
  return glm::length(mean);
}

UpGuess up_from_view_axes(const std::vector<scene::Rigid>& cam_from_world) {
  return {-glm::normalize(mean_axis_of(cam_from_world, {0, 0, 1})), "view axes"};
}

UpGuess up_from_camera_tilt(const std::vector<scene::Rigid>& cam_from_world) {
  const glm::dvec3 top = mean_axis_of(cam_from_world, {0, -1, 0});
  glm::dmat3 scatter(0);
  for (const scene::Rigid& pose : cam_from_world) {
    const glm::dvec3 x = axis(pose, {1, 0, 0});
    scatter += glm::outerProduct(x, x) / static_cast<double>(cam_from_world.size());
  }
  const scene::SymmetricEigen eigen = scene::symmetric_eigen(scatter);
  if (eigen.value[1] > kSpansPlane + 4 * eigen.value[0]) {
    const glm::dvec3 up = eigen.vector[0];
    return {glm::dot(up, top) < 0 ? -up : up, "camera tilt"};
  }
  const double length = glm::length(top);
  return {length > 1e-6 ? top / length : axis(cam_from_world.at(0), {0, -1, 0}), "camera up"};
}

std::optional<Plane> dominant_plane(const std::vector<glm::dvec3>& points, const glm::dvec3& cameras) {
  if (points.size() < kFewestPlanePoints) return std::nullopt;
  const glm::dvec3 centre = median_of(points);
  std::vector<double> distances(points.size());
  std::transform(points.begin(), points.end(), distances.begin(),
                 [&](const glm::dvec3& p) { return glm::distance(p, centre); });
  std::nth_element(distances.begin(), distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2),
                   distances.end());
  const double thickness = kPlaneThickness * distances[distances.size() / 2];

  const auto inliers_of = [&](const glm::dvec3& normal, double offset) {
    return static_cast<std::size_t>(std::count_if(points.begin(), points.end(), [&](const glm::dvec3& p) {
      return std::abs(glm::dot(normal, p) - offset) <= thickness;
    }));
  };
  Plane best;
  std::size_t best_count = 0;
  for (std::uint32_t draw = 0; draw < kPlaneDraws; ++draw) {
    // The seed is fixed: the same points give the same plane.
    const auto random = scene::philox(0, static_cast<std::uint32_t>(scene::RandomStream::kInitialise), draw, 0);
    const auto pick = [&](std::uint32_t word) { return points[word % points.size()]; };
    const glm::dvec3 a = pick(random[0]), b = pick(random[1]), c = pick(random[2]);
    const glm::dvec3 cross = glm::cross(b - a, c - a);
    const double area = glm::length(cross);
    if (!(area > thickness * thickness)) continue;
    const glm::dvec3 normal = cross / area;
    const std::size_t count = inliers_of(normal, glm::dot(normal, a));
    if (count > best_count) {
      best_count = count;
      best.normal = normal;
      best.offset = glm::dot(normal, a);
    }
  }
  if (best_count < kFewestPlanePoints) return std::nullopt;

  glm::dvec3 mean(0);
  const double share = 1.0 / static_cast<double>(best_count);
  const auto for_each_inlier = [&](auto&& function) {
    for (const glm::dvec3& p : points)
      if (std::abs(glm::dot(best.normal, p) - best.offset) <= thickness) function(p);
  };
  for_each_inlier([&](const glm::dvec3& p) { mean += p * share; });
  glm::dmat3 scatter(0);
  for_each_inlier([&](const glm::dvec3& p) { scatter += glm::outerProduct(p - mean, p - mean) * share; });
  best.normal = scene::symmetric_eigen(scatter).vector[0];
  best.offset = glm::dot(best.normal, mean);
  if (glm::dot(best.normal, cameras) < best.offset) {
    best.normal = -best.normal;
    best.offset = -best.offset;
  }
  best.inlier_share = static_cast<double>(inliers_of(best.normal, best.offset)) / static_cast<double>(points.size());
  return best;
}

UpGuess guess_up(const std::vector<scene::Rigid>& cam_from_world, const std::vector<glm::dvec3>& points) {
  const bool looks_down = view_coherence(cam_from_world) > kLookingOneWay &&
                          glm::length(mean_axis_of(cam_from_world, {0, -1, 0})) < kHeadingVaries;
  if (!looks_down) return up_from_camera_tilt(cam_from_world);
  const UpGuess axes = up_from_view_axes(cam_from_world);
  glm::dvec3 cameras(0);
  for (const scene::Rigid& pose : cam_from_world)
    cameras += pose.inverse().translation / static_cast<double>(cam_from_world.size());
  const std::optional<Plane> plane = dominant_plane(points, cameras);
  if (plane && plane->inlier_share >= kPlaneShare && glm::dot(plane->normal, axes.up) >= kPlaneAgrees)
    return {plane->normal, "ground plane"};
  return axes;
}

}  // namespace tessera::reconstruct
