// studio_screenshots DATASET FOLDER: the pictures of the user guide, made by using the studio. Run by
// scripts/screenshots.
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QDockWidget>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>
#include <QWheelEvent>
#include <cstdio>

#include "app/studio/command_palette.h"
#include "app/studio/main_window.h"
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

class Photographer {
 public:
  Photographer(MainWindow& window, QString folder) : window_(window), folder_(std::move(folder)) {}
  void take(const char* name) {
    QTest::qWait(300);
    wait([&] { return window_.viewport().isHidden() || window_.viewport().is_current(); });
    const QString file = folder_ + "/" + name + ".jpg";
    if (!window_.grab().save(file, nullptr, 88)) throw std::runtime_error(file.toStdString() + ": cannot be written");
    std::puts(file.toUtf8().constData());
  }

 private:
  MainWindow& window_;
  QString folder_;
};

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

  window.open(argv[1]);
  wait(idle);
  QTest::qWait(1500);  // thumbnails
  photographer.take("studio_points");

  window.findChild<QComboBox*>("preset")->setCurrentIndex(0);
  window.findChild<QLineEdit*>("run_folder")->setText(QString(argv[1]) + "-run");
  std::uint32_t step = 0;
  QObject::connect(&window.workspace(), &Workspace::stepped, [&](const auto& m) { step = m.step; });
  const auto steps = static_cast<std::uint32_t>(window.findChild<QSpinBox*>("iterations")->value());
  QTest::mouseClick(window.findChild<QPushButton*>("start"), Qt::LeftButton);
  wait([&] { return step > steps / 2 || idle(); });
  photographer.take("studio_training");
  wait(idle);
  photographer.take("studio_scene");

  // A path around the scene, seen from outside it; then its video under way.
  QTest::mouseClick(window.findChild<QPushButton*>("path_orbit"), Qt::LeftButton);
  window.findChild<QDockWidget*>("dock_path")->show();
  QTest::qWait(300);
  QTest::keyClick(&window, Qt::Key_H);
  QWheelEvent back({}, {}, {}, {0, -600}, Qt::NoButton, {}, Qt::NoScrollPhase, false);
  QApplication::sendEvent(&window.viewport(), &back);
  wait([&] { return window.viewport().is_still(); });
  photographer.take("studio_path");
  QTest::keyClick(&window, Qt::Key_E, Qt::ControlModifier | Qt::ShiftModifier);
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

  QTest::keyClick(&window, Qt::Key_C);
  QTest::keyClick(&window, Qt::Key_X);
  QTest::qWait(1500);
  photographer.take("studio_compare");
  QTest::keyClick(&window, Qt::Key_X);
  window.findChild<QComboBox*>("mode")->setCurrentIndex(3);
  photographer.take("studio_normals");
  window.findChild<QComboBox*>("mode")->setCurrentIndex(0);
  for (QAction* action : window.findChildren<QAction*>())
    if (action->text().contains("Dark")) action->setChecked(false);
  photographer.take("studio_light");
  window.close();
}
