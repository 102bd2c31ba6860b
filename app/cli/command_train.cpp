#include <spdlog/sinks/basic_file_sink.h>
#include <tbb/global_control.h>

#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <thread>

#include <nlohmann/json.hpp>

#include "app/cli/command.h"
#include "app/cli/inputs.h"
#include "app/cli/train_record.h"
#include "reconstruct/evaluate/evaluate.h"
#include "reconstruct/provenance.h"
#include "reconstruct/train/training_session.h"
#include "scene/atomic_file.h"
#include "scene/formats/cameras_json.h"
#include "scene/formats/ply.h"
#include "scene/log.h"
#include "scene/scene_frame.h"

namespace tessera::app {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

struct Arguments {
  std::string data, out, resume, preset = "standard", strategy, backend;
  int iterations = 0, max_splats = 0, seed = -1, threads = -1;
  std::vector<std::string> set;
  bool as_json = false;
};

void apply_arguments(const Arguments& a, reconstruct::TrainOptions& options) {
  const auto& table = reconstruct::train_options_table();
  if (a.iterations) table.set(options, "iterations", std::to_string(a.iterations));
  if (a.max_splats) table.set(options, "max_splats", std::to_string(a.max_splats));
  if (a.seed >= 0) table.set(options, "seed", std::to_string(a.seed));
  if (a.threads >= 0) table.set(options, "threads", std::to_string(a.threads));
  if (!a.strategy.empty()) table.set(options, "strategy", a.strategy);
  if (!a.backend.empty()) table.set(options, "backend", a.backend);
  for (const std::string& assignment : a.set) set_option(options, table, assignment);
}

Plan plan_new(const Arguments& a) {
  if (a.data.empty()) throw UsageError("DATA is required; write tessera train DATA --out RUN");
  if (a.out.empty()) throw UsageError("--out is required; write tessera train DATA --out RUN");
  Plan plan;
  plan.data = a.data, plan.run = a.out, plan.preset = a.preset;
  reconstruct::apply_preset(plan.options, a.preset);
  apply_arguments(a, plan.options);
  std::error_code error;
  if (fs::exists(plan.run, error) && !(fs::is_directory(plan.run, error) && fs::is_empty(plan.run, error)))
    throw scene::Error(a.out, "already exists",
                       reconstruct::TrainingSession::has_checkpoint(plan.run)
                           ? "go on with it (tessera train --resume " + a.out + ") or choose another --out"
                           : "choose another --out");
  return plan;
}

/// Killed before the first checkpoint: nothing is lost by starting again.
bool not_begun(const fs::path& run, const json& record) {
  std::error_code error;
  return text_of(record, "state", "") == "training" && !fs::exists(run / "model.ply", error);
}

/// Data, preset and options as run.json has them; what is given on the command line comes on top.
Plan plan_resumed(const Arguments& a) {
  Plan plan;
  plan.run = a.resume;
  plan.resumed = true;
  const fs::path record = plan.run / "run.json";
  const json saved = json::parse(scene::read_file(record, 64u << 20), nullptr, false);
  if (!saved.is_object() || !saved.contains("options") || !saved["options"].is_object() || !saved.contains("data") ||
      !saved["data"].is_string())
    throw scene::Error(record.string(), "is not the record of a run",
                       "name a folder that tessera train --out has made");
  plan.from_checkpoint = reconstruct::TrainingSession::has_checkpoint(plan.run);
  if (!plan.from_checkpoint && !not_begun(plan.run, saved))
    throw scene::Error(a.resume, "has no checkpoint to go on from", "start it again with another --out");
  plan.data = a.data.empty() ? saved["data"].get<std::string>() : a.data;
  std::error_code error;
  if (!fs::exists(plan.data, error))
    throw scene::Error(plan.data.string(), "is no longer there",
                       "name the data's new place: tessera train DATA --resume " + a.resume);
  plan.preset = text_of(saved, "preset", "standard");
  plan.history = history_of(saved);
  for (const auto& [key, value] : saved["options"].items()) {
    if (!value.is_string()) throw scene::Error(record.string(), "option '" + key + "' is not text", "restore the file");
    reconstruct::train_options_table().set(plan.options, key, value.get<std::string>());
  }
  apply_arguments(a, plan.options);
  return plan;
}

std::string detail_text(const reconstruct::TrainMetrics& m) {
  char text[128];
  std::snprintf(text, sizeof text, "step %u, loss %.4f, %s splats, %.0f ms a step", m.step, m.loss,
                count_text(m.splats).c_str(), m.step_ms);
  return text;
}

/// What a new run has put into its folder, until a model has been trained a little: a run that fails or is interrupted
/// before leaves no folder behind. Everything in the folder is the run's, as only an absent or empty one is accepted.
class NewRun {
 public:
  NewRun(fs::path folder, bool resumed) : folder_(std::move(folder)), kept_(resumed) {
    std::error_code error;
    existed_ = fs::exists(folder_, error);
  }
  ~NewRun() {
    if (kept_) return;
    std::error_code ignored;
    for (const char* name : {"previews", "log.txt", "run.json"}) fs::remove_all(folder_ / name, ignored);
    if (!existed_) fs::remove(folder_, ignored);
  }
  NewRun(const NewRun&) = delete;
  NewRun& operator=(const NewRun&) = delete;
  void keep() { kept_ = true; }

 private:
  fs::path folder_;
  bool kept_, existed_ = false;
};

/// The room's log in a file of the run. A full disk fails the next result with a clear line; the log itself is silent.
std::shared_ptr<spdlog::logger> open_log(const fs::path& file) {
  const auto log = scene::logger("train");
  try {
    log->sinks().push_back(std::make_shared<spdlog::sinks::basic_file_sink_mt>(file.string()));
  } catch (const spdlog::spdlog_ex&) {
    throw scene::Error(file.string(), "cannot write", "choose a run folder that you may write to");
  }
  log->set_error_handler([](const std::string&) {});
  log->flush_on(spdlog::level::info);
  return log;
}

/// Writes model.ply, cameras.json and metrics.json, and returns the last. Throws scene::Cancelled while it scores.
json save_results(const Plan& plan, const scene::Dataset& dataset, scene::GaussianModel trained, std::uint32_t steps,
                  double cache_mb, reconstruct::StageClock& clock, Console& console) {
  const std::size_t splats = trained.size();
  scene::transform_model(trained, dataset.scene_from_world.inverse());
  scene::write_splat_ply(trained, plan.run / "model.ply");
  trained = {};
  scene::write_cameras_json(dataset, plan.run / "cameras.json");

  json metrics = json::object();
  if (plan.options.eval != "off") {
    clock.start("evaluate");
    // Scores what was written, not what is in memory: the file is the result.
    const scene::GaussianModel model = load_model(plan.run / "model.ply", dataset);
    scene::ImageCache images(dataset, static_cast<std::size_t>(cache_mb * 1e6));
    const auto rasterizer = render::make_cpu_rasterizer();
    reconstruct::EvaluateOptions evaluation;
    evaluation.split = reconstruct::Split::all;
    evaluation.level = level_for(dataset, plan.options.max_image_size);
    evaluation.antialiased = plan.options.antialiased;
    if (plan.options.background == "white") evaluation.background = {1, 1, 1};
    evaluation.pictures = plan.run / "previews";
    metrics =
        reconstruct::to_json(reconstruct::evaluate(model, dataset, images, *rasterizer, evaluation, console.job()));
  }
  clock.stop();
  const auto use = reconstruct::resource_use();
  metrics["splats"] = splats;
  metrics["iterations"] = steps;
  metrics["seconds"] = use.seconds;
  metrics["cpu_seconds"] = use.cpu_seconds;
  metrics["peak_memory_bytes"] = use.peak_memory_bytes;
  scene::write_file_atomically(plan.run / "metrics.json", json_text(metrics) + "\n");
  return metrics;
}

void print_results(const Plan& plan, const json& metrics) {
  std::cout << "model     " << (plan.run / "model.ply").string() << " ("
            << count_text(metrics["splats"].get<std::size_t>()) << " splats)\n";
  for (const char* split : {"test", "train"})
    if (metrics.contains(split) && metrics[split].is_object() && metrics[split].contains("psnr")) {
      char line[160];
      std::snprintf(line, sizeof line, "%-9s PSNR %.2f dB (corrected %.2f), SSIM %.3f, MS-SSIM %.3f\n", split,
                    metrics[split]["psnr"].get<double>(), metrics[split]["psnr_corrected"].get<double>(),
                    metrics[split]["ssim"].get<double>(), metrics[split]["ms_ssim"].get<double>());
      std::cout << line;
    }
  std::cout << "time      " << clock_text(metrics["seconds"].get<double>()) << " ("
            << clock_text(metrics["cpu_seconds"].get<double>()) << " of processor), peak memory "
            << bytes_text(metrics["peak_memory_bytes"].get<double>()) << "\n";
}

int train(const Arguments& a, Cli& cli) {
  Console& console = cli.console;
  console.set_quiet(false);
  reconstruct::resource_use();  // starts the clock
  reconstruct::StageClock clock;
  Plan plan = a.resume.empty() ? plan_new(a) : plan_resumed(a);
  const int threads =
      plan.options.threads > 0 ? plan.options.threads : static_cast<int>(std::thread::hardware_concurrency());
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads));

  clock.start("load");
  const scene::Dataset dataset = open_dataset(plan.data, console);
  NewRun new_run(plan.run, plan.resumed);
  make_folder(plan.run);
  make_folder(plan.run / "previews");
  const auto log = open_log(plan.run / "log.txt");
  const auto save_record = [&](const std::string& state) {
    scene::write_file_atomically(plan.run / "run.json", json_text(record_json(plan, dataset, state, clock)) + "\n");
  };
  // What a resume goes on with is not known to be possible yet.
  if (!plan.from_checkpoint) save_record("training");
  log->info("tessera {} trains {} ({}, {} views, {} points)", reconstruct::version_text(), plan.data.string(),
            dataset.format, dataset.views.size(), dataset.points.size());
  for (const std::string& warning : dataset.warnings) log->info("warning: {}", warning);

  clock.start("initialise");
  reconstruct::TrainEvents events;
  events.cancellation = &interrupted();
  events.on_step = [&](const reconstruct::TrainMetrics& m) {
    new_run.keep();
    if (m.step % 100 == 0) log->info("{}", detail_text(m));
  };
  events.on_progress = [&](const scene::Progress& p) { console.progress(p); };
  events.on_note = [&](const std::string& line) { console.note(line), log->info("{}", line); };
  events.on_warning = [&](const std::string& line) { console.warning(line), log->info("warning: {}", line); };
  using Session = reconstruct::TrainingSession;
  auto session =
      std::make_unique<Session>(dataset, plan.options, plan.run, events,
                                plan.from_checkpoint ? Session::Start::from_checkpoint : Session::Start::anew);
  if (session->memory().steps.empty() && session->options().max_splats < plan.options.max_splats)
    console.note("splats: at most " + count_text(static_cast<std::size_t>(session->options().max_splats)) +
                 ", for want of photos (pixels_per_splat)");
  if (take_memory_steps(plan, *session) && !plan.from_checkpoint) save_record("training");
  if (plan.resumed) {
    add_resume(plan.history, session->current_step(), session->changes());
    for (const std::string& line : resume_notes(*session, plan.from_checkpoint))
      console.note(line), log->info("{}", line);
    save_record("training");
  }

  clock.start("train");
  // The step at which the state can be picked up again; the session may be gone by then.
  const auto stopped = [&](std::uint32_t step) {
    new_run.keep();
    clock.stop();
    console.finish_line();
    save_record("interrupted");
    log->info("interrupted at step {}", step);
    console.note("stopped at step " + std::to_string(step) + "; go on with: tessera train --resume " +
                 plan.run.string());
    return 130;
  };
  std::optional<reconstruct::UnsavedCheckpoint> unsaved;
  try {
    if (session->run() == Session::Outcome::stopped) return stopped(session->current_step());
  } catch (const reconstruct::UnsavedCheckpoint& e) {
    // The model is trained: it may still fit where the checkpoint did not.
    if (session->current_step() < static_cast<std::uint32_t>(session->options().iterations)) throw;
    unsaved = e;
  }
  console.finish_line();

  clock.start("save");
  const std::uint32_t steps = session->current_step();
  const double cache_mb = session->options().image_cache_mb;
  scene::GaussianModel model = session->take_model();
  session.reset();  // its memory serves the evaluation
  json metrics;
  try {
    metrics = save_results(plan, dataset, std::move(model), steps, cache_mb, clock, console);
    save_record("finished");
  } catch (const scene::Cancelled&) {
    if (unsaved) throw *unsaved;
    return stopped(steps);
  } catch (const scene::Error& e) {
    if (!unsaved) throw;
    throw scene::Error(e.subject(), e.problem() + ", nor can the last checkpoint", unsaved->remedy());
  }
  console.finish_line();
  if (unsaved) throw *unsaved;

  if (a.as_json)
    std::cout << json_text(metrics) << "\n";
  else
    print_results(plan, metrics);
  return 0;
}

}  // namespace

void add_train_command(Cli& cli) {
  auto* sub = cli.app.add_subcommand("train", "Photographs with poses in, a trained model out");
  auto a = std::make_shared<Arguments>();
  const auto& table = reconstruct::train_options_table();
  sub->add_option("DATA", a->data, "dataset folder (COLMAP, transforms.json, Blender) or its defining file")
      ->check(not_empty());
  auto* out =
      sub->add_option("--out", a->out, "run folder to make: model.ply, metrics.json, run.json, log.txt, previews/")
          ->check(not_empty());
  auto* preset = sub->add_option("--preset", a->preset, "draft, standard, high, or a TOML file")
                     ->check(not_empty())
                     ->capture_default_str();
  sub->add_option("--resume", a->resume, "run folder to go on with; takes data and options from it")
      ->check(not_empty())
      ->excludes(out)
      ->excludes(preset);
  sub->add_option("--iterations", a->iterations, "length of the run in steps")
      ->check(option_value(table, "iterations"));
  sub->add_option("--max-splats", a->max_splats, "hard cap on the number of splats")
      ->check(option_value(table, "max_splats"));
  sub->add_option("--strategy", a->strategy, "how splats are added and moved")->check(option_value(table, "strategy"));
  sub->add_option("--seed", a->seed, "same seed and data, same bytes")->check(option_value(table, "seed"));
  sub->add_option("--threads", a->threads, "worker threads; 0 takes all")->check(option_value(table, "threads"));
  sub->add_option("--backend", a->backend, "where it is computed")->check(option_value(table, "backend"));
  sub->add_option("--set", a->set, "KEY=VALUE, any option of the table below; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  sub->add_flag("--json", a->as_json, "print metrics.json on stdout");
  sub->footer(options_help(reconstruct::train_options_table()));
  sub->callback([&cli, a] { cli.run = [&cli, a] { return train(*a, cli); }; });
}

}  // namespace tessera::app
