#include "reconstruct/ingest/geodesy.h"

#include <cmath>
#include <numbers>

#include <glm/geometric.hpp>

namespace tessera::reconstruct {
namespace {

// WGS84's defining constants: semi-major axis in metres and flattening.
constexpr double kSemiMajor = 6378137.0;
constexpr double kFlattening = 1.0 / 298.257223563;
constexpr double kEccentricity2 = kFlattening * (2 - kFlattening);
constexpr double kRadians = std::numbers::pi / 180;
constexpr int kIterations = 8;  // each gains about three digits near the surface

double prime_vertical_radius(double sine_latitude) {
  return kSemiMajor / std::sqrt(1 - kEccentricity2 * sine_latitude * sine_latitude);
}

}  // namespace

glm::dvec3 ecef_from_wgs84(const scene::Gps& position) {
  const double latitude = position.latitude * kRadians, longitude = position.longitude * kRadians;
  const double height = position.has_altitude ? position.altitude : 0;
  const double radius = prime_vertical_radius(std::sin(latitude));
  const double ring = (radius + height) * std::cos(latitude);
  return {ring * std::cos(longitude), ring * std::sin(longitude),
          (radius * (1 - kEccentricity2) + height) * std::sin(latitude)};
}

scene::Gps wgs84_from_ecef(const glm::dvec3& ecef) {
  const double ring = std::hypot(ecef.x, ecef.y);
  double latitude = std::atan2(ecef.z, ring * (1 - kEccentricity2));
  for (int i = 0; i < kIterations; ++i) {
    const double sine = std::sin(latitude);
    latitude = std::atan2(ecef.z + kEccentricity2 * prime_vertical_radius(sine) * sine, ring);
  }
  const double sine = std::sin(latitude), cosine = std::cos(latitude);
  // Along the normal, which is well conditioned at the poles too.
  const double radius = prime_vertical_radius(sine);
  const double height = ring * cosine + ecef.z * sine - radius * (1 - kEccentricity2 * sine * sine);
  return {latitude / kRadians, std::atan2(ecef.y, ecef.x) / kRadians, height, true};
}

LocalFrame::LocalFrame(const scene::Gps& origin) : origin_(origin), ecef_(ecef_from_wgs84(origin)) {
  const double latitude = origin.latitude * kRadians, longitude = origin.longitude * kRadians;
  const double sin_lat = std::sin(latitude), cos_lat = std::cos(latitude);
  const double sin_lon = std::sin(longitude), cos_lon = std::cos(longitude);
  east_ = {-sin_lon, cos_lon, 0};
  north_ = {-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat};
  up_ = {cos_lat * cos_lon, cos_lat * sin_lon, sin_lat};
}

glm::dvec3 LocalFrame::enu(const scene::Gps& position) const {
  const glm::dvec3 offset = ecef_from_wgs84(position) - ecef_;
  return {glm::dot(east_, offset), glm::dot(north_, offset), glm::dot(up_, offset)};
}

scene::Gps LocalFrame::wgs84(const glm::dvec3& enu) const {
  return wgs84_from_ecef(ecef_ + enu.x * east_ + enu.y * north_ + enu.z * up_);
}

}  // namespace tessera::reconstruct
