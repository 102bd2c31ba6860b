#include "reconstruct/provenance.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <thread>

#include <hwy/targets.h>
#include <opencv2/core/version.hpp>

namespace tessera::reconstruct {

std::string version_text() { return TESSERA_VERSION " (" TESSERA_REVISION ")"; }

ResourceUse resource_use() {
  static const auto begin = std::chrono::steady_clock::now();
  rusage use{};
  ::getrusage(RUSAGE_SELF, &use);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return {std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(),
          seconds(use.ru_utime) + seconds(use.ru_stime), static_cast<std::size_t>(use.ru_maxrss) * 1024};
}

std::size_t resident_bytes() {
  const int file = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  char text[128] = {};
  const auto size = ::read(file, text, sizeof text - 1);
  ::close(file);
  if (size <= 0) return 0;
  char* rest = nullptr;
  std::strtoull(text, &rest, 10);  // pages that are mapped; then those in RAM
  return std::strtoull(rest, nullptr, 10) * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

nlohmann::json machine_json() {
  utsname name{};
  ::uname(&name);
  std::string processor = "unknown";
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);)
    if (line.starts_with("model name")) {
      processor = line.substr(line.find(':') + 2);
      break;
    }
  std::string lanes;  // best first
  for (std::int64_t targets = static_cast<std::int64_t>(hwy::SupportedTargets()); targets != 0; targets &= targets - 1)
    lanes += (lanes.empty() ? "" : " ") + std::string(hwy::TargetName(targets & -targets));
  return {{"processor", processor},
          {"cores", std::thread::hardware_concurrency()},
          {"vector_targets", lanes},
          {"memory_bytes",
           static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE))},
          {"system", std::string(name.sysname) + " " + name.release + " " + name.machine},
          {"compiler", __VERSION__},
          {"opencv", CV_VERSION}};
}

void StageClock::start(std::string name) {
  stop();
  begin_ = resource_use();
  stages_.push_back({std::move(name)});
  running_ = true;
}

void StageClock::stop() {
  if (!running_) return;
  const ResourceUse now = resource_use();
  stages_.back().seconds = now.seconds - begin_.seconds;
  stages_.back().cpu_seconds = now.cpu_seconds - begin_.cpu_seconds;
  running_ = false;
}

ResourceUse StageClock::total() const {
  ResourceUse all{0, 0, resource_use().peak_memory_bytes};
  for (const Stage& stage : stages_) all.seconds += stage.seconds, all.cpu_seconds += stage.cpu_seconds;
  return all;
}

nlohmann::json StageClock::to_json() const {
  nlohmann::json all = nlohmann::json::array();
  for (const Stage& stage : stages_)
    all.push_back({{"stage", stage.name}, {"seconds", stage.seconds}, {"cpu_seconds", stage.cpu_seconds}});
  return all;
}

}  // namespace tessera::reconstruct
