#pragma once

#include <QKeySequence>
#include <QList>
#include <QObject>
#include <array>
#include <functional>

class QAction;
class QMainWindow;
class QMenu;

namespace tessera::app {

/// The commands of the window: every one stands in a menu, and the command palette finds it by its name.
class Actions : public QObject {
  Q_OBJECT
 public:
  enum class Menu { file, edit, view, train, tools, help };
  /// Makes the menus, in that order; one shows once it has a command.
  explicit Actions(QMainWindow& window);

  QMenu* menu(Menu which) const { return menus_[static_cast<std::size_t>(which)]; }
  QAction* add(Menu where, const QString& text, const QKeySequence& keys, std::function<void()> run);
  /// One that is on or off.
  QAction* add_switch(Menu where, const QString& text, const QKeySequence& keys, bool on,
                      std::function<void(bool)> change);
  /// A command that was made elsewhere, as the switches of docks.
  void adopt(Menu where, QAction* action);
  void add_separator(Menu where);
  QMenu* add_submenu(Menu where, const QString& text);
  const QList<QAction*>& all() const { return all_; }

 private:
  QMainWindow& window_;
  std::array<QMenu*, 6> menus_{};
  QList<QAction*> all_;
};

}  // namespace tessera::app
