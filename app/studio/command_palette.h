#pragma once

#include <QDialog>
#include <QList>

class QAction;
class QLineEdit;
class QListWidget;

namespace tessera::app {

/// All actions of the program in one searchable list (Ctrl+K): type, Enter.
class CommandPalette : public QDialog {
  Q_OBJECT
 public:
  CommandPalette(const QList<QAction*>& actions, QWidget* parent);
  /// Triggered after the dialog has closed; null: none was chosen.
  QAction* chosen() const { return chosen_; }

 protected:
  bool eventFilter(QObject* object, QEvent* event) override;

 private:
  void filter(const QString& text);
  void choose();
  QList<QAction*> actions_;
  QLineEdit* field_;
  QListWidget* list_;
  QAction* chosen_ = nullptr;
};

}  // namespace tessera::app
