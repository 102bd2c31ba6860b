#include "app/studio/import_scan.h"

#include <chrono>

#include "reconstruct/ingest/photo_set.h"
#include "scene/error.h"

namespace tessera::app {
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

ImportScan::ImportScan(fs::path path, fs::path out, QObject* parent)
    : QObject(parent), path_(std::move(path)), out_(std::move(out)) {}

ImportScan::~ImportScan() {
  cancel();
  if (thread_.joinable()) thread_.join();
}

ImportReport ImportScan::look() {
  ImportReport report;
  report.path = path_;
  report.state = reconstruct::pose_state(out_);
  report.choices = reconstruct::read_choices(out_);
  std::error_code error;
  if (!fs::is_directory(path_, error)) {
    report.video = reconstruct::look_at_video(path_);
    return report;
  }
  scene::JobContext job;
  job.cancellation = &cancellation_;
  job.on_progress = [this, last = Clock::time_point()](const scene::Progress& p) mutable {
    const auto now = Clock::now();
    if (now - last < std::chrono::milliseconds(50)) return;  // people see no more than twenty a second
    last = now;
    QMetaObject::invokeMethod(
        this, [this, p] { Q_EMIT progressed(p.done, p.total, p.seconds_remaining); }, Qt::QueuedConnection);
  };
  const reconstruct::PhotoSet set = reconstruct::read_photo_set(path_, out_, 0, job);
  reconstruct::require_two_photos(set, path_);
  report.photos = reconstruct::check_photos(set);
  return report;
}

void ImportScan::start() {
  thread_ = std::thread([this] {
    std::shared_ptr<const ImportReport> report;
    QString message;
    try {
      report = std::make_shared<const ImportReport>(look());
    } catch (const scene::Cancelled&) {
    } catch (const std::exception& e) {
      message = QString::fromUtf8(e.what());
    }
    QMetaObject::invokeMethod(
        this,
        [this, report, message] {
          if (report)
            Q_EMIT finished(report);
          else if (!message.isEmpty())
            Q_EMIT failed(message);
          else
            Q_EMIT cancelled();
        },
        Qt::QueuedConnection);
  });
}

}  // namespace tessera::app
