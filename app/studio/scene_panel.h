#pragma once

#include <QPointer>
#include <QWidget>
#include <functional>
#include <vector>

#include "app/studio/points_layer.h"
#include "app/studio/studio.h"

class QCheckBox;
class QGridLayout;
class QLabel;
class QSlider;

namespace tessera::app {

/// The dock of what is drawn: model, sparse points, cameras, photo, axes and scale bar, each with a switch, some with
/// an opacity, and how many there are. Kept in the user's settings.
class ScenePanel : public QWidget {
  Q_OBJECT
 public:
  explicit ScenePanel(Studio& studio, QWidget* parent = nullptr);
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

  Studio& studio_;
  QPointer<Viewport> view_;  // null once it has gone, with the window
  PointsLayer points_layer_;
  Row model_, points_, cameras_, train_, test_, photo_, axes_, scale_;
};

}  // namespace tessera::app
