#include "app/studio/clean_layer.h"

#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>
#include <limits>

#include <glm/geometric.hpp>

#include "app/studio/theme.h"

namespace tessera::app {
namespace {

constexpr double kHandle = 7, kGrab = 12;  // pixels: radius that is drawn, and that can be taken
constexpr double kNear = 1e-3;             // of the home radius: what is nearer is not drawn
constexpr double kThinnest = 1e-3;         // of the home radius: no face goes through its opposite
constexpr double kParallel = 1e-3;  // squared sine between a face's line and the ray below which it cannot be dragged

QPointF to_point(const scene::Camera& camera, const glm::dvec3& p) {
  return {camera.intrinsics.fx * p.x / p.z + camera.intrinsics.cx,
          camera.intrinsics.fy * p.y / p.z + camera.intrinsics.cy};
}

struct Ray {
  glm::dvec3 from, direction;
};

Ray ray_through(const scene::Camera& camera, const QPointF& place) {
  const scene::Pinhole& p = camera.intrinsics;
  const glm::dvec3 d((place.x() - p.cx) / p.fx, (place.y() - p.cy) / p.fy, 1);
  return {camera.center(), glm::normalize(glm::conjugate(camera.cam_from_world.rotation) * d)};
}

/// Where on the line from `point` along the unit vector `along` the ray comes nearest; NaN: they are nearly parallel.
double nearest_on_line(const Ray& ray, const glm::dvec3& point, const glm::dvec3& along) {
  const double b = glm::dot(ray.direction, along), sine = 1 - b * b;
  if (sine < kParallel) return std::numeric_limits<double>::quiet_NaN();
  const glm::dvec3 w = point - ray.from;
  return (b * glm::dot(ray.direction, w) - glm::dot(along, w)) / sine;
}

}  // namespace

CleanLayer::CleanLayer(Viewport& viewport, QObject* parent) : QObject(parent), viewport_(&viewport) {
  viewport_->installEventFilter(this);
  viewport_->add_layer(this);
}

CleanLayer::~CleanLayer() {
  if (viewport_) viewport_->remove_layer(this);
}

void CleanLayer::set_tool(Tool tool) {
  tool_ = tool;
  held_ = -1, painting_ = false;
  if (tool != Tool::none) viewport_->setMouseTracking(true);  // the ring and the handles follow
  viewport_->update();
}

void CleanLayer::set_box(const scene::OrientedBox& box) {
  box_ = box;
  viewport_->update();
}

void CleanLayer::set_radius(double pixels) {
  radius_ = pixels;
  viewport_->update();
}

glm::dvec3 CleanLayer::handle(int which) const {
  if (which == kMiddle) return box_.center;
  glm::dvec3 local(0);
  local[which / 2] = (which % 2 ? 1 : -1) * box_.half[which / 2];
  return box_.center + box_.scene_from_box * local;
}

std::vector<QPointF> CleanLayer::handles() const {
  const scene::Camera camera = viewport_->view().camera(viewport_->width(), viewport_->height());
  std::vector<QPointF> places;
  for (int i = 0; i <= kMiddle; ++i) {
    const glm::dvec3 p = camera.cam_from_world(handle(i));
    const double nan = std::numeric_limits<double>::quiet_NaN();
    places.push_back(p.z > 0 ? to_point(camera, p) : QPointF(nan, nan));
  }
  return places;
}

int CleanLayer::handle_at(const QPointF& place, const scene::Camera& shown) const {
  int best = -1;
  double nearest = kGrab;
  // The middle last: faces of a small box lie over it.
  for (int i = 0; i <= kMiddle; ++i) {
    const glm::dvec3 p = shown.cam_from_world(handle(i));
    if (p.z <= 0) continue;
    const QPointF d = to_point(shown, p) - place;
    const double distance = std::hypot(d.x(), d.y());
    if (distance < nearest) nearest = distance, best = i;
  }
  return best;
}

void CleanLayer::paint(QPainter& painter, const scene::Camera& shown) {
  if (tool_ == Tool::box) paint_box(painter, shown);
  if (tool_ == Tool::brush) paint_brush(painter);
}

void CleanLayer::paint_box(QPainter& painter, const scene::Camera& shown) const {
  const double near = kNear * viewport_->view().home_radius();
  glm::dvec3 corners[8];
  for (int i = 0; i < 8; ++i) {
    const glm::dvec3 sign((i & 1) ? 1 : -1, (i & 2) ? 1 : -1, (i & 4) ? 1 : -1);
    corners[i] = shown.cam_from_world(box_.center + box_.scene_from_box * (sign * box_.half));
  }
  QPainterPath edges;
  for (int i = 0; i < 8; ++i)
    for (int axis = 0; axis < 3; ++axis) {
      const int j = i | (1 << axis);
      if (j == i) continue;
      glm::dvec3 a = corners[i], b = corners[j];
      if (a.z < near && b.z < near) continue;
      if (a.z < near) a += (near - a.z) / (b.z - a.z) * (b - a);
      if (b.z < near) b += (near - b.z) / (a.z - b.z) * (a - b);
      edges.moveTo(to_point(shown, a));
      edges.lineTo(to_point(shown, b));
    }
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(QColor(0, 0, 0, 150), 3.5));
  painter.drawPath(edges);
  painter.setPen(QPen(Qt::white, 1.4));
  painter.drawPath(edges);
  const int hovered = held_ >= 0 ? held_ : hovering_ ? handle_at(hover_, shown) : -1;
  const QColor colors[] = {theme().axis_x, theme().axis_y, theme().axis_z};
  for (int i = 0; i <= kMiddle; ++i) {
    const glm::dvec3 p = shown.cam_from_world(handle(i));
    if (p.z < near) continue;
    const QPointF place = to_point(shown, p);
    const double radius = i == hovered ? kHandle + 2 : kHandle;
    painter.setPen(QPen(i == hovered ? Qt::white : QColor(0, 0, 0, 190), i == hovered ? 2.5 : 1.5));
    painter.setBrush(i == kMiddle ? QColor(Qt::white) : colors[i / 2]);
    if (i == kMiddle)
      painter.drawRoundedRect(QRectF(place - QPointF(radius - 1, radius - 1), QSizeF(2 * radius - 2, 2 * radius - 2)),
                              2, 2);
    else
      painter.drawEllipse(place, radius, radius);
  }
  painter.setBrush(Qt::NoBrush);
}

void CleanLayer::paint_brush(QPainter& painter) const {
  const bool away = painting_ ? takes_away_ : false;
  if (painting_ && !stroke_.points.empty()) {
    QPainterPath path;
    path.moveTo(stroke_.points.front().x, stroke_.points.front().y);
    for (const glm::dvec2& p : stroke_.points) path.lineTo(p.x, p.y);
    if (stroke_.points.size() == 1) path.lineTo(stroke_.points.front().x + 0.01, stroke_.points.front().y);
    painter.setPen(QPen(away ? QColor(0, 0, 0, 60) : QColor(255, 255, 255, 45), 2 * radius_, Qt::SolidLine,
                        Qt::RoundCap, Qt::RoundJoin));
    painter.drawPath(path);
  }
  if (!hovering_) return;
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(QColor(0, 0, 0, 160), 3.5));
  painter.drawEllipse(hover_, radius_, radius_);
  painter.setPen(QPen(Qt::white, 1.5, away ? Qt::DashLine : Qt::SolidLine));
  painter.drawEllipse(hover_, radius_, radius_);
}

bool CleanLayer::mouse_press(const QMouseEvent& event, const scene::Camera& shown) {
  if (event.button() != Qt::LeftButton || event.modifiers() & Qt::ShiftModifier) return false;
  if (tool_ == Tool::brush) {
    painting_ = true;
    takes_away_ = event.modifiers() & Qt::ControlModifier;
    stroke_ = {shown, {{event.position().x(), event.position().y()}}, radius_, kNear * viewport_->view().home_radius()};
    Q_EMIT painted(stroke_, takes_away_, false);
    viewport_->update();
    return true;
  }
  if (tool_ != Tool::box) return false;
  held_ = handle_at(event.position(), shown);
  if (held_ < 0) return false;
  held_box_ = box_;
  const Ray ray = ray_through(shown, event.position());
  held_at_ = handle(held_);
  held_off_ = to_point(shown, shown.cam_from_world(held_at_)) - event.position();
  if (held_ != kMiddle) {
    const glm::dvec3 outward = glm::normalize(held_at_ - box_.center);
    held_along_ = nearest_on_line(ray, held_at_, outward);
    if (std::isnan(held_along_)) held_ = -1;  // the line points at the eye: no drag could say how far
  }
  viewport_->update();
  return true;
}

void CleanLayer::drag(const QPointF& place, const scene::Camera& shown) {
  const Ray ray = ray_through(shown, held_ == kMiddle ? place + held_off_ : place);
  if (held_ == kMiddle) {
    // Parallel to the picture, at its own depth.
    const glm::dvec3 forward = glm::conjugate(shown.cam_from_world.rotation) * glm::dvec3(0, 0, 1);
    const double depth = glm::dot(held_at_ - ray.from, forward);
    box_.center = ray.from + ray.direction * (depth / glm::dot(ray.direction, forward));
  } else {
    const int axis = held_ / 2;
    glm::dvec3 outward(0);
    outward[axis] = held_ % 2 ? 1 : -1;
    outward = held_box_.scene_from_box * outward;
    const double along = nearest_on_line(ray, held_at_, outward);
    if (std::isnan(along)) return;
    const double thinnest = kThinnest * viewport_->view().home_radius();
    const double length = std::max(2 * held_box_.half[axis] + along - held_along_, thinnest);
    box_ = held_box_;
    box_.half[axis] = 0.5 * length;
    box_.center += outward * (0.5 * length - held_box_.half[axis]);
  }
  Q_EMIT box_dragged();
}

void CleanLayer::mouse_move(const QMouseEvent& event, const scene::Camera& shown) {
  hover_ = event.position();
  if (painting_) {
    const glm::dvec2 place(hover_.x(), hover_.y());
    if (place == stroke_.points.back()) return;
    stroke_.points.push_back(place);
    Q_EMIT painted(stroke_, takes_away_, false);
  } else if (held_ >= 0) {
    drag(hover_, shown);
  }
  viewport_->update();
}

void CleanLayer::mouse_release(const QMouseEvent&, const scene::Camera&) {
  held_ = -1;
  if (std::exchange(painting_, false)) Q_EMIT painted(stroke_, takes_away_, true);
  viewport_->update();
}

bool CleanLayer::eventFilter(QObject* watched, QEvent* event) {
  if (tool_ != Tool::none && event->type() == QEvent::MouseMove) {
    hover_ = static_cast<QMouseEvent*>(event)->position();
    hovering_ = true;
    viewport_->update();
  } else if (event->type() == QEvent::Leave && std::exchange(hovering_, false)) {
    viewport_->update();
  }
  return QObject::eventFilter(watched, event);
}

}  // namespace tessera::app
