// What the studio says about quality, on a scene whose one mistake is known.
#include <QAbstractItemModelTester>
#include <QAction>
#include <QCheckBox>
#include <QDockWidget>
#include <QListView>
#include <QPlainTextEdit>
#include <QSlider>
#include <QTableView>
#include <nlohmann/json.hpp>

#include "app/studio/error_map.h"
#include "app/studio/inspect_panel.h"
#include "app/studio/photo_list.h"
#include "app/studio/photo_filter.h"
#include "app/studio/photo_scores.h"
#include "app/studio/probe_table.h"
#include "scene/atomic_file.h"
#include "tests/app/studio/planted_scene.h"
#include "tests/app/studio/studio_fixture.h"

namespace tessera::app {
namespace {

using test::PlantedScene;
using testing::HasSubstr;

class QualityTest : public StudioTest {
 protected:
  void SetUp() override {
    StudioTest::SetUp();
    scene_ = std::make_unique<PlantedScene>(folder_.path());
  }
  Viewport& viewport() { return window_->viewport(); }
  void key(int k, Qt::KeyboardModifiers modifiers = {}) {
    QTest::keyClick(window_.get(), static_cast<Qt::Key>(k), modifiers);
  }
  void stand_at(int view) {
    while (viewport().standing_at() != view) key(Qt::Key_PageDown);
    ASSERT_TRUE(wait([&] { return viewport().is_still() && viewport().is_current(); }));
  }
  /// Where the view shows that pixel of the photo stood at.
  QPoint place_of(double x, double y) {
    const scene::Pinhole& photo =
        workspace().dataset()->views[static_cast<std::size_t>(viewport().standing_at())].camera.intrinsics;
    const QRectF place = place_of_photo(photo, viewport().view().camera(viewport().width(), viewport().height()));
    return QPointF(place.x() + (x + 0.5) / photo.width * place.width(),
                   place.y() + (y + 0.5) / photo.height * place.height())
        .toPoint();
  }
  QPoint wrong_place() { return place_of(PlantedScene::kWrongX, PlantedScene::kWrongY); }
  ErrorMap* map() { return window_->findChild<ErrorMap*>("error_map"); }
  /// Opens the run and waits for the map of the wrong photo.
  void show_error_map() {
    open(scene_->run);
    stand_at(PlantedScene::kWrongView);
    key(Qt::Key_V);
    ASSERT_TRUE(wait([&] { return map()->error() != nullptr; }));
  }
  std::string text(const char* label) { return find<QLabel>(label)->text().toStdString(); }
  std::string name(int row) {
    return find<QListView>("photos")->model()->index(row, 0).data().toString().toStdString();
  }
  /// As a run leaves it: the wrong photo is the worst of those trained on.
  void write_metrics(int views) {
    nlohmann::json metrics;
    for (int i = 0; i < views; ++i)
      metrics["views"].push_back({{"name", "photo" + std::to_string(i) + ".png"},
                                  {"split", i == 0 ? "test" : "train"},
                                  {"psnr", 30.0 - i},
                                  {"psnr_corrected", 31.0 - i},
                                  {"ssim", 0.9},
                                  {"ssim_standard", 0.9},
                                  {"ms_ssim", 0.95}});
    scene::write_file_atomically(scene_->run / "metrics.json", metrics.dump());
  }
  std::unique_ptr<PlantedScene> scene_;
};

int brightness(const QImage& image, const QPoint& place) { return qGray(image.pixel(place)); }

TEST_F(QualityTest, TheErrorMapIsBrightestWhereASplatIsWrong) {
  const Watchdog watchdog;
  show_error_map();
  const reconstruct::ViewError& error = *map()->error();
  EXPECT_EQ(error.error.width, PlantedScene::kWidth) << "at the photo's own resolution";
  EXPECT_NEAR(error.worst_x, PlantedScene::kWrongX, 4);
  EXPECT_NEAR(error.worst_y, PlantedScene::kWrongY, 4);
  const QImage shown = viewport().picture();
  EXPECT_GT(brightness(shown, wrong_place()), 180);
  EXPECT_LT(brightness(shown, place_of(30, 20)), 40);
  EXPECT_TRUE(find<QWidget>("error_card")->isVisible());
  EXPECT_EQ(text("error_photo"), "photo1.png");
  EXPECT_THAT(text("error_scores"), HasSubstr(QString::number(error.psnr, 'f', 2).toStdString() + " dB"));
  EXPECT_THAT(text("error_scores"), HasSubstr("SSIM"));

  // The choices, by keyboard.
  const auto choose = [&](const char* what, int k) {
    const auto before = map()->error();
    auto* widget = find<QWidget>(what);
    widget->setFocus();
    QTest::keyClick(widget, static_cast<Qt::Key>(k));
    EXPECT_TRUE(wait([&] { return map()->error() != before; })) << what;
  };
  choose("error_kind", Qt::Key_Down);
  EXPECT_EQ(map()->error()->kind, reconstruct::ErrorKind::structure);
  EXPECT_NEAR(map()->error()->worst_x, PlantedScene::kWrongX, 10);
  choose("error_corrected", Qt::Key_Space);
  EXPECT_TRUE(map()->error()->corrected);

  // One way of comparing at a time; without a photo there is no map.
  viewport().setFocus();
  key(Qt::Key_X);
  EXPECT_FALSE(find<QWidget>("error_card")->isVisible());
  EXPECT_EQ(viewport().overlay().mode(), PhotoOverlay::Mode::split);
  key(Qt::Key_V);
  EXPECT_EQ(viewport().overlay().mode(), PhotoOverlay::Mode::error);
  EXPECT_TRUE(find<QWidget>("error_card")->isVisible());
  key(Qt::Key_H);
  EXPECT_TRUE(wait([&] { return viewport().is_still(); }));
}

TEST_F(QualityTest, FollowsTheCameraFromPhotoToPhoto) {
  show_error_map();
  key(Qt::Key_PageDown);
  EXPECT_EQ(map()->error(), nullptr) << "not the map of another photo";
  ASSERT_TRUE(wait([&] { return map()->error() != nullptr; }));
  EXPECT_EQ(text("error_photo"), "photo2.png");
  const QPoint middle = viewport().rect().center();
  QTest::mousePress(&viewport(), Qt::LeftButton, {}, middle);
  QTest::mouseMove(&viewport(), middle + QPoint(40, 10));
  QTest::mouseRelease(&viewport(), Qt::LeftButton, {}, middle + QPoint(40, 10));
  EXPECT_FALSE(find<QWidget>("error_card")->isVisible()) << "no photo was taken from here";
}

TEST_F(QualityTest, TheErrorMapSaysWhatIsWrongWithThePhoto) {
  open(scene_->run);
  fs::remove(scene_->dataset / "images/photo1.png");
  stand_at(PlantedScene::kWrongView);
  key(Qt::Key_V);
  ASSERT_TRUE(wait([&] { return text("error_scores") != "Comparing..."; }));
  EXPECT_THAT(text("error_scores"), HasSubstr("photo1.png"));
  EXPECT_EQ(map()->error(), nullptr);
  stand_at(2);
  ASSERT_TRUE(wait([&] { return map()->error() != nullptr; })) << "the next one is there";
}

TEST_F(QualityTest, TheErrorMapAndTheScorerKeepUpWithTraining) {
  TESSERA_NEED_DATA("damaged/base");
  std::uint32_t step = 0;
  train_until_it_moves(step);
  const Watchdog watchdog;
  int maps = 0;
  QObject::connect(map(), &ErrorMap::computed, window_.get(), [&] { ++maps; });
  key(Qt::Key_V);
  ASSERT_TRUE(wait([&] { return maps >= 1; }));
  const auto first = map()->error();
  ASSERT_TRUE(wait([&] { return maps >= 3; })) << "by itself, as the model changes";
  EXPECT_NE(map()->error(), first);
  find<QDockWidget>("dock_results")->raise();
  click("score_all");
  ASSERT_TRUE(
      wait([&] { return find<QWidget>("score_all")->isHidden() && find<QWidget>("score_cancel")->isHidden(); }));
  EXPECT_THAT(text("results_source"), HasSubstr("scored here"));
  click("stop");
  ASSERT_TRUE(wait([&] { return idle(); }));
}

TEST_F(QualityTest, AClickNamesTheSplatThatIsWrong) {
  const Watchdog watchdog;
  show_error_map();
  auto* panel = window_->findChild<InspectPanel*>();
  int probes = 0, counts = 0;
  QObject::connect(panel, &InspectPanel::probed, window_.get(), [&] { ++probes; });
  QObject::connect(panel, &InspectPanel::counted, window_.get(), [&] { ++counts; });
  auto* table = panel->findChild<ProbeTable*>();
  const QAbstractItemModelTester tester(table, QAbstractItemModelTester::FailureReportingMode::Fatal);
  EXPECT_THAT(text("probe_summary"), HasSubstr("Press"));

  QTest::mouseClick(&viewport(), Qt::LeftButton, Qt::ControlModifier, wrong_place());
  ASSERT_TRUE(wait([&] { return probes == 1; }));
  EXPECT_EQ(viewport().standing_at(), PlantedScene::kWrongView) << "the camera stays";
  ASSERT_GT(table->rowCount(), 0);
  const auto& first = table->probe().splats.front();
  EXPECT_EQ(first.row, scene_->wrong_row) << "nearest of all";
  EXPECT_GT(first.weight, 0.9);
  auto* rows = find<QTableView>("probe");
  EXPECT_TRUE(rows->isVisible());
  EXPECT_EQ(rows->selectionModel()->selectedRows().size(), 1);
  ASSERT_TRUE(wait([&] { return counts == 1; }));
  EXPECT_THAT(text("probe_summary"),
              testing::AllOf(HasSubstr("1 splat made 99 % of this pixel"), HasSubstr("at the median")));
  EXPECT_GE(table->index(0, ProbeTable::photos).data(ProbeTable::sort_role).toInt(), 1);
  EXPECT_LE(table->index(0, ProbeTable::photos).data(ProbeTable::sort_role).toInt(), 3) << "of three trained on";

  // Another row: another outline over the view.
  const QImage before = viewport().picture();
  rows->setFocus();
  QTest::keyClick(rows, Qt::Key_Down);
  if (table->rowCount() > 1) {
    EXPECT_NE(viewport().picture(), before);
  }

  // The tool, anywhere in the view; counted once for a model.
  viewport().setFocus();
  key(Qt::Key_V);
  key(Qt::Key_I);
  QTest::mouseClick(&viewport(), Qt::LeftButton, {}, viewport().rect().center());
  ASSERT_TRUE(wait([&] { return probes == 2; }));
  EXPECT_THAT(text("probe_summary"), HasSubstr("at the median"));
  EXPECT_EQ(counts, 1);
  key(Qt::Key_I);
  QTest::mouseClick(&viewport(), Qt::LeftButton, {}, viewport().rect().center() + QPoint(9, 9));
  QTest::qWait(50);
  EXPECT_EQ(probes, 2) << "the tool is put away";
  open(scene_->dataset);
  EXPECT_EQ(table->rowCount(), 0);
}

TEST_F(QualityTest, ScoresOfTheRunAreShownAndTheOthersMade) {
  write_metrics(1);  // the held-out photo alone
  const Watchdog watchdog;
  open(scene_->run);
  auto* photos = find<QListView>("photos");
  ASSERT_TRUE(wait([&] { return photos->model()->index(0, 0).data(PhotoList::psnr_role).isValid(); }));
  EXPECT_FALSE(photos->model()->index(1, 0).data(PhotoList::psnr_role).isValid());
  EXPECT_EQ(text("results_test_1"), "<b>30.00 dB</b>");
  EXPECT_EQ(text("results_train_1"), "-");
  EXPECT_THAT(text("results_source"), HasSubstr("metrics.json"));

  find<QDockWidget>("dock_results")->raise();
  click("score_all");
  ASSERT_TRUE(wait([&] { return photos->model()->index(3, 0).data(PhotoList::psnr_role).isValid(); }));
  EXPECT_TRUE(wait([&] { return find<QWidget>("score_cancel")->isHidden(); }));
  EXPECT_EQ(text("results_train_0"), "3");
  EXPECT_TRUE(find<QWidget>("score_all")->isHidden()) << "nothing is left to score";

  // Worst first, and Page Down goes down that list.
  const auto psnr = [&](int row) { return photos->model()->index(row, 0).data(PhotoList::psnr_role).toDouble(); };
  auto* order = find<QComboBox>("photo_order");
  order->setFocus();
  QTest::keyClick(order, Qt::Key_Down);
  for (int i = 1; i < 4; ++i) EXPECT_LE(psnr(i - 1), psnr(i));
  viewport().setFocus();
  key(Qt::Key_PageDown);
  EXPECT_EQ(workspace().dataset()->views[static_cast<std::size_t>(viewport().standing_at())].name, name(0));
  EXPECT_EQ(photos->currentIndex().row(), 0);
  key(Qt::Key_PageDown);
  EXPECT_EQ(workspace().dataset()->views[static_cast<std::size_t>(viewport().standing_at())].name, name(1));
  QTest::mouseClick(photos->viewport(), Qt::LeftButton, {}, photos->visualRect(photos->model()->index(0, 0)).center());
  EXPECT_EQ(workspace().dataset()->views[static_cast<std::size_t>(viewport().standing_at())].name, name(0));
  QTest::keyClick(order, Qt::Key_Up);
  EXPECT_EQ(name(0), "photo0.png");
}

TEST_F(QualityTest, ScoringCanBeCancelledAndIsRefusedWhereThereIsNothingToScore) {
  open(scene_->dataset);
  EXPECT_FALSE(find<QPushButton>("score_all")->isEnabled());
  const auto trigger = [&](const char* what) {
    for (QAction* action : window_->findChildren<QAction*>())
      if (action->text().remove('&') == what) return action->trigger();
    ADD_FAILURE() << what;
  };
  trigger("Score All Photos");
  EXPECT_THAT(error(), HasSubstr("nothing has been trained yet"));
  open(scene_->run);
  trigger("Score All Photos");
  EXPECT_TRUE(find<QWidget>("score_cancel")->isVisible());
  click("score_cancel");
  EXPECT_TRUE(find<QWidget>("score_cancel")->isHidden());
  EXPECT_TRUE(find<QPushButton>("score_all")->isEnabled());
  open(scene_->dataset);
}

TEST_F(QualityTest, ProxyAndScoresAreProperModels) {
  PhotoList list;
  PhotoFilter order;
  order.setSourceModel(&list);
  const QAbstractItemModelTester tester(&order, QAbstractItemModelTester::FailureReportingMode::Fatal);
  order.set_order(PhotoFilter::Order::worst_first);
  list.set_dataset(std::make_shared<scene::Dataset>(scene::load_dataset(scene_->dataset)));
  EXPECT_EQ(order.rowCount(), PlantedScene::kViews);
  for (int i = 0; i < PlantedScene::kViews; ++i)
    EXPECT_EQ(order.mapToSource(order.index(i, 0)).row(), i) << "without scores the dataset's order stays";
  list.set_dataset(nullptr);
}

TEST_F(QualityTest, LayersAreShownHiddenAndFaded) {
  open(scene_->run);
  stand_at(1);
  find<QDockWidget>("dock_scene")->raise();
  EXPECT_EQ(text("count_model"), QLocale().toString(scene_->wrong_row + 1).toStdString());
  EXPECT_EQ(text("count_cameras"), "4");
  EXPECT_EQ(text("count_train"), "3");
  EXPECT_EQ(text("count_test"), "1");
  EXPECT_EQ(text("count_points"), "400");
  const auto toggle = [&](const char* layer) {
    QTest::mouseClick(find<QCheckBox>(layer), Qt::LeftButton, {}, QPoint(26, 8));
  };
  const QPoint wrong = wrong_place();
  const QImage all = view();
  EXPECT_GT(brightness(all, wrong), 200);
  auto* fade = find<QSlider>("opacity_model");
  fade->setFocus();
  for (int i = 0; i < 10; ++i) QTest::keyClick(fade, Qt::Key_Left);
  EXPECT_EQ(fade->value(), 50);
  EXPECT_NEAR(brightness(view(), wrong), brightness(all, wrong) / 2, 25);
  toggle("layer_model");
  EXPECT_LT(brightness(view(), wrong), 30);
  // Cameras are seen from beside them.
  key(Qt::Key_7);
  ASSERT_TRUE(wait([&] { return viewport().is_still(); }));
  const QPoint middle = viewport().rect().center();
  QWheelEvent wheel(middle, viewport().mapToGlobal(middle), {}, {0, -1200}, Qt::NoButton, {}, Qt::NoScrollPhase, false);
  QApplication::sendEvent(&viewport(), &wheel);
  ASSERT_TRUE(wait([&] { return viewport().is_still(); }));
  for (const char* layer : {"layer_points", "layer_test", "layer_train", "layer_axes", "layer_scale"}) {
    const QImage before = view();
    toggle(layer);
    EXPECT_NE(view(), before) << layer;
  }
  toggle("layer_train");
  // The key and the box are one switch.
  key(Qt::Key_C);
  EXPECT_FALSE(find<QCheckBox>("layer_cameras")->isChecked());
  EXPECT_FALSE(find<QCheckBox>("layer_train")->isEnabled());

  window_ = std::make_unique<MainWindow>();
  window_->show();
  EXPECT_FALSE(find<QCheckBox>("layer_model")->isChecked()) << "remembered";
  EXPECT_EQ(find<QSlider>("opacity_model")->value(), 50);
  EXPECT_TRUE(find<QCheckBox>("layer_points")->isChecked());
  open(scene_->dataset);
  EXPECT_EQ(text("count_model"), "not trained yet");
  EXPECT_FALSE(find<QCheckBox>("layer_model")->isEnabled());
  const QImage points = view();
  toggle("layer_points");
  EXPECT_NE(view(), points);
}

TEST_F(QualityTest, TrainingEndsWithResultsThatSayWhereTheyComeFrom) {
  open(scene_->dataset);
  find<QComboBox>("preset")->setCurrentIndex(0);
  find<QSpinBox>("iterations")->setValue(30);
  find<QSpinBox>("max_splats")->setValue(2000);
  find<QLineEdit>("run_folder")->setText(QString::fromStdString(run_.string()));
  click("start");
  ASSERT_TRUE(wait([&] { return idle(); }));
  ASSERT_TRUE(wait([&] { return text("results_test_0") == "1"; }));
  const auto metrics = nlohmann::json::parse(scene::read_file(run_ / "metrics.json"));
  EXPECT_EQ(text("results_test_1"),
            "<b>" + QString::number(metrics["test"]["psnr"].get<double>(), 'f', 2).toStdString() + " dB</b>");
  EXPECT_EQ(text("results_train_2"),
            QString::number(metrics["train"]["psnr_corrected"].get<double>(), 'f', 2).toStdString() + " dB");
  EXPECT_THAT(text("results_source"), HasSubstr((run_ / "metrics.json").string()));
  EXPECT_TRUE(find<QWidget>("results")->isVisible()) << "in front";
  click("results_test_worst");
  EXPECT_EQ(viewport().standing_at(), 0);
  auto* worst = find<QPushButton>("results_train_worst");
  worst->setFocus();
  QTest::keyClick(worst, Qt::Key_Space);
  EXPECT_GE(viewport().standing_at(), 1);
}

}  // namespace
}  // namespace tessera::app
