#pragma once

#include <QAbstractSlider>
#include <vector>

namespace tessera::app {

/// A time line in milliseconds with marks: a click or a drag sets the time, the arrow keys do as well.
class Timeline : public QAbstractSlider {
  Q_OBJECT
 public:
  explicit Timeline(QWidget* parent = nullptr);
  void set_marks(std::vector<int> marks);  // ascending; the last one is the end
  QSize sizeHint() const override { return {300, 30}; }
  QSize minimumSizeHint() const override { return {120, 30}; }

 protected:
  void paintEvent(QPaintEvent*) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;

 private:
  double place_of(int value) const;
  void take(double x);
  std::vector<int> marks_;
};

}  // namespace tessera::app
