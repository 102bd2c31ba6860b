#include "reconstruct/ingest/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

#include "scene/error.h"

extern char** environ;

namespace tessera::reconstruct {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int kPollMilliseconds = 50;            // how often a cancellation is looked for
constexpr std::size_t kLongestLine = 64 * 1024;  // a longer one is cut: no output may make us grow without bound
constexpr int kDrainMilliseconds = 200;          // after the end, for output that is still in the pipe

/// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int value = -1) : value_(value) {}
  ~Descriptor() { reset(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  void reset(int value = -1) {
    if (value_ >= 0) ::close(value_);
    value_ = value;
  }
  int get() const { return value_; }

 private:
  int value_;
};

void make_pipe(Descriptor& read_end, Descriptor& write_end, const std::string& program) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    throw scene::Error(program, std::string("cannot be started: ") + ::strerror(errno));
  read_end.reset(ends[0]);
  write_end.reset(ends[1]);
}

/// Full path of a program, as execvp would find it (which is not async-signal-safe, so it is done before the fork).
std::string find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  const char* path = std::getenv("PATH");
  std::string_view rest = path ? path : "/usr/local/bin:/usr/bin:/bin";
  while (true) {
    const std::size_t colon = rest.find(':');
    const std::string folder(rest.substr(0, colon));
    const std::string candidate = (folder.empty() ? "." : folder) + "/" + name;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    if (colon == std::string_view::npos) return {};
    rest.remove_prefix(colon + 1);
  }
}

std::vector<std::string> merged_environment(const std::vector<std::pair<std::string, std::string>>& added) {
  std::vector<std::string> result;
  for (char** entry = environ; entry && *entry; ++entry) {
    const std::string_view text = *entry;
    const std::string_view key = text.substr(0, text.find('='));
    if (std::none_of(added.begin(), added.end(), [&](const auto& pair) { return pair.first == key; }))
      result.emplace_back(text);
  }
  for (const auto& [key, value] : added) result.push_back(key + "=" + value);
  return result;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (std::string& text : strings) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

/// The child's side of the fork: only async-signal-safe calls. Reports a failed exec as errno through `failure`.
[[noreturn]] void become(const char* program, char* const* arguments, char* const* environment, int output, int failure,
                         pid_t parent) {
  ::setpgid(0, 0);
#ifdef __linux__
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // we were killed outright: COLMAP must not go on for hours
  if (::getppid() != parent) ::_exit(127);
#else
  (void)parent;
#endif
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  ::signal(SIGINT, SIG_DFL);
  ::signal(SIGTERM, SIG_DFL);
  const int null_input = ::open("/dev/null", O_RDONLY);
  if (null_input >= 0) ::dup2(null_input, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  ::execve(program, arguments, environment);
  const int error = errno;
  const ssize_t ignored = ::write(failure, &error, sizeof error);
  (void)ignored;
  ::_exit(127);
}

/// Splits what is read into lines. '\r' ends a line too: progress that overwrites itself.
class LineSplitter {
 public:
  explicit LineSplitter(const std::function<void(std::string_view)>& on_line) : on_line_(on_line) {}
  void feed(std::string_view bytes) {
    for (const char c : bytes) {
      if (c == '\n' || c == '\r') {
        flush();
      } else if (line_.size() < kLongestLine) {
        line_.push_back(c);
      }
    }
  }
  void flush() {
    if (!line_.empty() && on_line_) on_line_(line_);
    line_.clear();
  }

 private:
  const std::function<void(std::string_view)>& on_line_;
  std::string line_;
};

/// Owns a running child: kills its group and reaps it, whatever happens.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  ~Child() {
    ::kill(-pid_, SIGKILL);
    if (!reaped_) {
      while (::waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
      }
    }
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  bool ended() {
    if (!reaped_) reaped_ = ::waitpid(pid_, &status_, WNOHANG) == pid_;
    return reaped_;
  }
  void signal_group(int number) { ::kill(-pid_, number); }
  ChildExit exit() const {
    if (WIFSIGNALED(status_)) return {-1, WTERMSIG(status_)};
    return {WEXITSTATUS(status_), 0};
  }

 private:
  pid_t pid_;
  int status_ = 0;
  bool reaped_ = false;
};

/// Reads what is there, waiting up to `milliseconds`. False at the end of the stream.
bool read_some(int descriptor, int milliseconds, LineSplitter& lines) {
  pollfd waiting{descriptor, POLLIN, 0};
  const int ready = ::poll(&waiting, 1, milliseconds);
  if (ready <= 0) return true;
  std::array<char, 16384> buffer;
  const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
  if (count < 0) return errno == EINTR || errno == EAGAIN;
  lines.feed({buffer.data(), static_cast<std::size_t>(count)});
  return count > 0;
}

}  // namespace

std::string ChildExit::text() const {
  if (signal != 0) return "signal " + std::to_string(signal) + " (" + ::strsignal(signal) + ")";
  return "exit status " + std::to_string(status);
}

ChildExit run_child(const std::vector<std::string>& arguments, const ChildOptions& options) {
  if (arguments.empty()) throw scene::Error("command", "is empty");
  if (options.cancellation) options.cancellation->throw_if_requested();
  const std::string program = find_program(arguments[0]);
  if (program.empty()) throw scene::Error(arguments[0], "is not installed (not found in PATH)");
  std::vector<std::string> argument_copy = arguments, environment_copy = merged_environment(options.environment);
  const std::vector<char*> argument_pointers = pointers(argument_copy),
                           environment_pointers = pointers(environment_copy);
  Descriptor output_read, output_write, failure_read, failure_write;
  make_pipe(output_read, output_write, arguments[0]);
  make_pipe(failure_read, failure_write, arguments[0]);

  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) throw scene::Error(arguments[0], std::string("cannot be started: ") + ::strerror(errno));
  if (pid == 0) {
    become(program.c_str(), argument_pointers.data(), environment_pointers.data(), output_write.get(),
           failure_write.get(), parent);
  }
  ::setpgid(pid, pid);  // on both sides, so that neither has to wait for the other
  Child child(pid);
  output_write.reset();
  failure_write.reset();
  int exec_error = 0;
  ssize_t count;
  while ((count = ::read(failure_read.get(), &exec_error, sizeof exec_error)) < 0 && errno == EINTR) {
  }
  if (count == sizeof exec_error)
    throw scene::Error(arguments[0], std::string("cannot be started: ") + ::strerror(exec_error));

  LineSplitter lines(options.on_line);
  bool open = true, cancelling = false;
  Clock::time_point kill_at;
  while (!child.ended()) {
    if (open) {
      open = read_some(output_read.get(), kPollMilliseconds, lines);
    } else {
      ::poll(nullptr, 0, kPollMilliseconds / 5);  // it closed its output and goes on
    }
    if (!cancelling && options.cancellation && options.cancellation->requested()) {
      cancelling = true;
      child.signal_group(SIGTERM);
      kill_at = Clock::now() + options.grace;
    }
    if (cancelling && Clock::now() >= kill_at) child.signal_group(SIGKILL);
  }
  if (cancelling) throw scene::Cancelled();
  // A grandchild may hold the pipe open, so what is left is read against the clock.
  const Clock::time_point drained = Clock::now() + std::chrono::milliseconds(kDrainMilliseconds);
  while (open && Clock::now() < drained) open = read_some(output_read.get(), 10, lines);
  lines.flush();
  return child.exit();
}

std::string shell_line(const std::vector<std::string>& arguments) {
  std::string line;
  for (const std::string& argument : arguments) {
    if (!line.empty()) line += ' ';
    const bool plain = !argument.empty() && std::all_of(argument.begin(), argument.end(), [](unsigned char c) {
      return std::isalnum(c) || c >= 0x80 ||
             std::string_view("_-+=./,:@%").find(static_cast<char>(c)) != std::string_view::npos;
    });
    if (plain) {
      line += argument;
      continue;
    }
    line += '\'';
    for (const char c : argument) {
      if (c == '\'') {
        line += "'\\''";
      } else {
        line += c;
      }
    }
    line += '\'';
  }
  return line;
}

}  // namespace tessera::reconstruct
