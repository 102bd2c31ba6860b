#pragma once

#include <functional>

#include "app/studio/path_model.h"
#include "app/studio/view_layer.h"

namespace tessera::app {

/// A camera path in the view: its curve, a small camera at each key, one where the time is. A click on a key's camera
/// picks it.
class PathLayer : public ViewLayer {
 public:
  explicit PathLayer(const PathModel& model) : model_(model) {}
  void paint(QPainter& painter, const scene::Camera& shown) override;
  bool mouse_press(const QMouseEvent& event, const scene::Camera& shown) override;

  void set_shown(bool shown) { shown_ = shown; }
  void set_size(double of_cameras) { size_ = of_cameras; }  // scene frame
  void set_time(double seconds) { time_ = seconds; }
  void set_selected(int row) { selected_ = row; }
  std::function<void(int row)> on_pick;
  /// Where a key's camera is seen; null: behind the viewer, or out of sight.
  QPointF place_of(int row, const scene::Camera& shown) const;

 private:
  const PathModel& model_;
  bool shown_ = true;
  double size_ = 0.05, time_ = 0;
  int selected_ = -1;
};

}  // namespace tessera::app
