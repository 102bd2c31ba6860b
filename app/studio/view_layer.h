#pragma once

#include "scene/camera.h"

class QMouseEvent;
class QPainter;

namespace tessera::app {

/// Something over the picture of the scene: drawn by the viewport after what lies under it, and asked about the mouse
/// before what lies under it and before the camera. `shown` is the viewport's camera in the widget's (logical) pixels;
/// the scene frame is its world. All calls come in the window's thread.
class ViewLayer {
 public:
  virtual ~ViewLayer() = default;
  virtual void paint(QPainter& painter, const scene::Camera& shown) = 0;
  /// True takes the event, and with a press all that follow until the button is let go.
  virtual bool mouse_press(const QMouseEvent&, const scene::Camera& /*shown*/) { return false; }
  virtual void mouse_move(const QMouseEvent&, const scene::Camera& /*shown*/) {}     // after a press that was taken
  virtual void mouse_release(const QMouseEvent&, const scene::Camera& /*shown*/) {}  // the same
};

}  // namespace tessera::app
