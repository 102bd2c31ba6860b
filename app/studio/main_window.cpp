#include "app/studio/main_window.h"

#include <QAction>
#include <QApplication>
#include <QCloseEvent>
#include <QComboBox>
#include <QDateTime>
#include <QDockWidget>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QLabel>
#include <QListView>
#include <QLocale>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSettings>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTimer>
#include <QToolBar>
#include <QVBoxLayout>

#include "app/studio/command_palette.h"
#include "app/studio/photo_list.h"
#include "app/studio/plot.h"
#include "app/studio/theme.h"
#include "app/studio/train_panel.h"
#include "app/studio/viewport.h"
#include "reconstruct/provenance.h"
#include "reconstruct/run/inputs.h"
#include "scene/atomic_file.h"
#include "scene/error.h"

namespace tessera::app {
namespace fs = std::filesystem;

namespace {

constexpr double kShareWhileTraining = 0.25;  // of the cores' time, where viewer and trainer share them
constexpr int kMostRecent = 8, kMostLogLines = 5000;

/// Whether the run has begun and not ended.
bool can_go_on(const fs::path& run) {
  try {
    const std::string state = reconstruct::run_state(run);
    return state == "training" || state == "interrupted";
  } catch (const scene::Error&) {
    return false;  // its folder cannot be read any more
  }
}

QString mode_text(render::ViewMode mode) {
  using render::ViewMode;
  switch (mode) {
    case ViewMode::splats:
      return MainWindow::tr("Splats");
    case ViewMode::points:
      return MainWindow::tr("Points");
    case ViewMode::shells:
      return MainWindow::tr("Shells");
    case ViewMode::depth:
      return MainWindow::tr("Depth");
    case ViewMode::normals:
      return MainWindow::tr("Normals");
    case ViewMode::overdraw:
      return MainWindow::tr("Overdraw");
  }
  return {};
}

}  // namespace

MainWindow::MainWindow(QWidget* parent) : QMainWindow(parent), pages_(new QStackedWidget), viewport_(new Viewport) {
  setWindowTitle("Tessera Studio");
  setAcceptDrops(true);
  setDockOptions(AnimatedDocks | AllowNestedDocks | AllowTabbedDocks);
  resize(1440, 900);
  make_docks();
  make_menus();
  pages_->addWidget(make_welcome());
  pages_->addWidget(viewport_);
  setCentralWidget(pages_);
  make_view_bar();
  message_ = new QLabel(tr("Ready"));
  numbers_ = new QLabel;
  renderer_ = new QLabel;
  for (QLabel* label : {message_, numbers_, renderer_}) label->setContentsMargins(8, 2, 8, 2);
  message_->setObjectName("message");
  statusBar()->addWidget(message_, 1);
  statusBar()->addPermanentWidget(numbers_);
  statusBar()->addPermanentWidget(renderer_);
  connect_workspace();
  QSettings settings;
  restoreGeometry(settings.value("window/geometry").toByteArray());
  restoreState(settings.value("window/state").toByteArray());
}

MainWindow::~MainWindow() = default;

QWidget* MainWindow::make_welcome() {
  auto* page = new QWidget;
  page->setObjectName("welcome");
  auto* column = new QVBoxLayout;
  auto* title = new QLabel("Tessera Studio");
  QFont font = title->font();
  font.setPointSizeF(font.pointSizeF() * 2.4);
  font.setBold(true);
  title->setFont(font);
  auto* text = new QLabel(tr("Photographs in, a scene that you can fly through out."));
  auto* photos = new QPushButton(tr("Open photos or a dataset..."));
  auto* model = new QPushButton(tr("Open a model..."));
  photos->setObjectName("welcome_photos");
  model->setObjectName("welcome_model");
  photos->setDefault(true);
  auto* hint = new QLabel(
      tr("A folder of photos, a video, a COLMAP or transforms.json dataset, a training run, or a 3DGS .ply.\n"
         "Dropping it on this window does the same. Ctrl+K finds every command."));
  hint->setStyleSheet("color: " + theme().faint.name());
  column->addStretch(2);
  column->addWidget(title);
  column->addWidget(text);
  column->addSpacing(18);
  for (QPushButton* button : {photos, model}) {
    button->setMinimumSize(300, 40);
    column->addWidget(button, 0, Qt::AlignLeft);
  }
  // A run that was stopped, or that ended with the program or the machine.
  if (const fs::path run = QSettings().value("run").toString().toStdString(); !run.empty() && can_go_on(run)) {
    auto* resume = new QPushButton(tr("Go on with %1").arg(QString::fromStdString(run.filename().string())));
    resume->setObjectName("welcome_resume");
    resume->setToolTip(QString::fromStdString(run.string()));
    resume->setMinimumSize(300, 40);
    column->addWidget(resume, 0, Qt::AlignLeft);
    connect(resume, &QPushButton::clicked, this, [this, run] { go_on(run); });
  }
  column->addSpacing(18);
  column->addWidget(hint);
  column->addStretch(3);
  auto* row = new QHBoxLayout(page);
  row->addStretch(1);
  row->addLayout(column);
  row->addStretch(1);
  connect(photos, &QPushButton::clicked, this, &MainWindow::ask_folder);
  connect(model, &QPushButton::clicked, this, &MainWindow::ask_model);
  return page;
}

void MainWindow::make_docks() {
  const auto dock = [this](const QString& title, const char* name, QWidget* widget, Qt::DockWidgetArea area) {
    auto* d = new QDockWidget(title, this);
    d->setObjectName(name);
    d->setWidget(widget);
    addDockWidget(area, d);
    return d;
  };
  photos_ = new PhotoList(this);
  photo_view_ = new QListView;
  photo_view_->setObjectName("photos");
  photo_view_->setAccessibleName(tr("Photos"));
  photo_view_->setModel(photos_);
  photo_view_->setViewMode(QListView::IconMode);
  photo_view_->setResizeMode(QListView::Adjust);
  photo_view_->setMovement(QListView::Static);
  photo_view_->setUniformItemSizes(true);
  photo_view_->setIconSize({PhotoList::kThumbnailWidth, PhotoList::kThumbnailWidth});
  photo_view_->setGridSize({PhotoList::kThumbnailWidth + 16, PhotoList::kThumbnailWidth + 4});
  connect(photo_view_, &QListView::activated, this, [this](const QModelIndex& i) { viewport_->stand_at(i.row()); });
  connect(photo_view_, &QListView::clicked, this, [this](const QModelIndex& i) { viewport_->stand_at(i.row()); });
  dock(tr("Photos"), "dock_photos", photo_view_, Qt::LeftDockWidgetArea);

  train_ = new TrainPanel(workspace_);
  dock(tr("Train"), "dock_train", train_, Qt::RightDockWidgetArea);
  connect(train_, &TrainPanel::refused, this, &MainWindow::show_error);

  plot_ = new Plot;
  plot_->setObjectName("plot");
  loss_curve_ = plot_->add_curve(tr("loss"), theme().axis_x, 4);
  psnr_curve_ = plot_->add_curve(tr("test PSNR"), theme().axis_y, 2);
  splats_curve_ = plot_->add_curve(tr("splats"), theme().axis_z, 0);
  dock(tr("Curves"), "dock_curves", plot_, Qt::RightDockWidgetArea);

  log_ = new QPlainTextEdit;
  log_->setObjectName("log");
  log_->setReadOnly(true);
  log_->setMaximumBlockCount(kMostLogLines);
  log_->setAccessibleName(tr("Log"));
  auto* log_dock = dock(tr("Log"), "dock_log", log_, Qt::BottomDockWidgetArea);
  resizeDocks({findChild<QDockWidget*>("dock_photos"), findChild<QDockWidget*>("dock_train")}, {320, 340},
              Qt::Horizontal);
  resizeDocks({log_dock}, {120}, Qt::Vertical);
}

QAction* MainWindow::add_action(QMenu* menu, const QString& text, const QKeySequence& keys, std::function<void()> run) {
  auto* action = new QAction(text, this);
  action->setShortcut(keys);
  connect(action, &QAction::triggered, this, std::move(run));
  menu->addAction(action);
  actions_.push_back(action);
  return action;
}

void MainWindow::make_menus() {
  QMenu* file = menuBar()->addMenu(tr("&File"));
  add_action(file, tr("&Open Photos or Dataset..."), QKeySequence::Open, [this] { ask_folder(); });
  add_action(file, tr("Open &Model..."), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O), [this] { ask_model(); });
  recent_ = file->addMenu(tr("Open &Recent"));
  connect(recent_, &QMenu::aboutToShow, this, &MainWindow::fill_recent);
  file->addSeparator();
  add_action(file, tr("Save &Screenshot..."), QKeySequence(Qt::Key_F12), [this] { save_screenshot(); });
  file->addSeparator();
  add_action(file, tr("&Quit"), QKeySequence::Quit, [this] { close(); });

  view_menu_ = menuBar()->addMenu(tr("&View"));
  const auto looking = [this](const QString& text, int key, int axis, bool positive) {
    add_action(view_menu_, text, QKeySequence(key), [this, axis, positive] {
      viewport_->view().look_along(axis, positive);
      viewport_->move();
    });
  };
  add_action(view_menu_, tr("&Home"), QKeySequence(Qt::Key_H),
             [this] { viewport_->view().go_home(), viewport_->move(); });
  add_action(view_menu_, tr("&Level the Horizon"), QKeySequence(Qt::Key_L),
             [this] { viewport_->view().level(), viewport_->move(); });
  looking(tr("From the &Top"), Qt::Key_7, 2, true);
  looking(tr("From the &Front"), Qt::Key_1, 1, false);
  looking(tr("From the &Side"), Qt::Key_3, 0, true);
  view_menu_->addSeparator();
  add_action(view_menu_, tr("&Next Photo"), QKeySequence(Qt::Key_PageDown), [this] { step_photo(1); });
  add_action(view_menu_, tr("&Previous Photo"), QKeySequence(Qt::Key_PageUp), [this] { step_photo(-1); });
  split_ = add_action(view_menu_, tr("Compare with the Photo, &Split"), QKeySequence(Qt::Key_X), [] {});
  flicker_ = add_action(view_menu_, tr("Compare with the Photo, &in Turns"), QKeySequence(Qt::Key_Z), [] {});
  for (QAction* action : {split_, flicker_}) action->setCheckable(true);
  connect(split_, &QAction::toggled, this, [this](bool on) { compare(PhotoOverlay::Mode::split, on); });
  connect(flicker_, &QAction::toggled, this, [this](bool on) { compare(PhotoOverlay::Mode::flicker, on); });
  QAction* frusta = add_action(view_menu_, tr("Show &Cameras"), QKeySequence(Qt::Key_C), [] {});
  frusta->setCheckable(true);
  frusta->setChecked(true);
  connect(frusta, &QAction::toggled, viewport_, &Viewport::set_frusta_shown);
  view_menu_->addSeparator();
  for (auto* dock : findChildren<QDockWidget*>()) {
    view_menu_->addAction(dock->toggleViewAction());
    actions_.push_back(dock->toggleViewAction());
  }
  view_menu_->addSeparator();
  add_action(view_menu_, tr("Full &Screen"), QKeySequence(Qt::Key_F11),
             [this] { setWindowState(windowState() ^ Qt::WindowFullScreen); });
  dark_ = add_action(view_menu_, tr("&Dark Theme"), {}, [] {});
  dark_->setCheckable(true);
  dark_->setChecked(theme().dark);
  connect(dark_, &QAction::toggled, this, &MainWindow::apply_theme);
  add_action(view_menu_, tr("Find a &Command..."), QKeySequence(Qt::CTRL | Qt::Key_K), [this] { show_palette(); });

  QMenu* train = menuBar()->addMenu(tr("&Train"));
  start_action_ = add_action(train, tr("&Start or Resume Training"), QKeySequence(Qt::CTRL | Qt::Key_Return),
                             [this] { train_->start(); });
  pause_action_ = add_action(train, tr("&Pause or Continue"), QKeySequence(Qt::CTRL | Qt::Key_P),
                             [this] { train_->pause_or_resume(); });
  stop_action_ = add_action(train, tr("S&top"), QKeySequence(Qt::CTRL | Qt::Key_Period), [this] { workspace_.stop(); });
  QAction* log_scale = add_action(train, tr("&Logarithmic Curves"), {}, [] {});
  log_scale->setCheckable(true);
  connect(log_scale, &QAction::toggled, plot_, &Plot::set_logarithmic);
  add_action(train, tr("Export Curves as &CSV..."), {}, [this] {
    const QString name = QFileDialog::getSaveFileName(this, tr("Export curves"), "curves.csv", tr("CSV (*.csv)"));
    if (name.isEmpty()) return;
    try {
      scene::write_file_atomically(name.toStdString(), plot_->csv().toStdString());
    } catch (const scene::Error& e) {
      show_error(QString::fromUtf8(e.what()));
    }
  });

  QMenu* help = menuBar()->addMenu(tr("&Help"));
  add_action(help, tr("&Keyboard and Mouse"), QKeySequence::HelpContents, [this] {
    QMessageBox::information(this, tr("Keyboard and mouse"),
                             tr("Left drag: orbit\nRight drag, or Shift and left drag: pan\nMiddle drag: look around\n"
                                "Wheel: zoom to the cursor; while flying: speed\nW A S D Q E: fly\n"
                                "Double click: turn to what is under the cursor\nClick on a camera: stand there\n"
                                "Page up, page down: previous and next photo\n"
                                "X, Z: compare with the photo, split or in turns\n"
                                "H: home, L: level the horizon, C: show the cameras\n"
                                "Ctrl+K: find a command"));
  });
  add_action(help, tr("&About"), {}, [this] {
    QMessageBox::about(this, "Tessera Studio",
                       tr("Tessera %1\nApache License 2.0").arg(QString::fromStdString(reconstruct::version_text())));
  });
}

void MainWindow::make_view_bar() {
  QToolBar* bar = addToolBar(tr("View"));
  bar->setObjectName("bar_view");
  bar->setMovable(false);
  mode_ = new QComboBox;
  mode_->setObjectName("mode");
  mode_->setAccessibleName(tr("What is drawn"));
  using render::ViewMode;
  for (const ViewMode mode :
       {ViewMode::splats, ViewMode::points, ViewMode::depth, ViewMode::normals, ViewMode::overdraw})
    mode_->addItem(mode_text(mode), static_cast<int>(mode));
  connect(mode_, &QComboBox::currentIndexChanged, this, [this] {
    render::ViewSettings settings = viewport_->settings();
    settings.mode = static_cast<ViewMode>(mode_->currentData().toInt());
    viewport_->set_settings(settings);
  });
  bar->addWidget(new QLabel(tr("Draw")));
  bar->addWidget(mode_);
  const auto number = [&](const QString& label, const char* name, double low, double high, double step, double value,
                          float render::ViewSettings::*field) {
    auto* box = new QDoubleSpinBox;
    box->setObjectName(name);
    box->setAccessibleName(label);
    box->setRange(low, high);
    box->setSingleStep(step);
    box->setValue(value);
    connect(box, &QDoubleSpinBox::valueChanged, this, [this, field](double v) {
      render::ViewSettings settings = viewport_->settings();
      settings.*field = static_cast<float>(v);
      viewport_->set_settings(settings);
    });
    bar->addSeparator();
    bar->addWidget(new QLabel(label));
    bar->addWidget(box);
  };
  number(tr("Exposure"), "exposure", -5, 5, 0.25, 0, &render::ViewSettings::exposure);
  number(tr("Splat size"), "splat_scale", 0.05, 3, 0.05, 1, &render::ViewSettings::splat_scale);
}

void MainWindow::connect_workspace() {
  connect(&workspace_, &Workspace::opened, this, &MainWindow::show_opened);
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
    viewport_->set_model(model);
    numbers_->setText(tr("%1 splats").arg(QLocale().toString(static_cast<qulonglong>(model->size()))));
  });
  connect(&workspace_, &Workspace::state_changed, this, [this](Workspace::State state) {
    using State = Workspace::State;
    if (state == State::training)
      QSettings().setValue("run", QString::fromStdString(fs::absolute(workspace_.run()).string()));
    viewport_->set_share(state == State::training ? kShareWhileTraining : 1);
    start_action_->setEnabled(state == State::idle && workspace_.dataset());
    pause_action_->setEnabled(state == State::training || state == State::paused);
    stop_action_->setEnabled(state != State::idle);
  });
  start_action_->setEnabled(false), pause_action_->setEnabled(false), stop_action_->setEnabled(false);
  connect(&workspace_, &Workspace::stepped, this, [this](const reconstruct::TrainMetrics& m) {
    plot_->add_point(loss_curve_, m.step, m.loss);
    plot_->add_point(splats_curve_, m.step, static_cast<double>(m.splats));
    if (m.test_psnr >= 0) plot_->add_point(psnr_curve_, m.step, m.test_psnr);
    message_->setText(tr("Step %1, %2 ms a step").arg(QLocale().toString(m.step)).arg(m.step_ms, 0, 'f', 0));
  });
  connect(&workspace_, &Workspace::progressed, this,
          [this](const QString& stage, double done, double total, double, const QString&) {
            if (workspace_.state() != Workspace::State::training)
              message_->setText(total > 0 ? tr("%1: %2 %").arg(stage).arg(100 * done / total, 0, 'f', 0) : stage);
          });
  connect(&workspace_, &Workspace::noted, this, &MainWindow::log);
  connect(&workspace_, &Workspace::warned, this, [this](const QString& line) { log(tr("Warning: %1").arg(line)); });
  connect(&workspace_, &Workspace::finished, this,
          [this](const QString& summary) { message_->setText(summary), log(summary); });
  connect(&workspace_, &Workspace::failed, this, &MainWindow::show_error);
  connect(viewport_, &Viewport::failed, this, &MainWindow::log);
  connect(viewport_, &Viewport::renderer_started, renderer_, &QLabel::setText);
  connect(viewport_, &Viewport::frame_drawn, this,
          [this](double ms) { renderer_->setToolTip(tr("%1 ms a picture").arg(ms, 0, 'f', 1)); });
  connect(viewport_, &Viewport::photo_picked, this, [this](int photo) {
    photo_view_->setCurrentIndex(photos_->index(photo));
    message_->setText(photos_->data(photos_->index(photo), Qt::DisplayRole).toString());
  });
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
  first_view_ = true;
  log(tr("Opening %1").arg(QString::fromStdString(path.string())));
  workspace_.open(path);
}

void MainWindow::show_opened() {
  pages_->setCurrentWidget(viewport_);
  photos_->set_dataset(workspace_.dataset());
  viewport_->set_dataset(workspace_.dataset());
  plot_->clear();
  start_action_->setEnabled(workspace_.dataset() != nullptr);
  const fs::path& path = workspace_.path();
  setWindowTitle(QString::fromStdString(path.filename().string()) + " - Tessera Studio");
  remember(path);
  viewport_->setFocus();
  message_->setText(workspace_.dataset() ? tr("%1 photos").arg(workspace_.dataset()->views.size()) : tr("Ready"));
  log(message_->text());
}

void MainWindow::step_photo(int by) {
  const int count = photos_->rowCount();
  if (count == 0) return;
  const int now = viewport_->standing_at() >= 0 ? viewport_->standing_at() : photo_view_->currentIndex().row();
  viewport_->stand_at(now < 0 ? 0 : (now + by + count) % count);
}

void MainWindow::compare(PhotoOverlay::Mode mode, bool on) {
  if (on) (mode == PhotoOverlay::Mode::split ? flicker_ : split_)->setChecked(false);
  viewport_->overlay().set_mode(on ? mode : PhotoOverlay::Mode::off);
  if (on && viewport_->standing_at() < 0) step_photo(0);
}

void MainWindow::ask_folder() {
  const QString name = QFileDialog::getExistingDirectory(this, tr("Photos, a dataset or a run"));
  if (!name.isEmpty()) open(name.toStdString());
}

void MainWindow::ask_model() {
  const QString name =
      QFileDialog::getOpenFileName(this, tr("Open a model"), {}, tr("3DGS model (*.ply);;Video (*.mp4 *.mov)"));
  if (!name.isEmpty()) open(name.toStdString());
}

void MainWindow::save_screenshot() {
  const QString name =
      QFileDialog::getSaveFileName(this, tr("Save screenshot"), "view.png", tr("Picture (*.png *.jpg)"));
  if (!name.isEmpty() && !viewport_->picture().save(name)) show_error(tr("%1: cannot be written").arg(name));
}

void MainWindow::show_palette() {
  CommandPalette palette(actions_, this);
  palette.move(mapToGlobal(QPoint((width() - palette.width()) / 2, 60)));
  if (palette.exec() == QDialog::Accepted && palette.chosen())
    QTimer::singleShot(0, palette.chosen(), &QAction::trigger);  // after the dialog has gone
}

void MainWindow::show_error(const QString& message) {
  log(tr("Error: %1").arg(message));
  message_->setText(message);
  auto* box = new QMessageBox(QMessageBox::Warning, "Tessera Studio", message, QMessageBox::Ok, this);
  box->setObjectName("error");
  box->setAttribute(Qt::WA_DeleteOnClose);
  box->open();  // does not stop the program
}

void MainWindow::log(const QString& line) {
  log_->appendPlainText(QDateTime::currentDateTime().toString("HH:mm:ss  ") + line);
}

void MainWindow::remember(const fs::path& path) {
  QSettings settings;
  QStringList recent = settings.value("recent").toStringList();
  const QString name = QString::fromStdString(fs::absolute(path).lexically_normal().string());
  recent.removeAll(name);
  recent.prepend(name);
  settings.setValue("recent", QStringList(recent.mid(0, kMostRecent)));
}

void MainWindow::fill_recent() {
  recent_->clear();
  const QStringList names = QSettings().value("recent").toStringList();
  for (const QString& name : names) recent_->addAction(name, this, [this, name] { open(name.toStdString()); });
  if (names.isEmpty()) recent_->addAction(tr("Nothing yet"))->setEnabled(false);
}

void MainWindow::apply_theme(bool dark) {
  set_theme(*qApp, dark);
  QSettings().setValue("dark", dark);
  update();
}

void MainWindow::closeEvent(QCloseEvent* event) {
  using State = Workspace::State;
  if (workspace_.state() == State::training || workspace_.state() == State::paused) {
    const auto answer = QMessageBox::question(
        this, tr("Training is under way"), tr("Save a checkpoint and quit? The run can be resumed at the next start."),
        QMessageBox::Yes | QMessageBox::No, QMessageBox::Yes);
    if (answer != QMessageBox::Yes) return event->ignore();
    workspace_.stop();
  }
  QSettings settings;
  settings.setValue("window/geometry", saveGeometry());
  settings.setValue("window/state", saveState());
  event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  if (event->mimeData()->hasUrls() && event->mimeData()->urls().first().isLocalFile()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) { open(event->mimeData()->urls().first().toLocalFile().toStdString()); }

}  // namespace tessera::app
