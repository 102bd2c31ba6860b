#pragma once

#include <QDialog>

#include "app/studio/studio.h"
#include "scene/reduce_model.h"

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace tessera::app {

class TaskStrip;

/// Writes what the workspace shows as a 3DGS PLY, whole or reduced, in the background. It says before how large the
/// file will be.
class ExportDialog : public QDialog {
  Q_OBJECT
 public:
  ExportDialog(Studio& studio, TaskStrip& tasks);

 private:
  scene::ModelReduction reduction() const;
  void update_note();
  void start();

  Studio& studio_;
  TaskStrip& tasks_;
  QComboBox *frame_, *degree_;
  QDoubleSpinBox* opacity_;
  QLineEdit* file_;
  QLabel* note_;
  QPushButton* start_;
};

}  // namespace tessera::app
