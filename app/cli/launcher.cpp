#include "app/cli/launcher.h"

#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include "app/cli/console.h"
#include "scene/error.h"

extern char** environ;

namespace tessera::app {

Launch launch_from(const std::function<const char*(const char*)>& environment) {
  struct Names {
    const char *rank, *size, *on_machine;
  };
  // Open MPI; MPICH and Intel MPI; srun, whose "2(x3),1" begins with a number for the first machine: near enough.
  for (const Names& names : {Names{"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_SIZE"},
                             Names{"PMI_RANK", "PMI_SIZE", "MPI_LOCALNRANKS"},
                             Names{"SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_STEP_TASKS_PER_NODE"}}) {
    const char *rank = environment(names.rank), *size = environment(names.size),
               *on_machine = environment(names.on_machine);
    if (!rank || !size) continue;
    return {std::max(std::atoi(rank), 0), std::max(std::atoi(size), 1),
            std::max(on_machine ? std::atoi(on_machine) : 1, 1)};
  }
  return {};
}

Cores cores() {
  Cores there;
  there.all = static_cast<int>(std::max(::sysconf(_SC_NPROCESSORS_ONLN), 1L));
  cpu_set_t set;
  there.usable = ::sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : there.all;
  return there;
}

int share_of_cores(const Cores& cores, const Launch& launch) {
  return cores.usable < cores.all ? cores.usable : std::max(cores.all / launch.on_machine, 1);
}

Helpers::Helpers(const std::vector<std::vector<std::string>>& commands) {
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  // A group of their own: a terminal's Ctrl-C would be the first of two signals, and the second ends a process at once.
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  int error = 0;
  for (const auto& command : commands) {
    std::vector<char*> words{const_cast<char*>("tessera")};
    for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    pid_t process = 0;
    error = ::posix_spawn(&process, "/proc/self/exe", nullptr, &attributes, words.data(), environ);
    if (error != 0) break;
    processes_.push_back(process);
  }
  ::posix_spawnattr_destroy(&attributes);
  if (error != 0) {
    stop();
    throw scene::Error("--jobs", std::string("cannot start another process: ") + std::strerror(error), "give fewer");
  }
  if (processes_.empty()) return;
  forwards_ = std::jthread([this](const std::stop_token& token) {
    while (!token.stop_requested() && !interrupted().requested())
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    if (interrupted().requested()) tell();
  });
}

Helpers::~Helpers() {
  if (forwards_.joinable()) forwards_.request_stop(), forwards_.join();
  stop();
}

/// Once: a second signal would cost the checkpoint.
void Helpers::tell() {
  if (told_.exchange(true)) return;
  for (const pid_t process : processes_) ::kill(process, SIGTERM);
}

void Helpers::stop() {
  tell();
  for (const pid_t process : processes_) ::waitpid(process, nullptr, 0);
}

void become_helper_of(pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) throw scene::Cancelled();
}

}  // namespace tessera::app
