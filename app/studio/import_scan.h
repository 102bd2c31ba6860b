#pragma once

#include <QObject>
#include <filesystem>
#include <memory>
#include <optional>
#include <thread>

#include "reconstruct/ingest/photo_states.h"
#include "reconstruct/ingest/preflight.h"
#include "reconstruct/ingest/video.h"
#include "scene/progress.h"

namespace tessera::app {

/// What the window says of photos or a video before their cameras are looked for.
struct ImportReport {
  std::filesystem::path path;
  std::optional<reconstruct::VideoFacts> video;  // then there are no photos yet
  reconstruct::Preflight photos;
  reconstruct::SfmOptions choices;  // of the last time
  reconstruct::PoseState state = reconstruct::PoseState::none;
};

/// Looks at them on a thread. One of the last three signals ends it; all come in the thread of the object.
class ImportScan : public QObject {
  Q_OBJECT
 public:
  /// `out` is where results are or will be: it is not looked into for photos.
  ImportScan(std::filesystem::path path, std::filesystem::path out, QObject* parent = nullptr);
  ~ImportScan() override;
  void start();
  void cancel() { cancellation_.request(); }

 Q_SIGNALS:
  void progressed(double done, double total, double seconds_left);
  void finished(std::shared_ptr<const ImportReport> report);
  void failed(QString message);
  void cancelled();

 private:
  ImportReport look();
  std::filesystem::path path_, out_;
  scene::Cancellation cancellation_;
  std::thread thread_;
};

}  // namespace tessera::app
