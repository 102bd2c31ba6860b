#pragma once

#include <QWidget>
#include <optional>
#include <vector>

#include "app/studio/plan_model.h"
#include "scene/dataset.h"

class QMenu;

namespace tessera::app {

/// The plan from above: where the points are, cells in their colours with their shares of the load, cameras, cuts. A
/// cut is dragged; a double click halves the load of a cell; the menu splits at a place and merges. Keys: arrows choose
/// a cell, S splits it, Delete merges it, Ctrl+Z and Ctrl+Shift+Z undo and redo.
class PlanMap : public QWidget {
  Q_OBJECT
 public:
  explicit PlanMap(PlanModel& plan, QWidget* parent = nullptr);

  void set_dataset(std::shared_ptr<const scene::Dataset> dataset);
  /// Of the region, in place of colours and points; null: none.
  void set_seams(const QImage& seams);
  int selected() const { return selected_; }  // -1: no cell
  void select(int cell);
  /// Where a place of the plan is in the widget.
  QPointF place_of(const glm::dvec2& cell_point) const;
  QSize sizeHint() const override { return {300, 180}; }
  QSize minimumSizeHint() const override { return {160, 160}; }

 Q_SIGNALS:
  void selection_changed();

 protected:
  bool event(QEvent* event) override;
  void paintEvent(QPaintEvent*) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;

 private:
  glm::dvec2 cell_point(const QPointF& place) const;
  double scale() const;  // pixels a unit of cell coordinates
  std::optional<std::size_t> cut_at(const QPointF& place) const;
  int cell_at(const QPointF& place) const;
  double held(std::size_t cut, const QPointF& place) const;  // where the cut is dragged to

  PlanModel& plan_;
  std::shared_ptr<const scene::Dataset> dataset_;
  std::vector<QColor> colors_;
  QImage seams_;
  int selected_ = -1;
  std::optional<std::size_t> dragged_;
  bool moved_ = false;
};

}  // namespace tessera::app
