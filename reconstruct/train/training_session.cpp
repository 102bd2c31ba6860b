#include "reconstruct/train/training_session.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <exception>
#include <numbers>
#include <optional>
#include <thread>

#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include "reconstruct/evaluate/evaluate.h"
#include "reconstruct/evaluate/picture.h"
#include "reconstruct/provenance.h"
#include "reconstruct/train/checkpoint.h"
#include "reconstruct/train/checkpoint_writer.h"
#include "reconstruct/train/depth_term.h"
#include "reconstruct/train/dropout.h"
#include "reconstruct/train/exposure.h"
#include "reconstruct/train/exposure_start.h"
#include "reconstruct/train/initialize.h"
#include "reconstruct/train/memory_plan.h"
#include "reconstruct/train/pseudo_view.h"
#include "reconstruct/train/run_record.h"
#include "reconstruct/train/run_setup.h"
#include "reconstruct/train/scale_limit.h"
#include "reconstruct/train/schedule.h"
#include "reconstruct/train/step_gate.h"
#include "reconstruct/train/stopwatch.h"
#include "reconstruct/train/strategy.h"
#include "scene/error.h"
#include "scene/random.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;

namespace {

constexpr std::uint32_t kPrefetch = 3;      // views decoded ahead
constexpr int kTableRows = 200;             // of metrics.csv, over the run
constexpr double kProgressInterval = 0.25;  // seconds
constexpr double kLeastError = 1e-10;       // mean squared, 100 dB: no photo gets there
constexpr double kSmoothing = 0.1;          // weight of the newest step time

std::array<float, 3> float_point(const glm::dvec3& p) {
  return {static_cast<float>(p.x), static_cast<float>(p.y), static_cast<float>(p.z)};
}

int threads_of(const TrainOptions& options) {
  return options.threads > 0 ? options.threads : tbb::this_task_arena::max_concurrency();
}

}  // namespace

struct TrainingSession::Impl {
  Impl(const scene::Dataset& data, TrainOptions given, fs::path run_folder, TrainEvents listeners, Start start,
       BlockContext block)
      : dataset(checked_dataset(data)),
        memory(plan_memory(dataset, with_one_cap(given, dataset), start == Start::from_checkpoint,
                           machine_limit(threads_of(given)))),
        options(memory.options),
        run(std::move(run_folder)),
        events(std::move(listeners)),
        threads(threads_of(options)),
        // TBB starts no more workers than cores unless it is allowed to.
        allowance(tbb::global_control::max_allowed_parallelism,
                  std::max<std::size_t>(
                      threads, tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism))),
        arena(threads),
        train_views(dataset.train_views()),
        extent(extent_of(dataset)),
        run_level(level_of(dataset, options.max_image_size)),
        schedule(options, extent),
        grow(std::move(block.grow)),
        given_start(std::move(block.start)),
        exposures_of_whole(std::move(block.exposure)),
        order(train_views, options.seed),
        images(dataset, static_cast<std::size_t>(options.image_cache_mb * 1e6)),
        rasterizer(render::make_cpu_rasterizer()),
        strategy(make_strategy(options, grow)),
        exposure(dataset.views.size(), train_views),
        depths(options.depth_weight > 0 ? PointDepths(dataset) : PointDepths()) {
    if (run.empty()) return;
    writer = std::make_unique<CheckpointWriter>(run, std::move(block.before_write));
    data_fingerprint = fingerprint(dataset, grow.text);
    options_lines = options_text(options);
  }

  // Settings
  const scene::Dataset& dataset;
  const MemoryPlan memory;
  const TrainOptions options;
  const fs::path run;
  const TrainEvents events;
  const int threads;
  tbb::global_control allowance;
  tbb::task_arena arena;
  const std::vector<std::size_t> train_views;
  const double extent;
  const int run_level;  // resolution level of the run's full size
  const Schedule schedule;
  const GrowFilter grow;                         // of a block; else empty
  const std::function<scene::GaussianModel()> given_start;  // of a block that continues a scene; else empty
  const std::vector<Affine> exposures_of_whole;  // of a block's views; else empty

  // State of the run
  ViewOrder order;
  scene::ImageCache images;
  std::unique_ptr<render::Rasterizer> rasterizer;
  std::unique_ptr<Strategy> strategy;
  ExposureCorrection exposure;
  scene::GaussianModel model;
  SparseAdam adam;
  std::uint32_t done = 0;
  double seconds = 0, cpu_seconds = 0;
  MetricsTable table;
  std::vector<OptionChange> changes;

  // Checkpoints
  std::uint64_t data_fingerprint = 0;
  std::string options_lines;
  std::unique_ptr<CheckpointWriter> writer;  // none where nothing is written
  bool checkpoint_due = false;

  // Buffers kept between steps
  PhotometricLoss loss;
  PointDepths depths;  // none where no term asks for them
  PseudoView pseudo;
  bool pseudo_taken = false;
  Dropout dropout;
  Truth truth;
  render::Plane corrected[3], d_corrected[3];
  render::FrameGradient frame_gradient;
  render::ModelGradients gradients;

  // Control
  StepGate gate;
  std::atomic<bool> stop_requested{false}, paused{false}, step_wanted{false};
  mutable std::mutex metrics_mutex;
  TrainMetrics metrics;
  double last_progress = 0, last_memory = 0, seconds_per_pixel = 0;

  scene::JobContext job() const { return {nullptr, nullptr, events.cancellation}; }
  bool stopping() const { return stop_requested || job().cancelled(); }
  int level(std::uint32_t step) const { return run_level + schedule.coarse_levels(step); }
  bool advance(bool may_stop);
  class Update;
  double add_pseudo_view(std::uint32_t step, const scene::Camera& camera, const render::RenderSettings& settings,
                         const render::Frame& frame, const Affine* map);
  bool take_step(std::uint32_t step, bool may_stop, TrainMetrics& now);
  void after_step(std::uint32_t step, TrainMetrics& now);
  void report(const TrainMetrics& now);
  bool evaluate_now(TrainMetrics& now);
  void write_preview(std::uint32_t step);
  void warn(const std::string& line) const {
    if (events.on_warning) events.on_warning(line);
  }
  void initialise();
  void start_exposure();
  void fill_small(Checkpoint& small);
  void begin_checkpoint();
  void hear_writer();
  void write_state(bool hurry);
  void write_last_state(bool hurry);
  void load_state();
};

/// What becomes of a run of rows once their gradients are there.
class TrainingSession::Impl::Update final : public render::GradientSink {
 public:
  Update(Impl& session, Dropout::Hidden& hidden, const LearningRates& rates, const scene::Camera& camera,
         std::uint32_t step)
      : session_(session),
        hidden_(hidden),
        rates_(rates),
        eye_(float_point(camera.center())),
        step_(step),
        visible_(session.rasterizer->statistics().visible) {}
  void take(const render::GradientRows& rows) override {
    if (session_.pseudo_taken) session_.pseudo.add_to(rows);
    hidden_.bring_back(rows);
    session_.strategy->add_regularization(session_.model, rows, visible_);
    session_.adam.step_rows(session_.model, rows, rates_, step_);
    limit_scales(session_.model, rows, eye_, session_.options.scale_limit);
  }

 private:
  Impl& session_;
  Dropout::Hidden& hidden_;
  const LearningRates& rates_;
  const std::array<float, 3> eye_;
  const std::uint32_t step_;
  const std::size_t visible_;
};

double TrainingSession::Impl::add_pseudo_view(std::uint32_t step, const scene::Camera& camera,
                                              const render::RenderSettings& settings, const render::Frame& frame,
                                              const Affine* map) {
  const auto draw = scene::philox(static_cast<std::uint64_t>(options.seed),
                                  static_cast<std::uint32_t>(scene::RandomStream::kPseudoView), step, 0);
  return pseudo.add({model, camera, settings, frame, truth, map,
                     options.pseudo_view == "released" ? PseudoRule::released : PseudoRule::corrected,
                     2 * std::numbers::pi * static_cast<double>(scene::uniform01(draw[0])),
                     schedule.pseudo_weight(step), schedule.pseudo_moves_depth(step)},
                    frame_gradient);
}

/// One step; false if it was given up because of a stop request (nothing has changed then).
bool TrainingSession::Impl::take_step(std::uint32_t step, bool may_stop, TrainMetrics& now) {
  const std::size_t v = order.view(step);
  const scene::View& view = dataset.views[v];
  const auto picture = images.get(v, level(step));
  for (std::uint32_t ahead = 1; ahead <= kPrefetch && step + ahead <= static_cast<std::uint32_t>(options.iterations);
       ++ahead)
    images.prefetch(order.view(step + ahead), level(step + ahead));
  order.view(step);  // the look ahead may have turned to the next epoch

  render::RenderSettings settings;
  settings.sh_degree = schedule.sh_degree(step);
  settings.antialiased = options.antialiased;
  if (options.background == "white") settings.background = {1, 1, 1};
  if (options.background == "random") {
    const auto draw = scene::philox(static_cast<std::uint64_t>(options.seed),
                                    static_cast<std::uint32_t>(scene::RandomStream::kBackground), step, 0);
    for (int c = 0; c < 3; ++c) settings.background[c] = scene::uniform01(draw[c]);
  }
  const double depth_weight = schedule.depth_weight(step), pseudo_weight = schedule.pseudo_weight(step);
  settings.geometry = depth_weight > 0 || pseudo_weight > 0;
  truth.assign(*picture, settings.background.data());
  const scene::Camera camera{scene::level_camera(view.camera.intrinsics, level(step)), view.camera.cam_from_world};
  // Hidden splats come back when `hidden` goes, whatever happens in between.
  const double dropped =
      dropout_share(options.dropout, train_views.size(), static_cast<double>(step) / options.iterations);
  Dropout::Hidden hidden(dropout, model, dropped, static_cast<std::uint64_t>(options.seed), step);
  const render::Frame& frame = rasterizer->forward(model, camera, settings);
  if (may_stop && stopping()) return false;

  const bool exposed = options.exposure == "affine";
  if (exposed) apply_affine(exposure.maps()[v], frame.color, corrected);
  const auto value = loss.evaluate(exposed ? corrected : frame.color, truth, options.lambda_dssim,
                                   exposed ? d_corrected : frame_gradient.color);
  if (!std::isfinite(value.total))
    throw scene::Error("step " + std::to_string(step) + ", view " + view.name, "the loss is no longer a finite number",
                       "lower the learning rates; the last checkpoint is whole");
  double d_map[12];
  if (exposed) affine_backward(exposure.maps()[v], frame.color, d_corrected, frame_gradient.color, d_map);
  double geometry = 0;
  pseudo_taken = pseudo_weight > 0;
  if (settings.geometry) {
    for (render::Plane* plane : {&frame_gradient.alpha, &frame_gradient.depth})
      plane->resize(frame.width, frame.height), plane->fill(0);
    if (depth_weight > 0)
      geometry += add_depth_term(frame, depths.of(v), static_cast<double>(frame.width) / view.camera.intrinsics.width,
                                 depth_weight, frame_gradient);
    if (pseudo_taken)
      geometry += add_pseudo_view(step, camera, settings, frame, exposed ? &exposure.maps()[v] : nullptr);
  }
  if (may_stop && stopping()) return false;

  // From here on the state changes.
  const LearningRates rates = schedule.rates(step);
  Update update(*this, hidden, rates, camera, step);
  rasterizer->backward(model, frame_gradient, gradients, &update);
  hidden.finish();
  if (exposed) exposure.step(v, d_map, options.exposure_regularization, schedule.exposure_rate(step));
  StepContext context;
  context.step = step;
  context.width = frame.width, context.height = frame.height;
  context.resolution_scale = static_cast<double>(frame.width) / view.camera.intrinsics.width;
  context.extent = extent;
  context.lr_position = rates.position;
  strategy->after_step(model, adam, gradients, context);
  done = step;
  now.step = step;
  now.loss = value.total + geometry, now.l1 = value.l1, now.ssim = value.ssim;
  now.train_psnr = -10 * std::log10(std::max(value.mse, kLeastError));
  now.splats = model.size();
  return true;
}

/// One step with all that is due after it; false if it was given up.
bool TrainingSession::Impl::advance(bool may_stop) {
  TrainMetrics now;
  {
    const StepGate::Step guard(gate);
    const Stopwatch watch(seconds, cpu_seconds);
    {
      std::lock_guard lock(metrics_mutex);
      now = metrics;
    }
    const double start = wall_now();
    bool taken = false;
    arena.execute([&] { taken = take_step(done + 1, may_stop, now); });
    if (!taken) return false;
    const double end = wall_now(), ms = 1e3 * (end - start);
    if (end - last_memory >= kProgressInterval) now.memory_bytes = resident_bytes(), last_memory = end;
    now.step_ms = now.step_ms > 0 ? (1 - kSmoothing) * now.step_ms + kSmoothing * ms : ms;
    const double per_pixel = 1e-3 * ms * std::pow(4.0, level(done));
    seconds_per_pixel =
        seconds_per_pixel > 0 ? (1 - kSmoothing) * seconds_per_pixel + kSmoothing * per_pixel : per_pixel;
    arena.execute([&] { after_step(done, now); });
    std::lock_guard lock(metrics_mutex);
    metrics = now;
  }
  report(now);
  if (done == static_cast<std::uint32_t>(options.iterations) && writer) gate.visit([&] { write_last_state(false); });
  return true;
}

void TrainingSession::Impl::after_step(std::uint32_t step, TrainMetrics& now) {
  const auto last = static_cast<std::uint32_t>(options.iterations);
  table.add_step(now.loss, now.train_psnr);
  const std::uint32_t eval_every = evaluation_interval(options.eval);
  const bool evaluated = eval_every > 0 && step % eval_every == 0 && !dataset.test_views().empty() && evaluate_now(now);
  const auto row_every = static_cast<std::uint32_t>(std::max(1, options.iterations / kTableRows));
  if (evaluated || step % row_every == 0 || step == last)
    table.add_row(step, seconds, cpu_seconds, now.splats, evaluated ? now.test_psnr : -1, now.memory_bytes);
  if (step == last) model.validate("model after step " + std::to_string(step));
  if (run.empty()) return;
  if (options.preview_every > 0 && (step % options.preview_every == 0 || step == last)) write_preview(step);
  checkpoint_due |= options.checkpoint_every > 0 && step % options.checkpoint_every == 0;
  hear_writer();
  if (checkpoint_due && step != last && !writer->busy()) begin_checkpoint();
}

/// False where a cancellation came in between: the run is then about to stop.
bool TrainingSession::Impl::evaluate_now(TrainMetrics& now) {
  EvaluateOptions how;
  how.level = run_level;
  how.antialiased = options.antialiased;
  if (options.background == "white") how.background = {1, 1, 1};
  try {
    const auto mean = evaluate(model, dataset, images, *rasterizer, how, job()).mean(true);
    if (mean) now.test_psnr = mean->psnr;
  } catch (const scene::Cancelled&) {
    return false;
  }
  return true;
}

void TrainingSession::Impl::write_preview(std::uint32_t step) {
  const auto tests = dataset.test_views();
  const scene::View& view = dataset.views[tests.empty() ? train_views.front() : tests.front()];
  render::RenderSettings settings;
  settings.antialiased = options.antialiased;
  settings.sh_degree = schedule.sh_degree(step);
  if (options.background == "white") settings.background = {1, 1, 1};
  const scene::Camera camera{scene::level_camera(view.camera.intrinsics, run_level), view.camera.cam_from_world};
  const render::Frame& frame = rasterizer->forward(model, camera, settings);
  try {
    scene::write_image(preview_path(run, step), to_image8(frame.color));
  } catch (const scene::Error& e) {  // hours of training are worth more than a picture
    warn(e.subject() + ": " + e.problem() + "; training goes on without this preview");
  }
}

void TrainingSession::Impl::report(const TrainMetrics& now) {
  if (events.on_step) events.on_step(now);
  const double time = wall_now();
  if (!events.on_progress ||
      (time - last_progress < kProgressInterval && now.step != static_cast<std::uint32_t>(options.iterations)))
    return;
  last_progress = time;
  scene::Progress progress;
  progress.stage = "training";
  progress.done = now.step, progress.total = options.iterations;
  double pixels = 0;  // still to be rendered, in full pictures
  for (auto s = now.step + 1; s <= static_cast<std::uint32_t>(options.iterations); ++s)
    pixels += std::pow(0.25, level(s));
  progress.seconds_remaining = pixels * seconds_per_pixel;
  char detail[96];
  std::snprintf(detail, sizeof detail, "loss %.4f, %zu splats", now.loss, now.splats);
  progress.detail = detail;
  if (now.test_psnr >= 0)
    std::snprintf(detail, sizeof detail, ", test %.2f dB", now.test_psnr), progress.detail += detail;
  events.on_progress(progress);
}

/// Everything but the large arrays. Reuses what `small` holds.
void TrainingSession::Impl::fill_small(Checkpoint& small) {
  small.options.assign(options_lines);
  small.data_fingerprint = data_fingerprint;
  small.step = done;
  small.seconds = seconds, small.cpu_seconds = cpu_seconds;
  small.metrics_csv.assign(table.csv());
  small.strategy = strategy->save(std::move(small.strategy));
  small.exposure = exposure.save(std::move(small.exposure));
}

/// Copies the state, which takes milliseconds, and leaves the rest to the writer's thread.
void TrainingSession::Impl::begin_checkpoint() {
  checkpoint_due = false;
  try {
    Checkpoint& copy = writer->snapshot();
    fill_small(copy);
    copy.model = model, copy.first = adam.first, copy.second = adam.second, copy.last_step = adam.last_step;
    writer->start();
  } catch (const std::exception& e) {  // no memory for the copy, no thread to write it
    warn("the checkpoint of step " + std::to_string(done) + " is not saved (" + e.what() + "); training goes on");
  }
}

/// Passes on what went wrong in the background.
void TrainingSession::Impl::hear_writer() {
  const auto report = writer->report();
  if (!report || report->problem.empty()) return;
  if (writer->saved_step() == report->step) return warn(report->problem + "; training goes on");  // metrics.csv
  std::string line = "the checkpoint of step " + std::to_string(report->step) + " is not saved (" + report->problem +
                     "); training goes on";
  if (const auto saved = writer->saved_step()) line += ", that of step " + std::to_string(*saved) + " is whole";
  warn(line);
}

void TrainingSession::Impl::write_state(bool hurry) {
  Checkpoint small;
  fill_small(small);
  writer->save_now({small, model, adam.first, adam.second, adam.last_step}, hurry);
  checkpoint_due = false;
}

/// The last chance: what cannot be saved now is lost.
void TrainingSession::Impl::write_last_state(bool hurry) {
  if (writer->saved_step() == done) return;
  try {
    write_state(hurry);
    hear_writer();
  } catch (const scene::Error& e) {
    hear_writer();
    if (writer->saved_step() == done) return warn(e.subject() + ": " + e.problem());  // metrics.csv
    const auto whole = newest_whole_step(run);
    throw UnsavedCheckpoint(
        run.string(),
        "the checkpoint of step " + std::to_string(done) + " is not saved (" + e.subject() + ": " + e.problem() + ")",
        whole ? "the one of step " + std::to_string(*whole) + " is whole: make room, then tessera train --resume " +
                    run.string()
              : "there is no earlier one: make room and start again");
  }
}

void TrainingSession::Impl::load_state() {
  Checkpoint c = load_checkpoint(run, events.on_warning);
  if (c.data_fingerprint != data_fingerprint)
    throw scene::Error(run.string(), "its checkpoint is of other photos, poses or points",
                       "give it the data it was trained on, or another run folder");
  changes = option_changes(c.options, options_lines);
  const std::string step = std::to_string(c.step), rows = std::to_string(c.model.size());
  if (c.step > static_cast<std::uint32_t>(options.iterations))
    throw scene::Error("option 'iterations'",
                       "is " + std::to_string(options.iterations) + ", and the run has done " + step + " steps",
                       "give " + step + " or more, or start a new run");
  if (c.model.size() > static_cast<std::size_t>(options.max_splats))
    throw scene::Error("option 'max_splats'",
                       "allows " + std::to_string(options.max_splats) + " splats" +
                           (options.pixels_per_splat > 0 ? " (with pixels_per_splat and max_image_size)" : "") +
                           ", and the run has " + rows,
                       "allow " + rows + " or more, or start a new run");
  if (c.model.sh_degree() != options.sh_degree)
    throw scene::Error(run.string(), "its checkpoint contradicts its options", "start the run anew");
  strategy->load(c.strategy);
  exposure.load(c.exposure);
  model = std::move(c.model);
  adam.first = std::move(c.first), adam.second = std::move(c.second), adam.last_step = std::move(c.last_step);
  done = c.step;
  seconds = c.seconds, cpu_seconds = c.cpu_seconds;
  table.restore(std::move(c.metrics_csv));
  remove_leavings(run, c.file);
  // With other options the same step is another state.
  if (changes.empty()) writer->set_saved_step(done);
  std::lock_guard lock(metrics_mutex);
  metrics.step = done;
  metrics.splats = model.size();
}

void TrainingSession::Impl::start_exposure() {
  if (options.exposure != "affine") return;
  exposure.start(exposures_of_whole.empty() ? exposure_start(dataset, images, job()) : exposures_of_whole);
}

void TrainingSession::Impl::initialise() {
  const Stopwatch watch(seconds, cpu_seconds);
  arena.execute([&] {
    model = given_start ? given_start() : initialize_model(dataset, images, options, job(), grow);
    start_exposure();
  });
  if (model.size() > static_cast<std::size_t>(options.max_splats))
    throw scene::Error("memory",
                       "the scene that it starts from has " + std::to_string(model.size()) +
                           " splats here, and there is room for " + std::to_string(options.max_splats),
                       "plan it for the memory that there is: tessera plan --start --memory");
  adam.resize(model.size(), options.sh_degree);
  metrics.splats = model.size();
}

TrainingSession::TrainingSession(const scene::Dataset& dataset, TrainOptions options, fs::path run, TrainEvents events,
                                 Start start, BlockContext block) {
  check_options(options);
  impl_ =
      std::make_unique<Impl>(dataset, std::move(options), std::move(run), std::move(events), start, std::move(block));
  Impl& s = *impl_;
  if (s.events.on_note) s.events.on_note(s.memory.statement());
  for (const OptionChange& step : s.memory.steps) s.warn(s.memory.step_text(step));
  if (!s.run.empty()) make_run_folder(s.run, s.options.preview_every > 0);
  if (start == Start::anew) {
    s.initialise();
    return;
  }
  // The colour maps are pulled towards where they started.
  s.arena.execute([&] { s.start_exposure(); });
  resume_from_checkpoint();
}

TrainingSession::~TrainingSession() = default;

bool TrainingSession::has_checkpoint(const fs::path& run) { return reconstruct::has_checkpoint(run); }

void TrainingSession::resume_from_checkpoint() {
  if (impl_->run.empty()) throw scene::Error("checkpoint", "the run has no folder", "give it one");
  const StepGate::Worker worker(impl_->gate);  // warnings may call back
  impl_->load_state();
}

const std::vector<OptionChange>& TrainingSession::changes() const { return impl_->changes; }

TrainingSession::Outcome TrainingSession::run() {
  Impl& s = *impl_;
  const StepGate::Worker worker(s.gate);
  while (s.done < static_cast<std::uint32_t>(s.options.iterations)) {
    // Polled, not notified, so that stop() may be called from a signal handler.
    while (s.paused && !s.stopping() && !s.step_wanted.exchange(false))
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    if (!s.stopping() && s.advance(true)) continue;
    s.stop_requested = false;
    if (s.writer) s.gate.visit([&] { s.write_last_state(true); });
    return Outcome::stopped;
  }
  s.stop_requested = false;
  return Outcome::finished;
}

void TrainingSession::step() {
  Impl& s = *impl_;
  const StepGate::Worker worker(s.gate);
  if (s.done < static_cast<std::uint32_t>(s.options.iterations)) s.advance(false);
}

void TrainingSession::pause() { impl_->paused = true; }
void TrainingSession::resume() { impl_->step_wanted = false, impl_->paused = false; }
void TrainingSession::step_paused() {
  if (impl_->paused) impl_->step_wanted = true;
}
void TrainingSession::stop() { impl_->stop_requested = true; }

void TrainingSession::checkpoint() {
  if (impl_->run.empty()) throw scene::Error("checkpoint", "the run has no folder", "give it one");
  impl_->gate.visit([&] { impl_->write_state(false); });
}

std::uint32_t TrainingSession::current_step() const { return metrics().step; }
const TrainOptions& TrainingSession::options() const { return impl_->options; }
const scene::GaussianModel& TrainingSession::model() const { return impl_->model; }
scene::GaussianModel TrainingSession::take_model() { return std::move(impl_->model); }

std::shared_ptr<const Snapshot> TrainingSession::snapshot() const {
  return impl_->gate.visit([&] {
    const auto begin = std::chrono::steady_clock::now();
    auto copy = std::make_shared<Snapshot>(Snapshot{impl_->done, impl_->model, 0});
    copy->seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return std::shared_ptr<const Snapshot>(std::move(copy));
  });
}

const std::vector<Affine>& TrainingSession::exposures() const { return impl_->exposure.maps(); }

TrainMetrics TrainingSession::metrics() const {
  std::lock_guard lock(impl_->metrics_mutex);
  return impl_->metrics;
}

const MemoryPlan& TrainingSession::memory() const { return impl_->memory; }

}  // namespace tessera::reconstruct
