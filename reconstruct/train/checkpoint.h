#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "scene/gaussian_model.h"

namespace tessera::reconstruct {

/// Everything a run needs to go on to the same bytes as if it had never stopped.
struct Checkpoint {
  std::string options;                  // "key=value" lines, by the options table
  std::uint64_t data_fingerprint = 0;   // of the dataset, see fingerprint()
  std::uint32_t step = 0;               // done
  double seconds = 0, cpu_seconds = 0;  // spent so far, over all resumes
  std::string metrics_csv;              // rows so far
  scene::GaussianModel model;
  scene::GaussianPlanes first, second;   // Adam's moments, rows as the model's
  std::vector<std::uint32_t> last_step;  // [N]
  std::string strategy;                  // Strategy::save()
  std::string exposure;                  // ExposureCorrection::save()
  std::string file;                      // name that load_checkpoint() found it under; not stored
};

/// The same with the large parts in arrays that live elsewhere (the session's own), without copying them.
struct CheckpointView {
  const Checkpoint& small;  // everything but the four below
  const scene::GaussianModel& model;
  const scene::GaussianPlanes &first, &second;
  const std::vector<std::uint32_t>& last_step;
};

/// File: magic, version, then sections of (name, length, CRC-32, payload) and an end mark. Streams; copies nothing
/// large. Atomic. Throws scene::Error (disk full, unwritable), and scene::Cancelled once `*abandon` is set by another
/// thread: then nothing has changed on disk.
void write_checkpoint(const CheckpointView& checkpoint, const std::filesystem::path& path,
                      const std::atomic<bool>* abandon = nullptr);
void write_checkpoint(const Checkpoint& checkpoint, const std::filesystem::path& path);

/// Reads the whole file, from the disk where the system lets it, and holds every checksum against it; keeps nothing.
/// The step. Throws as read_checkpoint() and write_checkpoint() do.
std::uint32_t verify_checkpoint(const std::filesystem::path& path, const std::atomic<bool>* abandon = nullptr);

/// Takes hostile bytes: never allocates more than the file's size justifies. Throws scene::Error naming the file, the
/// section and what is wrong.
Checkpoint read_checkpoint(const std::filesystem::path& path);

/// A run folder keeps two: RUN/checkpoint and RUN/checkpoint.previous. A new one is written whole as RUN/checkpoint.new
/// and read back before either is touched, so that a kill at any instant leaves a whole one.
bool has_checkpoint(const std::filesystem::path& run);
void save_checkpoint(const CheckpointView& checkpoint, const std::filesystem::path& run,
                     const std::atomic<bool>* abandon = nullptr);
/// The second half of that: puts RUN/checkpoint.new in its place if it reads back whole and of `step`; else removes it,
/// touches nothing else and throws.
void accept_checkpoint(const std::filesystem::path& run, std::uint32_t step,
                       const std::atomic<bool>* abandon = nullptr);
/// Step of the checkpoint that load_checkpoint() would take; none where there is none that is whole.
std::optional<std::uint32_t> newest_whole_step(const std::filesystem::path& run);
/// Removes what a killed process had begun to write into the run folder, and, where RUN/checkpoint has been `loaded`, a
/// RUN/checkpoint.new besides.
void remove_leavings(const std::filesystem::path& run, const std::string& loaded);
/// The newest whole one. Damaged ones are named in a warning. Throws scene::Error if none is whole.
Checkpoint load_checkpoint(const std::filesystem::path& run, const std::function<void(const std::string&)>& warn);

}  // namespace tessera::reconstruct
