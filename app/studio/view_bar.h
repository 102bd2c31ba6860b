#pragma once

#include <QToolBar>

namespace tessera::app {

class Viewport;

/// How the scene is drawn: what of a splat, how bright, how large.
class ViewBar : public QToolBar {
  Q_OBJECT
 public:
  explicit ViewBar(Viewport& viewport, QWidget* parent = nullptr);
};

}  // namespace tessera::app
