#pragma once

#include <QPointer>
#include <QWidget>
#include <array>
#include <memory>

#include "app/studio/clean_layer.h"
#include "app/studio/clean_session.h"
#include "app/studio/studio.h"
#include "app/studio/workspace.h"

class QButtonGroup;
class QDoubleSpinBox;
class QFrame;
class QLabel;
class QPushButton;
class QSpinBox;
class QVBoxLayout;

namespace tessera::app {

/// The dock that takes splats out of the model: by a box, a brush, by what they are, or as floaters; with undo. While
/// it is open, what matches and what is selected is tinted in the view.
class CleanPanel : public QWidget {
  Q_OBJECT
 public:
  explicit CleanPanel(Studio& studio, QWidget* parent = nullptr);
  ~CleanPanel() override;

  const CleanSession::Status& status() const { return status_; }
  const CleanLayer& layer() const { return layer_; }
  /// Measured, counted and shown: no answer is on its way.
  bool is_settled() const { return measured_ && session_.is_settled(); }

 protected:
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;
  void changeEvent(QEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  QWidget* make_tools();
  QWidget* make_box_page();
  QWidget* make_brush_page();
  void make_ranges(QVBoxLayout* layout);
  void make_counts(QVBoxLayout* layout);
  void make_buttons(QVBoxLayout* layout);
  QWidget* make_suggestion();
  void make_commands();
  void connect_parts();
  QPushButton* button(const QString& text, const char* name, const QString& tip, std::function<void()> run);

  QString why_not() const;  // what is open cannot be cleaned now; empty: it can
  void take_model();        // what the workspace has now
  void load();
  void hand_over();  // the edited model to the workspace, where that is not busy
  void update_state();
  void take_facts(const CleanSession::Facts& facts);
  void take_status(const CleanSession::Status& status, std::shared_ptr<const scene::GaussianModel> tinted);
  void take_tool(int tool);
  void take_box_numbers();
  void show_box_numbers();
  void send_criteria();
  void send_colors();
  void show(std::shared_ptr<const scene::GaussianModel> model);
  bool can_edit() const { return measured_ && why_not().isEmpty(); }
  void edit(void (CleanSession::*run)());
  void crop();
  void suggest();
  void select(scene::Combine how);  // what matches
  bool save();                      // false: the user thought better of it
  bool save_and_wait();
  bool may_leave(const QString& why);

  Studio& studio_;
  QPointer<Workspace> workspace_;  // goes before the widgets, as the window does
  CleanSession session_;
  CleanLayer layer_;
  CleanSession::Status status_;
  std::shared_ptr<const scene::GaussianModel> own_;     // that the workspace has, from here or as it was opened
  std::shared_ptr<const scene::GaussianModel> edited_;  // that it is to have
  std::shared_ptr<const scene::GaussianModel> shown_;   // in the view
  bool loaded_ = false, measured_ = false;              // given to the session; measured by it
  double unit_ = 1;                                     // lengths that are shown for one of the scene frame
  scene::OrientedBox bulk_;

  QLabel *reason_, *hint_, *matching_, *selected_, *suggestion_text_;
  QWidget* content_;
  QButtonGroup* tools_;
  std::array<QWidget*, 3> pages_{};       // of the tools
  std::array<QDoubleSpinBox*, 7> box_{};  // middle x y z, size x y z, turn about the vertical in degrees
  QSpinBox* radius_;
  std::array<RangeField*, 3> ranges_{};  // opacity, size, seen by
  QFrame* suggestion_;
  std::vector<QPushButton*> with_matches_, with_selection_, with_box_;
  QPushButton *undo_button_ = nullptr, *redo_button_ = nullptr, *save_button_ = nullptr;
  QAction *undo_ = nullptr, *redo_ = nullptr, *delete_ = nullptr, *crop_ = nullptr, *save_ = nullptr;
  std::vector<QAction*> while_editing_;
};

}  // namespace tessera::app
