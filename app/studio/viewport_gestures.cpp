// Wheel, touchpad and what the window system tells of being seen.
#include <QNativeGestureEvent>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "app/studio/viewport.h"

namespace tessera::app {
namespace {

constexpr double kWheelZoom = 0.85;       // of the distance, a notch
constexpr double kFingerOrbit = 0.004;    // radians a pixel: a stroke over a touchpad turns by about half a circle
constexpr double kFingerZoom = 1.0 / 30;  // notches a pixel
constexpr double kStrongestPinch = 0.5;   // an event's share of the distance

/// Two fingers on a touchpad, and not a wheel. A wheel that scrolls smoothly has pixels as well, but no phases.
bool is_by_fingers(const QWheelEvent& event) {
  if (event.pixelDelta().isNull()) return false;
  return event.phase() != Qt::NoScrollPhase || event.device()->type() == QInputDevice::DeviceType::TouchPad;
}

}  // namespace

bool Viewport::is_seen() const { return isVisible() && !window()->isMinimized(); }

void Viewport::showEvent(QShowEvent*) {
  if (watched_ != window()) {
    if (watched_) watched_->removeEventFilter(this);
    watched_ = window();
    watched_->installEventFilter(this);
  }
  if (missed_) request();
}

bool Viewport::eventFilter(QObject* watched, QEvent* event) {
  if (watched == watched_ && event->type() == QEvent::WindowStateChange && missed_) request();
  return QWidget::eventFilter(watched, event);
}

void Viewport::zoom_at(double factor, const QPointF& place) {
  view_.zoom(factor, {2 * place.x() / width() - 1, 2 * place.y() / height() - 1},
             static_cast<double>(width()) / height());
  leave_photo();
  move();
}

bool Viewport::event(QEvent* event) {
  if (event->type() != QEvent::NativeGesture) return QWidget::event(event);
  const auto& gesture = static_cast<const QNativeGestureEvent&>(*event);
  if (gesture.gestureType() != Qt::ZoomNativeGesture) return QWidget::event(event);
  zoom_at(1 - std::clamp(gesture.value(), -kStrongestPinch, kStrongestPinch), gesture.position());
  return true;
}

bool Viewport::scroll_by_fingers(const QWheelEvent& event) {
  if (!is_by_fingers(event)) return false;
  const QPointF d = event.pixelDelta();
  if (event.modifiers() & Qt::ControlModifier) {
    zoom_at(std::pow(kWheelZoom, kFingerZoom * d.y()), event.position());
    return true;
  }
  if (event.modifiers() & Qt::ShiftModifier)
    view_.pan({d.x(), d.y()}, height());
  else
    view_.orbit(kFingerOrbit * d.x(), kFingerOrbit * d.y());
  leave_photo();
  move();
  return true;
}

void Viewport::wheelEvent(QWheelEvent* event) {
  if (scroll_by_fingers(*event)) return;
  const double notches = event->angleDelta().y() / 120.0;
  if (!keys_.empty()) {  // while flying the wheel sets the speed
    speed_ = std::clamp(speed_ * std::exp2(0.5 * notches), 0.02, 50.0);
    return;
  }
  zoom_at(std::pow(kWheelZoom, notches), event->position());
}

}  // namespace tessera::app
