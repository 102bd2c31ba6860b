#pragma once

#include <QObject>

#include "app/studio/studio.h"
#include "app/studio/workspace.h"

namespace tessera::app {

/// How much of the time the view may draw while training wants the same cores: a menu, kept in the settings.
class ViewShare : public QObject {
  Q_OBJECT
 public:
  explicit ViewShare(Studio& studio, QObject* parent);

 private:
  void apply(Workspace::State state);

  Studio& studio_;
  int percent_;
};

}  // namespace tessera::app
