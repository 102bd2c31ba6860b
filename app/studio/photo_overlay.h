#pragma once

#include <QImage>
#include <QObject>
#include <QRectF>
#include <QThreadPool>
#include <QTimer>
#include <memory>

#include "scene/dataset.h"

class QPainter;

namespace tessera::app {

/// Where the picture of a photo's camera lies in a view that stands where it was taken, by the focal length.
QRectF place_of_photo(const scene::Pinhole& photo, const scene::Camera& shown);

/// The photo that was taken from where the viewport's camera stands, over the picture of the scene: on one side of a
/// line that can be dragged, or in turns with it. Photos are decoded (and undistorted) on a thread.
class PhotoOverlay : public QObject {
  Q_OBJECT
 public:
  enum class Mode { off, split, flicker, error };  // error: others draw where the two differ, and no photo is shown
  explicit PhotoOverlay(QObject* parent = nullptr);
  ~PhotoOverlay() override;

  void set_mode(Mode mode);
  Mode mode() const { return mode_; }
  void set_opacity(double opacity);
  double opacity() const { return opacity_; }
  /// The photo of that view; -1: none.
  void set_photo(std::shared_ptr<const scene::Dataset> dataset, int view);
  bool is_loaded() const { return !image_.isNull(); }
  /// Paints over a widget that shows `shown`.
  void paint(QPainter& painter, const scene::Camera& shown) const;
  /// Whether the line is there, and where to put it (a share of the width).
  bool is_at_line(double x, int width) const;
  void move_line(double share);

 Q_SIGNALS:
  void changed();
  void mode_changed(PhotoOverlay::Mode mode);

 private:
  bool shows_photo() const { return mode_ == Mode::split || mode_ == Mode::flicker; }

  Mode mode_ = Mode::off;
  double opacity_ = 1;
  std::shared_ptr<const scene::Dataset> dataset_;
  int view_ = -1;
  QImage image_;
  scene::Pinhole pinhole_;
  double line_ = 0.5;
  bool photo_turn_ = true;
  QTimer timer_;
  QThreadPool pool_;
};

}  // namespace tessera::app
