#include "reconstruct/blocks/cell_frame.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "scene/error.h"

namespace tessera::reconstruct {
namespace {

glm::dvec2 turned(const glm::dvec2& p, double angle) {
  const double c = std::cos(angle), s = std::sin(angle);
  return {c * p.x + s * p.y, -s * p.x + c * p.y};
}

double cross(const glm::dvec2& a, const glm::dvec2& b) { return a.x * b.y - a.y * b.x; }

/// Counter-clockwise, without points on its edges (Andrew 1979: monotone chain).
std::vector<glm::dvec2> convex_hull(std::vector<glm::dvec2> points) {
  std::sort(points.begin(), points.end(),
            [](const glm::dvec2& a, const glm::dvec2& b) { return a.x < b.x || (a.x == b.x && a.y < b.y); });
  points.erase(std::unique(points.begin(), points.end()), points.end());
  if (points.size() < 3) return points;
  std::vector<glm::dvec2> hull;
  for (int pass = 0; pass < 2; ++pass) {
    const std::size_t first = hull.size();
    for (const glm::dvec2& p : points) {
      while (hull.size() >= first + 2 && cross(hull.back() - hull[hull.size() - 2], p - hull.back()) <= 0)
        hull.pop_back();
      hull.push_back(p);
    }
    hull.pop_back();  // begins the other chain
    std::reverse(points.begin(), points.end());
  }
  return hull;
}

Rect bounds(std::span<const glm::dvec2> points, double angle) {
  constexpr double kFar = std::numeric_limits<double>::infinity();
  Rect rect{glm::dvec2(kFar), glm::dvec2(-kFar)};
  for (const glm::dvec2& p : points) {
    const glm::dvec2 q = turned(p, angle);
    rect.low = glm::dvec2(std::min(rect.low.x, q.x), std::min(rect.low.y, q.y));
    rect.high = glm::dvec2(std::max(rect.high.x, q.x), std::max(rect.high.y, q.y));
  }
  return rect;
}

}  // namespace

Rect Rect::expanded(double share) const { return {low - 0.5 * share * size(), high + 0.5 * share * size()}; }

glm::dvec2 CellFrame::cell_from_scene(const glm::dvec3& point) const {
  const glm::dvec2 p = turned({point.x, point.y}, angle);
  if (!contracted) return p;
  glm::dvec2 x = 2.0 * (p - region.low) / region.size() - 1.0;
  if (const double m = std::max(std::abs(x.x), std::abs(x.y)); m > 1) x *= (2 - 1 / m) / m;
  return 0.25 * x + 0.5;
}

glm::dvec2 CellFrame::scene_from_cell(const glm::dvec2& p) const {
  glm::dvec2 q = p;
  if (contracted) {
    glm::dvec2 x = 4.0 * (p - 0.5);
    if (const double m = std::max(std::abs(x.x), std::abs(x.y)); m > 1) x *= 1 / (m * (2 - m));
    q = region.low + 0.5 * (x + 1.0) * region.size();
  }
  return turned(q, -angle);
}

Rect CellFrame::root() const { return contracted ? Rect{glm::dvec2(0), glm::dvec2(1)} : region; }

CellFrame frame_around(std::span<const glm::dvec2> ground_points, double margin) {
  if (ground_points.empty()) throw scene::Error("region of interest", "there is nothing to lay it around", "");
  const std::vector<glm::dvec2> hull = convex_hull({ground_points.begin(), ground_points.end()});
  CellFrame best;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < hull.size(); ++i) {
    const glm::dvec2 edge = hull[(i + 1) % hull.size()] - hull[i];
    // A quarter turn gives the same rectangle; the angle stays within 45 degrees of the scene's own axes.
    constexpr double kQuarter = 1.5707963267948966;
    const double angle = hull.size() < 2 ? 0 : std::remainder(std::atan2(edge.y, edge.x), kQuarter);
    const Rect rect = bounds(hull, angle);
    // Of equals the first: the hull begins at its leftmost point, whatever the order of the points.
    if (rect.area() < least) least = rect.area(), best.angle = angle, best.region = rect;
  }
  best.region.low -= margin, best.region.high += margin;
  return best;
}

}  // namespace tessera::reconstruct
