#include "app/studio/present_window.h"

#include <QApplication>
#include <QMouseEvent>
#include <QPlatformSurfaceEvent>
#include <QWidget>

#include "render/vulkan/instance.h"

namespace tessera::app {

PresentWindow::PresentWindow(std::shared_ptr<const render::vulkan::Instance> instance, QWidget& widget)
    : instance_(std::move(instance)), widget_(widget) {
  setObjectName("present_window");
  adopted_.setVkInstance(instance_->handle());  // Qt does not own it
  if (!adopted_.create()) return;
  setSurfaceType(QSurface::VulkanSurface);
  setVulkanInstance(&adopted_);
  setFlag(Qt::WindowDoesNotAcceptFocus);  // the keys stay with the widget
}

PresentWindow::~PresentWindow() {
  destroy();  // the surface goes while there is an instance
}

std::uintptr_t PresentWindow::surface() {
  if (!adopted_.isValid() || !handle()) return 0;
  return reinterpret_cast<std::uintptr_t>(QVulkanInstance::surfaceForWindow(this));
}

void PresentWindow::exposeEvent(QExposeEvent*) {
  if (isExposed()) Q_EMIT exposed();
}

bool PresentWindow::event(QEvent* event) {
  switch (event->type()) {
    case QEvent::PlatformSurface:
      if (static_cast<QPlatformSurfaceEvent*>(event)->surfaceEventType() ==
          QPlatformSurfaceEvent::SurfaceAboutToBeDestroyed)
        Q_EMIT surface_going();
      break;
    case QEvent::MouseButtonPress:
      if (widget_.focusPolicy() & Qt::ClickFocus) widget_.setFocus(Qt::MouseFocusReason);
      return QApplication::sendEvent(&widget_, event);
    case QEvent::MouseMove:
      if (!widget_.hasMouseTracking() && static_cast<QMouseEvent*>(event)->buttons() == Qt::NoButton) return true;
      return QApplication::sendEvent(&widget_, event);
    case QEvent::MouseButtonRelease:
    case QEvent::MouseButtonDblClick:
    case QEvent::Wheel:
    case QEvent::Enter:
    case QEvent::Leave:
      return QApplication::sendEvent(&widget_, event);
    case QEvent::TouchBegin:
    case QEvent::TouchUpdate:
    case QEvent::TouchEnd:
    case QEvent::TouchCancel:
    case QEvent::KeyPress:
    case QEvent::KeyRelease:
      return QApplication::sendEvent(&widget_, event);
    case QEvent::DragEnter:
    case QEvent::DragMove:
    case QEvent::DragLeave:
    case QEvent::Drop:
      return QApplication::sendEvent(widget_.window(), event);
    default:
      break;
  }
  return QWindow::event(event);
}

}  // namespace tessera::app
