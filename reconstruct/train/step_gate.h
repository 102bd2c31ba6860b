#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace tessera::reconstruct {

/// Lets visitors from other threads look at the state of a run between two steps. A visitor waits for one step at most,
/// since the worker lets all who wait go first; the worker itself may visit at any time (from its own callbacks).
class StepGate {
 public:
  /// The calling thread is the worker while this lives.
  class Worker {
   public:
    explicit Worker(StepGate& gate) : gate_(gate) {
      std::lock_guard lock(gate_.mutex_);
      previous_ = std::exchange(gate_.worker_, std::this_thread::get_id());
    }
    ~Worker() {
      std::lock_guard lock(gate_.mutex_);
      gate_.worker_ = previous_;
    }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

   private:
    StepGate& gate_;
    std::thread::id previous_;
  };

  /// No visitor enters while this lives.
  class Step {
   public:
    explicit Step(StepGate& gate) : gate_(gate) {
      std::unique_lock lock(gate_.mutex_);
      gate_.changed_.wait(lock, [&] { return gate_.waiting_ == 0 && !gate_.busy_; });
      gate_.busy_ = true;
    }
    ~Step() {
      std::lock_guard lock(gate_.mutex_);
      gate_.busy_ = false;
      gate_.changed_.notify_all();
    }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    StepGate& gate_;
  };

  template <class Function>
  auto visit(Function&& function) {
    std::unique_lock lock(mutex_);
    if (worker_ == std::this_thread::get_id()) {
      lock.unlock();
      return function();
    }
    ++waiting_;
    changed_.wait(lock, [&] { return !busy_; });
    struct Leave {
      StepGate& gate;
      ~Leave() {
        --gate.waiting_;
        gate.changed_.notify_all();
      }
    } leave{*this};
    return function();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::thread::id worker_;
  int waiting_ = 0;
  bool busy_ = false;
};

}  // namespace tessera::reconstruct
