#include "app/studio/import_flow.h"

#include <QDir>
#include <QEvent>
#include <QFileDialog>
#include <QLocale>
#include <QMessageBox>
#include <QPushButton>
#include <QStandardPaths>

#include "app/studio/import_dialog.h"
#include "app/studio/import_scan.h"
#include "app/studio/job_card.h"
#include "app/studio/viewport.h"
#include "app/studio/workspace.h"
#include "reconstruct/synth/city.h"

namespace tessera::app {
namespace fs = std::filesystem;

namespace {

constexpr const char* kSampleFolder = "sample-city";

/// Whole: it appears under its name when it is finished. The one that was made before is the same.
bool is_sample(const fs::path& folder) {
  std::error_code error;
  return fs::exists(folder / "city.json", error);
}

}  // namespace

ImportFlow::ImportFlow(Studio& studio)
    : QObject(&studio.window), studio_(studio), card_(new JobCard(&studio.viewport)) {
  studio.viewport.installEventFilter(this);
  connect(card_, &JobCard::stop_wanted, &studio.workspace, &Workspace::stop);
  connect_workspace();
}

ImportFlow::~ImportFlow() = default;

void ImportFlow::connect_workspace() {
  Workspace& workspace = studio_.workspace;
  connect(&workspace, &Workspace::state_changed, this, [this](Workspace::State state) {
    using State = Workspace::State;
    if (state == State::posing || state == State::making) {
      studio_.viewport.set_dataset(nullptr);
      studio_.viewport.set_model(nullptr);
      grown_ = true, touched_ = false;
      card_->begin(state == State::posing ? tr("Finding the cameras") : tr("Building the sample city"));
    } else if (state == State::idle) {
      card_->end();
      if (grown_) show_opened();
    }
  });
  connect(&workspace, &Workspace::opened, this, [this] { grown_ = false; });
  connect(&workspace, &Workspace::poses_grew, this, &ImportFlow::show_growth);
  connect(&workspace, &Workspace::progressed, this,
          [this](const QString& stage, double done, double total, double seconds_left, const QString&) {
            if (card_->isVisible()) card_->show_progress(stage, done, total, seconds_left);
          });
}

bool ImportFlow::takes(const fs::path& path) {
  if (!Workspace::needs_poses(path)) return false;
  if (reconstruct::pose_state(Workspace::poses_folder(path)) == reconstruct::PoseState::finished) return false;
  begin(path);
  return true;
}

void ImportFlow::begin(const fs::path& path) {
  if (studio_.workspace.busy()) return studio_.fail(tr("Stop the job under way before opening something else."));
  if (dialog_) dialog_->reject();
  const fs::path whole = fs::absolute(path).lexically_normal();
  const fs::path name = whole.has_filename() ? whole : whole.parent_path();
  dialog_ = new ImportDialog(name, &studio_.window);
  dialog_->setAttribute(Qt::WA_DeleteOnClose);
  auto* scan = new ImportScan(name, Workspace::poses_folder(name), this);
  connect(scan, &ImportScan::progressed, dialog_.data(), &ImportDialog::show_progress);
  connect(scan, &ImportScan::finished, dialog_.data(), &ImportDialog::show_report);
  connect(scan, &ImportScan::failed, dialog_.data(), [this](const QString& message) {
    dialog_->reject();
    studio_.fail(message);
  });
  // One that was cancelled ends with the photo that it is at; nobody waits for it.
  connect(scan, &ImportScan::cancelled, scan, &QObject::deleteLater);
  connect(scan, &ImportScan::finished, scan, &QObject::deleteLater);
  connect(scan, &ImportScan::failed, scan, &QObject::deleteLater);
  connect(dialog_.data(), &QDialog::rejected, scan, &ImportScan::cancel);
  connect(dialog_.data(), &QDialog::accepted, this,
          [this, dialog = dialog_.data()] { studio_.workspace.pose(dialog->path(), dialog->options()); });
  dialog_->open();
  dialog_->activateWindow();  // where no window manager does
  scan->start();
}

void ImportFlow::show_growth(const PosesSoFar& so_far) {
  Viewport& viewport = studio_.viewport;
  const Ball& ball = so_far.ball;
  viewport.set_dataset(so_far.dataset);
  viewport.set_model(so_far.model);
  viewport.view().set_home({ball.center[0], ball.center[1], ball.center[2]}, ball.radius);
  if (!touched_) viewport.view().go_home(), viewport.move();
  const QLocale locale;
  card_->show_note(tr("%1 cameras and %2 points so far")
                       .arg(locale.toString(static_cast<int>(so_far.dataset->views.size())),
                            locale.toString(static_cast<int>(so_far.model->size()))));
}

void ImportFlow::show_opened() {
  grown_ = false;
  Workspace& workspace = studio_.workspace;
  studio_.viewport.set_dataset(workspace.dataset());
  studio_.viewport.set_model(workspace.model(), workspace.lod());
  if (!workspace.model()) return;
  const Ball& ball = workspace.ball();
  studio_.viewport.view().set_home({ball.center[0], ball.center[1], ball.center[2]}, ball.radius);
  studio_.viewport.view().go_home();
  studio_.viewport.move();
}

bool ImportFlow::eventFilter(QObject* watched, QEvent* event) {
  const auto type = event->type();
  if (type == QEvent::MouseButtonPress || type == QEvent::Wheel || type == QEvent::KeyPress) touched_ = true;
  return QObject::eventFilter(watched, event);
}

void ImportFlow::ask_photos() {
  const QString name = QFileDialog::getExistingDirectory(&studio_.window, tr("A folder of photos"));
  if (!name.isEmpty()) begin(name.toStdString());
}

void ImportFlow::ask_video() {
  const QString name = QFileDialog::getOpenFileName(&studio_.window, tr("A video"), {},
                                                    tr("Video (*.mp4 *.mov *.m4v *.avi *.mkv *.webm *.mts)"));
  if (!name.isEmpty()) begin(name.toStdString());
}

void ImportFlow::ask_sample() {
  const QDir home(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation));
  const fs::path proposed = home.filePath(kSampleFolder).toStdString();
  if (is_sample(proposed)) return make_sample(proposed);
  auto* box =
      new QMessageBox(QMessageBox::NoIcon, tr("Sample city"),
                      tr("A small town is built and photographed from a drone: a minute or so, some megabytes.\n\n"
                         "It goes to %1")
                          .arg(QString::fromStdString(proposed.string())),
                      QMessageBox::Cancel, &studio_.window);
  box->setObjectName("sample_question");
  box->setAttribute(Qt::WA_DeleteOnClose);
  auto* build = box->addButton(tr("&Build it"), QMessageBox::AcceptRole);
  auto* elsewhere = box->addButton(tr("Another &folder..."), QMessageBox::ActionRole);
  build->setObjectName("sample_build");
  elsewhere->setObjectName("sample_elsewhere");
  box->button(QMessageBox::Cancel)->setIcon({});
  box->setDefaultButton(build);
  connect(build, &QPushButton::clicked, this, [this, proposed] { make_sample(proposed); });
  connect(elsewhere, &QPushButton::clicked, this, [this] {
    const QString name = QFileDialog::getExistingDirectory(&studio_.window, tr("Where to put the sample city"));
    if (!name.isEmpty()) make_sample(QDir(name).filePath(kSampleFolder).toStdString());
  });
  box->open();
}

void ImportFlow::make_sample(const fs::path& folder) {
  studio_.workspace.make([folder](const scene::JobContext& job) {
    if (!is_sample(folder)) {
      std::error_code ignored;  // write_city() says what cannot be written
      fs::create_directories(folder.parent_path(), ignored);
      reconstruct::CityOptions options;
      options.ground_truth = false;
      reconstruct::write_city(folder, options, job);
    }
    return folder;
  });
}

}  // namespace tessera::app
