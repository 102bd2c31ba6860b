#include "app/studio/path_panel.h"

#include <QAction>
#include <QCryptographicHash>
#include <QDockWidget>
#include <QDoubleSpinBox>
#include <QEvent>
#include <QFileDialog>
#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QShortcut>
#include <QSignalBlocker>
#include <QTableView>
#include <cmath>

#include "app/studio/task_strip.h"
#include "app/studio/timeline.h"
#include "app/studio/video_dialog.h"
#include "app/studio/viewport.h"
#include "app/studio/workspace.h"
#include "scene/error.h"

namespace tessera::app {
namespace {

constexpr double kKeySpacing = 2;      // seconds that a new key comes after the last
constexpr double kLengthAtFirst = 12;  // seconds of an orbit, as `tessera render` has it
constexpr double kCameraSize =
    0.09;  // of the home radius: larger than the photos' frusta, which it must stand out from
constexpr double kFieldOfView = 0.9;  // radians: the view's own, where there are no photos
constexpr int kPathsKept = 50;        // from day to day, of as many scenes
constexpr int kTickMs = 16;

int to_ms(double seconds) { return static_cast<int>(std::lround(1000 * seconds)); }

QPushButton* button(const QString& text, const char* name, const QString& tip) {
  auto* made = new QPushButton(text);
  made->setObjectName(name);
  made->setToolTip(tip);
  made->setAccessibleName(tip);
  return made;
}

}  // namespace

PathPanel::PathPanel(Studio& studio, TaskStrip& tasks)
    : studio_(studio),
      tasks_(tasks),
      viewport_(&studio.viewport),
      table_(new QTableView),
      line_(new Timeline),
      length_(new QDoubleSpinBox),
      clock_label_(new QLabel),
      hint_(new QLabel(tr("Press K to keep the view as a keyframe, move on, and press K again.\n"
                          "Or begin with an orbit or a flight along the photos."))),
      add_(button(tr("Add"), "path_add", tr("Keep the current view as a keyframe (K)"))),
      replace_(button(tr("Replace"), "path_replace", tr("Give the selected keyframe the current view (Shift+K)"))),
      delete_(button(tr("Delete"), "path_delete", tr("Delete the selected keyframe (Del)"))),
      up_(button(tr("Earlier"), "path_up", tr("Move the selected keyframe before the one above it"))),
      down_(button(tr("Later"), "path_down", tr("Move the selected keyframe behind the one below it"))),
      play_(button(tr("Play"), "path_play", tr("Fly along the path, or stop there (Space)"))),
      orbit_(button(tr("Orbit"), "path_orbit", tr("Make a path once around what the photos look at"))),
      flythrough_(button(tr("Flythrough"), "path_flythrough", tr("Make a path along where the photos were taken"))),
      load_(button(tr("Load..."), "path_load", tr("Load a camera path from a file"))),
      save_(button(tr("Save..."), "path_save", tr("Save the camera path to a file"))),
      video_(button(tr("Video..."), "path_video", tr("Export the path as a video"))) {
  table_->setObjectName("path_keys");
  table_->setAccessibleName(tr("Keyframes"));
  table_->setModel(&model_);
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->setSelectionMode(QAbstractItemView::SingleSelection);
  table_->verticalHeader()->setDefaultSectionSize(table_->fontMetrics().height() + 8);
  table_->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
  table_->setShowGrid(false);
  table_->setMinimumHeight(90);
  line_->setObjectName("path_time");
  line_->setAccessibleName(tr("Time in the path"));
  length_->setObjectName("path_length");
  length_->setAccessibleName(tr("Length of the path"));
  length_->setRange(0.1, 3600);
  length_->setValue(kLengthAtFirst);
  length_->setSuffix(tr(" s"));
  length_->setDecimals(1);
  length_->setKeyboardTracking(false);
  clock_label_->setObjectName("path_clock");
  clock_label_->setMinimumWidth(clock_label_->fontMetrics().horizontalAdvance("0000.0 / 0000.0 s"));
  clock_label_->setAlignment(Qt::AlignCenter);
  hint_->setObjectName("path_hint");
  hint_->setAlignment(Qt::AlignCenter);

  auto* transport = new QHBoxLayout;
  transport->setSpacing(8);
  transport->addWidget(play_);
  transport->addWidget(line_, 1);
  transport->addWidget(clock_label_);
  transport->addWidget(new QLabel(tr("Length")));
  transport->addWidget(length_);
  auto* buttons = new QGridLayout;
  buttons->setSpacing(6);
  QPushButton* const grid[3][4] = {
      {add_, replace_, orbit_, load_}, {delete_, up_, flythrough_, save_}, {nullptr, down_, nullptr, video_}};
  for (int r = 0; r < 3; ++r)
    for (int c = 0; c < 4; ++c)
      if (grid[r][c]) buttons->addWidget(grid[r][c], r, c);
  buttons->setRowStretch(3, 1);
  auto* keys = new QGridLayout;  // the hint lies where the table is, while that is empty
  keys->addWidget(table_, 0, 0);
  keys->addWidget(hint_, 0, 0);
  auto* lower = new QHBoxLayout;
  lower->setSpacing(12);
  lower->addLayout(keys, 1);
  lower->addLayout(buttons);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(10, 8, 10, 8);
  layout->setSpacing(8);
  layout->addLayout(transport);
  layout->addLayout(lower, 1);

  connect(add_, &QPushButton::clicked, this, &PathPanel::add_key);
  connect(replace_, &QPushButton::clicked, this, &PathPanel::replace_key);
  connect(delete_, &QPushButton::clicked, this, &PathPanel::delete_key);
  const auto move = [this](int by) {
    const int to = row() + by;
    if (row() < 0 || to < 0 || to >= model_.rowCount()) return;
    model_.move(row(), by);
    select(to);
  };
  connect(up_, &QPushButton::clicked, this, [move] { move(-1); });
  connect(down_, &QPushButton::clicked, this, [move] { move(1); });
  connect(play_, &QPushButton::clicked, this, [this] { play(!timer_.isActive()); });
  connect(orbit_, &QPushButton::clicked, this, [this] { make(Shape::orbit); });
  connect(flythrough_, &QPushButton::clicked, this, [this] { make(Shape::flythrough); });
  connect(load_, &QPushButton::clicked, this, &PathPanel::load);
  connect(save_, &QPushButton::clicked, this, &PathPanel::save);
  connect(video_, &QPushButton::clicked, this, &PathPanel::export_video);
  connect(line_, &QAbstractSlider::valueChanged, this, [this] {
    if (timer_.isActive() && line_->isSliderDown()) play(false);
    if (!timer_.isActive()) go_to(time());
  });
  connect(length_, &QDoubleSpinBox::valueChanged, this, [this](double seconds) { model_.set_duration(seconds); });
  connect(&model_, &PathModel::path_changed, this, [this] { show_path(), remember(); });
  connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& now) {
    layer_.set_selected(now.row());
    show_path();
    if (table_->hasFocus() && now.isValid()) select(now.row());  // by the arrow keys
  });
  connect(table_, &QTableView::clicked, this, [this](const QModelIndex& index) { select(index.row()); });
  auto* erase = new QShortcut(QKeySequence::Delete, this, nullptr, nullptr, Qt::WidgetWithChildrenShortcut);
  connect(erase, &QShortcut::activated, this, &PathPanel::delete_key);
  timer_.setInterval(kTickMs);
  connect(&timer_, &QTimer::timeout, this, &PathPanel::tick);
  connect(&studio.workspace, &Workspace::opened, this, &PathPanel::take_opened);
  // After the window has put the camera home, which says how large the scene is.
  connect(&studio.workspace, &Workspace::model_changed, this,
          [this] { layer_.set_size(kCameraSize * studio_.workspace.ball().radius); });
  layer_.on_pick = [this](int key) { select(key); };
  studio.viewport.add_layer(&layer_);
  studio.viewport.installEventFilter(this);
  studio.add_dock(tr("Camera Path"), "dock_path", this, Qt::BottomDockWidgetArea);
  make_actions();
  show_path();
}

PathPanel::~PathPanel() {
  if (viewport_) viewport_->remove_layer(&layer_);
}

void PathPanel::make_actions() {
  using Menu = Actions::Menu;
  Actions& actions = studio_.actions;
  actions.add(Menu::tools, tr("Add &Keyframe"), QKeySequence(Qt::Key_K), [this] { add_key(); });
  actions.add(Menu::tools, tr("&Replace Keyframe"), QKeySequence(Qt::SHIFT | Qt::Key_K), [this] { replace_key(); });
  play_action_ = actions.add(Menu::tools, tr("&Play or Stop the Camera Path"), QKeySequence(Qt::Key_Space),
                             [this] { play(!timer_.isActive()); });
  // A space presses buttons and ticks boxes elsewhere.
  play_action_->setShortcutContext(Qt::WidgetShortcut);
  studio_.viewport.addAction(play_action_);
  table_->addAction(play_action_);
  line_->addAction(play_action_);
  actions.add(Menu::tools, tr("Make an &Orbit"), {}, [this] { make(Shape::orbit); });
  actions.add(Menu::tools, tr("Make a &Flythrough"), {}, [this] { make(Shape::flythrough); });
  actions.add(Menu::tools, tr("&Load Camera Path..."), {}, [this] { load(); });
  actions.add(Menu::tools, tr("&Save Camera Path..."), {}, [this] { save(); });
  show_action_ = actions.add_switch(Menu::view, tr("Show the Camera &Path"), {}, true, [this](bool on) {
    layer_.set_shown(on);
    studio_.viewport.update();
  });
  actions.add(Menu::file, tr("Export &Video..."), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E),
              [this] { export_video(); });
}

int PathPanel::row() const { return model_.empty() ? -1 : table_->currentIndex().row(); }
double PathPanel::time() const { return 1e-3 * line_->value(); }
double PathPanel::length() const { return length_->value(); }

scene::Similarity PathPanel::scene_from_world() const {
  const auto dataset = studio_.workspace.dataset();
  return dataset ? dataset->scene_from_world : scene::Similarity{};
}

QString PathPanel::memory_key() const {
  const QByteArray name = QByteArray::fromStdString(studio_.workspace.path().string());
  return "camera_paths/" + QCryptographicHash::hash(name, QCryptographicHash::Sha1).toHex();
}

void PathPanel::remember() const {
  if (studio_.workspace.path().empty()) return;
  QSettings settings;
  const QString key = memory_key();
  QStringList kept = settings.value("camera_paths_kept").toStringList();
  kept.removeAll(key);
  if (model_.empty()) {
    settings.remove(key);
  } else {
    settings.setValue(key, QString::fromStdString(camera_path_json(model_.path(), scene_from_world())));
    kept.prepend(key);
    while (kept.size() > kPathsKept) settings.remove(kept.takeLast());
  }
  settings.setValue("camera_paths_kept", kept);
}

void PathPanel::take_opened() {
  play(false);
  const auto dataset = studio_.workspace.dataset();
  double base = kFieldOfView;
  if (dataset) {
    const scene::Pinhole& p = dataset->views.front().camera.intrinsics;  // what `tessera render` takes as well
    base = 2 * std::atan(0.5 * p.height / p.fy);
  }
  model_.set_base_field_of_view(base);
  scene::CameraPath path;
  try {
    const std::string text = QSettings().value(memory_key()).toString().toStdString();
    if (!text.empty()) path = scene::parse_camera_path(text, "camera path", scene_from_world());
  } catch (const scene::Error& e) {
    studio_.log(QString::fromUtf8(e.what()));
  }
  const QSignalBlocker quiet(line_);
  model_.set_path(std::move(path));
  line_->setValue(0);
  show_path();
}

void PathPanel::show_dock() {
  auto* dock = studio_.window.findChild<QDockWidget*>("dock_path");
  dock->show();
  dock->raise();
}

void PathPanel::add_key() {
  if (!studio_.workspace.model()) return;
  const scene::CameraPath& path = model_.path();
  const double now = time();
  double seconds = 0;
  if (!model_.empty()) {
    const auto next =
        std::find_if(path.keys.begin(), path.keys.end(), [&](const auto& k) { return k.seconds > now + 1e-3; });
    const bool at_key = std::any_of(path.keys.begin(), path.keys.end(),
                                    [&](const auto& k) { return std::abs(k.seconds - now) < 1e-3; });
    // After the last one; where the time stands between two keys, there; on a key, half-way to the next.
    seconds = next == path.keys.end() ? path.duration() + kKeySpacing : at_key ? 0.5 * (now + next->seconds) : now;
  }
  show_dock();
  const int key = model_.insert(model_.key_of(studio_.viewport.view().camera(1600, 900), seconds));
  const QSignalBlocker quiet(line_);  // the view stays where it is
  table_->setCurrentIndex(model_.index(key, 0));
  line_->setValue(to_ms(seconds));
  show_path();
  studio_.say(tr("Keyframe %1 at %2 s").arg(key + 1).arg(seconds, 0, 'f', 2));
}

void PathPanel::replace_key() {
  if (row() < 0) return studio_.say(tr("Select a keyframe first"));
  model_.replace(row(), studio_.viewport.view().camera(1600, 900));
  studio_.say(tr("Keyframe %1 has the current view").arg(row() + 1));
}

void PathPanel::delete_key() {
  const int gone = row();
  if (gone < 0) return;
  play(false);
  model_.remove(gone);
  if (!model_.empty()) table_->setCurrentIndex(model_.index(std::min(gone, model_.rowCount() - 1), 0));
}

void PathPanel::make(Shape shape) {
  const auto dataset = studio_.workspace.dataset();
  if (!dataset) return studio_.fail(tr("A path along the photos needs photos: open a dataset or a run."));
  play(false);
  show_dock();
  model_.set_path(shape == Shape::orbit ? scene::orbit_path(*dataset, length())
                                        : scene::flythrough_path(*dataset, length()));
  go_to(0);
}

void PathPanel::load() {
  const QString name = QFileDialog::getOpenFileName(this, tr("Load a camera path"), {}, tr("Camera path (*.json)"));
  if (name.isEmpty()) return;
  try {
    play(false);
    model_.set_path(scene::read_camera_path(name.toStdString(), scene_from_world()));
    show_dock();
    go_to(0);
  } catch (const scene::Error& e) {
    studio_.fail(QString::fromUtf8(e.what()));
  }
}

void PathPanel::save() {
  if (model_.empty()) return studio_.fail(tr("There is no camera path yet: press K to begin one."));
  QString name =
      QFileDialog::getSaveFileName(this, tr("Save the camera path"), "camera-path.json", tr("Camera path (*.json)"));
  if (name.isEmpty()) return;
  if (!name.endsWith(".json", Qt::CaseInsensitive)) name += ".json";
  try {
    scene::write_camera_path(model_.path(), name.toStdString(), scene_from_world());
    studio_.say(tr("Saved %1").arg(name));
  } catch (const scene::Error& e) {
    studio_.fail(QString::fromUtf8(e.what()));
  }
}

void PathPanel::export_video() {
  if (model_.path().keys.size() < 2)
    return studio_.fail(tr("A video needs a camera path of at least two keyframes: make one in the Camera Path dock."));
  play(false);
  auto* dialog = new VideoDialog(studio_, tasks_, model_);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->open();
}

void PathPanel::play(bool on) {
  if (on == timer_.isActive()) return;
  if (on && model_.path().keys.size() < 2) return studio_.say(tr("A path has at least two keyframes"));
  if (on) {
    started_at_ = time() >= model_.path().duration() - 1e-3 ? 0 : time();
    clock_.start();
    timer_.start();
  } else {
    timer_.stop();
  }
  layer_.set_shown(!on && show_action_->isChecked());
  play_->setText(on ? tr("Stop") : tr("Play"));
  studio_.viewport.update();
}

void PathPanel::tick() {
  const double seconds = started_at_ + 1e-3 * static_cast<double>(clock_.elapsed());
  const bool over = seconds >= model_.path().duration();
  go_to(std::min(seconds, model_.path().duration()));
  if (over) play(false);
}

void PathPanel::go_to(double seconds) {
  if (model_.empty()) return;
  {
    const QSignalBlocker quiet(line_);
    line_->setValue(to_ms(seconds));
  }
  layer_.set_time(seconds);
  clock_label_->setText(tr("%1 / %2 s").arg(seconds, 0, 'f', 1).arg(model_.path().duration(), 0, 'f', 1));
  const QSize size = studio_.viewport.size();
  studio_.viewport.show_camera(model_.camera_at(seconds, size.width(), size.height()));
}

void PathPanel::select(int key) {
  if (key < 0 || key >= model_.rowCount()) return;
  play(false);
  table_->setCurrentIndex(model_.index(key, std::max(0, table_->currentIndex().column())));
  go_to(model_.path().keys[static_cast<std::size_t>(key)].seconds);
}

void PathPanel::show_path() {
  const scene::CameraPath& path = model_.path();
  const bool any = !model_.empty(), moves = path.keys.size() > 1, open = studio_.workspace.model() != nullptr;
  {
    const QSignalBlocker quiet_line(line_), quiet_length(length_);
    std::vector<int> marks;
    for (const auto& key : path.keys) marks.push_back(to_ms(key.seconds));
    line_->set_marks(std::move(marks));
    if (moves) length_->setValue(path.duration());
  }
  const double seconds = std::min(time(), path.duration());
  layer_.set_time(seconds);
  clock_label_->setText(any ? tr("%1 / %2 s").arg(seconds, 0, 'f', 1).arg(path.duration(), 0, 'f', 1) : QString());
  hint_->setVisible(!any);
  for (QWidget* w : {static_cast<QWidget*>(line_), static_cast<QWidget*>(play_), static_cast<QWidget*>(video_)})
    w->setEnabled(moves);
  for (QPushButton* b : {replace_, delete_}) b->setEnabled(row() >= 0);
  up_->setEnabled(row() > 0);
  down_->setEnabled(row() >= 0 && row() + 1 < model_.rowCount());
  save_->setEnabled(any);
  for (QPushButton* b : {add_, load_}) b->setEnabled(open);
  for (QPushButton* b : {orbit_, flythrough_}) b->setEnabled(studio_.workspace.dataset() != nullptr);
  studio_.viewport.update();
}

bool PathPanel::eventFilter(QObject* watched, QEvent* event) {
  // Whoever takes the camera gets it.
  switch (event->type()) {
    case QEvent::MouseButtonPress:
    case QEvent::KeyPress:
    case QEvent::Wheel:
    case QEvent::NativeGesture:
      if (watched == &studio_.viewport) play(false);
      break;
    default:
      break;
  }
  return QWidget::eventFilter(watched, event);
}

}  // namespace tessera::app
