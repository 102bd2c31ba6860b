#include <iostream>

#include "app/cli/command.h"
#include "reconstruct/synth/city.h"

namespace tessera::app {
namespace {

struct Arguments {
  std::string out;
  int blocks = 0, views = 0, seed = -1;
  std::vector<std::string> set;
};

int synth_city(const Arguments& a, Cli& cli) {
  reconstruct::CityOptions options;
  const auto& table = reconstruct::city_options_table();
  if (a.blocks) table.set(options, "blocks", std::to_string(a.blocks));
  if (a.views) table.set(options, "views", std::to_string(a.views));
  if (a.seed >= 0) table.set(options, "seed", std::to_string(a.seed));
  for (const std::string& assignment : a.set) set_option(options, table, assignment);
  reconstruct::write_city(a.out, options, cli.console.job());
  cli.console.finish_line();
  std::cout << a.out << "\n";
  return 0;
}

}  // namespace

void add_synth_command(Cli& cli) {
  auto* sub = cli.app.add_subcommand("synth", "Make a synthetic dataset with exact ground truth");
  sub->require_subcommand(1);
  auto* city = sub->add_subcommand("city", "A procedural town, photographed from a drone");
  auto a = std::make_shared<Arguments>();
  const auto& table = reconstruct::city_options_table();
  city->add_option("OUT", a->out, "dataset folder to make")->required()->check(not_empty());
  city->add_option("--blocks", a->blocks, "built-up blocks of about 60 x 60 m")->check(option_value(table, "blocks"));
  city->add_option("--views", a->views, "photos")->check(option_value(table, "views"));
  city->add_option("--seed", a->seed, "same seed, same town")->check(option_value(table, "seed"));
  city->add_option("--set", a->set, "KEY=VALUE, any option of the table below; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  city->footer(options_help(reconstruct::city_options_table()));
  city->callback([&cli, a] { cli.run = [&cli, a] { return synth_city(*a, cli); }; });
}

}  // namespace tessera::app
