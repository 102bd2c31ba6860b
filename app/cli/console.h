#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>

#include "scene/progress.h"

namespace tessera::app {

/// Progress and warnings on stderr: one live line on a terminal, plain lines (at a change of stage, and every five
/// seconds) otherwise. Thread-safe.
class Console {
 public:
  Console();
  ~Console();
  void progress(const scene::Progress& p);
  void warning(const std::string& line);
  void note(const std::string& line);
  void set_quiet(bool quiet) { quiet_ = quiet; }
  /// Ends the live line, so that results start on a fresh one.
  void finish_line();
  /// Hooks for a job, cancelled by Ctrl-C.
  scene::JobContext job();

 private:
  void print(const std::string& line);
  std::mutex mutex_;
  bool terminal_ = false, quiet_ = false, live_ = false;
  std::string last_stage_;
  std::chrono::steady_clock::time_point last_print_{};
};

/// Set by SIGINT, SIGTERM and the end of the terminal. A second signal ends the process at once.
const scene::Cancellation& interrupted();
/// Makes those signals, a closed pipe, a file size limit and streams that the caller closed into what the commands
/// handle: cancellation and failed writes. Call first in main().
void install_signal_handlers();

/// `text` as a terminal can show it on one line: control characters, which file names may hold, become '?'.
std::string one_line(std::string_view text);

/// "1:23:45", "4:05"; "0:09".
std::string clock_text(double seconds);
/// "1.2 MB", decimal units.
std::string bytes_text(double bytes);
/// 1234567 -> "1,234,567".
std::string count_text(unsigned long long n);

}  // namespace tessera::app
