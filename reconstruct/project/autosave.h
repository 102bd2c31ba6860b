#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace tessera::reconstruct {

/// Keeps a small file as new as its owner's last word, from a thread of its own: atomically, within a second, or at
/// once. What cannot be written is told once and tried again until it can. Callable from any thread.
class Autosave {
 public:
  using Tell = std::function<void(const std::string& line)>;
  /// `on_problem` is called from the thread, once until a write succeeds again.
  Autosave(std::filesystem::path file, Tell on_problem);
  ~Autosave();  // writes what waits, once more

  void put(std::string bytes, bool at_once = false);
  /// Returns when what was put has been written, or tried and failed.
  void flush();
  /// The last attempt failed.
  bool is_behind() const;

 private:
  using Clock = std::chrono::steady_clock;
  void work();

  const std::filesystem::path file_;
  const Tell on_problem_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<std::string> waiting_;
  Clock::time_point due_{};
  bool writing_ = false, hurry_ = false, failed_ = false, leaving_ = false;
  std::thread thread_;
};

}  // namespace tessera::reconstruct
