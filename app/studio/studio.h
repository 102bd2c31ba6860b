#pragma once

#include <QMainWindow>
#include <QString>
#include <functional>

#include <nlohmann/json_fwd.hpp>

#include "app/studio/actions.h"

namespace tessera::app {

class Viewport;
class Workspace;

/// What a part of the window (a dock, a tool, a dialog) is given to work with. Parts know this and not each other.
struct Studio {
  QMainWindow& window;
  Workspace& workspace;
  Viewport& viewport;
  Actions& actions;
  std::function<void(const QString& message)> fail;  // tells the user, in a box that does not stop the program
  std::function<void(const QString& line)> say;      // in the status bar
  std::function<void(const QString& line)> log;
  std::function<void(const QString& title, const char* name, QWidget* widget, Qt::DockWidgetArea area)> add_dock;
  /// What a project remembers of a part, under a name: `save` is asked about once a second, `restore` is given that
  /// when the project is opened again; it may have been edited by hand.
  std::function<void(const char* name, std::function<nlohmann::json()> save,
                     std::function<void(const nlohmann::json&)> restore)>
      keep;
};

}  // namespace tessera::app
