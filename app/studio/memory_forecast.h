#pragma once

#include <QWidget>
#include <memory>

#include "app/studio/background.h"
#include "reconstruct/train/train_options.h"
#include "scene/dataset.h"

class QLabel;
class QProgressBar;

namespace tessera::app {

/// "512 MB", "1.5 GB".
QString bytes_text(std::size_t bytes);

/// What memory a run will need of what there is, and what would be lowered to make it fit: worked out on a thread each
/// time the options change.
class MemoryForecast : public QWidget {
  Q_OBJECT
 public:
  explicit MemoryForecast(QWidget* parent = nullptr);
  /// Null: nothing to say. `resumes`: the run goes on from a checkpoint, and keeps its cap.
  void show_need(std::shared_ptr<const scene::Dataset> dataset, const reconstruct::TrainOptions& options, bool resumes);

 protected:
  void changeEvent(QEvent* event) override;

 private:
  struct Said {
    QString text, details;
    double share = 0;  // of what there is
    bool lowered = false, failed = false;
  };
  static Said forecast(const scene::Dataset& dataset, const reconstruct::TrainOptions& options, bool resumes);
  void say();  // said_, in the theme's colours

  QProgressBar* bar_;
  QLabel* text_;
  Said said_;
  Background background_;  // last: its answers use the rest
};

}  // namespace tessera::app
