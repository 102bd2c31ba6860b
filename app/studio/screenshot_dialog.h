#pragma once

#include <QColor>
#include <QDialog>
#include <optional>

#include "app/studio/offscreen.h"
#include "app/studio/studio.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace tessera::app {

class TaskStrip;

/// Asks how a picture of the view is to be, and has it drawn and written in the background, or put on the clipboard.
/// It remembers its answers: Return takes the next picture as the last.
class ScreenshotDialog : public QDialog {
  Q_OBJECT
 public:
  ScreenshotDialog(Studio& studio, TaskStrip& tasks);
  /// The view as it is shown, to the clipboard, without questions.
  static void copy_view(Studio& studio, TaskStrip& tasks);

 private:
  enum class Background { as_shown, transparent, white, black, other };
  void update_note();
  void choose_background();
  PictureRequest request() const;
  void keep_answers() const;
  void save();
  void copy();

  Studio& studio_;
  TaskStrip& tasks_;
  QComboBox *size_, *background_;
  QSpinBox *width_, *height_;
  QCheckBox* over_;
  QLineEdit* file_;
  QLabel* note_;
  QPushButton *save_, *copy_;
  QColor other_ = Qt::gray;
};

}  // namespace tessera::app
