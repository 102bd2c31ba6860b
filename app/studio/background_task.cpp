#include "app/studio/background_task.h"

#include <chrono>

namespace tessera::app {
namespace {
constexpr auto kReportAtMost = std::chrono::milliseconds(50);  // people see no more than twenty a second
}  // namespace

BackgroundTask::BackgroundTask(QString title, Work work, QObject* parent)
    : QObject(parent), title_(std::move(title)), thread_([this, work = std::move(work)] { run(work); }) {}

BackgroundTask::~BackgroundTask() {
  cancel();
  thread_.join();
}

template <class Call>
void BackgroundTask::post(Call call) {
  QMetaObject::invokeMethod(this, std::move(call), Qt::QueuedConnection);
}

void BackgroundTask::run(const Work& work) {
  scene::JobContext job;
  job.cancellation = &cancellation_;
  std::chrono::steady_clock::time_point last{};
  job.on_progress = [this, &last](const scene::Progress& p) {
    if (std::chrono::steady_clock::now() - last < kReportAtMost) return;
    last = std::chrono::steady_clock::now();
    post([this, p] { Q_EMIT progressed(p.done, p.total, p.seconds_remaining); });
  };
  job.on_warning = [this](const std::string& line) {
    post([this, text = QString::fromStdString(line)] { Q_EMIT warned(text); });
  };
  try {
    const QString line = work(job);
    post([this, line] {
      running_ = false;
      Q_EMIT finished(line);
    });
  } catch (const scene::Cancelled&) {
    post([this] {
      running_ = false;
      Q_EMIT cancelled();
    });
  } catch (const std::bad_alloc&) {
    post([this] {
      running_ = false;
      Q_EMIT failed(tr("%1: there is not enough memory; choose a smaller size").arg(title_));
    });
  } catch (const std::exception& e) {
    post([this, text = QString::fromUtf8(e.what())] {
      running_ = false;
      Q_EMIT failed(text);
    });
  }
}

}  // namespace tessera::app
