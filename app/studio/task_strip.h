#pragma once

#include <QToolBar>
#include <filesystem>
#include <vector>

#include "app/studio/background_task.h"
#include "app/studio/studio.h"

class QVBoxLayout;

namespace tessera::app {

/// A strip at the foot of the window with a row for each export under way: how far it is, how long it will take, a
/// button that cancels it; afterwards what was made. Not there while there is nothing to show. Closing the window while
/// something is being written asks.
class TaskStrip : public QToolBar {
  Q_OBJECT
 public:
  explicit TaskStrip(Studio& studio);
  ~TaskStrip() override;  // cancels what runs, and waits for it

  /// `file` is what it makes, to be shown in its folder; empty: no file.
  BackgroundTask* run(const QString& title, const std::filesystem::path& file, BackgroundTask::Work work);
  bool busy() const;

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void add_row(BackgroundTask* task, const std::filesystem::path& file);
  void drop(BackgroundTask* task, QWidget* row);
  bool may_close();

  Studio& studio_;
  QVBoxLayout* rows_;
  std::vector<BackgroundTask*> tasks_;
  bool closing_ = false;  // once the last task has ended
};

}  // namespace tessera::app
