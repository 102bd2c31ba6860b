#include "reconstruct/project/autosave.h"

#include <chrono>
#include <utility>

#include "scene/atomic_file.h"
#include "scene/error.h"

namespace tessera::reconstruct {

namespace {
constexpr auto kDelay = std::chrono::milliseconds(1000);  // gathers what comes in a row, as the camera's movement
constexpr auto kRetry = std::chrono::milliseconds(2000);
}  // namespace

Autosave::Autosave(std::filesystem::path file, Tell on_problem)
    : file_(std::move(file)), on_problem_(std::move(on_problem)), thread_([this] { work(); }) {}

Autosave::~Autosave() {
  {
    const std::lock_guard lock(mutex_);
    leaving_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Autosave::put(std::string bytes, bool at_once) {
  {
    const std::lock_guard lock(mutex_);
    if (!waiting_) due_ = Clock::now() + (failed_ ? kRetry : kDelay);
    waiting_ = std::move(bytes);
    hurry_ = hurry_ || at_once;
  }
  changed_.notify_all();
}

void Autosave::flush() {
  std::unique_lock lock(mutex_);
  if (waiting_) hurry_ = true;
  changed_.notify_all();
  changed_.wait(lock, [this] { return !writing_ && (!waiting_ || (failed_ && !hurry_)); });
}

bool Autosave::is_behind() const {
  const std::lock_guard lock(mutex_);
  return failed_;
}

void Autosave::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return waiting_ || leaving_; });
    if (!waiting_) return;
    changed_.wait_until(lock, due_, [this] { return hurry_ || leaving_; });
    const std::string bytes = *std::exchange(waiting_, std::nullopt);
    writing_ = true, hurry_ = false;
    lock.unlock();
    std::string problem;
    try {
      scene::write_file_atomically(file_, bytes);
    } catch (const std::exception& e) {
      problem = e.what();
    }
    lock.lock();
    const bool tell = !problem.empty() && !failed_;
    failed_ = !problem.empty();
    if (failed_ && !waiting_) waiting_ = bytes, due_ = Clock::now() + kRetry;
    if (tell && on_problem_) {
      lock.unlock();
      on_problem_(problem);
      lock.lock();
    }
    writing_ = false;
    changed_.notify_all();
    if (leaving_ && failed_) return;
  }
}

}  // namespace tessera::reconstruct
