#pragma once

#include <QWidget>

#include "app/studio/studio.h"
#include "app/studio/workspace.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QSpinBox;
class QTableWidget;

namespace tessera::app {

/// The dock and the commands that start and steer a training run: preset, the few options that matter, a table of all
/// of them.
class TrainPanel : public QWidget {
  Q_OBJECT
 public:
  explicit TrainPanel(Studio& studio, QWidget* parent = nullptr);

  void start();  // a new run, or the open one where it can be resumed
  void pause_or_resume();

 private:
  void update_state();
  void show_progress(const QString& stage, double done, double total, double seconds_left, const QString& detail);
  void take_preset();
  void take_run();  // the options of the run that is open
  void show_options();
  void fill_table();
  void edit_option(int row);
  bool can_resume() const;
  bool is_finished() const;  // the open run has had all its steps

  Studio& studio_;
  Workspace& workspace_;
  QAction *start_action_, *pause_action_, *stop_action_, *new_action_;
  reconstruct::TrainOptions options_;
  QComboBox* preset_;
  QSpinBox *iterations_, *max_splats_;
  QLineEdit* folder_;
  QPushButton *start_, *pause_, *stop_;
  QProgressBar* bar_;
  QLabel* status_;
  QTableWidget* table_;
  bool filling_ = false;
};

/// "1:05:09", "4:05".
QString clock_text(double seconds);

}  // namespace tessera::app
