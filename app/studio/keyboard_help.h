#pragma once

#include <QDialog>

#include "app/studio/actions.h"

namespace tessera::app {

/// What the mouse does, and the keys of all commands, by menu: read off the commands, so that it is never out of date.
class KeyboardHelp : public QDialog {
  Q_OBJECT
 public:
  KeyboardHelp(const Actions& actions, QWidget* parent);
};

}  // namespace tessera::app
