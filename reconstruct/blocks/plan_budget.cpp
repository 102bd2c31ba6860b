#include "reconstruct/blocks/plan_budget.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <optional>
#include <sstream>
#include <vector>

#include "reconstruct/blocks/forecast.h"
#include "scene/error.h"

namespace tessera::reconstruct {
namespace {

// Counts of blocks in a row that cannot be cut, or twice those that needed least: more are no better. (A scene to start
// from is seen nearly whole by every block's photos, however small the blocks are.)
constexpr int kPatience = 8;

struct Unit {
  const char* name;
  double size;
};
constexpr Unit kMemoryUnits[] = {{"GB", 1e9}, {"MB", 1e6}, {"GiB", 1073741824.0}, {"MiB", 1048576.0}};
constexpr Unit kTimeUnits[] = {{"h", 3600}, {"min", 60}, {"s", 1}};

/// The sum of "NUMBER UNIT" pairs; nothing where the text is not that.
std::optional<double> read_units(const std::string& text, std::span<const Unit> units) {
  double sum = 0;
  std::size_t at = 0;
  const auto skip_blanks = [&] {
    while (at < text.size() && text[at] == ' ') ++at;
  };
  for (skip_blanks(); at < text.size(); skip_blanks()) {
    const std::size_t begin = at;
    while (at < text.size() && (std::isdigit(static_cast<unsigned char>(text[at])) || text[at] == '.')) ++at;
    std::istringstream digits(text.substr(begin, at - begin));
    double number = 0;
    if (!(digits >> number) || digits.peek() != std::istringstream::traits_type::eof()) return {};
    skip_blanks();
    const std::size_t word = at;
    while (at < text.size() && std::isalpha(static_cast<unsigned char>(text[at]))) ++at;
    const std::string name = text.substr(word, at - word);
    const auto unit = std::find_if(units.begin(), units.end(), [&](const Unit& u) { return name == u.name; });
    if (unit == units.end()) return {};
    sum += number * unit->size;
  }
  if (!(sum > 0) || !std::isfinite(sum)) return {};
  return sum;
}

/// Rounded up, so that what is said does fit.
std::string memory_text(double bytes) {
  char text[32];
  if (bytes < 1e10)
    std::snprintf(text, sizeof text, "%.0fMB", std::ceil(bytes / 1e6));
  else
    std::snprintf(text, sizeof text, "%.1fGB", std::ceil(bytes / 1e8) / 10);
  return text;
}

std::string time_text(double seconds) {
  char text[32];
  if (seconds < 5400)
    std::snprintf(text, sizeof text, "%.0fmin", std::ceil(seconds / 60));
  else
    std::snprintf(text, sizeof text, "%.1fh", std::ceil(seconds / 360) / 10);
  return text;
}

double least_memory(const BlockPlan& plan, const scene::Dataset& dataset) {
  std::size_t most = 0;
  for (const BlockForecast& f : forecast(plan, dataset).blocks) most = std::max(most, f.least_memory_bytes);
  return static_cast<double>(most);
}

int blocks_within(const scene::Dataset& dataset, PlanOptions how, double bytes, const std::string& preset,
                  const TrainOptions& options, const scene::JobContext& job) {
  const scene::JobContext silent{{}, {}, job.cancellation};
  const int most = static_cast<int>(std::max<std::size_t>(dataset.train_views().size() / 2, 1));
  double least = std::numeric_limits<double>::infinity();
  int best = 1;
  for (int blocks = 1, refused = 0; blocks <= most && refused < kPatience && blocks <= std::max(2 * best, kPatience);
       ++blocks) {
    job.throw_if_cancelled();
    job.progress({"counting blocks", static_cast<double>(blocks), 0, -1, ""});
    how.blocks = blocks;
    try {
      const double need = least_memory(plan_blocks(dataset, how, preset, options, silent), dataset);
      if (need <= bytes) return blocks;
      if (need < least) least = need, best = blocks;
      refused = 0;
    } catch (const scene::Error&) {
      if (blocks == 1) throw;  // not for its being cut
      ++refused;
    }
  }
  throw scene::Error("--memory " + memory_text(bytes), "no number of blocks fits into it",
                     "the smallest that would is " + memory_text(least) + " (" + std::to_string(best) +
                         (best == 1 ? " block" : " blocks") + "), or lower max_image_size, now " +
                         std::to_string(options.max_image_size));
}

int steps_within(BlockPlan plan, const scene::Dataset& dataset, const PlanBudget& budget) {
  const std::vector<BlockData> blocks = block_data(dataset, plan);
  const auto seconds = [&](int steps) {
    plan.options.iterations = steps;
    return wall_seconds(forecast(plan, dataset, blocks).cpu_seconds, budget.cores);
  };
  int high = plan.options.iterations, low = std::min(kFewestSteps, high);
  if (seconds(high) <= budget.seconds) return high;
  if (const double least = seconds(low); least > budget.seconds)
    throw scene::Error("--time " + time_text(budget.seconds),
                       "the fewest steps that show anything, " + std::to_string(low) + " a block, take about " +
                           time_text(least) + " on " + std::to_string(budget.cores) +
                           (budget.cores == 1 ? " core" : " cores"),
                       "give that, or lower max_image_size, now " + std::to_string(plan.options.max_image_size));
  while (high - low > 1) {
    const int middle = low + (high - low) / 2;
    (seconds(middle) <= budget.seconds ? low : high) = middle;
  }
  return low;
}

}  // namespace

double read_memory(const std::string& text) {
  if (const auto bytes = read_units(text, kMemoryUnits)) return *bytes;
  throw scene::Error("--memory " + text, "is no amount of memory", "write 6GB, 6GiB or 600MB");
}

double read_time(const std::string& text) {
  if (const auto seconds = read_units(text, kTimeUnits)) return *seconds;
  throw scene::Error("--time " + text, "is no length of time", "write 8h, 90min or 1h30min");
}

BlockPlan plan_within(const scene::Dataset& dataset, PlanOptions how, const PlanBudget& budget,
                      const std::string& preset, TrainOptions options, const scene::JobContext& job) {
  if (budget.memory_bytes > 0) {
    options.memory_mb = 0;
    how.blocks = blocks_within(dataset, how, budget.memory_bytes, preset, options, job);
    options.memory_mb = std::floor(budget.memory_bytes / 1e6);
  }
  BlockPlan plan = plan_blocks(dataset, how, preset, std::move(options), job);
  if (budget.seconds > 0) plan.options.iterations = steps_within(plan, dataset, budget);
  return plan;
}

}  // namespace tessera::reconstruct
