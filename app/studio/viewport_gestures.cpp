// Wheel, touchpad, touch screen and what the window system tells of being seen.
#include <QApplication>
#include <QMouseEvent>
#include <QNativeGestureEvent>
#include <QStyleHints>
#include <QTouchEvent>
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
constexpr double kTapsApart = 40;         // pixels between the two taps of a double one: a finger is no mouse
constexpr int kSpent = -1;                // fingers that were lifted one by one mean nothing any more

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

void Viewport::touch(const QTouchEvent& event) {
  QList<QPointF> down;
  for (const QEventPoint& point : event.points())
    if (point.state() != QEventPoint::Released) down.push_back(point.position());
  const auto as_mouse = [&](QEvent::Type type) {
    const bool held = type != QEvent::MouseButtonRelease;
    QMouseEvent mouse(type, finger_, mapToGlobal(finger_), type == QEvent::MouseMove ? Qt::NoButton : Qt::LeftButton,
                      held ? Qt::LeftButton : Qt::NoButton, event.modifiers());
    QWidget::event(&mouse);
  };
  const int before = fingers_;
  if (down.size() == 1 && before == 0) {
    setFocus(Qt::MouseFocusReason);
    const QPointF last = std::exchange(finger_, down.first());
    const bool twice = tapped_.isValid() && tapped_.restart() < QApplication::styleHints()->mouseDoubleClickInterval();
    if (!tapped_.isValid()) tapped_.start();
    const bool near = (finger_ - last).manhattanLength() < kTapsApart;
    as_mouse(twice && near ? QEvent::MouseButtonDblClick : QEvent::MouseButtonPress);
    fingers_ = 1;
  } else if (down.size() == 1 && before == 1) {
    finger_ = down.first();
    as_mouse(QEvent::MouseMove);
  } else if (down.size() < 2) {
    if (before == 1) as_mouse(QEvent::MouseButtonRelease);
    fingers_ = down.isEmpty() ? 0 : kSpent;
  } else {
    if (before == 1) dragged_ = true, as_mouse(QEvent::MouseButtonRelease);  // no click: more was meant
    const QPointF middle = 0.5 * (down[0] + down[1]), apart = down[1] - down[0];
    const double spread = std::max(std::hypot(apart.x(), apart.y()), 1.0);
    const QPointF d = middle - std::exchange(finger_, middle);
    const double was = std::exchange(spread_, spread);
    fingers_ = static_cast<int>(down.size());
    if (before != fingers_) return;
    view_.pan({d.x(), d.y()}, height());
    zoom_at(std::clamp(was / spread, kStrongestPinch, 1 / kStrongestPinch), middle);
  }
}

bool Viewport::event(QEvent* event) {
  switch (event->type()) {
    case QEvent::TouchBegin:
    case QEvent::TouchUpdate:
    case QEvent::TouchEnd:
      touch(static_cast<const QTouchEvent&>(*event));
      return true;
    case QEvent::TouchCancel:  // the window system took the fingers for something else
      dragged_ = true;
      if (std::exchange(fingers_, 0) == 1) holder_ = nullptr;
      return true;
    default:
      break;
  }
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
