#include "app/studio/axis.h"

#include <algorithm>
#include <cmath>

namespace tessera::app {
namespace {

constexpr double kSlack = 1e-9;  // of a step: rounding must not lose the last mark

}  // namespace

std::vector<double> round_ticks(double low, double high, int most) {
  const double wanted = (high - low) / std::max(most, 1);
  const double decade = std::pow(10, std::floor(std::log10(wanted)));
  double step = 10 * decade;
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * decade >= wanted * (1 - kSlack)) {
      step = factor * decade;
      break;
    }
  std::vector<double> ticks;
  const double first = std::ceil(low / step - kSlack);
  for (double k = first; k * step <= high + kSlack * step; k += 1) ticks.push_back(k * step);
  return ticks;
}

std::vector<double> decade_ticks(double low, double high, int most) {
  std::vector<double> ticks;
  const auto first = static_cast<int>(std::floor(std::log10(low))),
             last = static_cast<int>(std::ceil(std::log10(high)));
  const int every = std::max(1, (last - first + most - 1) / std::max(most, 1));
  const bool between = 3 * (last - first) <= most;
  for (int k = first; k <= last; k += every)
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double value = factor * std::pow(10, k);
      if ((factor == 1 || between) && value >= low * (1 - kSlack) && value <= high * (1 + kSlack))
        ticks.push_back(value);
    }
  return ticks;
}

QString tick_text(double value, double step) {
  const double size = std::abs(value);
  const double unit = size >= 1e9 ? 1e9 : size >= 1e6 ? 1e6 : size >= 1e4 ? 1e3 : 1;
  const char* suffix = unit == 1e9 ? "G" : unit == 1e6 ? "M" : unit == 1e3 ? "k" : "";
  const double of_unit = std::abs(step) / unit;
  const int decimals = of_unit <= 0 ? 0 : std::clamp(static_cast<int>(std::ceil(-std::log10(of_unit) - kSlack)), 0, 6);
  return QString::number(value / unit, 'f', decimals) + suffix;
}

}  // namespace tessera::app
