#include "app/studio/workspace.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include <nlohmann/json.hpp>

#include "reconstruct/ingest/video.h"
#include "reconstruct/project/project.h"
#include "reconstruct/run/inputs.h"
#include "scene/atomic_file.h"
#include "scene/error.h"
#include "scene/formats/ply.h"

namespace tessera::app {
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

namespace {

// Of the training time that copies for the viewer may take. What follows from one (freeing it, showing it) costs as
// much again, and all of it together is to stay below 3 % (docs/performance.md).
constexpr double kPublishShare = 0.012;
constexpr auto kPublishAtMost = std::chrono::milliseconds(330);
constexpr auto kTellAtMost = std::chrono::milliseconds(100);  // people read no more than ten numbers a second
constexpr float kPointLogit = 4;

bool is_dataset(const fs::path& path) {
  std::error_code error;
  for (const char* name : {"sparse", "transforms.json", "transforms_train.json", "cameras.bin", "cameras.txt"})
    if (fs::exists(path / name, error)) return true;
  return path.extension() == ".json";
}

bool is_run(const fs::path& path) {
  std::error_code error;
  return fs::exists(path / "run.json", error) || reconstruct::has_block_plan(path);
}

/// Where the run's photos are, as its record or its plan says.
fs::path data_of(const fs::path& run) {
  std::error_code error;
  if (!fs::exists(run / "run.json", error)) return reconstruct::read_block_plan(run).data;
  const auto record = nlohmann::json::parse(scene::read_file(run / "run.json", 64u << 20), nullptr, false);
  return reconstruct::text_of(record, "data", "");
}

/// "photos/": what is made beside it is named after it.
fs::path named(const fs::path& path) {
  fs::path name = fs::absolute(path).lexically_normal();
  return name.has_filename() ? name : name.parent_path();
}

double quantile(std::vector<float> values, double share) {
  const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return static_cast<double>(values[static_cast<std::size_t>(at)]);
}

}  // namespace

scene::GaussianModel splats_of(const scene::SparsePoints& points) {
  scene::GaussianModel model;
  model.resize(points.size(), 0);
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      model.position[c][i] = points.position[i][c];
      model.log_scale[c][i] = std::log(2e-3f);  // of the median view depth: about a pixel
      model.sh[c][i] = static_cast<float>((points.color[i][c] / 255.0 - 0.5) / scene::kSh0);
    }
    model.rotation[0][i] = 1;
    model.opacity_logit[i] = kPointLogit;
  }
  return model;
}

Ball ball_of(const scene::GaussianModel& model) {
  Ball ball;
  if (model.size() == 0) return ball;
  double square = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    const double low = quantile(model.position[c], 0.1), high = quantile(model.position[c], 0.9);
    ball.center[c] = 0.5 * (low + high);
    square += 0.25 * (high - low) * (high - low);
  }
  ball.radius = std::max(std::sqrt(square), 1e-6);
  return ball;
}

std::size_t best_view(const scene::Dataset& dataset) {
  std::vector<std::size_t> seen(std::max<std::size_t>(dataset.views.size(), 1));
  for (const std::uint32_t view : dataset.points.track_view) ++seen[view];
  return static_cast<std::size_t>(std::max_element(seen.begin(), seen.end()) - seen.begin());
}

Workspace::Workspace(QObject* parent) : QObject(parent) { qRegisterMetaType<reconstruct::TrainMetrics>(); }

Workspace::~Workspace() { finish(); }

void Workspace::finish() {
  stop();
  if (job_.joinable()) job_.join();
  if (project_) project_->flush();
}

void Workspace::set_state(State state) {
  if (state == state_) return;
  state_ = state;
  trains_blocks_ &= state != State::idle;
  Q_EMIT state_changed(state);
}

void Workspace::begin(State state, std::function<void()> job) {
  if (job_.joinable()) job_.join();  // has ended: busy() forbids two
  cancellation_ = std::make_unique<scene::Cancellation>();
  set_state(state);
  job_ = std::thread([this, job = std::move(job)] {
    QString message;
    bool cancelled = false;
    std::shared_ptr<Asked> question;
    try {
      job();
    } catch (const scene::Cancelled&) {
      cancelled = true;
    } catch (const Asked& asked) {
      question = std::make_shared<Asked>(asked);
    } catch (const std::exception& e) {
      message = QString::fromUtf8(e.what());
    }
    post([this, message, cancelled, question] {
      set_state(State::idle);
      if (question) {
        next_ = question->next;
        Q_EMIT asked(question->question, QString::fromStdString(question->why));
      }
      if (!message.isEmpty()) Q_EMIT failed(message);
      if (cancelled) Q_EMIT finished(tr("Stopped"));
    });
  });
}

scene::JobContext Workspace::job_context() {
  scene::JobContext job;
  job.cancellation = cancellation_.get();
  job.on_progress = [this](const scene::Progress& p) {
    post([this, p] {
      Q_EMIT progressed(QString::fromStdString(p.stage), p.done, p.total, p.seconds_remaining,
                        QString::fromStdString(p.detail));
    });
  };
  job.on_warning = [this](const std::string& line) {
    post([this, line] { Q_EMIT warned(QString::fromStdString(line)); });
  };
  return job;
}

void Workspace::open(Opening opening) {
  if (busy()) return Q_EMIT failed(tr("Stop the job under way before opening something else."));
  opening.path = named(opening.path);
  begin(State::loading, [this, opening] { load(opening); });
}

bool Workspace::needs_poses(const fs::path& path) {
  std::error_code error;
  if (reconstruct::find_project(path)) return false;
  if (!fs::is_directory(path, error)) return reconstruct::is_video(path) && fs::exists(path, error);
  return !is_dataset(path) && !is_run(path);
}

fs::path Workspace::poses_folder(const fs::path& photos) {
  const reconstruct::ProjectPlace place = reconstruct::place_of(named(photos));
  return (place.project.empty() ? place.free : place.project) / "sfm";
}

void Workspace::find_poses(const fs::path& photos, const fs::path& out, const reconstruct::SfmOptions& options) {
  reconstruct::run_sfm(photos, out, options, job_context(), [this](std::shared_ptr<const scene::Dataset> so_far) {
    const auto model = std::make_shared<scene::GaussianModel>(splats_of(so_far->points));
    post([this, so_far, model, ball = ball_of(*model)] {
      if (state_ == State::posing) Q_EMIT poses_grew({so_far, model, ball});
    });
  });
}

void Workspace::pose(const fs::path& photos, reconstruct::SfmOptions options) {
  Opening opening{named(photos)};
  opening.pose = true, opening.sfm = std::move(options);
  open(std::move(opening));
}

void Workspace::make(std::function<fs::path(const scene::JobContext&)> make) {
  if (busy()) return Q_EMIT failed(tr("Stop the job under way before opening something else."));
  begin(State::making, [this, make = std::move(make)] { load(Opening{named(make(job_context()))}); });
}

void Workspace::load(const Opening& opening) {
  const fs::path& path = opening.path;
  const scene::JobContext job = job_context();
  std::error_code error;
  if (!fs::exists(path, error)) throw scene::Error(path.string(), "is not there", "choose another file or folder");
  std::shared_ptr<scene::Dataset> dataset;
  auto model = std::make_shared<scene::GaussianModel>();
  auto project = open_project(opening);
  fs::path source = path, run;
  bool antialiased = false;
  std::shared_ptr<const scene::LodFile> lod;
  const bool anew = opening.pose && project && project->posed() && !project->source().empty();
  if (anew && !project->run().empty())
    throw scene::Error(project->folder().string(), "has runs that were trained with the cameras as they were found",
                       "open it to go on with them, or make a scene from a copy of the photos");
  if (project) {
    source = project->posed() && !anew ? project->poses() : project->source();
    run = project->run();
  } else if (is_run(path)) {
    run = path;
    source = data_of(path);
    if (!fs::exists(source, error))
      throw scene::Error(source.empty() ? path.string() : source.string(), "the run's photos are no longer there",
                         "open their folder, or the run's model.ply alone");
  }
  const bool is_posed = project ? (project->posed() && !anew) || project->kind() == reconstruct::Project::Kind::dataset
                                : !run.empty() || is_dataset(source);
  if (!project && run.empty() && !fs::is_directory(path, error) && path.extension() == ".ply") {
    *model = reconstruct::read_model(path);
    antialiased = reconstruct::run_antialiased(path);
  } else if (!project && run.empty() && !fs::is_directory(path, error) && path.extension() == ".tlod") {
    lod = std::make_shared<const scene::LodFile>(path);
    *model = lod->read(0);
    antialiased = lod->scene().antialiased;
  } else if (is_posed) {
    dataset = std::make_shared<scene::Dataset>(scene::load_dataset(source, {}, job));
  } else {
    // Photos or a video: their poses stand in the project.
    if (!project) project = make_project(opening);
    if (project->read_only())
      throw scene::Error(project->folder().string(), "has no poses yet, and is open to look at only");
    post([this] { set_state(State::posing); });
    find_poses(source, project->poses(), opening.sfm);
    project->set_posed(true);
    dataset = std::make_shared<scene::Dataset>(scene::load_dataset(project->poses(), {}, job));
  }
  if (!run.empty()) {
    antialiased = reconstruct::run_antialiased(run);
    *model = reconstruct::newest_model(run, *dataset, job.on_warning);
  }
  std::shared_ptr<const reconstruct::BlockPlan> plan;
  if (dataset) plan = read_plan(run, project ? project->folder() : fs::path(), *dataset);
  std::shared_ptr<reconstruct::PhotoStates> states;
  if (dataset) states = std::make_shared<reconstruct::PhotoStates>(reconstruct::read_photo_states(*dataset));
  const bool trained = !lod && (model->size() > 0 || !dataset);
  if (!trained && !lod) *model = splats_of(dataset->points);
  const fs::path place = dataset && !project ? reconstruct::place_of(dataset->root, opening.place).free : fs::path();
  post([this, path, run, dataset, states, plan, model, lod, antialiased, trained, project, place, ball = ball_of(*model)] {
    path_ = project ? project->folder() : dataset && run.empty() ? dataset->root : path;
    run_ = run;
    project_ = project, place_ = place, block_plan_ = plan;
    dataset_ = dataset, photo_states_ = states, model_ = model, trained_ = trained, antialiased_ = antialiased;
    lod_ = lod;
    ball_ = ball;
    for (const std::string& line : dataset ? dataset->warnings : std::vector<std::string>{})
      Q_EMIT warned(QString::fromStdString(line));
    for (const std::string& line : project ? project->notes() : std::vector<std::string>{})
      Q_EMIT warned(QString::fromStdString(line));
    Q_EMIT opened();
    Q_EMIT model_changed();
  });
}

void Workspace::start(reconstruct::Plan plan) {
  if (busy() || !dataset_) return;
  if (read_only()) return Q_EMIT failed(tr("%1 is open to look at only").arg(QString::fromStdString(path_.string())));
  run_ = plan.run;
  block_plan_.reset();
  said_step_ = 0;
  {
    const std::lock_guard lock(run_mutex_);
    pause_wanted_ = false, next_options_.reset();
  }
  begin(State::training,
        [this, dataset = dataset_, plan = std::move(plan)]() mutable { train(dataset, std::move(plan)); });
}

void Workspace::say_step(const reconstruct::TrainMetrics& metrics) {
  if (metrics.step <= said_step_) return;  // the run and the publisher both tell
  said_step_ = metrics.step;
  Q_EMIT stepped(metrics);
}

std::shared_ptr<reconstruct::TrainRun> Workspace::make_run(reconstruct::Plan plan, const scene::Dataset& dataset,
                                                           reconstruct::StageClock& clock,
                                                           const reconstruct::TrainEvents& events) {
  const auto run = std::make_shared<reconstruct::TrainRun>(std::move(plan), dataset, clock, events);
  const std::lock_guard lock(run_mutex_);
  train_run_ = run;
  if (pause_wanted_) run->session()->pause();
  return run;
}

reconstruct::TrainEvents Workspace::train_events() {
  const scene::JobContext job = job_context();
  reconstruct::TrainEvents events;
  events.cancellation = job.cancellation;
  events.on_progress = job.on_progress;
  events.on_warning = job.on_warning;
  events.on_note = [this](const std::string& line) {
    post([this, line] { Q_EMIT noted(QString::fromStdString(line)); });
  };
  return events;
}

void Workspace::train(const std::shared_ptr<const scene::Dataset>& dataset, reconstruct::Plan plan) {
  reconstruct::StageClock clock;
  reconstruct::TrainEvents events = train_events();
  Clock::time_point last{};
  events.on_step = [this, last](const reconstruct::TrainMetrics& m) mutable {
    if (Clock::now() - last < kTellAtMost) return;
    last = Clock::now();
    post([this, m] { say_step(m); });
  };
  const auto project = project_to_train_in(dataset, plan.run, [this, plan](const fs::path& folder) {
    reconstruct::Plan moved = plan;
    moved.run = folder;
    start(moved);
  });
  const fs::path folder = plan.run;
  std::shared_ptr<reconstruct::TrainRun> run = make_run(std::move(plan), *dataset, clock, events);
  if (project) project->set_run(folder);
  publishing_ = true;
  std::thread publisher([this] { publish(); });
  const auto leave = [&] {
    {
      const std::lock_guard lock(run_mutex_);
      train_run_.reset();
      publishing_ = false;
    }
    publisher.join();
  };
  reconstruct::TrainRun::Outcome outcome;
  try {
    while (true) {
      outcome = run->run();
      std::optional<reconstruct::TrainOptions> options;
      {
        const std::lock_guard lock(run_mutex_);
        options = std::exchange(next_options_, std::nullopt);
        if (outcome.stopped && options) train_run_.reset();
      }
      if (!outcome.stopped || !options) break;
      const fs::path data = run->plan().data;
      run.reset();
      reconstruct::Plan next = reconstruct::plan_resumed(folder, data);
      next.options = *options;
      try {
        run = make_run(std::move(next), *dataset, clock, events);
      } catch (const scene::Error& e) {
        // Nothing is lost: it waits again with the options that it had.
        {
          const std::lock_guard lock(run_mutex_);
          pause_wanted_ = true;
        }
        run = make_run(reconstruct::plan_resumed(folder, data), *dataset, clock, events);
        post([this, message = QString::fromUtf8(e.what())] {
          set_state(State::paused);
          Q_EMIT failed(message);
        });
      }
    }
  } catch (...) {
    leave();
    std::error_code error;
    if (project && !fs::exists(folder / "run.json", error)) project->forget_run(folder);
    throw;
  }
  leave();
  std::shared_ptr<scene::GaussianModel> model;
  if (!outcome.stopped)
    model = std::make_shared<scene::GaussianModel>(reconstruct::load_model(run->plan().run, *dataset));
  QString summary = tr("Stopped at step %1; the run can be resumed").arg(outcome.step);
  if (!outcome.stopped) summary = tr("Finished after %1 steps").arg(outcome.step) + score_text(outcome.metrics);
  end_training(model, run->plan().options.antialiased, summary);
}

void Workspace::end_training(std::shared_ptr<const scene::GaussianModel> model, bool antialiased,
                             const QString& summary) {
  post([this, model, summary, antialiased] {
    if (model) model_ = model, antialiased_ = antialiased, trained_ = true, Q_EMIT model_changed();
    Q_EMIT finished(summary);
  });
}

void Workspace::publish() {
  auto next = Clock::now();
  std::uint32_t shown = 0;
  while (true) {
    std::shared_ptr<reconstruct::TrainingSession> session;
    {
      const std::lock_guard lock(run_mutex_);
      if (!publishing_) return;
      if (train_run_) session = train_run_->session();
    }
    if (session && Clock::now() >= next && session->current_step() != shown) {
      const auto snapshot = session->snapshot();
      shown = snapshot->step;
      const std::chrono::duration<double> pause(snapshot->seconds / kPublishShare);
      next =
          Clock::now() + std::max<Clock::duration>(kPublishAtMost, std::chrono::duration_cast<Clock::duration>(pause));
      post([this, snapshot, metrics = session->metrics()] {
        if (state_ != State::training && state_ != State::paused) return;
        model_ = {snapshot, &snapshot->model};
        trained_ = true;
        Q_EMIT model_changed();
        say_step(metrics);
      });
    }
    session.reset();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

void Workspace::set_model(std::shared_ptr<const scene::GaussianModel> model) {
  if (busy() || !model_) return;
  model_ = std::move(model);
  Q_EMIT model_changed();
}

bool Workspace::may_leave(const QString& why) const {
  return std::all_of(guards_.begin(), guards_.end(), [&](const auto& may) { return may(why); });
}

std::optional<reconstruct::TrainOptions> Workspace::run_options() const {
  const std::lock_guard lock(run_mutex_);
  if (!train_run_) return std::nullopt;
  return train_run_->plan().options;
}

void Workspace::pause() {
  if (state_ != State::training || trains_blocks_) return;
  {
    const std::lock_guard lock(run_mutex_);
    pause_wanted_ = true;
    if (const auto session = train_run_ ? train_run_->session() : nullptr) session->pause();
  }
  set_state(State::paused);
}

void Workspace::resume() {
  if (state_ != State::paused) return;
  {
    const std::lock_guard lock(run_mutex_);
    pause_wanted_ = false;
    if (const auto session = train_run_ ? train_run_->session() : nullptr) session->resume();
  }
  set_state(State::training);
}

void Workspace::step() {
  if (state_ != State::paused) return;
  const std::lock_guard lock(run_mutex_);
  if (const auto session = train_run_ ? train_run_->session() : nullptr) session->step_paused();
}

void Workspace::resume_with(const reconstruct::TrainOptions& options) {
  if (state_ != State::paused) return;
  {
    const std::lock_guard lock(run_mutex_);
    const auto session = train_run_ ? train_run_->session() : nullptr;
    if (!session) return;  // it is being made or saved
    pause_wanted_ = false;
    next_options_ = options;
    session->stop();
  }
  set_state(State::training);
}

void Workspace::stop() {
  if (cancellation_) cancellation_->request();
  const std::lock_guard lock(run_mutex_);
  next_options_.reset();
  if (const auto session = train_run_ ? train_run_->session() : nullptr) session->stop();
}

}  // namespace tessera::app
