#pragma once

#include <functional>
#include <string>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>

#include "app/cli/console.h"
#include "scene/options_table.h"

namespace tessera::app {

/// What the commands share. A command registers its arguments at start; when it is the one named on the command line it
/// sets `run`.
struct Cli {
  CLI::App app{"Tessera: photographs in, a 3D scene out", "tessera"};
  Console console;
  std::function<int()> run;  // returns the exit code
};

void add_sfm_command(Cli& cli);
void add_train_command(Cli& cli);
void add_eval_command(Cli& cli);
void add_render_command(Cli& cli);
void add_info_command(Cli& cli);
void add_export_command(Cli& cli);
void add_synth_command(Cli& cli);

/// "--set key=value" for every row of a table; help lists each row with its default, range and meaning.
template <class Options>
std::string options_help(const scene::OptionsTable<Options>& table) {
  std::string text = "\nOptions for --set KEY=VALUE:\n";
  for (const auto& row : table.rows()) {
    const auto& s = row.spec;
    text += "  " + s.name + "=" + s.default_value + "\n      " + s.help + " [" + s.range +
            (s.unit.empty() ? "" : ", " + s.unit) + "]\n";
  }
  return text;
}

/// Splits "key=value" and sets it. Throws scene::Error.
template <class Options>
void set_option(Options& options, const scene::OptionsTable<Options>& table, const std::string& assignment) {
  const auto equals = assignment.find('=');
  if (equals == std::string::npos)
    throw scene::Error("--set " + assignment, "there is no '='", "write --set key=value");
  table.set(options, assignment.substr(0, equals), assignment.substr(equals + 1));
}

}  // namespace tessera::app
