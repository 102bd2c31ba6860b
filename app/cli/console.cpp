#include "app/cli/console.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>

namespace tessera::app {
namespace {

scene::Cancellation g_interrupted;

extern "C" void on_signal(int) {
  if (g_interrupted.requested()) ::_exit(130);
  g_interrupted.request();
}

}  // namespace

const scene::Cancellation& interrupted() { return g_interrupted; }

void install_signal_handlers() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  struct sigaction before = {};
  ::sigaction(SIGHUP, nullptr, &before);
  if (before.sa_handler != SIG_IGN) ::sigaction(SIGHUP, &action, nullptr);  // else nohup wants it to live on
  // A closed pipe and a file size limit are errors of the write, not a death.
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);
  // A closed stream would lend its number to the first file that is opened, and progress or results would be written
  // into that file. Opened the wrong way round, so that writing a result to a closed stdout fails.
  for (int stream = 0; stream <= 2; ++stream)
    if (::fcntl(stream, F_GETFD) < 0) (void)::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

std::string one_line(std::string_view text) {
  std::string line(text);
  for (char& c : line)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  return line;
}

Console::Console() : terminal_(::isatty(STDERR_FILENO)) {}
Console::~Console() { finish_line(); }

void Console::print(const std::string& line) {
  if (live_) std::fputs("\r\033[K", stderr);
  live_ = false;
  std::fprintf(stderr, "%s\n", one_line(line).c_str());
  std::fflush(stderr);
}

void Console::progress(const scene::Progress& p) {
  if (quiet_) return;
  const std::lock_guard lock(mutex_);
  std::string line = p.stage;
  if (p.total > 0) {
    char share[16];
    std::snprintf(share, sizeof share, " %3.0f %%", 100 * p.done / p.total);
    line += share;
  }
  if (p.seconds_remaining >= 0) line += ", " + clock_text(p.seconds_remaining) + " left";
  if (!p.detail.empty()) line += ", " + p.detail;
  const auto now = std::chrono::steady_clock::now();
  if (terminal_) {
    if (now - last_print_ < std::chrono::milliseconds(100) && p.stage == last_stage_ && p.done < p.total) return;
    std::fprintf(stderr, "\r\033[K%s", one_line(line).c_str());
    std::fflush(stderr);
    live_ = true;
  } else {
    if (now - last_print_ < std::chrono::seconds(5) && p.stage == last_stage_) return;
    print(line);
  }
  last_print_ = now;
  last_stage_ = p.stage;
}

void Console::warning(const std::string& line) {
  const std::lock_guard lock(mutex_);
  print("warning: " + line);
}

void Console::note(const std::string& line) {
  if (quiet_) return;
  const std::lock_guard lock(mutex_);
  print(line);
}

void Console::finish_line() {
  const std::lock_guard lock(mutex_);
  if (live_) std::fputc('\n', stderr);
  live_ = false;
}

scene::JobContext Console::job() {
  return {[this](const scene::Progress& p) { progress(p); }, [this](const std::string& line) { warning(line); },
          &g_interrupted};
}

std::string clock_text(double seconds) {
  const long long s = std::llround(std::max(seconds, 0.0));
  char text[32];
  if (s >= 3600)
    std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
  else
    std::snprintf(text, sizeof text, "%lld:%02lld", s / 60, s % 60);
  return text;
}

std::string bytes_text(double bytes) {
  static const char* units[] = {"B", "kB", "MB", "GB", "TB"};
  int unit = 0;
  while (bytes >= 1000 && unit < 4) bytes /= 1000, ++unit;
  char text[32];
  std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.1f %s", bytes, units[unit]);
  return text;
}

std::string count_text(unsigned long long n) {
  std::string digits = std::to_string(n);
  for (int i = static_cast<int>(digits.size()) - 3; i > 0; i -= 3) digits.insert(static_cast<std::size_t>(i), ",");
  return digits;
}

}  // namespace tessera::app
