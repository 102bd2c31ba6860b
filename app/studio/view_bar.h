#pragma once

#include <QToolBar>

#include "app/studio/studio.h"

namespace tessera::app {

/// How the scene is drawn: what of a splat, how bright, how large.
class ViewBar : public QToolBar {
  Q_OBJECT
 public:
  explicit ViewBar(Studio& studio);
};

}  // namespace tessera::app
