#pragma once

#include <QImage>
#include <QPointer>
#include <QThreadPool>
#include <QTimer>
#include <atomic>
#include <memory>

#include "app/studio/studio.h"
#include "app/studio/view_layer.h"
#include "reconstruct/evaluate/view_error.h"

namespace tessera::app {

class ErrorCard;

/// Where the model's picture differs from the photo that the camera stands at, in colours over the view, at the
/// resolution that the run trains at; with a legend. Computed on a thread, and again as the model changes.
class ErrorMap : public QObject, private ViewLayer {
  Q_OBJECT
 public:
  explicit ErrorMap(Studio& studio);
  ~ErrorMap() override;

  /// Of the photo stood at; null: none, or not there yet.
  const reconstruct::ViewError* error() const { return error_ ? error_.get() : nullptr; }

 Q_SIGNALS:
  void computed();

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  struct Job;
  struct Result;
  class Judge;  // what the thread keeps between two maps
  void paint(QPainter& painter, const scene::Camera& shown) override;
  void refresh();  // what is shown is not that of the photo, the model or the choices any more
  void take(const Result& result);
  void place_card();

  Studio& studio_;
  QPointer<Viewport> view_;  // null once it has gone, with the window
  ErrorCard* card_;
  bool on_ = false, working_ = false, again_ = false;
  std::shared_ptr<const reconstruct::ViewError> error_;
  QImage picture_;
  scene::Pinhole pinhole_;  // of the picture
  QTimer rest_;             // after a map while a run trains
  std::shared_ptr<Judge> judge_;
  QThreadPool pool_;
};

}  // namespace tessera::app
