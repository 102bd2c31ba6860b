#pragma once

#include <QFrame>

class QLabel;
class QProgressBar;
class QPushButton;

namespace tessera::app {

/// A card over the lower edge of another widget: the job under way, how far it is, how long it takes and the way to
/// stop it.
class JobCard : public QFrame {
  Q_OBJECT
 public:
  /// `under` is its parent, which it stays in the middle of.
  explicit JobCard(QWidget* under);

  void begin(const QString& title);
  void show_progress(const QString& stage, double done, double total, double seconds_left);
  void show_note(const QString& note);
  void end();

 Q_SIGNALS:
  void stop_wanted();

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void place();
  QLabel *title_, *stage_, *left_, *note_;
  QProgressBar* bar_;
  QPushButton* stop_;
};

}  // namespace tessera::app
