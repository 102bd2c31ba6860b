#include "scene/camera.h"

#include <cmath>
#include <limits>
#include <numbers>

#include <glm/geometric.hpp>
#include <glm/mat2x2.hpp>
#include <glm/matrix.hpp>

#include "scene/polynomial.h"

namespace tessera::scene {

namespace {

/// Where a model keeps its parameters: one or two focal lengths, the centre, then the coefficients.
struct Layout {
  int focal_lengths;
  int coefficients;
};

Layout layout(CameraModel model) {
  switch (model) {
    case CameraModel::simple_pinhole:
      return {1, 0};
    case CameraModel::pinhole:
      return {2, 0};
    case CameraModel::simple_radial:
      return {1, 1};
    case CameraModel::radial:
      return {1, 2};
    case CameraModel::opencv:
      return {2, 4};
    case CameraModel::opencv_fisheye:
      return {2, 4};
  }
  return {2, 0};
}

/// k1, k2, p1, p2 of the models that distort by a polynomial of the radius (Brown 1971; COLMAP's parameter order).
struct Brown {
  double k1 = 0, k2 = 0, p1 = 0, p2 = 0;
};

Brown brown(const SensorModel& sensor) {
  const auto& p = sensor.parameters;
  switch (sensor.model) {
    case CameraModel::simple_radial:
      return {p[3]};
    case CameraModel::radial:
      return {p[3], p[4]};
    case CameraModel::opencv:
      return {p[4], p[5], p[6], p[7]};
    default:
      return {};
  }
}

glm::dvec2 distort(const Brown& b, const glm::dvec2& n) {
  const double xy = n.x * n.y, r2 = glm::dot(n, n);
  const double radial = 1 + r2 * (b.k1 + r2 * b.k2);
  return {n.x * radial + 2 * b.p1 * xy + b.p2 * (r2 + 2 * n.x * n.x),
          n.y * radial + 2 * b.p2 * xy + b.p1 * (r2 + 2 * n.y * n.y)};
}

/// d distort / d n; symmetric, as distort() is the gradient of a potential.
glm::dmat2 distort_jacobian(const Brown& b, const glm::dvec2& n) {
  const double r2 = glm::dot(n, n);
  const double radial = 1 + r2 * (b.k1 + r2 * b.k2);
  const double slope = 2 * b.k1 + 4 * b.k2 * r2;  // d radial / d r, over r
  const double off = n.x * n.y * slope + 2 * b.p1 * n.x + 2 * b.p2 * n.y;
  return {radial + n.x * n.x * slope + 2 * b.p1 * n.y + 6 * b.p2 * n.x, off, off,
          radial + n.y * n.y * slope + 2 * b.p2 * n.x + 6 * b.p1 * n.y};
}

/// theta_d of the fisheye polynomial (Kannala and Brandt 2006, eq. 6, with unit first coefficient) and its derivative.
double fisheye_angle(const double* k, double theta) {
  const double t2 = theta * theta;
  return theta * (1 + t2 * (k[0] + t2 * (k[1] + t2 * (k[2] + t2 * k[3]))));
}
double fisheye_slope(const double* k, double theta) {
  const double t2 = theta * theta;
  return 1 + t2 * (3 * k[0] + t2 * (5 * k[1] + t2 * (7 * k[2] + t2 * 9 * k[3])));
}

/// Angle at which the fisheye polynomial stops growing, at most the 90 degrees that (x, y, 1) can reach.
double fisheye_limit(const double* k) {
  const double right_angle = std::numbers::pi / 2;
  const double root = smallest_positive_root({1, 0, 3 * k[0], 0, 5 * k[1], 0, 7 * k[2], 0, 9 * k[3]}, right_angle);
  return std::isfinite(root) ? root : right_angle;
}

// Newton's method doubles the digits each step; a start that needs more than this has left the basin.
constexpr int kNewtonSteps = 100;
// In units of the focal length: far below a thousandth of a pixel for any sensor.
constexpr double kConverged = 1e-12;

}  // namespace

Similarity Similarity::inverse() const {
  const glm::dquat r = glm::conjugate(rotation);
  return {1 / scale, r, -(r * translation) / scale};
}

Similarity compose(const Similarity& c_from_b, const Similarity& b_from_a) {
  return {c_from_b.scale * b_from_a.scale, glm::normalize(c_from_b.rotation * b_from_a.rotation),
          c_from_b(b_from_a.translation)};
}

Rigid transform_pose(const Rigid& cam_from_old, const Similarity& new_from_old) {
  // s (R x + t) with x = R_s^T (x_new - t_s) / s
  const glm::dquat rotation = glm::normalize(cam_from_old.rotation * glm::conjugate(new_from_old.rotation));
  return {rotation, new_from_old.scale * cam_from_old.translation - rotation * new_from_old.translation};
}

Pinhole Pinhole::resized(int new_width, int new_height) const {
  const double sx = static_cast<double>(new_width) / width, sy = static_cast<double>(new_height) / height;
  return {new_width, new_height, fx * sx, fy * sy, cx * sx, cy * sy};
}

bool SensorModel::distorted() const {
  const Layout at = layout(model);
  for (int i = 0; i < at.coefficients; ++i)
    if (parameters[static_cast<std::size_t>(at.focal_lengths + 2 + i)] != 0) return true;
  // A fisheye lens without coefficients is still not a pinhole.
  return model == CameraModel::opencv_fisheye;
}

Pinhole SensorModel::pinhole() const {
  const auto& p = parameters;
  if (layout(model).focal_lengths == 1) return {width, height, p[0], p[0], p[1], p[2]};
  return {width, height, p[0], p[1], p[2], p[3]};
}

glm::dvec2 SensorModel::project(const glm::dvec2& normalized) const {
  glm::dvec2 d = normalized;
  if (model == CameraModel::opencv_fisheye) {
    const double r = glm::length(normalized);
    // theta_d / r -> 1 as r -> 0; below this the quotient is 1 to double precision.
    if (r > 1e-9) d = normalized * (fisheye_angle(&parameters[4], std::atan(r)) / r);
  } else {
    d = distort(brown(*this), normalized);
  }
  const Pinhole p = pinhole();
  return {p.fx * d.x + p.cx, p.fy * d.y + p.cy};
}

bool SensorModel::unproject(const glm::dvec2& pixel, glm::dvec2& normalized) const {
  const Pinhole p = pinhole();
  const glm::dvec2 d{(pixel.x - p.cx) / p.fx, (pixel.y - p.cy) / p.fy};
  if (model == CameraModel::opencv_fisheye) {
    const double* k = &parameters[4];
    const double target = glm::length(d), limit = fisheye_limit(k);
    if (target >= fisheye_angle(k, limit)) return false;
    // The polynomial grows on [0, limit]: Newton's method, kept inside a bracket that halves when a step would leave
    // it.
    double low = 0, high = limit, theta = std::min(target, limit);
    for (int i = 0; i < kNewtonSteps; ++i) {
      const double error = fisheye_angle(k, theta) - target;
      (error > 0 ? high : low) = theta;
      if (std::abs(error) < kConverged) break;
      const double next = theta - error / fisheye_slope(k, theta);
      theta = next > low && next < high ? next : 0.5 * (low + high);
    }
    normalized = target > 1e-9 ? d * (std::tan(theta) / target) : d;
    return true;
  }
  const Brown b = brown(*this);
  glm::dvec2 n = d;
  for (int i = 0; i < kNewtonSteps; ++i) {
    const glm::dvec2 error = distort(b, n) - d;
    if (glm::length(error) < kConverged) {
      normalized = n;
      return glm::length(n) < monotone_radius();
    }
    const glm::dmat2 jacobian = distort_jacobian(b, n);
    if (!(std::abs(glm::determinant(jacobian)) > 1e-12)) return false;
    n -= glm::inverse(jacobian) * error;
  }
  return false;
}

double SensorModel::monotone_radius() const {
  if (!distorted()) return std::numeric_limits<double>::infinity();
  if (model == CameraModel::opencv_fisheye) {
    const double limit = fisheye_limit(&parameters[4]);
    return limit < std::numbers::pi / 2 ? std::tan(limit) : std::numeric_limits<double>::infinity();
  }
  // Along the direction (c, s) the distorted point's component is r + k1 r^3 + k2 r^5 + 3 r^2 (p1 s + p2 c); the
  // derivative in the worst direction bounds all of them.
  const Brown b = brown(*this);
  const double kFarthest = 1e3;  // 89.94 degrees off the axis: no pinhole picture reaches farther
  return smallest_positive_root({1, -6 * std::hypot(b.p1, b.p2), 3 * b.k1, 0, 5 * b.k2}, kFarthest);
}

SensorModel SensorModel::resized(int new_width, int new_height) const {
  SensorModel scaled = *this;
  const double sx = static_cast<double>(new_width) / width, sy = static_cast<double>(new_height) / height;
  auto& p = scaled.parameters;
  scaled.width = new_width, scaled.height = new_height;
  if (layout(model).focal_lengths == 1) {
    p[0] *= sx, p[1] *= sx, p[2] *= sy;
  } else {
    p[0] *= sx, p[1] *= sy, p[2] *= sx, p[3] *= sy;
  }
  return scaled;
}

}  // namespace tessera::scene
