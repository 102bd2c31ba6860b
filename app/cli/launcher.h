#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <sys/types.h>

namespace tessera::app {

/// Who has started this process beside others: mpirun (Open MPI, MPICH, Intel MPI) or srun. They say so in the
/// environment. Tessera calls no MPI function: its workers know of each other through the project's folder, and a
/// launcher that knows of no MPI lets the others live where one dies.
struct Launch {
  int rank = 0, size = 1;  // of all processes
  int on_machine = 1;      // of these, on this machine
};
Launch launch_from(const std::function<const char*(const char*)>& environment);

/// Cores that this process may use, and those of the machine. mpirun binds a process to one or some of them.
struct Cores {
  int usable = 1, all = 1;
};
Cores cores();
/// Of the usable ones, those for one of the processes of a launch: it shares them where it was not bound to its own.
int share_of_cores(const Cores& cores, const Launch& launch);

/// Other processes of this program that work beside it for as long as the object lives. They hear Ctrl-C within a
/// twentieth of a second after this one, as SIGTERM, and end with it, however it ends.
class Helpers {
 public:
  /// Starts this program with each of `commands`. Throws scene::Error. Call from the main thread: they end with it.
  explicit Helpers(const std::vector<std::vector<std::string>>& commands);
  ~Helpers();  // ends those that still work, and waits for them
  Helpers(const Helpers&) = delete;
  Helpers& operator=(const Helpers&) = delete;

 private:
  void tell();
  void stop();
  std::vector<pid_t> processes_;
  std::atomic<bool> told_{false};
  std::jthread forwards_;
};
/// In a helper, first of all: it is to end when `parent` does. Throws scene::Cancelled where that has ended already.
void become_helper_of(pid_t parent);

}  // namespace tessera::app
