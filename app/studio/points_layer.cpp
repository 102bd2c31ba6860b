#include "app/studio/points_layer.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include <glm/mat3x3.hpp>

namespace tessera::app {

void PointsLayer::paint(QPainter& painter, const scene::Camera& shown) {
  if (!shown_ || !dataset_ || dataset_->points.size() == 0) return;
  const double ratio = painter.device()->devicePixelRatioF();
  const int width = static_cast<int>(std::ceil(shown.intrinsics.width * ratio));
  const int height = static_cast<int>(std::ceil(shown.intrinsics.height * ratio));
  if (dots_.width() != width || dots_.height() != height)
    dots_ = QImage(width, height, QImage::Format_ARGB32_Premultiplied);
  dots_.fill(Qt::transparent);
  const scene::SparsePoints& points = dataset_->points;
  const glm::mat3 rotation(glm::mat3_cast(shown.cam_from_world.rotation));
  const glm::vec3 translation(shown.cam_from_world.translation);
  const auto fx = static_cast<float>(shown.intrinsics.fx * ratio), fy = static_cast<float>(shown.intrinsics.fy * ratio);
  const auto cx = static_cast<float>(shown.intrinsics.cx * ratio), cy = static_cast<float>(shown.intrinsics.cy * ratio);
  const std::size_t step = (points.size() + kMostDots - 1) / kMostDots;
  auto* pixels = reinterpret_cast<QRgb*>(dots_.bits());
  const auto stride = static_cast<std::ptrdiff_t>(dots_.bytesPerLine() / 4);
  const int size = std::max(2, static_cast<int>(std::lround(2 * ratio)));  // of a dot
  for (std::size_t i = 0; i < points.size(); i += step) {
    const auto& at = points.position[i];
    const glm::vec3 p = rotation * glm::vec3(at[0], at[1], at[2]) + translation;
    if (!(p.z > 0)) continue;
    const float u = fx * p.x / p.z + cx, v = fy * p.y / p.z + cy;
    if (!(u >= 0 && v >= 0 && u < static_cast<float>(width - size) && v < static_cast<float>(height - size))) continue;
    const QRgb color = qRgb(points.color[i][0], points.color[i][1], points.color[i][2]);
    QRgb* dot = pixels + static_cast<std::ptrdiff_t>(v) * stride + static_cast<std::ptrdiff_t>(u);
    for (int y = 0; y < size; ++y) std::fill_n(dot + y * stride, size, color);
  }
  painter.save();
  painter.setOpacity(opacity_);
  painter.drawImage(QRectF(0, 0, width / ratio, height / ratio), dots_);
  painter.restore();
}

}  // namespace tessera::app
