#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace tessera::reconstruct {

/// "0.1.0 (REVISION)".
std::string version_text();

/// What this process has used so far.
struct ResourceUse {
  double seconds = 0;      // wall, since the process's first call
  double cpu_seconds = 0;  // user + system, all threads
  std::size_t peak_memory_bytes = 0;
};
ResourceUse resource_use();
/// Memory of this process that is in RAM now; 0 where the system does not say. Cheap, without allocations.
std::size_t resident_bytes();

/// Processor, cores, memory, operating system: the part of run.json that says where the figures come from.
nlohmann::json machine_json();

/// Wall and CPU seconds of named stages, in order.
class StageClock {
 public:
  /// Ends the stage under way and starts the next.
  void start(std::string name);
  void stop();
  nlohmann::json to_json() const;
  /// Of the stages that have ended; memory as of now.
  ResourceUse total() const;

 private:
  struct Stage {
    std::string name;
    double seconds = 0, cpu_seconds = 0;
  };
  std::vector<Stage> stages_;
  ResourceUse begin_;
  bool running_ = false;
};

}  // namespace tessera::reconstruct
