// Camera paths, videos, screenshots, exports and what the view shows of them, as a person uses them.
#include <QAbstractItemModel>
#include <QCheckBox>
#include <QClipboard>
#include <QDialog>
#include <QDockWidget>
#include <QFileDialog>
#include <QNativeGestureEvent>
#include <QPointer>
#include <QPointingDevice>
#include <QProgressBar>
#include <QTableView>
#include <QToolBar>
#include <QToolButton>
#include <QWheelEvent>

#include <opencv2/core/mat.hpp>
#include <opencv2/videoio.hpp>

#include "app/studio/export_file.h"
#include "app/studio/timeline.h"
#include "scene/atomic_file.h"
#include "scene/camera_path.h"
#include "scene/image.h"
#include "tests/app/studio/studio_fixture.h"

namespace tessera::app {
namespace {

class CameraTest : public StudioTest {
 protected:
  void SetUp() override {
    StudioTest::SetUp();
    fs::create_directories(out_);
  }
  Viewport& viewport() { return window_->viewport(); }
  scene::Camera camera() { return viewport().view().camera(viewport().width(), viewport().height()); }
  void key(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) {
    window_->activateWindow();  // a dialog may have been
    viewport().setFocus();
    QTest::keyClick(window_.get(), key, modifiers);
  }
  /// Looks along an axis and is there.
  void look(Qt::Key from) {
    key(from);
    arrive();
  }
  void arrive() {
    ASSERT_TRUE(wait([&] { return viewport().is_still(); }));
  }
  QAbstractItemModel& keys() { return *find<QTableView>("path_keys")->model(); }
  void click_row(int row) {
    auto* table = find<QTableView>("path_keys");
    table->scrollTo(table->model()->index(row, 0));
    QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, table->visualRect(table->model()->index(row, 0)).center());
  }
  /// Front, side: a path of two keys and `seconds`.
  void make_path(double seconds) {
    look(Qt::Key_1);
    key(Qt::Key_K);
    look(Qt::Key_3);
    key(Qt::Key_K);
    ASSERT_EQ(keys().rowCount(), 2);
    find<QDoubleSpinBox>("path_length")->setValue(seconds);
  }
  /// Types a name into the file dialog that is about to open, whenever that is.
  void answer_file_dialog(const fs::path& file) {
    auto* timer = new QTimer(window_.get());
    QObject::connect(timer, &QTimer::timeout, timer,
                     [timer, text = QString::fromStdString(file.string()), begun = false,
                      dialog = QPointer<QFileDialog>()]() mutable {
                       if (begun && (!dialog || !dialog->isVisible()))
                         return timer->deleteLater();  // it has been taken
                       if (!begun) dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
                       if (!dialog) return;
                       begun = true;
                       auto* name = dialog->findChild<QLineEdit*>("fileNameEdit");
                       if (name->text() != text) {  // what a completer has put there goes, too
                         name->clear();
                         QTest::keyClicks(name, text);
                       }
                       QTest::keyClick(name, Qt::Key_Return);
                     });
    timer->start(50);
  }
  QDialog* dialog(const char* name) {
    auto* found = window_->findChild<QDialog*>(name);
    EXPECT_NE(found, nullptr) << name;
    return found;
  }
  void type(const char* line, const fs::path& file) {
    auto* edit = find<QLineEdit>(line);
    edit->selectAll();
    QTest::keyClicks(edit, QString::fromStdString(file.string()));
  }
  /// Waits for the result of an export, reads it and puts it away.
  std::string result() {
    QLabel* text = nullptr;
    EXPECT_TRUE(wait([&] {
      text = window_->findChild<QLabel*>("task_text");
      return text && (text->text().startsWith("Saved") || text->text().startsWith("Copied"));
    }));
    const std::string line = text ? text->text().toStdString() : "";
    click("task_cancel");
    EXPECT_TRUE(wait([&] { return window_->findChild<QLabel*>("task_text") == nullptr; }));
    EXPECT_FALSE(find<QToolBar>("bar_tasks")->isVisible());
    return line;
  }
  void start_long_video(const fs::path& file) {
    make_path(60);
    key(Qt::Key_E, Qt::ControlModifier | Qt::ShiftModifier);
    find<QComboBox>("video_size")->setCurrentIndex(3);
    find<QSpinBox>("video_width")->setValue(320);
    find<QSpinBox>("video_height")->setValue(180);
    type("video_file", file);
    click("video_start");
    ASSERT_TRUE(wait([&] {
      auto* bar = window_->findChild<QProgressBar*>("task_progress");
      return bar && bar->maximum() > 0;
    }));
    EXPECT_THAT(find<QLabel>("task_left")->text().toStdString(), testing::HasSubstr("left"));
  }
  int answer_close(const char* text) {
    QMessageBox* box = nullptr;
    EXPECT_TRUE(wait([&] { return (box = window_->findChild<QMessageBox*>("ask_export")) != nullptr; }));
    for (QAbstractButton* button : box->buttons())
      if (button->text().remove('&').startsWith(text)) QTest::mouseClick(button, Qt::LeftButton);
    return 0;
  }
  fs::path out_ = folder_.path() / "out";
};

TEST_F(CameraTest, KeyframesAreMadeOfViewsAndLeadBackToThem) {
  open(write_model(200));
  EXPECT_FALSE(find<QDockWidget>("dock_path")->isVisible());
  look(Qt::Key_1);
  const scene::Camera front = camera();
  key(Qt::Key_K);
  EXPECT_TRUE(find<QDockWidget>("dock_path")->isVisible());
  EXPECT_THAT(message(), testing::HasSubstr("Keyframe 1 at 0.00 s"));
  look(Qt::Key_7);
  key(Qt::Key_K);
  look(Qt::Key_3);
  click("path_add");
  ASSERT_EQ(keys().rowCount(), 3);
  EXPECT_EQ(keys().index(2, 0).data().toString(), "4.00");
  click_row(0);
  EXPECT_EQ(camera().cam_from_world.translation, front.cam_from_world.translation);
  click_row(1);
  const scene::Camera top = camera();
  EXPECT_LT((top.cam_from_world.inverse().rotation * glm::dvec3(0, 0, 1)).z, -0.999);
  // Replaced by what is seen from the front.
  look(Qt::Key_1);
  key(Qt::Key_K, Qt::ShiftModifier);
  click_row(0), click_row(1);
  EXPECT_LT(glm::length(camera().cam_from_world.translation - front.cam_from_world.translation), 1e-3);
  click_row(2);
  click("path_up");
  EXPECT_EQ(find<QTableView>("path_keys")->currentIndex().row(), 1);
  QTest::keyClick(find<QTableView>("path_keys"), Qt::Key_Delete);
  EXPECT_EQ(keys().rowCount(), 2);
  click("path_delete"), click("path_delete");
  EXPECT_EQ(keys().rowCount(), 0);
  EXPECT_TRUE(find<QLabel>("path_hint")->isVisible());
  EXPECT_FALSE(find<QPushButton>("path_delete")->isEnabled());
}

TEST_F(CameraTest, TimesAndZoomAreTyped) {
  open(write_model(50));
  make_path(4);
  auto* table = find<QTableView>("path_keys");
  const auto enter = [&](int row, int column, const char* text) {
    table->setCurrentIndex(table->model()->index(row, column));
    table->edit(table->currentIndex());
    auto* editor = table->findChild<QDoubleSpinBox*>();
    ASSERT_NE(editor, nullptr);
    editor->selectAll();
    QTest::keyClicks(editor, text);
    QTest::keyClick(editor, Qt::Key_Return);
    QTest::qWait(0);  // the table takes it a moment later
  };
  enter(1, 0, "7.5");
  EXPECT_EQ(keys().index(1, 0).data().toString(), "7.50");
  EXPECT_EQ(find<QDoubleSpinBox>("path_length")->value(), 7.5);
  enter(1, 1, "2");
  click_row(1);
  const double close = camera().intrinsics.fy;
  click_row(0);
  EXPECT_NEAR(close, 2 * camera().intrinsics.fy, 1e-6);
}

TEST_F(CameraTest, ThePathIsPlayedAndScrubbed) {
  open(write_model(200));
  make_path(0.4);
  const glm::dvec3 end = camera().center();
  auto* line = find<Timeline>("path_time");
  // A click at the beginning of the line.
  QTest::mouseClick(line, Qt::LeftButton, {}, QPoint(10, line->height() / 2));
  EXPECT_EQ(line->value(), 0);
  const glm::dvec3 begin = camera().center();
  EXPECT_GT(glm::length(begin - end), 0.1);
  QTest::mouseClick(line, Qt::LeftButton, {}, line->rect().center());
  EXPECT_NEAR(line->value(), 200, 5);
  EXPECT_GT(glm::length(camera().center() - begin), 0.01);
  QTest::keyClick(line, Qt::Key_Home);
  EXPECT_EQ(camera().center(), begin);
  key(Qt::Key_Space);
  EXPECT_EQ(find<QPushButton>("path_play")->text(), "Stop");
  ASSERT_TRUE(wait([&] { return find<QPushButton>("path_play")->text() == "Play"; }));
  EXPECT_LT(glm::length(camera().center() - end), 1e-6) << "at its end";
  // It begins again, and whoever takes the camera stops it.
  find<QDoubleSpinBox>("path_length")->setValue(1000);
  click("path_play");
  QTest::qWait(50);
  QTest::mousePress(&viewport(), Qt::LeftButton, {}, viewport().rect().center());
  QTest::mouseRelease(&viewport(), Qt::LeftButton, {}, viewport().rect().center());
  EXPECT_EQ(find<QPushButton>("path_play")->text(), "Play");
}

TEST_F(CameraTest, AClickOnACameraOfThePathGoesThere) {
  open(write_model(200));
  look(Qt::Key_1);
  const scene::Camera front = camera();
  key(Qt::Key_K);
  const QImage without = view();
  // From farther back the first keyframe is straight ahead.
  const QPointF middle = viewport().rect().center();
  QWheelEvent wheel(middle, viewport().mapToGlobal(middle), {}, {0, -600}, Qt::NoButton, {}, Qt::NoScrollPhase, false);
  QApplication::sendEvent(&viewport(), &wheel);
  arrive();
  view();
  const glm::dvec3 p = camera().cam_from_world(front.center());
  ASSERT_GT(p.z, 0);
  const QPoint place(static_cast<int>(camera().intrinsics.fx * p.x / p.z + camera().intrinsics.cx),
                     static_cast<int>(camera().intrinsics.fy * p.y / p.z + camera().intrinsics.cy));
  QTest::mouseClick(&viewport(), Qt::LeftButton, {}, place);
  EXPECT_EQ(camera().cam_from_world.translation, front.cam_from_world.translation);
  EXPECT_EQ(find<QTableView>("path_keys")->currentIndex().row(), 0);
}

TEST_F(CameraTest, PathsAreFilesAndComeBackWithTheirScene) {
  const fs::path model = write_model(100), file = out_ / "flight.json";
  open(model);
  make_path(3);
  answer_file_dialog(file);
  click("path_save");
  ASSERT_TRUE(fs::exists(file));
  const scene::CameraPath saved = scene::read_camera_path(file, {});
  ASSERT_EQ(saved.keys.size(), 2u);
  EXPECT_EQ(saved.duration(), 3);
  click_row(0), click("path_delete"), click("path_delete");
  answer_file_dialog(file);
  click("path_load");
  EXPECT_EQ(keys().rowCount(), 2);
  scene::write_file_atomically(out_ / "bad.json", "{\"keys\": 3}");
  answer_file_dialog(out_ / "bad.json");
  click("path_load");
  EXPECT_THAT(error(), testing::HasSubstr("bad.json: has no list \"keys\""));
  EXPECT_EQ(keys().rowCount(), 2);
  // Another day.
  window_ = std::make_unique<MainWindow>();
  window_->show();
  open(model);
  EXPECT_EQ(keys().rowCount(), 2);
  EXPECT_EQ(keys().index(1, 0).data().toString(), "3.00");
}

TEST_F(CameraTest, OrbitAndFlythroughAreOneClick) {
  TESSERA_NEED_DATA("damaged/base");
  open_dataset(10);
  find<QDockWidget>("dock_path")->show();
  find<QDoubleSpinBox>("path_length")->setValue(6);
  click("path_orbit");
  EXPECT_GT(keys().rowCount(), 8);
  EXPECT_NEAR(find<QDoubleSpinBox>("path_length")->value(), 6, 1e-9);
  click("path_flythrough");
  EXPECT_GT(keys().rowCount(), 1);
  // In world coordinates, as the command line reads them.
  answer_file_dialog(out_ / "fly.json");
  click("path_save");
  const auto dataset = workspace().dataset();
  const scene::CameraPath path = scene::read_camera_path(out_ / "fly.json", dataset->scene_from_world);
  const scene::CameraPath expected = scene::flythrough_path(*dataset, 6);
  ASSERT_EQ(path.keys.size(), expected.keys.size());
  EXPECT_LT(glm::length(path.keys[1].cam_from_world.translation - expected.keys[1].cam_from_world.translation), 1e-9);
}

TEST_F(CameraTest, AVideoIsWrittenInTheBackgroundAndPlays) {
  open(write_model(300));
  key(Qt::Key_E, Qt::ControlModifier | Qt::ShiftModifier);
  EXPECT_THAT(error(), testing::HasSubstr("at least two keyframes"));
  make_path(0.5);
  key(Qt::Key_E, Qt::ControlModifier | Qt::ShiftModifier);
  ASSERT_NE(dialog("video_dialog"), nullptr);
  find<QComboBox>("video_size")->setCurrentIndex(3);
  find<QSpinBox>("video_width")->setValue(128);
  find<QSpinBox>("video_height")->setValue(96);
  find<QDoubleSpinBox>("video_rate")->setValue(10);
  EXPECT_THAT(find<QLabel>("video_note")->text().toStdString(), testing::HasSubstr("0.5 s, 5 pictures"));
  type("video_file", out_ / "v.txt");
  EXPECT_FALSE(find<QPushButton>("video_start")->isEnabled());
  type("video_file", out_ / "v.mp4");
  const Watchdog watchdog;
  click("video_start");
  EXPECT_THAT(result(), testing::StartsWith("Saved v.mp4, "));
  cv::VideoCapture video((out_ / "v.mp4").string());
  ASSERT_TRUE(video.isOpened());
  cv::Mat frame, first;
  int frames = 0;
  for (; video.read(frame); ++frames) {
    if (frames == 0) frame.copyTo(first);
    EXPECT_EQ(frame.cols, 128);
    EXPECT_EQ(frame.rows, 96);
  }
  EXPECT_EQ(frames, 5);
  EXPECT_EQ(std::distance(fs::directory_iterator(out_), {}), 1);
}

TEST_F(CameraTest, AVideoAndTrainingGoOnSideBySide) {
  TESSERA_NEED_DATA("damaged/base");
  std::uint32_t step = 0;
  train_until_it_moves(step);
  const Watchdog watchdog;
  start_long_video(out_ / "v.mp4");
  const std::uint32_t before = step;
  auto* bar = find<QProgressBar>("task_progress");
  const int done = bar->value();
  EXPECT_TRUE(wait([&] { return step > before + 20 && bar->value() > done; }));
  EXPECT_EQ(workspace().state(), Workspace::State::training);
  click("task_cancel");
  ASSERT_TRUE(wait([&] { return !find<QToolBar>("bar_tasks")->isVisible(); }));
  const std::uint32_t cancelled = step;
  EXPECT_TRUE(wait([&] { return step > cancelled; }));
  click("stop");
  ASSERT_TRUE(wait([&] { return idle(); }));
}

TEST_F(CameraTest, ACancelledVideoLeavesNothingBehind) {
  open(write_model(300));
  start_long_video(out_ / "v.mp4");
  // The window goes on meanwhile.
  look(Qt::Key_7);
  view();
  click("task_cancel");
  ASSERT_TRUE(wait([&] { return !find<QToolBar>("bar_tasks")->isVisible(); }));
  EXPECT_THAT(message(), testing::HasSubstr("Cancelled"));
  EXPECT_TRUE(fs::is_empty(out_));
}

TEST_F(CameraTest, ClosingTheWindowDuringAnExportAsks) {
  open(write_model(300));
  start_long_video(out_ / "v.mp4");
  EXPECT_FALSE(window_->close());
  answer_close("Stay");
  EXPECT_TRUE(window_->isVisible());
  EXPECT_FALSE(window_->close());
  answer_close("Cancel");
  ASSERT_TRUE(wait([&] { return !window_->isVisible(); }));
  EXPECT_TRUE(fs::is_empty(out_));
}

TEST_F(CameraTest, ClosingCanWaitForTheExport) {
  open(write_model(300));
  make_path(2);
  key(Qt::Key_E, Qt::ControlModifier | Qt::ShiftModifier);
  find<QComboBox>("video_size")->setCurrentIndex(3);
  find<QSpinBox>("video_width")->setValue(320);
  find<QSpinBox>("video_height")->setValue(180);
  type("video_file", out_ / "v.mp4");
  click("video_start");
  EXPECT_FALSE(window_->close());
  answer_close("Quit");
  ASSERT_TRUE(wait([&] { return !window_->isVisible(); }));
  EXPECT_TRUE(cv::VideoCapture((out_ / "v.mp4").string()).isOpened());
}

TEST_F(CameraTest, ReturnSavesAScreenshotOfTheView) {
  const fs::path model = write_model(300);
  open(model);
  view();
  key(Qt::Key_F12);
  QTest::keyClick(dialog("screenshot_dialog"), Qt::Key_Return);
  EXPECT_THAT(result(), testing::StartsWith("Saved model-view.png, "));
  const scene::Image8 image = scene::read_image(folder_.path() / "model-view.png");
  EXPECT_EQ(QSize(image.width, image.height), viewport().size());
  key(Qt::Key_F12);
  EXPECT_THAT(find<QLineEdit>("shot_file")->text().toStdString(), testing::HasSubstr("model-view-2.png"));
  QTest::keyClick(dialog("screenshot_dialog"), Qt::Key_Escape);
}

TEST_F(CameraTest, ScreenshotsHaveAnySizeAndStraightAlpha) {
  open(write_model(300));
  const auto shoot = [&](int background, const fs::path& file) {
    key(Qt::Key_F12);
    find<QComboBox>("shot_size")->setCurrentIndex(3);
    find<QSpinBox>("shot_width")->setValue(150);
    find<QSpinBox>("shot_height")->setValue(100);
    find<QComboBox>("shot_background")->setCurrentIndex(background);
    type("shot_file", file);
    click("shot_save");
    result();
    return scene::read_image(file);
  };
  const scene::Image8 clear = shoot(1, out_ / "clear.png"), white = shoot(2, out_ / "white.png");
  ASSERT_EQ(clear.width, 150);
  ASSERT_EQ(clear.height, 100);
  ASSERT_EQ(clear.channels, 4);
  ASSERT_EQ(white.channels, 3);
  int seen = 0, through = 0;
  for (int y = 0; y < clear.height; ++y)
    for (int x = 0; x < clear.width; ++x) {
      const std::uint8_t* c = clear.at(x, y);
      seen += c[3] > 200, through += c[3] == 0;
      for (int k = 0; k < 3; ++k) EXPECT_NEAR(c[k] * c[3] / 255.0 + 255 - c[3], white.at(x, y)[k], 2.5);
    }
  EXPECT_GT(seen, 10);
  EXPECT_GT(through, 10);
}

TEST_F(CameraTest, AScreenshotThatMemoryCannotHoldIsRefusedBefore) {
  open(write_model(20));
  key(Qt::Key_F12);
  find<QComboBox>("shot_size")->setCurrentIndex(3);
  find<QSpinBox>("shot_width")->setValue(65536);
  find<QSpinBox>("shot_height")->setValue(65536);
  EXPECT_THAT(find<QLabel>("shot_note")->text().toStdString(), testing::HasSubstr("choose a smaller size"));
  EXPECT_FALSE(find<QPushButton>("shot_save")->isEnabled());
  EXPECT_FALSE(find<QPushButton>("shot_copy")->isEnabled());
  find<QComboBox>("shot_size")->setCurrentIndex(0);
  find<QComboBox>("shot_background")->setCurrentIndex(1);
  type("shot_file", out_ / "a.jpg");
  EXPECT_THAT(find<QLabel>("shot_note")->text().toStdString(), testing::HasSubstr("JPEG has no transparency"));
  EXPECT_FALSE(find<QPushButton>("shot_save")->isEnabled());
  type("shot_file", out_ / "nowhere" / "a.png");
  EXPECT_THAT(find<QLabel>("shot_note")->text().toStdString(), testing::HasSubstr("no folder"));
}

TEST_F(CameraTest, APictureGoesToTheClipboardWithOrWithoutWhatLiesOverIt) {
  open(write_model(300));
  const auto copied = [&] {
    EXPECT_THAT(result(), testing::StartsWith("Copied"));
    return QApplication::clipboard()->image().convertToFormat(QImage::Format_RGB32);
  };
  key(Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
  const QImage plain = copied();
  EXPECT_EQ(plain.size(), viewport().size());
  key(Qt::Key_F12);
  find<QCheckBox>("shot_over")->setChecked(true);
  click("shot_copy");
  const QImage with = copied();
  EXPECT_EQ(with.size(), plain.size());
  EXPECT_NE(with, plain) << "axes and scale bar";
  const QRect middle(plain.width() / 4, plain.height() / 4, plain.width() / 2, plain.height() / 2);
  EXPECT_EQ(with.copy(middle), plain.copy(middle));
}

TEST_F(CameraTest, ExportWritesTheModelInTheSizeThatItSaid) {
  open(write_model(400));
  key(Qt::Key_E, Qt::ControlModifier);
  ASSERT_NE(dialog("export_dialog"), nullptr);
  EXPECT_FALSE(find<QComboBox>("export_frame")->isVisible()) << "a model alone has one frame";
  find<QComboBox>("export_degree")->setCurrentIndex(1);
  find<QDoubleSpinBox>("export_opacity")->setValue(0.5);
  const fs::path file = out_ / "small.ply";
  type("export_file", file);
  const std::string note = find<QLabel>("export_note")->text().toStdString();
  click("export_start");
  EXPECT_THAT(result(), testing::StartsWith("Saved small.ply, "));
  const scene::GaussianModel small = scene::read_splat_ply(file);
  EXPECT_EQ(small.sh_degree(), 1);
  EXPECT_GT(small.size(), 100u);
  EXPECT_LT(small.size(), 400u);
  for (const float logit : small.opacity_logit) EXPECT_GE(logit, 0);
  EXPECT_THAT(note, testing::HasSubstr(bytes_text(static_cast<double>(fs::file_size(file))).toStdString()));
  EXPECT_THAT(note, testing::StartsWith(std::to_string(small.size()) + " of 400 splats"));
}

TEST_F(CameraTest, AnExportThatFailsIsOneClearLine) {
  open(write_model(50));
  const fs::path folder = out_ / "gone";
  fs::create_directories(folder);
  key(Qt::Key_E, Qt::ControlModifier);
  type("export_file", folder / "m.ply");
  fs::remove(folder);  // as a stick that is pulled out
  click("export_start");
  EXPECT_THAT(error(), testing::HasSubstr("m.ply: cannot write"));
  EXPECT_FALSE(find<QToolBar>("bar_tasks")->isVisible());
}

TEST_F(CameraTest, ExportIsInTheCoordinatesOfThePosesOrOfTheView) {
  TESSERA_NEED_DATA("damaged/base");
  open_dataset(10);
  const auto exported = [&](int frame, const char* name) {
    key(Qt::Key_E, Qt::ControlModifier);
    find<QComboBox>("export_frame")->setCurrentIndex(frame);
    type("export_file", out_ / name);
    click("export_start");
    result();
    return scene::read_splat_ply(out_ / name);
  };
  const scene::GaussianModel world = exported(0, "world.ply"), scene_frame = exported(1, "scene.ply");
  const auto at = [](const scene::GaussianModel& m) {
    return glm::dvec3(m.position[0][7], m.position[1][7], m.position[2][7]);
  };
  EXPECT_EQ(at(scene_frame), at(*workspace().model()));
  EXPECT_LT(glm::length(workspace().dataset()->scene_from_world(at(world)) - at(scene_frame)), 1e-4);
}

TEST_F(CameraTest, ViewSettingsChangeWhatIsSeen) {
  open(write_model(300));
  const QImage first = view();
  QTest::mouseClick(find<QToolButton>("view_settings"), Qt::LeftButton);
  auto* sheet = find<QWidget>("view_settings_sheet");
  EXPECT_TRUE(sheet->isVisible());
  const double focal = camera().intrinsics.fy;
  auto* field = find<QDoubleSpinBox>("field_of_view");
  field->selectAll();
  QTest::keyClicks(field, "90");
  QTest::keyClick(field, Qt::Key_Return);
  arrive();
  EXPECT_NEAR(camera().intrinsics.fy, 0.5 * viewport().height(), 0.1);
  EXPECT_LT(camera().intrinsics.fy, focal);
  EXPECT_NE(view(), first);
  click("view_settings_reset");
  arrive();
  const QImage back = view();
  auto* degree = find<QComboBox>("sh_degree");
  degree->setCurrentIndex(0);
  EXPECT_NE(view(), back);
  degree->setCurrentIndex(3);
  EXPECT_EQ(view(), back);
  auto* background = find<QComboBox>("background");
  QTest::keyClick(background, Qt::Key_End);
  QTest::keyClick(background, Qt::Key_Up);  // white
  Q_EMIT background->activated(background->currentIndex());
  EXPECT_EQ(background->currentText(), "White");
  EXPECT_EQ(view().pixelColor(200, 20), QColor(Qt::white));
  auto* far = find<QDoubleSpinBox>("far_plane");
  far->setValue(0.001);
  const QImage nothing = view();
  EXPECT_EQ(nothing.pixelColor(nothing.rect().center()), QColor(Qt::white));
  far->setValue(0);
  find<QDoubleSpinBox>("near_plane")->setValue(1e6);
  EXPECT_EQ(view(), nothing);
  click("view_settings_reset");
  EXPECT_EQ(view(), back);
  QTest::keyClick(sheet, Qt::Key_Escape);
  EXPECT_FALSE(sheet->isVisible());
}

TEST_F(CameraTest, FingersOnATouchpadOrbitPanAndPinch) {
  open(write_model(100));
  view();
  const QPointF middle = viewport().rect().center(), global = viewport().mapToGlobal(middle);
  const auto scroll = [&](QPoint pixels, Qt::KeyboardModifiers modifiers) {
    QWheelEvent event(middle, global, pixels, pixels, Qt::NoButton, modifiers, Qt::ScrollUpdate, false);
    QApplication::sendEvent(&viewport(), &event);
    arrive();
  };
  const glm::dvec3 pivot = viewport().view().pivot();
  const double distance = viewport().view().distance();
  const scene::Camera before = camera();
  scroll({60, 20}, {});
  EXPECT_EQ(viewport().view().pivot(), pivot);
  EXPECT_NEAR(viewport().view().distance(), distance, 1e-9);
  EXPECT_GT(glm::length(camera().center() - before.center()), 0.05 * distance);
  const scene::Camera orbited = camera();
  scroll({40, 0}, Qt::ShiftModifier);
  EXPECT_NE(viewport().view().pivot(), pivot);
  EXPECT_NEAR(std::abs(glm::dot(camera().cam_from_world.rotation, orbited.cam_from_world.rotation)), 1, 1e-9);
  scroll({0, 60}, Qt::ControlModifier);
  EXPECT_LT(viewport().view().distance(), 0.95 * distance);
  const double nearer = viewport().view().distance();
  QNativeGestureEvent pinch(Qt::ZoomNativeGesture, QPointingDevice::primaryPointingDevice(), 2, middle, middle, global,
                            0.2, {});
  QApplication::sendEvent(&viewport(), &pinch);
  arrive();
  EXPECT_NEAR(viewport().view().distance(), 0.8 * nearer, 1e-9);
}

TEST_F(CameraTest, FingersOnATouchScreenOrbitPanAndPinch) {
  open(write_model(100));
  view();
  const std::unique_ptr<QPointingDevice> device(QTest::createTouchDevice());
  QPointingDevice* const screen = device.get();
  const QPoint middle = viewport().rect().center();
  const auto fingers = [&](int begin, const std::vector<QPoint>& from, const std::vector<QPoint>& to, int end) {
    const auto send = [&](int first, const std::vector<QPoint>& places, auto how) {
      auto sequence = QTest::touchEvent(&viewport(), screen);
      for (int i = 0; i < static_cast<int>(places.size()); ++i)
        i < first ? (void)sequence.stationary(i) : how(sequence, i, places[static_cast<std::size_t>(i)]);
    };
    using Sequence = QTest::QTouchEventWidgetSequence;
    send(begin, from, [&](Sequence& s, int i, QPoint p) { s.press(i, p, &viewport()); });
    for (int step = 1; step <= 4; ++step) {
      std::vector<QPoint> places = from;
      for (std::size_t i = 0; i < from.size(); ++i) places[i] += (to[i] - from[i]) * step / 4;
      send(0, places, [&](Sequence& s, int i, QPoint p) { s.move(i, p, &viewport()); });
    }
    send(end, to, [&](Sequence& s, int i, QPoint p) { s.release(i, p, &viewport()); });
    arrive();
  };
  const glm::dvec3 pivot = viewport().view().pivot();
  const double distance = viewport().view().distance();
  const scene::Camera before = camera();
  fingers(0, {middle}, {middle + QPoint(80, 20)}, 0);
  EXPECT_EQ(viewport().view().pivot(), pivot);
  EXPECT_NEAR(viewport().view().distance(), distance, 1e-9);
  EXPECT_GT(glm::length(camera().center() - before.center()), 0.05 * distance);
  const scene::Camera orbited = camera();
  // Apart, around the middle of the view: nearer by as much.
  fingers(0, {middle - QPoint(50, 0), middle + QPoint(50, 0)}, {middle - QPoint(100, 0), middle + QPoint(100, 0)}, 0);
  EXPECT_NEAR(viewport().view().distance(), 0.5 * distance, 1e-3 * distance);
  EXPECT_NEAR(std::abs(glm::dot(camera().cam_from_world.rotation, orbited.cam_from_world.rotation)), 1, 1e-9);
  // Together to one side: along with them.
  const glm::dvec3 pinched = viewport().view().pivot();
  fingers(0, {middle - QPoint(50, 0), middle + QPoint(50, 0)}, {middle + QPoint(10, 40), middle + QPoint(110, 40)}, 0);
  EXPECT_GT(glm::length(viewport().view().pivot() - pinched), 0.01 * distance);
  EXPECT_NEAR(viewport().view().distance(), 0.5 * distance, 1e-3 * distance);
  EXPECT_NEAR(std::abs(glm::dot(camera().cam_from_world.rotation, orbited.cam_from_world.rotation)), 1, 1e-9);
  // One finger of two is lifted: what the other does then means nothing.
  const scene::Camera panned = camera();
  fingers(0, {middle, middle + QPoint(50, 0)}, {middle, middle + QPoint(50, 0)}, 1);
  QTest::touchEvent(&viewport(), screen).move(0, middle + QPoint(60, 60), &viewport());
  QTest::touchEvent(&viewport(), screen).release(0, middle + QPoint(60, 60), &viewport());
  arrive();
  EXPECT_NEAR(glm::length(camera().center() - panned.center()), 0, 1e-9);
}

TEST_F(CameraTest, NothingIsDrawnWhileNobodyCanSeeIt) {
  open(write_model(100));
  view();
  int pictures = 0;
  QObject::connect(&viewport(), &Viewport::frame_drawn, window_.get(), [&] { ++pictures; });
  render::ViewSettings settings = viewport().settings();
  const auto change = [&] {
    settings.exposure += 0.5f;
    viewport().set_settings(settings);
    QTest::qWait(150);
  };
  change();
  EXPECT_EQ(pictures, 1);
  window_->showMinimized();
  ASSERT_TRUE(wait([&] { return window_->isMinimized(); }));
  change(), change();
  EXPECT_EQ(pictures, 1);
  window_->showNormal();
  EXPECT_TRUE(wait([&] { return pictures > 1; })) << "what was missed";
  view();
  const int before = pictures;
  viewport().hide();
  change();
  EXPECT_EQ(pictures, before);
  viewport().show();
  EXPECT_TRUE(wait([&] { return pictures > before; }));
}

TEST_F(CameraTest, AMinimisedWindowTrainsOn) {
  TESSERA_NEED_DATA("damaged/base");
  std::uint32_t step = 0;
  train_until_it_moves(step);
  window_->showMinimized();
  const std::uint32_t before = step;
  int pictures = 0;
  QObject::connect(&viewport(), &Viewport::frame_drawn, window_.get(), [&] { ++pictures; });
  ASSERT_TRUE(wait([&] { return step > before + 60; }));
  EXPECT_LE(pictures, 1) << "no more than the one that was under way";
  click("stop");
  ASSERT_TRUE(wait([&] { return idle(); }));
}

}  // namespace
}  // namespace tessera::app
