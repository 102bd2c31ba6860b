#pragma once

#include <QColor>
#include <QPointF>
#include <QString>
#include <QWidget>
#include <vector>

namespace tessera::app {

/// Curves over a common horizontal axis, each scaled to its own range: loss, scores, splats. Hovering shows the values;
/// dragging chooses a range of steps, a double click shows all again.
class Plot : public QWidget {
  Q_OBJECT
 public:
  explicit Plot(QWidget* parent = nullptr);
  /// Index of the new curve.
  int add_curve(const QString& name, const QColor& color, int decimals);
  void add_point(int curve, double step, double value);
  void clear();
  void set_logarithmic(bool on);  // the vertical axes
  bool logarithmic() const { return logarithmic_; }
  std::size_t points(int curve) const { return curves_[static_cast<std::size_t>(curve)].points.size(); }
  /// All points as text: step, then a column a curve; empty where a curve has none.
  QString csv() const;
  QSize sizeHint() const override { return {320, 180}; }

 protected:
  void paintEvent(QPaintEvent*) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent*) override;
  void leaveEvent(QEvent*) override;

 private:
  struct Curve {
    QString name;
    QColor color;
    int decimals = 0;
    std::vector<QPointF> points;  // ascending in x
  };
  QRectF area() const;
  double shown(double value) const;  // logarithm or the value itself
  double step_at(double x) const;
  void draw_curve(QPainter& painter, const Curve& curve) const;

  std::vector<Curve> curves_;
  bool logarithmic_ = false;
  double begin_ = 0, end_ = 0;  // steps shown; end_ <= begin_: all
  double hover_ = -1, drag_from_ = -1;
};

}  // namespace tessera::app
