#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "reconstruct/train/block_context.h"
#include "reconstruct/train/checkpoint_writer.h"
#include "reconstruct/train/loss.h"
#include "reconstruct/train/memory_plan.h"
#include "reconstruct/train/run_record.h"
#include "reconstruct/train/train_options.h"
#include "scene/dataset.h"
#include "scene/gaussian_model.h"
#include "scene/progress.h"

namespace tessera::reconstruct {

/// State of a run after a step, for live views and logs.
struct TrainMetrics {
  std::uint32_t step = 0;
  double loss = 0, l1 = 0, ssim = 0;
  std::size_t splats = 0;
  double step_ms = 0;      // wall, smoothed
  double train_psnr = -1;  // dB, of this step's photo at the size it was trained at, colours corrected; -1: none yet
  double test_psnr = -1;   // last evaluation; negative: none yet
  std::size_t memory_bytes = 0;  // resident set of the process, up to a quarter of a second old
};

/// An immutable copy of the model, shared with whoever wants to look. In the scene frame.
struct Snapshot {
  std::uint32_t step = 0;
  scene::GaussianModel model;
  double seconds = 0;  // that the run waited for the copy
};

struct TrainEvents {
  std::function<void(const TrainMetrics&)> on_step;         // every step; cheap
  std::function<void(const scene::Progress&)> on_progress;  // about four times a second
  std::function<void(const std::string&)> on_warning;
  std::function<void(const std::string&)> on_note;    // before it starts: what memory it will need
  const scene::Cancellation* cancellation = nullptr;  // ends run() as stop() does
};

/// One training run: the object that the command line and the studio both drive. run() works on the calling thread (the
/// studio gives it one of its own); the other calls may come from any thread. All state is the session's own; two
/// sessions may live side by side.
class TrainingSession {
 public:
  enum class Outcome { finished, stopped };
  enum class Start { anew, from_checkpoint };

  /// Checks the options and the dataset, and initialises the model or loads RUN/checkpoint. `run` is the run folder;
  /// empty: nothing is written. Lowers options where memory is short (plan_memory). `dataset` must outlive the session.
  /// `block` says what it takes from the scene that it is a part of.
  /// Throws scene::Error, scene::Cancelled.
  TrainingSession(const scene::Dataset& dataset, TrainOptions options, std::filesystem::path run,
                  TrainEvents events = {}, Start start = Start::anew, BlockContext block = {});
  ~TrainingSession();  // waits for a checkpoint that is being written

  /// Continues from RUN/checkpoint: same options and data give the same bytes as a run that was never interrupted. With
  /// other options the run goes on as if it had been planned with them and had come to this step; every schedule is
  /// then a function of step / iterations with the new `iterations`. Throws scene::Error: other data, an option that
  /// the table calls fixed, fewer iterations than are done, a cap below the splats there are.
  static bool has_checkpoint(const std::filesystem::path& run);
  void resume_from_checkpoint();
  /// What the resume changed.
  const std::vector<OptionChange>& changes() const;

  /// Trains until the last iteration or stop(). A checkpoint every so many steps is written in the background from a
  /// copy; where that fails the run warns and goes on. On stop (or a cancellation) and after the last iteration the
  /// checkpoint is written before this returns; failing that it throws UnsavedCheckpoint, and model() is as trained.
  Outcome run();
  /// Exactly one iteration where nobody runs run(); throws as run() does after the last one.
  void step();
  void pause();
  void resume();
  /// While paused: run() takes one iteration and pauses again.
  void step_paused();
  void stop();
  void checkpoint();  // at the next step boundary, before it returns

  std::uint32_t current_step() const;
  const TrainOptions& options() const;
  /// The trained model in the scene frame (only between steps or after run()).
  const scene::GaussianModel& model() const;
  /// The same, moved out after run(); the session can do nothing afterwards but be destroyed.
  scene::GaussianModel take_model();
  std::shared_ptr<const Snapshot> snapshot() const;
  /// Colour correction of each view (identity where exposure is off or the view was not trained on).
  const std::vector<Affine>& exposures() const;
  TrainMetrics metrics() const;
  /// What the run may need, what there is, and what was lowered to fit; options() are the lowered ones.
  const MemoryPlan& memory() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tessera::reconstruct
