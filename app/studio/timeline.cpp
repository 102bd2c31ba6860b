#include "app/studio/timeline.h"

#include <QMouseEvent>
#include <QPainter>
#include <cmath>

#include "app/studio/theme.h"

namespace tessera::app {
namespace {
constexpr double kMargin = 10;             // left and right: a mark at an end is whole
constexpr double kMarkSize = 4.5;          // half of a diamond
constexpr double kSnap = 5;                // pixels: a click that near a mark means it
constexpr int kArrow = 100, kPage = 1000;  // ms
}  // namespace

Timeline::Timeline(QWidget* parent) : QAbstractSlider(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  setSingleStep(kArrow);
  setPageStep(kPage);
  setRange(0, 0);
}

void Timeline::set_marks(std::vector<int> marks) {
  marks_ = std::move(marks);
  setRange(0, marks_.empty() ? 0 : marks_.back());
  update();
}

double Timeline::place_of(int value) const {
  return kMargin + (width() - 2 * kMargin) * (maximum() > 0 ? static_cast<double>(value) / maximum() : 0);
}

void Timeline::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const double y = 0.5 * height();
  painter.setPen(QPen(theme().line, 4, Qt::SolidLine, Qt::RoundCap));
  painter.drawLine(QPointF(kMargin, y), QPointF(width() - kMargin, y));
  if (!isEnabled() || marks_.empty()) return;
  const double now = place_of(value());
  painter.setPen(QPen(theme().path, 4, Qt::SolidLine, Qt::RoundCap));
  painter.drawLine(QPointF(kMargin, y), QPointF(now, y));
  painter.setPen(QPen(theme().panel, 1));
  for (const int mark : marks_) {
    const double x = place_of(mark);
    painter.setBrush(mark <= value() ? theme().path : theme().faint);
    const QPointF corners[] = {{x, y - kMarkSize}, {x + kMarkSize, y}, {x, y + kMarkSize}, {x - kMarkSize, y}};
    painter.drawConvexPolygon(corners, 4);
  }
  painter.setPen(QPen(theme().text, 2, Qt::SolidLine, Qt::RoundCap));
  painter.drawLine(QPointF(now, 5), QPointF(now, height() - 5));
  if (hasFocus()) {
    painter.setPen(QPen(theme().accent, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
  }
}

void Timeline::take(double x) {
  if (maximum() <= 0) return;
  for (const int mark : marks_)
    if (std::abs(place_of(mark) - x) <= kSnap) return setValue(mark);
  setValue(static_cast<int>(std::lround((x - kMargin) / (width() - 2 * kMargin) * maximum())));
}

void Timeline::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  setSliderDown(true);
  take(event->position().x());
}

void Timeline::mouseMoveEvent(QMouseEvent* event) {
  if (isSliderDown()) take(event->position().x());
}

void Timeline::mouseReleaseEvent(QMouseEvent*) { setSliderDown(false); }

}  // namespace tessera::app
