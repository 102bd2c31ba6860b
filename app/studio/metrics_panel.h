#pragma once

#include <QWidget>

#include "app/studio/studio.h"

namespace tessera::app {

class Plot;

/// The dock of the curves of the run under way.
class MetricsPanel : public QWidget {
  Q_OBJECT
 public:
  explicit MetricsPanel(Studio& studio, QWidget* parent = nullptr);

 private:
  void export_csv();

  Studio& studio_;
  Plot* plot_;
};

}  // namespace tessera::app
