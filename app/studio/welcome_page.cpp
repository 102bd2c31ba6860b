#include "app/studio/welcome_page.h"

#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QVBoxLayout>

#include "app/studio/theme.h"
#include "reconstruct/run/inputs.h"
#include "scene/error.h"

namespace tessera::app {
namespace fs = std::filesystem;

namespace {

/// Whether the run has begun and not ended.
bool can_go_on(const fs::path& run) {
  try {
    const std::string state = reconstruct::run_state(run);
    return state == "training" || state == "interrupted";
  } catch (const scene::Error&) {
    return false;  // its folder cannot be read any more
  }
}

}  // namespace

WelcomePage::WelcomePage(QWidget* parent) : QWidget(parent) {
  setObjectName("welcome");
  auto* column = new QVBoxLayout;
  auto* title = new QLabel("Tessera Studio");
  QFont font = title->font();
  font.setPointSizeF(font.pointSizeF() * 2.4);
  font.setBold(true);
  title->setFont(font);
  auto* text = new QLabel(tr("Photographs in, a scene that you can fly through out."));
  column->addStretch(2);
  column->addWidget(title);
  column->addWidget(text);
  column->addSpacing(18);
  const auto button = [&](const QString& label, const char* name) {
    auto* b = new QPushButton(label);
    b->setObjectName(name);
    b->setMinimumSize(300, 40);
    column->addWidget(b, 0, Qt::AlignLeft);
    return b;
  };
  auto* photos = button(tr("Open photos or a dataset..."), "welcome_photos");
  photos->setDefault(true);
  connect(photos, &QPushButton::clicked, this, &WelcomePage::photos_wanted);
  connect(button(tr("Open a model..."), "welcome_model"), &QPushButton::clicked, this, &WelcomePage::model_wanted);
  // A run that was stopped, or that ended with the program or the machine.
  if (const fs::path run = QSettings().value("run").toString().toStdString(); !run.empty() && can_go_on(run)) {
    auto* resume = button(tr("Go on with %1").arg(QString::fromStdString(run.filename().string())), "welcome_resume");
    resume->setToolTip(QString::fromStdString(run.string()));
    connect(resume, &QPushButton::clicked, this, [this, run] { Q_EMIT run_wanted(run); });
  }
  auto* hint = new QLabel(
      tr("A folder of photos, a video, a COLMAP or transforms.json dataset, a training run, or a 3DGS .ply.\n"
         "Dropping it on this window does the same. Ctrl+K finds every command."));
  hint->setStyleSheet("color: " + theme().faint.name());
  column->addSpacing(18);
  column->addWidget(hint);
  column->addStretch(3);
  auto* row = new QHBoxLayout(this);
  row->addStretch(1);
  row->addLayout(column);
  row->addStretch(1);
}

}  // namespace tessera::app
