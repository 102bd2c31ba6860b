#include "app/studio/metrics_panel.h"

#include <QAction>
#include <QBuffer>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QMenu>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>
#include <utility>

#include "app/studio/plot.h"
#include "app/studio/theme.h"
#include "app/studio/workspace.h"
#include "scene/atomic_file.h"
#include "scene/error.h"

namespace tessera::app {

MetricsPanel::MetricsPanel(Studio& studio, QWidget* parent)
    : QWidget(parent), studio_(studio), plot_(new Plot), curves_menu_(new QMenu(this)) {
  plot_->setObjectName("plot");
  make_curves();
  make_actions();
  make_bar();
  connect(&studio.workspace, &Workspace::opened, this, [this] {
    show_history({});
    background_.forget();
    reading_ = false, meanwhile_.clear();
    if (!studio_.workspace.run().empty()) read_history(studio_.workspace.run());
  });
  connect(&studio.workspace, &Workspace::stepped, this, &MetricsPanel::add);
}

void MetricsPanel::make_curves() {
  const auto shown = [this](int plot, const QString& title, const char* name) {
    QAction* action = curves_menu_->addAction(title);
    action->setObjectName(name);
    action->setCheckable(true);
    action->setChecked(true);
    connect(action, &QAction::toggled, this, [this, plot](bool on) { plot_->set_plot_shown(plot, on); });
    return plot;
  };
  int plot = shown(plot_->add_plot(tr("Loss"), {}, 4), tr("Loss"), "show_loss");
  loss_ = plot_->add_curve(plot, tr("loss"), "loss", {&Theme::axis_x, true, false});
  plot = shown(plot_->add_plot(tr("PSNR"), tr("dB"), 2), tr("PSNR"), "show_psnr");
  train_psnr_ = plot_->add_curve(plot, tr("train"), "train_psnr", {&Theme::train, true, false});
  test_psnr_ = plot_->add_curve(plot, tr("test"), "test_psnr", {&Theme::test, false, true});
  plot = shown(plot_->add_plot(tr("Splats"), {}, 0), tr("Splats"), "show_splats");
  splats_ = plot_->add_curve(plot, tr("splats"), "splats", {&Theme::axis_z, false, false});
  plot = shown(plot_->add_plot(tr("Time a step"), tr("ms"), 1), tr("Time a step"), "show_step_ms");
  step_ms_ = plot_->add_curve(plot, tr("time"), "step_ms", {&Theme::axis_y, false, false});
  plot = shown(plot_->add_plot(tr("Memory"), tr("MB"), 0), tr("Memory"), "show_memory");
  memory_ = plot_->add_curve(plot, tr("memory"), "memory_mb", {&Theme::accent, false, false});
}

void MetricsPanel::make_actions() {
  using Menu = Actions::Menu;
  Actions& actions = studio_.actions;
  actions.add_separator(Menu::train);
  QAction* logarithmic =
      actions.add_switch(Menu::train, tr("&Logarithmic Curves"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_L), false,
                         [this](bool on) { plot_->set_logarithmic(on); });
  logarithmic->setObjectName("curves_log");
  actions.add(Menu::train, tr("Export Curves as &CSV..."), {}, [this] { export_csv(); })->setObjectName("curves_csv");
  actions.add(Menu::train, tr("Export Curves as P&icture..."), {}, [this] { export_png(); })
      ->setObjectName("curves_png");
  curves_menu_->addSeparator();
  curves_menu_->addAction(logarithmic);
}

void MetricsPanel::make_bar() {
  const auto button = [](const QString& text, const char* name, const QString& tip) {
    auto* b = new QToolButton;
    b->setText(text);
    b->setObjectName(name);
    b->setToolTip(tip);
    b->setAutoRaise(true);
    b->setPopupMode(QToolButton::InstantPopup);
    b->setFocusPolicy(Qt::StrongFocus);
    return b;
  };
  auto* choose = button(tr("Curves"), "curves_choose", tr("Which curves are shown, and how"));
  choose->setMenu(curves_menu_);
  auto* save = button(tr("Export"), "curves_export", tr("Writes the curves as a picture or as numbers"));
  auto* exports = new QMenu(save);
  exports->addAction(studio_.window.findChild<QAction*>("curves_csv"));
  exports->addAction(studio_.window.findChild<QAction*>("curves_png"));
  save->setMenu(exports);
  auto* row = new QHBoxLayout;
  row->setContentsMargins(6, 2, 6, 2);
  row->addWidget(choose);
  row->addWidget(save);
  row->addStretch(1);
  // Where there is no room for all plots they are scrolled.
  auto* area = new QScrollArea;
  area->setObjectName("curves_area");
  area->setWidget(plot_);
  area->setWidgetResizable(true);
  area->setFrameShape(QFrame::NoFrame);
  area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  area->setFocusPolicy(Qt::NoFocus);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addLayout(row);
  layout->addWidget(area, 1);
}

void MetricsPanel::add(const reconstruct::TrainMetrics& m) {
  if (reading_) return meanwhile_.push_back(m);
  if (m.step <= last_step_) plot_->cut(m.step), test_psnr_shown_ = -1;
  last_step_ = m.step;
  const double step = m.step;
  plot_->add_point(loss_, step, m.loss);
  if (m.train_psnr >= 0) plot_->add_point(train_psnr_, step, m.train_psnr);
  if (m.test_psnr >= 0 && m.test_psnr != test_psnr_shown_) plot_->add_point(test_psnr_, step, m.test_psnr);
  test_psnr_shown_ = m.test_psnr;
  plot_->add_point(splats_, step, static_cast<double>(m.splats));
  plot_->add_point(step_ms_, step, m.step_ms);
  if (m.memory_bytes > 0) plot_->add_point(memory_, step, 1e-6 * static_cast<double>(m.memory_bytes));
}

void MetricsPanel::read_history(const std::filesystem::path& run) {
  reading_ = true;
  background_.ask([this, run]() -> Background::Answer {
    std::vector<reconstruct::MetricsRow> rows;
    QString problem;
    try {
      rows = reconstruct::read_metrics(run);
    } catch (const scene::Error& e) {
      problem = QString::fromUtf8(e.what());
    }
    return [this, rows, problem] {
      if (!problem.isEmpty()) studio_.log(tr("Warning: %1").arg(problem));
      show_history(rows);
      reading_ = false;
      for (const auto& metrics : std::exchange(meanwhile_, {})) add(metrics);
    };
  });
}

void MetricsPanel::show_history(const std::vector<reconstruct::MetricsRow>& rows) {
  plot_->clear();
  test_psnr_shown_ = -1;
  last_step_ = rows.empty() ? 0 : rows.back().step;
  const reconstruct::MetricsRow* before = nullptr;
  for (const reconstruct::MetricsRow& row : rows) {
    const double step = row.step, steps = before ? step - before->step : step;
    if (row.loss >= 0) plot_->add_point(loss_, step, row.loss);
    if (row.train_psnr >= 0) plot_->add_point(train_psnr_, step, row.train_psnr);
    if (row.test_psnr >= 0) plot_->add_point(test_psnr_, step, row.test_psnr);
    plot_->add_point(splats_, step, static_cast<double>(row.splats));
    // Seconds of the first row hold the start as well.
    if (before && steps > 0) plot_->add_point(step_ms_, step, 1e3 * (row.seconds - before->seconds) / steps);
    if (row.memory_mb > 0) plot_->add_point(memory_, step, row.memory_mb);
    before = &row;
  }
}

void MetricsPanel::export_as(const char* name, const QString& title, const QString& suggestion, const QString& kind,
                             std::function<QByteArray()> make) {
  auto* dialog = new QFileDialog(&studio_.window, title, suggestion, kind);
  dialog->setObjectName(name);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->selectFile(suggestion);
  connect(dialog, &QFileDialog::fileSelected, this, [this, make = std::move(make)](const QString& file) {
    try {
      scene::write_file_atomically(file.toStdString(), make().toStdString());
      studio_.say(tr("Wrote %1").arg(file));
    } catch (const scene::Error& e) {
      studio_.fail(QString::fromUtf8(e.what()));
    }
  });
  dialog->open();
}

void MetricsPanel::export_csv() {
  export_as("export_csv", tr("Export curves as numbers"), "curves.csv", tr("CSV (*.csv)"),
            [this] { return plot_->csv().toUtf8(); });
}

void MetricsPanel::export_png() {
  export_as("export_png", tr("Export curves as a picture"), "curves.png", tr("Picture (*.png)"), [this] {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    plot_->grab().save(&buffer, "PNG");
    return bytes;
  });
}

}  // namespace tessera::app
