#include "app/studio/main_window.h"

#include <QActionGroup>
#include <QApplication>
#include <QCloseEvent>
#include <QDockWidget>
#include <QFileDialog>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QScrollArea>
#include <QSettings>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTimer>

#include <nlohmann/json.hpp>

#include "app/studio/clean_panel.h"
#include "app/studio/command_palette.h"
#include "app/studio/error_map.h"
#include "app/studio/export_actions.h"
#include "app/studio/import_flow.h"
#include "app/studio/inspect_panel.h"
#include "app/studio/keyboard_help.h"
#include "app/studio/language.h"
#include "app/studio/log_panel.h"
#include "app/studio/metrics_panel.h"
#include "app/studio/path_panel.h"
#include "app/studio/photo_scores.h"
#include "app/studio/photos_panel.h"
#include "app/studio/plan_model.h"
#include "app/studio/plan_panel.h"
#include "app/studio/project_keeper.h"
#include "app/studio/recent.h"
#include "app/studio/results_panel.h"
#include "app/studio/scene_panel.h"
#include "app/studio/task_strip.h"
#include "app/studio/theme.h"
#include "app/studio/train_panel.h"
#include "app/studio/view_bar.h"
#include "app/studio/view_share.h"
#include "app/studio/viewport.h"
#include "app/studio/welcome_page.h"
#include "reconstruct/project/project.h"
#include "reconstruct/provenance.h"

namespace tessera::app {
namespace fs = std::filesystem;

namespace {

/// For a dock that may be made lower than what is in it.
QScrollArea* scrolled(QWidget* inside, const char* name, const QString& title) {
  auto* area = new QScrollArea;
  area->setObjectName(name);
  area->setAccessibleName(title);
  area->setFrameShape(QFrame::NoFrame);
  area->setWidgetResizable(true);
  area->setWidget(inside);
  return area;
}

}  // namespace

MainWindow::MainWindow(const RendererOptions& renderer, QWidget* parent)
    : QMainWindow(parent),
      pages_(new QStackedWidget),
      viewport_(new Viewport(renderer)),
      actions_(new Actions(*this)),
      studio_{*this,
              workspace_,
              *viewport_,
              *actions_,
              [this](const QString& message) { show_error(message); },
              [this](const QString& line) { message_->setText(line); },
              [this](const QString& line) { log_->add(line); },
              [this](const QString& title, const char* name, QWidget* widget, Qt::DockWidgetArea area) {
                auto* dock = new QDockWidget(title, this);
                dock->setObjectName(name);
                dock->setWidget(widget);
                addDockWidget(area, dock);
              },
              [this](const char* name, auto save, auto restore) {
                keeper_->keep(name, std::move(save), std::move(restore));
              }},
      log_(new LogPanel) {
  setWindowTitle("Tessera Studio");
  setAcceptDrops(true);
  setDockOptions(AnimatedDocks | AllowNestedDocks | AllowTabbedDocks);
  resize(1440, 900);
  make_file_menu();
  make_view_menu();
  make_parts();
  auto* bar = new ViewBar(studio_);
  addToolBar(bar);
  studio_.keep(
      "view", [bar] { return bar->save(); }, [bar](const nlohmann::json& saved) { bar->restore(saved); });
  make_window_menu();
  auto* welcome = new WelcomePage;
  connect(welcome, &WelcomePage::photos_wanted, import_, &ImportFlow::ask_photos);
  connect(welcome, &WelcomePage::video_wanted, import_, &ImportFlow::ask_video);
  connect(welcome, &WelcomePage::sample_wanted, import_, &ImportFlow::ask_sample);
  connect(welcome, &WelcomePage::dataset_wanted, this, &MainWindow::ask_folder);
  connect(welcome, &WelcomePage::model_wanted, this, &MainWindow::ask_model);
  connect(welcome, &WelcomePage::run_wanted, this, &MainWindow::go_on);
  connect(welcome, &WelcomePage::path_wanted, this, &MainWindow::open);
  pages_->addWidget(welcome);
  pages_->addWidget(viewport_);
  setCentralWidget(pages_);
  make_status_bar();
  connect_workspace();
  QSettings settings;
  restoreGeometry(settings.value("window/geometry").toByteArray());
  restoreState(settings.value("window/state").toByteArray());
}

MainWindow::~MainWindow() = default;

void MainWindow::make_parts() {
  keeper_ = new ProjectKeeper(studio_);
  auto* scores = new PhotoScores(studio_);
  studio_.add_dock(tr("Photos"), "dock_photos", new PhotosPanel(studio_, *scores), Qt::LeftDockWidgetArea);
  studio_.add_dock(tr("Clean"), "dock_clean", new CleanPanel(studio_), Qt::LeftDockWidgetArea);
  tabifyDockWidget(findChild<QDockWidget*>("dock_photos"), findChild<QDockWidget*>("dock_clean"));
  import_ = new ImportFlow(studio_);
  train_ = new TrainPanel(studio_);
  studio_.add_dock(tr("Train"), "dock_train", train_, Qt::RightDockWidgetArea);
  plan_ = new PlanModel(
      workspace_, [this] { return train_->chosen(); }, this);
  connect(train_, &TrainPanel::options_changed, plan_, &PlanModel::forecast);
  studio_.add_dock(tr("Plan"), "dock_plan", scrolled(new PlanPanel(studio_, *plan_), "plan_scroll", tr("Plan")),
                   Qt::LeftDockWidgetArea);
  tabifyDockWidget(findChild<QDockWidget*>("dock_clean"), findChild<QDockWidget*>("dock_plan"));
  findChild<QDockWidget*>("dock_photos")->raise();
  studio_.add_dock(tr("Curves"), "dock_curves", new MetricsPanel(studio_), Qt::RightDockWidgetArea);
  studio_.add_dock(tr("Results"), "dock_results",
                   scrolled(new ResultsPanel(studio_, *scores), "results_scroll", tr("Results")),
                   Qt::RightDockWidgetArea);
  studio_.add_dock(tr("Scene"), "dock_scene", new ScenePanel(studio_, *plan_), Qt::RightDockWidgetArea);
  new ErrorMap(studio_);  // the window's; below what the inspector marks
  studio_.add_dock(tr("Inspect"), "dock_inspect", new InspectPanel(studio_), Qt::RightDockWidgetArea);
  studio_.add_dock(tr("Log"), "dock_log", log_, Qt::BottomDockWidgetArea);
  auto* tasks = new TaskStrip(studio_);
  add_export_actions(studio_, *tasks);
  new PathPanel(studio_, *tasks);
  tabifyDockWidget(findChild<QDockWidget*>("dock_log"), findChild<QDockWidget*>("dock_path"));
  findChild<QDockWidget*>("dock_path")->hide();  // until there is a path
  auto* curves = findChild<QDockWidget*>("dock_curves");
  for (const char* name : {"dock_results", "dock_inspect", "dock_scene"})
    tabifyDockWidget(curves, findChild<QDockWidget*>(name));
  curves->raise();
  new ViewShare(studio_, this);
  resizeDocks({findChild<QDockWidget*>("dock_photos"), findChild<QDockWidget*>("dock_train")}, {320, 340},
              Qt::Horizontal);
  // All of the train dock is to be seen, at 800 pixels too.
  resizeDocks({findChild<QDockWidget*>("dock_train"), curves}, {360, 200}, Qt::Vertical);
  resizeDocks({findChild<QDockWidget*>("dock_log")}, {90}, Qt::Vertical);
}

void MainWindow::make_file_menu() {
  using Menu = Actions::Menu;
  actions_->add(Menu::file, tr("&New from Photos..."), QKeySequence::New, [this] { import_->ask_photos(); });
  actions_->add(Menu::file, tr("New from a &Video..."), {}, [this] { import_->ask_video(); });
  actions_->add(Menu::file, tr("&Open Photos, Dataset or Project..."), QKeySequence::Open, [this] { ask_folder(); });
  actions_->add(Menu::file, tr("Open &Model..."), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O),
                [this] { ask_model(); });
  recent_ = actions_->add_submenu(Menu::file, tr("Open &Recent"));
  connect(recent_, &QMenu::aboutToShow, this, &MainWindow::fill_recent);
  actions_->add(Menu::file, tr("Try the Sample &City..."), {}, [this] { import_->ask_sample(); });
  actions_->add_separator(Menu::file);
}

void MainWindow::make_view_menu() {
  using Menu = Actions::Menu;
  const auto looking = [this](const QString& text, int key, int axis, bool positive) {
    actions_->add(Menu::view, text, QKeySequence(key), [this, axis, positive] {
      viewport_->view().look_along(axis, positive);
      viewport_->move();
    });
  };
  actions_->add(Menu::view, tr("&Home"), QKeySequence(Qt::Key_H),
                [this] { viewport_->view().go_home(), viewport_->move(); });
  actions_->add(Menu::view, tr("&Level the Horizon"), QKeySequence(Qt::Key_L),
                [this] { viewport_->view().level(), viewport_->move(); });
  looking(tr("From the &Top"), Qt::Key_7, 2, true);
  looking(tr("From the &Front"), Qt::Key_1, 1, false);
  looking(tr("From the &Side"), Qt::Key_3, 0, true);
}

/// What comes last in the menus.
void MainWindow::make_window_menu() {
  using Menu = Actions::Menu;
  actions_->add_separator(Menu::file);
  actions_->add(Menu::file, tr("&Quit"), QKeySequence::Quit, [this] { close(); });
  actions_->add_separator(Menu::view);
  for (auto* dock : findChildren<QDockWidget*>()) actions_->adopt(Menu::view, dock->toggleViewAction());
  actions_->add_separator(Menu::view);
  actions_->add(Menu::view, tr("Full &Screen"), QKeySequence(Qt::Key_F11),
                [this] { setWindowState(windowState() ^ Qt::WindowFullScreen); });
  actions_->add_switch(Menu::view, tr("&Dark Theme"), {}, theme().dark, [this](bool dark) {
    set_theme(*qApp, dark);
    QSettings().setValue("dark", dark);
    update();
  });
  make_language_menu();
  actions_->add(Menu::view, tr("&Go to the View"), QKeySequence(Qt::Key_F6), [this] { viewport_->setFocus(); });
  actions_->add(Menu::view, tr("Find a &Command..."), QKeySequence(Qt::CTRL | Qt::Key_K), [this] { show_palette(); });
  actions_->add(Menu::help, tr("&Keyboard and Mouse"), QKeySequence::HelpContents,
                [this] { (new KeyboardHelp(*actions_, this))->open(); });
  actions_->add(Menu::help, tr("&About"), {}, [this] {
    QMessageBox::about(this, "Tessera Studio",
                       tr("Tessera %1\nApache License 2.0").arg(QString::fromStdString(reconstruct::version_text())));
  });
}

void MainWindow::make_language_menu() {
  QMenu* menu = actions_->add_submenu(Actions::Menu::view, tr("Lan&guage"));
  auto* group = new QActionGroup(this);
  const QString chosen = QSettings().value("language").toString();
  const auto add = [&](const QString& name, const QString& code) {
    QAction* action = menu->addAction(name);
    action->setCheckable(true);
    action->setChecked(code == chosen);
    group->addAction(action);
    connect(action, &QAction::triggered, this, [this, code] {
      QSettings().setValue("language", code);
      message_->setText(tr("The language changes at the next start."));
    });
  };
  add(tr("As the System"), {});
  for (const Language& language : languages()) add(language.name, language.code);
}

void MainWindow::make_status_bar() {
  message_ = new QLabel(tr("Ready"));
  numbers_ = new QLabel;
  renderer_ = new QLabel;
  for (QLabel* label : {message_, numbers_, renderer_}) label->setContentsMargins(8, 2, 8, 2);
  message_->setObjectName("message");
  statusBar()->addWidget(message_, 1);
  statusBar()->addPermanentWidget(numbers_);
  statusBar()->addPermanentWidget(renderer_);
}

void MainWindow::connect_workspace() {
  connect(&workspace_, &Workspace::opened, this, &MainWindow::show_opened);
  connect(&workspace_, &Workspace::project_changed, this, &MainWindow::show_name);
  connect(&workspace_, &Workspace::model_changed, this, [this] {
    const auto model = workspace_.model();
    if (std::exchange(first_view_, false)) {
      const Ball& ball = workspace_.ball();
      viewport_->view().set_home({ball.center[0], ball.center[1], ball.center[2]}, ball.radius);
      if (const auto dataset = workspace_.dataset())
        viewport_->view().set_home_photo(dataset->views[best_view(*dataset)].camera, 1);
      viewport_->view().go_home();
      viewport_->view().jump();
    }
    render::ViewSettings settings = viewport_->settings();
    settings.antialiased = workspace_.antialiased();
    if (!(settings == viewport_->settings())) viewport_->set_settings(settings);
    const auto lod = workspace_.lod();
    viewport_->set_model(model, lod);
    const std::uint64_t splats = lod ? lod->scene().splats : model->size();
    numbers_->setText(tr("%1 splats").arg(QLocale().toString(static_cast<qulonglong>(splats))));
  });
  connect(&workspace_, &Workspace::state_changed, this, [this](Workspace::State state) {
    using State = Workspace::State;
    if (state == State::making || state == State::posing) pages_->setCurrentWidget(viewport_);
    if (state == State::idle && !workspace_.model()) pages_->setCurrentIndex(0);  // what was begun was stopped
    if (state == State::training)
      QSettings().setValue("run", QString::fromStdString(fs::absolute(workspace_.run()).string()));
  });
  connect(&workspace_, &Workspace::stepped, this, [this](const reconstruct::TrainMetrics& m) {
    message_->setText(tr("Step %1, %2 ms a step").arg(QLocale().toString(m.step)).arg(m.step_ms, 0, 'f', 0));
  });
  connect(&workspace_, &Workspace::progressed, this,
          [this](const QString& stage, double done, double total, double, const QString&) {
            if (workspace_.state() != Workspace::State::training)
              message_->setText(total > 0 ? tr("%1: %2 %").arg(stage).arg(100 * done / total, 0, 'f', 0) : stage);
          });
  connect(&workspace_, &Workspace::noted, log_, &LogPanel::add);
  connect(&workspace_, &Workspace::warned, this,
          [this](const QString& line) { log_->add(tr("Warning: %1").arg(line)); });
  connect(&workspace_, &Workspace::finished, this,
          [this](const QString& summary) { message_->setText(summary), log_->add(summary); });
  connect(&workspace_, &Workspace::failed, this, &MainWindow::show_error);
  connect(viewport_, &Viewport::failed, log_, &LogPanel::add);
  connect(viewport_, &Viewport::noted, log_, &LogPanel::add);
  connect(viewport_, &Viewport::renderer_started, renderer_, &QLabel::setText);
  connect(viewport_, &Viewport::frame_drawn, this,
          [this](double ms) { renderer_->setToolTip(tr("%1 ms a picture").arg(ms, 0, 'f', 1)); });
}

void MainWindow::go_on(const fs::path& run) {
  open(run);
  // Once it has been read.
  auto* once = new QObject(this);
  connect(&workspace_, &Workspace::state_changed, once, [this, once, run](Workspace::State state) {
    if (state != Workspace::State::idle) return;
    once->deleteLater();
    if (workspace_.run() == run) QMetaObject::invokeMethod(train_, &TrainPanel::start, Qt::QueuedConnection);
  });
}

void MainWindow::open(const fs::path& path) {
  if (!workspace_.busy() && !workspace_.may_leave(tr("What is opened takes its place."))) return;
  if (import_->takes(path)) return;
  log_->add(tr("Opening %1").arg(QString::fromStdString(path.string())));
  workspace_.open(path);
}

void MainWindow::show_opened() {
  first_view_ = true;
  pages_->setCurrentWidget(viewport_);
  show_name();
  viewport_->setFocus();
  message_->setText(workspace_.dataset() ? tr("%1 photos").arg(workspace_.dataset()->views.size()) : tr("Ready"));
  log_->add(message_->text());
}

void MainWindow::ask_folder() {
  const QString name = QFileDialog::getExistingDirectory(this, tr("Photos, a dataset, a project or a run"));
  if (!name.isEmpty()) open(name.toStdString());
}

void MainWindow::ask_model() {
  const QString name =
      QFileDialog::getOpenFileName(this, tr("Open a model"), {}, tr("3DGS model (*.ply *.tlod);;Video (*.mp4 *.mov)"));
  if (!name.isEmpty()) open(name.toStdString());
}

void MainWindow::show_palette() {
  CommandPalette palette(actions_->all(), this);
  palette.move(mapToGlobal(QPoint((width() - palette.width()) / 2, 60)));
  if (palette.exec() == QDialog::Accepted && palette.chosen())
    QTimer::singleShot(0, palette.chosen(), &QAction::trigger);  // after the dialog has gone
}

void MainWindow::show_error(const QString& message) {
  log_->add(tr("Error: %1").arg(message));
  message_->setText(message);
  auto* box = new QMessageBox(QMessageBox::Warning, "Tessera Studio", message, QMessageBox::Ok, this);
  box->setObjectName("error");
  box->setAttribute(Qt::WA_DeleteOnClose);
  box->open();  // does not stop the program
}

void MainWindow::show_name() {
  const auto& project = workspace_.project();
  const fs::path& path = workspace_.path();
  const QString name = QString::fromStdString(project ? project->name() : path.filename().string());
  setWindowTitle((workspace_.read_only() ? tr("%1 (to look at only)").arg(name) : name) + " - Tessera Studio");
  remember_recent(path, name, project ? project->source() : fs::path());
}

void MainWindow::fill_recent() {
  recent_->clear();
  for (const Recent& item : recent()) {
    // The folder stands where other commands have their keys.
    QAction* action = recent_->addAction(QString(item.name).replace("&", "&&") + "\t" + item.folder, this,
                                         [this, path = item.path] { open(path); });
    action->setEnabled(item.there);
    if (!item.there) action->setText(action->text() + tr(" (not there)"));
  }
  if (recent_->isEmpty()) recent_->addAction(tr("Nothing yet"))->setEnabled(false);
}

void MainWindow::closeEvent(QCloseEvent* event) {
  using State = Workspace::State;
  if (workspace_.state() == State::training || workspace_.state() == State::paused) {
    const auto answer = QMessageBox::question(
        this, tr("Training is under way"), tr("Save a checkpoint and quit? The run can be resumed at the next start."),
        QMessageBox::Yes | QMessageBox::No, QMessageBox::Yes);
    if (answer != QMessageBox::Yes) return event->ignore();
    workspace_.stop();
  } else if (!workspace_.may_leave(tr("They will be back at the next start."))) {
    return event->ignore();
  }
  QSettings settings;
  settings.setValue("window/geometry", saveGeometry());
  settings.setValue("window/state", saveState());
  event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  const QList<QUrl> urls = event->mimeData()->urls();
  if (!urls.isEmpty() && urls.first().isLocalFile()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) { open(event->mimeData()->urls().first().toLocalFile().toStdString()); }

}  // namespace tessera::app
