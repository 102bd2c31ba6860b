#pragma once

#include <QWidget>
#include <array>

#include "app/studio/studio.h"

class QAction;
class QLabel;
class QProgressBar;
class QPushButton;

namespace tessera::app {

class PhotoScores;

/// The dock of the scores: means over the photos that were held out and those trained on, the worst and the best photo
/// of each (a click stands there), and where the figures come from. Scores the photos that have none.
class ResultsPanel : public QWidget {
  Q_OBJECT
 public:
  /// `scores` outlive the panel.
  ResultsPanel(Studio& studio, PhotoScores& scores, QWidget* parent = nullptr);

 protected:
  void changeEvent(QEvent* event) override;

 private:
  enum Row { photos, psnr, psnr_corrected, ssim, ms_ssim, kRows };
  /// One column: of the photos held out, or trained on.
  struct Column {
    QLabel* title = nullptr;
    std::array<QLabel*, kRows> values{};
    QPushButton *worst = nullptr, *best = nullptr;
  };
  QWidget* make_table();
  void show_scores();
  void show_extreme(QPushButton* button, bool test, bool best);
  void score();

  Studio& studio_;
  PhotoScores& scores_;
  std::array<Column, 2> columns_;  // held out, trained on
  QWidget* table_;
  QLabel *intro_, *source_;
  QPushButton *score_ = nullptr, *cancel_;
  QProgressBar* bar_ = nullptr;
};

}  // namespace tessera::app
