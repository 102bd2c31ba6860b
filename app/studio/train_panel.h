#pragma once

#include <QWidget>

#include "app/studio/studio.h"
#include "app/studio/workspace.h"

class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QSpinBox;

namespace tessera::app {

class MemoryForecast;
class OptionTable;
class OptionsView;

/// The dock and the commands that start and steer a training run: preset, the few options that matter, a table of all
/// of them, what memory it will need. Options of a paused run can be changed where a resume may change them.
class TrainPanel : public QWidget {
  Q_OBJECT
 public:
  explicit TrainPanel(Studio& studio, QWidget* parent = nullptr);

  /// The preset, and the options as they stand in the dock.
  std::pair<std::string, reconstruct::TrainOptions> chosen() const;
  void start();            // a new run, or the open one where it can be resumed
  void pause_or_resume();  // with the changed options, where there are any
  QSize sizeHint() const override { return {340, 420}; }

 Q_SIGNALS:
  void options_changed();

 private:
  /// A number among the few that stand above the table.
  struct Field {
    const char* option;
    QSpinBox* box;
  };
  void add_field(QFormLayout& form, const QString& label, const char* option, int low, int high, int step);
  void make_layout();
  void make_actions();
  void show_opened();
  void take_preset();
  /// Decides what the options are compared with, and which can be edited.
  void update_base();
  void show_options();  // in the fields, and what follows from them
  void update_state();
  void show_progress(const QString& stage, double done, double total, double seconds_left, const QString& detail);
  void show_step();
  bool can_resume() const;
  bool is_plan() const;      // the open run trains blocks, with the options of its plan
  bool is_finished() const;  // the open run has had all its steps

  Studio& studio_;
  Workspace& workspace_;
  QAction *start_action_, *pause_action_, *step_action_, *stop_action_, *new_action_;
  OptionTable* table_;
  QComboBox* preset_;
  std::vector<Field> fields_;
  QLineEdit* folder_;
  QPushButton *start_, *pause_, *step_, *stop_;
  QWidget* buttons_ = nullptr;  // of a job under way
  QProgressBar* bar_;
  QLabel* status_;
  MemoryForecast* forecast_;
  OptionsView* options_view_;
  std::uint32_t last_step_ = 0;
};

/// "1:05:09", "4:05".
QString clock_text(double seconds);

}  // namespace tessera::app
