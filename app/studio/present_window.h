#pragma once

#include <QVulkanInstance>
#include <QWindow>
#include <cstdint>
#include <memory>

namespace tessera::render::vulkan {
class Instance;
}

namespace tessera::app {

/// A window inside a widget, for Vulkan to draw into. Mouse, wheel and keys that the system gives it are handed to the
/// widget, which so behaves as if it had been painted itself.
class PresentWindow : public QWindow {
  Q_OBJECT
 public:
  /// `widget` must be covered by it and outlive it.
  PresentWindow(std::shared_ptr<const render::vulkan::Instance> instance, QWidget& widget);
  ~PresentWindow() override;

  /// A VkSurfaceKHR, owned by the window; 0 where the window system has none. From the first exposed() on.
  std::uintptr_t surface();

 Q_SIGNALS:
  void exposed();
  void surface_going();  // now: nothing may use it when this returns

 protected:
  void exposeEvent(QExposeEvent*) override;
  bool event(QEvent* event) override;

 private:
  std::shared_ptr<const render::vulkan::Instance> instance_;
  QVulkanInstance adopted_;
  QWidget& widget_;
};

}  // namespace tessera::app
