// Cleaning a model as a person does it.
#include <QAction>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <cmath>

#include <glm/geometric.hpp>

#include "app/studio/clean_panel.h"
#include "app/studio/range_slider.h"
#include "reconstruct/run/inputs.h"
#include "scene/atomic_file.h"
#include "tests/app/studio/studio_fixture.h"

namespace tessera::app {
namespace {
using testing::HasSubstr;

class CleanTest : public StudioTest {
 protected:
  CleanPanel& panel() { return *window_->findChild<CleanPanel*>(); }
  const CleanSession::Status& status() { return panel().status(); }
  Viewport& viewport() { return window_->viewport(); }
  void settle() {
    ASSERT_TRUE(wait([&] { return panel().is_settled(); }));
    ASSERT_TRUE(wait([&] { return viewport().is_still() && viewport().is_current(); }));
  }
  void open_to_clean(const fs::path& file) {
    open(file);
    QTest::keyClick(window_.get(), Qt::Key_B);
    settle();
  }
  void press(const char* name) {
    click(name);
    settle();
  }
  void key(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) {
    window_->activateWindow();  // after a dialog: there is no window manager to do so
    ASSERT_TRUE(QTest::qWaitForWindowActive(window_.get()));
    QTest::keyClick(window_.get(), key, modifiers);
    settle();
  }
  static void drag(QWidget& widget, const std::vector<QPoint>& way, Qt::KeyboardModifiers modifiers = {}) {
    QTest::mousePress(&widget, Qt::LeftButton, modifiers, way.front());
    for (const QPoint& p : way) QTest::mouseMove(&widget, p), QTest::qWait(5);
    QTest::mouseRelease(&widget, Qt::LeftButton, modifiers, way.back());
  }
  void type(const char* name, const char* text) {
    auto* box = find<QDoubleSpinBox>(name);
    box->setFocus();
    box->selectAll();
    QTest::keyClicks(box, text);
    QTest::keyClick(box, Qt::Key_Return);
    settle();
  }
  double value(const char* name) { return find<QDoubleSpinBox>(name)->value(); }
  /// Answers the box or dialog that comes up next.
  template <class Dialog>
  void answer(std::function<void(Dialog&)> how) {
    auto* timer = new QTimer(window_.get());
    QObject::connect(timer, &QTimer::timeout, window_.get(), [timer, how] {
      auto* dialog = qobject_cast<Dialog*>(QApplication::activeModalWidget());
      if (!dialog) return;
      timer->stop();
      how(*dialog);
    });
    timer->start(20);
  }
  void answer(QMessageBox::StandardButton button) {
    answer<QMessageBox>([button](QMessageBox& box) { QTest::mouseClick(box.button(button), Qt::LeftButton); });
  }
  void answer_name(const fs::path& file) {
    answer<QFileDialog>([file](QFileDialog& dialog) {
      auto* name = dialog.findChild<QLineEdit*>();
      name->setText(QString::fromStdString(file.string()));
      QTest::keyClick(name, Qt::Key_Return);
    });
  }
  scene::GaussianModel random(std::size_t splats, int degree = 1, double largest = 0.05) {
    const test::RandomSceneOptions o{
        .splats = splats, .sh_degree = degree, .scale_low = 0.1 * largest, .scale_high = largest};
    return test::random_model(1, o, test::random_camera(1, o.width, o.height));
  }
  fs::path write(const scene::GaussianModel& model, const char* name = "scene.ply") {
    scene::write_splat_ply(model, folder_.path() / name);
    return folder_.path() / name;
  }
  static void expect_same(const scene::GaussianModel& a, const scene::GaussianModel& b) {
    const auto left = a.planes(), right = b.planes();
    ASSERT_EQ(left.size(), right.size());
    for (std::size_t p = 0; p < left.size(); ++p) EXPECT_EQ(*left[p], *right[p]) << "plane " << p;
  }
};

TEST_F(CleanTest, TheBoxIsDraggedByAFaceAndCropsWithUndoAndRedoByKeys) {
  open_to_clean(write(random(3000)));
  const auto original = workspace().model();
  press("clean_tool_box");
  const std::size_t before = status().matching;
  EXPECT_GT(before, 1500u);
  EXPECT_LT(before, 3000u);
  EXPECT_THAT(find<QLabel>("clean_matching")->text().toStdString(), HasSubstr("in the box"));
  const QImage whole = view();
  const double face = value("clean_box_middle_x") - 0.5 * value("clean_box_size_x"), size = value("clean_box_size_x");
  const QPointF handle = panel().layer().handles()[1], middle = panel().layer().handles()[6];
  drag(viewport(),
       {handle.toPoint(), (0.7 * handle + 0.3 * middle).toPoint(), (0.5 * handle + 0.5 * middle).toPoint()});
  settle();
  EXPECT_LT(value("clean_box_size_x"), 0.9 * size);
  EXPECT_NEAR(value("clean_box_middle_x") - 0.5 * value("clean_box_size_x"), face, 2e-3) << "the opposite face stays";
  EXPECT_LT(status().matching, before);
  EXPECT_EQ(workspace().model(), original) << "nothing is deleted yet";
  EXPECT_TRUE(viewport().is_still()) << "and the camera has not moved";

  const std::size_t kept = status().matching;
  press("clean_crop");
  EXPECT_EQ(status().splats, kept);
  ASSERT_EQ(workspace().model()->size(), kept);
  EXPECT_EQ(scene::count(scene::rows_in(*workspace().model(), panel().layer().box())), kept);
  EXPECT_NE(view(), whole);
  key(Qt::Key_Z, Qt::ControlModifier);
  EXPECT_EQ(workspace().model(), original) << "undone to the very model that was opened";
  key(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
  EXPECT_EQ(workspace().model()->size(), kept);
}

TEST_F(CleanTest, TheBoxCanBeTypedAndMovedByItsMiddle) {
  open_to_clean(write(random(2000)));
  press("clean_tool_box");
  type("clean_box_size_x", "0.8");
  type("clean_box_turn", "30");
  EXPECT_NEAR(panel().layer().box().half.x, 0.4, 1e-9);
  EXPECT_EQ(status().matching, scene::count(scene::rows_in(*workspace().model(), panel().layer().box())));
  const glm::dvec3 before = panel().layer().box().center;
  const QPoint middle = panel().layer().handles()[6].toPoint();
  drag(viewport(), {middle, middle + QPoint(20, 5), middle + QPoint(60, 10)});
  settle();
  EXPECT_GT(glm::length(panel().layer().box().center - before), 0.01);
  EXPECT_NEAR(panel().layer().handles()[6].x(), middle.x() + 60, 1.5) << "it follows the mouse";
  EXPECT_NEAR(value("clean_box_turn"), 30, 0.05);
  press("clean_fit");
  EXPECT_NEAR(value("clean_box_turn"), 0, 0.05);
  type("clean_box_middle_x", "90000");
  press("clean_crop");
  EXPECT_THAT(error(), HasSubstr("would leave no splat"));
  EXPECT_EQ(workspace().model()->size(), 2000u);
}

TEST_F(CleanTest, TheBrushSelectsAndTheDeleteKeyDeletes) {
  open_to_clean(write(random(4000)));
  const auto original = workspace().model();
  press("clean_tool_brush");
  const QImage plain = view();
  const QPoint c = viewport().rect().center();
  const std::vector<QPoint> way{c - QPoint(80, 0), c - QPoint(20, 10), c + QPoint(70, 20)};
  drag(viewport(), way);
  settle();
  scene::Stroke stroke{viewport().view().camera(viewport().width(), viewport().height()), {}, 40};
  for (const QPoint& p : way) stroke.points.emplace_back(p.x(), p.y());
  EXPECT_EQ(status().selected, scene::count(scene::rows_under(*original, stroke)));
  EXPECT_GT(status().selected, 20u);
  EXPECT_NE(view(), plain) << "tinted";
  EXPECT_EQ(workspace().model(), original);
  EXPECT_NE(find<QLabel>("clean_selected")->text().indexOf(QLocale().toString(qulonglong(status().selected))), -1);

  const std::size_t all = status().selected;
  drag(viewport(), {way[0], way[1]}, Qt::ControlModifier);
  settle();
  EXPECT_LT(status().selected, all);
  EXPECT_GT(status().selected, 0u);
  const std::size_t some = status().selected;
  key(Qt::Key_BracketRight);
  EXPECT_EQ(find<QSpinBox>("clean_radius")->value(), 50);
  viewport().setFocus();
  key(Qt::Key_Delete);
  EXPECT_EQ(workspace().model()->size(), 4000 - some);
  EXPECT_EQ(status().selected, 0u);
  EXPECT_THAT(window_->windowTitle().toStdString(), HasSubstr("scene.ply"));
  key(Qt::Key_Z, Qt::ControlModifier);
  EXPECT_EQ(workspace().model(), original);
  EXPECT_EQ(status().selected, some) << "the selection comes back";
  key(Qt::Key_I, Qt::ControlModifier);
  EXPECT_EQ(status().selected, 4000 - some);
}

TEST_F(CleanTest, RangesAreDraggedOrTypedAndCombine) {
  const scene::GaussianModel model = random(2000);
  open_to_clean(write(model));
  const scene::RowMeasures measures = scene::measure(model, nullptr);
  EXPECT_EQ(status().matching, 0u) << "no limit is no wish";
  EXPECT_FALSE(find<QPushButton>("clean_select")->isEnabled());
  EXPECT_FALSE(find<QWidget>("clean_seen_slider")->isVisible()) << "no photos";
  auto* slider = find<RangeSlider>("clean_opacity_slider");
  const int y = slider->height() - 8, w = slider->width();
  drag(*slider, {QPoint(w - 7, y), QPoint(w / 2 + 30, y), QPoint(w / 2, y)});
  settle();
  const double high = value("clean_opacity_high");
  EXPECT_GT(high, 0.2);
  EXPECT_LT(high, 0.8);
  EXPECT_NEAR(static_cast<double>(status().matching),
              static_cast<double>(scene::count(scene::rows_in(measures.opacity, {.high = high}))), 8);
  type("clean_opacity_high", "0.5");
  const scene::RowMask faint = scene::rows_in(measures.opacity, {.high = 0.5});
  EXPECT_EQ(status().matching, scene::count(faint));
  press("clean_select");
  EXPECT_EQ(status().selected, scene::count(faint));
  type("clean_opacity_high", "0.3");
  press("clean_subtract");
  const std::size_t between = scene::count(scene::rows_in(measures.opacity, {0.3, 0.5}));
  EXPECT_NEAR(static_cast<double>(status().selected), static_cast<double>(between), 1);
  type("clean_opacity_low", "0.1");
  press("clean_add");
  EXPECT_GT(status().selected, between);
  press("clean_invert");
  press("clean_none");
  EXPECT_EQ(status().selected, 0u);
  slider->setFocus(Qt::TabFocusReason);
  QTest::keyClick(slider, Qt::Key_Home);
  QTest::keyClick(slider, Qt::Key_Tab);
  QTest::keyClick(slider, Qt::Key_End);
  settle();
  EXPECT_EQ(status().matching, 0u) << "both handles are back at their ends";
}

TEST_F(CleanTest, SuggestsThePlantedFloatersAndDeletesWhatTheUserAccepts) {
  // A plane of splats, and over it: three alone, one huge, one nearly transparent.
  scene::GaussianModel model = random(2505, 0);
  for (std::size_t i = 0; i < model.size(); ++i) {
    model.position[0][i] = 0.04f * static_cast<float>(i % 50),
    model.position[1][i] = 0.04f * static_cast<float>(i / 50);
    model.position[2][i] = 0.01f * model.rotation[1][i];
    for (auto& plane : model.log_scale) plane[i] = std::log(0.03f);
    model.opacity_logit[i] = 1 + model.rotation[2][i];
  }
  for (std::size_t i = 2500; i < 2503; ++i)
    model.position[2][i] = 0.6f + 0.3f * static_cast<float>(i - 2500), model.position[1][i] = 1;
  model.position[1][2503] = model.position[1][2504] = 1;
  model.log_scale[0][2503] = std::log(1.0f), model.opacity_logit[2504] = -7;
  open_to_clean(write(model));
  press("clean_suggest");
  ASSERT_TRUE(wait([&] { return status().matching > 0; }));
  settle();
  EXPECT_THAT(find<QLabel>("clean_suggestion_text")->text().toStdString(), HasSubstr("may be floaters"));
  EXPECT_LE(status().matching, 15u);
  EXPECT_EQ(status().selected, 0u) << "only a preview";
  press("clean_dismiss");
  EXPECT_EQ(status().matching, 0u);
  press("clean_suggest");
  ASSERT_TRUE(wait([&] { return status().matching > 0; }));
  press("clean_accept");
  EXPECT_FALSE(find<QWidget>("clean_suggestion")->isVisible());
  EXPECT_GE(status().selected, 5u);
  press("clean_delete");
  const auto left = workspace().model();
  EXPECT_GE(left->size(), 2490u);
  for (std::size_t i = 0; i < left->size(); ++i) {
    EXPECT_LT(left->position[2][i], 0.5f);
    EXPECT_LT(left->log_scale[0][i], std::log(0.9f));
    EXPECT_GT(left->opacity_logit[i], -6);
  }
}

TEST_F(CleanTest, SavesWhatIsLeftAndAsksBeforeItWouldBeLost) {
  const scene::GaussianModel model = random(500);
  const fs::path file = write(model), other = write(random(70), "other.ply");
  open_to_clean(file);
  EXPECT_FALSE(find<QPushButton>("clean_save")->isEnabled()) << "nothing has changed";
  type("clean_opacity_high", "0.4");
  press("clean_select");
  press("clean_delete");
  const auto cleaned = workspace().model();
  ASSERT_LT(cleaned->size(), 500u);

  answer(QMessageBox::Cancel);
  window_->open(other);
  EXPECT_EQ(workspace().model(), cleaned);
  answer(QMessageBox::Cancel);
  EXPECT_FALSE(window_->close());

  // Where a run's model is, no other may be put.
  const fs::path run = folder_.path() / "some-run";
  fs::create_directories(run);
  scene::write_file_atomically(run / "run.json", "{}");
  answer_name(run / "model.ply");
  click("clean_save");
  EXPECT_THAT(error(), HasSubstr("choose another name"));
  EXPECT_FALSE(fs::exists(run / "model.ply"));

  answer_name(run / "cleaned");
  click("clean_save");
  ASSERT_TRUE(wait([&] { return fs::exists(run / "cleaned.ply"); }));
  settle();
  EXPECT_THAT(message(), HasSubstr("Saved"));
  scene::GaussianModel expected = model;
  const scene::RowMeasures measures = scene::measure(model, nullptr);
  expected.apply({scene::rows_of(scene::rows_in(measures.opacity, {.low = std::nextafter(0.4, 1.0)}))});
  expect_same(scene::read_splat_ply(run / "cleaned.ply"), expected);
  expect_same(scene::read_splat_ply(file), model);

  EXPECT_FALSE(status().changed);
  key(Qt::Key_Z, Qt::ControlModifier);
  EXPECT_TRUE(status().changed) << "not what was saved";
  answer(QMessageBox::Discard);
  open(other);
  EXPECT_EQ(workspace().model()->size(), 70u);
  settle();
  EXPECT_FALSE(status().changed);
  EXPECT_FALSE(find<QPushButton>("clean_undo")->isEnabled()) << "of another model";

  type("clean_opacity_high", "0.4");
  press("clean_select");
  press("clean_delete");
  answer<QMessageBox>([&](QMessageBox& box) {
    answer_name(folder_.path() / "last.ply");
    QTest::mouseClick(box.button(QMessageBox::Save), Qt::LeftButton);
  });
  EXPECT_TRUE(window_->close());
  EXPECT_EQ(scene::read_splat_ply(folder_.path() / "last.ply").size(), workspace().model()->size());
}

TEST_F(CleanTest, SaysWhyItCannotAndCleansWhatWasTrainedInTheFramesOfBoth) {
  TESSERA_NEED_DATA("damaged/base");
  QTest::keyClick(window_.get(), Qt::Key_B);
  EXPECT_THAT(find<QLabel>("clean_reason")->text().toStdString(), HasSubstr("Open a model"));
  std::uint32_t step = 0;
  open_dataset(60);
  EXPECT_THAT(find<QLabel>("clean_reason")->text().toStdString(), HasSubstr("sparse points"));
  follow(step);
  click("start");
  ASSERT_TRUE(wait([&] { return step > 2; }));
  EXPECT_THAT(find<QLabel>("clean_reason")->text().toStdString(), HasSubstr("Training is under way"));
  EXPECT_FALSE(find<QPushButton>("clean_tool_box")->isEnabled());
  ASSERT_TRUE(wait([&] { return idle(); }));
  settle();
  EXPECT_FALSE(find<QLabel>("clean_reason")->isVisible());
  EXPECT_TRUE(find<QWidget>("clean_seen_slider")->isVisible());
  type("clean_seen_high", "4");
  press("clean_select");
  EXPECT_GT(status().selected, 0u);
  press("clean_delete");
  answer_name(run_ / "cleaned.ply");
  click("clean_save");
  ASSERT_TRUE(wait([&] { return fs::exists(run_ / "cleaned.ply"); }));
  settle();
  // In the file: the dataset's own coordinates, as model.ply has them.
  const auto cleaned = reconstruct::load_model(run_ / "cleaned.ply", *workspace().dataset());
  ASSERT_EQ(cleaned.size(), workspace().model()->size());
  for (std::size_t i = 0; i < cleaned.size(); ++i)
    for (std::size_t c = 0; c < 3; ++c)
      EXPECT_NEAR(cleaned.position[c][i], workspace().model()->position[c][i],
                  1e-4 * (1 + std::abs(cleaned.position[c][i])));
  key(Qt::Key_Z, Qt::ControlModifier);
  answer(QMessageBox::Cancel);
  find<QSpinBox>("iterations")->setValue(80);
  click("start");
  EXPECT_TRUE(idle()) << "the user wanted to save first";
}

TEST_F(CleanTest, AMillionSplatsAreCleanedWhileTheWindowAnswers) {
  const fs::path file = write(random(1'000'000, 0, 0.004));
  open(file);
  view();
  const Watchdog watchdog;
  QTest::keyClick(window_.get(), Qt::Key_B);
  settle();
  click("clean_tool_box");
  auto* slider = find<RangeSlider>("clean_size_slider");
  const int y = slider->height() - 8, w = slider->width();
  std::vector<QPoint> way;
  for (int x = 7; x < w / 2; x += 12) way.emplace_back(x, y);
  drag(*slider, way);
  settle();
  press("clean_select");
  EXPECT_GT(status().selected, 1000u);
  press("clean_delete");
  EXPECT_EQ(workspace().model()->size(), status().splats);
  key(Qt::Key_Z, Qt::ControlModifier);
  EXPECT_EQ(workspace().model()->size(), 1'000'000u);
  EXPECT_LT(watchdog.longest(), 200) << "on a machine with others on it";
}

TEST(RangeField, ShowsTheDigitsOfScenesOfAnySize) {
  for (const double scale : {1e-4, 1.0, 1e5}) {
    RangeField field("Size", "size", 4);
    std::vector<float> sizes;
    for (int i = 1; i <= 100; ++i) sizes.push_back(static_cast<float>(0.05 * i * scale));
    field.set_spread(spread_of(sizes, true, 10));
    EXPECT_FALSE(field.range().limits());
    auto* low = field.findChild<QDoubleSpinBox*>("size_low");
    low->setValue(2.5 * scale);
    EXPECT_NEAR(field.range().low, 2.5 * scale, 0.01 * scale);
    EXPECT_FALSE(std::isfinite(field.range().high));
    field.findChild<QDoubleSpinBox*>("size_high")->setValue(1.0 * scale);
    EXPECT_LE(field.range().low, field.range().high) << "the other gives way";
    low->setValue(low->minimum());
    EXPECT_FALSE(std::isfinite(field.range().low)) << "an end does not limit";
  }
}

TEST(TintedModel, TintsACopyAndUsesItAgainWhereNobodyShowsIt) {
  const test::RandomSceneOptions o{.splats = 100, .sh_degree = 2};
  const auto model =
      std::make_shared<const scene::GaussianModel>(test::random_model(1, o, test::random_camera(1, o.width, o.height)));
  TintedModel tinted;
  const TintedModel::Colors colors{{{1, 0, 0}, {0, 0, 1}, {0, 0, 0}}};
  std::vector<std::uint8_t> tint(100);
  tint[3] = 1, tint[7] = 2, tint[5] = 3;
  auto first = tinted.make(model, tint, colors);
  EXPECT_GT(first->sh[0][3], model->sh[0][3]);
  EXPECT_GT(first->sh[2][7], model->sh[2][7]);
  EXPECT_LT(first->sh[1][5], model->sh[1][5]);
  EXPECT_EQ(first->opacity_logit[5], model->opacity_logit[5]);
  EXPECT_EQ(first->position[0], model->position[0]);
  tint[3] = 0, tint[9] = 1;
  const auto second = tinted.make(model, tint, colors);
  EXPECT_NE(second, first) << "the first is still shown";
  EXPECT_EQ(first->sh[0][9], model->sh[0][9]);
  const auto* const before = first.get();
  first.reset();
  const auto third = tinted.make(model, std::vector<std::uint8_t>(100), colors);
  EXPECT_EQ(third.get(), before);
  for (std::size_t p = 0; p < model->planes().size(); ++p) EXPECT_EQ(*third->planes()[p], *model->planes()[p]);
}

}  // namespace
}  // namespace tessera::app
