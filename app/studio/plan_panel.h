#pragma once

#include <QTimer>
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
  void update_progress();  // states of the blocks, as the run's folder has them
  static QStringList states_of(const std::filesystem::path& run, std::uint32_t cells);
  void show_seams();  // of the run, where it has a map of them and that is wanted
  void start();
  void refine();
  void write();

  Studio& studio_;
  PlanModel& plan_;
  PlanMap* map_;
  PlanTable* table_;
  QTableView* view_;
  QSpinBox* blocks_;
  QComboBox* partitioner_;
  QPushButton *make_, *split_, *merge_, *undo_, *redo_, *write_, *train_, *refine_;
  QLabel* note_;
  QCheckBox* seams_;
  QAction* train_action_;
  QTimer clock_;       // while blocks are trained
  Background states_;  // last: its answers use the rest
};

}  // namespace tessera::app
