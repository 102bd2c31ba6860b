#include "app/studio/blocks_layer.h"

#include <QPainter>
#include <algorithm>

#include "app/studio/block_colors.h"
#include "app/studio/scene_lines.h"
#include "app/studio/theme.h"

namespace tessera::app {
namespace {

constexpr int kEdgeSteps = 16;     // straight pieces of an edge, which is a curve where the frame is contracted
constexpr double kNearest = 0.02;  // scene units (the median view depth is 1) before the viewer where lines are cut
constexpr double kOuter = 0.125;   // cells of a contracted frame are drawn to twice the region's size, not to infinity
constexpr double kInset = 0.015;   // of a cell, so that both colours of a border are seen
constexpr double kChip = 11;       // half the size of a number's ground, pixels

}  // namespace

void BlocksLayer::set_partition(const reconstruct::Partition& partition, double ground) {
  partition_ = partition, ground_ = ground;
  colors_ = block_colors(partition);
}

void BlocksLayer::paint(QPainter& painter, const scene::Camera& shown) {
  if (!shown_ || !partition_) return;
  const reconstruct::CellFrame& frame = partition_->frame();
  const auto place = [&](const glm::dvec2& cell_point) {
    const glm::dvec2 p = frame.scene_from_cell(cell_point);
    return glm::dvec3(p.x, p.y, ground_);
  };
  painter.save();
  painter.setOpacity(opacity_);
  QFont font = theme().small;
  font.setBold(true);
  painter.setFont(font);
  for (std::uint32_t id = 0; id < partition_->cells(); ++id) {
    reconstruct::Rect cell = partition_->cell(id);
    if (frame.contracted)
      for (glm::dvec2* corner : {&cell.low, &cell.high})
        *corner = glm::dvec2(std::clamp(corner->x, kOuter, 1 - kOuter), std::clamp(corner->y, kOuter, 1 - kOuter));
    cell = cell.expanded(-kInset);
    const glm::dvec2 corners[] = {cell.low, {cell.high.x, cell.low.y}, cell.high, {cell.low.x, cell.high.y}};
    for (const QPen& pen : {QPen(QColor(0, 0, 0, 130), 4, Qt::SolidLine, Qt::RoundCap),
                            QPen(colors_[id], 2, Qt::SolidLine, Qt::RoundCap)}) {
      painter.setPen(pen);
      for (int k = 0; k < 4; ++k) {
        const glm::dvec2 from = corners[k], edge = corners[(k + 1) % 4] - from;
        for (int s = 0; s < kEdgeSteps; ++s)
          draw_line(painter, shown, place(from + edge * (static_cast<double>(s) / kEdgeSteps)),
                    place(from + edge * ((s + 1.0) / kEdgeSteps)), kNearest);
      }
    }
    const glm::dvec3 middle = shown.cam_from_world(place(0.5 * (cell.low + cell.high)));
    if (middle.z < kNearest) continue;
    const QPointF at = to_point(shown, middle);
    painter.setPen(QPen(QColor(0, 0, 0, 130), 2));
    painter.setBrush(colors_[id]);
    painter.drawEllipse(at, kChip, kChip);
    painter.setPen(Qt::black);
    painter.drawText(QRectF(at.x() - 2 * kChip, at.y() - kChip, 4 * kChip, 2 * kChip), Qt::AlignCenter,
                     QString::number(id));
  }
  painter.restore();
}

}  // namespace tessera::app
