#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

#include "app/cli/command.h"
#include "app/cli/inputs.h"
#include "reconstruct/blocks/block_plan.h"

namespace tessera::app {
namespace {

struct Arguments {
  std::string data, out, preset = "standard";
  reconstruct::PlanOptions how;
  int iterations = 0, max_splats = 0, seed = -1;
  std::vector<std::string> set;
};

int plan(const Arguments& a, Cli& cli) {
  reconstruct::TrainOptions options;
  reconstruct::apply_preset(options, a.preset);
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

  const scene::Dataset dataset = open_dataset(a.data, cli.console);
  reconstruct::BlockPlan made = reconstruct::plan_blocks(dataset, a.how, a.preset, options);
  made.data = a.data;
  reconstruct::write_block_plan(made, a.out);
  const auto blocks = reconstruct::assign_by_tracks(dataset, made.partition, made.assignment);
  cli.console.finish_line();
  std::printf("%5s %8s %10s %12s\n", "block", "photos", "points", "beyond it");
  for (std::size_t i = 0; i < blocks.size(); ++i)
    std::printf("%5zu %8zu %10s %12s\n", i, blocks[i].views.size(), count_text(blocks[i].points.size()).c_str(),
                count_text(blocks[i].auxiliary.size()).c_str());
  std::cout << "plan      " << a.out << "/plan.json; go on with: tessera train " << a.out << "\n";
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
  sub->add_option("--blocks", a->how.blocks, "how many")->check(number_between(1, 1e5))->capture_default_str();
  sub->add_option("--partitioner", a->how.partitioner, "tree (balanced), midpoint, grid or quantile")
      ->capture_default_str();
  sub->add_option("--load", a->how.load,
                  "what is balanced: points, visible (points x views) or pixels (that they cover)")
      ->capture_default_str();
  sub->add_option("--clamp", a->how.clamp, "tree: a cut leaves this share of a cell on either side")
      ->check(number_between(0, 0.49))
      ->capture_default_str();
  sub->add_flag("--contracted", a->how.contracted, "grid, quantile: far ground is drawn together and has cells too");
  sub->add_option("--preset", a->preset, "draft, standard, high, or a TOML file: of every block")
      ->capture_default_str();
  sub->add_option("--iterations", a->iterations, "steps of every block")->check(option_value(table, "iterations"));
  sub->add_option("--max-splats", a->max_splats, "hard cap of every block")->check(option_value(table, "max_splats"));
  sub->add_option("--seed", a->seed, "same seed and data, same bytes")->check(option_value(table, "seed"));
  sub->add_option("--set", a->set, "KEY=VALUE, as for tessera train; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  sub->callback([&cli, a] { cli.run = [&cli, a] { return plan(*a, cli); }; });
}

}  // namespace tessera::app
