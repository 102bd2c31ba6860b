#pragma once

#include <QObject>
#include <QPointer>
#include <filesystem>

#include "app/studio/studio.h"

namespace tessera::app {

class ImportDialog;
class JobCard;
struct PosesSoFar;

/// From photos or a video to a dataset: the report before, the cameras and points while they are found. Also the sample
/// city, which is a dataset that is made.
class ImportFlow : public QObject {
  Q_OBJECT
 public:
  explicit ImportFlow(Studio& studio);
  ~ImportFlow() override;

  /// Begins with the report if that is what `path` needs, and says whether it does: photos or a video whose cameras are
  /// not known yet.
  bool takes(const std::filesystem::path& path);
  /// The same, also where the cameras are known: to leave out other photos.
  void begin(const std::filesystem::path& path);

  void ask_photos();
  void ask_video();
  /// Says where the sample city goes, or is told another folder, and makes it; opens the one that is there.
  void ask_sample();
  void make_sample(const std::filesystem::path& folder);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void connect_workspace();
  void show_growth(const PosesSoFar& so_far);
  void show_opened();  // again, after what grew

  Studio& studio_;
  JobCard* card_;
  QPointer<ImportDialog> dialog_;
  bool grown_ = false, touched_ = false;  // something is shown that grows; the user has moved the camera
};

}  // namespace tessera::app
