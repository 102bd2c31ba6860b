#pragma once

#include <QColor>
#include <optional>
#include <vector>

#include "app/studio/view_layer.h"
#include "reconstruct/blocks/partition.h"

namespace tessera::app {

/// The cells of a partition over the view: their outlines on the ground, each with its number in the middle.
class BlocksLayer : public ViewLayer {
 public:
  /// `ground`: height of the ground in the scene frame.
  void set_partition(const reconstruct::Partition& partition, double ground);
  void clear() { partition_.reset(); }
  void set_shown(bool shown) { shown_ = shown; }
  void set_opacity(double opacity) { opacity_ = opacity; }
  void paint(QPainter& painter, const scene::Camera& shown) override;

 private:
  std::optional<reconstruct::Partition> partition_;
  std::vector<QColor> colors_;
  double ground_ = 0;
  bool shown_ = false;
  double opacity_ = 1;
};

}  // namespace tessera::app
