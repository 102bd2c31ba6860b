#pragma once

#include <QColor>
#include <QPointF>
#include <QString>
#include <QTimer>
#include <QWidget>
#include <vector>

namespace tessera::app {

struct Theme;

/// Small plots one over the other with a common horizontal axis, the steps of a run. Hovering (or the arrow keys) shows
/// every value at a step, dragging chooses a range of steps, a double click (or Escape) shows all again.
class Plot : public QWidget {
  Q_OBJECT
 public:
  struct Style {
    QColor Theme::*color = nullptr;
    bool smooth = false;  // a mean that glides, over the values themselves, which are faint
    bool dots = false;    // few values: each is marked
  };

  explicit Plot(QWidget* parent = nullptr);
  /// Index of the new plot. `unit` goes behind its values.
  int add_plot(const QString& title, const QString& unit, int decimals);
  /// Index of the new curve, numbered over all plots. `key` heads its column in csv().
  int add_curve(int plot, const QString& name, const QString& key, const Style& style);
  /// Steps must grow, or nothing is added; values must be finite. Past some thousand points neighbours become one.
  void add_point(int curve, double step, double value);
  /// Takes back the points from `step` on: of a run that goes on from a checkpoint, or for another run.
  void cut(double step);
  void clear();
  void set_plot_shown(int plot, bool shown);
  void set_logarithmic(bool on);  // the vertical axes, where all values are positive
  bool logarithmic() const { return logarithmic_; }
  std::size_t points(int curve) const { return curves_[static_cast<std::size_t>(curve)].points.size(); }
  double first_step() const;  // at the left end
  double last_step() const;
  /// What is under the cursor, a line a curve; empty: it is elsewhere.
  QStringList values_under_cursor() const;
  /// All points as text: step, then a column a curve; empty where a curve has none.
  QString csv() const;
  QSize sizeHint() const override { return {320, 320}; }
  QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent*) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent*) override;
  void keyPressEvent(QKeyEvent* event) override;
  void leaveEvent(QEvent*) override;

 private:
  struct Curve {
    int plot = 0;
    QString name, key;
    Style style;
    std::vector<QPointF> points;   // ascending in x
    int stride = 1, gathered = 0;  // values that make a point, and those of the next
    double sum = 0;
  };
  struct SubPlot {
    QString title, unit;
    int decimals = 0;
    bool shown = true;
  };
  struct Range {
    double low = 0, high = 1;
    bool empty = true, logarithmic = false;
    double place(double value) const;  // 0 .. 1
  };
  int shown_plots() const;
  QRectF area() const;              // of all plots
  QRectF area_of(int order) const;  // of the plot that is shown at that place, from the top
  Range range_of(int plot) const;
  double x_of(double step) const;
  double step_at(double x) const;
  const QPointF* point_at(const Curve& curve, double step) const;  // the last up to it; null: none
  QString value_text(const Curve& curve, double value) const;
  void draw_steps(QPainter& painter) const;
  void draw_plot(QPainter& painter, int plot, const QRectF& a) const;
  void draw_curve(QPainter& painter, const Curve& curve, const Range& range, const QRectF& a) const;
  void draw_values(QPainter& painter, int plot, const QRectF& a) const;
  void show_all();

  std::vector<Curve> curves_;
  std::vector<SubPlot> plots_;
  bool logarithmic_ = false;
  double begin_ = 0, end_ = 0;  // steps shown; end_ <= begin_: all
  double hover_ = -1, drag_from_ = -1;
  QTimer repaint_;  // for points, which come faster than they need to be seen
};

}  // namespace tessera::app
