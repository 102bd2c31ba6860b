#include "app/studio/view_camera.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tessera::app {
namespace {

constexpr double kHalfLife = 0.06;      // seconds in which half of the way is made: quick, but no jump
constexpr double kArrived = 1e-4;       // of the distance, or radians
constexpr double kHomeElevation = 0.6;  // radians above the horizon
constexpr double kSteepest = 1.55;      // radians: an orbit stops short of the poles
constexpr double kNearest = 1e-3;       // of the home radius

/// Level, looking along `forward`.
glm::dquat looking(const glm::dvec3& forward) {
  const glm::dvec3 f = glm::normalize(forward);
  glm::dvec3 right = glm::cross(f, glm::dvec3(0, 0, 1));
  // Straight up or down there is no horizon: north is up then.
  right = glm::length(right) > 1e-6 ? glm::normalize(right) : glm::dvec3(1, 0, 0);
  return glm::normalize(glm::quat_cast(glm::dmat3(right, glm::cross(f, right), f)));
}

double elevation_of(const glm::dquat& world_from_cam) {
  return std::asin(std::clamp((world_from_cam * glm::dvec3(0, 0, 1)).z, -1.0, 1.0));
}

/// Yaw about the world's up, pitch about the camera's right.
glm::dquat turned(const glm::dquat& world_from_cam, double right, double down) {
  const double elevation = elevation_of(world_from_cam);
  const double limited = std::clamp(elevation - down, std::min(-kSteepest, elevation), std::max(kSteepest, elevation));
  return glm::normalize(glm::angleAxis(-right, glm::dvec3(0, 0, 1)) * world_from_cam *
                        glm::angleAxis(limited - elevation, glm::dvec3(1, 0, 0)));
}

}  // namespace

void ViewCamera::set_home(const glm::dvec3& center, double radius) {
  home_center_ = center;
  home_radius_ = radius > 0 ? radius : 1;
  home_photo_.reset();
}

void ViewCamera::set_home_photo(const scene::Camera& photo, double depth) {
  home_photo_ = photo;
  home_depth_ = depth;
}

void ViewCamera::go_home() {
  if (home_photo_) return look_from(*home_photo_, home_depth_);
  target_.pivot = home_center_;
  target_.distance = 1.2 * home_radius_ / std::tan(0.5 * target_.field_of_view);
  target_.world_from_cam = looking({0.4, std::cos(kHomeElevation), -std::sin(kHomeElevation)});
}

void ViewCamera::look_from(const scene::Camera& photo, double depth) {
  target_.world_from_cam = glm::normalize(glm::conjugate(photo.cam_from_world.rotation));
  target_.distance = depth;
  target_.pivot = photo.center() + depth * (target_.world_from_cam * glm::dvec3(0, 0, 1));
  target_.field_of_view = 2 * std::atan(0.5 * photo.intrinsics.height / photo.intrinsics.fy);
}

void ViewCamera::look_along(int axis, bool positive) {
  glm::dvec3 forward(0);
  forward[axis] = positive ? -1 : 1;
  target_.world_from_cam = looking(forward);
}

void ViewCamera::orbit(double right, double down) {
  target_.world_from_cam = turned(target_.world_from_cam, right, down);
}

void ViewCamera::turn(double right, double down) {
  const glm::dvec3 position = target_.position();
  target_.world_from_cam = turned(target_.world_from_cam, right, down);
  target_.pivot = position + target_.distance * (target_.world_from_cam * glm::dvec3(0, 0, 1));
}

void ViewCamera::pan(const glm::dvec2& pixels, int height) {
  const double unit = 2 * target_.distance * std::tan(0.5 * target_.field_of_view) / std::max(height, 1);
  target_.pivot -= target_.world_from_cam * glm::dvec3(pixels.x * unit, pixels.y * unit, 0);
}

void ViewCamera::zoom(double factor, const glm::dvec2& ndc, double aspect) {
  const double nearer = std::max(target_.distance * factor, kNearest * home_radius_);
  // The point under the cursor in the pivot's plane stays where it is seen.
  const double half = std::tan(0.5 * target_.field_of_view) * (target_.distance - nearer);
  target_.pivot += target_.world_from_cam * glm::dvec3(ndc.x * half * aspect, ndc.y * half, 0);
  target_.distance = nearer;
}

void ViewCamera::fly(const glm::dvec3& right_down_forward) {
  target_.pivot += target_.world_from_cam * (right_down_forward * home_radius_);
}

void ViewCamera::focus(const glm::dvec3& point) {
  const glm::dvec3 from = target_.position();
  const double distance = glm::length(point - from);
  if (distance <= kNearest * home_radius_) return;
  target_.world_from_cam = looking(point - from);
  target_.pivot = point;
  target_.distance = std::max(0.5 * distance, kNearest * home_radius_);
}

void ViewCamera::level() { target_.world_from_cam = looking(target_.world_from_cam * glm::dvec3(0, 0, 1)); }

void ViewCamera::set_field_of_view(double vertical_radians) {
  target_.field_of_view = std::clamp(vertical_radians, 0.1, 2.5);
}

bool ViewCamera::advance(double seconds) {
  const double share = 1 - std::exp2(-seconds / kHalfLife);
  // The position moves in a straight line: interpolating pivot and distance apart would swing.
  const glm::dvec3 position = glm::mix(shown_.position(), target_.position(), share);
  shown_.distance = std::exp(std::lerp(std::log(shown_.distance), std::log(target_.distance), share));
  shown_.world_from_cam = glm::normalize(glm::slerp(shown_.world_from_cam, target_.world_from_cam, share));
  shown_.field_of_view = std::lerp(shown_.field_of_view, target_.field_of_view, share);
  shown_.pivot = position + shown_.distance * (shown_.world_from_cam * glm::dvec3(0, 0, 1));
  const double angle = 2 * std::acos(std::min(1.0, std::abs(glm::dot(shown_.world_from_cam, target_.world_from_cam))));
  const bool arrived = glm::length(shown_.position() - target_.position()) < kArrived * target_.distance &&
                       std::abs(shown_.distance - target_.distance) < kArrived * target_.distance &&
                       std::abs(shown_.field_of_view - target_.field_of_view) < kArrived && angle < kArrived;
  if (arrived) shown_ = target_;
  return !arrived;
}

void ViewCamera::jump() { shown_ = target_; }

scene::Camera ViewCamera::camera(int width, int height) const {
  scene::Camera camera;
  const double focal = 0.5 * height / std::tan(0.5 * shown_.field_of_view);
  camera.intrinsics = {width, height, focal, focal, 0.5 * width, 0.5 * height};
  camera.cam_from_world.rotation = glm::conjugate(shown_.world_from_cam);
  camera.cam_from_world.translation = -(camera.cam_from_world.rotation * shown_.position());
  return camera;
}

}  // namespace tessera::app
