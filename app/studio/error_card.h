#pragma once

#include <QFrame>

#include "reconstruct/evaluate/view_error.h"

class QCheckBox;
class QComboBox;
class QLabel;

namespace tessera::app {

/// The legend of the error map, over the view: which photo, its scores, the ramp with its scale, and what is compared.
class ErrorCard : public QFrame {
  Q_OBJECT
 public:
  explicit ErrorCard(QWidget* parent);
  reconstruct::ErrorKind kind() const;
  bool corrected() const;
  /// The photo stood at; its scores are not known yet.
  void set_photo(const QString& name, bool test);
  void set_scores(const reconstruct::ViewError& error);
  void set_problem(const QString& line);

 Q_SIGNALS:
  void changed();  // kind() or corrected()

 protected:
  void paintEvent(QPaintEvent*) override;
  void changeEvent(QEvent* event) override;

 private:
  class Ramp;
  void show_split();

  bool test_ = false;
  QLabel *name_, *split_, *scores_;
  Ramp* ramp_;
  QComboBox* kind_;
  QCheckBox* corrected_;
};

}  // namespace tessera::app
