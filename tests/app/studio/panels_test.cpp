// The docks of training, curves and the log, as a person uses them.
#include <QAbstractItemModelTester>
#include <QAction>
#include <QCheckBox>
#include <QClipboard>
#include <QFileDialog>
#include <QPlainTextEdit>
#include <QTableView>
#include <QToolButton>

#include <nlohmann/json.hpp>

#include "app/studio/log_panel.h"
#include "app/studio/option_table.h"
#include "app/studio/plot.h"
#include "app/studio/theme.h"
#include "reconstruct/train/run_record.h"
#include "scene/atomic_file.h"
#include "scene/log.h"
#include "tests/app/studio/studio_fixture.h"

namespace tessera::app {
namespace {
using testing::HasSubstr;

class PanelsTest : public StudioTest {
 protected:
  OptionTable& options() { return *find<OptionTable>("option_table"); }
  QString value(const char* name) {
    return options().index(OptionTable::row_of(name), OptionTable::value_column).data().toString();
  }
  /// The table shown, with one option found by its filter and current.
  QTableView* go_to_option(const char* name) {
    find<QCheckBox>("advanced")->setChecked(true);
    auto* filter = find<QLineEdit>("option_filter");
    filter->setFocus();
    filter->clear();
    QTest::keyClicks(filter, name);
    auto* table = find<QTableView>("options");
    for (int row = 0; row < table->model()->rowCount(); ++row)
      if (table->model()->index(row, 0).data() == name) {
        table->setFocus();
        table->setCurrentIndex(table->model()->index(row, OptionTable::value_column));
        return table;
      }
    ADD_FAILURE() << name << " is not found";
    return table;
  }
  /// As typed: F2, the value, Enter.
  void type_option(const char* name, const QString& text) {
    QTableView* table = go_to_option(name);
    QTest::keyClick(table, Qt::Key_F2);
    auto* editor = table->findChild<QWidget*>("option_editor");
    ASSERT_NE(editor, nullptr) << name;
    QTest::keyClick(editor, Qt::Key_A, Qt::ControlModifier);
    QTest::keyClicks(editor, text);
    press_return(editor);
  }
  /// The value is taken once the editor has had the key.
  static void press_return(QWidget* editor) {
    QTest::keyClick(editor, Qt::Key_Return);
    QTest::qWait(0);
  }
  std::string log_text() { return find<QPlainTextEdit>("log")->toPlainText().toStdString(); }
  std::string label(const char* name) { return find<QLabel>(name)->text().toStdString(); }
  QAction* action(const char* name) {
    auto* found = window_->findChild<QAction*>(name);
    EXPECT_NE(found, nullptr) << name;
    return found;
  }
  void pause_at(std::uint32_t& step) {
    train_until_it_moves(step);
    click("pause");
    // The step under way comes to its end.
    ASSERT_TRUE(wait([&] { return label("train_status").find("Paused after step") == 0; }));
    QTest::qWait(400);
  }
  void stop() {
    click("stop");
    ASSERT_TRUE(wait([&] { return idle(); }));
  }
  /// Fills a file dialog that has been opened by an action.
  void save_by_dialog(const char* action_name, const char* dialog_name, const fs::path& file) {
    action(action_name)->trigger();
    auto* dialog = find<QFileDialog>(dialog_name);
    ASSERT_NE(dialog, nullptr);
    auto* name = dialog->findChild<QLineEdit*>("fileNameEdit");
    ASSERT_NE(name, nullptr);
    name->setText(QString::fromStdString(file.string()));
    QTest::keyClick(name, Qt::Key_Return);
    ASSERT_TRUE(wait([&] { return fs::exists(file); }));
  }
};

TEST(OptionTable, IsAProperModelThatKeepsToTheTableOfOptions) {
  OptionTable table;
  const QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::Fatal);
  QStringList refused;
  int edited = 0;
  QObject::connect(&table, &OptionTable::refused, [&](const QString& m) { refused << m; });
  QObject::connect(&table, &OptionTable::edited, [&] { ++edited; });
  const auto cell = [&](const char* name, int column) { return table.index(OptionTable::row_of(name), column); };
  const QModelIndex rate = cell("lr_opacity", OptionTable::value_column);
  EXPECT_FALSE(rate.data(Qt::FontRole).value<QFont>().bold());
  EXPECT_TRUE(table.setData(rate, " 0.02 "));
  EXPECT_EQ(rate.data(), "0.02");
  EXPECT_TRUE(rate.data(Qt::FontRole).value<QFont>().bold());
  EXPECT_EQ(table.changed(), QStringList{"lr_opacity"});
  EXPECT_FALSE(table.setData(rate, "2"));
  EXPECT_EQ(rate.data(), "0.02");
  ASSERT_EQ(refused.size(), 1);
  EXPECT_FALSE(refused[0].contains('\n'));
  EXPECT_EQ(edited, 1);
  EXPECT_FALSE(table.setData(cell("lr_opacity", OptionTable::name_column), "x"));
  EXPECT_EQ(cell("strategy", OptionTable::value_column).data(OptionTable::choices_role).toStringList(),
            (QStringList{"adc", "mcmc"}));
  EXPECT_TRUE(cell("eval", OptionTable::value_column).data(OptionTable::choices_role).toStringList().isEmpty());

  table.set_begun(true);
  const QModelIndex fixed = cell("sh_degree", OptionTable::value_column);
  EXPECT_FALSE(fixed.flags() & Qt::ItemIsEditable);
  EXPECT_THAT(fixed.data(Qt::ToolTipRole).toString().toStdString(), HasSubstr("coefficients of this degree"));
  EXPECT_TRUE(rate.flags() & Qt::ItemIsEditable);
  table.reset_to_base();
  EXPECT_TRUE(table.changed().isEmpty());
  table.set_locked(true);
  EXPECT_FALSE(rate.flags() & Qt::ItemIsEditable);
}

TEST_F(PanelsTest, OptionsAreFoundAndChangedByTheKeyboardAlone) {
  open(write_model(20));
  type_option("lambda_dssim", "0.3");
  EXPECT_EQ(value("lambda_dssim"), "0.3");
  EXPECT_THAT(label("option_help"), HasSubstr("(was 0.2)"));
  type_option("lambda_dssim", "much");
  EXPECT_THAT(error(), HasSubstr("lambda_dssim"));
  EXPECT_EQ(value("lambda_dssim"), "0.3");
  // Typing without F2 edits as well; choices come as a list.
  QTableView* table = go_to_option("lr_scale");
  QTest::keyClick(table, Qt::Key_0);
  auto* editor = table->findChild<QLineEdit*>("option_editor");
  ASSERT_NE(editor, nullptr);
  QTest::keyClicks(editor, ".01");
  press_return(editor);
  EXPECT_EQ(value("lr_scale"), "0.01");
  table = go_to_option("strategy");
  QTest::keyClick(table, Qt::Key_F2);
  auto* list = table->findChild<QComboBox*>("option_editor");
  ASSERT_NE(list, nullptr);
  QTest::keyClick(list, Qt::Key_Up);
  press_return(list);
  EXPECT_EQ(value("strategy"), "adc");
  click("option_reset");
  EXPECT_EQ(value("lambda_dssim"), "0.2");
  EXPECT_FALSE(find<QPushButton>("option_reset")->isEnabled());
  find<QSpinBox>("sh_degree")->setValue(1);
  EXPECT_EQ(value("sh_degree"), "1");
}

TEST_F(PanelsTest, TheForecastSaysWhatARunWillNeed) {
  TESSERA_NEED_DATA("damaged/base");
  open_dataset(10);
  const auto forecast = [this] { return label("memory_forecast"); };
  ASSERT_TRUE(wait([&] { return forecast().find("Memory: up to") == 0; }));
  EXPECT_EQ(forecast().find("To fit"), std::string::npos);
  const std::string small = forecast();
  find<QSpinBox>("max_splats")->setValue(1'000'000);
  ASSERT_TRUE(wait([&] { return forecast().find("for want of photos") != std::string::npos; })) << forecast();
  options().set("pixels_per_splat", "0");
  ASSERT_TRUE(wait([&] { return forecast() != small && forecast().find("want") == std::string::npos; }));
  options().set("memory_mb", "600");
  ASSERT_TRUE(wait([&] { return forecast().find("max_splats goes from 1") != std::string::npos; })) << forecast();
  options().set("memory_mb", "1");
  ASSERT_TRUE(wait([&] { return forecast().find("does not fit") != std::string::npos; })) << forecast();
}

TEST_F(PanelsTest, StepTakesOneIterationAndPausesAgain) {
  TESSERA_NEED_DATA("damaged/base");
  std::uint32_t step = 0;
  pause_at(step);
  EXPECT_EQ(find<QPushButton>("pause")->text(), "Continue");
  for (int i = 0; i < 2; ++i) {
    const std::uint32_t before = step;
    click("step");
    ASSERT_TRUE(wait([&] { return step > before; }));
    QTest::qWait(150);
    EXPECT_EQ(step, before + 1);
    EXPECT_EQ(label("train_status"), "Paused after step " + std::to_string(step));
  }
  EXPECT_EQ(workspace().state(), Workspace::State::paused);
  const std::uint32_t before = step;
  QTest::keyClick(window_.get(), Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);
  ASSERT_TRUE(wait([&] { return step == before + 1; }));
  stop();
  EXPECT_FALSE(find<QPushButton>("step")->isEnabled());
}

TEST_F(PanelsTest, APausedRunGoesOnWithOtherOptions) {
  TESSERA_NEED_DATA("damaged/base");
  std::uint32_t step = 0;
  pause_at(step);
  const std::uint32_t paused = step;
  // What a run has started with stays, and says why.
  EXPECT_FALSE(find<QSpinBox>("sh_degree")->isEnabled());
  EXPECT_THAT(find<QSpinBox>("sh_degree")->toolTip().toStdString(), HasSubstr("Cannot change"));
  type_option("lr_opacity", "0.02");
  find<QSpinBox>("max_splats")->setValue(4000);
  find<QSpinBox>("iterations")->setValue(static_cast<int>(paused) + 30);
  EXPECT_EQ(find<QPushButton>("pause")->text(), "Continue with changes");
  click("pause");
  EXPECT_FALSE(options().flags(options().index(0, OptionTable::value_column)) & Qt::ItemIsEditable);
  ASSERT_TRUE(wait([&] { return idle(); }));
  EXPECT_THAT(message(), HasSubstr("Finished after " + std::to_string(paused + 30) + " steps"));
  EXPECT_THAT(log_text(), HasSubstr("going on from step " + std::to_string(paused)));
  EXPECT_THAT(log_text(), HasSubstr("changed: lr_opacity from 0.05 to 0.02"));
  EXPECT_THAT(log_text(), HasSubstr("changed: max_splats from 3000 to 4000"));
  const auto record = nlohmann::json::parse(scene::read_file(run_ / "run.json"));
  EXPECT_EQ(record["state"], "finished");
  ASSERT_EQ(record["lineage"].size(), 1u);
  EXPECT_EQ(record["lineage"][0]["step"], paused);
  EXPECT_EQ(record["lineage"][0]["changed"]["lr_opacity"]["to"], "0.02");
  EXPECT_EQ(record["lineage"][0]["changed"]["max_splats"]["from"], "3000");
  EXPECT_EQ(record["options"]["lr_opacity"], "0.02");
  // The curves have no gap and nothing twice.
  const auto rows = reconstruct::read_metrics(run_);
  EXPECT_EQ(rows.back().step, paused + 30);
  for (std::size_t i = 1; i < rows.size(); ++i) EXPECT_GT(rows[i].step, rows[i - 1].step);
}

TEST_F(PanelsTest, ChangesThatARunCannotTakeAreSaidAndItWaitsAsBefore) {
  TESSERA_NEED_DATA("damaged/base");
  std::uint32_t step = 0;
  pause_at(step);
  const std::uint32_t paused = step;
  find<QSpinBox>("max_splats")->setValue(100);  // fewer than there are
  click("pause");
  EXPECT_THAT(error(), HasSubstr("the run has"));
  ASSERT_TRUE(wait([&] { return workspace().state() == Workspace::State::paused; }));
  EXPECT_EQ(find<QSpinBox>("max_splats")->value(), 3000);
  EXPECT_EQ(find<QPushButton>("pause")->text(), "Continue");
  click("pause");
  ASSERT_TRUE(wait([&] { return step > paused; }));
  stop();
}

TEST_F(PanelsTest, CurvesComeLiveAndFromTheRunsFolder) {
  TESSERA_NEED_DATA("damaged/base");
  open_dataset(60);
  options().set("eval", "20");
  click("start");
  ASSERT_TRUE(wait([&] { return idle(); }));
  auto* plot = find<Plot>("plot");
  EXPECT_THAT(plot->csv().toStdString(),
              testing::StartsWith("step,loss,train_psnr,test_psnr,splats,step_ms,memory_mb\n"));
  for (int curve = 0; curve < 5; ++curve) EXPECT_GT(plot->points(curve), 0u) << curve;

  window_ = std::make_unique<MainWindow>();
  window_->show();
  open(run_);
  plot = find<Plot>("plot");
  ASSERT_TRUE(wait([&] { return plot->points(0) > 0; }));
  EXPECT_EQ(plot->points(0), 60u) << "a row a step in so short a run";
  EXPECT_EQ(plot->points(1), 60u);
  EXPECT_EQ(plot->points(2), 3u);
  EXPECT_EQ(plot->last_step(), 60);
  // The run goes on where its curves end.
  std::uint32_t step = 0;
  follow(step);
  find<QSpinBox>("iterations")->setValue(4000);
  click("start");
  ASSERT_TRUE(wait([&] { return step > 60; }));
  EXPECT_GT(plot->points(0), 60u);
  EXPECT_EQ(plot->points(2), 3u);
  stop();
}

TEST_F(PanelsTest, CurvesAreReadZoomedAndExported) {
  open(write_model(20));
  auto* plot = find<Plot>("plot");
  for (int step = 1; step <= 1000; ++step) {
    reconstruct::TrainMetrics m;
    m.step = static_cast<std::uint32_t>(step);
    m.loss = 100.0 / (step + 50), m.train_psnr = 10 + 0.02 * step, m.splats = static_cast<std::size_t>(100 * step);
    m.step_ms = 20, m.memory_bytes = 300'000'000;
    if (step >= 500) m.test_psnr = step < 1000 ? 18 : 21;
    Q_EMIT workspace().stepped(m);
  }
  EXPECT_EQ(plot->points(2), 2u);
  QTest::qWait(50);
  const QPoint left(plot->width() / 4, 60), right(plot->width() / 2, 60);
  QTest::mouseMove(plot, right);
  ASSERT_TRUE(wait([&] { return !plot->values_under_cursor().isEmpty(); }));
  EXPECT_THAT(plot->values_under_cursor().join("; ").toStdString(),
              testing::AllOf(HasSubstr("step "), HasSubstr("loss 0."), HasSubstr("train "), HasSubstr("300 MB")));
  const QImage all = plot->grab().toImage();
  QTest::mousePress(plot, Qt::LeftButton, {}, left);
  QTest::mouseMove(plot, right);
  QTest::mouseRelease(plot, Qt::LeftButton, {}, right);
  EXPECT_GT(plot->first_step(), 50);
  EXPECT_LT(plot->last_step(), 600);
  EXPECT_NE(plot->grab().toImage(), all);
  QTest::mouseDClick(plot, Qt::LeftButton, {}, right);
  EXPECT_EQ(plot->last_step(), 1000);
  const QImage linear = plot->grab().toImage();
  action("curves_log")->trigger();
  EXPECT_TRUE(plot->logarithmic());
  EXPECT_NE(plot->grab().toImage(), linear);
  const int height = plot->minimumSizeHint().height();
  action("show_memory")->trigger();
  EXPECT_LT(plot->minimumSizeHint().height(), height);
  plot->setFocus();
  QTest::keyClick(plot, Qt::Key_Right);
  EXPECT_FALSE(plot->accessibleDescription().isEmpty());
  save_by_dialog("curves_csv", "export_csv", folder_.path() / "curves.csv");
  EXPECT_EQ(scene::read_file(folder_.path() / "curves.csv"), plot->csv().toStdString());
  save_by_dialog("curves_png", "export_png", folder_.path() / "curves.png");
  EXPECT_FALSE(QImage(QString::fromStdString((folder_.path() / "curves.png").string())).isNull());
}

TEST(Plot, StaysSmallHoweverLongARunIs) {
  Plot plot;
  const int curve = plot.add_curve(plot.add_plot("Loss", {}, 3), "loss", "loss", {&Theme::axis_x, true, false});
  for (int step = 1; step <= 200'000; ++step) plot.add_point(curve, step, step % 2);
  EXPECT_LE(plot.points(curve), 4096u);
  EXPECT_GT(plot.points(curve), 1000u);
  plot.resize(280, 160);
  EXPECT_FALSE(plot.grab().isNull());
  plot.cut(1);
  EXPECT_EQ(plot.points(curve), 0u);
  plot.add_point(curve, 1, 5);
  EXPECT_EQ(plot.csv(), "step,loss\n1,5\n");
  plot.resize(1, 1);
  EXPECT_FALSE(plot.grab().isNull());
}

TEST_F(PanelsTest, TheLogIsFilteredCopiedAndCleared) {
  window_->show();
  auto* text = find<QPlainTextEdit>("log");
  auto* panel = window_->findChild<LogPanel*>();
  ASSERT_NE(panel, nullptr);
  panel->add("all is calm");
  panel->add("Warning: wind");
  panel->add("Error: storm");
  // From a room, on another thread.
  std::thread([] { scene::logger("weather")->warn("gusts of {}", 90); }).join();
  ASSERT_TRUE(wait([&] { return log_text().find("Warning: weather: gusts of 90") != std::string::npos; }));
  find<QComboBox>("log_level")->setCurrentIndex(1);
  EXPECT_EQ(log_text().find("calm"), std::string::npos);
  EXPECT_THAT(log_text(), testing::AllOf(HasSubstr("wind"), HasSubstr("storm")));
  find<QComboBox>("log_level")->setCurrentIndex(2);
  EXPECT_EQ(log_text().find("wind"), std::string::npos);
  QTest::mouseClick(find<QToolButton>("log_copy_all"), Qt::LeftButton);
  EXPECT_THAT(QApplication::clipboard()->text().toStdString(), HasSubstr("Error: storm"));
  find<QComboBox>("log_level")->setCurrentIndex(0);
  QTest::keyClicks(find<QLineEdit>("log_filter"), "CALM");
  EXPECT_THAT(log_text(), HasSubstr("all is calm"));
  EXPECT_EQ(log_text().find("storm"), std::string::npos);
  panel->add("storm again");
  EXPECT_EQ(log_text().find("storm"), std::string::npos);
  find<QLineEdit>("log_filter")->clear();
  EXPECT_THAT(log_text(), HasSubstr("storm again"));
  text->selectAll();
  QTest::mouseClick(find<QToolButton>("log_copy"), Qt::LeftButton);
  EXPECT_THAT(QApplication::clipboard()->text().toStdString(), HasSubstr("storm again"));
  QTest::mouseClick(find<QToolButton>("log_clear"), Qt::LeftButton);
  EXPECT_EQ(log_text(), "");
}

TEST_F(PanelsTest, TheLogTakesAFloodOfLines) {
  const Watchdog watchdog;
  auto* panel = window_->findChild<LogPanel*>();
  for (int i = 0; i < 6000; ++i) {
    panel->add(QString("line %1").arg(i));
    if (i % 100 == 0) QTest::qWait(0);
  }
  EXPECT_EQ(find<QPlainTextEdit>("log")->document()->blockCount(), 5000);
  find<QLineEdit>("log_filter")->setText("99");
  EXPECT_LT(find<QPlainTextEdit>("log")->document()->blockCount(), 500);
  find<QLineEdit>("log_filter")->clear();
  EXPECT_EQ(find<QPlainTextEdit>("log")->document()->blockCount(), 5000);
}

TEST_F(PanelsTest, TheViewsShareOfTheCoresIsRemembered) {
  EXPECT_TRUE(action("view_share_25")->isChecked());
  action("view_share_10")->trigger();
  EXPECT_FALSE(action("view_share_25")->isChecked());
  window_ = std::make_unique<MainWindow>();
  EXPECT_TRUE(action("view_share_10")->isChecked());
}

TEST_F(PanelsTest, PointsAreSeenUntilSomethingIsTrained) {
  TESSERA_NEED_DATA("damaged/base");
  open_dataset(5);
  auto* points = find<QCheckBox>("layer_points");
  EXPECT_TRUE(points->isChecked());
  const QImage seen = view();
  points->click();
  EXPECT_NE(view(), seen);
  points->click();
  EXPECT_EQ(view(), seen);
  click("start");
  ASSERT_TRUE(wait([&] { return idle(); }));
  EXPECT_FALSE(points->isChecked()) << "not over the model";
}

}  // namespace
}  // namespace tessera::app
