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
  const auto heading = [&](const QString& label) {
    auto* h = new QLabel(label);
    h->setStyleSheet("color: " + theme().faint.name());
    column->addSpacing(14);
    column->addWidget(h);
  };
  const auto button = [&](const QString& label, const char* name, const QString& tip) {
    auto* b = new QPushButton(label);
    b->setObjectName(name);
    b->setMinimumSize(300, 38);
    b->setToolTip(tip);
    column->addWidget(b, 0, Qt::AlignLeft);
    return b;
  };
  heading(tr("Make a scene"));
  auto* photos = button(tr("New from photos..."), "welcome_photos", tr("A folder of photos: jpg, png, tif, bmp, webp"));
  photos->setDefault(true);
  connect(photos, &QPushButton::clicked, this, &WelcomePage::photos_wanted);
  connect(button(tr("New from a video..."), "welcome_video", tr("The sharpest pictures of an mp4 or mov are taken")),
          &QPushButton::clicked, this, &WelcomePage::video_wanted);
  connect(button(tr("Try the sample city"), "welcome_sample",
                 tr("Builds a small town and photographs it from a drone: a minute or so, and nothing to download")),
          &QPushButton::clicked, this, &WelcomePage::sample_wanted);
  heading(tr("Open"));
  connect(button(tr("Open a dataset..."), "welcome_dataset", tr("COLMAP or transforms.json, or a training run")),
          &QPushButton::clicked, this, &WelcomePage::dataset_wanted);
  connect(button(tr("Open a model..."), "welcome_model", tr("Splats as .ply")), &QPushButton::clicked, this,
          &WelcomePage::model_wanted);
  // A run that was stopped, or that ended with the program or the machine.
  if (const fs::path run = QSettings().value("run").toString().toStdString(); !run.empty() && can_go_on(run)) {
    auto* resume = button(tr("Go on with %1").arg(QString::fromStdString(run.filename().string())), "welcome_resume",
                          QString::fromStdString(run.string()));
    connect(resume, &QPushButton::clicked, this, [this, run] { Q_EMIT run_wanted(run); });
  }
  auto* hint =
      new QLabel(tr("Photos, videos, datasets, runs and models can be dropped on this window as well.\n"
                    "Ctrl+K finds every command."));
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
