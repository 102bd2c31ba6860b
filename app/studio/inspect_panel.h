#pragma once

#include <QPointer>
#include <QThreadPool>
#include <QWidget>
#include <memory>
#include <optional>

#include "app/studio/studio.h"
#include "app/studio/view_layer.h"
#include "reconstruct/evaluate/pixel_probe.h"
#include "render/rasterizer.h"
#include "scene/dataset.h"
#include "scene/progress.h"

class QLabel;
class QSortFilterProxyModel;
class QTableView;

namespace tessera::app {

class ProbeTable;

/// The dock of what made a pixel: the splats under a click, front to back, with how many photos see each. The click is
/// one with the tool switched on, or with Ctrl where the view is compared with a photo. Over the view: the pixel, and
/// the splats of the chosen rows.
class InspectPanel : public QWidget, private ViewLayer {
  Q_OBJECT
 public:
  explicit InspectPanel(Studio& studio, QWidget* parent = nullptr);
  ~InspectPanel() override;

 Q_SIGNALS:
  void probed();
  void counted();  // the photos of each splat

 private:
  struct Probe {
    std::shared_ptr<const scene::GaussianModel> model;
    scene::Camera camera;
    render::RenderSettings settings;
    double splat_scale = 1;
    int x = 0, y = 0;  // pixels of the camera
    reconstruct::PixelProbe pixel;
  };
  void paint(QPainter& painter, const scene::Camera& shown) override;
  bool mouse_press(const QMouseEvent& event, const scene::Camera& shown) override;
  void switch_tool(bool on);
  void pick(const QPointF& place, const scene::Camera& shown);
  void show_probe(const std::shared_ptr<const Probe>& probe);
  void count_photos(const std::shared_ptr<const scene::GaussianModel>& model, bool antialiased);
  void show_photos();
  void show_summary();
  void clear();

  Studio& studio_;
  QPointer<Viewport> view_;  // null once it has gone, with the window
  ProbeTable* table_;
  QSortFilterProxyModel* sorted_;
  QTableView* rows_;
  QLabel *summary_, *note_;
  bool tool_ = false;
  int asked_ = 0;  // probes so far: of several only the last is shown
  std::shared_ptr<const Probe> probe_;
  /// How many photos see each splat of a model.
  struct Count {
    std::shared_ptr<const scene::GaussianModel> model;
    std::vector<std::uint32_t> seen;  // empty: under way
    double done = 0, total = 0;
    scene::Cancellation stop;
  };
  std::shared_ptr<Count> count_;
  QThreadPool probes_, counts_;
};

}  // namespace tessera::app
