#pragma once

#include <QMainWindow>

#include "app/studio/render_thread.h"
#include "app/studio/studio.h"
#include "app/studio/workspace.h"

class QLabel;
class QMenu;
class QStackedWidget;

namespace tessera::app {

class ImportFlow;
class LogPanel;
class PlanModel;
class ProjectKeeper;
class TrainPanel;

/// The studio: the viewport in the middle, docks for photos, training, curves and the log around it.
class MainWindow : public QMainWindow {
  Q_OBJECT
 public:
  explicit MainWindow(const RendererOptions& renderer = {}, QWidget* parent = nullptr);
  ~MainWindow() override;

  void open(const std::filesystem::path& path);
  Workspace& workspace() { return workspace_; }
  Viewport& viewport() { return *viewport_; }

 protected:
  void closeEvent(QCloseEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  void make_file_menu();
  void make_view_menu();
  void make_parts();
  void make_window_menu();
  void make_language_menu();
  void make_status_bar();
  void connect_workspace();
  void ask_folder();
  void ask_model();
  void show_opened();
  void show_palette();
  void show_error(const QString& message);
  void show_name();
  void fill_recent();
  void go_on(const std::filesystem::path& run);

  Workspace workspace_;
  QStackedWidget* pages_;
  Viewport* viewport_;
  Actions* actions_;
  Studio studio_;
  ProjectKeeper* keeper_ = nullptr;
  LogPanel* log_;
  ImportFlow* import_ = nullptr;
  TrainPanel* train_ = nullptr;
  PlanModel* plan_ = nullptr;
  QMenu* recent_ = nullptr;
  QLabel *message_ = nullptr, *numbers_ = nullptr, *renderer_ = nullptr;
  bool first_view_ = true;  // of what has been opened: then the camera goes home
};

}  // namespace tessera::app
