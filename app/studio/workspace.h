#pragma once

#include <QObject>
#include <QString>
#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "reconstruct/run/train_run.h"
#include "scene/dataset.h"
#include "scene/gaussian_model.h"

namespace tessera::app {

/// Sparse points as small opaque splats, so that they can be looked at before anything is trained.
scene::GaussianModel splats_of(const scene::SparsePoints& points);
/// Middle and radius of the bulk of a model: what the home view shows.
struct Ball {
  std::array<double, 3> center{};
  double radius = 1;
};
Ball ball_of(const scene::GaussianModel& model);
/// The view that sees most of the sparse points; the first where tracks are not known.
std::size_t best_view(const scene::Dataset& dataset);

/// What is open: a dataset, a model, a training run; and the one job that works on it. Jobs run on a thread of their
/// own; every signal is emitted in the thread of the object. No widgets in here.
///
///   open(path) --> dataset, model --> start(plan) --> snapshots, metrics --> results on disk
class Workspace : public QObject {
  Q_OBJECT
 public:
  enum class State { idle, loading, posing, training, paused };
  Q_ENUM(State)

  explicit Workspace(QObject* parent = nullptr);
  ~Workspace() override;  // stops the job: a training run writes its checkpoint

  /// A dataset folder, a run folder, a 3DGS PLY, or a folder of photos or a video, which are posed first. opened() or
  /// failed() follows.
  void open(const std::filesystem::path& path);
  /// Trains what is open, or goes on with a run. finished() or failed() follows.
  void start(reconstruct::Plan plan);
  /// Also before the first step: the run then waits with it.
  void pause();
  void resume();
  /// While paused: one iteration, then paused again.
  void step();
  /// While paused: goes on with other options, by way of a checkpoint, as a resume would. What a resume does not take
  /// is said by failed(), and the run waits as before.
  void resume_with(const reconstruct::TrainOptions& options);
  void stop();  // of any job; a run can be resumed

  State state() const { return state_; }
  bool busy() const { return state_ != State::idle; }
  std::shared_ptr<const scene::Dataset> dataset() const { return dataset_; }
  /// In the scene frame; sparse points as small splats where nothing has been trained yet. Null: nothing is open.
  std::shared_ptr<const scene::GaussianModel> model() const { return model_; }
  /// What was opened.
  const std::filesystem::path& path() const { return path_; }
  /// The run that is open or under way; empty: none.
  const std::filesystem::path& run() const { return run_; }
  /// Of the run under way, as its record has them; null: none, or it is not there yet.
  std::optional<reconstruct::TrainOptions> run_options() const;
  bool antialiased() const { return antialiased_; }
  /// Of the model as it was opened.
  const Ball& ball() const { return ball_; }

 Q_SIGNALS:
  void state_changed(Workspace::State state);
  void opened();
  void model_changed();
  void progressed(QString stage, double done, double total, double seconds_left, QString detail);
  void stepped(reconstruct::TrainMetrics metrics);
  void noted(QString line);
  void warned(QString line);
  void finished(QString summary);
  void failed(QString message);

 private:
  /// Runs `job` on the thread; what it throws becomes failed().
  void begin(State state, std::function<void()> job);
  template <class Call>
  void post(Call call);  // to this object's thread
  void set_state(State state);
  void load(const std::filesystem::path& path);
  void train(const std::shared_ptr<const scene::Dataset>& dataset, reconstruct::Plan plan);
  /// Makes the run and lets it be seen.
  std::shared_ptr<reconstruct::TrainRun> make_run(reconstruct::Plan plan, const scene::Dataset& dataset,
                                                  reconstruct::StageClock& clock,
                                                  const reconstruct::TrainEvents& events);
  void say_step(const reconstruct::TrainMetrics& metrics);
  void publish();  // snapshots of the run, at a rate that costs it little
  scene::JobContext job_context();

  State state_ = State::idle;
  std::filesystem::path path_, run_;
  bool antialiased_ = false;
  Ball ball_;
  std::shared_ptr<const scene::Dataset> dataset_;
  std::shared_ptr<const scene::GaussianModel> model_;
  std::unique_ptr<scene::Cancellation> cancellation_;
  std::uint32_t said_step_ = 0;  // the last that stepped() told
  mutable std::mutex run_mutex_;
  std::shared_ptr<reconstruct::TrainRun> train_run_;  // while it runs
  bool pause_wanted_ = false, publishing_ = false;
  std::optional<reconstruct::TrainOptions> next_options_;  // to go on with
  std::thread job_;
};

}  // namespace tessera::app

Q_DECLARE_METATYPE(tessera::reconstruct::TrainMetrics)
