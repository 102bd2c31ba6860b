#pragma once

#include <QPointer>
#include <QWidget>
#include <functional>
#include <vector>

#include "app/studio/background.h"
#include "app/studio/blocks_layer.h"
#include "app/studio/points_layer.h"
#include "app/studio/studio.h"

class QCheckBox;
class QGridLayout;
class QLabel;
class QSlider;

namespace tessera::app {

class PlanModel;

/// The dock of what is drawn: model, sparse points, cameras, photo, blocks, axes and scale bar, each with a switch,
/// some with an opacity, and how many there are. Kept in the user's settings.
class ScenePanel : public QWidget {
  Q_OBJECT
 public:
  ScenePanel(Studio& studio, PlanModel& plan, QWidget* parent = nullptr);
  ~ScenePanel() override;

 private:
  /// One line of the list. The name is its key in the settings and the end of its widgets' names.
  struct Row {
    const char* name = "";
    QCheckBox* shown = nullptr;
    QLabel* count = nullptr;
    QSlider* opacity = nullptr;  // null: drawn or not
  };
  Row add_row(QGridLayout* grid, const char* name, const QString& text, bool shown, bool with_opacity, int indent = 0);
  void apply();  // the rows to the view, and to the settings
  void show_counts();
  void color_blocks();  // the model in the colours of its blocks, or as it is

  Studio& studio_;
  QPointer<Viewport> view_;  // null once it has gone, with the window
  PlanModel& plan_;
  PointsLayer points_layer_;
  BlocksLayer blocks_layer_;
  Row model_, points_, cameras_, train_, test_, photo_, blocks_, block_colors_, axes_, scale_;
  /// The points' switch stands for two: before anything is trained they are all that there is to see.
  bool points_alone_ = false, shown_alone_ = true, shown_over_model_ = false;
  bool colored_ = false;
  Background colorer_;  // last: its answers use the rest
};

}  // namespace tessera::app
