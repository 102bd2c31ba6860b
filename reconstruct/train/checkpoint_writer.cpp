#include "reconstruct/train/checkpoint_writer.h"

#include <exception>
#include <utility>

#include "scene/atomic_file.h"

namespace tessera::reconstruct {

CheckpointWriter::CheckpointWriter(std::filesystem::path run, std::function<void()> before_write)
    : run_(std::move(run)), before_write_(std::move(before_write)) {}

CheckpointWriter::~CheckpointWriter() {
  {
    const std::lock_guard lock(mutex_);
    leaving_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool CheckpointWriter::busy() const {
  const std::lock_guard lock(mutex_);
  return busy_;
}

void CheckpointWriter::start() {
  if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
  {
    const std::lock_guard lock(mutex_);
    busy_ = true;
  }
  changed_.notify_all();
}

std::optional<CheckpointWriter::Report> CheckpointWriter::report() {
  const std::lock_guard lock(mutex_);
  return std::exchange(report_, std::nullopt);
}

std::optional<std::uint32_t> CheckpointWriter::saved_step() const {
  const std::lock_guard lock(mutex_);
  return saved_;
}

void CheckpointWriter::set_saved_step(std::uint32_t step) {
  const std::lock_guard lock(mutex_);
  saved_ = step;
}

/// The checkpoint first: it is worth more than the table where there is room for one only.
void CheckpointWriter::save(const CheckpointView& checkpoint) {
  // A broken model must not replace a whole one.
  checkpoint.model.validate("model after step " + std::to_string(checkpoint.small.step));
  if (before_write_) before_write_();
  save_checkpoint(checkpoint, run_, &abandon_);
  set_saved_step(checkpoint.small.step);
  scene::write_file_atomically(run_ / "metrics.csv", checkpoint.small.metrics_csv);
}

void CheckpointWriter::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return busy_ || leaving_; });
    if (!busy_) return;
    lock.unlock();
    Report report{snapshot_.step, {}};
    try {
      save({snapshot_, snapshot_.model, snapshot_.first, snapshot_.second, snapshot_.last_step});
    } catch (const scene::Cancelled&) {  // save_now() has a newer one
    } catch (const scene::Error& e) {
      report.problem = e.subject() + ": " + e.problem();  // the remedy is not "run the command again"
    } catch (const std::exception& e) {                   // nothing that happens to a copy may end the run
      report.problem = e.what();
    }
    lock.lock();
    report_ = std::move(report);
    busy_ = false;
    changed_.notify_all();
  }
}

void CheckpointWriter::save_now(const CheckpointView& checkpoint, bool hurry) {
  const std::lock_guard one(now_);
  {
    std::unique_lock lock(mutex_);
    if (busy_ && hurry) abandon_ = true;
    changed_.wait(lock, [&] { return !busy_; });
    abandon_ = false;
  }
  save(checkpoint);
}

}  // namespace tessera::reconstruct
