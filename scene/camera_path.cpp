#include "scene/camera_path.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <glm/geometric.hpp>
#include <nlohmann/json.hpp>

#include "scene/atomic_file.h"
#include "scene/error.h"

namespace tessera::scene {
namespace {

glm::dvec3 forward(const Rigid& cam_from_world) {
  return glm::conjugate(cam_from_world.rotation) * glm::dvec3(0, 0, 1);
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Point nearest to all optical axes in the least-squares sense; parallel axes fall back to one unit (the median view
/// depth) ahead.
glm::dvec3 focus_point(const std::vector<View>& views) {
  glm::dmat3 a(0);
  glm::dvec3 b(0), ahead(0);
  for (const View& view : views) {
    const glm::dvec3 c = view.camera.center(), d = forward(view.camera.cam_from_world);
    const glm::dmat3 across = glm::dmat3(1) - glm::outerProduct(d, d);
    a += across;
    b += across * c;
    ahead += c + d;
  }
  const double n = static_cast<double>(views.size());
  ahead /= n;
  // det / n^3 is 0 for parallel axes and at most (2/3)^3; below 1e-3 the point is too uncertain along the axes.
  if (glm::determinant(a / n) < 1e-3) return ahead;
  return glm::inverse(a) * b;
}

/// Greedy nearest-neighbour tour from the first view, then 2-opt; hundreds of views at most matter here.
std::vector<std::size_t> short_tour(const std::vector<glm::dvec3>& points) {
  std::vector<std::size_t> tour{0};
  std::vector<bool> used(points.size(), false);
  used[0] = true;
  while (tour.size() < points.size()) {
    std::size_t best = 0;
    double best_distance = std::numeric_limits<double>::max();
    for (std::size_t i = 0; i < points.size(); ++i) {
      const double d = glm::distance(points[i], points[tour.back()]);
      if (!used[i] && d < best_distance) best = i, best_distance = d;
    }
    used[best] = true;
    tour.push_back(best);
  }
  for (int pass = 0; pass < 8; ++pass) {
    bool better = false;
    for (std::size_t i = 1; i + 1 < tour.size(); ++i)
      for (std::size_t j = i + 1; j < tour.size(); ++j) {
        const auto d = [&](std::size_t a, std::size_t b) { return glm::distance(points[tour[a]], points[tour[b]]); };
        const double before = d(i - 1, i) + (j + 1 < tour.size() ? d(j, j + 1) : 0);
        const double after = d(i - 1, j) + (j + 1 < tour.size() ? d(i, j + 1) : 0);
        if (after < before - 1e-12)
          std::reverse(tour.begin() + static_cast<std::ptrdiff_t>(i),
                       tour.begin() + static_cast<std::ptrdiff_t>(j) + 1),
              better = true;
      }
    if (!better) break;
  }
  return tour;
}

}  // namespace

Rigid look_at(const glm::dvec3& position, const glm::dvec3& target, const glm::dvec3& up) {
  glm::dvec3 z = target - position;
  z = glm::length(z) > 1e-12 ? glm::normalize(z) : glm::dvec3(0, 1, 0);
  glm::dvec3 x = glm::cross(z, up);
  if (glm::length(x) < 1e-9)  // looking along `up`: the picture's top is +y, or +x where `up` is y
    x = glm::cross(z, std::abs(z.y) < 0.9 ? glm::dvec3(0, 1, 0) : glm::dvec3(1, 0, 0));
  x = glm::normalize(x);
  const glm::dvec3 y = glm::cross(z, x);
  const glm::dquat world_from_cam = glm::normalize(glm::quat_cast(glm::dmat3(x, y, z)));
  return Rigid{world_from_cam, position}.inverse();
}

CameraPath::Key CameraPath::at(double seconds) const {
  if (keys.size() == 1 || seconds <= keys.front().seconds) return keys.front();
  if (seconds >= keys.back().seconds) return keys.back();
  std::size_t i = 0;
  while (keys[i + 1].seconds < seconds) ++i;
  const double t = (seconds - keys[i].seconds) / std::max(keys[i + 1].seconds - keys[i].seconds, 1e-9);
  const auto center = [&](std::ptrdiff_t k) {
    const auto clamped = std::clamp<std::ptrdiff_t>(k, 0, static_cast<std::ptrdiff_t>(keys.size()) - 1);
    return keys[static_cast<std::size_t>(clamped)].cam_from_world.inverse().translation;
  };
  const auto k = static_cast<std::ptrdiff_t>(i);
  const glm::dvec3 p0 = center(k - 1), p1 = center(k), p2 = center(k + 1), p3 = center(k + 2);
  // Catmull-Rom in Hermite form; tangents limited to the chord, which keeps the curve from looping where keys bunch up.
  glm::dvec3 m1 = 0.5 * (p2 - p0), m2 = 0.5 * (p3 - p1);
  const double chord = glm::distance(p1, p2);
  for (glm::dvec3* m : {&m1, &m2})
    if (glm::length(*m) > chord) *m *= chord / glm::length(*m);
  const double t2 = t * t, t3 = t2 * t;
  const glm::dvec3 position =
      (2 * t3 - 3 * t2 + 1) * p1 + (t3 - 2 * t2 + t) * m1 + (-2 * t3 + 3 * t2) * p2 + (t3 - t2) * m2;
  Key key;
  key.seconds = seconds;
  key.focal_scale = (1 - t) * keys[i].focal_scale + t * keys[i + 1].focal_scale;
  const double smooth = t2 * (3 - 2 * t);
  const glm::dquat cam_rotation =
      glm::slerp(keys[i].cam_from_world.rotation, keys[i + 1].cam_from_world.rotation, smooth);
  key.cam_from_world = Rigid{glm::conjugate(cam_rotation), position}.inverse();
  return key;
}

CameraPath orbit_path(const Dataset& dataset, double seconds) {
  const glm::dvec3 focus = focus_point(dataset.views);
  std::vector<double> radii, heights;
  for (const View& view : dataset.views) {
    const glm::dvec3 d = view.camera.center() - focus;
    radii.push_back(std::hypot(d.x, d.y));
    heights.push_back(d.z);
  }
  const double height = median(heights);
  // Photos straight down have no radius of their own: look from 45 degrees then.
  const double radius = std::max(median(radii), 0.7 * std::abs(height));
  constexpr int kKeys = 24;  // 15 degrees apart: the spline is then round to the eye
  CameraPath path;
  for (int k = 0; k <= kKeys; ++k) {
    const double angle = 2 * std::numbers::pi * k / kKeys;
    path.keys.push_back({seconds * k / kKeys,
                         look_at(focus + glm::dvec3(radius * std::cos(angle), radius * std::sin(angle), height), focus),
                         1});
  }
  return path;
}

CameraPath flythrough_path(const Dataset& dataset, double seconds) {
  std::vector<glm::dvec3> centers;
  for (const View& view : dataset.views) centers.push_back(view.camera.center());
  const std::vector<std::size_t> tour = short_tour(centers);
  // At most one key every half second, so that the flight is calm.
  const std::size_t wanted = std::clamp<std::size_t>(static_cast<std::size_t>(2 * seconds), 2, tour.size());
  CameraPath path;
  for (std::size_t k = 0; k < wanted; ++k) {
    const std::size_t at = k * (tour.size() - 1) / (wanted - 1);
    glm::dvec3 center(0), ahead(0);
    double n = 0;
    for (std::size_t j = at >= 2 ? at - 2 : 0; j <= std::min(at + 2, tour.size() - 1); ++j, ++n) {
      const View& view = dataset.views[tour[j]];
      center += view.camera.center();
      ahead += forward(view.camera.cam_from_world);
    }
    center /= n;
    if (glm::length(ahead) < 1e-6) ahead = forward(dataset.views[tour[at]].camera.cam_from_world);
    const glm::dvec3 up = std::abs(glm::normalize(ahead).z) > 0.95 ? glm::dvec3(0, 1, 0) : glm::dvec3(0, 0, 1);
    path.keys.push_back({seconds * static_cast<double>(k) / static_cast<double>(wanted - 1),
                         look_at(center, center + glm::normalize(ahead), up), 1});
  }
  return path;
}

CameraPath read_camera_path(const std::filesystem::path& file, const Similarity& scene_from_world) {
  return parse_camera_path(read_file(file, 16u << 20), file.string(), scene_from_world);
}

CameraPath parse_camera_path(std::string_view text, const std::string& subject, const Similarity& scene_from_world) {
  nlohmann::json json;
  try {
    json = nlohmann::json::parse(text);
  } catch (const nlohmann::json::parse_error& e) {
    throw Error(subject, "is not valid JSON (byte " + std::to_string(e.byte) + ")");
  } catch (const nlohmann::json::exception&) {
    throw Error(subject, "holds a number that is too large");
  }
  const auto bad = [&](std::size_t key, const std::string& what) {
    return Error(subject, "key " + std::to_string(key) + ": " + what, "see 'camera paths' in the user guide");
  };
  if (!json.is_object() || !json.contains("keys") || !json["keys"].is_array() || json["keys"].empty())
    throw Error(subject, "has no list \"keys\"", "see 'camera paths' in the user guide");
  constexpr double kFarthest = 1e12;  // world units; beyond it nothing could be seen, and squares overflow in the end
  constexpr double kLeastZoom = 1e-3, kMostZoom = 1e3, kLongest = 86'400;  // seconds
  CameraPath path;
  double first = 0;
  for (const auto& entry : json["keys"]) {
    const std::size_t index = path.keys.size();
    if (!entry.is_object()) throw bad(index, "is not an object");
    const auto numbers = [&](const char* name, std::size_t count) {
      std::vector<double> values;
      if (!entry.contains(name) || !entry[name].is_array() || entry[name].size() != count)
        throw bad(index, std::string(name) + " is not a list of " + std::to_string(count) + " numbers");
      for (const auto& v : entry[name]) {
        if (!v.is_number()) throw bad(index, std::string(name) + " holds something that is not a number");
        if (!(std::abs(v.get<double>()) < kFarthest)) throw bad(index, std::string(name) + " is absurdly far away");
        values.push_back(v.get<double>());
      }
      return values;
    };
    const auto number = [&](const char* name, double fallback) {
      if (!entry.contains(name)) return fallback;
      if (!entry[name].is_number()) throw bad(index, std::string(name) + " is not a number");
      return entry[name].get<double>();
    };
    const auto p = numbers("position", 3);
    const glm::dvec3 position(p[0], p[1], p[2]);
    Rigid cam_from_world;
    if (entry.contains("rotation")) {
      const auto q = numbers("rotation", 4);
      const glm::dquat rotation(q[0], q[1], q[2], q[3]);
      if (glm::length(rotation) < 1e-9) throw bad(index, "rotation has no length");
      cam_from_world = Rigid{glm::normalize(rotation), position}.inverse();
    } else {
      const auto t = numbers("look_at", 3);
      const glm::dvec3 up = glm::conjugate(scene_from_world.rotation) * glm::dvec3(0, 0, 1);
      cam_from_world = look_at(position, {t[0], t[1], t[2]}, up);
    }
    CameraPath::Key key{number("seconds", static_cast<double>(index)), transform_pose(cam_from_world, scene_from_world),
                        number("focal_scale", 1)};
    if (path.keys.empty()) first = key.seconds;
    if (!path.keys.empty() && key.seconds <= path.keys.back().seconds)
      throw bad(index, "its time does not come after the key before");
    if (!(key.focal_scale > kLeastZoom && key.focal_scale < kMostZoom))
      throw bad(index, "focal_scale must be positive, and below " + std::to_string(static_cast<int>(kMostZoom)));
    if (key.seconds - first > kLongest) throw bad(index, "the path takes longer than a day");
    path.keys.push_back(key);
  }
  // Times count from the first key.
  for (auto& key : path.keys) key.seconds -= first;
  return path;
}

std::string camera_path_json(const CameraPath& path, const Similarity& scene_from_world) {
  const Similarity world_from_scene = scene_from_world.inverse();
  nlohmann::ordered_json keys = nlohmann::ordered_json::array();
  for (const CameraPath::Key& key : path.keys) {
    const Rigid world_from_cam = transform_pose(key.cam_from_world, world_from_scene).inverse();
    const glm::dvec3& p = world_from_cam.translation;
    const glm::dquat& q = world_from_cam.rotation;
    keys.push_back({{"seconds", key.seconds},
                    {"position", {p.x, p.y, p.z}},
                    {"rotation", {q.w, q.x, q.y, q.z}},
                    {"focal_scale", key.focal_scale}});
  }
  return nlohmann::ordered_json{{"keys", keys}}.dump(2) + "\n";
}

void write_camera_path(const CameraPath& path, const std::filesystem::path& file, const Similarity& scene_from_world) {
  write_file_atomically(file, camera_path_json(path, scene_from_world));
}

}  // namespace tessera::scene
