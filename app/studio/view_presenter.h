#pragma once

#include <QObject>

class QWidget;

namespace tessera::app {

class PresentWindow;
class RenderThread;

/// Keeps a window for Vulkan over a widget while the render thread can show its pictures there, and a surface of it
/// attached to the thread. Makes another window where the surface is lost, and gives up where that does not help.
class ViewPresenter : public QObject {
  Q_OBJECT
 public:
  /// Both must outlive it, but for the destruction of `widget`.
  ViewPresenter(RenderThread& thread, QWidget& widget);
  ~ViewPresenter() override;

  /// Requests to the thread are to bring an overlay.
  bool is_attached() const { return attached_; }
  /// Nobody sees the window: there is nothing to draw until needed().
  bool is_hidden() const;

 Q_SIGNALS:
  void needed();  // a picture, at once
  void ended();   // the widget is painted as usual from now on
  void failed(QString message);

 protected:
  bool eventFilter(QObject* object, QEvent* event) override;

 private:
  void begin();
  void attach();
  void replace();
  void end();
  RenderThread& thread_;
  QWidget& widget_;
  QWidget* container_ = nullptr;  // of window_, and child of widget_
  PresentWindow* window_ = nullptr;
  bool attached_ = false;
  int lost_ = 0;  // surfaces, since a picture was shown
};

}  // namespace tessera::app
