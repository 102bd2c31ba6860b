#include "app/studio/background.h"

namespace tessera::app {

Background::Background(QObject* parent) : QObject(parent) { pool_.setMaxThreadCount(1); }

Background::~Background() {
  pool_.clear();
  pool_.waitForDone();
}

void Background::ask(std::function<Answer()> question) {
  pool_.clear();  // those that have not begun
  const std::uint64_t number = ++asked_;
  pool_.start([this, number, question = std::move(question)] {
    Answer answer = question();
    QMetaObject::invokeMethod(
        this,
        [this, number, answer = std::move(answer)] {
          if (number == asked_) answer();
        },
        Qt::QueuedConnection);
  });
}

}  // namespace tessera::app
