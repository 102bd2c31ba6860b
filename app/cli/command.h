#pragma once

#include <functional>
#include <stdexcept>
#include <string>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <nlohmann/json_fwd.hpp>

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
void add_plan_command(Cli& cli);
void add_train_command(Cli& cli);
void add_eval_command(Cli& cli);
void add_render_command(Cli& cli);
void add_info_command(Cli& cli);
void add_export_command(Cli& cli);
void add_lod_command(Cli& cli);
void add_synth_command(Cli& cli);

/// The command line cannot mean anything: exit code 2.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A path that names something; CLI11 takes "" for one.
CLI::Validator not_empty();

/// A finite number from `low` to `high` (CLI::Range lets "nan" through).
CLI::Validator number_between(double low, double high);

/// A value that the row `name` of the table takes. `table` must outlive the parser.
template <class Options>
CLI::Validator option_value(const scene::OptionsTable<Options>& table, const std::string& name) {
  const scene::OptionSpec& spec = table.find(name)->spec;
  return CLI::Validator(
      [&table, name](std::string& text) -> std::string {
        try {
          Options ignored;
          table.set(ignored, name, text);
          return {};
        } catch (const scene::Error& e) {
          return e.problem() + "; " + e.remedy();
        }
      },
      spec.range);
}

/// "--set key=value" for every row of a table; help lists each row with its default, range and meaning.
template <class Options>
std::string options_help(const scene::OptionsTable<Options>& table) {
  std::string text = "\nOptions for --set KEY=VALUE:\n";
  for (const auto& row : table.rows()) {
    const auto& s = row.spec;
    text += "  " + s.name + "=" + s.default_value + "\n      " + s.help + " [" + s.range +
            (s.unit.empty() ? "" : ", " + s.unit) +
            (s.fixed.empty() ? "" : "; fixed once begun") + "]\n";
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
