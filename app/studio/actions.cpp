#include "app/studio/actions.h"

#include <QAction>
#include <QMainWindow>
#include <QMenuBar>

namespace tessera::app {
namespace {

/// "Open &Model..." -> "action_open_model": for tests and for tools that read the screen.
QString name_of(const QString& text) {
  QString name = "action_";
  for (const QChar c : text.toLower())
    if (c.isLetterOrNumber())
      name += c;
    else if (c == ' ')
      name += '_';
  return name;
}

}  // namespace

Actions::Actions(QMainWindow& window) : QObject(&window), window_(window) {
  const QString titles[] = {tr("&File"), tr("&Edit"), tr("&View"), tr("&Train"), tr("T&ools"), tr("&Help")};
  for (std::size_t i = 0; i < menus_.size(); ++i) {
    menus_[i] = window.menuBar()->addMenu(titles[i]);
    menus_[i]->menuAction()->setVisible(false);
  }
}

void Actions::adopt(Menu where, QAction* action) {
  if (action->objectName().isEmpty()) action->setObjectName(name_of(action->text()));
  menu(where)->addAction(action);
  menu(where)->menuAction()->setVisible(true);
  all_.push_back(action);
}

QAction* Actions::add(Menu where, const QString& text, const QKeySequence& keys, std::function<void()> run) {
  auto* action = new QAction(text, &window_);
  action->setShortcut(keys);
  connect(action, &QAction::triggered, this, [run = std::move(run)] { run(); });
  adopt(where, action);
  return action;
}

QAction* Actions::add_switch(Menu where, const QString& text, const QKeySequence& keys, bool on,
                             std::function<void(bool)> change) {
  auto* action = new QAction(text, &window_);
  action->setShortcut(keys);
  action->setCheckable(true);
  action->setChecked(on);
  connect(action, &QAction::toggled, this, [change = std::move(change)](bool now) { change(now); });
  adopt(where, action);
  return action;
}

void Actions::add_separator(Menu where) { menu(where)->addSeparator(); }

QMenu* Actions::add_submenu(Menu where, const QString& text) {
  menu(where)->menuAction()->setVisible(true);
  return menu(where)->addMenu(text);
}

}  // namespace tessera::app
