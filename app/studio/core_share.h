#pragma once

#include <QElapsedTimer>
#include <chrono>
#include <thread>

#include "scene/progress.h"

namespace tessera::app {

/// Keeps a job in the background to a share of the time, so that what works on the same cores goes on.
class CoreShare {
 public:
  CoreShare() { clock_.start(); }
  /// To be called between two pieces of work: rests for as long as the last piece took times 1 / share - 1, or until
  /// the job is to stop. The share in (0, 1].
  void rest(double share, const scene::Cancellation& stop) {
    const auto worked = static_cast<double>(clock_.restart());
    while (static_cast<double>(clock_.elapsed()) < worked * (1 / share - 1) && !stop.requested())
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    clock_.restart();
  }

 private:
  QElapsedTimer clock_;
};

/// What is left to a background job while a run trains on the same cores.
inline constexpr double kShareBesideTraining = 0.25;

}  // namespace tessera::app
