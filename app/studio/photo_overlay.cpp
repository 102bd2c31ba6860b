#include "app/studio/photo_overlay.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "scene/image_cache.h"

namespace tessera::app {
namespace {
constexpr int kFlickerMs = 500;
constexpr double kGrabPixels = 8;
}  // namespace

QRectF place_of_photo(const scene::Pinhole& photo, const scene::Camera& shown) {
  const double scale = shown.intrinsics.fy / photo.fy;
  return {shown.intrinsics.cx - scale * photo.cx, shown.intrinsics.cy - scale * photo.cy, scale * photo.width,
          scale * photo.height};
}

PhotoOverlay::PhotoOverlay(QObject* parent) : QObject(parent) {
  pool_.setMaxThreadCount(1);
  timer_.setInterval(kFlickerMs);
  connect(&timer_, &QTimer::timeout, this, [this] {
    photo_turn_ = !photo_turn_;
    Q_EMIT changed();
  });
}

PhotoOverlay::~PhotoOverlay() {
  pool_.clear();
  pool_.waitForDone();
}

void PhotoOverlay::set_mode(Mode mode) {
  mode_ = mode;
  photo_turn_ = true;
  if (mode == Mode::flicker)
    timer_.start();
  else
    timer_.stop();
  const int view = std::exchange(view_, -1);
  set_photo(dataset_, view);
  Q_EMIT changed();
  Q_EMIT mode_changed(mode);
}

void PhotoOverlay::set_opacity(double opacity) {
  opacity_ = opacity;
  Q_EMIT changed();
}

void PhotoOverlay::set_photo(std::shared_ptr<const scene::Dataset> dataset, int view) {
  if (dataset == dataset_ && view == view_) return;
  dataset_ = std::move(dataset);
  view_ = view;
  image_ = {};
  if (!shows_photo() || !dataset_ || view < 0) return;
  pool_.clear();
  pool_.start([this, dataset = dataset_, view] {
    QImage image;
    const scene::View& v = dataset->views[static_cast<std::size_t>(view)];
    try {
      const scene::Picture p = scene::load_picture(v);
      image = QImage(p.rgb.data(), p.width, p.height, 3 * p.width, QImage::Format_RGB888).copy();
    } catch (const std::exception&) {
      return;  // loading the dataset has said what is wrong with it
    }
    QMetaObject::invokeMethod(
        this,
        [this, dataset, view, image] {
          if (dataset != dataset_ || view != view_) return;
          image_ = image;
          pinhole_ = dataset->views[static_cast<std::size_t>(view)].camera.intrinsics;
          Q_EMIT changed();
        },
        Qt::QueuedConnection);
  });
}

void PhotoOverlay::paint(QPainter& painter, const scene::Camera& shown) const {
  if (!shows_photo() || image_.isNull() || (mode_ == Mode::flicker && !photo_turn_)) return;
  painter.save();
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  const double x = std::round(line_ * shown.intrinsics.width) + 0.5;
  if (mode_ == Mode::split) painter.setClipRect(QRectF(0, 0, x, shown.intrinsics.height));
  painter.setOpacity(opacity_);
  painter.drawImage(place_of_photo(pinhole_, shown), image_);
  painter.restore();
  if (mode_ != Mode::split) return;
  painter.setPen(QPen(QColor(0, 0, 0, 140), 4));
  painter.drawLine(QLineF(x, 0, x, shown.intrinsics.height));
  painter.setPen(QPen(Qt::white, 2));
  painter.drawLine(QLineF(x, 0, x, shown.intrinsics.height));
  painter.setBrush(Qt::white);
  painter.drawEllipse(QPointF(x, 0.5 * shown.intrinsics.height), 5, 5);
  painter.setBrush(Qt::NoBrush);
}

bool PhotoOverlay::is_at_line(double x, int width) const {
  return mode_ == Mode::split && !image_.isNull() && std::abs(x - line_ * width) <= kGrabPixels;
}

void PhotoOverlay::move_line(double share) {
  line_ = std::clamp(share, 0.0, 1.0);
  Q_EMIT changed();
}

}  // namespace tessera::app
