// From photos to a scene, as a person does it: report, cameras, dataset, training.
#include <QAbstractItemModelTester>
#include <QDoubleSpinBox>
#include <QListView>
#include <QProgressBar>
#include <QStandardPaths>
#include <QTreeView>
#include <cstdlib>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>

#include "app/studio/import_dialog.h"
#include "app/studio/import_flow.h"
#include "app/studio/import_list.h"
#include "app/studio/photo_filter.h"
#include "app/studio/photo_list.h"
#include "scene/atomic_file.h"
#include "tests/app/studio/studio_fixture.h"
#include "tests/reconstruct/ingest/toy_photo.h"
#include "tests/reconstruct/ingest/toy_scene.h"

namespace tessera::app {
namespace {

using testing::HasSubstr;

class ImportTest : public StudioTest {
 protected:
  void TearDown() override {
    window_.reset();
    if (path_.empty()) return;
    ::setenv("PATH", path_.c_str(), 1);
    ::unsetenv("FAKE_COLMAP");
  }
  /// `colmap` is the program that stands in for it from here on.
  void use_stand_in(const std::string& faults = "") {
    fs::create_directories(folder_.path() / "bin");
    fs::create_symlink(test::fake_colmap(), folder_.path() / "bin/colmap");
    path_ = std::getenv("PATH");
    ::setenv("PATH", ((folder_.path() / "bin").string() + ":" + path_).c_str(), 1);
    fault(faults);
  }
  static void fault(const std::string& faults) { ::setenv("FAKE_COLMAP", faults.c_str(), 1); }

  ImportDialog* dialog() { return window_->findChild<ImportDialog*>(); }
  QPushButton* button(const char* name) { return dialog()->findChild<QPushButton*>(name); }
  /// Opens the folder and waits for its report.
  void open_report(const fs::path& photos) {
    window_->open(photos);
    ASSERT_NE(dialog(), nullptr);
    ASSERT_TRUE(QTest::qWaitForWindowActive(dialog()));
    ASSERT_TRUE(wait([&] { return button("import_go")->isEnabled(); }));
  }
  void go_on() {
    QTest::mouseClick(button("import_go"), Qt::LeftButton);
    ASSERT_TRUE(wait([&] { return dialog() == nullptr; }));
  }
  template <class Widget>
  Widget* in_dialog(const char* name) {
    auto* widget = dialog()->findChild<Widget*>(name);
    EXPECT_NE(widget, nullptr) << name;
    return widget;
  }
  std::string count() { return in_dialog<QLabel>("import_count")->text().toStdString(); }
  static void shoot(QWidget* w, const char* name) {
    const QString shot = qEnvironmentVariable("TESSERA_SHOTS");
    if (!shot.isEmpty()) QTest::qWait(500), w->grab().save(shot + "/" + name + ".png");
  }
  /// A button that a key presses stays down for a moment.
  bool wait_for_count(const std::string& text) {
    return QTest::qWaitFor([&] { return count() == text; }, 20'000);
  }
  void write_toys(int photos) {
    test::write_toy_photos(photos_, photos);
    test::write_toy_photo(photos_, 950);  // of another place
    cv::Mat blurred;
    cv::GaussianBlur(cv::imread((photos_ / "photo_03.jpg").string()), blurred, {}, 9);
    test::write_photo(photos_ / "photo_03.jpg", blurred);
    scene::write_file_atomically(photos_ / "photo_99.jpg", "no picture");
  }
  /// Four seconds of 320 x 240 pixels.
  bool write_video() {
    cv::VideoWriter writer(video_.string(), cv::CAP_FFMPEG, cv::VideoWriter::fourcc('M', 'J', 'P', 'G'), 10,
                           {320, 240});
    if (!writer.isOpened()) return false;
    for (int i = 0; i < 40; ++i) {
      cv::Mat colour;
      cv::cvtColor(test::blotches(static_cast<std::uint32_t>(i), 320, 240), colour, cv::COLOR_GRAY2BGR);
      writer.write(colour);
    }
    return true;
  }
  int stand_ins_runs(const std::string& command) {
    const std::string log = scene::read_file(poses_ / "sfm/log.txt");
    int n = 0;
    for (std::size_t at = 0; (at = log.find("\n$ ", at)) != std::string::npos; ++at)
      n += log.substr(at, log.find('\n', at + 1) - at).find(" " + command + " ") != std::string::npos;
    return n;
  }
  fs::path photos_ = folder_.path() / "photos", poses_ = folder_.path() / "photos-tessera" / "sfm";
  fs::path video_ = folder_.path() / "clip.avi";
  std::string path_;
};

TEST_F(ImportTest, PhotosBecomeASceneThatTrains) {
  use_stand_in("mapper=slow");
  write_toys(9);
  open_report(photos_);
  const std::string findings = in_dialog<QLabel>("import_findings")->text().toStdString();
  EXPECT_THAT(findings, HasSubstr("1 photo cannot be used: photo_99.jpg"));
  EXPECT_THAT(findings, HasSubstr("1 photo is blurred: photo_03.jpg"));
  EXPECT_EQ(count(), "10 of 11 photos will be used");
  std::vector<std::size_t> cameras;
  QObject::connect(&workspace(), &Workspace::poses_grew, window_.get(), [&](const PosesSoFar& so_far) {
    cameras.push_back(so_far.dataset->views.size());
    EXPECT_GT(so_far.model->size(), 0u);
  });
  auto watchdog = std::make_unique<Watchdog>();
  QTest::keyClick(dialog(), Qt::Key_Return);
  ASSERT_TRUE(wait([&] { return workspace().state() == Workspace::State::posing; }));
  EXPECT_TRUE(window_->viewport().isVisible());
  EXPECT_TRUE(find<QWidget>("job_card")->isVisible());
  ASSERT_TRUE(wait([&] { return !cameras.empty(); }));
  EXPECT_THAT(find<QLabel>("job_note")->text().toStdString(), HasSubstr("points so far"));
  EXPECT_THAT(find<QLabel>("job_stage")->text().toStdString(), HasSubstr("Placing the cameras"));
  ASSERT_TRUE(wait([&] { return window_->viewport().is_current(); }));
  ASSERT_TRUE(wait([&] { return idle(); }));
  watchdog.reset();
  EXPECT_FALSE(find<QWidget>("job_card")->isVisible());
  EXPECT_GE(cameras.size(), 2u);
  EXPECT_LT(cameras.front(), cameras.back());
  ASSERT_NE(workspace().dataset(), nullptr);
  EXPECT_EQ(workspace().dataset()->views.size(), 9u);

  // Every photo has its state.
  auto* list = find<QListView>("photos");
  EXPECT_EQ(list->model()->rowCount(), 11);
  const QModelIndex last = list->model()->index(10, 0);
  EXPECT_EQ(last.data(PhotoList::state_role).toString(), "unregistered");
  EXPECT_THAT(last.data(Qt::AccessibleTextRole).toString().toStdString(), HasSubstr("photo_99.jpg, not registered"));
  auto* filter = find<QComboBox>("photo_filter");
  QStringList kinds;
  for (int i = 0; i < filter->count(); ++i) kinds << filter->itemText(i);
  shoot(window_.get(), "states");
  EXPECT_EQ(kinds, QStringList({"All photos (11)", "Test (2)", "Unregistered (2)", "Blurred (1)"}));
  filter->setFocus();
  QTest::keyClick(filter, Qt::Key_Down);
  QTest::keyClick(filter, Qt::Key_Down);
  ASSERT_EQ(list->model()->rowCount(), 2);
  const QModelIndex first = list->model()->index(0, 0);
  EXPECT_EQ(first.data().toString(), "photo_950.jpg");
  QTest::qWait(50);
  QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, list->visualRect(first).center());
  EXPECT_EQ(window_->viewport().standing_at(), -1);
  EXPECT_THAT(message(), HasSubstr("not registered: too few matches"));
  QTest::keyClick(filter, Qt::Key_Down);
  ASSERT_EQ(list->model()->rowCount(), 1);
  QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, list->visualRect(list->model()->index(0, 0)).center());
  EXPECT_EQ(window_->viewport().standing_at(), 3);

  find<QComboBox>("preset")->setCurrentIndex(0);
  find<QSpinBox>("iterations")->setValue(2000);
  find<QSpinBox>("max_splats")->setValue(3000);
  std::uint32_t step = 0;
  follow(step);
  click("start");
  ASSERT_TRUE(wait([&] { return step > 2; }));
  click("stop");
  ASSERT_TRUE(wait([&] { return idle(); }));
}

TEST_F(ImportTest, TheFirstPageFitsASmallScreen) {
  window_->resize(1280, 800);
  QTest::qWait(0);
  shoot(window_.get(), "welcome");
  const auto* page = find<QWidget>("welcome");
  for (const char* name : {"welcome_photos", "welcome_video", "welcome_sample", "welcome_dataset", "welcome_model"}) {
    const auto* button = find<QPushButton>(name);
    EXPECT_TRUE(page->rect().contains(QRect(button->mapTo(page, QPoint()), button->size()))) << name;
    EXPECT_FALSE(button->toolTip().isEmpty()) << name;
  }
}

TEST_F(ImportTest, PhotosCanBeLeftOutByKeyboardAlone) {
  use_stand_in();
  write_toys(8);
  open_report(photos_);
  auto* list = in_dialog<QTreeView>("import_photos");
  EXPECT_TRUE(list->hasFocus());
  const QAbstractItemModelTester tester(list->model(), QAbstractItemModelTester::FailureReportingMode::Fatal);
  EXPECT_EQ(list->currentIndex().row(), 0);
  QTest::keyClick(list, Qt::Key_Down);
  QTest::keyClick(list, Qt::Key_Space);
  EXPECT_EQ(count(), "8 of 10 photos will be used");
  auto* filter = in_dialog<QComboBox>("import_filter");
  filter->setFocus();
  while (!filter->currentText().startsWith("Blurred")) {
    const int before = filter->currentIndex();
    QTest::keyClick(filter, Qt::Key_Down);
    ASSERT_NE(filter->currentIndex(), before);
  }
  EXPECT_EQ(list->model()->rowCount(), 1);
  QTest::keyClick(dialog(), Qt::Key_L, Qt::AltModifier);
  EXPECT_TRUE(wait_for_count("7 of 10 photos will be used"));
  QTest::keyClick(filter, Qt::Key_End);
  EXPECT_EQ(filter->currentText(), "Left out");
  EXPECT_EQ(list->model()->rowCount(), 3) << "two that were left out and one that cannot be read";
  QTest::keyClick(list, Qt::Key_Return);
  ASSERT_TRUE(wait([&] { return workspace().busy(); }));
  ASSERT_TRUE(wait([&] { return idle(); }));
  ASSERT_NE(workspace().dataset(), nullptr);
  EXPECT_EQ(workspace().dataset()->views.size(), 6u) << "photo 950 does not fit";
  for (const auto& view : workspace().dataset()->views) {
    EXPECT_NE(view.name, "photo_01.jpg");
    EXPECT_NE(view.name, "photo_03.jpg");
  }
  // Opened again, the folder shows its scene at once; imported anew, it remembers.
  window_->open(photos_);
  EXPECT_EQ(dialog(), nullptr);
  ASSERT_TRUE(wait([&] { return idle(); }));
  EXPECT_EQ(workspace().dataset()->views.size(), 6u);
  window_->findChild<ImportFlow*>()->begin(photos_);
  ASSERT_TRUE(wait([&] { return button("import_go")->isEnabled(); }));
  EXPECT_EQ(count(), "7 of 10 photos will be used");
  QTest::keyClick(dialog(), Qt::Key_Escape);
  EXPECT_TRUE(wait([&] { return dialog() == nullptr; }));
}

TEST_F(ImportTest, StoppingTheSearchGoesBackAndOpeningGoesOn) {
  use_stand_in("mapper=slow");
  test::write_toy_photos(photos_, 24);
  open_report(photos_);
  go_on();
  ASSERT_TRUE(wait([&] { return find<QLabel>("job_note")->isVisible(); }));
  QElapsedTimer clock;
  clock.start();
  click("job_stop");
  ASSERT_TRUE(wait([&] { return idle(); }));
  std::cerr << "stopped after " << clock.elapsed() << " ms\n";
  EXPECT_TRUE(find<QWidget>("welcome")->isVisible()) << "there was nothing open before";
  EXPECT_EQ(message(), "Stopped");
  fault("");
  open_report(photos_);
  EXPECT_THAT(in_dialog<QLabel>("import_findings")->text().toStdString(), HasSubstr("was begun before"));
  go_on();
  ASSERT_TRUE(wait([&] { return idle(); }));
  ASSERT_NE(workspace().dataset(), nullptr) << message();
  EXPECT_EQ(workspace().dataset()->views.size(), 24u);
  EXPECT_EQ(stand_ins_runs("feature_extractor"), 1) << "the landmarks were there already";
  EXPECT_EQ(stand_ins_runs("mapper"), 2);
}

TEST_F(ImportTest, OtherChoicesFindTheCamerasAnewUntilSomethingIsTrainedWithThem) {
  use_stand_in("");
  test::write_toy_photos(photos_, 9);
  workspace().pose(photos_, {});
  ASSERT_TRUE(wait([&] { return workspace().dataset() && idle(); }));
  ASSERT_EQ(workspace().dataset()->views.size(), 9u);
  reconstruct::SfmOptions fewer;
  fewer.leave_out = {workspace().dataset()->views.front().name};
  workspace().pose(photos_, fewer);
  EXPECT_TRUE(wait([&] { return workspace().dataset()->views.size() == 8u && idle(); }));
  fs::create_directories(poses_.parent_path() / "runs/1");
  scene::write_file_atomically(poses_.parent_path() / "runs/1/run.json", "{}");
  workspace().pose(photos_, {});
  EXPECT_THAT(error(), HasSubstr("has runs that were trained with the cameras"));
}

TEST_F(ImportTest, WhatWasOpenIsShownAgainAfterAStop) {
  use_stand_in("mapper=slow");
  test::write_toy_photos(photos_, 24);
  open(write_model(400));
  const QImage before = view();
  open_report(photos_);
  go_on();
  ASSERT_TRUE(wait([&] { return find<QLabel>("job_note")->isVisible(); }));
  click("job_stop");
  ASSERT_TRUE(wait([&] { return idle(); }));
  EXPECT_TRUE(wait([&] { return window_->viewport().is_still(); }));
  EXPECT_EQ(view(), before);
}

TEST_F(ImportTest, AVideoBecomesAScene) {
  use_stand_in();
  if (!write_video()) GTEST_SKIP() << "SKIPPED: this OpenCV cannot write videos";
  open_report(video_);
  auto* text = in_dialog<QLabel>("import_video");
  EXPECT_EQ(text->text().toStdString(),
            "320 x 240 pixels, 0:04 long: the sharpest picture of each interval is taken, about 8 of them.");
  auto* rate = in_dialog<QDoubleSpinBox>("import_rate");
  EXPECT_TRUE(rate->hasFocus());
  QTest::keyClick(rate, Qt::Key_A, Qt::ControlModifier);
  QTest::keyClicks(rate, "2.5");
  EXPECT_THAT(text->text().toStdString(), HasSubstr("about 10 of them"));
  shoot(dialog(), "video");
  QTest::keyClick(rate, Qt::Key_Return);
  ASSERT_TRUE(wait([&] { return workspace().busy(); }));
  ASSERT_TRUE(wait([&] { return idle(); }));
  ASSERT_NE(workspace().dataset(), nullptr) << message();
  EXPECT_EQ(workspace().dataset()->views.size(), 10u);
}

TEST_F(ImportTest, ADroppedVideoOpensItsReport) {
  if (!write_video()) GTEST_SKIP() << "SKIPPED: this OpenCV cannot write videos";
  ASSERT_TRUE(drop({url(video_)}));
  ASSERT_NE(dialog(), nullptr);
  ASSERT_TRUE(wait([&] { return button("import_go")->isEnabled(); }));
  EXPECT_THAT(in_dialog<QLabel>("import_video")->text().toStdString(), HasSubstr("320 x 240 pixels, 0:04 long"));
}

TEST_F(ImportTest, FiveThousandPhotosNeverHoldTheWindow) {
  test::write_toy_photo(photos_, 0);
  const std::string bytes = scene::read_file(photos_ / "photo_00.jpg");
  fs::remove(photos_ / "photo_00.jpg");
  cv::Mat small(24, 32, CV_8UC3);
  for (int i = 0; i < 5000; ++i) {
    cv::randu(small, 0, 255);
    std::vector<std::uint8_t> jpeg;
    cv::imencode(".jpg", small, jpeg);
    char leaf[32];
    std::snprintf(leaf, sizeof leaf, "p%04d.jpg", i);
    std::ofstream(photos_ / leaf, std::ios::binary)
        .write(reinterpret_cast<const char*>(jpeg.data()), static_cast<std::streamsize>(jpeg.size()));
  }
  auto watchdog = std::make_unique<Watchdog>();
  window_->open(photos_);
  ASSERT_NE(dialog(), nullptr);
  ASSERT_TRUE(QTest::qWaitForWindowActive(dialog()));
  auto* bar = in_dialog<QProgressBar>("import_progress");
  int most = 0;
  QObject::connect(bar, &QProgressBar::valueChanged, dialog(), [&](int value) { most = std::max(most, value); });
  ASSERT_TRUE(wait([&] { return button("import_go")->isEnabled(); }));
  EXPECT_GT(most, 0);
  EXPECT_EQ(count(), "5,000 of 5,000 photos will be used");
  auto* list = in_dialog<QTreeView>("import_photos");
  for (int i = 0; i < 20; ++i) QTest::keyClick(list, i % 5 == 4 ? Qt::Key_End : Qt::Key_PageDown), QTest::qWait(10);
  QTest::keyClick(dialog(), Qt::Key_L, Qt::AltModifier);
  EXPECT_TRUE(wait_for_count("0 of 5,000 photos will be used"));
  EXPECT_FALSE(button("import_go")->isEnabled());
  watchdog.reset();
  QTest::keyClick(dialog(), Qt::Key_Escape);
  EXPECT_TRUE(wait([&] { return dialog() == nullptr; }));
}

TEST_F(ImportTest, LookingAtPhotosCanBeCancelled) {
  for (int i = 0; i < 60; ++i) test::write_toy_photo(photos_, i);
  window_->open(photos_);
  ASSERT_NE(dialog(), nullptr);
  QTest::mouseClick(button("import_cancel"), Qt::LeftButton);
  EXPECT_TRUE(wait([&] { return dialog() == nullptr; }));
  EXPECT_TRUE(wait([&] { return window_->findChild<ImportScan*>() == nullptr; }));
  EXPECT_TRUE(idle());
  EXPECT_FALSE(fs::exists(poses_)) << "nothing was made";
}

TEST_F(ImportTest, BadDaysAreOneClearSentenceEach) {
  const auto message_of = [&](const fs::path& path) {
    window_->open(path);
    const std::string text = error();
    EXPECT_TRUE(wait([&] { return dialog() == nullptr; }));
    EXPECT_EQ(text.find('\n'), std::string::npos);
    return text;
  };
  fs::create_directories(photos_);
  EXPECT_THAT(message_of(photos_), HasSubstr("holds no photos"));
  for (const char* name : {"a.jpg", "b.jpg"}) scene::write_file_atomically(photos_ / name, "no picture");
  EXPECT_THAT(message_of(photos_), HasSubstr("only 0 of 2 photos can be used (a.jpg: unreadable"));
  scene::write_file_atomically(folder_.path() / "clip.mp4", "no video");
  EXPECT_THAT(message_of(folder_.path() / "clip.mp4"), HasSubstr("clip.mp4: cannot be opened as a video"));
  scene::write_file_atomically(folder_.path() / "notes.txt", "hello");
  EXPECT_THAT(message_of(folder_.path() / "notes.txt"), HasSubstr("neither a folder of photos nor a video"));
  EXPECT_TRUE(find<QWidget>("welcome")->isVisible());
}

TEST_F(ImportTest, PhotosThatVanishMeanwhileAreNamed) {
  use_stand_in();
  test::write_toy_photos(photos_, 6);
  open_report(photos_);
  for (int i = 1; i < 6; ++i) fs::remove(photos_ / ("photo_0" + std::to_string(i) + ".jpg"));
  go_on();
  EXPECT_THAT(error(), HasSubstr("holds one photo only (photo_00.jpg)"));
  EXPECT_TRUE(idle());
}

TEST_F(ImportTest, WithoutColmapThePackageIsNamed) {
  test::write_toy_photos(photos_, 4);
  path_ = std::getenv("PATH");
  ::setenv("PATH", folder_.path().c_str(), 1);
  open_report(photos_);
  go_on();
  EXPECT_THAT(error(), HasSubstr("apt-get install colmap"));
}

TEST_F(ImportTest, ImportAndPhotoListsAreProperModels) {
  const test::TemporaryFolder folder;
  auto report = std::make_shared<ImportReport>();
  report->photos.root = folder.path();
  report->photos.photos.push_back({"a.jpg", 10, 20, true, {{reconstruct::Finding::blurred, "blurred"}}});
  report->photos.photos.push_back({"b.jpg", 0, 0, false, {{reconstruct::Finding::unreadable, "unreadable"}}});
  ImportList list;
  ImportFilter filter;
  filter.setSourceModel(&list);
  const QAbstractItemModelTester tester(&list, QAbstractItemModelTester::FailureReportingMode::Fatal);
  const QAbstractItemModelTester other(&filter, QAbstractItemModelTester::FailureReportingMode::Fatal);
  list.set_report(report);
  EXPECT_EQ(list.used(), 1);
  EXPECT_FALSE(list.setData(list.index(1, 0), Qt::Checked, Qt::CheckStateRole)) << "it cannot be used";
  EXPECT_TRUE(list.setData(list.index(0, 0), Qt::Unchecked, Qt::CheckStateRole));
  EXPECT_EQ(list.left_out(), std::vector<std::string>{"a.jpg"});
  filter.show(1 << static_cast<int>(reconstruct::Finding::blurred));
  EXPECT_EQ(filter.rowCount(), 1);
  filter.show(ImportFilter::left_out);
  EXPECT_EQ(filter.rowCount(), 2);

  auto dataset = std::make_shared<scene::Dataset>();
  dataset->views.resize(2);
  dataset->views[0].name = "v0", dataset->views[0].test = true, dataset->views[1].name = "v1";
  auto states = std::make_shared<reconstruct::PhotoStates>();
  states->unregistered.push_back({"z", "too few matches (3)", {}});
  states->blurred = {"v1", "z"};
  PhotoList photos;
  PhotoFilter shown;
  shown.setSourceModel(&photos);
  const QAbstractItemModelTester third(&photos, QAbstractItemModelTester::FailureReportingMode::Fatal);
  const QAbstractItemModelTester fourth(&shown, QAbstractItemModelTester::FailureReportingMode::Fatal);
  photos.set_dataset(dataset, states);
  EXPECT_EQ(photos.rowCount(), 3);
  EXPECT_EQ(photos.index(2).data(PhotoList::view_role).toInt(), -1);
  EXPECT_EQ(shown.count(PhotoFilter::blurred), 2);
  shown.show(PhotoFilter::test);
  EXPECT_EQ(shown.rowCount(), 1);
  EXPECT_TRUE(shown.index_of_view(0).isValid());
  EXPECT_FALSE(shown.index_of_view(1).isValid());
  shown.show(PhotoFilter::unregistered);
  EXPECT_EQ(shown.index(0, 0).data(Qt::AccessibleTextRole).toString(),
            "z, not registered: too few matches (3), blurred, compared with the others");
}

TEST_F(ImportTest, TheSampleCityIsBuiltAndCanBeStopped) {
  QStandardPaths::setTestModeEnabled(true);
  const fs::path home = QStandardPaths::writableLocation(QStandardPaths::AppDataLocation).toStdString();
  const fs::path city = home / "sample-city";
  fs::remove_all(city);
  click("welcome_sample");
  auto* question = window_->findChild<QMessageBox*>("sample_question");
  ASSERT_NE(question, nullptr);
  EXPECT_THAT(question->text().toStdString(), HasSubstr(city.string()));
  shoot(question, "sample");
  QTest::keyClick(question, Qt::Key_Return);
  ASSERT_TRUE(wait([&] { return workspace().state() == Workspace::State::making; }));
  EXPECT_EQ(find<QLabel>("job_title")->text(), "Building the sample city");
  ASSERT_TRUE(wait([&] { return find<QProgressBar>("job_progress")->value() > 0; }));
  click("job_stop");
  ASSERT_TRUE(wait([&] { return idle(); }));
  EXPECT_FALSE(fs::exists(city));
  EXPECT_TRUE(fs::is_empty(home)) << "not even half a city";
  fs::remove(home);
  QStandardPaths::setTestModeEnabled(false);
  EXPECT_TRUE(find<QWidget>("welcome")->isVisible());
  EXPECT_TRUE(find<QPushButton>("welcome_sample")->isEnabled());
}

/// The real COLMAP on real photographs.
TEST_F(ImportTest, RealPhotosGrowIntoAScene) {
  TESSERA_NEED_DATA("fox_small");
  if (std::system("command -v colmap > /dev/null") != 0) GTEST_SKIP() << "SKIPPED: COLMAP is not installed";
  fs::create_directories(photos_);
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(test::shared_data() / "fox_small/images")) files.push_back(entry);
  std::sort(files.begin(), files.end());
  for (std::size_t i = 0; i < 14; ++i) fs::copy_file(files[i], photos_ / files[i].filename());
  open_report(photos_);
  std::vector<std::size_t> cameras;
  QObject::connect(&workspace(), &Workspace::poses_grew, window_.get(),
                   [&](const PosesSoFar& so_far) { cameras.push_back(so_far.dataset->views.size()); });
  const Watchdog watchdog;
  go_on();
  ASSERT_TRUE(wait([&] { return cameras.size() >= 3 || idle(); }));
  shoot(window_.get(), "real");
  click("job_stop");
  ASSERT_TRUE(wait([&] { return idle(); }));
  open_report(photos_);
  go_on();
  ASSERT_TRUE(wait([&] { return idle(); }));
  ASSERT_NE(workspace().dataset(), nullptr);
  EXPECT_GE(workspace().dataset()->views.size(), 12u);
  EXPECT_GE(cameras.size(), 2u);
}

}  // namespace
}  // namespace tessera::app
