// The studio as a person uses it: a real window that is clicked and typed into.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QElapsedTimer>
#include <QIcon>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QTableWidget>
#include <QTest>
#include <QTimer>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "app/studio/command_palette.h"
#include "app/studio/main_window.h"
#include "app/studio/photo_list.h"
#include "app/studio/plot.h"
#include "app/studio/theme.h"
#include "app/studio/viewport.h"
#include "scene/atomic_file.h"
#include "scene/formats/ply.h"
#include "tests/support/random_scene.h"
#include "tests/support/test_data.h"

namespace tessera::app {
namespace {
namespace fs = std::filesystem;

constexpr int kLongest = 300'000;  // ms: a limit for hangs, not a measure; sanitizers are slow

/// The longest time in which the event loop did not come round.
class Watchdog {
 public:
  Watchdog() {
    clock_.start();
    QObject::connect(&timer_, &QTimer::timeout, [this] { longest_ = std::max(longest_, clock_.restart()); });
    timer_.start(1);
  }
  ~Watchdog() { std::cerr << "longest block of the event loop: " << longest_ << " ms\n"; }

 private:
  QTimer timer_;
  QElapsedTimer clock_;
  qint64 longest_ = 0;
};

class Studio : public testing::Test {
 protected:
  void SetUp() override {
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, QString::fromStdString(folder_.path().string()));
    window_ = std::make_unique<MainWindow>();
    window_->show();
    window_->activateWindow();  // there is no window manager to do so
    ASSERT_TRUE(QTest::qWaitForWindowActive(window_.get()));
  }
  template <class Condition>
  static bool wait(Condition condition) {
    return QTest::qWaitFor(condition, kLongest);
  }
  template <class Widget>
  Widget* find(const char* name) {
    auto* widget = window_->findChild<Widget*>(name);
    EXPECT_NE(widget, nullptr) << name;
    return widget;
  }
  std::string message() { return find<QLabel>("message")->text().toStdString(); }
  Workspace& workspace() { return window_->workspace(); }
  bool idle() { return !workspace().busy(); }
  void click(const char* name) { QTest::mouseClick(find<QPushButton>(name), Qt::LeftButton); }
  QImage view() {
    EXPECT_TRUE(wait([&] { return window_->viewport().is_current(); }));
    return window_->viewport().picture();
  }
  /// The text of the error box that is open or will be, which is closed.
  std::string error() {
    QMessageBox* box = nullptr;
    EXPECT_TRUE(wait([&] { return (box = window_->findChild<QMessageBox*>("error")) != nullptr; }));
    if (!box) return {};
    const std::string text = box->text().toStdString();
    box->close();
    wait([&] { return window_->findChild<QMessageBox*>("error") == nullptr; });
    return text;
  }
  fs::path write_model(std::size_t splats) {
    const test::RandomSceneOptions o{.splats = splats, .scale_high = 0.1};
    const fs::path file = folder_.path() / "model.ply";
    scene::write_splat_ply(test::random_model(1, o, test::random_camera(1, o.width, o.height)), file);
    return file;
  }
  void open(const fs::path& path) {
    window_->open(path);
    ASSERT_TRUE(wait([&] { return idle(); }));
  }
  /// A dataset of 320 x 180 pixels, with a run's settings made small.
  void open_dataset(int steps) {
    open(test::shared_data() / "damaged/base");
    ASSERT_NE(workspace().dataset(), nullptr);
    find<QComboBox>("preset")->setCurrentIndex(0);
    find<QSpinBox>("iterations")->setValue(steps);
    find<QSpinBox>("max_splats")->setValue(3000);
    find<QLineEdit>("run_folder")->setText(QString::fromStdString(run_.string()));
  }
  /// `step` keeps to that of the training under way.
  void follow(std::uint32_t& step) {
    QObject::connect(&workspace(), &Workspace::stepped, window_.get(),
                     [&step](const reconstruct::TrainMetrics& m) { step = m.step; });
  }
  void train_until_it_moves(std::uint32_t& step) {
    open_dataset(4000);
    follow(step);
    click("start");
    ASSERT_TRUE(wait([&] { return step > 10; }));
  }
  test::TemporaryFolder folder_;
  fs::path run_ = folder_.path() / "run";
  std::unique_ptr<MainWindow> window_;
};

/// As a device that is lost at its first picture.
class LostRenderer : public render::ViewRenderer {
 public:
  std::string name() const override { return "lost"; }
  bool supports(render::ViewMode) const override { return true; }
  void set_model(std::shared_ptr<const scene::GaussianModel>) override {}
  const render::Frame& draw(const scene::Camera&, const render::ViewSettings&) override {
    throw scene::Error("Vulkan", "vkQueueSubmit failed: the graphics device was lost");
  }
};

TEST(RenderThread, GoesOnWithTheCpuWhereTheDeviceIsLost) {
  RenderThread thread([]() -> std::unique_ptr<render::ViewRenderer> { return std::make_unique<LostRenderer>(); });
  QStringList renderers, errors;
  QImage picture;
  QObject context;
  QObject::connect(&thread, &RenderThread::started, &context, [&](const QString& name) { renderers << name; });
  QObject::connect(&thread, &RenderThread::failed, &context, [&](const QString& text) { errors << text; });
  QObject::connect(&thread, &RenderThread::drawn, &context, [&](const QImage& image, double) { picture = image; });
  const test::RandomSceneOptions o;
  const scene::Camera camera = test::random_camera(1, o.width, o.height);
  thread.request({std::make_shared<scene::GaussianModel>(test::random_model(1, o, camera)), camera, {}});
  EXPECT_TRUE(QTest::qWaitFor([&] { return !picture.isNull(); }, kLongest));
  EXPECT_EQ(picture.size(), QSize(o.width, o.height));
  EXPECT_EQ(renderers.last(), "CPU rasteriser");
  ASSERT_EQ(errors.size(), 1);
  EXPECT_TRUE(errors.first().contains("lost"));
}

TEST(RenderThread, RestsAsItsShareSays) {
  RenderThread thread(render::make_cpu_view_renderer);
  thread.set_share(0.25);
  const test::RandomSceneOptions o{.splats = 3000, .width = 320, .height = 240};
  const scene::Camera camera = test::random_camera(1, o.width, o.height);
  const auto model = std::make_shared<scene::GaussianModel>(test::random_model(1, o, camera));
  double busy = 0;
  int drawn = 0;
  QObject context;
  QObject::connect(&thread, &RenderThread::drawn, &context, [&](const QImage&, double ms) {
    busy += ms, ++drawn;
    thread.request({model, camera, {}});
  });
  QElapsedTimer clock;
  clock.start();
  thread.request({model, camera, {}});
  EXPECT_TRUE(QTest::qWaitFor([&] { return drawn == 8; }, kLongest));
  // The rest after the last picture is not over.
  EXPECT_GT(static_cast<double>(clock.elapsed()), 3.5 * busy * 7 / 8 * 0.9);
}

TEST_F(Studio, WelcomesWithWhatCanBeOpened) {
  EXPECT_TRUE(find<QWidget>("welcome")->isVisible());
  EXPECT_TRUE(find<QPushButton>("welcome_photos")->isEnabled());
  EXPECT_FALSE(find<QPushButton>("start")->isEnabled());
  EXPECT_TRUE(wait([&] { return window_->viewport().isHidden(); }));
}

TEST_F(Studio, ShowsAModelAndMovesAroundIt) {
  open(write_model(500));
  EXPECT_TRUE(window_->viewport().isVisible());
  QTest::qWait(0);
  const QImage first = view();
  ASSERT_FALSE(first.isNull());
  Viewport& viewport = window_->viewport();
  const QPoint middle = viewport.rect().center();
  QTest::mousePress(&viewport, Qt::LeftButton, {}, middle);
  QTest::mouseMove(&viewport, middle + QPoint(20, 5));
  QTest::mouseMove(&viewport, middle + QPoint(80, 30));
  QTest::mouseRelease(&viewport, Qt::LeftButton, {}, middle + QPoint(80, 30));
  EXPECT_TRUE(wait([&] { return viewport.is_still(); }));
  const QImage orbited = view();
  EXPECT_NE(orbited, first);
  const double before = viewport.view().distance();
  QWheelEvent wheel(middle, viewport.mapToGlobal(middle), {}, {0, 240}, Qt::NoButton, {}, Qt::NoScrollPhase, false);
  QApplication::sendEvent(&viewport, &wheel);
  EXPECT_TRUE(wait([&] { return viewport.view().distance() < 0.8 * before; }));
  viewport.setFocus();
  QTest::keyPress(&viewport, Qt::Key_W);
  QTest::qWait(200);
  QTest::keyRelease(&viewport, Qt::Key_W);
  QTest::keyClick(window_.get(), Qt::Key_H);
  EXPECT_TRUE(wait([&] { return std::abs(viewport.view().distance() - before) < 1e-6; }));
  EXPECT_TRUE(wait([&] { return viewport.is_still(); }));
  EXPECT_EQ(view(), first) << "home again";
}

TEST_F(Studio, OpensAMillionSplats) {
  const fs::path file = write_model(1'000'000);
  const Watchdog watchdog;
  open(file);
  EXPECT_FALSE(view().isNull());
  EXPECT_EQ(workspace().model()->size(), 1'000'000u);
}

TEST_F(Studio, ADoubleClickTurnsToWhatIsThere) {
  open(write_model(2000));
  view();
  Viewport& viewport = window_->viewport();
  const glm::dvec3 before = viewport.view().pivot();
  QTest::mouseDClick(&viewport, Qt::LeftButton, {}, viewport.rect().center());
  EXPECT_TRUE(wait([&] { return viewport.view().pivot() != before; }));
}

TEST_F(Studio, DrawsInEveryMode) {
  open(write_model(300));
  const QImage splats = view();
  auto* mode = find<QComboBox>("mode");
  for (int i = 1; i < mode->count(); ++i) {
    mode->setCurrentIndex(i);
    QTest::qWait(0);
    EXPECT_NE(view(), splats) << mode->currentText().toStdString();
  }
}

TEST_F(Studio, TrainsWhileTheSceneFormsAndSaysHowGoodItIs) {
  TESSERA_NEED_DATA("damaged/base");
  open_dataset(150);
  const QImage points = view();
  int models = 0;
  QObject::connect(&workspace(), &Workspace::model_changed, window_.get(), [&] { ++models; });
  const Watchdog watchdog;
  click("start");
  ASSERT_TRUE(wait([&] { return idle(); }));
  EXPECT_GE(models, 2) << "snapshots and the last model";
  EXPECT_TRUE(fs::exists(run_ / "model.ply"));
  EXPECT_THAT(message(), testing::HasSubstr("Finished after 150 steps"));
  EXPECT_THAT(message(), testing::HasSubstr("dB on held-out photos"));
  EXPECT_GT(find<Plot>("plot")->points(0), 1u);
  EXPECT_THAT(find<Plot>("plot")->csv().toStdString(), testing::StartsWith("step,loss,"));
  QTest::qWait(0);
  EXPECT_NE(view(), points);
  EXPECT_EQ(nlohmann::json::parse(scene::read_file(run_ / "run.json"))["state"], "finished");
}

TEST_F(Studio, PausesStopsAndResumes) {
  TESSERA_NEED_DATA("damaged/base");
  std::uint32_t step = 0;
  train_until_it_moves(step);
  click("pause");
  EXPECT_EQ(find<QPushButton>("pause")->text(), "Continue");
  QTest::qWait(300);
  const std::uint32_t paused = step;
  QTest::qWait(300);
  EXPECT_EQ(step, paused);
  QTest::keyClick(window_.get(), Qt::Key_P, Qt::ControlModifier);
  ASSERT_TRUE(wait([&] { return step > paused; }));
  click("stop");
  ASSERT_TRUE(wait([&] { return idle(); }));
  EXPECT_THAT(message(), testing::HasSubstr("can be resumed"));
  EXPECT_EQ(find<QPushButton>("start")->text(), "Resume training");
  const std::uint32_t stopped = step;
  click("start");
  ASSERT_TRUE(wait([&] { return step > stopped; }));
  EXPECT_THAT(find<QPlainTextEdit>("log")->toPlainText().toStdString(), testing::HasSubstr("going on from step"));
  click("stop");
  ASSERT_TRUE(wait([&] { return idle(); }));
}

TEST_F(Studio, QuittingWhileTrainingAsksAndSaves) {
  TESSERA_NEED_DATA("damaged/base");
  std::uint32_t step = 0;
  train_until_it_moves(step);
  const auto answer = [&](QMessageBox::StandardButton button) {
    QTimer::singleShot(100, window_.get(), [button] {
      auto* box = qobject_cast<QMessageBox*>(QApplication::activeModalWidget());
      ASSERT_NE(box, nullptr);
      QTest::mouseClick(box->button(button), Qt::LeftButton);
    });
    return window_->close();
  };
  EXPECT_FALSE(answer(QMessageBox::No));
  EXPECT_TRUE(workspace().busy());
  EXPECT_TRUE(answer(QMessageBox::Yes));
  window_.reset();
  EXPECT_TRUE(reconstruct::TrainingSession::has_checkpoint(run_));
}

TEST_F(Studio, AnOpenedRunGoesOnWithItsOwnOptions) {
  TESSERA_NEED_DATA("damaged/base");
  open_dataset(40);
  click("start");
  ASSERT_TRUE(wait([&] { return idle(); }));
  window_ = std::make_unique<MainWindow>();
  window_->show();
  open(run_.string() + "/");
  EXPECT_EQ(find<QSpinBox>("iterations")->value(), 40);
  EXPECT_EQ(find<QSpinBox>("max_splats")->value(), 3000);
  EXPECT_EQ(find<QPushButton>("start")->text(), "Train further");
  click("start");
  EXPECT_THAT(error(), testing::HasSubstr("has had its 40 steps"));
  find<QSpinBox>("iterations")->setValue(60);
  click("start");
  ASSERT_TRUE(wait([&] { return idle(); }));
  EXPECT_THAT(message(), testing::HasSubstr("Finished after 60 steps"));
}

TEST_F(Studio, TheNextStartOffersARunThatWasCutShort) {
  TESSERA_NEED_DATA("damaged/base");
  std::uint32_t step = 0;
  train_until_it_moves(step);
  // As a kill leaves it: the record says that it trains.
  click("stop");
  ASSERT_TRUE(wait([&] { return idle(); }));
  auto record = nlohmann::json::parse(scene::read_file(run_ / "run.json"));
  record["state"] = "training";
  scene::write_file_atomically(run_ / "run.json", record.dump());
  window_.reset();

  const std::uint32_t before = step;
  window_ = std::make_unique<MainWindow>();
  window_->show();
  follow(step);
  EXPECT_EQ(find<QPushButton>("welcome_resume")->text(), "Go on with run");
  click("welcome_resume");
  ASSERT_TRUE(wait([&] { return step > before; }));
  click("stop");
  ASSERT_TRUE(wait([&] { return idle(); }));
}

TEST_F(Studio, StandsWhereAPhotoWasTaken) {
  TESSERA_NEED_DATA("damaged/base");
  open_dataset(10);
  Viewport& viewport = window_->viewport();
  auto* photos = find<QListView>("photos");
  EXPECT_GT(photos->model()->rowCount(), 3);
  QTest::keyClick(window_.get(), Qt::Key_PageDown);
  EXPECT_EQ(viewport.standing_at(), 0);
  QTest::keyClick(window_.get(), Qt::Key_PageDown);
  EXPECT_EQ(viewport.standing_at(), 1);
  EXPECT_EQ(photos->currentIndex().row(), 1);
  QTest::keyClick(window_.get(), Qt::Key_PageUp);
  EXPECT_EQ(viewport.standing_at(), 0);
  photos->scrollTo(photos->model()->index(2, 0));
  QTest::mouseClick(photos->viewport(), Qt::LeftButton, {}, photos->visualRect(photos->model()->index(2, 0)).center());
  EXPECT_EQ(viewport.standing_at(), 2);
}

TEST_F(Studio, ComparesWithThePhotoOnEitherSideOfALine) {
  TESSERA_NEED_DATA("damaged/base");
  open_dataset(10);
  Viewport& viewport = window_->viewport();
  QTest::keyClick(window_.get(), Qt::Key_C);  // no frusta
  QTest::keyClick(window_.get(), Qt::Key_X);
  EXPECT_GE(viewport.standing_at(), 0);
  ASSERT_TRUE(wait([&] { return viewport.overlay().is_loaded(); }));
  ASSERT_TRUE(wait([&] { return viewport.is_still(); }));
  const QImage split = view();
  const QPoint line(split.width() / 2, split.height() / 2 + 40), left(20, line.y());
  const auto area = [](const QImage& image, bool left_side) {
    const int w = image.width() / 2 - 10;
    return image.copy(left_side ? 0 : image.width() - w, 60, w, image.height() - 120);
  };
  QTest::mousePress(&viewport, Qt::LeftButton, {}, line);
  QTest::mouseMove(&viewport, left);
  QTest::mouseRelease(&viewport, Qt::LeftButton, {}, left);
  const QImage mostly_scene = view();
  EXPECT_NE(area(split, true), area(mostly_scene, true));
  EXPECT_EQ(area(split, false), area(mostly_scene, false));
  EXPECT_GE(viewport.standing_at(), 0) << "dragging the line moves no camera";
  QTest::keyClick(window_.get(), Qt::Key_Z);
  EXPECT_EQ(viewport.overlay().mode(), PhotoOverlay::Mode::flicker);
  QTest::keyClick(window_.get(), Qt::Key_Z);
  EXPECT_EQ(viewport.overlay().mode(), PhotoOverlay::Mode::off);
}

TEST_F(Studio, PhotosAreAProperModelAndDecodedWhenShown) {
  TESSERA_NEED_DATA("damaged/base");
  PhotoList list;
  const QAbstractItemModelTester tester(&list, QAbstractItemModelTester::FailureReportingMode::Fatal);
  list.set_dataset(std::make_shared<scene::Dataset>(scene::load_dataset(test::shared_data() / "damaged/base")));
  const QModelIndex first = list.index(0);
  int changes = 0;
  QObject::connect(&list, &PhotoList::dataChanged, [&] { ++changes; });
  const auto empty = list.data(first, Qt::DecorationRole).value<QIcon>().pixmap(PhotoList::kThumbnailWidth).toImage();
  ASSERT_TRUE(wait([&] { return changes > 0; }));
  EXPECT_NE(list.data(first, Qt::DecorationRole).value<QIcon>().pixmap(PhotoList::kThumbnailWidth).toImage(), empty);
  EXPECT_EQ(list.data(first, PhotoList::test_role).toBool(), true);
  list.set_dataset(nullptr);
  EXPECT_EQ(list.rowCount(), 0);
}

TEST_F(Studio, MistakesAreOneClearLineAndTheProgramGoesOn) {
  window_->open(folder_.path() / "nowhere");
  EXPECT_THAT(error(), testing::HasSubstr("nowhere: is not there"));
  scene::write_file_atomically(folder_.path() / "bad.ply", "ply\nformat binary_little_endian 1.0\n");
  window_->open(folder_.path() / "bad.ply");
  EXPECT_THAT(error(), testing::HasSubstr("bad.ply"));
  open(write_model(50));
  EXPECT_THAT(find<QPlainTextEdit>("log")->toPlainText().toStdString(), testing::HasSubstr("Error: "));
  EXPECT_TRUE(window_->viewport().isVisible());
}

TEST_F(Studio, OptionsAreCheckedByTheirTable) {
  TESSERA_NEED_DATA("damaged/base");
  open_dataset(10);
  auto* table = find<QTableWidget>("options");
  const auto item = [&](const char* name) {
    for (int i = 0; i < table->rowCount(); ++i)
      if (table->item(i, 0)->text() == name) return table->item(i, 1);
    return static_cast<QTableWidgetItem*>(nullptr);
  };
  item("lambda_dssim")->setText("0.3");
  EXPECT_EQ(item("lambda_dssim")->text(), "0.3");
  item("lambda_dssim")->setText("much");
  EXPECT_THAT(error(), testing::HasSubstr("lambda_dssim"));
  EXPECT_EQ(item("lambda_dssim")->text(), "0.3");
  item("iterations")->setText("77");
  EXPECT_EQ(find<QSpinBox>("iterations")->value(), 77);
  fs::create_directories(run_);
  scene::write_file_atomically(run_ / "mine.txt", "x");
  click("start");
  EXPECT_THAT(error(), testing::HasSubstr("already exists"));
  EXPECT_TRUE(idle());
}

TEST_F(Studio, EveryCommandIsFoundByTyping) {
  open(write_model(50));
  const glm::dvec3 before = window_->viewport().view().camera(100, 100).center();
  QTimer::singleShot(100, window_.get(), [&] {
    auto* palette = window_->findChild<CommandPalette*>();
    ASSERT_NE(palette, nullptr);
    QTest::keyClicks(palette->findChild<QLineEdit*>(), "top");
    QTest::keyClick(palette->findChild<QLineEdit*>(), Qt::Key_Return);
  });
  QTest::keyClick(window_.get(), Qt::Key_K, Qt::ControlModifier);
  EXPECT_TRUE(wait([&] {
    const scene::Camera c = window_->viewport().view().camera(100, 100);
    return (c.cam_from_world.inverse().rotation * glm::dvec3(0, 0, 1)).z < -0.999;
  }));
  EXPECT_NE(window_->viewport().view().camera(100, 100).center(), before);
  for (const QAction* action : window_->findChildren<QAction*>())
    if (action->parent() == window_.get()) {
      EXPECT_FALSE(action->text().isEmpty());
    }
}

TEST_F(Studio, RemembersItsLayoutAndWhatWasOpen) {
  const fs::path file = write_model(20);
  open(file);
  window_->resize(1000, 700);
  QTest::qWait(50);
  window_->close();
  MainWindow next;
  EXPECT_EQ(next.size(), QSize(1000, 700));
  EXPECT_THAT(QSettings().value("recent").toStringList().first().toStdString(), testing::HasSubstr("model.ply"));
}

TEST_F(Studio, TheThemeCanBeChanged) {
  const QColor dark = QApplication::palette().color(QPalette::Window);
  for (QAction* action : window_->findChildren<QAction*>())
    if (action->text().contains("Dark")) action->setChecked(false);
  EXPECT_NE(QApplication::palette().color(QPalette::Window), dark);
  set_theme(*qApp, true);
}

}  // namespace
}  // namespace tessera::app

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  QApplication application(argc, argv);
  QApplication::setApplicationName("tessera-studio-test");
  QApplication::setOrganizationName("tessera");
  tessera::app::set_theme(application, true);
  return RUN_ALL_TESTS();
}
