#include "app/studio/metrics_panel.h"

#include <QFileDialog>
#include <QVBoxLayout>

#include "app/studio/plot.h"
#include "app/studio/theme.h"
#include "app/studio/workspace.h"
#include "scene/atomic_file.h"
#include "scene/error.h"

namespace tessera::app {

MetricsPanel::MetricsPanel(Studio& studio, QWidget* parent) : QWidget(parent), studio_(studio), plot_(new Plot) {
  plot_->setObjectName("plot");
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(plot_);
  const int loss = plot_->add_curve(tr("loss"), theme().axis_x, 4);
  const int psnr = plot_->add_curve(tr("test PSNR"), theme().axis_y, 2);
  const int splats = plot_->add_curve(tr("splats"), theme().axis_z, 0);
  connect(&studio.workspace, &Workspace::opened, plot_, &Plot::clear);
  connect(&studio.workspace, &Workspace::stepped, this, [=, this](const reconstruct::TrainMetrics& m) {
    plot_->add_point(loss, m.step, m.loss);
    plot_->add_point(splats, m.step, static_cast<double>(m.splats));
    if (m.test_psnr >= 0) plot_->add_point(psnr, m.step, m.test_psnr);
  });
  using Menu = Actions::Menu;
  studio.actions.add_switch(Menu::train, tr("&Logarithmic Curves"), {}, false,
                            [this](bool on) { plot_->set_logarithmic(on); });
  studio.actions.add(Menu::train, tr("Export Curves as &CSV..."), {}, [this] { export_csv(); });
}

void MetricsPanel::export_csv() {
  const QString name = QFileDialog::getSaveFileName(this, tr("Export curves"), "curves.csv", tr("CSV (*.csv)"));
  if (name.isEmpty()) return;
  try {
    scene::write_file_atomically(name.toStdString(), plot_->csv().toStdString());
  } catch (const scene::Error& e) {
    studio_.fail(QString::fromUtf8(e.what()));
  }
}

}  // namespace tessera::app
