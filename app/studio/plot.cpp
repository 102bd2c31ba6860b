#include "app/studio/plot.h"

#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "app/studio/theme.h"

namespace tessera::app {

Plot::Plot(QWidget* parent) : QWidget(parent) {
  setMouseTracking(true);
  setMinimumHeight(120);
  setAccessibleName(tr("Curves of the training run"));
}

int Plot::add_curve(const QString& name, const QColor& color, int decimals) {
  curves_.push_back({name, color, decimals, {}});
  return static_cast<int>(curves_.size()) - 1;
}

void Plot::add_point(int curve, double step, double value) {
  auto& points = curves_[static_cast<std::size_t>(curve)].points;
  if (!points.empty() && step <= points.back().x()) return;
  points.emplace_back(step, value);
  update();
}

void Plot::clear() {
  for (Curve& curve : curves_) curve.points.clear();
  begin_ = end_ = 0;
  update();
}

void Plot::set_logarithmic(bool on) {
  logarithmic_ = on;
  update();
}

QString Plot::csv() const {
  std::map<double, std::vector<QString>> rows;
  QString text = "step";
  for (std::size_t c = 0; c < curves_.size(); ++c) {
    text += "," + curves_[c].name;
    for (const QPointF& p : curves_[c].points) {
      auto& row = rows[p.x()];
      row.resize(curves_.size());
      row[c] = QString::number(p.y(), 'g', 9);
    }
  }
  text += "\n";
  for (const auto& [step, row] : rows) {
    text += QString::number(step);
    for (const QString& value : row) text += "," + value;
    text += "\n";
  }
  return text;
}

QRectF Plot::area() const { return QRectF(rect()).adjusted(12, 26, -12, -22); }

double Plot::shown(double value) const { return logarithmic_ ? std::log10(std::max(value, 1e-9)) : value; }

double Plot::step_at(double x) const {
  double begin = begin_, end = end_;
  if (end <= begin) {
    begin = 0, end = 1;
    for (const Curve& curve : curves_)
      if (!curve.points.empty()) end = std::max(end, curve.points.back().x());
  }
  return begin + (x - area().left()) / area().width() * (end - begin);
}

void Plot::draw_curve(QPainter& painter, const Curve& curve) const {
  const double first = step_at(area().left()), last = step_at(area().right());
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const QPointF& p : curve.points)
    if (p.x() >= first && p.x() <= last) low = std::min(low, shown(p.y())), high = std::max(high, shown(p.y()));
  if (low > high) return;
  if (high - low < 1e-12) low -= 0.5, high += 0.5;
  QPainterPath path;
  const QRectF a = area();
  for (const QPointF& p : curve.points) {
    if (p.x() < first || p.x() > last) continue;
    const QPointF at(a.left() + (p.x() - first) / (last - first) * a.width(),
                     a.bottom() - (shown(p.y()) - low) / (high - low) * a.height());
    if (path.elementCount() == 0)
      path.moveTo(at);
    else
      path.lineTo(at);
  }
  painter.setPen(QPen(curve.color, 1.6));
  painter.drawPath(path);
  if (path.elementCount() == 1) painter.drawEllipse(path.currentPosition(), 2, 2);
}

void Plot::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), theme().field);
  painter.setRenderHint(QPainter::Antialiasing);
  const QRectF a = area();
  painter.setPen(QPen(theme().panel, 1));
  for (int i = 0; i <= 4; ++i)
    painter.drawLine(QLineF(a.left(), std::round(a.top() + i * a.height() / 4) + 0.5, a.right(),
                            std::round(a.top() + i * a.height() / 4) + 0.5));
  painter.setFont(theme().small);
  painter.setPen(theme().faint);
  painter.drawText(QRectF(a.left(), a.bottom() + 3, a.width(), 18), Qt::AlignLeft,
                   QString::number(std::lround(step_at(a.left()))));
  painter.drawText(QRectF(a.left(), a.bottom() + 3, a.width(), 18), Qt::AlignRight,
                   tr("step %1").arg(std::lround(step_at(a.right()))));
  for (const Curve& curve : curves_) draw_curve(painter, curve);

  // The legend, with the values under the cursor or the last ones.
  const double step = hover_ >= 0 ? step_at(hover_) : std::numeric_limits<double>::infinity();
  double x = a.left();
  for (const Curve& curve : curves_) {
    const auto after = std::upper_bound(curve.points.begin(), curve.points.end(), step,
                                        [](double s, const QPointF& p) { return s < p.x(); });
    QString text = curve.name;
    if (after != curve.points.begin()) text += " " + QLocale().toString(std::prev(after)->y(), 'f', curve.decimals);
    painter.setPen(curve.color);
    const double width = painter.fontMetrics().horizontalAdvance(text);
    painter.drawText(QPointF(x, a.top() - 10), text);
    x += width + 14;
  }
  if (hover_ >= 0) {
    painter.setPen(QPen(theme().faint, 1, Qt::DotLine));
    painter.drawLine(QLineF(hover_, a.top(), hover_, a.bottom()));
  }
  if (drag_from_ >= 0 && hover_ >= 0) {
    QColor shade = theme().accent;
    shade.setAlpha(50);
    painter.fillRect(QRectF(QPointF(drag_from_, a.top()), QPointF(hover_, a.bottom())).normalized(), shade);
  }
}

void Plot::mousePressEvent(QMouseEvent* event) { drag_from_ = event->position().x(); }

void Plot::mouseMoveEvent(QMouseEvent* event) {
  hover_ = std::clamp(event->position().x(), area().left(), area().right());
  update();
}

void Plot::mouseReleaseEvent(QMouseEvent* event) {
  const double from = std::min(drag_from_, event->position().x()), to = std::max(drag_from_, event->position().x());
  drag_from_ = -1;
  if (to - from < 5) return update();
  const double begin = step_at(from), end = step_at(to);
  begin_ = std::max(0.0, begin), end_ = end;
  update();
}

void Plot::mouseDoubleClickEvent(QMouseEvent*) {
  begin_ = end_ = 0;
  update();
}

void Plot::leaveEvent(QEvent*) {
  hover_ = -1;
  update();
}

}  // namespace tessera::app
