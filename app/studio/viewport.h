#pragma once

#include <QElapsedTimer>
#include <QImage>
#include <QPointer>
#include <QTimer>
#include <QWidget>
#include <memory>
#include <set>
#include <vector>

#include "app/studio/photo_overlay.h"
#include "app/studio/render_thread.h"
#include "app/studio/view_camera.h"
#include "app/studio/view_layer.h"
#include "app/studio/view_presenter.h"
#include "scene/dataset.h"

class QTouchEvent;

namespace tessera::app {

/// The view of the scene: pictures of the render thread, and over them the photos' frusta, a gizmo of the axes and a
/// scale bar. Left drag orbits, right drag or shift pans, middle drag looks around, the wheel zooms to the cursor, W A
/// S D Q E fly, a double click turns to what is under the cursor. On a touchpad two fingers orbit (with Shift they pan,
/// with Ctrl they zoom) and a pinch zooms; on a touch screen one finger is the left button, and two pan and zoom. While
/// nobody can see it, it asks for no pictures.
///
/// Pictures are painted with what lies over them, or, where Vulkan draws on a graphics card, shown by the render thread
/// in a window inside (ViewPresenter), for which what lies over them is painted into an image. Both look the same.
class Viewport : public QWidget {
  Q_OBJECT
 public:
  explicit Viewport(const RendererOptions& renderer = {}, QWidget* parent = nullptr);

  /// `lod`: drawn in place of the model, by levels of detail.
  void set_model(std::shared_ptr<const scene::GaussianModel> model, std::shared_ptr<const scene::LodFile> lod = {});
  /// Photos whose frusta are drawn; null: none.
  void set_dataset(std::shared_ptr<const scene::Dataset> dataset);
  void set_settings(const render::ViewSettings& settings);
  const render::ViewSettings& settings() const { return settings_; }
  void set_frusta_shown(bool shown);
  /// Other parts of what is drawn. The model's opacity mixes its picture with the view's background.
  struct Parts {
    double model_opacity = 1;
    bool train_cameras = true, test_cameras = true;  // where frusta are shown
    bool axes = true, scale_bar = true;
  };
  void set_parts(const Parts& parts);
  void set_share(double share) { renderer_.set_share(share); }
  ViewCamera& view() { return view_; }
  /// To be called after view() was told to move.
  void move();
  /// Stands at that pose with that field of view at once; the pivot stays as far ahead as it is.
  void show_camera(const scene::Camera& camera);
  /// Distances in the scene frame; 0: near by the size of the scene, nothing is too far.
  void set_clip(double near_plane, double far_plane);
  /// settings() with the clip planes that pictures are drawn with.
  render::ViewSettings shown_settings() const;
  /// All that lies over the picture, for a view that shows `shown`.
  void paint_over(QPainter& painter, const scene::Camera& shown) const;
  void stand_at(int photo);  // index into the dataset's views
  int standing_at() const { return photo_; }
  /// What the picture is made of: model, camera in the picture's own pixels, settings.
  RenderThread::Request shown() const { return request_of(pixels()); }
  /// The photo beside the scene, while the camera stands where one was taken.
  PhotoOverlay& overlay() { return overlay_; }
  /// Over what is there already; must be taken off before it is destroyed.
  void add_layer(ViewLayer* layer);
  void remove_layer(ViewLayer* layer);
  /// The last picture with what is drawn over it, a pixel for each of the screen's.
  QImage picture();
  bool is_still() const { return !timer_.isActive(); }  // the camera has arrived
  bool is_current() const { return drawn_ && !waiting_ && !again_; }

 Q_SIGNALS:
  void renderer_started(QString name);
  void frame_drawn(double milliseconds);
  void photo_picked(int photo);
  void photo_left();    // the camera no longer stands where it was taken
  void camera_moved();  // or is on its way
  void failed(QString message);
  void noted(QString line);  // for the log

 protected:
  bool event(QEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;
  void paintEvent(QPaintEvent*) override;
  void showEvent(QShowEvent*) override;
  void resizeEvent(QResizeEvent*) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void keyReleaseEvent(QKeyEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;

 private:
  void tick();     // a frame of the movement under way
  void request();  // asks for a picture of what is to be shown now
  void arrived(double ms);
  QImage overlay_image();
  bool is_seen() const;  // shown, and its window not minimised
  void zoom_at(double factor, const QPointF& place);
  bool scroll_by_fingers(const QWheelEvent& event);
  void touch(const QTouchEvent& event);
  QSize pixels() const;
  RenderThread::Request request_of(const QSize& size) const;
  void draw_frusta(QPainter& painter, const scene::Camera& camera) const;
  void draw_gizmo(QPainter& painter, const scene::Camera& camera) const;
  void draw_scale_bar(QPainter& painter, const scene::Camera& camera) const;
  void draw_note(QPainter& painter) const;
  void say_what_is_left_out(qulonglong drawn, qulonglong splats);
  void leave_photo();
  bool is_shown(const scene::View& view) const { return view.test ? parts_.test_cameras : parts_.train_cameras; }
  int photo_at(const QPointF& place) const;  // -1: none

  ViewCamera view_;
  render::ViewSettings settings_;
  std::shared_ptr<const scene::GaussianModel> model_;
  std::shared_ptr<const scene::LodFile> lod_;
  std::shared_ptr<const scene::Dataset> dataset_;
  Parts parts_;
  bool frusta_shown_ = true, metric_ = false;
  double near_ = 0, far_ = 0;  // as set_clip says
  int photo_ = -1;
  QString note_;  // what the picture lacks
  QImage picture_;
  QImage overlay_image_;                                  // last given to the render thread
  bool drawn_ = false, waiting_ = false, again_ = false;  // a picture was drawn, is asked for, is to be asked for next
  bool missed_ = false;                                   // one, while nobody could see it
  QPointer<QWidget> watched_;                             // the window, for being minimised
  QTimer timer_;
  QElapsedTimer clock_;
  std::set<int> keys_;
  double speed_ = 1;  // of flying, by the wheel while a key is down
  QPointF last_;
  std::vector<ViewLayer*> layers_;
  ViewLayer* holder_ = nullptr;  // of the mouse, until the button is let go
  bool dragged_ = false, dragging_line_ = false;
  int fingers_ = 0;  // on a touch screen
  QPointF finger_;   // where the one is, or the middle of the first two
  double spread_ = 1;
  QElapsedTimer tapped_;
  PhotoOverlay overlay_;
  RenderThread renderer_;
  ViewPresenter presenter_;  // after the thread that it uses
};

}  // namespace tessera::app
