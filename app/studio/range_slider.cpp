#include "app/studio/range_slider.h"

#include <QFocusEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "app/studio/theme.h"

namespace tessera::app {
namespace {
constexpr double kRadius = 6;  // of a handle
constexpr double kStep = 0.01, kPage = 0.1;
}  // namespace

RangeSlider::RangeSlider(QWidget* parent) : QWidget(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  setCursor(Qt::PointingHandCursor);
}

void RangeSlider::set_bars(std::vector<float> bars) {
  bars_ = std::move(bars);
  update();
}

void RangeSlider::set_positions(double low, double high) {
  positions_[0] = low, positions_[1] = high;
  update();
}

double RangeSlider::x_of(double position) const { return kRadius + 1 + position * (width() - 2 * (kRadius + 1)); }

void RangeSlider::put(double position) {
  position = std::clamp(position, active_ == 0 ? 0.0 : positions_[0], active_ == 0 ? positions_[1] : 1.0);
  if (position == positions_[active_]) return;
  positions_[active_] = position;
  update();
  Q_EMIT moved();
}

void RangeSlider::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const Theme& t = theme();
  const double line = height() - kRadius - 1.5, left = x_of(low()), right = x_of(high());
  const QColor inside = isEnabled() ? t.accent : t.line;
  const float highest = bars_.empty() ? 0 : *std::max_element(bars_.begin(), bars_.end());
  if (highest > 0) {
    QPainterPath path;
    const double step = (x_of(1) - x_of(0)) / static_cast<double>(bars_.size());
    for (std::size_t i = 0; i < bars_.size(); ++i) {
      const double tall = (line - 3) * static_cast<double>(bars_[i] / highest);
      path.addRect(x_of(0) + static_cast<double>(i) * step, line - tall, step, tall);
    }
    QColor faint = t.line, strong = inside;
    strong.setAlphaF(0.55f);
    painter.fillPath(path, faint);
    painter.setClipRect(QRectF(left, 0, right - left, height()));
    painter.fillPath(path, strong);
    painter.setClipping(false);
  }
  painter.setPen(QPen(t.line, 3, Qt::SolidLine, Qt::RoundCap));
  painter.drawLine(QPointF(x_of(0), line), QPointF(x_of(1), line));
  painter.setPen(QPen(inside, 3, Qt::SolidLine, Qt::RoundCap));
  painter.drawLine(QPointF(left, line), QPointF(right, line));
  for (std::size_t i = 0; i < 2; ++i) {
    const bool focused = hasFocus() && active_ == i;
    painter.setPen(QPen(focused ? t.text : t.panel, 1.5));
    painter.setBrush(inside);
    painter.drawEllipse(QPointF(x_of(positions_[i]), line), kRadius - 1, kRadius - 1);
  }
}

void RangeSlider::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  const double x = event->position().x(), to_low = std::abs(x - x_of(low())), to_high = std::abs(x - x_of(high()));
  // Where both are at one place, the one that can go where the mouse is.
  active_ = to_low < to_high || (to_low == to_high && x < x_of(low())) ? 0 : 1;
  mouseMoveEvent(event);
  update();
}

void RangeSlider::mouseMoveEvent(QMouseEvent* event) {
  if (event->buttons() & Qt::LeftButton) put((event->position().x() - x_of(0)) / std::max(x_of(1) - x_of(0), 1.0));
}

void RangeSlider::keyPressEvent(QKeyEvent* event) {
  switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Down:
      return put(positions_[active_] - kStep);
    case Qt::Key_Right:
    case Qt::Key_Up:
      return put(positions_[active_] + kStep);
    case Qt::Key_PageDown:
      return put(positions_[active_] - kPage);
    case Qt::Key_PageUp:
      return put(positions_[active_] + kPage);
    case Qt::Key_Home:
      return put(0);
    case Qt::Key_End:
      return put(1);
    default:
      QWidget::keyPressEvent(event);
  }
}

bool RangeSlider::focusNextPrevChild(bool next) {
  if (hasFocus() && active_ == (next ? 0u : 1u)) {
    active_ = next ? 1 : 0;
    update();
    return true;
  }
  return QWidget::focusNextPrevChild(next);
}

void RangeSlider::focusInEvent(QFocusEvent* event) {
  if (event->reason() == Qt::TabFocusReason) active_ = 0;
  if (event->reason() == Qt::BacktabFocusReason) active_ = 1;
  QWidget::focusInEvent(event);
}

void RangeSlider::focusOutEvent(QFocusEvent* event) {
  QWidget::focusOutEvent(event);
  update();
}

}  // namespace tessera::app
