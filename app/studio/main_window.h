#pragma once

#include <QMainWindow>

#include "app/studio/photo_overlay.h"
#include "app/studio/workspace.h"

class QAction;
class QComboBox;
class QLabel;
class QListView;
class QPlainTextEdit;
class QStackedWidget;

namespace tessera::app {

class PhotoList;
class Plot;
class TrainPanel;
class Viewport;

/// The studio: the viewport in the middle, docks for photos, training, curves and the log around it.
class MainWindow : public QMainWindow {
  Q_OBJECT
 public:
  explicit MainWindow(QWidget* parent = nullptr);
  ~MainWindow() override;

  void open(const std::filesystem::path& path);
  Workspace& workspace() { return workspace_; }
  Viewport& viewport() { return *viewport_; }

 protected:
  void closeEvent(QCloseEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  QAction* add_action(QMenu* menu, const QString& text, const QKeySequence& keys, std::function<void()> run);
  QWidget* make_welcome();
  void make_docks();
  void make_menus();
  void make_view_bar();
  void connect_workspace();
  void ask_folder();
  void ask_model();
  void show_opened();
  void step_photo(int by);
  void compare(PhotoOverlay::Mode mode, bool on);
  void save_screenshot();
  void show_palette();
  void show_error(const QString& message);
  void log(const QString& line);
  void remember(const std::filesystem::path& path);
  void fill_recent();
  void go_on(const std::filesystem::path& run);
  void apply_theme(bool dark);

  Workspace workspace_;
  QStackedWidget* pages_;
  Viewport* viewport_;
  PhotoList* photos_;
  QListView* photo_view_;
  TrainPanel* train_;
  Plot* plot_;
  int loss_curve_, psnr_curve_, splats_curve_;
  QPlainTextEdit* log_;
  QMenu *recent_, *view_menu_;
  QLabel *message_, *numbers_, *renderer_;
  QComboBox* mode_;
  QList<QAction*> actions_;
  QAction *dark_, *start_action_, *pause_action_, *stop_action_, *split_, *flicker_;
  bool first_view_ = true;  // of what has been opened: then the camera goes home
};

}  // namespace tessera::app
