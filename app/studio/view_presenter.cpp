#include "app/studio/view_presenter.h"

#include <QEvent>
#include <QTimer>
#include <QWidget>

#include "app/studio/present_window.h"
#include "app/studio/render_thread.h"

namespace tessera::app {
namespace {
constexpr int kMostLost = 3;  // surfaces in a row
}

ViewPresenter::ViewPresenter(RenderThread& thread, QWidget& widget) : thread_(thread), widget_(widget) {
  widget.installEventFilter(this);
  connect(&thread, &RenderThread::can_present, this, &ViewPresenter::begin);
  connect(&thread, &RenderThread::surface_lost, this, &ViewPresenter::replace);
  connect(&thread, &RenderThread::presenting_ended, this, &ViewPresenter::end);
  connect(&thread, &RenderThread::presented, this, [this](double, bool shown) {
    if (shown) lost_ = 0;
  });
}

ViewPresenter::~ViewPresenter() {
  if (container_) delete container_;
}

bool ViewPresenter::is_hidden() const { return attached_ && !window_->isExposed(); }

void ViewPresenter::begin() {
  if (window_) return;
  window_ = new PresentWindow(thread_.instance(), widget_);
  connect(window_, &PresentWindow::exposed, this, &ViewPresenter::attach);
  connect(window_, &PresentWindow::surface_going, this, [this] {
    if (attached_) thread_.detach();
    attached_ = false;
  });
  // Cards over the view would lie under a window of the system, unless they are such windows themselves. They come
  // first: each makes windows of the widgets around it, and where the container became one only after it had put the
  // inner window into that of the whole program, it would lie over it.
  const QList<QWidget*> cards = widget_.findChildren<QWidget*>(Qt::FindDirectChildrenOnly);
  for (QWidget* card : cards) card->setAttribute(Qt::WA_NativeWindow);
  container_ = QWidget::createWindowContainer(window_, &widget_);
  container_->setObjectName("present_container");
  container_->setAttribute(Qt::WA_NativeWindow);
  container_->setFocusPolicy(Qt::NoFocus);
  container_->setGeometry(widget_.rect());
  container_->show();
  for (QWidget* card : cards) card->raise();
  window_->setCursor(widget_.cursor());
}

void ViewPresenter::attach() {
  if (!attached_) {
    const std::uintptr_t surface = window_->surface();
    if (!surface) {
      Q_EMIT failed(tr("Vulkan: this window system gives no surface to draw on; pictures are copied to the window"));
      // Not while the window is handing out its event.
      QTimer::singleShot(0, this, &ViewPresenter::end);
      return;
    }
    thread_.attach(surface);
    attached_ = true;
  }
  Q_EMIT needed();
}

void ViewPresenter::replace() {
  attached_ = false;
  if (++lost_ >= kMostLost) {
    Q_EMIT failed(tr("Vulkan: the window's surface is lost again and again; pictures are copied to the window"));
    return end();
  }
  delete std::exchange(container_, nullptr);
  window_ = nullptr;
  begin();
}

void ViewPresenter::end() {
  attached_ = false;
  delete std::exchange(container_, nullptr);
  window_ = nullptr;
  Q_EMIT ended();
}

bool ViewPresenter::eventFilter(QObject* object, QEvent* event) {
  if (object == &widget_ && container_) {
    if (event->type() == QEvent::Resize) container_->setGeometry(widget_.rect());
    if (event->type() == QEvent::CursorChange) window_->setCursor(widget_.cursor());
  }
  return QObject::eventFilter(object, event);
}

}  // namespace tessera::app
