#pragma once

#include <QObject>
#include <QPointF>
#include <QPointer>
#include <vector>

#include "app/studio/view_layer.h"
#include "app/studio/viewport.h"
#include "scene/edit/selection.h"

namespace tessera::app {

/// The tools over the view: a box whose faces and middle can be dragged, and a brush. Everything else the mouse does is
/// left to the camera.
class CleanLayer : public QObject, public ViewLayer {
  Q_OBJECT
 public:
  enum class Tool { none, box, brush };
  explicit CleanLayer(Viewport& viewport, QObject* parent = nullptr);
  ~CleanLayer() override;

  void set_tool(Tool tool);
  Tool tool() const { return tool_; }
  void set_box(const scene::OrientedBox& box);  // scene frame; emits nothing
  const scene::OrientedBox& box() const { return box_; }
  void set_radius(double pixels);
  double radius() const { return radius_; }
  /// Handles in the widget's pixels, as they stand now: -x, +x, -y, +y, -z, +z, middle. NaN: behind the camera.
  std::vector<QPointF> handles() const;

  void paint(QPainter& painter, const scene::Camera& shown) override;
  bool mouse_press(const QMouseEvent& event, const scene::Camera& shown) override;
  void mouse_move(const QMouseEvent& event, const scene::Camera& shown) override;
  void mouse_release(const QMouseEvent& event, const scene::Camera& shown) override;

 Q_SIGNALS:
  void box_dragged();
  /// The stroke so far, and when it is done. `takes_away`: Ctrl was held when it began.
  void painted(const scene::Stroke& stroke, bool takes_away, bool done);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  static constexpr int kMiddle = 6;
  glm::dvec3 handle(int which) const;                                     // scene frame
  int handle_at(const QPointF& place, const scene::Camera& shown) const;  // -1: none
  void paint_box(QPainter& painter, const scene::Camera& shown) const;
  void paint_brush(QPainter& painter) const;
  void drag(const QPointF& place, const scene::Camera& shown);

  QPointer<Viewport> viewport_;  // may go first, as the window does
  Tool tool_ = Tool::none;
  scene::OrientedBox box_, held_box_;  // held: when the drag began
  int held_ = -1;                      // handle that is dragged
  glm::dvec3 held_at_{0};              // where it was then
  double held_along_ = 0;              // how far along its face's line the mouse took it
  QPointF held_off_;                   // how far from its middle, in pixels
  double radius_ = 40;
  scene::Stroke stroke_;
  bool painting_ = false, takes_away_ = false, hovering_ = false;
  QPointF hover_;
};

}  // namespace tessera::app
