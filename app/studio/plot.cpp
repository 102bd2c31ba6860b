#include "app/studio/plot.h"

#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "app/studio/axis.h"
#include "app/studio/theme.h"

namespace tessera::app {
namespace {

constexpr std::size_t kMostPoints = 4096;  // a curve: more than a screen has columns
constexpr int kRepaintMs = 300;            // while points come: painting takes the cores from training
constexpr int kLeastHeight = 46;           // of a small plot: its title, and a curve that can be read
constexpr double kMarks = 46;              // pixels for the marks of the vertical axes
constexpr double kStepMarks = 22;
constexpr double kGap = 6;               // between plots
constexpr double kTitle = 18;            // line above a curve
constexpr double kSmoothing = 1 / 40.0;  // of the steps shown: how far back the gliding mean looks
constexpr double kLeastDrag = 5;         // pixels: less is a click with an unsteady hand

}  // namespace

Plot::Plot(QWidget* parent) : QWidget(parent) {
  setMouseTracking(true);
  repaint_.setSingleShot(true);
  repaint_.setInterval(kRepaintMs);
  connect(&repaint_, &QTimer::timeout, this, qOverload<>(&QWidget::update));
  setFocusPolicy(Qt::StrongFocus);
  setAccessibleName(tr("Curves of the training run"));
  setToolTip(tr("Drag: a range of steps. Double click: all. Arrow keys: the values at a step"));
}

int Plot::add_plot(const QString& title, const QString& unit, int decimals) {
  plots_.push_back({title, unit, decimals});
  return static_cast<int>(plots_.size()) - 1;
}

int Plot::add_curve(int plot, const QString& name, const QString& key, const Style& style) {
  curves_.push_back({plot, name, key, style, {}});
  return static_cast<int>(curves_.size()) - 1;
}

void Plot::add_point(int index, double step, double value) {
  Curve& curve = curves_[static_cast<std::size_t>(index)];
  auto& points = curve.points;
  if (!points.empty() && step <= points.back().x()) return;
  curve.sum += value;
  if (++curve.gathered < curve.stride) return;
  points.emplace_back(step, curve.sum / curve.gathered);
  curve.sum = 0, curve.gathered = 0;
  if (points.size() >= kMostPoints) {
    for (std::size_t i = 0; i + 1 < points.size(); i += 2)
      points[i / 2] = {points[i + 1].x(), 0.5 * (points[i].y() + points[i + 1].y())};
    points.resize(points.size() / 2);
    curve.stride *= 2;
  }
  if (!repaint_.isActive()) repaint_.start();
}

void Plot::cut(double step) {
  for (Curve& curve : curves_) {
    while (!curve.points.empty() && curve.points.back().x() >= step) curve.points.pop_back();
    curve.sum = 0, curve.gathered = 0;
    if (curve.points.empty()) curve.stride = 1;
  }
  update();
}

void Plot::clear() {
  cut(-1);
  show_all();
}

void Plot::show_all() {
  begin_ = end_ = 0;
  update();
}

void Plot::set_plot_shown(int plot, bool shown) {
  plots_[static_cast<std::size_t>(plot)].shown = shown;
  updateGeometry();
  update();
}

void Plot::set_logarithmic(bool on) {
  logarithmic_ = on;
  update();
}

int Plot::shown_plots() const {
  return static_cast<int>(std::count_if(plots_.begin(), plots_.end(), [](const SubPlot& p) { return p.shown; }));
}

QSize Plot::minimumSizeHint() const {
  return {160, static_cast<int>(kStepMarks) + 4 + std::max(1, shown_plots()) * kLeastHeight};
}

QString Plot::csv() const {
  std::map<double, std::vector<QString>> rows;
  QString text = "step";
  for (std::size_t c = 0; c < curves_.size(); ++c) {
    text += "," + curves_[c].key;
    for (const QPointF& p : curves_[c].points) {
      auto& row = rows[p.x()];
      row.resize(curves_.size());
      row[c] = QString::number(p.y(), 'g', 9);
    }
  }
  text += "\n";
  for (const auto& [step, row] : rows) {
    text += QString::number(step, 'f', 0);
    for (const QString& value : row) text += "," + value;
    text += "\n";
  }
  return text;
}

double Plot::first_step() const { return end_ > begin_ ? begin_ : 0; }

double Plot::last_step() const {
  if (end_ > begin_) return end_;
  double end = 1;
  for (const Curve& curve : curves_)
    if (!curve.points.empty()) end = std::max(end, curve.points.back().x());
  return end;
}

QRectF Plot::area() const {
  const QRectF a = QRectF(rect()).adjusted(kMarks, 4, -12, -kStepMarks);
  return {a.topLeft(), QSizeF(std::max(a.width(), 1.0), std::max(a.height(), 1.0))};
}

QRectF Plot::area_of(int order) const {
  const QRectF a = area();
  const double height = a.height() / std::max(1, shown_plots());
  return {a.left(), a.top() + order * height + kTitle, a.width(), std::max(height - kTitle - kGap, 1.0)};
}

double Plot::x_of(double step) const {
  const QRectF a = area();
  return a.left() + (step - first_step()) / (last_step() - first_step()) * a.width();
}

double Plot::step_at(double x) const {
  const QRectF a = area();
  return first_step() + (x - a.left()) / a.width() * (last_step() - first_step());
}

double Plot::Range::place(double value) const {
  if (logarithmic) return std::log(std::max(value, low) / low) / std::log(high / low);
  return (value - low) / (high - low);
}

Plot::Range Plot::range_of(int plot) const {
  Range range;
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const Curve& curve : curves_) {
    if (curve.plot != plot) continue;
    for (const QPointF& p : curve.points)
      if (p.x() >= first_step() && p.x() <= last_step()) low = std::min(low, p.y()), high = std::max(high, p.y());
  }
  if (low > high) return range;
  range.empty = false;
  range.logarithmic = logarithmic_ && low > 0;
  if (range.logarithmic) {
    const double margin = std::max(1.02, std::pow(high / low, 0.06));
    range.low = low / margin, range.high = high * margin;
  } else {
    // A constant fills the middle; what never was below zero needs no room there.
    const double spread = high - low > 1e-9 * std::abs(high) ? high - low : std::max(std::abs(high), 1.0);
    range.low = low - 0.06 * spread, range.high = high + 0.06 * spread;
    if (low >= 0) range.low = std::max(range.low, 0.0);
  }
  return range;
}

const QPointF* Plot::point_at(const Curve& curve, double step) const {
  const auto after = std::upper_bound(curve.points.begin(), curve.points.end(), step,
                                      [](double s, const QPointF& p) { return s < p.x(); });
  return after == curve.points.begin() ? nullptr : &*std::prev(after);
}

QString Plot::value_text(const Curve& curve, double value) const {
  const SubPlot& plot = plots_[static_cast<std::size_t>(curve.plot)];
  const QString number = QLocale().toString(value, 'f', plot.decimals);
  return plot.unit.isEmpty() ? number : number + " " + plot.unit;
}

QStringList Plot::values_under_cursor() const {
  QStringList lines;
  if (hover_ < 0) return lines;
  lines << tr("step %1").arg(QLocale().toString(std::lround(step_at(hover_))));
  for (const Curve& curve : curves_)
    if (const QPointF* point = point_at(curve, step_at(hover_));
        point && plots_[static_cast<std::size_t>(curve.plot)].shown)
      lines << curve.name + " " + value_text(curve, point->y());
  return lines;
}

void Plot::draw_curve(QPainter& painter, const Curve& curve, const Range& range, const QRectF& a) const {
  // One point beyond either end, so that lines reach the border.
  const auto& points = curve.points;
  const auto before = [](const QPointF& p, double s) { return p.x() < s; };
  auto first = std::lower_bound(points.begin(), points.end(), first_step(), before);
  auto last = std::lower_bound(first, points.end(), last_step(), before);
  if (first != points.begin()) --first;
  if (last != points.end()) ++last;
  if (first == last) return;
  const auto place = [&](double step, double value) {
    return QPointF(x_of(step), a.bottom() - range.place(value) * a.height());
  };
  const QColor color = theme().*curve.style.color;
  const double reach = kSmoothing * (last_step() - first_step());
  QPolygonF line, gliding;
  double mean = first->y(), weight_sum = 0, at = first->x();
  for (auto p = first; p != last; ++p) {
    line << place(p->x(), p->y());
    if (!curve.style.smooth) continue;
    const double kept = std::exp(-(p->x() - at) / reach);
    weight_sum = weight_sum * kept + 1;  // without a bias towards the first value
    mean += (p->y() - mean) / weight_sum;
    at = p->x();
    gliding << place(at, mean);
  }
  painter.save();
  painter.setClipRect(a.adjusted(-1, -2, 1, 2));
  QColor faint = color;
  faint.setAlpha(curve.style.smooth ? 80 : 255);
  painter.setPen(QPen(faint, curve.style.smooth ? 1 : 1.6));
  painter.drawPolyline(line);
  painter.setPen(QPen(color, 1.6));
  painter.drawPolyline(gliding);
  if (curve.style.dots || line.size() == 1) {
    painter.setBrush(color);
    for (const QPointF& p : line) painter.drawEllipse(p, 1.8, 1.8);
  }
  painter.restore();
}

void Plot::draw_values(QPainter& painter, int plot, const QRectF& a) const {
  const double step = hover_ >= 0 ? step_at(hover_) : std::numeric_limits<double>::infinity();
  const QFontMetricsF metrics = painter.fontMetrics();
  const double baseline = a.top() - kTitle + metrics.ascent() + 1;
  const SubPlot& shown = plots_[static_cast<std::size_t>(plot)];
  painter.setPen(theme().text);
  painter.drawText(QPointF(a.left(), baseline), shown.title);
  // Values from the right, with the names of curves where there are several and room for them.
  const double left = a.left() + metrics.horizontalAdvance(shown.title) + 10;
  const auto several =
      std::count_if(curves_.begin(), curves_.end(), [&](const Curve& c) { return c.plot == plot; }) > 1;
  double right = a.right();
  for (auto curve = curves_.rbegin(); curve != curves_.rend(); ++curve) {
    if (curve->plot != plot) continue;
    const QPointF* point = point_at(*curve, step);
    if (!point) continue;
    QString text = value_text(*curve, point->y());
    if (several) text = curve->name + " " + text;
    if (right - metrics.horizontalAdvance(text) < left) text = value_text(*curve, point->y());
    right -= metrics.horizontalAdvance(text);
    if (right < left) continue;
    painter.setPen(theme().*curve->style.color);
    painter.drawText(QPointF(right, baseline), text);
    right -= 12;
  }
}

void Plot::draw_plot(QPainter& painter, int plot, const QRectF& a) const {
  const Range range = range_of(plot);
  const double text_height = painter.fontMetrics().height();
  if (!range.empty) {
    const int most = std::max(1, static_cast<int>(a.height() / (1.6 * text_height)));
    std::vector<double> ticks = range.logarithmic ? decade_ticks(range.low, range.high, most) : std::vector<double>{};
    // Less than a decade shows no two of its marks.
    if (ticks.size() < 2) ticks = round_ticks(range.low, range.high, most);
    const double apart = ticks.size() > 1 ? ticks[1] - ticks[0] : ticks.empty() ? 1 : ticks[0];
    for (const double tick : ticks) {
      const double y = std::round(a.bottom() - range.place(tick) * a.height()) + 0.5;
      painter.setPen(QPen(theme().line, 0.6, Qt::DotLine));
      painter.drawLine(QLineF(a.left(), y, a.right(), y));
      painter.setPen(theme().faint);
      painter.drawText(QRectF(0, y - text_height / 2, a.left() - 5, text_height), Qt::AlignRight | Qt::AlignVCenter,
                       tick_text(tick, range.logarithmic ? tick : apart));
    }
  }
  painter.setPen(QPen(theme().line, 1));
  painter.drawLine(QLineF(a.left(), std::round(a.bottom()) + 0.5, a.right(), std::round(a.bottom()) + 0.5));
  for (const Curve& curve : curves_)
    if (curve.plot == plot) draw_curve(painter, curve, range, a);
  draw_values(painter, plot, a);
}

void Plot::draw_steps(QPainter& painter) const {
  const QRectF a = area();
  const int most = std::max(1, static_cast<int>(a.width() / 70));
  const std::vector<double> ticks = round_ticks(first_step(), last_step(), most);
  const double apart = ticks.size() > 1 ? ticks[1] - ticks[0] : 1;
  const QFontMetricsF metrics = painter.fontMetrics();
  for (std::size_t i = 0; i < ticks.size(); ++i) {
    QString text = tick_text(ticks[i], std::max(apart, 1.0));
    if (i == 0) text = tr("step %1").arg(text);
    const double width = metrics.horizontalAdvance(text), x = x_of(ticks[i]);
    painter.setPen(theme().line);
    painter.drawLine(QLineF(x, a.bottom() - kGap, x, a.bottom() - kGap + 4));
    painter.setPen(theme().faint);
    painter.drawText(QPointF(std::clamp(x - width / 2, 2.0, std::max(2.0, this->width() - width - 2)),
                             a.bottom() + metrics.ascent()),
                     text);
  }
}

void Plot::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), theme().field);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setFont(theme().small);
  int order = 0;
  for (std::size_t p = 0; p < plots_.size(); ++p)
    if (plots_[p].shown) draw_plot(painter, static_cast<int>(p), area_of(order++));
  draw_steps(painter);
  const QRectF a = area();
  if (hover_ >= 0) {
    painter.setPen(QPen(theme().faint, 1, Qt::DotLine));
    painter.drawLine(QLineF(hover_, a.top(), hover_, a.bottom() - kGap));
    const QString text = QLocale().toString(std::lround(step_at(hover_)));
    const double width = painter.fontMetrics().horizontalAdvance(text) + 10;
    const QRectF box(std::clamp(hover_ - width / 2, 0.0, std::max(0.0, this->width() - width)), a.bottom() - 1, width,
                     painter.fontMetrics().height() + 2);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme().accent);
    painter.drawRoundedRect(box, 3, 3);
    painter.setPen(theme().field);
    painter.drawText(box, Qt::AlignCenter, text);
  }
  if (drag_from_ >= 0 && hover_ >= 0) {
    QColor shade = theme().accent;
    shade.setAlpha(50);
    painter.fillRect(QRectF(QPointF(drag_from_, a.top()), QPointF(hover_, a.bottom() - kGap)).normalized(), shade);
  }
}

void Plot::mousePressEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton) drag_from_ = std::clamp(event->position().x(), area().left(), area().right());
}

void Plot::mouseMoveEvent(QMouseEvent* event) {
  hover_ = std::clamp(event->position().x(), area().left(), area().right());
  update();
}

void Plot::mouseReleaseEvent(QMouseEvent* event) {
  if (drag_from_ < 0) return;
  const double to = std::clamp(event->position().x(), area().left(), area().right());
  const double begin = step_at(std::min(drag_from_, to)), end = step_at(std::max(drag_from_, to));
  const bool far = std::abs(to - drag_from_) >= kLeastDrag;
  drag_from_ = -1;
  if (far && end - begin >= 1) begin_ = begin, end_ = end;  // a step at least
  update();
}

void Plot::mouseDoubleClickEvent(QMouseEvent*) {
  drag_from_ = -1;
  show_all();
}

void Plot::keyPressEvent(QKeyEvent* event) {
  const QRectF a = area();
  const double by = a.width() / 50;
  switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Right:
      hover_ = hover_ < 0 ? a.center().x()
                          : std::clamp(hover_ + (event->key() == Qt::Key_Left ? -by : by), a.left(), a.right());
      setAccessibleDescription(values_under_cursor().join(", "));
      return update();
    case Qt::Key_Escape:
      hover_ = -1;
      return show_all();
    default:
      QWidget::keyPressEvent(event);
  }
}

void Plot::leaveEvent(QEvent*) {
  hover_ = -1;
  update();
}

}  // namespace tessera::app
