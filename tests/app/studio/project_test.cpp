// Projects as a person meets them: made by training, opened again, moved, open twice, broken.
#include <QAction>
#include <QCloseEvent>
#include <QFileDialog>
#include <QMenu>
#include <QPlainTextEdit>

#include "app/studio/recent.h"
#include "reconstruct/project/project.h"
#include "reconstruct/run/inputs.h"
#include "scene/atomic_file.h"
#include "tests/app/studio/studio_fixture.h"
#include "tests/support/plain_file.h"

namespace tessera::app {
namespace {
using testing::HasSubstr;

class StudioProject : public StudioTest {
 protected:
  void SetUp() override {
    TESSERA_NEED_DATA("damaged/base");
    fs::create_directories(root_);
    fs::copy(test::shared_data() / "damaged/base", photos_, fs::copy_options::recursive);
    StudioTest::SetUp();
  }
  /// Photos whose settings are made small; the run's folder stays as the window chose it.
  void open_photos(int steps) {
    open(photos_);
    ASSERT_NE(workspace().dataset(), nullptr);
    choose(steps);
  }
  void choose(int steps) {
    find<QComboBox>("preset")->setCurrentIndex(0);
    find<QSpinBox>("iterations")->setValue(steps);
    find<QSpinBox>("max_splats")->setValue(2000);
  }
  void train(int steps) {
    open_photos(steps);
    click("start");
    ASSERT_TRUE(wait([&] { return idle(); }));
  }
  void stop_after_a_while(std::uint32_t& step) {
    open_photos(100'000);
    follow(step);
    click("start");
    ASSERT_TRUE(wait([&] { return step > 5; }));
    click("stop");
    ASSERT_TRUE(wait([&] { return idle(); }));
  }
  void new_window() {
    window_->close();
    window_ = std::make_unique<MainWindow>();
    window_->show();
    window_->activateWindow();
    ASSERT_TRUE(QTest::qWaitForWindowActive(window_.get()));
  }
  /// Opens, where a question comes.
  QMessageBox* question() {
    QMessageBox* box = nullptr;
    EXPECT_TRUE(wait([&] { return (box = window_->findChild<QMessageBox*>("question")) != nullptr; }));
    return box;
  }
  void answer_with(const fs::path& folder) {
    QTest::mouseClick(question()->findChild<QPushButton*>("answer"), Qt::LeftButton);
    QFileDialog* dialog = nullptr;
    ASSERT_TRUE(wait([&] { return (dialog = window_->findChild<QFileDialog*>("question_folder")) != nullptr; }));
    auto* name = dialog->findChild<QLineEdit*>("fileNameEdit");
    ASSERT_NE(name, nullptr);
    name->setText(QString::fromStdString(folder.string()));
    QTest::keyClick(name, Qt::Key_Return);
    ASSERT_TRUE(wait([&] { return window_->findChild<QFileDialog*>("question_folder") == nullptr; }));
  }
  std::string start_text() { return find<QPushButton>("start")->text().toStdString(); }
  std::string log() { return find<QPlainTextEdit>("log")->toPlainText().toStdString(); }
  const fs::path root_ = folder_.path() / "disk", photos_ = root_ / "fox", project_ = root_ / "fox-tessera";
};

TEST_F(StudioProject, TrainingMakesOneBesideThePhotosAndLookingMakesNone) {
  open_photos(20);
  EXPECT_EQ(find<QLineEdit>("run_folder")->text().toStdString(), (project_ / "runs/1").string());
  QTest::qWait(50);
  EXPECT_FALSE(fs::exists(project_));
  const Watchdog watchdog;
  click("start");
  ASSERT_TRUE(wait([&] { return idle(); }));
  EXPECT_TRUE(reconstruct::is_project(project_));
  EXPECT_TRUE(fs::exists(project_ / "runs/1/model.ply"));
  EXPECT_EQ(window_->windowTitle(), "fox - Tessera Studio");
  // Another one goes beside it.
  for (QAction* action : window_->findChildren<QAction*>())
    if (action->text().contains("New Run")) action->trigger();
  EXPECT_EQ(start_text(), "Start training");
  EXPECT_EQ(find<QLineEdit>("run_folder")->text().toStdString(), (project_ / "runs/2").string());
  choose(10);
  click("start");
  ASSERT_TRUE(wait([&] { return idle(); }));
  EXPECT_TRUE(fs::exists(project_ / "runs/2/model.ply"));
  EXPECT_EQ(workspace().project()->runs().size(), 2u);
}

TEST_F(StudioProject, IsAsItWasLeft) {
  train(20);
  Viewport& viewport = window_->viewport();
  view();
  QTest::mousePress(&viewport, Qt::LeftButton, {}, {300, 300});
  QTest::mouseMove(&viewport, {340, 310});
  QTest::mouseMove(&viewport, {400, 330});
  QTest::mouseRelease(&viewport, Qt::LeftButton, {}, {400, 330});
  QTest::keyClick(window_.get(), Qt::Key_C);
  find<QComboBox>("mode")->setCurrentIndex(2);
  ASSERT_TRUE(wait([&] { return viewport.is_still(); }));
  const QImage left = view();
  const QSize size = window_->size();
  new_window();
  window_->resize(size);
  // By the welcome page, which says what it is and where.
  auto* recent_button = find<QPushButton>("welcome_recent_0");
  ASSERT_NE(recent_button, nullptr);
  EXPECT_EQ(recent_button->accessibleName(), "fox");
  click("welcome_recent_0");
  ASSERT_TRUE(wait([&] { return workspace().model() && idle(); }));
  QTest::qWait(0);
  EXPECT_EQ(find<QComboBox>("mode")->currentIndex(), 2);
  EXPECT_EQ(start_text(), "Train further");
  EXPECT_EQ(find<QSpinBox>("iterations")->value(), 20);
  ASSERT_TRUE(wait([&] { return window_->viewport().is_still(); }));
  const QImage again = view();
  ASSERT_EQ(again.size(), left.size());
  std::int64_t difference = 0;
  for (int y = 0; y < left.height(); ++y)
    for (int x = 0; x < left.width(); ++x) difference += std::abs(qGray(left.pixel(x, y)) - qGray(again.pixel(x, y)));
  EXPECT_LT(static_cast<double>(difference) / (left.width() * left.height()), 1) << "the same place, up to rounding";
}

TEST_F(StudioProject, ThePhotosThemselvesOpenIt) {
  train(20);
  new_window();
  open(photos_);
  ASSERT_NE(workspace().project(), nullptr);
  EXPECT_EQ(start_text(), "Train further");
  open(photos_);
  EXPECT_FALSE(workspace().read_only()) << "once more, in the same window";
  open(project_ / "runs/1");
  EXPECT_EQ(workspace().path(), project_) << "and so does a run in it";
}

TEST_F(StudioProject, ARunThatWasCutShortGoesOnAfterTheProjectHasMoved) {
  std::uint32_t stopped = 0;
  stop_after_a_while(stopped);
  window_->close();
  window_.reset();
  fs::rename(root_, folder_.path() / "other disk");
  const fs::path moved = folder_.path() / "other disk/fox-tessera";
  // As a kill leaves it.
  std::string record = scene::read_file(moved / "runs/1/run.json");
  record.replace(record.find("\"interrupted\""), 13, "\"training\"");
  scene::write_file_atomically(moved / "runs/1/run.json", record);
  window_ = std::make_unique<MainWindow>();
  window_->show();
  open(moved);
  QTest::qWait(0);
  EXPECT_EQ(start_text(), "Resume training");
  EXPECT_THAT(find<QLabel>("train_status")->text().toStdString(), HasSubstr("Run 1 was interrupted"));
  EXPECT_GT(workspace().model()->size(), 0u);
  std::uint32_t step = 0;
  follow(step);
  click("start");
  ASSERT_TRUE(wait([&] { return step > stopped; }));
  click("stop");
  ASSERT_TRUE(wait([&] { return idle(); }));
  EXPECT_THAT(log(), HasSubstr("going on from step"));
  EXPECT_THAT(scene::read_file(moved / "runs/1/run.json"), HasSubstr((folder_.path() / "other disk/fox").string()));
}

TEST_F(StudioProject, PhotosThatAreGoneAreAskedForOnce) {
  train(20);
  new_window();
  const fs::path elsewhere = folder_.path() / "attic/pictures";
  fs::create_directories(elsewhere.parent_path());
  fs::rename(photos_, elsewhere);
  window_->open(project_);
  EXPECT_THAT(question()->text().toStdString(), HasSubstr("its photos are not where they were"));
  answer_with(folder_.path() / "attic");
  EXPECT_THAT(error(), HasSubstr("does not hold the photos of the project (6 files"));
  window_->open(project_);
  answer_with(elsewhere);
  ASSERT_TRUE(wait([&] { return workspace().project() != nullptr; }));
  EXPECT_EQ(workspace().dataset()->root, elsewhere);
  new_window();
  open(project_);
  EXPECT_NE(workspace().project(), nullptr) << "not asked again";
}

TEST_F(StudioProject, ASecondWindowMayOnlyLook) {
  train(20);
  const auto first = std::move(window_);
  window_ = std::make_unique<MainWindow>();
  window_->show();
  window_->open(project_);
  EXPECT_THAT(question()->text().toStdString(), HasSubstr("is open in another window of Tessera (process "));
  QTest::mouseClick(question()->findChild<QPushButton*>("answer"), Qt::LeftButton);
  ASSERT_TRUE(wait([&] { return workspace().project() != nullptr; }));
  EXPECT_TRUE(workspace().read_only());
  EXPECT_THAT(window_->windowTitle().toStdString(), HasSubstr("to look at only"));
  EXPECT_FALSE(find<QPushButton>("start")->isEnabled());
  EXPECT_GT(workspace().model()->size(), 0u);
  window_.reset();
  first->close();
}

TEST_F(StudioProject, PhotosThatAreToBePosedMakeOneFirst) {
  // A COLMAP that fails: what is tested is where its work goes, and that it is taken up again.
  const fs::path bin = folder_.path() / "bin", photos = photos_ / "images", project = photos_ / "images-tessera";
  fs::create_directories(bin);
  fs::create_symlink("/bin/false", bin / "colmap");
  const QByteArray before = qgetenv("PATH");
  qputenv("PATH", QByteArray::fromStdString(bin.string() + ":") + before);
  int posing = 0;
  QObject::connect(&workspace(), &Workspace::state_changed, window_.get(),
                   [&](Workspace::State state) { posing += state == Workspace::State::posing; });
  for (const fs::path& path : {photos, project}) {
    workspace().pose(path, {});  // as the report of the import does
    EXPECT_THAT(error(), testing::Not(testing::IsEmpty()));
    EXPECT_TRUE(idle());
  }
  qputenv("PATH", before);
  EXPECT_EQ(posing, 2);
  const auto made = reconstruct::Project::open(project);
  EXPECT_EQ(made->kind(), reconstruct::Project::Kind::photos);
  EXPECT_EQ(made->source(), photos);
  EXPECT_FALSE(made->posed());
}

TEST_F(StudioProject, WhereNothingCanBeWrittenItAsks) {
  Workspace::Opening opening{photos_};
  opening.place = "/proc";
  workspace().open(opening);
  ASSERT_TRUE(wait([&] { return workspace().dataset() && idle(); }));
  choose(10);
  click("start");
  EXPECT_THAT(question()->text().toStdString(), HasSubstr("/proc/fox-tessera: cannot create the folder"));
  fs::create_directories(folder_.path() / "mine");
  answer_with(folder_.path() / "mine");
  ASSERT_TRUE(wait([&] { return fs::exists(folder_.path() / "mine/fox-tessera/runs/1/model.ply") && idle(); }));
  EXPECT_EQ(find<QLineEdit>("run_folder")->text().toStdString(), (folder_.path() / "mine/fox-tessera/runs/1").string());
}

TEST_F(StudioProject, BrokenOnesAreOneClearLine) {
  train(20);
  new_window();
  fs::remove_all(project_ / "runs/1");
  open(project_);
  EXPECT_THAT(log(), HasSubstr("Warning: " + (project_ / "runs/1").string() + ": the run is no longer there"));
  EXPECT_EQ(start_text(), "Start training");
  new_window();
  for (const auto& [text, problem] : {std::pair{"", "is not a project of Tessera"},
                                      {"version = 7", "was written by a newer Tessera"},
                                      {"version = 1\n[sour", "line 2"},
                                      {"version = 1\nsource = 2", "'source' is not a table"}}) {
    test::write_plain(project_ / "project.toml", text);
    window_->open(project_);
    EXPECT_THAT(error(), HasSubstr(problem)) << text;
  }
  // The photos open without it, and the next project has a name of its own.
  open(photos_);
  EXPECT_EQ(workspace().project(), nullptr);
  EXPECT_EQ(find<QLineEdit>("run_folder")->text().toStdString(), (root_ / "fox-tessera-2/runs/1").string());
}

TEST_F(StudioProject, WhatIsGoneIsShownAsGone) {
  open(write_model(20));
  train(20);
  fs::remove(folder_.path() / "model.ply");
  new_window();
  EXPECT_TRUE(find<QPushButton>("welcome_recent_0")->isEnabled());
  auto* gone = find<QPushButton>("welcome_recent_1");
  EXPECT_FALSE(gone->isEnabled());
  EXPECT_EQ(gone->accessibleName(), "model.ply, not there any more");
  const auto list = recent();
  ASSERT_EQ(list.size(), 2u) << "the project stands for its photos";
  EXPECT_EQ(list[0].path, project_);
}

}  // namespace
}  // namespace tessera::app
