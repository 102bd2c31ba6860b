// studio_screenshots DATASET FOLDER: the pictures of the user guide, made by using the studio. Run by
// scripts/screenshots.
#include <QAction>
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QDockWidget>
#include <QFile>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QSettings>
#include <QSlider>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>
#include <cstdio>

#include "app/studio/clean_panel.h"
#include "app/studio/command_palette.h"
#include "app/studio/error_map.h"
#include "app/studio/import_dialog.h"
#include "app/studio/inspect_panel.h"
#include "app/studio/main_window.h"
#include "app/studio/option_table.h"
#include "app/studio/plan_map.h"
#include "app/studio/plan_model.h"
#include "app/studio/theme.h"
#include "app/studio/viewport.h"

using namespace tessera::app;

namespace {

constexpr int kLongest = 600'000;  // ms
constexpr QSize kSize(1280, 800);

template <class Condition>
void wait(Condition condition) {
  if (!QTest::qWaitFor(condition, kLongest)) throw std::runtime_error("the studio does not get there");
}

/// A key for the window, which dialogs have been before: no window manager gives it the keys back.
void press(MainWindow& window, Qt::Key key, Qt::KeyboardModifiers modifiers = {}) {
  window.activateWindow();
  if (!QTest::qWaitForWindowActive(&window)) throw std::runtime_error("the window cannot be reached");
  QTest::keyClick(&window, key, modifiers);
}

class Photographer {
 public:
  Photographer(MainWindow& window, QString folder) : window_(window), folder_(std::move(folder)) {}
  /// With a dialog over the window, where it stands on the screen.
  void take(const char* name, QWidget* dialog = nullptr) {
    QTest::qWait(300);
    wait([&] { return window_.viewport().isHidden() || window_.viewport().is_current(); });
    const QString file = folder_ + "/" + name + ".jpg";
    QPixmap picture = window_.grab();
    if (dialog) {
      QPainter painter(&picture);
      painter.fillRect(picture.rect(), QColor(0, 0, 0, 110));
      painter.drawPixmap((window_.width() - dialog->width()) / 2, (window_.height() - dialog->height()) / 2,
                         dialog->grab());
    }
    if (!picture.save(file, nullptr, 88)) throw std::runtime_error(file.toStdString() + ": cannot be written");
    std::puts(file.toUtf8().constData());
  }

 private:
  MainWindow& window_;
  QString folder_;
};

/// Scores, the error map with the splats of its worst pixel, and the layers.
void take_quality(MainWindow& window, Photographer& photographer) {
  const auto raise = [&](const char* dock) { window.findChild<QDockWidget*>(dock)->raise(); };
  raise("dock_results");
  window.findChild<QComboBox*>("photo_order")->setCurrentIndex(1);
  photographer.take("studio_results");
  press(window, Qt::Key_PageDown);
  press(window, Qt::Key_V);
  auto* map = window.findChild<ErrorMap*>("error_map");
  auto* inspect = window.findChild<InspectPanel*>();
  bool counted = false;
  QObject::connect(inspect, &InspectPanel::counted, [&] { counted = true; });
  wait([&] { return map->error() && window.viewport().is_still(); });
  Viewport& viewport = window.viewport();
  const auto& views = window.workspace().dataset()->views;
  const QRectF place = place_of_photo(views[static_cast<std::size_t>(viewport.standing_at())].camera.intrinsics,
                                      viewport.view().camera(viewport.width(), viewport.height()));
  const QPointF worst((map->error()->worst_x + 0.5) / map->error()->error.width * place.width() + place.x(),
                      (map->error()->worst_y + 0.5) / map->error()->error.height * place.height() + place.y());
  QTest::mouseClick(&viewport, Qt::LeftButton, Qt::ControlModifier, worst.toPoint());
  wait([&] { return counted; });
  photographer.take("studio_error");
  press(window, Qt::Key_V);
  raise("dock_scene");
  window.findChild<QSlider*>("opacity_model")->setValue(40);
  window.findChild<QCheckBox*>("layer_points")->setChecked(true);
  photographer.take("studio_layers");
  window.findChild<QSlider*>("opacity_model")->setValue(100);
  window.findChild<QCheckBox*>("layer_points")->setChecked(false);
  window.findChild<QComboBox*>("photo_order")->setCurrentIndex(0);
  raise("dock_curves");
}

/// Four blocks, one cut chosen by hand, and the scene in their colours.
void take_plan(MainWindow& window, Photographer& photographer) {
  auto* dock = window.findChild<QDockWidget*>("dock_plan");
  auto* plan = window.findChild<PlanModel*>();
  press(window, Qt::Key_N);
  wait([&] { return dock->widget()->isVisible(); });
  window.findChild<QPushButton*>("plan_make")->click();
  wait([&] { return plan->partition() && plan->is_settled(); });
  window.findChild<PlanMap*>("plan_map")->select(1);
  window.findChild<QDockWidget*>("dock_scene")->raise();
  window.findChild<QCheckBox*>("layer_block_colors")->setChecked(true);
  press(window, Qt::Key_7);
  wait([&] { return window.viewport().is_still(); });
  window.viewport().view().orbit(0.4, 0.9);
  window.viewport().view().zoom(2.2, {0, 0}, 1);
  window.viewport().move();
  wait([&] { return window.viewport().is_still(); });
  QTest::qWait(1500);  // the colours
  photographer.take("studio_plan");
  window.findChild<QCheckBox*>("layer_block_colors")->setChecked(false);
  window.findChild<QCheckBox*>("layer_blocks")->setChecked(false);
  window.findChild<QDockWidget*>("dock_photos")->raise();
  window.findChild<QDockWidget*>("dock_curves")->raise();
  press(window, Qt::Key_H);
  wait([&] { return window.viewport().is_still(); });
}

/// Photos of the city as a careless photographer brings them home: one is blurred, one is cut short.
void write_photos(const QString& city, const QString& folder) {
  QDir().mkpath(folder);
  QDir images(city + "/images");
  const QStringList names = images.entryList(QDir::Files, QDir::Name);
  for (const QString& name : names) QFile::copy(images.filePath(name), folder + "/" + name);
  const QString blurred = folder + "/" + names.at(5);
  const QImage sharp(blurred);
  sharp.scaled(sharp.size() / 12, Qt::IgnoreAspectRatio, Qt::SmoothTransformation)
      .scaled(sharp.size(), Qt::IgnoreAspectRatio, Qt::SmoothTransformation)
      .save(blurred, nullptr, 90);
  QFile cut(folder + "/" + names.at(9));
  cut.resize(cut.size() / 2);
}

void show_import(MainWindow& window, Photographer& photographer, const QString& photos) {
  window.open(photos.toStdString());
  auto* dialog = window.findChild<ImportDialog*>();
  auto* go = dialog->findChild<QPushButton*>("import_go");
  wait([&] { return go->isEnabled(); });
  QTest::qWait(1500);  // thumbnails
  photographer.take("studio_import", dialog);
  std::size_t cameras = 0;
  QObject context;
  QObject::connect(&window.workspace(), &Workspace::poses_grew, &context,
                   [&cameras](const PosesSoFar& so_far) { cameras = so_far.dataset->views.size(); });
  go->click();
  wait([&] { return cameras >= 20 || !window.workspace().busy(); });
  photographer.take("studio_growth");
  wait([&] { return !window.workspace().busy(); });
}

}  // namespace

int main(int argc, char** argv) {
  QApplication application(argc, argv);
  if (argc != 3) return 2;
  const QTemporaryDir scratch;
  QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, scratch.path());
  set_theme(application, true);
  MainWindow window;
  window.resize(kSize);
  window.show();
  window.activateWindow();
  if (!QTest::qWaitForWindowActive(&window)) return 1;
  Photographer photographer(window, argv[2]);
  const auto idle = [&] { return !window.workspace().busy(); };
  photographer.take("studio_welcome");

  const QString photos = QString(argv[1]) + "-photos";
  write_photos(argv[1], photos);
  show_import(window, photographer, photos);

  window.open(argv[1]);
  wait(idle);
  QTest::qWait(1500);  // thumbnails
  photographer.take("studio_points");

  window.findChild<QComboBox*>("preset")->setCurrentIndex(0);
  std::uint32_t step = 0;
  QObject::connect(&window.workspace(), &Workspace::stepped, [&](const auto& m) { step = m.step; });
  const auto steps = static_cast<std::uint32_t>(window.findChild<QSpinBox*>("iterations")->value());
  QTest::mouseClick(window.findChild<QPushButton*>("start"), Qt::LeftButton);
  wait([&] { return step > steps / 2 || idle(); });
  photographer.take("studio_training");
  QTest::mouseClick(window.findChild<QPushButton*>("pause"), Qt::LeftButton);
  QTest::qWait(500);
  window.findChild<QCheckBox*>("advanced")->setChecked(true);
  window.findChild<QLineEdit*>("option_filter")->setText("lr_");
  window.findChild<OptionTable*>("option_table")->set("lr_opacity", "0.03");
  window.findChild<QDockWidget*>("dock_curves")->hide();
  photographer.take("studio_steering");
  window.findChild<QDockWidget*>("dock_curves")->show();
  window.findChild<QCheckBox*>("advanced")->setChecked(false);
  QTest::mouseClick(window.findChild<QPushButton*>("pause"), Qt::LeftButton);
  wait(idle);
  photographer.take("studio_scene");
  take_plan(window, photographer);

  // A path around the scene, seen from outside it; then its video under way.
  auto* path = window.findChild<QDockWidget*>("dock_path");
  path->show();
  path->raise();
  QTest::qWait(300);
  QTest::mouseClick(window.findChild<QPushButton*>("path_orbit"), Qt::LeftButton);
  QTest::qWait(300);
  press(window, Qt::Key_H);
  wait([&] { return window.viewport().is_still(); });
  window.viewport().view().zoom(2.2, {0, 0}, 1);
  window.viewport().move();
  wait([&] { return window.viewport().is_still(); });
  photographer.take("studio_path");
  press(window, Qt::Key_E, Qt::ControlModifier | Qt::ShiftModifier);
  window.findChild<QLineEdit*>("video_file")->setText(scratch.filePath("flight.mp4"));
  QTest::mouseClick(window.findChild<QPushButton*>("video_start"), Qt::LeftButton);
  QTest::qWait(3000);
  photographer.take("studio_export");
  if (auto* cancel = window.findChild<QPushButton*>("task_cancel")) QTest::mouseClick(cancel, Qt::LeftButton);
  wait([&] { return window.findChild<QPushButton*>("task_cancel") == nullptr; });
  window.findChild<QDockWidget*>("dock_path")->hide();
  window.activateWindow();
  for (QAction* action : window.findChildren<QAction*>())
    if (action->text().contains("Show the Camera")) action->setChecked(false);

  press(window, Qt::Key_C);
  press(window, Qt::Key_B);
  const auto settled = [&] { return window.findChild<CleanPanel*>()->is_settled(); };
  wait(settled);
  const auto click = [&](const char* name) {
    QTest::mouseClick(window.findChild<QPushButton*>(name), Qt::LeftButton);
    wait(settled);
  };
  window.viewport().view().go_home();
  window.viewport().view().zoom(2.2, {0, 0}, 1);  // a step back: the box is around the camera's own place
  window.viewport().move();
  wait([&] { return window.viewport().is_still(); });
  click("clean_tool_box");
  photographer.take("studio_clean");
  click("clean_tool_none");
  click("clean_suggest");
  photographer.take("studio_floaters");
  click("clean_dismiss");
  window.findChild<QDockWidget*>("dock_photos")->raise();
  press(window, Qt::Key_X);
  QTest::qWait(1500);
  photographer.take("studio_compare");
  press(window, Qt::Key_X);
  take_quality(window, photographer);
  window.findChild<QComboBox*>("mode")->setCurrentIndex(3);
  photographer.take("studio_normals");
  window.findChild<QComboBox*>("mode")->setCurrentIndex(0);
  for (QAction* action : window.findChildren<QAction*>())
    if (action->text().contains("Dark")) action->setChecked(false);
  photographer.take("studio_light");
  set_theme(application, true);
  window.close();

  // What the next start shows.
  MainWindow next;
  next.resize(kSize);
  next.show();
  Photographer(next, argv[2]).take("studio_projects");
  next.close();
}
