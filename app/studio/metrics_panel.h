#pragma once

#include <QWidget>
#include <filesystem>
#include <vector>

#include "app/studio/background.h"
#include "app/studio/studio.h"
#include "reconstruct/train/training_session.h"

class QMenu;

namespace tessera::app {

class Plot;

/// The dock of the curves of a run: as it trains, and before that what its folder says about it.
class MetricsPanel : public QWidget {
  Q_OBJECT
 public:
  explicit MetricsPanel(Studio& studio, QWidget* parent = nullptr);

 private:
  void make_curves();
  void make_bar();
  void make_actions();
  void add(const reconstruct::TrainMetrics& metrics);
  void read_history(const std::filesystem::path& run);
  void show_history(const std::vector<reconstruct::MetricsRow>& rows);
  void export_csv();
  void export_png();
  /// Asks for a file and writes what `make` gives into it.
  void export_as(const char* name, const QString& title, const QString& suggestion, const QString& kind,
                 std::function<QByteArray()> make);

  Studio& studio_;
  Plot* plot_;
  QMenu* curves_menu_;
  int loss_ = 0, train_psnr_ = 0, test_psnr_ = 0, splats_ = 0, step_ms_ = 0, memory_ = 0;
  double test_psnr_shown_ = -1;
  std::uint32_t last_step_ = 0;
  bool reading_ = false;                              // the history
  std::vector<reconstruct::TrainMetrics> meanwhile_;  // came while it was read
  Background background_;                             // last: its answers use the rest
};

}  // namespace tessera::app
