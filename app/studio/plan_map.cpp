#include "app/studio/plan_map.h"

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "app/studio/block_colors.h"
#include "app/studio/theme.h"
#include "scene/error.h"

namespace tessera::app {
using reconstruct::Partition;
using reconstruct::Rect;

namespace {

constexpr double kMargin = 10;   // pixels around the map
constexpr double kGrab = 6;      // pixels on either side of a cut that mean it
constexpr double kLeast = 3;     // pixels that a dragged cut leaves on either side
constexpr double kCamera = 1.6;  // radius of a camera's dot, pixels

}  // namespace

PlanMap::PlanMap(PlanModel& plan, QWidget* parent) : QWidget(parent), plan_(plan) {
  setObjectName("plan_map");
  setAccessibleName(tr("Map of the blocks"));
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
  connect(&plan, &PlanModel::changed, this, [this] {
    const Partition* partition = plan_.partition();
    colors_ = partition ? block_colors(*partition) : std::vector<QColor>();
    select(selected_);
    update();
  });
  connect(&plan, &PlanModel::blocks_known, this, [this] { update(); });
}

void PlanMap::set_dataset(std::shared_ptr<const scene::Dataset> dataset) {
  dataset_ = std::move(dataset);
  update();
}

void PlanMap::set_seams(const QImage& seams) {
  seams_ = seams;
  update();
}

void PlanMap::select(int cell) {
  const Partition* partition = plan_.partition();
  if (!partition || cell >= static_cast<int>(partition->cells())) cell = -1;
  if (cell == selected_) return;
  selected_ = cell;
  update();
  Q_EMIT selection_changed();
}

double PlanMap::scale() const {
  const glm::dvec2 size = plan_.partition()->frame().root().size();
  return std::max(std::min((width() - 2 * kMargin) / size.x, (height() - 2 * kMargin) / size.y), 1e-9);
}

QPointF PlanMap::place_of(const glm::dvec2& p) const {
  const Rect root = plan_.partition()->frame().root();
  const glm::dvec2 d = (p - 0.5 * (root.low + root.high)) * scale();
  return {0.5 * width() + d.x, 0.5 * height() - d.y};
}

glm::dvec2 PlanMap::cell_point(const QPointF& place) const {
  const Rect root = plan_.partition()->frame().root();
  return 0.5 * (root.low + root.high) + glm::dvec2(place.x() - 0.5 * width(), 0.5 * height() - place.y()) / scale();
}

int PlanMap::cell_at(const QPointF& place) const {
  const Partition* partition = plan_.partition();
  if (!partition) return -1;
  const glm::dvec2 p = cell_point(place);
  return partition->frame().root().contains(p) ? static_cast<int>(partition->owner_at(p)) : -1;
}

std::optional<std::size_t> PlanMap::cut_at(const QPointF& place) const {
  const Partition* partition = plan_.partition();
  if (!partition) return std::nullopt;
  const glm::dvec2 p = cell_point(place);
  std::optional<std::size_t> best;
  double nearest = kGrab / scale();
  const auto cuts = partition->cuts();
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    const int along = 1 - cuts[i].axis;
    if (p[along] < cuts[i].within.low[along] || p[along] > cuts[i].within.high[along]) continue;
    if (const double d = std::abs(p[cuts[i].axis] - cuts[i].at); d < nearest) nearest = d, best = i;
  }
  return best;
}

double PlanMap::held(std::size_t cut, const QPointF& place) const {
  const Partition::Cut c = plan_.partition()->cuts()[cut];
  const double low = c.within.low[c.axis], high = c.within.high[c.axis];
  const double room = std::min(kLeast / scale(), 0.25 * (high - low));
  return std::clamp(cell_point(place)[c.axis], low + room, high - room);
}

void PlanMap::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.fillRect(rect(), theme().field);
  const Partition* partition = plan_.partition();
  if (!partition) {
    painter.setPen(theme().faint);
    painter.drawText(rect().adjusted(12, 12, -12, -12), Qt::AlignCenter | Qt::TextWordWrap,
                     tr("Make a plan to see the scene from above, cut into blocks."));
    return;
  }
  const auto rect_of = [&](const Rect& r) { return QRectF(place_of(r.low), place_of(r.high)).normalized(); };
  const auto& blocks = plan_.blocks();
  double heaviest = 0;
  for (const auto& block : blocks) heaviest = std::max(heaviest, block.load);
  for (std::uint32_t id = 0; id < partition->cells(); ++id) {
    QColor color = colors_[id];
    const double load = id < blocks.size() && heaviest > 0 ? blocks[id].load / heaviest : 0;
    color.setAlphaF(static_cast<float>(0.15 + 0.4 * load));  // the heavier, the stronger
    painter.fillRect(rect_of(partition->cell(id)), color);
  }
  if (!seams_.isNull()) {
    const reconstruct::CellFrame& frame = partition->frame();
    painter.drawImage(rect_of(frame.contracted ? Rect{glm::dvec2(0.25), glm::dvec2(0.75)} : frame.region), seams_);
  } else if (!plan_.density().isNull()) {
    QImage points(plan_.density().size(), QImage::Format_ARGB32_Premultiplied);
    points.fill(theme().text);
    QPainter mask(&points);
    mask.setCompositionMode(QPainter::CompositionMode_DestinationIn);
    mask.drawImage(0, 0, plan_.density());
    mask.end();
    painter.setOpacity(0.6);
    painter.drawImage(rect_of(partition->frame().root()), points);
    painter.setOpacity(1);
  }
  painter.setPen(Qt::NoPen);
  if (dataset_)
    for (const scene::View& view : dataset_->views) {
      painter.setBrush(view.test ? theme().test : theme().train);
      painter.drawEllipse(place_of(partition->frame().cell_from_scene(view.camera.center())), kCamera, kCamera);
    }
  painter.setBrush(Qt::NoBrush);
  const auto cuts = partition->cuts();
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    glm::dvec2 from = cuts[i].within.low, to = cuts[i].within.high;
    from[cuts[i].axis] = to[cuts[i].axis] = cuts[i].at;
    painter.setPen(QPen(theme().text, dragged_ == i ? 3 : 1.6));
    painter.drawLine(place_of(from), place_of(to));
  }
  painter.setPen(QPen(theme().line, 1));
  painter.drawRect(rect_of(partition->frame().root()));
  QFont font = theme().small;
  font.setBold(true);
  painter.setFont(font);
  for (std::uint32_t id = 0; id < partition->cells(); ++id) {
    const QRectF cell = rect_of(partition->cell(id));
    QString text = QString::number(id);
    if (plan_.is_settled() && id < blocks.size())
      text += "\n" +
              (blocks[id].problem.isEmpty() ? tr("%1 %").arg(100 * blocks[id].load, 0, 'f', 0) : tr("too few photos"));
    const QRectF place = painter.boundingRect(cell, Qt::AlignCenter | Qt::TextWordWrap, text);
    painter.setPen(Qt::NoPen);
    QColor ground = theme().field;
    ground.setAlpha(170);
    painter.setBrush(ground);
    painter.drawRoundedRect(place.adjusted(-4, -2, 4, 2), 4, 4);
    painter.setPen(id < blocks.size() && !blocks[id].problem.isEmpty() ? theme().axis_x : theme().text);
    painter.drawText(cell, Qt::AlignCenter | Qt::TextWordWrap, text);
  }
  if (selected_ >= 0) {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme().accent, hasFocus() ? 3 : 2));
    painter.drawRect(rect_of(partition->cell(static_cast<std::uint32_t>(selected_))).adjusted(2, 2, -2, -2));
  }
}

void PlanMap::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  dragged_ = cut_at(event->position());
  moved_ = false;
  if (!dragged_) select(cell_at(event->position()));
  update();
}

void PlanMap::mouseMoveEvent(QMouseEvent* event) {
  if (!dragged_) {
    const auto cut = cut_at(event->position());
    if (!cut) return unsetCursor();
    return setCursor(plan_.partition()->cuts()[*cut].axis == 0 ? Qt::SplitHCursor : Qt::SplitVCursor);
  }
  moved_ = true;
  Partition shown = *plan_.partition();
  try {
    shown.move_cut(*dragged_, held(*dragged_, event->position()));
    plan_.preview(std::move(shown));
  } catch (const scene::Error&) {
    // A cell below it would have no area: the cut stays where it was.
  }
}

void PlanMap::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton || !dragged_) return;
  const std::size_t cut = *std::exchange(dragged_, std::nullopt);
  if (moved_) plan_.move_cut(cut, held(cut, event->position()));
  update();
}

void PlanMap::mouseDoubleClickEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton || cut_at(event->position())) return;
  if (const int cell = cell_at(event->position()); cell >= 0) plan_.split_evenly(static_cast<std::uint32_t>(cell));
}

bool PlanMap::event(QEvent* event) {
  // Keys that are the window's elsewhere.
  if (event->type() == QEvent::ShortcutOverride) {
    const auto* key = static_cast<QKeyEvent*>(event);
    if (key->matches(QKeySequence::Undo) || key->matches(QKeySequence::Redo) || key->key() == Qt::Key_Delete ||
        (key->key() == Qt::Key_S && key->modifiers() == Qt::NoModifier)) {
      event->accept();
      return true;
    }
  }
  return QWidget::event(event);
}

void PlanMap::keyPressEvent(QKeyEvent* event) {
  const Partition* partition = plan_.partition();
  if (!partition) return QWidget::keyPressEvent(event);
  const int cells = static_cast<int>(partition->cells());
  const auto selected = static_cast<std::uint32_t>(std::max(selected_, 0));
  if (event->matches(QKeySequence::Undo)) return plan_.history().undo();
  if (event->matches(QKeySequence::Redo)) return plan_.history().redo();
  switch (event->key()) {
    case Qt::Key_Right:
    case Qt::Key_Up:
      return select((selected_ + 1) % cells);
    case Qt::Key_Left:
    case Qt::Key_Down:
      return select((std::max(selected_, 0) + cells - 1) % cells);
    case Qt::Key_S:
      if (selected_ >= 0) plan_.split_evenly(selected);
      return;
    case Qt::Key_Delete:
      if (const auto cut = plan_.cut_beside(selected); cut && selected_ >= 0) plan_.merge(*cut);
      return;
    default:
      QWidget::keyPressEvent(event);
  }
}

void PlanMap::contextMenuEvent(QContextMenuEvent* event) {
  const QPointF place = event->pos();
  const int cell = cell_at(place);
  if (cell < 0) return;
  select(cell);
  const auto id = static_cast<std::uint32_t>(cell);
  const glm::dvec2 at = cell_point(place);
  const auto cut = cut_at(place).has_value() ? cut_at(place) : plan_.cut_beside(id);
  auto* menu = new QMenu(this);
  menu->setObjectName("plan_menu");
  menu->setAttribute(Qt::WA_DeleteOnClose);
  menu->addAction(tr("Split into &Equal Loads"), this, [this, id] { plan_.split_evenly(id); });
  menu->addAction(tr("Split &Here, Left and Right"), this, [this, id, at] { plan_.split(id, 0, at.x); });
  menu->addAction(tr("Split Here, &Above and Below"), this, [this, id, at] { plan_.split(id, 1, at.y); });
  QAction* merge = menu->addAction(tr("&Merge across the Cut"), this, [this, cut] {
    if (cut) plan_.merge(*cut);
  });
  merge->setEnabled(cut.has_value());
  menu->popup(event->globalPos());
}

}  // namespace tessera::app
