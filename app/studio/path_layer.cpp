#include "app/studio/path_layer.h"

#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "app/studio/scene_lines.h"
#include "app/studio/theme.h"

namespace tessera::app {
namespace {

constexpr int kCurveSteps = 16, kMostSteps = 1500;  // of the curve: between two keys, and in all
constexpr double kGrab = 12;                        // pixels around a camera that mean it
constexpr double kNumberSpacing = 28;               // pixels
constexpr double kStandingIn = 1.5;                 // sizes: nearer than that to a camera, we stand in it

void draw_camera(QPainter& painter, const scene::Camera& shown, const scene::Camera& camera, double size) {
  const scene::Rigid scene_from_cam = camera.cam_from_world.inverse();
  const double x = 0.5 * size * camera.intrinsics.width / camera.intrinsics.fx,
               y = 0.5 * size * camera.intrinsics.height / camera.intrinsics.fy, d = size;
  const glm::dvec3 eye = scene_from_cam({0, 0, 0});
  const glm::dvec3 corner[] = {scene_from_cam({-x, -y, d}), scene_from_cam({x, -y, d}), scene_from_cam({x, y, d}),
                               scene_from_cam({-x, y, d})};
  const glm::dvec3 roof = scene_from_cam({0, -1.5 * y, d});
  for (int k = 0; k < 4; ++k) {
    draw_line(painter, shown, eye, corner[k], 0.1 * size);
    draw_line(painter, shown, corner[k], corner[(k + 1) % 4], 0.1 * size);
  }
  draw_line(painter, shown, corner[0], roof, 0.1 * size);
  draw_line(painter, shown, corner[1], roof, 0.1 * size);
}

}  // namespace

void PathLayer::paint(QPainter& painter, const scene::Camera& shown) {
  if (!shown_ || model_.empty()) return;
  const scene::CameraPath& path = model_.path();
  const glm::dvec3 viewer = shown.center();
  const auto standing_in = [&](const glm::dvec3& place) { return glm::length(place - viewer) < kStandingIn * size_; };
  painter.save();
  if (path.keys.size() > 1) {
    const int steps = std::min(kMostSteps, kCurveSteps * static_cast<int>(path.keys.size()));
    const auto at = [&](int i) { return path.at(path.duration() * i / steps).cam_from_world.inverse().translation; };
    std::vector<glm::dvec3> points;
    for (int i = 0; i <= steps; ++i) points.push_back(at(i));
    for (const QPen& pen : {QPen(QColor(0, 0, 0, 120), 4, Qt::SolidLine, Qt::RoundCap),
                            QPen(theme().path, 2, Qt::SolidLine, Qt::RoundCap)}) {
      painter.setPen(pen);
      for (std::size_t i = 0; i + 1 < points.size(); ++i)
        draw_line(painter, shown, points[i], points[i + 1], 0.1 * size_);
    }
  }
  constexpr int kWide = 16, kHigh = 9;  // the shape of the cameras that are drawn
  painter.setFont(theme().small);
  QPointF numbered(-1e6, 0);
  for (int row = 0; row < model_.rowCount(); ++row) {
    const auto& key = path.keys[static_cast<std::size_t>(row)];
    const scene::Camera camera = model_.camera_at(key.seconds, kWide, kHigh);
    if (standing_in(camera.center())) continue;
    painter.setPen(QPen(theme().path, row == selected_ ? 2.6 : 1.4));
    draw_camera(painter, shown, camera, size_);
    if (const QPointF place = place_of(row, shown); !place.isNull()) {
      painter.setPen(QPen(theme().viewport, 1));
      painter.setBrush(row == selected_ ? QColor(Qt::white) : theme().path);
      painter.drawEllipse(place, 4.5, 4.5);
      // Numbers that would lie over each other are left out.
      const QPointF d = place - numbered;
      if (row != selected_ && std::hypot(d.x(), d.y()) < kNumberSpacing) continue;
      numbered = place;
      painter.setPen(Qt::white);
      painter.drawText(place + QPointF(7, -6), QString::number(row + 1));
    }
  }
  const scene::Camera now = model_.camera_at(time_, kWide, kHigh);
  if (path.keys.size() > 1 && !standing_in(now.center())) {
    painter.setPen(QPen(Qt::white, 1.8));
    draw_camera(painter, shown, now, size_);
  }
  painter.restore();
}

QPointF PathLayer::place_of(int row, const scene::Camera& shown) const {
  const glm::dvec3 p =
      shown.cam_from_world(model_.path().keys[static_cast<std::size_t>(row)].cam_from_world.inverse().translation);
  return p.z > 0.1 * size_ ? to_point(shown, p) : QPointF();
}

bool PathLayer::mouse_press(const QMouseEvent& event, const scene::Camera& shown) {
  if (!shown_ || event.button() != Qt::LeftButton || event.modifiers() != Qt::NoModifier) return false;
  int best = -1;
  double nearest = kGrab;
  for (int row = 0; row < model_.rowCount(); ++row) {
    const QPointF place = place_of(row, shown), d = place - event.position();
    const double distance = std::hypot(d.x(), d.y());
    const auto& pose = model_.path().keys[static_cast<std::size_t>(row)].cam_from_world;
    const bool standing_in = glm::length(pose.inverse().translation - shown.center()) < kStandingIn * size_;
    if (!place.isNull() && !standing_in && distance < nearest) nearest = distance, best = row;
  }
  if (best < 0) return false;
  on_pick(best);
  return true;
}

}  // namespace tessera::app
