#pragma once

#include <cstdint>

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include "scene/camera.h"
#include "scene/random.h"

namespace tessera::test {

/// A point of the cube [-1, 1]^3, keyed.
inline glm::dvec3 noise(std::uint32_t key, std::uint64_t index) {
  const auto word = scene::philox(5, static_cast<std::uint32_t>(scene::RandomStream::kTest), key, index);
  const auto coordinate = [&](int i) { return 2 * static_cast<double>(scene::uniform01(word[i])) - 1; };
  return {coordinate(0), coordinate(1), coordinate(2)};
}

/// A camera at `centre` that looks along `forward`, its image top on the side of `up`.
inline scene::Rigid look(const glm::dvec3& centre, const glm::dvec3& forward, const glm::dvec3& up) {
  const glm::dvec3 z = glm::normalize(forward), x = glm::normalize(glm::cross(z, up)), y = glm::cross(z, x);
  scene::Rigid world_from_cam;
  world_from_cam.rotation = glm::normalize(glm::quat_cast(glm::dmat3(x, y, z)));
  world_from_cam.translation = centre;
  return world_from_cam.inverse();
}

/// The same camera turned a little in its place, by up to about `radians` about each of its axes.
inline scene::Rigid nudge(const scene::Rigid& cam_from_world, std::uint32_t key, std::uint64_t index, double radians) {
  const glm::dvec3 w = 0.5 * radians * noise(key, index);
  const glm::dquat turn = glm::normalize(glm::dquat(1, w.x, w.y, w.z));
  return {turn * cam_from_world.rotation, turn * cam_from_world.translation};
}

}  // namespace tessera::test
