#include "app/studio/inspect_panel.h"

#include <QAction>
#include <QDockWidget>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "app/studio/core_share.h"
#include "app/studio/probe_table.h"
#include "app/studio/theme.h"
#include "app/studio/viewport.h"
#include "app/studio/workspace.h"
#include "reconstruct/evaluate/coverage.h"
#include "reconstruct/run/inputs.h"

namespace tessera::app {
namespace {

constexpr double kMostOf = 0.97;  // of the pixel, for the summary
constexpr double kOutline = 2;    // standard deviations
constexpr int kMostOutlines = 50;
constexpr double kLeastMark = 7;  // pixels: smaller pixels are marked by a box of this size
constexpr double kSamePose = 1e-9;

bool same_pose(const scene::Rigid& a, const scene::Rigid& b) {
  return glm::length(a.translation - b.translation) < kSamePose * (1 + glm::length(a.translation)) &&
         std::abs(glm::dot(a.rotation, b.rotation)) > 1 - kSamePose;
}

void draw_twice(QPainter& painter, const QColor& color, double width, auto draw) {
  painter.setPen(QPen(QColor(0, 0, 0, 170), width + 2));
  draw();
  painter.setPen(QPen(color, width));
  draw();
}

}  // namespace

InspectPanel::InspectPanel(Studio& studio, QWidget* parent)
    : QWidget(parent),
      studio_(studio),
      view_(&studio.viewport),
      table_(new ProbeTable(this)),
      sorted_(new QSortFilterProxyModel(this)),
      rows_(new QTableView),
      summary_(new QLabel),
      note_(new QLabel) {
  probes_.setMaxThreadCount(1);
  counts_.setMaxThreadCount(1);
  sorted_->setSourceModel(table_);
  sorted_->setSortRole(ProbeTable::sort_role);
  rows_->setObjectName("probe");
  rows_->setAccessibleName(tr("Splats of the pixel"));
  rows_->setModel(sorted_);
  rows_->setSortingEnabled(true);
  rows_->sortByColumn(ProbeTable::order, Qt::AscendingOrder);
  rows_->setSelectionBehavior(QAbstractItemView::SelectRows);
  rows_->setShowGrid(false);
  rows_->setAlternatingRowColors(true);
  rows_->setTabKeyNavigation(false);
  rows_->setIconSize({12, 12});
  rows_->verticalHeader()->hide();
  rows_->verticalHeader()->setDefaultSectionSize(24);
  rows_->setFont(theme().small);
  rows_->horizontalHeader()->setFont(theme().small);
  rows_->horizontalHeader()->setMinimumSectionSize(36);
  rows_->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
  rows_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  rows_->horizontalHeader()->setHighlightSections(false);
  summary_->setObjectName("probe_summary");
  summary_->setWordWrap(true);
  note_->setObjectName("probe_note");
  note_->setWordWrap(true);
  note_->setForegroundRole(QPalette::PlaceholderText);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(10, 8, 10, 10);
  layout->addWidget(summary_);
  layout->addWidget(note_);
  layout->addWidget(rows_, 1);
  connect(rows_->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] { studio_.viewport.update(); });

  studio.viewport.add_layer(this);
  studio.actions.add_switch(Actions::Menu::tools, tr("&Inspect a Pixel"), QKeySequence(Qt::Key_I), false,
                            [this](bool on) { switch_tool(on); });
  connect(&studio.workspace, &Workspace::opened, this, &InspectPanel::clear);
  connect(&studio.workspace, &Workspace::model_changed, this, &InspectPanel::show_summary);
  clear();
}

InspectPanel::~InspectPanel() {
  if (count_) count_->stop.request();
  probes_.clear();
  probes_.waitForDone();
  counts_.waitForDone();
  if (view_) view_->remove_layer(this);
}

void InspectPanel::clear() {
  ++asked_;
  probe_.reset();
  if (count_) count_->stop.request();
  count_.reset();
  table_->set_probe({}, 1);
  show_summary();
  studio_.viewport.update();
}

void InspectPanel::switch_tool(bool on) {
  tool_ = on;
  if (on)
    studio_.viewport.setCursor(Qt::CrossCursor);
  else
    studio_.viewport.unsetCursor();
  if (!on) return;
  if (auto* dock = studio_.window.findChild<QDockWidget*>("dock_inspect")) dock->show(), dock->raise();
  studio_.say(tr("Click a pixel to see which splats made it; I ends it"));
}

bool InspectPanel::mouse_press(const QMouseEvent& event, const scene::Camera& shown) {
  if (event.button() != Qt::LeftButton || !studio_.workspace.model()) return false;
  const bool comparing =
      studio_.viewport.overlay().mode() != PhotoOverlay::Mode::off && studio_.viewport.standing_at() >= 0;
  const bool with_control = event.modifiers() == Qt::ControlModifier && comparing;
  if (!with_control && !(tool_ && event.modifiers() == Qt::NoModifier)) return false;
  pick(event.position(), shown);
  return true;
}

void InspectPanel::pick(const QPointF& place, const scene::Camera& shown) {
  const RenderThread::Request request = studio_.viewport.shown();
  auto probe = std::make_shared<Probe>();
  probe->model = studio_.workspace.model();
  probe->camera = request.camera;
  probe->settings.sh_degree = request.settings.sh_degree;
  probe->settings.background = request.settings.background;
  probe->settings.antialiased = request.settings.antialiased;
  probe->settings.near_plane = request.settings.near_plane;
  probe->splat_scale = static_cast<double>(request.settings.splat_scale);
  const double ratio = request.camera.intrinsics.fy / shown.intrinsics.fy;
  const QPointF pixel = place * ratio;
  // Over the error map the pixel is one of the photo, as the map is.
  const int photo = studio_.viewport.standing_at();
  const bool of_photo = photo >= 0 && studio_.viewport.overlay().mode() == PhotoOverlay::Mode::error;
  const auto dataset = studio_.workspace.dataset();
  if (auto* dock = studio_.window.findChild<QDockWidget*>("dock_inspect")) dock->show(), dock->raise();
  probes_.clear();
  probes_.start([this, probe, pixel, of_photo, photo, dataset, shown = request.camera, asked = ++asked_,
                 run = studio_.workspace.run()] {
    QString problem;
    try {
      QPointF at = pixel;
      if (of_photo) {
        const auto options = reconstruct::evaluation_of(run, *dataset);
        const scene::Camera& full = dataset->views[static_cast<std::size_t>(photo)].camera;
        probe->camera = {scene::level_camera(full.intrinsics, options.level), full.cam_from_world};
        const scene::Pinhole& to = probe->camera.intrinsics;
        const double scale = to.fy / shown.intrinsics.fy;
        at = {(pixel.x() - shown.intrinsics.cx) * scale + to.cx, (pixel.y() - shown.intrinsics.cy) * scale + to.cy};
        probe->settings.background = options.background, probe->settings.antialiased = options.antialiased;
        probe->settings.near_plane = render::RenderSettings().near_plane;
        probe->splat_scale = 1;
      }
      const scene::Pinhole& k = probe->camera.intrinsics;
      probe->x = std::clamp(static_cast<int>(std::floor(at.x())), 0, k.width - 1);
      probe->y = std::clamp(static_cast<int>(std::floor(at.y())), 0, k.height - 1);
      probe->pixel = reconstruct::probe_pixel(*probe->model, probe->camera, probe->settings, probe->x, probe->y,
                                              probe->splat_scale);
    } catch (const std::exception& e) {
      problem = QString::fromUtf8(e.what());
    }
    QMetaObject::invokeMethod(
        this,
        [this, probe, asked, problem] {
          if (asked != asked_) return;
          if (!problem.isEmpty()) return studio_.fail(problem);
          show_probe(probe);
        },
        Qt::QueuedConnection);
  });
}

void InspectPanel::show_probe(const std::shared_ptr<const Probe>& probe) {
  probe_ = probe;
  const auto dataset = studio_.workspace.dataset();
  table_->set_probe(probe->pixel, dataset ? 1 / dataset->scene_from_world.scale : 1);
  if (rows_->model()->rowCount() > 0) {
    // The one that made most of it.
    const auto& splats = probe->pixel.splats;
    const auto heaviest = std::max_element(splats.begin(), splats.end(),
                                           [](const auto& a, const auto& b) { return a.weight < b.weight; });
    const QModelIndex row =
        sorted_->mapFromSource(table_->index(static_cast<int>(heaviest - splats.begin()), ProbeTable::order));
    rows_->selectRow(row.row());
    rows_->scrollTo(row);
  }
  if (dataset) count_photos(probe->model, probe->settings.antialiased);
  show_photos();
  show_summary();
  studio_.viewport.update();
  Q_EMIT probed();
}

void InspectPanel::count_photos(const std::shared_ptr<const scene::GaussianModel>& model, bool antialiased) {
  if (count_ && count_->model == model) return;
  if (count_) count_->stop.request();
  const auto dataset = studio_.workspace.dataset();
  const auto count = count_ = std::make_shared<Count>();
  count->model = model;
  const double share = studio_.workspace.state() == Workspace::State::training ? kShareBesideTraining : 1;
  counts_.clear();
  counts_.start([this, count, dataset, antialiased, share] {
    CoreShare cores;
    scene::JobContext job;
    job.cancellation = &count->stop;
    job.on_progress = [&](const scene::Progress& p) {
      cores.rest(share, count->stop);
      QMetaObject::invokeMethod(
          this,
          [this, count, p] {
            count->done = p.done, count->total = p.total;
            if (count == count_) show_summary();
          },
          Qt::QueuedConnection);
    };
    std::vector<std::uint32_t> seen;
    try {
      const auto rasterizer = render::make_cpu_rasterizer();
      seen = reconstruct::count_views(*count->model, *dataset, dataset->train_views(), *rasterizer, antialiased, job);
    } catch (const std::exception&) {
      return;  // asked to stop; a model that cannot be drawn has been reported by the view
    }
    QMetaObject::invokeMethod(
        this,
        [this, count, seen = std::move(seen)] {
          if (count != count_) return;
          count->seen = seen;
          show_photos();
          show_summary();
          Q_EMIT counted();
        },
        Qt::QueuedConnection);
  });
}

void InspectPanel::show_photos() {
  if (!probe_ || !count_ || count_->model != probe_->model || count_->seen.empty()) return;
  std::vector<std::uint32_t> photos;
  for (const auto& splat : probe_->pixel.splats) photos.push_back(count_->seen[splat.row]);
  table_->set_photos(std::move(photos));
}

void InspectPanel::show_summary() {
  note_->setVisible(false);
  if (!probe_) {
    summary_->setText(
        tr("Which splats made a pixel? Press <b>I</b> and click it, or click it with <b>Ctrl</b> while "
           "the view is compared with a photo."));
    return;
  }
  const QLocale locale;
  const auto& splats = probe_->pixel.splats;
  if (splats.empty()) {
    summary_->setText(tr("No splat reaches this pixel: it shows the background."));
    return;
  }
  const std::size_t most = reconstruct::splats_for_share(probe_->pixel, kMostOf);
  std::vector<double> weights;
  for (const auto& s : splats) weights.push_back(s.weight);
  std::sort(weights.begin(), weights.end(), std::greater<>());
  const double made = std::accumulate(weights.begin(), weights.begin() + static_cast<std::ptrdiff_t>(most), 0.0);
  const auto number = [&](std::size_t n) { return locale.toString(static_cast<qulonglong>(n)); };
  const QString what = most == 1 ? tr("1 splat") : tr("%1 splats").arg(number(most));
  QString text = most == splats.size() ? tr("%1 made this pixel").arg(what)
                                       : tr("%1 made %2 % of this pixel, %3 more the rest")
                                             .arg(what)
                                             .arg(std::floor(100 * made), 0, 'f', 0)
                                             .arg(number(splats.size() - most));
  QStringList notes;
  if (probe_->pixel.transmittance > 0.005)
    notes << tr("%1 % is background.").arg(100 * probe_->pixel.transmittance, 0, 'f', 1);
  if (count_ && count_->model == probe_->model) {
    if (count_->seen.empty()) {
      notes << tr("Counting the photos that see them: %1 of %2").arg(count_->done).arg(count_->total);
    } else {
      std::vector<std::pair<double, std::uint32_t>> heaviest;
      for (const auto& s : splats) heaviest.emplace_back(s.weight, count_->seen[s.row]);
      std::sort(heaviest.begin(), heaviest.end(), std::greater<>());
      heaviest.resize(most);
      std::nth_element(heaviest.begin(), heaviest.begin() + static_cast<std::ptrdiff_t>(most / 2), heaviest.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
      const std::uint32_t median = heaviest[most / 2].second;
      text += median == 1 ? tr("; seen by 1 photo at the median") : tr("; seen by %1 photos at the median").arg(median);
    }
  }
  if (probe_->model != studio_.workspace.model()) notes << tr("The model has changed since: pick again.");
  summary_->setText(text + ".");
  note_->setText(notes.join(" "));
  note_->setVisible(!notes.isEmpty());
}

void InspectPanel::paint(QPainter& painter, const scene::Camera& shown) {
  if (!probe_ || !isVisible()) return;
  painter.save();
  painter.setBrush(Qt::NoBrush);
  const QModelIndexList chosen = rows_->selectionModel()->selectedRows();
  for (const QModelIndex& index : chosen.mid(0, kMostOutlines)) {
    const auto row = static_cast<std::size_t>(sorted_->mapToSource(index).row());
    const auto splat = probe_->pixel.splats[row].row;
    const auto f = reconstruct::footprint_of(*probe_->model, splat, shown, probe_->settings, probe_->splat_scale);
    if (!f) continue;
    // Axes of the covariance.
    const double mean = 0.5 * (f->xx + f->yy), half = std::hypot(0.5 * (f->xx - f->yy), f->xy);
    const double angle = 0.5 * std::atan2(2 * f->xy, f->xx - f->yy);
    painter.save();
    painter.translate(f->mean.x, f->mean.y);
    painter.rotate(angle * 180 / std::acos(-1.0));
    draw_twice(painter, theme().axis_z, 1.6, [&] {
      painter.drawEllipse(QPointF(), kOutline * std::sqrt(mean + half),
                          kOutline * std::sqrt(std::max(mean - half, 0.0)));
    });
    painter.restore();
  }
  if (same_pose(shown.cam_from_world, probe_->camera.cam_from_world)) {
    const scene::Pinhole &from = probe_->camera.intrinsics, &to = shown.intrinsics;
    const double scale = to.fy / from.fy, side = std::max(scale, kLeastMark);
    const QPointF middle((probe_->x + 0.5 - from.cx) * scale + to.cx, (probe_->y + 0.5 - from.cy) * scale + to.cy);
    const QRectF box(middle.x() - 0.5 * side, middle.y() - 0.5 * side, side, side);
    const double gap = 0.5 * side + 2, arm = gap + 8;
    draw_twice(painter, Qt::white, 1.4, [&] {
      painter.drawRect(box);
      for (const QPointF& d : {QPointF(1, 0), QPointF(-1, 0), QPointF(0, 1), QPointF(0, -1)})
        painter.drawLine(middle + gap * d, middle + arm * d);
    });
  }
  painter.restore();
}

}  // namespace tessera::app
