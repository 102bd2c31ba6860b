#pragma once

#include <QElapsedTimer>
#include <QPointer>
#include <QTimer>
#include <QWidget>

#include "app/studio/path_layer.h"
#include "app/studio/path_model.h"
#include "app/studio/studio.h"
#include "app/studio/viewport.h"

class QAction;
class QDoubleSpinBox;
class QLabel;
class QPushButton;
class QTableView;

namespace tessera::app {

class TaskStrip;
class Timeline;

/// The dock of the camera path: its keyframes, a time line, a preview in the view, files, and its video. Paths are kept
/// from day to day with the scene that they were made for, whether they are saved to a file or not.
class PathPanel : public QWidget {
  Q_OBJECT
 public:
  PathPanel(Studio& studio, TaskStrip& tasks);
  ~PathPanel() override;

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  enum class Shape { orbit, flythrough };
  void make_actions();
  void take_opened();
  void add_key();
  void replace_key();
  void delete_key();
  void make(Shape shape);
  void load();
  void save();
  void export_video();
  void play(bool on);
  void tick();
  void go_to(double seconds);  // time line, view and all
  void select(int row);
  void show_path();  // after a change of any kind
  int row() const;
  double time() const;
  double length() const;
  scene::Similarity scene_from_world() const;
  QString memory_key() const;
  void remember() const;
  void show_dock();

  Studio& studio_;
  TaskStrip& tasks_;
  QPointer<Viewport> viewport_;  // may go first when the window goes
  PathModel model_;
  PathLayer layer_{model_};
  QTableView* table_;
  Timeline* line_;
  QDoubleSpinBox* length_;
  QLabel *clock_label_, *hint_;
  QPushButton *add_, *replace_, *delete_, *up_, *down_, *play_, *orbit_, *flythrough_, *load_, *save_, *video_;
  QAction *play_action_ = nullptr, *show_action_ = nullptr;
  QTimer timer_;
  QElapsedTimer clock_;
  double started_at_ = 0;
};

}  // namespace tessera::app
