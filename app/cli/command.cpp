#include "app/cli/command.h"

#include <nlohmann/json.hpp>

namespace tessera::app {

CLI::Validator not_empty() {
  return CLI::Validator([](std::string& text) { return text.empty() ? "the name is empty" : std::string(); }, "");
}

CLI::Validator number_between(double low, double high) {
  const std::string range = scene::detail::real_text(low) + " to " + scene::detail::real_text(high);
  return CLI::Validator(
      [=](std::string& text) {
        double value = 0;
        const bool good = scene::detail::parse_real(text, value) && value >= low && value <= high;
        return good ? std::string() : "'" + text + "' is not a number from " + range;
      },
      "from " + range);
}

std::string json_text(const nlohmann::json& json, int indent) {
  return json.dump(indent, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace tessera::app
