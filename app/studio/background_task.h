#pragma once

#include <QObject>
#include <QString>
#include <functional>
#include <thread>

#include "scene/progress.h"

namespace tessera::app {

/// Work beside the window and beside the workspace's one job, as writing a video is: on a thread of its own. Signals
/// come in the object's thread; exactly one of finished(), failed() and cancelled() comes, and comes last.
class BackgroundTask : public QObject {
  Q_OBJECT
 public:
  /// Returns one line about what has been made. Throws scene::Error, and scene::Cancelled where the context says so.
  using Work = std::function<QString(const scene::JobContext&)>;
  BackgroundTask(QString title, Work work, QObject* parent = nullptr);
  ~BackgroundTask() override;  // cancels, and waits for the thread

  const QString& title() const { return title_; }
  bool running() const { return running_; }
  void cancel() { cancellation_.request(); }

 Q_SIGNALS:
  void progressed(double done, double total, double seconds_left);  // total 0, seconds below 0: not known
  void warned(QString line);
  void finished(QString line);
  void failed(QString message);
  void cancelled();

 private:
  void run(const Work& work);
  template <class Call>
  void post(Call call);

  QString title_;
  bool running_ = true;
  scene::Cancellation cancellation_;
  std::thread thread_;  // last: starts when all else is there
};

}  // namespace tessera::app
