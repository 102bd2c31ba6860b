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

}  // namespace tessera::app
