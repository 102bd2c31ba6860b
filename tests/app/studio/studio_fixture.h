#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <QApplication>
#include <QComboBox>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QElapsedTimer>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QTest>
#include <QTimer>
#include <filesystem>
#include <iostream>

#include "app/studio/main_window.h"
#include "app/studio/viewport.h"
#include "scene/formats/ply.h"
#include "tests/support/random_scene.h"
#include "tests/support/test_data.h"

namespace tessera::app {
namespace fs = std::filesystem;

inline constexpr int kLongest = 300'000;  // ms: a limit for hangs, not a measure; sanitizers are slow

/// The longest time in which the event loop did not come round.
class Watchdog {
 public:
  Watchdog() {
    clock_.start();
    QObject::connect(&timer_, &QTimer::timeout, [this] { longest_ = std::max(longest_, clock_.restart()); });
    timer_.start(1);
  }
  qint64 longest() const { return longest_; }  // ms
  ~Watchdog() { std::cerr << "longest block of the event loop: " << longest_ << " ms\n"; }

 private:
  QTimer timer_;
  QElapsedTimer clock_;
  qint64 longest_ = 0;
};

/// The window as a person has it before them, with settings of its own.
class StudioTest : public testing::Test {
 protected:
  void SetUp() override {
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, QString::fromStdString(folder_.path().string()));
    window_ = make_window();
    window_->show();
    window_->activateWindow();  // there is no window manager to do so
    ASSERT_TRUE(QTest::qWaitForWindowActive(window_.get()));
  }
  virtual std::unique_ptr<MainWindow> make_window() { return std::make_unique<MainWindow>(); }
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
  /// As if dragged from elsewhere. True where the window would take it.
  bool drop(const QList<QUrl>& urls) {
    QMimeData data;
    data.setUrls(urls);
    const QPoint place = window_->rect().center();
    QDragEnterEvent enter(place, Qt::CopyAction, &data, Qt::LeftButton, {});
    QApplication::sendEvent(window_.get(), &enter);
    if (!enter.isAccepted()) return false;
    QDropEvent event(place, Qt::CopyAction, &data, Qt::LeftButton, {});
    QApplication::sendEvent(window_.get(), &event);
    return true;
  }
  static QUrl url(const fs::path& path) { return QUrl::fromLocalFile(QString::fromStdString(path.string())); }
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

}  // namespace tessera::app
