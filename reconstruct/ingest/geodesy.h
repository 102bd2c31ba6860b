#pragma once

#include <glm/vec3.hpp>

#include "scene/exif.h"

namespace tessera::reconstruct {

/// Earth-centred, earth-fixed metres of a WGS84 position (ellipsoidal height; NIMA TR8350.2, chapter 4). A missing
/// altitude counts as 0.
glm::dvec3 ecef_from_wgs84(const scene::Gps& position);
/// The inverse, by Bowring's iteration to below a micrometre. has_altitude is set.
scene::Gps wgs84_from_ecef(const glm::dvec3& ecef);

/// East-north-up metres about an origin: a plane tangent to the ellipsoid there.
class LocalFrame {
 public:
  explicit LocalFrame(const scene::Gps& origin);
  glm::dvec3 enu(const scene::Gps& position) const;
  scene::Gps wgs84(const glm::dvec3& enu) const;
  const scene::Gps& origin() const { return origin_; }

 private:
  scene::Gps origin_;
  glm::dvec3 ecef_, east_, north_, up_;
};

}  // namespace tessera::reconstruct
