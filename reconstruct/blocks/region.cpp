#include "reconstruct/blocks/region.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <sstream>

#include <glm/geometric.hpp>
#include <nlohmann/json.hpp>

#include "scene/atomic_file.h"
#include "scene/error.h"

namespace tessera::reconstruct {
namespace {

using nlohmann::json;

constexpr double kFewFarCameras = 0.1;  // of all; more are a place of their own
constexpr double kUpright = 0.966;      // cosine of 15 degrees between the dataset's z axis and up
constexpr std::size_t kMostCorners = 10000;

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::string pair_text(const glm::dvec2& p) {
  std::ostringstream text;
  text << p.x << "," << p.y;
  return text.str();
}

/// A list of [x, y, ...].
std::vector<glm::dvec2> corners_of(const json& list, const std::string& file) {
  std::vector<glm::dvec2> corners;
  if (!list.is_array() || list.size() > kMostCorners)
    throw scene::Error(file, "holds no list of corners", "write [[x, y], [x, y], ...] or a GeoJSON Polygon");
  for (const json& corner : list) {
    if (!corner.is_array() || corner.size() < 2 || !corner[0].is_number() || !corner[1].is_number())
      throw scene::Error(file, "corner " + std::to_string(corners.size() + 1) + " is not [x, y]", "give two numbers");
    corners.push_back({corner[0].get<double>(), corner[1].get<double>()});
  }
  return corners;
}

std::vector<glm::dvec2> corners_of_file(const std::string& file) {
  json record = json::parse(scene::read_file(file, 16u << 20), nullptr, false);
  if (record.is_discarded()) throw scene::Error(file, "is not valid JSON", "write [[x, y], [x, y], ...]");
  // GeoJSON (RFC 7946): a collection's first feature, a feature's geometry, a polygon's outer ring.
  if (record.is_object() && record.contains("features") && record["features"].is_array() && !record["features"].empty())
    record = json(record["features"][0]);
  if (record.is_object() && record.contains("geometry")) record = json(record["geometry"]);
  if (record.is_object() && record.contains("coordinates") && record["coordinates"].is_array() &&
      !record["coordinates"].empty())
    record = json(record["coordinates"][0]);
  return corners_of(record, file);
}

}  // namespace

std::vector<std::size_t> far_cameras(const scene::Dataset& dataset) {
  std::vector<double> x, y, away;
  for (const scene::View& view : dataset.views) {
    const glm::dvec3 center = view.camera.center();
    x.push_back(center.x), y.push_back(center.y);
  }
  if (x.empty()) return {};
  const glm::dvec2 middle(median(x), median(y));
  for (std::size_t v = 0; v < x.size(); ++v) away.push_back(glm::length(glm::dvec2(x[v], y[v]) - middle));
  const double usual = median(away);
  std::vector<std::size_t> far;
  for (std::size_t v = 0; v < away.size(); ++v)
    if (usual > 0 && away[v] > kFarCamera * usual) far.push_back(v);
  if (static_cast<double>(far.size()) > kFewFarCameras * static_cast<double>(away.size())) far.clear();
  return far;
}

CellFrame region_of_interest(const scene::Dataset& dataset) {
  const std::vector<std::size_t> far = far_cameras(dataset);
  std::vector<glm::dvec2> ground;
  std::vector<double> heights, floor;
  for (std::size_t v = 0; v < dataset.views.size(); ++v) {
    if (std::binary_search(far.begin(), far.end(), v)) continue;
    const glm::dvec3 center = dataset.views[v].camera.center();
    ground.push_back({center.x, center.y});
    heights.push_back(center.z);
  }
  for (const auto& p : dataset.points.position) floor.push_back(static_cast<double>(p[2]));
  // Without points: the scene frame's median view depth.
  const double height = floor.empty() || heights.empty() ? 1.0 : std::abs(median(heights) - median(floor));
  return frame_around(ground, 0.5 * height);
}

std::vector<glm::dvec2> read_region(const std::string& text_or_file) {
  std::error_code error;
  std::vector<glm::dvec2> corners;
  if (std::filesystem::exists(text_or_file, error)) {
    corners = corners_of_file(text_or_file);
  } else {
    std::istringstream words(text_or_file);
    for (std::string word; words >> word;) {
      std::istringstream in(word);
      glm::dvec2 corner;
      char comma = 0, more = 0;
      if (!(in >> corner.x >> comma >> corner.y) || comma != ',' || in >> more)
        throw scene::Error("--region " + text_or_file, "is neither a file nor corners",
                           "write \"x0,y0 x1,y1\", more corners, or a JSON file's name");
      corners.push_back(corner);
    }
  }
  for (const glm::dvec2& c : corners)
    if (!std::isfinite(c.x) || !std::isfinite(c.y))
      throw scene::Error("--region", "a corner is not finite", "give numbers");
  if (corners.size() == 2)
    corners = {corners[0], {corners[1].x, corners[0].y}, corners[1], {corners[0].x, corners[1].y}};
  if (corners.size() < 3)
    throw scene::Error("--region", "has " + std::to_string(corners.size()) + " corners",
                       "give two (of a rectangle) or more");
  return corners;
}

CellFrame region_around(const scene::Dataset& dataset, std::span<const glm::dvec2> corners) {
  const scene::Similarity& scene_from_world = dataset.scene_from_world;
  if ((scene_from_world.rotation * glm::dvec3(0, 0, 1)).z < kUpright)
    throw scene::Error("--region", "the photos' coordinates do not have z up, so that their x and y are no ground",
                       "leave it out, or position the photos by GPS first");
  std::vector<glm::dvec2> ground, world;
  for (const glm::dvec2& c : corners) ground.push_back(glm::dvec2(scene_from_world({c.x, c.y, 0})));
  const CellFrame frame = frame_around(ground, 0);
  if (!(frame.region.area() > 0)) throw scene::Error("--region", "has no area", "give corners that are not in line");
  const auto inside = [&](const glm::dvec3& p) { return frame.region.contains(frame.cell_from_scene(p)); };
  const scene::Similarity world_from_scene = scene_from_world.inverse();
  glm::dvec2 low(1e300), high(-1e300);
  bool any = false;
  const auto look_at = [&](const glm::dvec3& p) {
    const glm::dvec3 w = world_from_scene(p);
    low = glm::min(low, glm::dvec2(w)), high = glm::max(high, glm::dvec2(w));
    any = any || inside(p);
  };
  const auto& points = dataset.points.position;
  for (const auto& p : points) look_at({p[0], p[1], p[2]});
  if (points.empty())
    for (const scene::View& view : dataset.views) look_at(view.camera.center());
  if (!any)
    throw scene::Error("--region", points.empty() ? "no photo was taken within it" : "no sparse point lies within it",
                       "what there is lies between " + pair_text(low) + " and " + pair_text(high));
  return frame;
}

std::vector<std::vector<std::size_t>> linked_views(const scene::Dataset& dataset) {
  const scene::SparsePoints& points = dataset.points;
  std::vector<std::size_t> parent(dataset.views.size());
  std::iota(parent.begin(), parent.end(), std::size_t{0});
  const auto root = [&](std::size_t v) {
    while (parent[v] != v) v = parent[v] = parent[parent[v]];
    return v;
  };
  std::vector<bool> sees(parent.size(), points.track_view.empty());
  if (points.track_view.empty())
    std::fill(parent.begin(), parent.end(), std::size_t{0});
  else
    for (std::size_t i = 0; i < points.size(); ++i)
      for (std::uint32_t t = points.track_begin[i]; t < points.track_begin[i + 1]; ++t) {
        sees[points.track_view[t]] = true;
        parent[root(points.track_view[t])] = root(points.track_view[points.track_begin[i]]);
      }
  std::vector<std::vector<std::size_t>> of_root(parent.size()), groups;
  for (std::size_t v = 0; v < parent.size(); ++v)
    if (sees[v]) of_root[root(v)].push_back(v);
  for (auto& group : of_root)
    if (!group.empty()) groups.push_back(std::move(group));
  std::stable_sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return groups;
}

}  // namespace tessera::reconstruct
