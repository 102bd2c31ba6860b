// A scene cut into blocks, as a person does it: planned, edited on the map, written, trained.
#include <QAbstractItemModelTester>
#include <QAction>
#include <QCheckBox>
#include <QDockWidget>
#include <QMenu>
#include <QTableView>
#include <random>

#include <nlohmann/json.hpp>

#include "app/studio/block_colors.h"
#include "app/studio/option_table.h"
#include "app/studio/plan_map.h"
#include "app/studio/plan_model.h"
#include "app/studio/plan_table.h"
#include "reconstruct/blocks/forecast.h"
#include "reconstruct/run/inputs.h"
#include "scene/atomic_file.h"
#include "scene/formats/ply.h"
#include "tests/app/studio/studio_fixture.h"

namespace tessera::app {
namespace {
using reconstruct::Partition;
using testing::HasSubstr;

TEST(BlockColors, NeighboursHaveDifferentOnes) {
  std::mt19937 random(5);
  std::uniform_real_distribution<double> anywhere(0.2, 0.8);
  Partition partition({.region = {{0, 0}, {2, 1}}});
  for (int i = 0; i < 150; ++i) {
    const std::uint32_t cell = static_cast<std::uint32_t>(random()) % partition.cells();
    const reconstruct::Rect rect = partition.cell(cell);
    const int axis = rect.size().x > rect.size().y ? 0 : 1;
    partition.split(cell, axis, rect.low[axis] + anywhere(random) * rect.size()[axis]);
  }
  const auto colors = block_colors(partition);
  ASSERT_EQ(colors.size(), partition.cells() + 1);
  for (std::uint32_t cell = 0; cell < partition.cells(); ++cell)
    for (const std::uint32_t other : partition.neighbours(cell)) EXPECT_NE(colors[cell], colors[other]);
}

TEST(BlockColors, EverySplatHasThatOfItsOwner) {
  Partition partition({.region = {{-1, -1}, {1, 1}}});
  partition.split(0, 0, 0.25);
  scene::GaussianModel model;
  model.resize(2, 0);
  model.position[0] = {0.2f, 0.3f};
  const auto colored = colored_by_block(model, partition);
  const auto colors = block_colors(partition);
  for (std::size_t i = 0; i < 2; ++i) {
    const QColor c = colors[i];
    // Grey, by a fifth: the rest is the block's.
    EXPECT_NEAR(0.5 + scene::kSh0 * static_cast<double>(colored->sh[0][i]), 0.1 + 0.8 * static_cast<double>(c.redF()),
                1e-5);
    EXPECT_NEAR(0.5 + scene::kSh0 * static_cast<double>(colored->sh[2][i]), 0.1 + 0.8 * static_cast<double>(c.blueF()),
                1e-5);
  }
  EXPECT_EQ(model.sh[0][0], 0);
}

class PlanTest : public StudioTest {
 protected:
  void SetUp() override {
    TESSERA_NEED_DATA("damaged/base");
    StudioTest::SetUp();
    fs::copy(test::shared_data() / "damaged/base", data_, fs::copy_options::recursive);
    open(data_);
    ASSERT_NE(workspace().dataset(), nullptr);
    find<QComboBox>("preset")->setCurrentIndex(0);
    find<QSpinBox>("iterations")->setValue(kSteps);
    find<QSpinBox>("max_splats")->setValue(2000);
    find<OptionTable>("option_table")->set("eval", "off");
    show_plan();
  }
  void show_plan() {
    QTest::keyClick(window_.get(), Qt::Key_N);
    ASSERT_TRUE(wait([&] { return map().isVisible(); }));
  }
  PlanMap& map() { return *find<PlanMap>("plan_map"); }
  PlanModel& plan() { return *window_->findChild<PlanModel*>(); }
  const Partition& partition() { return *plan().partition(); }
  QAbstractItemModel& table() { return *find<QTableView>("plan_table")->model(); }
  std::string cell(int row, int column) { return table().index(row, column).data().toString().toStdString(); }
  bool settle() {
    return wait([&] { return plan().is_settled(); });
  }
  void make(int blocks) {
    find<QSpinBox>("plan_blocks")->setValue(blocks);
    click("plan_make");
    ASSERT_TRUE(settle());
    ASSERT_NE(plan().partition(), nullptr);
    ASSERT_EQ(partition().cells(), static_cast<std::uint32_t>(blocks));
  }
  QPoint place(const glm::dvec2& cell_point) { return map().place_of(cell_point).toPoint(); }
  QPoint middle(std::uint32_t id) {
    const reconstruct::Rect rect = partition().cell(id);
    return place(0.5 * (rect.low + rect.high));
  }
  /// The middle of a cut's line.
  QPoint on_cut(std::size_t i) {
    const auto cut = partition().cuts()[i];
    glm::dvec2 p = 0.5 * (cut.within.low + cut.within.high);
    p[cut.axis] = cut.at;
    return place(p);
  }
  void drag(QPoint from, QPoint by) {
    QTest::mousePress(&map(), Qt::LeftButton, {}, from);
    for (int i = 1; i <= 4; ++i) QTest::mouseMove(&map(), from + by * i / 4);
    QTest::mouseRelease(&map(), Qt::LeftButton, {}, from + by);
  }
  void menu(QPoint at, const char* text) {
    QContextMenuEvent event(QContextMenuEvent::Mouse, at, map().mapToGlobal(at));
    QApplication::sendEvent(&map(), &event);
    auto* shown = map().findChild<QMenu*>("plan_menu");
    ASSERT_NE(shown, nullptr);
    for (QAction* action : shown->actions())
      if (action->text().remove('&') == text) action->trigger();
    shown->close();
    ASSERT_TRUE(wait([&] { return map().findChild<QMenu*>("plan_menu") == nullptr; }));
  }
  void train_to_the_end() {
    click("plan_train");
    ASSERT_EQ(workspace().state(), Workspace::State::training);
    ASSERT_TRUE(wait([&] { return idle(); }));
  }
  static constexpr int kSteps = 30;
  fs::path data_ = folder_.path() / "fox", project_ = folder_.path() / "fox-tessera";
};

TEST_F(PlanTest, IsMadeAndItsTableSaysWhatEachBlockTakes) {
  EXPECT_THAT(find<QLabel>("plan_note")->text().toStdString(), HasSubstr("Nothing has been planned"));
  EXPECT_FALSE(find<QPushButton>("plan_train")->isEnabled());
  make(2);
  const QAbstractItemModelTester tester(&table(), QAbstractItemModelTester::FailureReportingMode::Fatal);
  const auto blocks = reconstruct::assign_by_tracks(*workspace().dataset(), partition());
  const auto forecast = reconstruct::forecast(plan().plan(), *workspace().dataset());
  ASSERT_EQ(table().rowCount(), 2);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(cell(i, PlanTable::photos), std::to_string(blocks[static_cast<std::size_t>(i)].views.size()));
    const auto& expected = forecast.blocks[static_cast<std::size_t>(i)];
    EXPECT_EQ(cell(i, PlanTable::splats), QLocale().toString(static_cast<qulonglong>(expected.splats)).toStdString());
    EXPECT_EQ(plan().blocks()[static_cast<std::size_t>(i)].memory, expected.memory_bytes);
    EXPECT_THAT(cell(i, PlanTable::time), testing::MatchesRegex("[0-9]+:[0-9]+"));
    EXPECT_THAT(cell(i, PlanTable::memory), HasSubstr("MB"));
  }
  EXPECT_THAT(find<QLabel>("plan_note")->text().toStdString(), HasSubstr("times the mean load"));
  // Options of the Train dock are those of the blocks.
  find<QSpinBox>("max_splats")->setValue(150);
  ASSERT_TRUE(wait([&] { return plan().is_settled() && cell(0, PlanTable::splats) == "150"; }));
  // More blocks than there are photos.
  find<QSpinBox>("plan_blocks")->setValue(500);
  click("plan_make");
  EXPECT_THAT(error(), HasSubstr("500 for"));
  EXPECT_EQ(partition().cells(), 2u);
  EXPECT_TRUE(find<QPushButton>("plan_train")->isEnabled());
}

TEST_F(PlanTest, CutsAreMovedSplitMergedAndUndone) {
  make(2);
  const Partition made = partition();
  const auto cut = made.cuts()[0];
  const std::size_t points = plan().blocks()[0].points;
  const QPoint by = cut.axis == 0 ? QPoint(25, 0) : QPoint(0, -25);
  const QPoint from = on_cut(0);
  drag(from, by);
  ASSERT_TRUE(settle());
  EXPECT_GT(partition().cuts()[0].at, cut.at);
  EXPECT_LE((on_cut(0) - from - by).manhattanLength(), 1) << "where it was let go";
  EXPECT_GT(plan().blocks()[0].points, points) << "what follows from it";
  const Partition moved = partition();
  QTest::mouseDClick(&map(), Qt::LeftButton, {}, middle(1));
  ASSERT_TRUE(settle());
  ASSERT_EQ(partition().cells(), 3u);
  EXPECT_EQ(table().rowCount(), 3);
  const Partition split = partition();
  const double loads = plan().blocks()[1].load / plan().blocks()[2].load;
  EXPECT_NEAR(loads, 1, 0.25);
  map().setFocus();
  QTest::keyClick(&map(), Qt::Key_Z, Qt::ControlModifier);
  EXPECT_EQ(partition().json(), moved.json());
  click("plan_undo");
  EXPECT_EQ(partition().json(), made.json());
  EXPECT_FALSE(find<QPushButton>("plan_undo")->isEnabled());
  click("plan_redo");
  QTest::keyClick(&map(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
  EXPECT_EQ(partition().json(), split.json());
  // By keys: choose the last cell, merge it with its neighbour, split it.
  map().select(2);
  QTest::keyClick(&map(), Qt::Key_Delete);
  EXPECT_EQ(partition().json(), moved.json());
  map().select(1);
  QTest::keyClick(&map(), Qt::Key_S);
  EXPECT_EQ(partition().json(), split.json());
  // By the menu, at a place.
  const QPoint at = middle(0) + QPoint(0, 12);
  menu(at, "Split Here, Above and Below");
  ASSERT_EQ(partition().cells(), 4u);
  EXPECT_LE(std::abs(place(partition().cell(0).high).y() - at.y()), 1);
  menu(on_cut(0), "Merge across the Cut");
  EXPECT_EQ(partition().cells(), 1u) << "the first cut has all others below it";
  ASSERT_TRUE(settle());
}

TEST_F(PlanTest, IsWrittenIntoTheProjectAndComesBack) {
  make(2);
  drag(on_cut(0), partition().cuts()[0].axis == 0 ? QPoint(15, 0) : QPoint(0, -15));
  ASSERT_TRUE(settle());
  const auto expected = partition().json();
  click("plan_write");
  ASSERT_TRUE(wait([&] { return idle(); }));
  const reconstruct::BlockPlan read = reconstruct::read_block_plan(project_);
  EXPECT_EQ(read.partition.json(), expected);
  EXPECT_EQ(read.options.iterations, kSteps);
  EXPECT_EQ(read.preset, "draft");
  EXPECT_EQ(read.views.size(), 2u);
  EXPECT_TRUE(fs::exists(project_ / "plan.svg"));
  EXPECT_NE(workspace().project(), nullptr);
  open(write_model(10));
  EXPECT_EQ(plan().partition(), nullptr);
  open(project_);
  ASSERT_NE(plan().partition(), nullptr);
  EXPECT_EQ(partition().json(), expected);
  ASSERT_TRUE(settle());
  EXPECT_EQ(find<QPushButton>("plan_train")->text(), "Train blocks");
}

TEST_F(PlanTest, ABrokenPlanIsToldAndTheRestOpens) {
  make(2);
  click("plan_write");
  ASSERT_TRUE(wait([&] { return idle(); }));
  scene::write_file_atomically(project_ / "plan.json", "{}");
  std::string warning;
  QObject::connect(&workspace(), &Workspace::warned, window_.get(),
                   [&](const QString& line) { warning = line.toStdString(); });
  open(project_);
  EXPECT_THAT(warning, HasSubstr("plan.json"));
  EXPECT_NE(workspace().dataset(), nullptr);
  EXPECT_EQ(plan().partition(), nullptr);
}

TEST_F(PlanTest, BlocksAreTrainedAsOneRunThatCanBeStopped) {
  find<QSpinBox>("iterations")->setValue(400);
  make(2);
  bool steps = false;
  QObject::connect(
      &workspace(), &Workspace::progressed, window_.get(),
      [&](const QString&, double, double, double, const QString& detail) { steps |= detail.contains(": training "); });
  click("plan_train");
  EXPECT_FALSE(find<QPushButton>("pause")->isEnabled());
  EXPECT_FALSE(find<QPushButton>("plan_make")->isEnabled());
  const auto state = [&](int row) { return cell(row, PlanTable::state); };
  const auto is_trained = [&](int row) { return state(row).starts_with("training, "); };
  ASSERT_TRUE(wait([&] { return steps && (is_trained(0) || is_trained(1)); }));
  const int first = is_trained(0) ? 0 : 1;  // the heavier one
  EXPECT_EQ(state(1 - first), "waits");
  click("stop");
  ASSERT_TRUE(wait([&] { return idle(); }));
  const fs::path run = project_ / "runs" / "1";
  EXPECT_EQ(reconstruct::run_state(run), "interrupted");
  EXPECT_EQ(find<QPushButton>("plan_train")->text(), "Resume blocks");
  EXPECT_TRUE(wait([&] { return state(first) == "interrupted"; }));
  // Another window finds it, and goes on.
  open(project_);
  ASSERT_TRUE(settle());
  EXPECT_EQ(workspace().run(), run);
  EXPECT_EQ(find<QPushButton>("start")->text(), "Resume training");
  EXPECT_EQ(find<QPushButton>("plan_train")->text(), "Resume blocks");
  train_to_the_end();
  EXPECT_THAT(message(), HasSubstr("Finished 2 blocks"));
  EXPECT_TRUE(workspace().is_trained());
  ASSERT_TRUE(wait([&] { return state(0) == "finished" && state(1) == "finished"; }));
  EXPECT_TRUE(fs::exists(run / "model.ply"));
  EXPECT_TRUE(fs::exists(run / "blocks/1/model.ply"));
  EXPECT_FALSE(find<QPushButton>("plan_train")->isEnabled()) << "it is done";
  EXPECT_FALSE(find<QPushButton>("start")->isEnabled());
  // The errors of the merged scene from above.
  QImage seams(8, 8, QImage::Format_RGB32);
  seams.fill(QColor(10, 200, 120));
  ASSERT_TRUE(seams.save(QString::fromStdString((run / "seams.png").string())));
  open(project_);
  ASSERT_TRUE(settle());
  auto* shown = find<QCheckBox>("plan_seams");
  ASSERT_TRUE(shown->isVisible());
  const QPoint corner = place(partition().frame().region.low) + QPoint(6, -6);
  const QColor before = map().grab().toImage().pixelColor(corner);
  shown->click();
  EXPECT_EQ(map().grab().toImage().pixelColor(corner), QColor(10, 200, 120));
  shown->click();
  EXPECT_EQ(map().grab().toImage().pixelColor(corner), before);
  // An edit makes it the plan of another run.
  QTest::mouseDClick(&map(), Qt::LeftButton, {}, middle(0));
  ASSERT_TRUE(settle());
  EXPECT_EQ(cell(0, PlanTable::state), "");
  EXPECT_EQ(find<QPushButton>("plan_train")->text(), "Train blocks");
  EXPECT_FALSE(shown->isVisible());
}

TEST_F(PlanTest, MergedBlocksAreRefinedAsARunOfTheirOwn) {
  find<QSpinBox>("iterations")->setValue(30);
  make(2);
  auto* refine = find<QPushButton>("plan_refine");
  EXPECT_FALSE(refine->isVisible()) << "nothing is merged yet";
  train_to_the_end();
  const fs::path merged = project_ / "runs" / "1", refined = project_ / "runs" / "2";
  ASSERT_TRUE(wait([&] { return refine->isVisible(); }));
  EXPECT_FALSE(find<QPushButton>("plan_train")->isVisible());
  refine->click();
  ASSERT_TRUE(wait([&] { return reconstruct::run_state(refined) == "finished" && idle(); }));
  const auto splats = [](const fs::path& run) { return scene::probe_ply(run / "model.ply").vertices; };
  EXPECT_EQ(splats(refined), splats(merged));
  EXPECT_EQ(workspace().run(), refined);
  ASSERT_TRUE(settle());
  EXPECT_EQ(partition().cells(), 1u) << "memory holds it as a whole";
  ASSERT_EQ(plan().blocks().size(), 1u);
  EXPECT_EQ(plan().blocks()[0].splats, splats(merged));
  EXPECT_TRUE(wait([&] { return cell(0, PlanTable::state) == "finished"; }));
  EXPECT_FALSE(refine->isVisible()) << "once is enough";
}

TEST_F(PlanTest, APlanOfTheCommandLineOpensWithItsBlocks) {
  make(2);
  const fs::path folder = folder_.path() / "cut";
  reconstruct::write_block_plan(plan().plan(), folder);
  open(folder);
  ASSERT_NE(plan().partition(), nullptr) << message();
  EXPECT_EQ(partition().cells(), 2u);
  ASSERT_TRUE(settle());
  train_to_the_end();
  EXPECT_TRUE(fs::exists(folder / "model.ply")) << message();
}

TEST_F(PlanTest, BlocksAreSeenOverTheSceneAndInItsColours) {
  find<QDockWidget>("dock_scene")->raise();
  auto* outlines = find<QCheckBox>("layer_blocks");
  auto* colours = find<QCheckBox>("layer_block_colors");
  EXPECT_FALSE(outlines->isEnabled()) << "there are none";
  QTest::keyClick(window_.get(), Qt::Key_7);
  ASSERT_TRUE(wait([&] { return window_->viewport().is_still(); }));
  const QImage before = view();
  make(2);
  EXPECT_TRUE(outlines->isChecked() && outlines->isEnabled());
  EXPECT_EQ(find<QLabel>("count_blocks")->text(), "2");
  const QImage outlined = view();
  const QString shots = qEnvironmentVariable("TESSERA_SHOTS");
  if (!shots.isEmpty()) window_->grab().save(shots + "/blocks.png");
  EXPECT_NE(outlined, before);
  colours->click();
  ASSERT_TRUE(wait([&] { return view() != outlined; }));
  const auto count = [](const QImage& picture, const QColor& wanted) {
    int n = 0;
    for (int y = 0; y < picture.height(); ++y)
      for (int x = 0; x < picture.width(); ++x) {
        const QColor c = picture.pixelColor(x, y);
        n += c.saturationF() > 0.4f && std::abs(c.hue() - wanted.hue()) < 8;
      }
    return n;
  };
  outlines->click();
  ASSERT_TRUE(wait([&] { return window_->viewport().is_current(); }));
  for (const std::uint32_t id : {0u, 1u})
    EXPECT_GT(count(view(), block_colors(partition())[id]), 5 * count(before, block_colors(partition())[id]) + 200);
  // A cut that moves takes the colours along.
  const QImage coloured = view();
  drag(on_cut(0), partition().cuts()[0].axis == 0 ? QPoint(30, 0) : QPoint(0, -30));
  ASSERT_TRUE(wait([&] { return view() != coloured; }));
  colours->click();
  ASSERT_TRUE(wait([&] { return view() == before; }));
  outlines->click();
}

}  // namespace
}  // namespace tessera::app
