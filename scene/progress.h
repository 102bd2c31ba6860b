#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "scene/error.h"

namespace tessera::scene {

/// Asked by long work at least every 200 ms, set from a signal handler or another thread.
class Cancellation {
 public:
  void request() { requested_.store(true, std::memory_order_relaxed); }
  bool requested() const { return requested_.load(std::memory_order_relaxed); }
  void throw_if_requested() const {
    if (requested()) throw Cancelled();
  }

 private:
  std::atomic<bool> requested_{false};
};

/// One report of a job's state. `done` and `total` count the same unit; total 0 = not known.
struct Progress {
  std::string stage;               // "matching", "training", ...
  double done = 0, total = 0;
  double seconds_remaining = -1;   // negative: not known
  std::string detail;              // free text for the live line, e.g. "loss 0.0123, 81,204 splats"
};

/// What every job is given: where to report, whom to warn, whether to stop. Callbacks may be empty; they may be called from
/// any thread of the job, one at a time.
struct JobContext {
  std::function<void(const Progress&)> on_progress;
  std::function<void(const std::string&)> on_warning;  // one line, names the file at fault
  const Cancellation* cancellation = nullptr;

  void progress(const Progress& p) const {
    if (on_progress) on_progress(p);
  }
  void warn(const std::string& line) const {
    if (on_warning) on_warning(line);
  }
  bool cancelled() const { return cancellation && cancellation->requested(); }
  void throw_if_cancelled() const {
    if (cancellation) cancellation->throw_if_requested();
  }
};

}  // namespace tessera::scene
