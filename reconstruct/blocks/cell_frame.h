#pragma once

#include <span>
#include <vector>

#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

namespace tessera::reconstruct {

/// An axis-aligned rectangle, half-open: low belongs to it, high does not.
struct Rect {
  glm::dvec2 low{0}, high{0};
  glm::dvec2 size() const { return high - low; }
  double area() const { return size().x * size().y; }
  bool contains(const glm::dvec2& p) const { return p.x >= low.x && p.x < high.x && p.y >= low.y && p.y < high.y; }
  /// As far from the old edges as `share` of the old size, all told: half of it on each side.
  Rect expanded(double share) const;
};

/// Coordinates in which a scene is cut into cells: the ground plane of the scene frame (x, y; up = +z), turned about
/// the vertical so that the region of interest is a rectangle along its axes and, where `contracted`, drawn together
/// outside of that region so that the whole plane fits into (0, 1) x (0, 1) with the region on [1/4, 3/4] (the
/// contraction of mip-NeRF 360, Barron et al. 2022, eq. 10, with the maximum norm as Momentum-GS has it). One to one,
/// so that what is cut here is cut in the scene.
struct CellFrame {
  double angle = 0;  // of the frame's first axis against the scene's x axis, radians
  Rect region;       // along the turned axes, scene units, not contracted
  bool contracted = false;

  glm::dvec2 cell_from_scene(const glm::dvec3& point) const;
  /// The ground position that cell_from_scene() maps to `p`. Contracted coordinates must lie within (0, 1).
  glm::dvec2 scene_from_cell(const glm::dvec2& p) const;
  /// The region in cell coordinates, or all of (0, 1) x (0, 1) where contracted.
  Rect root() const;
};

/// The rectangle of least area around the points (one edge lies along an edge of their convex hull: Freeman & Shapira
/// 1975), grown by `margin` scene units on every side. Throws scene::Error where there are none.
CellFrame frame_around(std::span<const glm::dvec2> ground_points, double margin);

}  // namespace tessera::reconstruct
