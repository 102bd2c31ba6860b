// What holds for the window as a whole: names for screen readers, the keyboard, any size, sharp on any screen.
#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QAccessible>
#include <QAction>
#include <QCheckBox>
#include <QDockWidget>
#include <QFileDialog>
#include <QMenu>
#include <QPlainTextEdit>
#include <QProcess>
#include <QSlider>
#include <QTabBar>
#include <QToolButton>
#include <map>
#include <utility>

#include "tests/app/studio/studio_fixture.h"

namespace tessera::app {
namespace {

bool is_interactive(const QWidget& w) {
  return qobject_cast<const QAbstractButton*>(&w) || qobject_cast<const QLineEdit*>(&w) ||
         qobject_cast<const QComboBox*>(&w) || qobject_cast<const QAbstractSpinBox*>(&w) ||
         qobject_cast<const QAbstractItemView*>(&w) || qobject_cast<const QPlainTextEdit*>(&w) ||
         qobject_cast<const QSlider*>(&w) || w.focusPolicy() != Qt::NoFocus;
}

/// Pieces that Qt's own widgets are made of.
bool is_of_qt(const QWidget& w) {
  if (w.objectName().startsWith("qt_") || qobject_cast<const QTabBar*>(&w)) return true;
  if (w.inherits("QScrollBar") || w.inherits("QHeaderView") || w.inherits("QTableCornerButton")) return true;
  for (const QWidget* p = w.parentWidget(); p; p = p->parentWidget())
    if (qobject_cast<const QComboBox*>(p) || qobject_cast<const QAbstractSpinBox*>(p) ||
        qobject_cast<const QLineEdit*>(p) || qobject_cast<const QTabBar*>(p) || qobject_cast<const QMenu*>(p) ||
        p->inherits("QMenuBar"))
      return true;
  return false;
}

class WindowTest : public StudioTest {
 protected:
  /// What a screen reader would say of it, and what a test would find it by.
  int expect_named() {
    int met = 0;
    for (QWidget* widget : window_->findChildren<QWidget*>()) {
      if (!widget->isVisible() || !is_interactive(*widget) || is_of_qt(*widget)) continue;
      ++met;
      const std::string what = std::string(widget->metaObject()->className()) + " '" +
                               widget->objectName().toStdString() + "' in " +
                               (widget->parentWidget() ? widget->parentWidget()->metaObject()->className() : "nothing");
      EXPECT_FALSE(widget->objectName().isEmpty()) << what;
      QAccessibleInterface* accessible = QAccessible::queryAccessibleInterface(widget);
      EXPECT_NE(accessible, nullptr) << what;
      EXPECT_FALSE(!accessible || accessible->text(QAccessible::Name).trimmed().isEmpty()) << what;
      // A tool's short word, or its picture, wants a sentence.
      if (qobject_cast<QToolButton*>(widget)) {
        EXPECT_FALSE(widget->toolTip().isEmpty()) << what;
      }
    }
    return met;
  }
};

TEST_F(WindowTest, EveryWidgetHasANameForPeopleAndForScreenReaders) {
  expect_named();  // the first page
  open(write_model(20));
  find<QCheckBox>("advanced")->setChecked(true);
  for (auto* dock : window_->findChildren<QDockWidget*>()) {
    dock->show(), dock->raise();
    QTest::qWait(0);
    EXPECT_GT(expect_named(), 20);
  }
}

TEST_F(WindowTest, EveryCommandHasANameAndNoKeyMeansTwoThings) {
  std::map<std::string, std::string> taken;
  for (const QAction* action : window_->findChildren<QAction*>()) {
    if (action->isSeparator() || action->parent() != window_.get()) continue;
    EXPECT_FALSE(action->text().isEmpty());
    EXPECT_FALSE(action->objectName().isEmpty()) << action->text().toStdString();
    for (const QKeySequence& keys : action->shortcuts()) {
      const auto [other, is_new] = taken.emplace(keys.toString().toStdString(), action->text().toStdString());
      EXPECT_TRUE(is_new) << keys.toString().toStdString() << ": " << action->text().toStdString() << " and "
                          << other->second;
    }
  }
  EXPECT_GT(taken.size(), 10u);
}

TEST_F(WindowTest, TabGoesThroughTheTrainDockInTheOrderOfReading) {
  open(write_model(20));
  find<QComboBox>("preset")->setFocus();
  for (const char* next : {"iterations", "max_splats", "max_image_size", "sh_degree", "run_folder"}) {
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
    ASSERT_NE(QApplication::focusWidget(), nullptr);
    EXPECT_EQ(QApplication::focusWidget()->objectName(), next);
  }
  QTest::keyClick(QApplication::focusWidget(), Qt::Key_Backtab, Qt::ShiftModifier);
  EXPECT_EQ(QApplication::focusWidget()->objectName(), "sh_degree");
  QTest::keyClick(window_.get(), Qt::Key_F6);
  EXPECT_EQ(QApplication::focusWidget(), &window_->viewport());
}

TEST_F(WindowTest, EverythingFromOpeningToComparingIsDoneWithTheKeyboard) {
  TESSERA_NEED_DATA("damaged/base");
  const QString data = QString::fromStdString((test::shared_data() / "damaged/base").string());
  QTimer typist;
  bool typed = false;
  QObject::connect(&typist, &QTimer::timeout, window_.get(), [&] {
    auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
    auto* name = dialog ? dialog->findChild<QLineEdit*>("fileNameEdit") : nullptr;
    if (!name) return;
    if (!std::exchange(typed, true)) {
      name->selectAll();
      QTest::keyClicks(name, data);
    } else {
      QTest::keyClick(name, Qt::Key_Return);  // the first may close the list of completions
    }
  });
  typist.start(150);
  QTest::keyClick(window_.get(), Qt::Key_O, Qt::ControlModifier);
  typist.stop();
  ASSERT_TRUE(typed);
  ASSERT_TRUE(wait([&] { return idle() && workspace().dataset(); }));
  window_->activateWindow();  // there is no window manager to do so
  ASSERT_TRUE(QTest::qWaitForWindowActive(window_.get()));
  std::uint32_t step = 0;
  follow(step);
  QTest::keyClick(window_.get(), Qt::Key_R, Qt::AltModifier);
  QWidget* folder = QApplication::focusWidget();
  ASSERT_EQ(folder, find<QLineEdit>("run_folder"));
  QTest::keyClick(folder, Qt::Key_A, Qt::ControlModifier);
  QTest::keyClicks(folder, QString::fromStdString(run_.string()));
  QTest::keyClick(folder, Qt::Key_Return, Qt::ControlModifier);
  ASSERT_TRUE(wait([&] { return step > 3; }));
  QTest::keyClick(window_.get(), Qt::Key_P, Qt::ControlModifier);
  EXPECT_EQ(workspace().state(), Workspace::State::paused);
  QTest::keyClick(window_.get(), Qt::Key_F6);
  QTest::keyClick(QApplication::focusWidget(), Qt::Key_X);
  EXPECT_EQ(window_->viewport().overlay().mode(), PhotoOverlay::Mode::split);
  EXPECT_TRUE(wait([&] { return window_->viewport().overlay().is_loaded(); }));
  QTest::qWait(200);
  const std::uint32_t paused = step;
  QTest::keyClick(window_.get(), Qt::Key_P, Qt::ControlModifier);
  ASSERT_TRUE(wait([&] { return step > paused; }));
  QTest::keyClick(window_.get(), Qt::Key_Period, Qt::ControlModifier);
  ASSERT_TRUE(wait([&] { return idle(); }));
  EXPECT_TRUE(reconstruct::TrainingSession::has_checkpoint(run_));
}

TEST_F(WindowTest, FitsASmallScreen) {
  open(write_model(20));
  std::string parts;
  for (const auto* dock : window_->findChildren<QDockWidget*>())
    parts += dock->objectName().toStdString() + " " + std::to_string(dock->minimumSizeHint().width()) + ", ";
  EXPECT_LE(window_->minimumSizeHint().width(), 1000) << parts;
  EXPECT_LE(window_->minimumSizeHint().height(), 700) << parts;
}

TEST_F(WindowTest, AnySizeAndAStormOfThemIsBorne) {
  open(write_model(200));
  const Watchdog watchdog;
  for (auto* dock : window_->findChildren<QDockWidget*>()) dock->hide();
  Viewport& viewport = window_->viewport();
  viewport.setMinimumSize(0, 0);
  window_->setMinimumSize(0, 0);
  for (const QSize size : {QSize(0, 0), QSize(1, 1), QSize(3000, 1), QSize(1, 3000), QSize(700, 500)}) {
    window_->resize(size);
    QTest::qWait(20);
    viewport.resize(size);
    EXPECT_FALSE(viewport.picture().isNull());
    EXPECT_FALSE(window_->grab().isNull());
  }
  for (auto* dock : window_->findChildren<QDockWidget*>()) dock->show();
  for (int i = 0; i < 150; ++i) {
    window_->resize(600 + 37 * i % 800, 400 + 53 * i % 500);
    QTest::qWait(i % 10 == 0 ? 5 : 0);
  }
  window_->resize(1200, 800);
  QTest::qWait(50);
  EXPECT_EQ(view().size(), viewport.size() * viewport.devicePixelRatioF());
}

/// Share of the squares of two by two pixels that are not one colour: where a picture was stretched to twice its size,
/// none.
double detail(const QImage& image) {
  int different = 0, all = 0;
  for (int y = 0; y + 1 < image.height(); y += 2)
    for (int x = 0; x + 1 < image.width(); x += 2, ++all) {
      const QRgb c = image.pixel(x, y);
      different += image.pixel(x + 1, y) != c || image.pixel(x, y + 1) != c || image.pixel(x + 1, y + 1) != c;
    }
  return static_cast<double>(different) / std::max(all, 1);
}

TEST_F(WindowTest, IsSharpOnAScreenOfTwiceTheDensity) {
  if (qgetenv("QT_SCALE_FACTOR") != "2") {
    // The scale is that of a process.
    QProcess child;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("QT_SCALE_FACTOR", "2");
    child.setProcessEnvironment(environment);
    child.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    child.start(QApplication::applicationFilePath(),
                {"--gtest_filter=WindowTest.IsSharpOnAScreenOfTwiceTheDensity", "--gtest_output="});
    ASSERT_TRUE(child.waitForFinished(kLongest));
    const std::string said = child.readAllStandardOutput().toStdString();
    EXPECT_EQ(child.exitStatus(), QProcess::NormalExit) << said;
    EXPECT_EQ(child.exitCode(), 0) << said;
    EXPECT_NE(said.find("1 test"), std::string::npos) << said;
    return;
  }
  open(write_model(3000));
  window_->resize(700, 450);
  QTest::qWait(100);
  const QImage picture = view();
  EXPECT_EQ(picture.devicePixelRatio(), 2);
  EXPECT_EQ(picture.size(), window_->viewport().size() * 2);
  EXPECT_GT(detail(picture), 0.05);
  EXPECT_EQ(detail(picture.scaled(picture.size() / 2).scaled(picture.size())), 0) << "the measure itself";
  const QPixmap whole = window_->grab();
  EXPECT_EQ(whole.size(), window_->size() * 2);
}

}  // namespace
}  // namespace tessera::app
