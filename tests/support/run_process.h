#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace tessera::test {

struct ProcessResult {
  int exit_code = -1;  // 128 + signal where a signal ended it
  std::string out, err;
  double seconds_after_signal = -1;
};

/// Runs a program to its end, capturing both streams. With `signal_after` >= 0 it is sent `signal` after so many
/// seconds, or, where `signal_when` is not empty, as soon as its stderr contains that text. Killed after
/// `limit_seconds`.
struct ProcessOptions {
  double signal_after = -1;
  std::string signal_when;
  int signal = 2;  // SIGINT
  double limit_seconds = 300;
  std::vector<std::string> environment;  // KEY=VALUE, on top of this process's
};
ProcessResult run_process(const std::vector<std::string>& command, const ProcessOptions& options = {});

/// The built command line program.
std::string tessera_binary();
/// run_process({tessera_binary(), words...}).
ProcessResult tessera(std::vector<std::string> words, const ProcessOptions& options = {});

}  // namespace tessera::test
