#pragma once

#include <QWidget>
#include <vector>

namespace tessera::app {

/// Two handles on one line, over the histogram of what they choose from. Positions are shares of the line, 0 to 1. Drag
/// a handle, or give it the arrow keys: Tab goes from one to the other.
class RangeSlider : public QWidget {
  Q_OBJECT
 public:
  explicit RangeSlider(QWidget* parent = nullptr);
  /// Heights of the bars, from left to right; drawn relative to the highest.
  void set_bars(std::vector<float> bars);
  /// Both in [0, 1], low <= high. Emits nothing.
  void set_positions(double low, double high);
  double low() const { return positions_[0]; }
  double high() const { return positions_[1]; }
  QSize sizeHint() const override { return {160, 34}; }
  QSize minimumSizeHint() const override { return {80, 34}; }

 Q_SIGNALS:
  void moved();

 protected:
  void paintEvent(QPaintEvent*) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  bool focusNextPrevChild(bool next) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;

 private:
  double x_of(double position) const;
  void put(double position);

  std::vector<float> bars_;
  double positions_[2] = {0, 1};
  std::size_t active_ = 0;  // the handle that the mouse or the keys move
};

}  // namespace tessera::app
