#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "reconstruct/train/checkpoint.h"
#include "scene/error.h"

namespace tessera::reconstruct {

/// The run is about to end and its state cannot be saved. what() names the checkpoint that is still whole.
class UnsavedCheckpoint : public scene::Error {
 public:
  using scene::Error::Error;
};

/// Writes a run's checkpoints (and metrics.csv beside each) on a thread of its own, from a snapshot that the session
/// fills between two steps; one at a time. The snapshot's memory is kept for the next one. How long a write takes, and
/// whether it succeeds, changes nothing in the run. The members are for one thread, the session's; save_now() may be
/// called from several at once, where nothing else is called meanwhile.
class CheckpointWriter {
 public:
  /// What became of a write in the background.
  struct Report {
    std::uint32_t step = 0;
    std::string problem;  // one line; empty: the checkpoint is on the disk, read back and whole
  };

  /// `before_write` throws where the folder must not be touched any more.
  explicit CheckpointWriter(std::filesystem::path run, std::function<void()> before_write = {});
  /// Lets a write under way come to its end.
  ~CheckpointWriter();
  CheckpointWriter(const CheckpointWriter&) = delete;
  CheckpointWriter& operator=(const CheckpointWriter&) = delete;

  bool busy() const;
  /// To be filled before start(). Only while not busy().
  Checkpoint& snapshot() { return snapshot_; }
  /// Begins to write the snapshot.
  void start();
  /// The outcome of the last write in the background, once.
  std::optional<Report> report();

  /// Writes on the calling thread what lives in the session's own arrays. A write under way is waited for, or given up
  /// where `hurry`. Throws scene::Error.
  void save_now(const CheckpointView& checkpoint, bool hurry);
  /// The newest step that this object knows to be on the disk.
  std::optional<std::uint32_t> saved_step() const;
  void set_saved_step(std::uint32_t step);

 private:
  void work();
  void save(const CheckpointView& checkpoint);

  const std::filesystem::path run_;
  const std::function<void()> before_write_;
  Checkpoint snapshot_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool busy_ = false, leaving_ = false;
  std::atomic<bool> abandon_{false};
  std::optional<Report> report_;
  std::optional<std::uint32_t> saved_;
  std::mutex now_;      // one save_now() at a time
  std::thread thread_;  // started by the first write
};

}  // namespace tessera::reconstruct
