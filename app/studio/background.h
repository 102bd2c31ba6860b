#pragma once

#include <QObject>
#include <QThreadPool>
#include <functional>

namespace tessera::app {

/// Answers to questions that may take a while, asked by a widget: each is worked out on a thread, and what is done with
/// the answer happens in the window's thread, unless another question has been asked meanwhile.
class Background : public QObject {
  Q_OBJECT
 public:
  using Answer = std::function<void()>;

  explicit Background(QObject* parent = nullptr);
  ~Background() override;  // waits for the question under way, whose answer nobody hears

  /// `question` runs on the thread, and must not throw; what it returns is called in this object's thread.
  void ask(std::function<Answer()> question);
  /// No answer is wanted any more.
  void forget() { ++asked_; }

 private:
  std::uint64_t asked_ = 0;
  QThreadPool pool_;  // of one thread
};

}  // namespace tessera::app
