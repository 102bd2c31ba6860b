// Pictures that Vulkan shows in the window by itself, on whatever device there is.
#include <QPainter>
#include <QPlainTextEdit>
#include <QScreen>
#include <QWindow>
#include <algorithm>
#include <atomic>
#include <cmath>

#include "render/vulkan/vulkan_view_renderer.h"
#include "scene/error.h"
#include "tests/app/studio/studio_fixture.h"

namespace tessera::app {
namespace {

namespace vulkan = render::vulkan;

/// Entry points of the driver that fail when they are told to.
struct Faults {
  std::atomic<int> acquire_lost{0}, acquire_old{0}, present_old{0}, submit_lost{0}, no_pixels{0};
  std::atomic<int> zero_sized{0};  // answers of that kind
  vulkan::Functions real;
  static Faults& all() {
    static Faults faults;
    return faults;
  }
  static bool take(std::atomic<int>& some) {
    int n = some;
    while (n > 0 && !some.compare_exchange_weak(n, n - 1)) {
    }
    return n > 0;
  }
  static VKAPI_ATTR VkResult VKAPI_CALL acquire(VkDevice d, VkSwapchainKHR s, std::uint64_t t, VkSemaphore a, VkFence b,
                                                std::uint32_t* i) {
    if (take(all().acquire_lost)) return VK_ERROR_SURFACE_LOST_KHR;
    if (take(all().acquire_old)) return VK_ERROR_OUT_OF_DATE_KHR;
    return all().real.vkAcquireNextImageKHR(d, s, t, a, b, i);
  }
  static VKAPI_ATTR VkResult VKAPI_CALL present(VkQueue q, const VkPresentInfoKHR* info) {
    const VkResult result = all().real.vkQueuePresentKHR(q, info);
    return take(all().present_old) ? VK_ERROR_OUT_OF_DATE_KHR : result == VK_SUCCESS ? VK_SUBOPTIMAL_KHR : result;
  }
  static VKAPI_ATTR VkResult VKAPI_CALL submit(VkQueue q, std::uint32_t n, const VkSubmitInfo* info, VkFence fence) {
    if (take(all().submit_lost)) return VK_ERROR_DEVICE_LOST;
    return all().real.vkQueueSubmit(q, n, info, fence);
  }
  static VKAPI_ATTR VkResult VKAPI_CALL surface(VkPhysicalDevice d, VkSurfaceKHR s, VkSurfaceCapabilitiesKHR* can) {
    const VkResult result = all().real.vkGetPhysicalDeviceSurfaceCapabilitiesKHR(d, s, can);
    if (all().no_pixels > 0) can->currentExtent = {0, 0}, ++all().zero_sized;
    return result;
  }
  static void install(vulkan::Functions& f) {
    Faults& faults = all();
    faults.real = f;
    for (auto* fault : {&faults.acquire_lost, &faults.acquire_old, &faults.present_old, &faults.submit_lost,
                        &faults.no_pixels, &faults.zero_sized})
      *fault = 0;
    f.vkAcquireNextImageKHR = acquire, f.vkQueuePresentKHR = present, f.vkQueueSubmit = submit;
    f.vkGetPhysicalDeviceSurfaceCapabilitiesKHR = surface;
  }
};

/// Mean difference of two pictures in 8-bit steps.
double difference(const QImage& first, const QImage& second) {
  if (first.size() != second.size() || first.isNull()) return 255;
  const QImage a = first.convertToFormat(QImage::Format_RGB32), b = second.convertToFormat(QImage::Format_RGB32);
  double sum = 0;
  for (int y = 0; y < a.height(); ++y) {
    const auto *p = reinterpret_cast<const QRgb*>(a.scanLine(y)), *q = reinterpret_cast<const QRgb*>(b.scanLine(y));
    for (int x = 0; x < a.width(); ++x)
      sum += std::abs(qRed(p[x]) - qRed(q[x])) + std::abs(qGreen(p[x]) - qGreen(q[x])) +
             std::abs(qBlue(p[x]) - qBlue(q[x]));
  }
  return sum / (3.0 * a.width() * a.height());
}

class PresentTest : public StudioTest {
 protected:
  void SetUp() override {
    try {
      const vulkan::Instance instance({.validation = true, .window = true});
      if (!vulkan::Device(instance).capabilities().swapchain) GTEST_SKIP() << "no swapchains";
    } catch (const scene::Error& e) {
      GTEST_SKIP() << e.what();
    }
    StudioTest::SetUp();
    window_->resize(900, 620);
    open(write_model(300));
    ASSERT_TRUE(wait([&] { return present_window() && current(); })) << "nothing is presented";
    EXPECT_TRUE(instance_->validating());
  }
  void TearDown() override {
    window_.reset();
    if (!instance_) return;
    EXPECT_THAT(instance_->messages(), testing::IsEmpty()) << "of the validation layer";
  }
  std::unique_ptr<MainWindow> make_window() override { return std::make_unique<MainWindow>(options()); }
  virtual RendererOptions options() {
    RendererOptions options;
    options.choice = RendererOptions::Choice::vulkan;
    options.validation = true;
    options.on_renderer = [this](vulkan::VulkanViewRenderer& renderer) {
      instance_ = renderer.instance();
      Faults::install(renderer.device().entry_points());
    };
    return options;
  }
  Viewport& viewport() { return window_->viewport(); }
  QWindow* present_window() {
    for (QWindow* window : QGuiApplication::allWindows())
      if (window->objectName() == "present_window" && window->isExposed()) return window;
    return nullptr;
  }
  bool current() { return viewport().is_still() && viewport().is_current(); }
  /// What the screen shows at the view.
  QImage screen() {
    const QPoint at = viewport().mapToGlobal(QPoint(0, 0));
    return QGuiApplication::primaryScreen()
        ->grabWindow(0, at.x(), at.y(), viewport().width(), viewport().height())
        .toImage();
  }
  /// Both ways of seeing the view agree, sooner or later (the window system takes its time).
  void expect_shown() {
    EXPECT_TRUE(wait([&] { return current(); }));
    const QImage picture = viewport().picture();
    EXPECT_TRUE(QTest::qWaitFor([&] { return difference(screen(), picture) < 0.5; }, 20'000))
        << difference(screen(), picture);
  }
  std::string log() { return find<QPlainTextEdit>("log")->toPlainText().toStdString(); }
  std::shared_ptr<const vulkan::Instance> instance_;
};

TEST_F(PresentTest, TheScreenShowsWhatIsReadBack) {
  expect_shown();
  const QImage vulkan = viewport().picture();
  QImage black(vulkan.size(), QImage::Format_RGB32);
  black.fill(Qt::black);
  EXPECT_GT(difference(vulkan, black), 5);
  // And what the other renderer draws.
  RenderThread cpu(render::make_cpu_view_renderer);
  QImage other = cpu.grab(viewport().shown()).convertToFormat(QImage::Format_RGB32);
  ASSERT_EQ(other.size(), vulkan.size());
  QPainter painter(&other);
  viewport().paint_over(painter, viewport().view().camera(viewport().width(), viewport().height()));
  painter.end();
  EXPECT_LT(difference(other, vulkan), 0.5);
}

TEST_F(PresentTest, MouseAndKeysWorkInTheInnerWindow) {
  QWindow* inner = present_window();
  const QImage first = viewport().picture();
  const QPoint middle = viewport().rect().center();
  find<QPlainTextEdit>("log")->setFocus();
  QTest::mousePress(inner, Qt::LeftButton, {}, middle);
  EXPECT_TRUE(viewport().hasFocus());
  QTest::mouseMove(inner, middle + QPoint(20, 5));
  QTest::mouseMove(inner, middle + QPoint(90, 30));
  QTest::mouseRelease(inner, Qt::LeftButton, {}, middle + QPoint(90, 30));
  expect_shown();
  EXPECT_GT(difference(viewport().picture(), first), 1) << "orbited";
  const double before = viewport().view().distance();
  QWheelEvent wheel(middle, inner->mapToGlobal(middle), {}, {0, 240}, Qt::NoButton, {}, Qt::NoScrollPhase, false);
  QApplication::sendEvent(inner, &wheel);
  EXPECT_TRUE(wait([&] { return viewport().view().distance() < 0.8 * before; }));
  QTest::keyClick(window_.get(), Qt::Key_H);
  EXPECT_TRUE(wait([&] { return std::abs(viewport().view().distance() - before) < 1e-6; }));
  expect_shown();
  EXPECT_LT(difference(viewport().picture(), first), 0.01) << "home again";
}

/// A square where the mouse was pressed.
struct Square : ViewLayer {
  void paint(QPainter& painter, const scene::Camera&) override { painter.fillRect(place, Qt::magenta); }
  bool mouse_press(const QMouseEvent& event, const scene::Camera&) override {
    place.moveCenter(event.position());
    return true;
  }
  QRectF place{0, 0, 60, 60};
};

TEST_F(PresentTest, LayersArePaintedAndTakeTheMouse) {
  Square square;
  viewport().add_layer(&square);
  expect_shown();
  EXPECT_EQ(screen().pixelColor(20, 20), QColor(Qt::magenta));
  QTest::mouseClick(present_window(), Qt::LeftButton, {}, QPoint(200, 150));
  viewport().update();
  EXPECT_TRUE(wait([&] { return screen().pixelColor(220, 160) == QColor(Qt::magenta); }));
  viewport().remove_layer(&square);
  expect_shown();
}

TEST_F(PresentTest, FollowsTheWindowsSize) {
  const Watchdog watchdog;
  for (int i = 0; i < 30; ++i) {
    window_->resize(900 + 10 * (i % 7), 620 + 5 * (i % 11));
    QTest::qWait(5);
  }
  window_->resize(860, 600);
  QTest::qWait(50);
  expect_shown();
  window_->hide();
  QTest::qWait(50);
  window_->show();
  ASSERT_TRUE(wait([&] { return present_window() != nullptr; }));
  expect_shown();
}

TEST_F(PresentTest, AWindowWithoutPixelsIsNoMistake) {
  Faults::all().no_pixels = 1;
  viewport().update();
  EXPECT_TRUE(wait([&] { return Faults::all().zero_sized > 0 && current(); }));
  Faults::all().no_pixels = 0;
  viewport().update();
  expect_shown();
  EXPECT_THAT(log(), testing::Not(testing::HasSubstr("Vulkan: ")));
}

TEST_F(PresentTest, AnOutOfDateSwapchainIsMadeAnew) {
  Faults::all().acquire_old = 1, Faults::all().present_old = 1;
  viewport().update();
  EXPECT_TRUE(wait([&] { return Faults::all().present_old == 0 && current(); }));
  expect_shown();
  Faults::all().acquire_old = 4;  // more than one picture's attempts
  viewport().update();
  EXPECT_TRUE(wait([&] { return current(); }));
  viewport().update();
  expect_shown();
}

TEST_F(PresentTest, CardsLieOverThePresentedWindow) {
  expect_shown();
  auto* card = find<QFrame>("job_card");
  card->setGeometry(20, 20, 240, 120);
  card->show();
  const QImage drawn = card->grab().toImage();
  EXPECT_TRUE(
      QTest::qWaitFor([&] { return difference(screen().copy(QRect(card->pos(), card->size())), drawn) < 1; }, 20'000));
}

TEST_F(PresentTest, ALostSurfaceIsReplaced) {
  Faults::all().acquire_lost = 1;
  viewport().update();
  EXPECT_TRUE(wait([&] { return Faults::all().acquire_lost == 0 && current() && present_window(); }));
  expect_shown();
  // Again and again: the pictures are copied.
  Faults::all().acquire_lost = 100;
  viewport().update();
  // (Between two surfaces there is no window either.)
  EXPECT_TRUE(wait([&] { return log().find("lost again and again") != std::string::npos && current(); }));
  EXPECT_EQ(present_window(), nullptr);
  expect_shown();
}

TEST_F(PresentTest, ALostDeviceLeavesTheViewToTheCpu) {
  Faults::all().submit_lost = 1000;
  viewport().view().orbit(0.3, 0);
  viewport().move();
  EXPECT_TRUE(wait([&] { return !present_window() && current(); }));
  EXPECT_THAT(log(), testing::HasSubstr("the graphics device was lost"));
  expect_shown();
  QTest::mouseMove(&viewport(), viewport().rect().center());
  const QImage before = viewport().picture();
  QTest::mousePress(&viewport(), Qt::LeftButton, {}, {200, 200});
  QTest::mouseMove(&viewport(), {240, 210});
  QTest::mouseRelease(&viewport(), Qt::LeftButton, {}, {240, 210});
  expect_shown();
  EXPECT_GT(difference(viewport().picture(), before), 0.5);
}

class LimitedPresentTest : public PresentTest {
 protected:
  RendererOptions options() override {
    RendererOptions options = PresentTest::options();
    options.most_splats = 120;
    return options;
  }
};

TEST_F(LimitedPresentTest, SaysWhatTheDeviceDoesNotHold) {
  EXPECT_THAT(log(), testing::HasSubstr("Drawing 120 of 300 splats: the device holds no more"));
  expect_shown();
  const QImage noted = viewport().picture();
  open(write_model(100));
  expect_shown();
  EXPECT_GT(difference(noted.copy(0, 0, 300, 40), viewport().picture().copy(0, 0, 300, 40)), 1);
}

TEST_F(PresentTest, ShellsAreDrawnByEitherRenderer) {
  auto* mode = find<QComboBox>("mode");
  const int shells = mode->findText("Shells");
  ASSERT_GE(shells, 0);
  const QImage splats = viewport().picture();
  mode->setCurrentIndex(shells);
  expect_shown();
  EXPECT_GT(difference(viewport().picture(), splats), 1);
  Faults::all().submit_lost = 1000;
  viewport().view().orbit(0.3, 0);
  viewport().move();
  EXPECT_TRUE(wait([&] { return !present_window() && current(); }));
  EXPECT_EQ(mode->currentText(), "Shells");
  expect_shown();
}

}  // namespace
}  // namespace tessera::app
