#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "scene/error.h"
#include "scene/options_table.h"

namespace tessera::scene {

namespace detail {
/// Whole text as a number; false where anything is left over.
bool parse_integer(std::string_view text, long long& out);
bool parse_real(std::string_view text, double& out);
/// Shortest text that reads back as the same double.
std::string real_text(double value);
std::string join(const std::vector<std::string>& parts, const char* separator);
/// The candidate that needs the fewest edits to become `name`.
std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates);
[[noreturn]] void bad_value(const OptionSpec& spec, std::string_view value);
}  // namespace detail

template <class Options>
OptionsTable<Options>& OptionsTable<Options>::integer(std::string name, int Options::* member, int low, int high, std::string unit,
                                                      std::string help) {
  const OptionSpec spec{name, "int", std::to_string(Options{}.*member), std::to_string(low) + ".." + std::to_string(high), unit, help};
  rows_.push_back({spec,
                   [=](Options& options, std::string_view text) {
                     long long value = 0;
                     if (!detail::parse_integer(text, value) || value < low || value > high) detail::bad_value(spec, text);
                     options.*member = static_cast<int>(value);
                   },
                   [=](const Options& options) { return std::to_string(options.*member); }});
  return *this;
}

template <class Options>
OptionsTable<Options>& OptionsTable<Options>::real(std::string name, double Options::* member, double low, double high, std::string unit,
                                                   std::string help) {
  const OptionSpec spec{name, "float", detail::real_text(Options{}.*member), detail::real_text(low) + ".." + detail::real_text(high),
                        unit, help};
  rows_.push_back({spec,
                   [=](Options& options, std::string_view text) {
                     double value = 0;
                     if (!detail::parse_real(text, value) || !(value >= low && value <= high)) detail::bad_value(spec, text);
                     options.*member = value;
                   },
                   [=](const Options& options) { return detail::real_text(options.*member); }});
  return *this;
}

template <class Options>
OptionsTable<Options>& OptionsTable<Options>::flag(std::string name, bool Options::* member, std::string help) {
  const OptionSpec spec{name, "bool", Options{}.*member ? "on" : "off", "on|off", "", help};
  rows_.push_back({spec,
                   [=](Options& options, std::string_view text) {
                     const bool yes = text == "on" || text == "true" || text == "1";
                     if (!yes && text != "off" && text != "false" && text != "0") detail::bad_value(spec, text);
                     options.*member = yes;
                   },
                   [=](const Options& options) { return std::string(options.*member ? "on" : "off"); }});
  return *this;
}

template <class Options>
OptionsTable<Options>& OptionsTable<Options>::choice(std::string name, std::string Options::* member, std::vector<std::string> choices,
                                                     std::string help) {
  const OptionSpec spec{name, "choice", Options{}.*member, detail::join(choices, "|"), "", help};
  rows_.push_back({spec,
                   [=](Options& options, std::string_view text) {
                     if (std::find(choices.begin(), choices.end(), text) == choices.end()) detail::bad_value(spec, text);
                     options.*member = std::string(text);
                   },
                   [=](const Options& options) { return options.*member; }});
  return *this;
}

template <class Options>
OptionsTable<Options>& OptionsTable<Options>::choice_or_integer(std::string name, std::string Options::* member,
                                                                std::vector<std::string> choices, int low, int high, std::string unit,
                                                                std::string help) {
  const OptionSpec spec{name, "choice", Options{}.*member,
                        detail::join(choices, "|") + "|" + std::to_string(low) + ".." + std::to_string(high), unit, help};
  rows_.push_back({spec,
                   [=](Options& options, std::string_view text) {
                     long long value = 0;
                     const bool number = detail::parse_integer(text, value) && value >= low && value <= high;
                     if (!number && std::find(choices.begin(), choices.end(), text) == choices.end()) detail::bad_value(spec, text);
                     options.*member = std::string(text);
                   },
                   [=](const Options& options) { return options.*member; }});
  return *this;
}

template <class Options>
OptionsTable<Options>& OptionsTable<Options>::text(std::string name, std::string Options::* member, std::string help) {
  const OptionSpec spec{name, "text", Options{}.*member, "not empty", "", help};
  rows_.push_back({spec,
                   [=](Options& options, std::string_view value) {
                     if (value.empty()) detail::bad_value(spec, value);
                     options.*member = std::string(value);
                   },
                   [=](const Options& options) { return options.*member; }});
  return *this;
}

template <class Options>
OptionsTable<Options>& OptionsTable<Options>::fixed(std::string why) {
  rows_.back().spec.fixed = std::move(why);
  return *this;
}

template <class Options>
OptionsTable<Options>& OptionsTable<Options>::harmless() {
  rows_.back().spec.harmless = true;
  return *this;
}

template <class Options>
auto OptionsTable<Options>::find(std::string_view name) const -> const Row* {
  for (const Row& row : rows_)
    if (row.spec.name == name) return &row;
  return nullptr;
}

template <class Options>
void OptionsTable<Options>::set(Options& options, std::string_view name, std::string_view value) const {
  if (const Row* row = find(name)) return row->set(options, value);
  std::vector<std::string> names;
  for (const Row& row : rows_) names.push_back(row.spec.name);
  throw Error("option '" + std::string(name) + "'", "there is no such option",
              "did you mean '" + detail::nearest_name(name, names) + "'?");
}

}  // namespace tessera::scene
