#include "app/studio/welcome_page.h"

#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QVBoxLayout>

#include "app/studio/recent.h"
#include "app/studio/theme.h"
#include "reconstruct/project/project.h"
#include "reconstruct/run/inputs.h"
#include "scene/error.h"

namespace tessera::app {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostRecent = 4;
constexpr int kWidth = 420;  // of a button; a longer folder is elided

QString faint() { return "color: " + theme().faint.name(); }

/// What was open lately: its name, and in faint text where it is.
class RecentButton : public QPushButton {
 public:
  explicit RecentButton(const Recent& item) {
    setFixedSize(kWidth, 46);
    setEnabled(item.there);
    setToolTip(QString::fromStdString(item.path.string()));
    setAccessibleName(item.there ? item.name : WelcomePage::tr("%1, not there any more").arg(item.name));
    auto* name = new QLabel(item.name);
    const QString where = item.there ? item.folder : WelcomePage::tr("not there any more: %1").arg(item.folder);
    auto* folder = new QLabel(fontMetrics().elidedText(where, Qt::ElideMiddle, kWidth - 28));
    folder->setFont(theme().small);
    folder->setStyleSheet(faint());
    if (!item.there) name->setStyleSheet(faint());
    auto* lines = new QVBoxLayout(this);
    lines->setContentsMargins(14, 4, 14, 4);
    lines->setSpacing(1);
    for (QLabel* label : {name, folder}) {
      label->setTextFormat(Qt::PlainText);
      label->setAttribute(Qt::WA_TransparentForMouseEvents);
      lines->addWidget(label);
    }
  }
};

/// "fox, run 2" of a run in a project, else the folder's name.
QString name_of_run(const fs::path& run) {
  const QString number = QString::fromStdString(run.filename().string());
  const auto home = reconstruct::find_project(run);
  if (!home) return number;
  for (const Recent& item : recent())
    if (item.path == home->folder) return WelcomePage::tr("%1, run %2").arg(item.name, number);
  return WelcomePage::tr("%1, run %2").arg(QString::fromStdString(home->folder.filename().string()), number);
}

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
    b->setMinimumSize(kWidth, 38);
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
    auto* resume = button(tr("Go on with %1").arg(name_of_run(run)), "welcome_resume",
                          QString::fromStdString(run.string()));
    connect(resume, &QPushButton::clicked, this, [this, run] { Q_EMIT run_wanted(run); });
  }
  add_recent(column);
  auto* hint =
      new QLabel(tr("Photos, videos, projects, datasets, runs and models can be dropped on this window as well.\n"
                    "Ctrl+K finds every command."));
  hint->setStyleSheet(faint());
  column->addSpacing(18);
  column->addWidget(hint);
  column->addStretch(3);
  auto* row = new QHBoxLayout(this);
  row->addStretch(1);
  row->addLayout(column);
  row->addStretch(1);
}

void WelcomePage::add_recent(QVBoxLayout* column) {
  const std::vector<Recent> items = recent();
  if (items.empty()) return;
  auto* title = new QLabel(tr("Recent"));
  title->setStyleSheet(faint());
  column->addSpacing(18);
  column->addWidget(title);
  for (std::size_t i = 0; i < std::min(items.size(), kMostRecent); ++i) {
    auto* button = new RecentButton(items[i]);
    button->setObjectName("welcome_recent_" + QString::number(i));
    connect(button, &QPushButton::clicked, this, [this, path = items[i].path] { Q_EMIT path_wanted(path); });
    column->addWidget(button, 0, Qt::AlignLeft);
  }
}

}  // namespace tessera::app
