#include "tests/support/run_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

extern char** environ;

namespace tessera::test {

ProcessResult run_process(const std::vector<std::string>& command, const ProcessOptions& options) {
  int out_pipe[2], err_pipe[2];
  if (::pipe2(out_pipe, O_CLOEXEC) != 0 || ::pipe2(err_pipe, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out_pipe[1], 1);
  posix_spawn_file_actions_adddup2(&actions, err_pipe[1], 2);
  std::vector<char*> arguments, environment;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  for (const std::string& entry : options.environment) environment.push_back(const_cast<char*>(entry.c_str()));
  for (char** entry = environ; *entry; ++entry) environment.push_back(*entry);  // the first of two equal names wins
  environment.push_back(nullptr);
  pid_t pid = 0;
  const int error = ::posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  ::close(out_pipe[1]), ::close(err_pipe[1]);
  if (error != 0) throw std::runtime_error("cannot start " + command[0]);

  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  const auto seconds = [](Clock::duration d) { return std::chrono::duration<double>(d).count(); };
  ProcessResult result;
  Clock::time_point signalled{};
  bool out_open = true, err_open = true;
  while (out_open || err_open) {
    pollfd fds[2] = {{out_open ? out_pipe[0] : -1, POLLIN, 0}, {err_open ? err_pipe[0] : -1, POLLIN, 0}};
    ::poll(fds, 2, 20);
    char buffer[4096];
    for (int i = 0; i < 2; ++i) {
      if (!(fds[i].revents & (POLLIN | POLLHUP))) continue;
      const ssize_t n = ::read(fds[i].fd, buffer, sizeof buffer);
      if (n > 0)
        (i == 0 ? result.out : result.err).append(buffer, static_cast<std::size_t>(n));
      else
        (i == 0 ? out_open : err_open) = false;
    }
    const double elapsed = seconds(Clock::now() - begin);
    const bool due = (options.signal_after >= 0 && elapsed > options.signal_after) ||
                     (!options.signal_when.empty() && result.err.find(options.signal_when) != std::string::npos);
    if (due && signalled == Clock::time_point{}) {
      ::kill(pid, options.signal);
      signalled = Clock::now();
    }
    if (elapsed > options.limit_seconds) ::kill(pid, SIGKILL);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  ::close(out_pipe[0]), ::close(err_pipe[0]);
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  if (signalled != Clock::time_point{}) result.seconds_after_signal = seconds(Clock::now() - signalled);
  return result;
}

std::string tessera_binary() {
  const char* set = std::getenv("TESSERA_BINARY");
  return set && *set ? set : TESSERA_BINARY_PATH;
}

ProcessResult tessera(std::vector<std::string> words, const ProcessOptions& options) {
  words.insert(words.begin(), tessera_binary());
  return run_process(words, options);
}

}  // namespace tessera::test
