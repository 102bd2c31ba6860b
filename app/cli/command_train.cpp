#include <tbb/global_control.h>

#include <iostream>
#include <memory>
#include <thread>

#include <nlohmann/json.hpp>

#include "app/cli/command.h"
#include "app/cli/inputs.h"
#include "app/cli/train_blocks.h"
#include "reconstruct/blocks/block_plan.h"
#include "reconstruct/provenance.h"
#include "reconstruct/run/train_run.h"

namespace tessera::app {
using nlohmann::json;
using reconstruct::Plan;

namespace {

struct Arguments {
  std::string data, out, resume, preset = "standard", strategy, backend;
  int iterations = 0, max_splats = 0, seed = -1, threads = -1;
  std::vector<std::string> set;
  bool as_json = false;
  BlockArguments blocks;
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

Plan plan_of(const Arguments& a) {
  Plan plan;
  if (a.resume.empty()) {
    if (a.data.empty()) throw UsageError("DATA is required; write tessera train DATA --out RUN");
    if (a.out.empty()) throw UsageError("--out is required; write tessera train DATA --out RUN");
    plan = reconstruct::plan_new(a.data, a.out, a.preset);
  } else {
    plan = reconstruct::plan_resumed(a.resume, a.data);
  }
  apply_arguments(a, plan.options);  // what is given on the command line comes on top
  return plan;
}

int threads_of(const reconstruct::TrainOptions& options) {
  return options.threads > 0 ? options.threads : static_cast<int>(std::thread::hardware_concurrency());
}

int train(const Arguments& a, Cli& cli) {
  if (!a.data.empty() && reconstruct::has_block_plan(a.data)) {
    if (!a.out.empty() || !a.resume.empty() || a.iterations || a.max_splats || a.seed >= 0 || !a.strategy.empty() ||
        !a.backend.empty() || !a.set.empty())
      throw UsageError(a.data + " is a plan, which has its own options; write tessera train " + a.data);
    return train_blocks({a.data, a.threads, a.as_json, a.blocks}, cli);
  }
  if (a.blocks.block >= 0 || a.blocks.jobs > 0)
    throw UsageError("--block and --jobs are for a folder of tessera plan; make one: tessera plan DATA --out PROJECT");
  Console& console = cli.console;
  console.set_quiet(false);
  reconstruct::resource_use();  // starts the clock
  reconstruct::StageClock clock;
  Plan plan = plan_of(a);
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                                  static_cast<std::size_t>(threads_of(plan.options)));

  clock.start("load");
  const scene::Dataset dataset = open_dataset(plan.data, console);
  reconstruct::TrainRun run(std::move(plan), dataset, clock, events_of(console));
  const auto outcome = run.run();
  console.finish_line();
  if (outcome.stopped) {
    console.note("stopped at step " + std::to_string(outcome.step) + "; go on with: tessera train --resume " +
                 run.plan().run.string());
    return 130;
  }
  if (a.as_json)
    std::cout << json_text(outcome.metrics) << "\n";
  else
    print_results(run.plan().run, outcome.metrics);
  return 0;
}

}  // namespace

void print_results(const std::filesystem::path& run, const json& metrics) {
  std::cout << "model     " << (run / "model.ply").string() << " (" << count_text(metrics["splats"].get<std::size_t>())
            << " splats)\n";
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

reconstruct::TrainEvents events_of(Console& console) {
  reconstruct::TrainEvents events;
  events.cancellation = &interrupted();
  events.on_progress = [&console](const scene::Progress& p) { console.progress(p); };
  events.on_note = [&console](const std::string& line) { console.note(line); };
  events.on_warning = [&console](const std::string& line) { console.warning(line); };
  return events;
}

void add_train_command(Cli& cli) {
  auto* sub = cli.app.add_subcommand("train", "Photographs with poses in, a trained model out");
  auto a = std::make_shared<Arguments>();
  const auto& table = reconstruct::train_options_table();
  sub->add_option("DATA", a->data,
                  "dataset folder (COLMAP, transforms.json, Blender) or its defining file; or a folder of tessera plan")
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
  sub->add_option("--jobs", a->blocks.jobs, "plans: blocks at a time on this machine; otherwise what is soonest done")
      ->check(number_between(1, 1024));
  sub->add_option("--block", a->blocks.block, "plans: this one and no other, as a job of a cluster")
      ->check(number_between(0, 1e5));
  sub->add_option("--helper-of", a->blocks.helper_of)->group("");  // how --jobs starts the others
  sub->add_flag("--json", a->as_json, "print metrics.json on stdout");
  sub->footer(options_help(reconstruct::train_options_table()));
  sub->callback([&cli, a] { cli.run = [&cli, a] { return train(*a, cli); }; });
}

}  // namespace tessera::app
