#include "scene/scene_frame.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <glm/geometric.hpp>
#include <glm/matrix.hpp>

#include "scene/symmetric_eigen.h"

namespace tessera::scene {

namespace {

constexpr double kRadians = 0.017453292519943295;  // of a degree

/// What the poses say, in world coordinates relative to the mean camera centre (so that geographic coordinates lose no
/// digits).
struct CameraSet {
  std::vector<Rigid> pose;  // camera from shifted world
  std::vector<glm::dvec3> center, x, y, forward;
  glm::dvec3 shift{0};  // mean centre, in world coordinates
  glm::dvec3 mean_x{0}, mean_y{0}, mean_forward{0};
  SymmetricEigen spread;  // of the centres about their mean
  double radius = 0;      // root mean square distance of the centres from their mean; 0 where that is rounding
  SymmetricEigen x_axes;  // of the x axes about zero
};

SymmetricEigen second_moments(const std::vector<glm::dvec3>& vectors) {
  glm::dmat3 sum(0.0);
  for (const glm::dvec3& v : vectors) sum += glm::outerProduct(v, v);
  SymmetricEigen eigen = symmetric_eigen(sum / static_cast<double>(vectors.size()));
  for (double& value : eigen.value) value = std::max(value, 0.0);
  return eigen;
}

glm::dvec3 mean(const std::vector<glm::dvec3>& vectors) {
  glm::dvec3 sum(0.0);
  for (const glm::dvec3& v : vectors) sum += v;
  return sum / static_cast<double>(vectors.size());
}

CameraSet summarise(const std::vector<Rigid>& cam_from_world) {
  CameraSet set;
  for (const Rigid& pose : cam_from_world) {
    const glm::dquat world_from_cam = glm::conjugate(pose.rotation);
    set.center.push_back(pose.inverse().translation);
    set.x.push_back(world_from_cam * glm::dvec3(1, 0, 0));
    set.y.push_back(world_from_cam * glm::dvec3(0, 1, 0));
    set.forward.push_back(world_from_cam * glm::dvec3(0, 0, 1));
  }
  set.shift = mean(set.center);
  for (std::size_t i = 0; i < cam_from_world.size(); ++i) {
    set.center[i] -= set.shift;
    set.pose.push_back({cam_from_world[i].rotation, -(cam_from_world[i].rotation * set.center[i])});
  }
  set.mean_x = mean(set.x), set.mean_y = mean(set.y), set.mean_forward = mean(set.forward);
  set.spread = second_moments(set.center);
  set.radius = std::sqrt(set.spread.value[0] + set.spread.value[1] + set.spread.value[2]);
  if (set.radius < 1e-9 * glm::length(set.shift)) set.radius = 0;
  set.x_axes = second_moments(set.x);
  return set;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Median depth of the points over all the views that see them (where tracks are absent: that have them within 45
/// degrees of the axis).
std::optional<double> point_depth(const CameraSet& cameras, const WorldPoints& points) {
  std::vector<double> depths;
  if (!points.track_view.empty()) {
    for (std::size_t i = 0; i < points.position.size(); ++i) {
      for (std::uint32_t t = points.track_begin[i]; t < points.track_begin[i + 1]; ++t) {
        const double z = cameras.pose[points.track_view[t]](points.position[i] - cameras.shift).z;
        if (z > 0) depths.push_back(z);
      }
    }
  } else {
    // Every so-manieth point: ten million depths tell the median as well as all of them.
    const std::size_t pairs = points.position.size() * cameras.pose.size(), step = pairs / 10'000'000 + 1;
    for (const Rigid& pose : cameras.pose) {
      for (std::size_t i = 0; i < points.position.size(); i += step) {
        const glm::dvec3 p = pose(points.position[i] - cameras.shift);
        if (p.z > 0 && std::max(std::abs(p.x), std::abs(p.y)) < p.z) depths.push_back(p.z);
      }
    }
  }
  if (depths.empty()) return std::nullopt;
  return median(std::move(depths));
}

struct Meeting {
  glm::dvec3 point;  // relative to CameraSet::shift
  double depth;      // its median distance along the axes
};

/// The point nearest to all optical axes: sum (I - f f^T)(p - c) = 0.
std::optional<Meeting> axes_meeting(const CameraSet& cameras) {
  glm::dmat3 matrix(0.0);
  glm::dvec3 right(0.0);
  for (std::size_t i = 0; i < cameras.center.size(); ++i) {
    const glm::dmat3 across = glm::dmat3(1.0) - glm::outerProduct(cameras.forward[i], cameras.forward[i]);
    matrix += across, right += across * cameras.center[i];
  }
  // Axes that diverge by less than about 6 degrees meet somewhere between here and the horizon: sin^2 of it, times
  // their number.
  if (symmetric_eigen(matrix).value[0] < 0.01 * static_cast<double>(cameras.center.size())) return std::nullopt;
  const glm::dvec3 meeting = glm::inverse(matrix) * right;
  std::vector<double> depths;
  for (std::size_t i = 0; i < cameras.center.size(); ++i)
    depths.push_back(glm::dot(meeting - cameras.center[i], cameras.forward[i]));
  const double depth = median(std::move(depths));
  // Cameras that look outwards have their axes meet behind them; a meeting point inside a camera is no distance either.
  if (!(depth > 1e-3 * cameras.radius)) return std::nullopt;
  return Meeting{meeting, depth};
}

/// How much `up` makes the cameras stand upright (-y) or look down (-forward): positive for any pitch from 45 degrees
/// above the horizon to 45 degrees past the nadir.
double uprightness(const CameraSet& cameras, const glm::dvec3& up) {
  return -glm::dot(cameras.mean_y, up) - glm::dot(cameras.mean_forward, up);
}

glm::dvec3 choose_up(const CameraSet& cameras, double depth) {
  const auto signed_up = [&](const glm::dvec3& axis) { return uprightness(cameras, axis) < 0 ? -axis : axis; };
  const double forward_length = glm::length(cameras.mean_forward), y_length = glm::length(cameras.mean_y);
  const bool one_direction = forward_length > 0.9;  // the views' directions lie within about 26 degrees of their mean

  // People and gimbals hold cameras level, so x axes lie in the horizontal plane whatever the pitch, and a few
  // different headings tell that plane. "Clear": headings spread by more than 3 degrees and three times as much as the
  // roll.
  const double heading_spread = std::sqrt(cameras.x_axes.value[1]), roll_spread = std::sqrt(cameras.x_axes.value[0]);
  if (cameras.x.size() >= 5 && heading_spread > std::sin(3 * kRadians) && heading_spread > 3 * roll_spread) {
    const glm::dvec3 up = signed_up(cameras.x_axes.vector[0]);
    // Photos straight down: their mean direction is the sharper measure of the same thing, as long as the x axes do not
    // contradict it by more than their own uncertainty (three times the roll's share).
    const double angle = std::acos(std::clamp(-glm::dot(up, cameras.mean_forward) / forward_length, -1.0, 1.0));
    if (one_direction && angle < std::min(20 * kRadians, 3 * roll_spread / heading_spread))
      return -cameras.mean_forward / forward_length;
    return up;
  }
  // One heading only. A flight at constant height spans a horizontal plane, wide as compared with the distance to what
  // is seen. (A person before a wall cannot move up and down that far, so their plane of movement does not count.)
  const double plane_width = std::sqrt(cameras.spread.value[1]), plane_thickness = std::sqrt(cameras.spread.value[0]);
  const glm::dvec3 normal = cameras.spread.vector[0];
  const bool level_in_plane = std::abs(glm::dot(normal, cameras.mean_x)) < std::sin(15 * kRadians);
  if (cameras.x.size() >= 5 && plane_width > 0.25 * depth && plane_thickness < 0.2 * plane_width && level_in_plane)
    return signed_up(normal);
  if (y_length > 0.5) return -cameras.mean_y / y_length;
  if (one_direction) return -cameras.mean_forward / forward_length;
  return -cameras.y.front();
}

/// Unit part of `v` across `up`; zero where there is next to none.
glm::dvec3 across(const glm::dvec3& v, const glm::dvec3& up) {
  const glm::dvec3 flat = v - glm::dot(v, up) * up;
  const double length = glm::length(flat);
  return length > 1e-3 ? flat / length : glm::dvec3(0.0);
}

glm::dvec3 choose_heading(const CameraSet& cameras, const glm::dvec3& up) {
  std::vector<glm::dvec3> flat;
  for (const glm::dvec3& c : cameras.center) flat.push_back(c - glm::dot(c, up) * up);
  const SymmetricEigen spread = second_moments(flat);
  // Nearly round camera paths have no longest direction: 1.1 = 5 % between the radii.
  glm::dvec3 heading(0.0);
  if (spread.value[2] > 1.1 * spread.value[1]) heading = across(spread.vector[2], up);
  // Its sign: along the x axes. The sum may vanish (legs flown to and fro), so the first camera that has an opinion
  // decides.
  if (heading != glm::dvec3(0.0)) {
    double sign = glm::dot(heading, cameras.mean_x);
    for (std::size_t i = 0; i < cameras.x.size() && std::abs(sign) < 1e-3; ++i)
      sign = 0.1 * glm::dot(heading, cameras.x[i]);
    return sign < 0 ? -heading : heading;
  }
  for (const glm::dvec3& x : cameras.x)
    if (const glm::dvec3 h = across(x, up); h != glm::dvec3(0.0)) return h;
  return across(cameras.y.front(), up);  // every x axis is vertical, so y is not
}

}  // namespace

Similarity choose_scene_frame(const std::vector<Rigid>& cam_from_world, const WorldPoints& points) {
  if (cam_from_world.empty()) return {};
  const CameraSet cameras = summarise(cam_from_world);
  const std::optional<double> seen = point_depth(cameras, points);
  const std::optional<Meeting> meeting = seen || cameras.radius == 0 ? std::nullopt : axes_meeting(cameras);
  const double depth = seen ? *seen : meeting ? meeting->depth : cameras.radius > 0 ? cameras.radius : 1.0;

  const glm::dvec3 z = choose_up(cameras, depth);
  const glm::dvec3 x = choose_heading(cameras, z);
  const glm::dmat3 world_from_scene(x, glm::cross(z, x), z);
  Similarity frame{1 / depth, glm::normalize(glm::conjugate(glm::quat_cast(world_from_scene))), glm::dvec3(0.0)};

  // The centre of what is looked at, axis by axis in the new frame so that it does not depend on the old one.
  std::vector<glm::dvec3> looked_at;
  if (seen) {
    for (const glm::dvec3& p : points.position) looked_at.push_back(p - cameras.shift);
  } else if (meeting) {
    looked_at.push_back(meeting->point);
  } else {
    for (std::size_t i = 0; i < cameras.center.size(); ++i)
      looked_at.push_back(cameras.center[i] + depth * cameras.forward[i]);
  }
  glm::dvec3 origin(0.0);
  for (int axis = 0; axis < 3; ++axis) {
    std::vector<double> along;
    for (const glm::dvec3& p : looked_at) along.push_back((frame.rotation * p)[axis]);
    origin[axis] = median(std::move(along));
  }
  frame.translation = -frame.scale * (origin + frame.rotation * cameras.shift);
  return frame;
}

Similarity choose_scene_frame(const std::vector<Rigid>& cam_from_world, const SparsePoints& points_in_world) {
  WorldPoints points;
  for (const auto& p : points_in_world.position) points.position.push_back({p[0], p[1], p[2]});
  points.track_begin = points_in_world.track_begin, points.track_view = points_in_world.track_view;
  return choose_scene_frame(cam_from_world, points);
}

double camera_extent(const std::vector<Rigid>& cam_from_world, double floor) {
  if (cam_from_world.empty()) return floor;
  std::vector<glm::dvec3> centers;
  for (const Rigid& pose : cam_from_world) centers.push_back(pose.inverse().translation);
  const glm::dvec3 middle = mean(centers);
  double farthest = 0;
  for (const glm::dvec3& c : centers) farthest = std::max(farthest, glm::length(c - middle));
  return std::max(1.1 * farthest, floor);
}

}  // namespace tessera::scene
