#include "reconstruct/run/train_run.h"

#include <spdlog/sinks/basic_file_sink.h>

#include <filesystem>
#include <optional>

#include "reconstruct/evaluate/evaluate.h"
#include "reconstruct/run/inputs.h"
#include "scene/atomic_file.h"
#include "scene/formats/cameras_json.h"
#include "scene/formats/ply.h"
#include "scene/image_cache.h"
#include "scene/log.h"
#include "scene/scene_frame.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;
using nlohmann::json;

/// What a new run has put into its folder, until a model has been trained a little: a run that fails or is interrupted
/// before leaves no folder behind. Everything in the folder is the run's, as only an absent or empty one is accepted.
class TrainRun::NewFolder {
 public:
  NewFolder(fs::path folder, bool resumed) : folder_(std::move(folder)), kept_(resumed) {
    std::error_code error;
    existed_ = fs::exists(folder_, error);
  }
  ~NewFolder() {
    if (kept_) return;
    std::error_code ignored;
    for (const char* name : {"previews", "log.txt", "run.json"}) fs::remove_all(folder_ / name, ignored);
    if (!existed_) fs::remove(folder_, ignored);
  }
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;
  void keep() { kept_ = true; }

 private:
  fs::path folder_;
  bool kept_, existed_ = false;
};

/// The room's log in a file of the run, while this lives. A full disk fails the next result with a clear line; the log
/// itself is silent.
class TrainRun::LogFile {
 public:
  LogFile(spdlog::logger& log, const fs::path& file) : log_(log) {
    try {
      sink_ = std::make_shared<spdlog::sinks::basic_file_sink_mt>(file.string());
    } catch (const spdlog::spdlog_ex&) {
      throw scene::Error(file.string(), "cannot write", "choose a run folder that you may write to");
    }
    log_.sinks().push_back(sink_);
    log_.set_error_handler([](const std::string&) {});
    log_.flush_on(spdlog::level::info);
  }
  ~LogFile() { std::erase(log_.sinks(), sink_); }
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

 private:
  spdlog::logger& log_;
  spdlog::sink_ptr sink_;
};

namespace {

constexpr std::uint32_t kLogEvery = 100;  // steps

std::string count_text(std::size_t n) {
  std::string text = std::to_string(n);
  for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, ",");
  return text;
}

std::string step_text(const TrainMetrics& m) {
  char text[128];
  std::snprintf(text, sizeof text, "step %u, loss %.4f, %s splats, %.0f ms a step", m.step, m.loss,
                count_text(m.splats).c_str(), m.step_ms);
  return text;
}

}  // namespace

TrainRun::TrainRun(Plan plan, const scene::Dataset& dataset, StageClock& clock, TrainEvents events, BlockContext block)
    : plan_(std::move(plan)),
      dataset_(dataset),
      clock_(clock),
      events_(std::move(events)),
      before_write_(block.before_write) {
  take_folder();
  scene::make_folder(plan_.run / "previews");
  log_ = scene::logger("train");
  log_file_ = std::make_unique<LogFile>(*log_, plan_.run / "log.txt");
  // What a resume goes on with is not known to be possible yet.
  if (!plan_.from_checkpoint) save_record("training");
  log_->info("tessera {} trains {} ({}, {} views, {} points)", version_text(), plan_.data.string(), dataset.format,
             dataset.views.size(), dataset.points.size());
  for (const std::string& warning : dataset.warnings) log_->info("warning: {}", warning);

  clock_.start("initialise");
  TrainEvents heard = events_;
  heard.on_step = [this](const TrainMetrics& m) {
    folder_->keep();
    if (m.step % kLogEvery == 0) log_->info("{}", step_text(m));
    if (events_.on_step) events_.on_step(m);
  };
  heard.on_note = [this](const std::string& line) { note(line); };
  heard.on_warning = [this](const std::string& line) {
    log_->info("warning: {}", line);
    if (events_.on_warning) events_.on_warning(line);
  };
  session_ = std::make_shared<TrainingSession>(
      dataset, plan_.options, plan_.run, heard,
      plan_.from_checkpoint ? TrainingSession::Start::from_checkpoint : TrainingSession::Start::anew, std::move(block));
  if (session_->memory().steps.empty() && session_->options().max_splats < plan_.options.max_splats)
    note("splats: at most " + count_text(static_cast<std::size_t>(session_->options().max_splats)) +
         ", for want of photos (pixels_per_splat)");
  if (take_memory_steps(plan_, *session_) && !plan_.from_checkpoint) save_record("training");
  if (plan_.resumed) {
    add_resume(plan_.history, session_->current_step(), session_->changes());
    for (const std::string& line : resume_notes(*session_, plan_.from_checkpoint)) note(line);
    save_record("training");
  }
}

void TrainRun::take_folder() {
  folder_ = std::make_unique<NewFolder>(plan_.run, plan_.resumed);
  scene::make_folder(plan_.run);
  try {
    lock_ = std::make_unique<scene::FolderLock>(
        plan_.run / "run.lock",
        scene::FolderLock::Words{plan_.run.string(), "is being trained by another program",
                                 "wait until that ends or stop it, or take another run folder"});
    std::error_code error;
    if (!plan_.resumed && fs::exists(plan_.run / "run.json", error))  // another program's, since this run was planned
      throw scene::Error(plan_.run.string(), "already exists", "choose another run folder");
  } catch (const scene::Error&) {
    folder_->keep();  // what is in it is another's
    throw;
  }
  if (!lock_->is_held() && events_.on_warning)
    events_.on_warning(plan_.run.string() + ": this file system has no locks; see to it that nobody else trains there");
}

TrainRun::~TrainRun() {
  session_.reset();  // writes its last lines
}

std::shared_ptr<TrainingSession> TrainRun::session() const {
  const std::lock_guard lock(mutex_);
  return session_;
}

void TrainRun::note(const std::string& line) {
  log_->info("{}", line);
  if (events_.on_note) events_.on_note(line);
}

void TrainRun::save_record(const std::string& state) {
  if (before_write_) before_write_();
  scene::write_file_atomically(plan_.run / "run.json", json_text(record_json(plan_, dataset_, state, clock_)) + "\n");
}

// The step at which the state can be picked up again; the session may be gone by then.
TrainRun::Outcome TrainRun::stopped(std::uint32_t step) {
  folder_->keep();
  clock_.stop();
  save_record("interrupted");
  log_->info("interrupted at step {}", step);
  return {true, step, {}};
}

TrainRun::Outcome TrainRun::run() {
  clock_.start("train");
  std::optional<UnsavedCheckpoint> unsaved;
  try {
    if (session_->run() == TrainingSession::Outcome::stopped) return stopped(session_->current_step());
  } catch (const UnsavedCheckpoint& e) {
    // The model is trained: it may still fit where the checkpoint did not.
    if (session_->current_step() < static_cast<std::uint32_t>(session_->options().iterations)) throw;
    unsaved = e;
  }

  clock_.start("save");
  const std::uint32_t steps = session_->current_step();
  const double cache_mb = session_->options().image_cache_mb;
  scene::GaussianModel model = session_->take_model();
  {
    const std::lock_guard lock(mutex_);
    session_.reset();  // its memory serves the evaluation
  }
  Outcome outcome{false, steps, {}};
  try {
    outcome.metrics = save_results(std::move(model), steps, cache_mb);
    save_record("finished");
  } catch (const scene::Cancelled&) {
    if (unsaved) throw *unsaved;
    return stopped(steps);
  } catch (const scene::Error& e) {
    if (!unsaved) throw;
    throw scene::Error(e.subject(), e.problem() + ", nor can the last checkpoint", unsaved->remedy());
  }
  if (unsaved) throw *unsaved;
  return outcome;
}

/// Writes model.ply, cameras.json and metrics.json, and returns the last. Throws scene::Cancelled while it scores.
json TrainRun::save_results(scene::GaussianModel trained, std::uint32_t steps, double cache_mb) {
  if (before_write_) before_write_();
  const std::size_t splats = trained.size();
  scene::transform_model(trained, dataset_.scene_from_world.inverse());
  scene::write_splat_ply(trained, plan_.run / "model.ply");
  trained = {};
  scene::write_cameras_json(dataset_, plan_.run / "cameras.json");

  json metrics = json::object();
  if (plan_.options.eval != "off") {
    clock_.start("evaluate");
    // Scores what was written, not what is in memory: the file is the result.
    const scene::GaussianModel model = load_model(plan_.run / "model.ply", dataset_);
    scene::ImageCache images(dataset_, static_cast<std::size_t>(cache_mb * 1e6));
    const auto rasterizer = render::make_cpu_rasterizer();
    const scene::JobContext job{events_.on_progress, events_.on_warning, events_.cancellation};
    EvaluateOptions evaluation = evaluation_of(plan_.options, dataset_);
    evaluation.pictures = plan_.run / "previews";
    metrics = to_json(evaluate(model, dataset_, images, *rasterizer, evaluation, job));
  }
  clock_.stop();
  const auto use = clock_.total();  // not of what the process did before: it may have trained other blocks
  metrics["splats"] = splats;
  metrics["iterations"] = steps;
  metrics["seconds"] = use.seconds;
  metrics["cpu_seconds"] = use.cpu_seconds;
  metrics["peak_memory_bytes"] = use.peak_memory_bytes;
  scene::write_file_atomically(plan_.run / "metrics.json", json_text(metrics) + "\n");
  return metrics;
}

}  // namespace tessera::reconstruct
