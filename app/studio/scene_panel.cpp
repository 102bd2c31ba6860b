#include "app/studio/scene_panel.h"

#include <QAction>
#include <QCheckBox>
#include <QGridLayout>
#include <QLabel>
#include <QLocale>
#include <QScrollArea>
#include <QSettings>
#include <QSlider>
#include <QVBoxLayout>
#include <algorithm>

#include "app/studio/block_colors.h"
#include "app/studio/plan_model.h"
#include "app/studio/theme.h"
#include "app/studio/viewport.h"
#include "app/studio/workspace.h"

namespace tessera::app {
namespace {

constexpr int kIndent = 20;  // pixels
constexpr int kSliderWidth = 72;

double share(const QSlider* slider) { return slider->value() / 100.0; }

}  // namespace

ScenePanel::ScenePanel(Studio& studio, PlanModel& plan, QWidget* parent)
    : QWidget(parent), studio_(studio), view_(&studio.viewport), plan_(plan) {
  auto* rows = new QWidget;
  auto* scroll = new QScrollArea;  // the dock may be made narrow
  scroll->setObjectName("scene_scroll");
  scroll->setAccessibleName(tr("Scene"));
  scroll->setWidget(rows);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(scroll);
  auto* grid = new QGridLayout(rows);
  grid->setContentsMargins(12, 10, 12, 12);
  grid->setHorizontalSpacing(10);
  grid->setVerticalSpacing(8);
  grid->setColumnStretch(0, 1);
  auto* heading = new QLabel(tr("Opacity"));
  heading->setForegroundRole(QPalette::PlaceholderText);
  grid->addWidget(heading, grid->rowCount(), 2);
  model_ = add_row(grid, "model", tr("Model"), true, true);
  points_ = add_row(grid, "points", tr("Sparse points"), false, true);
  shown_over_model_ = points_.shown->isChecked();
  shown_alone_ = QSettings().value("layers/points/shown_alone", true).toBool();
  cameras_ = add_row(grid, "cameras", tr("Cameras"), true, false);
  train_ = add_row(grid, "train", tr("Trained on"), true, false, kIndent);
  test_ = add_row(grid, "test", tr("Held out"), true, false, kIndent);
  photo_ = add_row(grid, "photo", tr("Photo and error map"), true, true);
  blocks_ = add_row(grid, "blocks", tr("Blocks"), true, true);
  block_colors_ = add_row(grid, "block_colors", tr("Model in their colours"), false, false, kIndent);
  axes_ = add_row(grid, "axes", tr("Axes"), true, false);
  scale_ = add_row(grid, "scale", tr("Scale bar"), true, false);
  grid->setRowStretch(grid->rowCount(), 1);
  model_.opacity->setToolTip(tr("Mixes the picture of the model with the background"));
  points_.shown->setToolTip(tr("Dots of structure from motion over the model, also those that it hides"));
  photo_.shown->setToolTip(tr("While the view is compared with the photo that it stands at"));

  blocks_.shown->setToolTip(tr("Outlines of the plan's blocks on the ground, with their numbers"));
  block_colors_.shown->setToolTip(tr("Every splat in the colour of the block that owns it"));

  studio.viewport.add_layer(&points_layer_);
  studio.viewport.add_layer(&blocks_layer_);
  auto* cameras =
      studio.actions.add_switch(Actions::Menu::view, tr("Show &Cameras"), QKeySequence(Qt::Key_C),
                                cameras_.shown->isChecked(), [this](bool on) { cameras_.shown->setChecked(on); });
  connect(cameras_.shown, &QCheckBox::toggled, cameras, &QAction::setChecked);
  connect(&studio.workspace, &Workspace::opened, this, [this] {
    points_layer_.set_points(studio_.workspace.dataset());
    show_counts();
  });
  auto* colors =
      studio.actions.add_switch(Actions::Menu::view, tr("&Block Colours"), {}, block_colors_.shown->isChecked(),
                                [this](bool on) { block_colors_.shown->setChecked(on); });
  connect(block_colors_.shown, &QCheckBox::toggled, colors, &QAction::setChecked);
  connect(block_colors_.shown, &QCheckBox::toggled, this, &ScenePanel::color_blocks);
  connect(&studio.workspace, &Workspace::model_changed, this, [this] {
    show_counts();
    color_blocks();
  });
  connect(&plan, &PlanModel::changed, this, [this] {
    if (const auto* partition = plan_.partition())
      blocks_layer_.set_partition(*partition, plan_.ground());
    else
      blocks_layer_.clear();
    show_counts();
    color_blocks();
  });
  show_counts();
}

ScenePanel::~ScenePanel() {
  if (!view_) return;
  view_->remove_layer(&points_layer_);
  view_->remove_layer(&blocks_layer_);
}

void ScenePanel::color_blocks() {
  const auto* partition = plan_.partition();
  const auto model = studio_.workspace.model();
  if (!model || !partition || !block_colors_.shown->isChecked()) {
    colorer_.forget();
    if (std::exchange(colored_, false)) studio_.viewport.set_model(model);
    return;
  }
  colorer_.ask([this, model, partition = *partition]() -> Background::Answer {
    return [this, model, colored = colored_by_block(*model, partition)] {
      if (model != studio_.workspace.model()) return;  // that of the next answer
      colored_ = true;
      studio_.viewport.set_model(colored);
    };
  });
}

ScenePanel::Row ScenePanel::add_row(QGridLayout* grid, const char* name, const QString& text, bool shown,
                                    bool with_opacity, int indent) {
  const QSettings settings;
  const QString key = QString("layers/%1/").arg(name);
  const int at = grid->rowCount();
  Row row{.name = name, .shown = new QCheckBox(text), .count = new QLabel};
  row.shown->setObjectName(QString("layer_%1").arg(name));
  row.shown->setChecked(settings.value(key + "shown", shown).toBool());
  row.shown->setStyleSheet(QString("margin-left: %1px").arg(indent));
  row.count->setObjectName(QString("count_%1").arg(name));
  row.count->setForegroundRole(QPalette::PlaceholderText);
  grid->addWidget(row.shown, at, 0);
  grid->addWidget(row.count, at, 1, Qt::AlignRight | Qt::AlignVCenter);
  connect(row.shown, &QCheckBox::toggled, this, &ScenePanel::apply);
  if (with_opacity) {
    row.opacity = new QSlider(Qt::Horizontal);
    row.opacity->setObjectName(QString("opacity_%1").arg(name));
    row.opacity->setAccessibleName(tr("Opacity: %1").arg(text));
    row.opacity->setToolTip(tr("Opacity"));
    row.opacity->setRange(0, 100);
    row.opacity->setSingleStep(5);
    row.opacity->setPageStep(10);
    row.opacity->setFixedWidth(kSliderWidth);
    row.opacity->setValue(std::clamp(settings.value(key + "opacity", 100).toInt(), 0, 100));
    grid->addWidget(row.opacity, at, 2);
    connect(row.opacity, &QSlider::valueChanged, this, &ScenePanel::apply);
  }
  return row;
}

void ScenePanel::apply() {
  Viewport& viewport = studio_.viewport;
  const auto opacity = [](const Row& row) { return row.shown->isChecked() ? share(row.opacity) : 0.0; };
  Viewport::Parts parts;
  (points_alone_ ? shown_alone_ : shown_over_model_) = points_.shown->isChecked();
  parts.model_opacity = opacity(points_alone_ ? points_ : model_);
  parts.train_cameras = train_.shown->isChecked(), parts.test_cameras = test_.shown->isChecked();
  parts.axes = axes_.shown->isChecked(), parts.scale_bar = scale_.shown->isChecked();
  viewport.set_parts(parts);
  viewport.set_frusta_shown(cameras_.shown->isChecked());
  viewport.overlay().set_opacity(opacity(photo_));
  points_layer_.set_shown(points_.shown->isChecked() && !points_alone_);
  points_layer_.set_opacity(share(points_.opacity));
  blocks_layer_.set_shown(blocks_.shown->isChecked());
  blocks_layer_.set_opacity(share(blocks_.opacity));
  for (Row* row : {&train_, &test_}) row->shown->setEnabled(cameras_.shown->isEnabled() && cameras_.shown->isChecked());

  QSettings settings;
  for (const Row* row :
       {&model_, &points_, &cameras_, &train_, &test_, &photo_, &blocks_, &block_colors_, &axes_, &scale_}) {
    const QString key = QString("layers/%1/").arg(row->name);
    settings.setValue(key + "shown", row->shown->isChecked());
    if (row->opacity) settings.setValue(key + "opacity", row->opacity->value());
  }
  settings.setValue("layers/points/shown", shown_over_model_);
  settings.setValue("layers/points/shown_alone", shown_alone_);
}

void ScenePanel::show_counts() {
  const auto dataset = studio_.workspace.dataset();
  const auto model = studio_.workspace.model();
  const QLocale locale;
  const auto set = [&](const Row& row, std::size_t count, bool there) {
    row.count->setText(there ? locale.toString(static_cast<qulonglong>(count)) : QString());
    row.shown->setEnabled(there);
    if (row.opacity) row.opacity->setEnabled(there);
  };
  // Before anything is trained the points themselves are what the renderer draws.
  points_alone_ = dataset && !studio_.workspace.is_trained();
  {
    const QSignalBlocker blocker(points_.shown);
    points_.shown->setChecked(points_alone_ ? shown_alone_ : shown_over_model_);
  }
  const std::size_t test = dataset ? dataset->test_views().size() : 0;
  const std::size_t views = dataset ? dataset->views.size() : 0;
  set(model_, model ? model->size() : 0, model && studio_.workspace.is_trained());
  if (model && !studio_.workspace.is_trained()) model_.count->setText(tr("not trained yet"));
  set(points_, dataset ? dataset->points.size() : 0, dataset && dataset->points.size() > 0);
  points_.count->setToolTip(dataset && dataset->points.size() > PointsLayer::kMostDots
                                ? tr("At most %1 of them are drawn over a model")
                                      .arg(locale.toString(static_cast<qulonglong>(PointsLayer::kMostDots)))
                                : QString());
  set(cameras_, views, views > 0);
  set(train_, views - test, views > 0);
  set(test_, test, views > 0);
  const auto* partition = plan_.partition();
  set(blocks_, partition ? partition->cells() : 0, partition);
  set(block_colors_, 0, partition);
  block_colors_.count->clear();
  apply();
}

}  // namespace tessera::app
