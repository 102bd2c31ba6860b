#pragma once

#include <QDialog>

#include "app/studio/studio.h"

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace tessera::app {

class PathModel;
class TaskStrip;

/// Asks for the size, the rate and the file of a camera path's video, and has it written in the background.
class VideoDialog : public QDialog {
  Q_OBJECT
 public:
  VideoDialog(Studio& studio, TaskStrip& tasks, const PathModel& path);

 private:
  void update_note();
  void start();

  Studio& studio_;
  TaskStrip& tasks_;
  const PathModel& path_;
  QComboBox* size_;
  QSpinBox *width_, *height_;
  QDoubleSpinBox* rate_;
  QLineEdit* file_;
  QLabel* note_;
  QPushButton* start_;
};

}  // namespace tessera::app
