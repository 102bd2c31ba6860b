#pragma once

#include <QWidget>

#include "app/studio/plan_model.h"
#include "app/studio/studio.h"

class QAction;
class QCheckBox;
class QComboBox;
class QLabel;
class QPushButton;
class QSpinBox;
class QTableView;

namespace tessera::app {

class PlanMap;
class PlanTable;

/// The dock that cuts a large scene into blocks: a map whose cuts can be moved, what each block takes, and the training
/// of all of them as one run.
class PlanPanel : public QWidget {
  Q_OBJECT
 public:
  PlanPanel(Studio& studio, PlanModel& plan, QWidget* parent = nullptr);

 private:
  void make_layout();
  void make();
  void update_state();
  void update_progress();  // states of the blocks, from their folders and the job
  void show_seams();       // of the run, where it has a map of them and that is wanted
  void start();
  void write();

  Studio& studio_;
  PlanModel& plan_;
  PlanMap* map_;
  PlanTable* table_;
  QTableView* view_;
  QSpinBox* blocks_;
  QComboBox* partitioner_;
  QPushButton *make_, *split_, *merge_, *undo_, *redo_, *write_, *train_;
  QLabel* note_;
  QCheckBox* seams_;
  QAction* train_action_;
  int block_ = -1;  // that is trained
  double share_ = 0;
  Background states_;  // last: its answers use the rest
};

}  // namespace tessera::app
