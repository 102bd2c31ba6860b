#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "reconstruct/train/run_record.h"
#include "reconstruct/train/train_options.h"
#include "scene/dataset.h"

namespace tessera::reconstruct {

inline constexpr int kSmallestCache = 16;  // MB: the least that image_cache_mb takes

/// Bytes that a run may need at its peak, by what needs them: an upper bound (docs/performance.md compares it with what
/// runs took). A function of options and dataset alone, not of the machine or the number of threads.
struct MemoryNeed {
  std::size_t program = 0;   // code, libraries, and the dataset without its photos
  std::size_t splats = 0;    // at the cap: values, gradients, moments, statistics, and the edits of a densification
  std::size_t snapshot = 0;  // the copy that a checkpoint is written from
  std::size_t tiles = 0;     // projected splats and the lists of (splat, tile) pairs
  std::size_t pictures = 0;  // frame, truth and gradients at the run's full size
  std::size_t photos = 0;    // the image cache, and photos while they are decoded
  std::size_t total() const { return program + splats + snapshot + tiles + pictures + photos; }
};
/// `options` with both caps made one (with_one_cap).
MemoryNeed memory_need(const scene::Dataset& dataset, const TrainOptions& options);

/// What there is for this process, what it holds already (but for pages of files) included.
struct MemoryLimit {
  std::size_t bytes = 0;
  std::string source;  // "of this machine", "of this control group", ... as said to the user
  std::size_t held = 0;  // of the bytes, by this process already
};
/// The least of MemAvailable, the limits of the control groups (version 1 and 2) less what they hold, and RLIMIT_AS
/// less what is mapped. The folders are arguments for tests.
MemoryLimit machine_limit(int threads, const std::filesystem::path& proc = "/proc",
                          const std::filesystem::path& cgroup = "/sys/fs/cgroup");

struct MemoryPlan {
  TrainOptions options;  // as given, after the steps
  MemoryNeed need;       // of these
  MemoryLimit limit;
  std::vector<OptionChange> steps;  // taken to stay within the limit, in order
  /// "memory: up to A (splats B, ...) of C".
  std::string statement() const;
  /// "memory: NAME lowered from A to B to stay within C".
  std::string step_text(const OptionChange& step) const;
};
/// Makes a run fit: first a smaller image cache, which costs time; then a lower cap on splats, which costs quality.
/// With options.memory_mb > 0 that is the limit, and the plan the same wherever it is made. Else the machine is asked;
/// a run that `resumes` then keeps its cap, as it would end with other bytes. Throws scene::Error where no step helps.
MemoryPlan plan_memory(const scene::Dataset& dataset, TrainOptions options, bool resumes, const MemoryLimit& machine);

}  // namespace tessera::reconstruct
