#pragma once

#include <QFrame>

#include "app/studio/studio.h"

class QComboBox;
class QDoubleSpinBox;

namespace tessera::app {

/// What is seldom changed about the view, in a sheet that opens below its button and closes by a click elsewhere: field
/// of view, clip planes, degree of the view-dependent colour, background.
class ViewSettingsSheet : public QFrame {
  Q_OBJECT
 public:
  explicit ViewSettingsSheet(Studio& studio);
  void show_below(const QWidget& button);

 private:
  void take_background();
  void set_clip();
  void show_opened();  // lengths are in the units of what is open

  Studio& studio_;
  QDoubleSpinBox *field_, *near_, *far_;
  QComboBox *degree_, *background_;
  double scene_of_unit_ = 1;
};

}  // namespace tessera::app
