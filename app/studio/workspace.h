#pragma once

#include <QObject>
#include <QString>
#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "reconstruct/blocks/block_plan.h"
#include "reconstruct/ingest/photo_states.h"
#include "reconstruct/ingest/sfm.h"
#include "reconstruct/run/train_run.h"
#include "scene/dataset.h"
#include "scene/gaussian_model.h"
#include "scene/lod/lod_file.h"

namespace tessera::reconstruct {
class Project;
}

namespace tessera::app {

/// Sparse points as small opaque splats, so that they can be looked at before anything is trained.
scene::GaussianModel splats_of(const scene::SparsePoints& points);
/// Middle and radius of the bulk of a model: what the home view shows.
struct Ball {
  std::array<double, 3> center{};
  double radius = 1;
};
Ball ball_of(const scene::GaussianModel& model);
/// A reconstruction while it grows: what run_sfm() shows, and its points to be looked at.
struct PosesSoFar {
  std::shared_ptr<const scene::Dataset> dataset;
  std::shared_ptr<const scene::GaussianModel> model;
  Ball ball;
};
/// The view that sees most of the sparse points; the first where tracks are not known.
std::size_t best_view(const scene::Dataset& dataset);

/// What is open: a dataset, a model, a training run; and the one job that works on it. Jobs run on a thread of their
/// own; every signal is emitted in the thread of the object. No widgets in here.
///
///   open(path) --> dataset, model --> start(plan) --> snapshots, metrics --> results on disk
class Workspace : public QObject {
  Q_OBJECT
 public:
  enum class State { idle, loading, making, posing, training, paused };
  Q_ENUM(State)
  /// What a job cannot decide: where the project is kept, where its photos are now, whether to look at what another
  /// window has open.
  enum class Question { place, photos, read_only };
  Q_ENUM(Question)
  /// How something is opened, where a question has been answered.
  struct Opening {
    std::filesystem::path path;
    std::filesystem::path place;   // the folder that a new project goes into; empty: where the photos are
    std::filesystem::path photos;  // of the project
    bool read_only = false;
    bool pose = false;            // find the cameras, also where they have been found with other choices
    reconstruct::SfmOptions sfm;  // then, and of photos without poses
  };

  explicit Workspace(QObject* parent = nullptr);
  ~Workspace() override;  // stops the job: a training run writes its checkpoint

  /// A project, a dataset folder, a run folder, a 3DGS PLY, or a folder of photos or a video, which are posed first.
  /// Photos and datasets of which there is a project open that. opened(), asked() or failed() follows.
  void open(Opening opening);
  void open(const std::filesystem::path& path) { open(Opening{path}); }
  /// What was asked for last; asks again, goes on or fails.
  void answer(const std::filesystem::path& folder);
  /// Finds the cameras of photos or a video, with poses_grew() on the way, and opens the dataset that comes of it. What
  /// an earlier call has done is gone on with.
  void pose(const std::filesystem::path& photos, reconstruct::SfmOptions options);
  /// Opens what `make` leaves in the path that it gives back.
  void make(std::function<std::filesystem::path(const scene::JobContext&)> make);
  /// Photos or a video, as far as names tell: nothing that open() could show as it is.
  static bool needs_poses(const std::filesystem::path& path);
  /// Where the poses of these photos are kept: in their project, or the one that would be made.
  static std::filesystem::path poses_folder(const std::filesystem::path& photos);
  /// Trains what is open, or goes on with a run; makes the project first where the run is to be its first. finished(),
  /// asked() or failed() follows.
  void start(reconstruct::Plan plan);
  /// Trains the plan's blocks and merges them, as one run in `run`, or goes on with it there; makes the project first
  /// where there is none. It cannot be paused. finished(), asked() or failed() follows.
  void train_blocks(reconstruct::BlockPlan plan, std::filesystem::path run);
  /// Keeps the plan in the project, which is made first where there is none.
  void write_plan(reconstruct::BlockPlan plan);
  /// Also before the first step: the run then waits with it.
  void pause();
  void resume();
  /// While paused: one iteration, then paused again.
  void step();
  /// While paused: goes on with other options, by way of a checkpoint, as a resume would. What a resume does not take
  /// is said by failed(), and the run waits as before.
  void resume_with(const reconstruct::TrainOptions& options);
  void stop();  // of any job; a run can be resumed
  /// Stops the job and returns when all is on the disk: for the end of the program. Nothing may be begun afterwards.
  void finish();

  /// Shows an edited copy in place of the model. Whatever is opened or trained next takes its place.
  void set_model(std::shared_ptr<const scene::GaussianModel> model);
  /// A part that holds unsaved work is asked before what is open is left, and may ask the user; false: it must stay.
  void add_guard(std::function<bool(const QString& why)> may_leave) { guards_.push_back(std::move(may_leave)); }
  /// `why` says what would become of the work, for the user.
  bool may_leave(const QString& why) const;

  State state() const { return state_; }
  bool busy() const { return state_ != State::idle; }
  std::shared_ptr<const scene::Dataset> dataset() const { return dataset_; }
  /// What is known of the dataset's photos besides its views; null where there is no dataset.
  std::shared_ptr<const reconstruct::PhotoStates> photo_states() const { return photo_states_; }
  /// In the scene frame; sparse points as small splats where nothing has been trained yet. Null: nothing is open.
  std::shared_ptr<const scene::GaussianModel> model() const { return model_; }
  /// What is open as levels of detail, of which model() is the coarsest; it can be looked at only. Null: none.
  const std::shared_ptr<const scene::LodFile>& lod() const { return lod_; }
  /// Whether model() is more than sparse points, or than the coarsest level.
  bool is_trained() const { return trained_; }
  /// What was opened.
  const std::filesystem::path& path() const { return path_; }
  /// The run that is open or under way; empty: none.
  const std::filesystem::path& run() const { return run_; }
  /// Of the run under way, as its record has them; null: none, or it is not there yet.
  std::optional<reconstruct::TrainOptions> run_options() const;
  /// Of the run that is open or under way, else of the project; null: none. Read-only: others hold it as well.
  std::shared_ptr<const reconstruct::BlockPlan> block_plan() const { return block_plan_; }
  /// The job under way trains blocks.
  bool trains_blocks() const { return trains_blocks_; }
  /// Null: a dataset, run or model that belongs to none.
  const std::shared_ptr<reconstruct::Project>& project() const { return project_; }
  bool read_only() const;
  /// Where a new run goes: into the project, or the one that it will make. Empty: nothing to train on.
  std::filesystem::path next_run() const;
  bool antialiased() const { return antialiased_; }
  /// Of the model as it was opened.
  const Ball& ball() const { return ball_; }

 Q_SIGNALS:
  void state_changed(Workspace::State state);
  void opened();
  void project_changed();  // made for what is open
  void asked(Workspace::Question question, QString why);
  void model_changed();
  void poses_grew(const PosesSoFar& so_far);
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
  void post(Call call) {  // to this object's thread
    QMetaObject::invokeMethod(this, std::move(call), Qt::QueuedConnection);
  }
  void set_state(State state);
  void load(const Opening& opening);
  void find_poses(const std::filesystem::path& photos, const std::filesystem::path& out,
                  const reconstruct::SfmOptions& options);
  std::shared_ptr<reconstruct::Project> open_project(const Opening& opening);
  std::shared_ptr<reconstruct::Project> make_project(const Opening& opening);
  /// Null where the run is none of a project's. Where people are asked for another place, `again` is called with the
  /// run's folder there.
  std::shared_ptr<reconstruct::Project> project_to_train_in(
      const std::shared_ptr<const scene::Dataset>& dataset, const std::filesystem::path& run,
      std::function<void(const std::filesystem::path& run)> again);
  /// Of the run, else of the project; what cannot be read, or was made for another dataset, is warned of.
  std::shared_ptr<const reconstruct::BlockPlan> read_plan(const std::filesystem::path& run,
                                                          const std::filesystem::path& project,
                                                          const scene::Dataset& dataset);
  std::function<void(const std::string&)> teller();  // of problems with saving
  void train(const std::shared_ptr<const scene::Dataset>& dataset, reconstruct::Plan plan);
  void train(const std::shared_ptr<const scene::Dataset>& dataset, const reconstruct::BlockPlan& plan,
             const std::filesystem::path& run);
  /// ": N dB on held-out photos", from metrics.json.
  static QString score_text(const nlohmann::json& metrics);
  /// What was trained takes the place of the model; null: nothing was.
  void end_training(std::shared_ptr<const scene::GaussianModel> model, bool antialiased, const QString& summary);
  reconstruct::TrainEvents train_events();
  /// Makes the run and lets it be seen.
  std::shared_ptr<reconstruct::TrainRun> make_run(reconstruct::Plan plan, const scene::Dataset& dataset,
                                                  reconstruct::StageClock& clock,
                                                  const reconstruct::TrainEvents& events);
  void say_step(const reconstruct::TrainMetrics& metrics);
  void publish();  // snapshots of the run, at a rate that costs it little
  scene::JobContext job_context();

  /// Thrown by a job; `next` takes the answer.
  struct Asked {
    Question question;
    std::string why;
    std::function<void(const std::filesystem::path&)> next;
  };

  State state_ = State::idle;
  std::filesystem::path path_, run_;
  std::filesystem::path place_;  // of the project that a run will make
  std::shared_ptr<reconstruct::Project> project_;
  std::function<void(const std::filesystem::path&)> next_;
  bool antialiased_ = false, trained_ = false;
  std::vector<std::function<bool(const QString&)>> guards_;
  Ball ball_;
  std::shared_ptr<const scene::Dataset> dataset_;
  std::shared_ptr<const reconstruct::PhotoStates> photo_states_;
  std::shared_ptr<const reconstruct::BlockPlan> block_plan_;
  bool trains_blocks_ = false;
  std::shared_ptr<const scene::GaussianModel> model_;
  std::shared_ptr<const scene::LodFile> lod_;
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
