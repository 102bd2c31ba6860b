#pragma once

#include <string>

#include "reconstruct/train/projection.h"
#include "scene/camera_path.h"
#include "scene/dataset.h"

namespace tessera::test {

/// Photos straight down from 1 above flat ground, `nx` x `ny` of them, `step` apart, each 1 x 1 wide on the ground
/// (`side` pixels); points every 0.1 with the tracks that follow. No files: for what looks at poses and points only.
inline scene::Dataset flight(int nx, int ny, double step = 0.4, int side = 64) {
  scene::Dataset dataset;
  dataset.root = "flight";
  for (int y = 0; y < ny; ++y)
    for (int x = 0; x < nx; ++x) {
      scene::View view;
      view.name = std::to_string(100 + y) + "_" + std::to_string(100 + x) + ".jpg";
      const double f = side, c = 0.5 * side;
      view.camera.intrinsics = {side, side, f, f, c, c};
      const glm::dvec3 at(step * x, step * y, 1);
      view.camera.cam_from_world = scene::look_at(at, {at.x, at.y, 0}, {0, 1, 0});
      dataset.views.push_back(view);
    }
  scene::SparsePoints& points = dataset.points;
  points.track_begin.push_back(0);
  for (double y = -0.45; y < step * (ny - 1) + 0.5; y += 0.1)
    for (double x = -0.45; x < step * (nx - 1) + 0.5; x += 0.1) {
      points.position.push_back({static_cast<float>(x), static_cast<float>(y), 0});
      points.color.push_back({128, 128, 128});
      points.error.push_back(0);
      for (std::size_t v = 0; v < dataset.views.size(); ++v)
        if (reconstruct::project(dataset.views[v].camera, {x, y, 0}))
          points.track_view.push_back(static_cast<std::uint32_t>(v));
      points.track_begin.push_back(static_cast<std::uint32_t>(points.track_view.size()));
    }
  return dataset;
}

}  // namespace tessera::test
