// The studio as a person uses it: a real window that is clicked and typed into.
#include <QAbstractItemModelTester>
#include <QAction>
#include <QIcon>
#include <QListView>
#include <QPlainTextEdit>

#include <nlohmann/json.hpp>

#include "app/studio/command_palette.h"
#include "app/studio/option_table.h"
#include "app/studio/photo_list.h"
#include "app/studio/plot.h"
#include "app/studio/theme.h"
#include "scene/atomic_file.h"
#include "tests/app/studio/studio_fixture.h"

namespace tessera::app {
namespace {
/// As a device that is lost at its first picture.
class LostRenderer : public render::ViewRenderer {
 public:
  std::string name() const override { return "lost"; }
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

TEST_F(StudioTest, WelcomesWithWhatCanBeOpened) {
  EXPECT_TRUE(find<QWidget>("welcome")->isVisible());
  EXPECT_TRUE(find<QPushButton>("welcome_photos")->isEnabled());
  EXPECT_FALSE(find<QPushButton>("start")->isEnabled());
  EXPECT_TRUE(wait([&] { return window_->viewport().isHidden(); }));
}

TEST_F(StudioTest, ShowsAModelAndMovesAroundIt) {
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

TEST_F(StudioTest, OpensAMillionSplats) {
  const fs::path file = write_model(1'000'000);
  const Watchdog watchdog;
  open(file);
  EXPECT_FALSE(view().isNull());
  EXPECT_EQ(workspace().model()->size(), 1'000'000u);
}

TEST_F(StudioTest, ADoubleClickTurnsToWhatIsThere) {
  open(write_model(2000));
  view();
  Viewport& viewport = window_->viewport();
  const glm::dvec3 before = viewport.view().pivot();
  QTest::mouseDClick(&viewport, Qt::LeftButton, {}, viewport.rect().center());
  EXPECT_TRUE(wait([&] { return viewport.view().pivot() != before; }));
}

TEST_F(StudioTest, DrawsInEveryMode) {
  open(write_model(300));
  const QImage splats = view();
  auto* mode = find<QComboBox>("mode");
  for (int i = 1; i < mode->count(); ++i) {
    mode->setCurrentIndex(i);
    QTest::qWait(0);
    EXPECT_NE(view(), splats) << mode->currentText().toStdString();
  }
}

TEST_F(StudioTest, TrainsWhileTheSceneFormsAndSaysHowGoodItIs) {
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

TEST_F(StudioTest, PausesStopsAndResumes) {
  TESSERA_NEED_DATA("damaged/base");
  std::uint32_t step = 0;
  train_until_it_moves(step);
  click("pause");
  EXPECT_EQ(find<QPushButton>("pause")->text(), "Continue");
  QTest::qWait(600);  // the last step before the pause is told with the next snapshot
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

TEST_F(StudioTest, QuittingWhileTrainingAsksAndSaves) {
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

TEST_F(StudioTest, AnOpenedRunGoesOnWithItsOwnOptions) {
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

TEST_F(StudioTest, TheNextStartOffersARunThatWasCutShort) {
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

TEST_F(StudioTest, StandsWhereAPhotoWasTaken) {
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

TEST_F(StudioTest, ComparesWithThePhotoOnEitherSideOfALine) {
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

TEST_F(StudioTest, PhotosAreAProperModelAndDecodedWhenShown) {
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

TEST_F(StudioTest, MistakesAreOneClearLineAndTheProgramGoesOn) {
  window_->open(folder_.path() / "nowhere");
  EXPECT_THAT(error(), testing::HasSubstr("nowhere: is not there"));
  scene::write_file_atomically(folder_.path() / "bad.ply", "ply\nformat binary_little_endian 1.0\n");
  window_->open(folder_.path() / "bad.ply");
  EXPECT_THAT(error(), testing::HasSubstr("bad.ply"));
  open(write_model(50));
  EXPECT_THAT(find<QPlainTextEdit>("log")->toPlainText().toStdString(), testing::HasSubstr("Error: "));
  EXPECT_TRUE(window_->viewport().isVisible());
}

TEST_F(StudioTest, OptionsAreCheckedByTheirTable) {
  TESSERA_NEED_DATA("damaged/base");
  open_dataset(10);
  auto* table = find<OptionTable>("option_table");
  const auto value = [&](const char* name) {
    return table->index(OptionTable::row_of(name), OptionTable::value_column).data().toString();
  };
  table->set("lambda_dssim", "0.3");
  EXPECT_EQ(value("lambda_dssim"), "0.3");
  table->set("lambda_dssim", "much");
  EXPECT_THAT(error(), testing::HasSubstr("lambda_dssim"));
  EXPECT_EQ(value("lambda_dssim"), "0.3");
  table->set("iterations", "77");
  EXPECT_EQ(find<QSpinBox>("iterations")->value(), 77);
  fs::create_directories(run_);
  scene::write_file_atomically(run_ / "mine.txt", "x");
  click("start");
  EXPECT_THAT(error(), testing::HasSubstr("already exists"));
  EXPECT_TRUE(idle());
}

TEST_F(StudioTest, EveryCommandIsFoundByTyping) {
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

TEST_F(StudioTest, RemembersItsLayoutAndWhatWasOpen) {
  const fs::path file = write_model(20);
  open(file);
  window_->resize(1100, 700);
  QTest::qWait(50);
  window_->close();
  MainWindow next;
  EXPECT_EQ(next.size(), QSize(1100, 700));
  EXPECT_THAT(QSettings().value("recent").toStringList().first().toStdString(), testing::HasSubstr("model.ply"));
}

TEST_F(StudioTest, TheThemeCanBeChanged) {
  const QColor dark = QApplication::palette().color(QPalette::Window);
  for (QAction* action : window_->findChildren<QAction*>())
    if (action->text().contains("Dark")) action->setChecked(false);
  EXPECT_NE(QApplication::palette().color(QPalette::Window), dark);
  set_theme(*qApp, true);
}

}  // namespace
}  // namespace tessera::app
