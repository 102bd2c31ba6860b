#include "app/studio/viewport.h"

#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>
#include <filesystem>

#include "app/studio/theme.h"

namespace tessera::app {
namespace {

constexpr double kOrbitSpeed = 0.006;   // radians a pixel
constexpr double kNearPlane = 1e-3;     // of the home radius
constexpr double kFlySpeed = 0.7;       // home radii a second
constexpr double kFrustumDepth = 0.06;  // of the home radius: small enough not to hide the scene
constexpr int kFrameMs = 16;

QPointF to_point(const scene::Camera& camera, const glm::dvec3& p) {
  return {camera.intrinsics.fx * p.x / p.z + camera.intrinsics.cx,
          camera.intrinsics.fy * p.y / p.z + camera.intrinsics.cy};
}

}  // namespace

Viewport::Viewport(const RendererOptions& renderer, QWidget* parent)
    : QWidget(parent), renderer_([renderer] { return make_renderer(renderer); }), presenter_(renderer_, *this) {
  setFocusPolicy(Qt::StrongFocus);
  setMinimumSize(200, 150);
  setAccessibleName(tr("3D view"));
  setObjectName("viewport");
  setAttribute(Qt::WA_OpaquePaintEvent);
  setAttribute(Qt::WA_AcceptTouchEvents);
  connect(&renderer_, &RenderThread::started, this, &Viewport::renderer_started);
  connect(&renderer_, &RenderThread::failed, this, [this](const QString& message) {
    waiting_ = false;  // nothing may come
    Q_EMIT failed(message);
  });
  connect(&renderer_, &RenderThread::drawn, this, [this](const QImage& picture, double ms) {
    picture_ = picture;
    update();
    arrived(ms);
  });
  connect(&renderer_, &RenderThread::presented, this, [this](double ms, bool) { arrived(ms); });
  connect(&renderer_, &RenderThread::model_taken, this, &Viewport::say_what_is_left_out);
  connect(&presenter_, &ViewPresenter::needed, this, &Viewport::request);
  connect(&presenter_, &ViewPresenter::ended, this, [this] {
    overlay_image_ = {};
    request();
  });
  connect(&presenter_, &ViewPresenter::failed, this, &Viewport::failed);
  connect(&renderer_, &RenderThread::found, this, [this](double x, double y, double z) {
    view_.focus({x, y, z});
    move();
  });
  connect(&overlay_, &PhotoOverlay::changed, this, [this] { update(); });
  timer_.setInterval(kFrameMs);
  connect(&timer_, &QTimer::timeout, this, &Viewport::tick);
}

QSize Viewport::pixels() const { return (QSizeF(size()) * devicePixelRatioF()).toSize().expandedTo({1, 1}); }

render::ViewSettings Viewport::shown_settings() const {
  render::ViewSettings settings = settings_;
  settings.near_plane = static_cast<float>(near_ > 0 ? near_ : kNearPlane * view_.home_radius());
  if (far_ > 0) settings.far_plane = static_cast<float>(far_);
  return settings;
}

void Viewport::set_clip(double near_plane, double far_plane) {
  near_ = near_plane, far_ = far_plane;
  request();
}

RenderThread::Request Viewport::request_of(const QSize& size) const {
  return {model_, view_.camera(size.width(), size.height()), shown_settings(), lod_, {}};
}

void Viewport::request() {
  if (presenter_.is_hidden()) return;  // it asks when it is seen
  missed_ = !is_seen();
  if (missed_) return;
  if (waiting_) {
    again_ = true;
    return;
  }
  waiting_ = true;
  RenderThread::Request request = request_of(pixels());
  if (presenter_.is_attached()) request.overlay = overlay_image();
  renderer_.request(std::move(request));
}

void Viewport::arrived(double ms) {
  drawn_ = true, waiting_ = false;
  Q_EMIT frame_drawn(ms);
  if (std::exchange(again_, false)) request();
}

QImage Viewport::overlay_image() {
  QImage image = std::exchange(overlay_image_, {});  // painted into again where the thread has let go of it
  if (image.size() != pixels() || !image.isDetached()) image = QImage(pixels(), QImage::Format_ARGB32_Premultiplied);
  image.setDevicePixelRatio(devicePixelRatioF());
  image.fill(model_ ? QColor(Qt::transparent) : theme().viewport);
  if (model_) {
    QPainter painter(&image);
    paint_over(painter, view_.camera(width(), height()));
  }
  overlay_image_ = image;
  return image;
}

void Viewport::set_model(std::shared_ptr<const scene::GaussianModel> model, std::shared_ptr<const scene::LodFile> lod) {
  model_ = std::move(model), lod_ = std::move(lod);
  request();
}

void Viewport::set_dataset(std::shared_ptr<const scene::Dataset> dataset) {
  dataset_ = std::move(dataset);
  std::error_code error;
  metric_ = dataset_ && std::filesystem::exists(dataset_->root / "geo.json", error);
  leave_photo();
  update();
}

void Viewport::leave_photo() {
  overlay_.set_photo(dataset_, -1);
  if (std::exchange(photo_, -1) >= 0) Q_EMIT photo_left();
}

void Viewport::set_settings(const render::ViewSettings& settings) {
  settings_ = settings;
  request();
}

void Viewport::set_frusta_shown(bool shown) {
  frusta_shown_ = shown;
  update();
}

void Viewport::set_parts(const Parts& parts) {
  parts_ = parts;
  update();
}

void Viewport::move() {
  if (timer_.isActive()) return;
  clock_.start();
  timer_.start();
}

void Viewport::show_camera(const scene::Camera& camera) {
  leave_photo();
  view_.look_from(camera, view_.distance());
  view_.jump();
  request();
  update();
  Q_EMIT camera_moved();
}

void Viewport::tick() {
  const double seconds = std::min(0.1, 1e-3 * static_cast<double>(clock_.restart()));
  glm::dvec3 direction(0);
  const auto down = [this](int key) { return keys_.contains(key) ? 1.0 : 0.0; };
  direction.x = down(Qt::Key_D) - down(Qt::Key_A);
  direction.y = down(Qt::Key_Q) - down(Qt::Key_E);
  direction.z = down(Qt::Key_W) - down(Qt::Key_S);
  const bool flying = direction != glm::dvec3(0);
  if (flying) view_.fly(direction * (kFlySpeed * speed_ * seconds)), leave_photo();
  if (!view_.advance(seconds) && !flying) timer_.stop();
  request();
  if (!presenter_.is_attached()) update();  // else what lies over the picture comes with the request
  Q_EMIT camera_moved();
}

void Viewport::stand_at(int photo) {
  if (!dataset_ || photo < 0 || photo >= static_cast<int>(dataset_->views.size())) return;
  photo_ = photo;
  overlay_.set_photo(dataset_, photo);
  view_.look_from(dataset_->views[static_cast<std::size_t>(photo)].camera, 1);  // the scene frame's median view depth
  move();
  Q_EMIT photo_picked(photo);
}

void Viewport::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), theme().viewport);
  if (presenter_.is_attached()) return request();  // what lies over the picture may have changed
  if (!picture_.isNull() && model_) painter.drawImage(rect(), picture_);
  if (model_) paint_over(painter, view_.camera(width(), height()));
}

void Viewport::paint_over(QPainter& painter, const scene::Camera& camera) const {
  if (parts_.model_opacity < 1) {  // a veil of the background: the same as mixing the two
    QColor veil = theme().viewport;
    veil.setAlphaF(static_cast<float>(1 - parts_.model_opacity));
    painter.fillRect(rect(), veil);
  }
  painter.setRenderHint(QPainter::Antialiasing);
  if (photo_ >= 0 && !timer_.isActive()) overlay_.paint(painter, camera);
  if (frusta_shown_) draw_frusta(painter, camera);
  for (ViewLayer* layer : layers_) layer->paint(painter, camera);
  if (parts_.axes) draw_gizmo(painter, camera);
  if (parts_.scale_bar) draw_scale_bar(painter, camera);
  draw_note(painter);
}

void Viewport::draw_frusta(QPainter& painter, const scene::Camera& camera) const {
  if (!dataset_) return;
  const double depth = kFrustumDepth * view_.home_radius();
  for (std::size_t i = 0; i < dataset_->views.size(); ++i) {
    if (static_cast<int>(i) == photo_) continue;  // we stand in it
    const scene::View& view = dataset_->views[i];
    if (!is_shown(view)) continue;
    const scene::Pinhole& p = view.camera.intrinsics;
    const scene::Rigid scene_from_photo = view.camera.cam_from_world.inverse();
    glm::dvec3 corners[5];
    const double x = depth * 0.5 * p.width / p.fx, y = depth * 0.5 * p.height / p.fy;
    const glm::dvec3 local[5] = {{0, 0, 0}, {-x, -y, depth}, {x, -y, depth}, {x, y, depth}, {-x, y, depth}};
    bool visible = true;
    for (int k = 0; k < 5; ++k) {
      corners[k] = camera.cam_from_world(scene_from_photo(local[k]));
      visible = visible && corners[k].z > 0.2 * depth;
    }
    if (!visible) continue;
    QPainterPath path;
    for (int k = 1; k < 5; ++k) {
      path.moveTo(to_point(camera, corners[0]));
      path.lineTo(to_point(camera, corners[k]));
      path.lineTo(to_point(camera, corners[k % 4 + 1]));
    }
    painter.setPen(QPen(view.test ? theme().test : theme().train, 1.2));
    painter.drawPath(path);
  }
}

int Viewport::photo_at(const QPointF& place) const {
  if (!dataset_ || !frusta_shown_) return -1;
  const scene::Camera camera = view_.camera(width(), height());
  int best = -1;
  double nearest = 12;  // pixels
  for (std::size_t i = 0; i < dataset_->views.size(); ++i) {
    if (!is_shown(dataset_->views[i])) continue;
    const glm::dvec3 p = camera.cam_from_world(dataset_->views[i].camera.center());
    if (p.z <= 0) continue;
    const QPointF d = to_point(camera, p) - place;
    const double distance = std::hypot(d.x(), d.y());
    if (distance < nearest) nearest = distance, best = static_cast<int>(i);
  }
  return best;
}

void Viewport::draw_gizmo(QPainter& painter, const scene::Camera& camera) const {
  constexpr double kLength = 26, kMargin = 44;
  const QPointF origin(camera.intrinsics.width - kMargin, kMargin);
  struct Axis {
    glm::dvec3 direction;
    QColor color;
    const char* name;
  } axes[] = {{{1, 0, 0}, theme().axis_x, "x"}, {{0, 1, 0}, theme().axis_y, "y"}, {{0, 0, 1}, theme().axis_z, "z"}};
  for (Axis& axis : axes) axis.direction = camera.cam_from_world.rotation * axis.direction;
  std::sort(std::begin(axes), std::end(axes),
            [](const Axis& a, const Axis& b) { return a.direction.z > b.direction.z; });
  painter.setFont(theme().small);
  for (const Axis& axis : axes) {  // far ones first
    const QPointF tip = origin + kLength * QPointF(axis.direction.x, axis.direction.y);
    painter.setPen(QPen(axis.color, 2, Qt::SolidLine, Qt::RoundCap));
    painter.drawLine(origin, tip);
    painter.drawText(QRectF(origin + 1.35 * (tip - origin) - QPointF(8, 8), QSizeF(16, 16)), Qt::AlignCenter,
                     axis.name);
  }
}

void Viewport::draw_scale_bar(QPainter& painter, const scene::Camera& camera) const {
  // A round length (1, 2 or 5 times a power of ten) of about a sixth of the width at the pivot's depth.
  const double world_of_scene = dataset_ ? 1 / dataset_->scene_from_world.scale : 1;
  const double unit = view_.distance() / camera.intrinsics.fx * world_of_scene;
  const double wanted = unit * camera.intrinsics.width / 6;
  const double decade = std::pow(10, std::floor(std::log10(wanted)));
  const double length = decade * (wanted / decade >= 5 ? 5 : wanted / decade >= 2 ? 2 : 1);
  const double pixels = length / unit;
  const QPointF left(20, camera.intrinsics.height - 20.5), right = left + QPointF(pixels, 0);
  QPainterPath bar;
  bar.moveTo(left - QPointF(0, 5));
  bar.lineTo(left);
  bar.lineTo(right);
  bar.lineTo(right - QPointF(0, 5));
  painter.setPen(QPen(QColor(0, 0, 0, 160), 3.5));
  painter.drawPath(bar);
  painter.setPen(QPen(Qt::white, 1.5));
  painter.drawPath(bar);
  painter.setFont(theme().small);
  const QString text = metric_ ? tr("%1 m").arg(length, 0, 'g', 6) : tr("%1 units").arg(length, 0, 'g', 6);
  const QRectF place(left.x() - 40, left.y() - 24, pixels + 80, 18);
  painter.setPen(QColor(0, 0, 0, 200));
  painter.drawText(place.translated(1, 1), Qt::AlignCenter, text);
  painter.setPen(Qt::white);
  painter.drawText(place, Qt::AlignCenter, text);
}

void Viewport::draw_note(QPainter& painter) const {
  if (note_.isEmpty()) return;
  painter.setFont(theme().small);
  const QRectF text = painter.boundingRect(QRectF(22, 17, width() - 120, 40), Qt::TextWordWrap, note_);
  painter.setPen(Qt::NoPen);
  painter.setBrush(QColor(0, 0, 0, 170));
  painter.drawRoundedRect(text.adjusted(-10, -6, 10, 6), 6, 6);
  painter.setBrush(Qt::NoBrush);
  painter.setPen(Qt::white);
  painter.drawText(text, Qt::TextWordWrap, note_);
}

void Viewport::say_what_is_left_out(qulonglong drawn, qulonglong splats) {
  const auto millions = [](qulonglong n) { return QLocale().toString(1e-6 * static_cast<double>(n), 'f', 1); };
  const auto plain = [](qulonglong n) { return QLocale().toString(n); };
  QString note;
  if (drawn < splats)
    note = splats >= 1'000'000
               ? tr("Drawing %1 of %2 M splats: the device holds no more").arg(millions(drawn), millions(splats))
               : tr("Drawing %1 of %2 splats: the device holds no more").arg(plain(drawn), plain(splats));
  if (note == note_) return;
  note_ = note;
  if (!note_.isEmpty()) Q_EMIT noted(note_);
  update();
}

void Viewport::add_layer(ViewLayer* layer) {
  layers_.push_back(layer);
  update();
}

void Viewport::remove_layer(ViewLayer* layer) {
  std::erase(layers_, layer);
  if (holder_ == layer) holder_ = nullptr;
  update();
}

QImage Viewport::picture() {
  QImage image(pixels(), QImage::Format_RGB32);
  image.setDevicePixelRatio(devicePixelRatioF());
  image.fill(theme().viewport);
  if (!model_) return image;
  if (presenter_.is_attached()) picture_ = renderer_.grab(request_of(pixels()));
  QPainter painter(&image);
  if (!picture_.isNull()) painter.drawImage(rect(), picture_);
  paint_over(painter, view_.camera(width(), height()));
  return image;
}

void Viewport::resizeEvent(QResizeEvent*) { request(); }

void Viewport::mousePressEvent(QMouseEvent* event) {
  last_ = event->position();
  dragged_ = false;
  const scene::Camera camera = view_.camera(width(), height());
  for (auto layer = layers_.rbegin(); layer != layers_.rend(); ++layer)
    if ((*layer)->mouse_press(*event, camera)) {
      holder_ = *layer;
      return;
    }
  dragging_line_ = photo_ >= 0 && event->button() == Qt::LeftButton && overlay_.is_at_line(last_.x(), width());
}

void Viewport::mouseMoveEvent(QMouseEvent* event) {
  if (holder_) return holder_->mouse_move(*event, view_.camera(width(), height()));
  if (event->buttons() == Qt::NoButton) return;
  if (dragging_line_) return overlay_.move_line(event->position().x() / width());
  const QPointF d = event->position() - last_;
  if (!dragged_ && d.manhattanLength() < 3) return;  // a click with an unsteady hand
  dragged_ = true;
  last_ = event->position();
  const bool pan = event->buttons() & Qt::RightButton || event->modifiers() & Qt::ShiftModifier;
  if (pan)
    view_.pan({d.x(), d.y()}, height());
  else if (event->buttons() & Qt::MiddleButton)
    view_.turn(kOrbitSpeed * d.x(), kOrbitSpeed * d.y());
  else
    view_.orbit(kOrbitSpeed * d.x(), kOrbitSpeed * d.y());
  leave_photo();
  move();
}

void Viewport::mouseReleaseEvent(QMouseEvent* event) {
  if (ViewLayer* holder = std::exchange(holder_, nullptr))
    return holder->mouse_release(*event, view_.camera(width(), height()));
  if (std::exchange(dragging_line_, false) || dragged_ || event->button() != Qt::LeftButton) return;
  if (const int photo = photo_at(event->position()); photo >= 0) stand_at(photo);
}

void Viewport::mouseDoubleClickEvent(QMouseEvent* event) {
  const QSize size = pixels();
  const QPointF place = event->position() * devicePixelRatioF();
  renderer_.find(request_of(size), static_cast<int>(place.x()), static_cast<int>(place.y()));
  dragged_ = true;  // its release is no click on a photo
}

void Viewport::keyPressEvent(QKeyEvent* event) {
  static const std::set<int> kFlyKeys{Qt::Key_W, Qt::Key_A, Qt::Key_S, Qt::Key_D, Qt::Key_Q, Qt::Key_E};
  if (event->modifiers() & ~Qt::ShiftModifier || !kFlyKeys.contains(event->key())) return QWidget::keyPressEvent(event);
  keys_.insert(event->key());
  move();
}

void Viewport::keyReleaseEvent(QKeyEvent* event) {
  if (event->isAutoRepeat()) return;
  keys_.erase(event->key());
  QWidget::keyReleaseEvent(event);
}

void Viewport::focusOutEvent(QFocusEvent* event) {
  keys_.clear();  // their releases go elsewhere
  QWidget::focusOutEvent(event);
}

}  // namespace tessera::app
