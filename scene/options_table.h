#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::scene {

/// One row of the table that a struct of options is made of: the command line's help, the preset files and the run record come from it.
struct OptionSpec {
  std::string name;           // key, snake_case; groups by dots: "lr.position"
  std::string type;           // "int", "float", "bool", "choice", "text"
  std::string default_value;  // as text, of the default-constructed struct
  std::string range;          // "1..4", "off|auto", ...
  std::string unit;           // "steps", "scene units", "" ...
  std::string help;           // one line
  std::string fixed;          // why it cannot change once a job has begun; empty: it can
  bool harmless = false;      // says where, when and how often: the result does not depend on it
};

/// Table of a struct `Options`: rows are added with pointers to its members; values are parsed, checked and printed by the row.
template <class Options>
class OptionsTable {
 public:
  struct Row {
    OptionSpec spec;
    std::function<void(Options&, std::string_view)> set;  // throws scene::Error naming the option, its range and the value
    std::function<std::string(const Options&)> get;       // round-trips through set
  };
  OptionsTable& integer(std::string name, int Options::* member, int low, int high, std::string unit, std::string help);
  OptionsTable& real(std::string name, double Options::* member, double low, double high, std::string unit, std::string help);
  OptionsTable& flag(std::string name, bool Options::* member, std::string help);
  /// `member` holds one of `choices`.
  OptionsTable& choice(std::string name, std::string Options::* member, std::vector<std::string> choices, std::string help);
  /// `choices`, or an integer of low..high given as text (e.g. off|end|EVERY).
  OptionsTable& choice_or_integer(std::string name, std::string Options::* member, std::vector<std::string> choices, int low, int high,
                                  std::string unit, std::string help);
  /// Any text but an empty one.
  OptionsTable& text(std::string name, std::string Options::* member, std::string help);

  /// About the row added last: it cannot change once a job has begun; `why` completes "it cannot change: ...".
  OptionsTable& fixed(std::string why);
  /// About the row added last: no result depends on it.
  OptionsTable& harmless();

  const std::vector<Row>& rows() const { return rows_; }
  /// Throws scene::Error: no such option (with the nearest name), out of range, not a number.
  void set(Options& options, std::string_view name, std::string_view value) const;
  const Row* find(std::string_view name) const;

 private:
  std::vector<Row> rows_;
};

}  // namespace tessera::scene

#include "scene/options_table_impl.h"
