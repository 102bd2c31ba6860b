#include <algorithm>
#include <iostream>
#include <memory>
#include <thread>

#include <nlohmann/json.hpp>

#include "app/cli/command.h"
#include "app/cli/inputs.h"
#include "reconstruct/blocks/forecast.h"
#include "reconstruct/blocks/plan_budget.h"
#include "reconstruct/blocks/plan_map.h"
#include "reconstruct/blocks/region.h"
#include "reconstruct/train/memory_plan.h"
#include "reconstruct/train/run_setup.h"

namespace tessera::app {
namespace {

struct Arguments {
  std::string data, out, preset, memory, time, region, coarse, start;
  reconstruct::PlanOptions how;
  int iterations = 0, max_splats = 0, seed = -1;
  std::vector<std::string> set;
};

void print_table(const reconstruct::BlockPlan& plan, const reconstruct::SceneForecast& forecast, int cores) {
  const auto row = [](const std::string& name, const std::string(&cells)[7]) {
    std::printf("%5s %8s %10s %11s %12s %10s %9s %9s\n", name.c_str(), cells[0].c_str(), cells[1].c_str(),
                cells[2].c_str(), cells[3].c_str(), cells[4].c_str(), cells[5].c_str(), cells[6].c_str());
  };
  const auto time = [&](double cpu_seconds) { return clock_text(reconstruct::wall_seconds(cpu_seconds, cores)); };
  row("block", {"photos", "points", "beyond it", "splats", "memory", "time", "disk"});
  std::size_t splats = 0;
  for (std::size_t i = 0; i < forecast.blocks.size(); ++i) {
    const auto& f = forecast.blocks[i];
    splats += f.splats;
    row(std::to_string(i), {std::to_string(f.views), count_text(f.points), count_text(f.auxiliary),
                            count_text(f.splats), bytes_text(static_cast<double>(f.memory_bytes)), time(f.cpu_seconds),
                            bytes_text(static_cast<double>(f.disk_bytes))});
  }
  row("all", {"", "", "", count_text(splats), bytes_text(static_cast<double>(forecast.memory_bytes)),
              time(forecast.cpu_seconds), bytes_text(static_cast<double>(forecast.disk_bytes))});
  const reconstruct::Balance balance = reconstruct::balance_of(plan, forecast);
  int steps = 0;
  for (std::uint32_t block = 0; block < plan.partition.cells(); ++block)
    steps = std::max(steps, reconstruct::block_options(plan, block).iterations);
  std::printf(
      "estimates: at most %d steps a block, on %d core%s; memory is an upper bound. \"all\" takes the blocks one after "
      "another and scores the merged scene\n",
      steps, cores, cores == 1 ? "" : "s");
  std::printf("balance   longest over mean time %.2f, variation %.2f, worst aspect of a cell %.1f\n",
              balance.max_over_mean, balance.variation, balance.worst_aspect);
}

/// Few blocks fit because each is capped: what a person with memory to spare wants to know.
void say_of_cap(const reconstruct::BlockPlan& plan, const scene::Dataset& dataset, Console& console) {
  reconstruct::TrainOptions uncapped = plan.options;
  reconstruct::train_options_table().set(uncapped, "max_splats", "100000000");
  const auto worth = reconstruct::with_one_cap(uncapped, dataset).max_splats;
  const double most = static_cast<double>(plan.options.max_splats) * plan.partition.cells();
  if (plan.options.pixels_per_splat > 0 && worth > most)
    console.note("the photos are worth " + count_text(static_cast<unsigned>(worth)) +
                 " splats (pixels_per_splat) and the cap is " +
                 count_text(static_cast<unsigned>(plan.options.max_splats)) +
                 " a block; with a higher --max-splats the same memory takes more blocks");
}

int plan(const Arguments& a, Cli& cli) {
  reconstruct::TrainOptions options;
  const std::string preset = !a.preset.empty() ? a.preset : a.start.empty() ? "standard" : "refine";
  reconstruct::apply_preset(options, preset);
  const auto& table = reconstruct::train_options_table();
  if (a.iterations) table.set(options, "iterations", std::to_string(a.iterations));
  if (a.max_splats) table.set(options, "max_splats", std::to_string(a.max_splats));
  if (a.seed >= 0) table.set(options, "seed", std::to_string(a.seed));
  for (const std::string& assignment : a.set) set_option(options, table, assignment);
  std::error_code error;
  if (std::filesystem::exists(a.out, error) && !std::filesystem::is_empty(a.out, error) &&
      !reconstruct::has_block_plan(a.out))
    throw scene::Error(a.out, "already exists", "choose another --out");
  if (std::filesystem::exists(std::filesystem::path(a.out) / "blocks", error))
    throw scene::Error(a.out, "has blocks that were trained by its plan", "choose another --out");

  reconstruct::PlanBudget budget;
  const int threads = options.threads > 0 ? options.threads : static_cast<int>(std::thread::hardware_concurrency());
  budget.cores = threads;
  if (!a.memory.empty()) budget.memory_bytes = reconstruct::read_memory(a.memory);
  if (!a.time.empty()) budget.seconds = reconstruct::read_time(a.time);
  reconstruct::PlanOptions how = a.how;
  how.coarse = a.coarse, how.start = a.start;
  if (!a.region.empty()) how.region = reconstruct::read_region(a.region);
  if (const auto machine = reconstruct::machine_limit(threads);
      budget.memory_bytes > static_cast<double>(machine.bytes))
    cli.console.warning("--memory " + a.memory + " is more than the " + bytes_text(static_cast<double>(machine.bytes)) +
                        " " + machine.source);

  const scene::Dataset dataset = open_dataset(a.data, cli.console);
  reconstruct::BlockPlan made = reconstruct::plan_within(dataset, how, budget, preset, options, cli.console.job());
  made.data = a.data;
  if (budget.memory_bytes > 0) say_of_cap(made, dataset, cli.console);
  const auto blocks = reconstruct::block_data(dataset, made);
  const auto forecast = reconstruct::forecast(made, dataset, blocks);
  reconstruct::write_block_plan(made, a.out);
  reconstruct::write_plan_map(reconstruct::plan_map(made, dataset, blocks, forecast), a.out);
  cli.console.finish_line();
  print_table(made, forecast, budget.cores);
  std::cout << "plan      " << a.out << "/plan.json, drawn in plan.png and plan.svg; go on with: tessera train "
            << a.out << "\n";
  return 0;
}

}  // namespace

void add_plan_command(Cli& cli) {
  auto* sub = cli.app.add_subcommand("plan", "Cuts a scene into blocks that tessera train trains and merges");
  auto a = std::make_shared<Arguments>();
  const auto& table = reconstruct::train_options_table();
  sub->add_option("DATA", a->data, "dataset folder (COLMAP, transforms.json, Blender) or its defining file")
      ->required()
      ->check(not_empty());
  sub->add_option("--out", a->out, "folder to make: plan.json; blocks/ and the model come into it")
      ->required()
      ->check(not_empty());
  auto* blocks =
      sub->add_option("--blocks", a->how.blocks, "how many")->check(number_between(1, 1e5))->capture_default_str();
  sub->add_option("--memory", a->memory, "as many blocks as it takes that none needs more: 6GB, 6GiB, 600MB")
      ->check(not_empty())
      ->excludes(blocks);
  sub->add_option("--time", a->time, "as many steps, of those asked for, as fit: 8h, 90min, 1h30min")
      ->check(not_empty());
  sub->add_option("--partitioner", a->how.partitioner, "tree (balanced), midpoint, grid or quantile")
      ->capture_default_str();
  sub->add_option("--load", a->how.load,
                  "what is balanced: points, visible (points x views) or pixels (that they cover)")
      ->capture_default_str();
  sub->add_option("--clamp", a->how.clamp, "tree: a cut leaves this share of a cell on either side")
      ->check(number_between(0, 0.49))
      ->capture_default_str();
  sub->add_flag("--contracted", a->how.contracted, "grid, quantile: far ground is drawn together and has cells too");
  sub->add_option("--region", a->region,
                  "what is cut: corners \"x0,y0 x1,y1 ...\" on the ground, in the photos' coordinates, or a JSON file")
      ->check(not_empty());
  auto* assignment =
      sub->add_option("--assignment", a->how.assignment.rule, "how photos are chosen: tracks, visibility or ssim-drop")
          ->capture_default_str();
  sub->add_option("--coarse", a->coarse,
                  "visibility, ssim-drop: a trained run of the data to look at instead of its sparse points")
      ->check(not_empty())
      ->needs(assignment);
  sub->add_option_function<std::string>(
         "--merge", [a](const std::string& name) { a->how.merge = reconstruct::merge_rule(name); },
         "whose splats stay: cell (that they lie in), box (likewise, none beyond the region) or nearest (centre)")
      ->default_str(reconstruct::merge_name(a->how.merge));
  auto* start =
      sub->add_option("--start", a->start,
                      "a finished project, run or PLY of the same photos: it is trained on, and no splats come or go");
  start->check(not_empty());
  sub->add_option("--preset", a->preset,
                  "draft, standard, high, refine, or a TOML file: of every block; standard, or refine with --start")
      ->check(not_empty());
  sub->add_option("--iterations", a->iterations, "steps of every block, at most")
      ->check(option_value(table, "iterations"));
  sub->add_option("--max-splats", a->max_splats, "hard cap of every block")
      ->check(option_value(table, "max_splats"))
      ->excludes(start);
  sub->add_option("--seed", a->seed, "same seed and data, same bytes")->check(option_value(table, "seed"));
  sub->add_option("--set", a->set, "KEY=VALUE, as for tessera train; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  sub->callback([&cli, a] { cli.run = [&cli, a] { return plan(*a, cli); }; });
}

}  // namespace tessera::app
