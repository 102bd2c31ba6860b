#pragma once

#include <QImage>
#include <memory>

#include "app/studio/view_layer.h"
#include "scene/dataset.h"

namespace tessera::app {

/// The sparse points of a dataset over the view, each a dot in its colour, nothing hidden: what the model was started
/// from, for comparison. Of many points an even share is drawn, so that a repaint stays short.
class PointsLayer : public ViewLayer {
 public:
  /// Most dots a repaint draws.
  static constexpr std::size_t kMostDots = 150'000;
  void set_points(std::shared_ptr<const scene::Dataset> dataset) { dataset_ = std::move(dataset); }
  void set_shown(bool shown) { shown_ = shown; }
  void set_opacity(double opacity) { opacity_ = opacity; }
  void paint(QPainter& painter, const scene::Camera& shown) override;

 private:
  std::shared_ptr<const scene::Dataset> dataset_;
  bool shown_ = false;
  double opacity_ = 1;
  QImage dots_;  // kept for its memory
};

}  // namespace tessera::app
