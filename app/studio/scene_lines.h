#pragma once

#include <QPointF>

#include "scene/camera.h"

class QPainter;

namespace tessera::app {

/// Where a point of the camera's own frame, in front of it, stands in the widget.
QPointF to_point(const scene::Camera& camera, const glm::dvec3& p);
/// A line of the scene, cut where it comes nearer to the viewer than `nearest`.
void draw_line(QPainter& painter, const scene::Camera& shown, glm::dvec3 a, glm::dvec3 b, double nearest);

}  // namespace tessera::app
