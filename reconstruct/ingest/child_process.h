#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scene/progress.h"

namespace tessera::reconstruct {

struct ChildOptions {
  std::vector<std::pair<std::string, std::string>> environment;  // added to ours
  /// Called on the caller's thread with each line of stdout and stderr, in the order of arrival, without its line end.
  std::function<void(std::string_view)> on_line;
  const scene::Cancellation* cancellation = nullptr;
  std::chrono::milliseconds grace{400};  // between SIGTERM and SIGKILL
};

struct ChildExit {
  int status = 0;  // exit status; -1 where a signal ended it
  int signal = 0;  // 0: it ended by itself
  bool ok() const { return status == 0 && signal == 0; }
  std::string text() const;  // "exit status 1", "signal 9 (Killed)"
};

/// Runs `arguments[0]` (looked up in PATH) in a process group of its own, stdin empty, and waits for it. Whatever of
/// the group is left when it ends, or when this throws, is killed. Throws scene::Error if it cannot be started,
/// scene::Cancelled within grace + 100 ms of a request.
ChildExit run_child(const std::vector<std::string>& arguments, const ChildOptions& options = {});

/// The command as a user would type it into a shell.
std::string shell_line(const std::vector<std::string>& arguments);

}  // namespace tessera::reconstruct
