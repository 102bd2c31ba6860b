#pragma once

#include <time.h>

#include <chrono>

namespace tessera::reconstruct {

/// Seconds of processor time of all threads of this process.
inline double cpu_now() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}
inline double wall_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Adds the wall and CPU time of its life to a run's totals.
class Stopwatch {
 public:
  Stopwatch(double& wall, double& cpu) : wall_(wall), cpu_(cpu), wall_start_(wall_now()), cpu_start_(cpu_now()) {}
  ~Stopwatch() { wall_ += wall_now() - wall_start_, cpu_ += cpu_now() - cpu_start_; }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  double &wall_, &cpu_;
  double wall_start_, cpu_start_;
};

}  // namespace tessera::reconstruct
