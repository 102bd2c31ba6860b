#include "app/studio/scene_lines.h"

#include <QPainter>

namespace tessera::app {

QPointF to_point(const scene::Camera& camera, const glm::dvec3& p) {
  return {camera.intrinsics.fx * p.x / p.z + camera.intrinsics.cx,
          camera.intrinsics.fy * p.y / p.z + camera.intrinsics.cy};
}

void draw_line(QPainter& painter, const scene::Camera& shown, glm::dvec3 a, glm::dvec3 b, double nearest) {
  a = shown.cam_from_world(a), b = shown.cam_from_world(b);
  if (a.z < nearest && b.z < nearest) return;
  if (a.z < nearest) a += (b - a) * ((nearest - a.z) / (b.z - a.z));
  if (b.z < nearest) b += (a - b) * ((nearest - b.z) / (a.z - b.z));
  painter.drawLine(to_point(shown, a), to_point(shown, b));
}

}  // namespace tessera::app
