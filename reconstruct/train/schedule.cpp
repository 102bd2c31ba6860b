#include "reconstruct/train/schedule.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "scene/random.h"

namespace tessera::reconstruct {

namespace {

/// ll(a, b, t) = exp((1 - t) ln a + t ln b); an end that is 0 cannot be taken the logarithm of: linear then.
double log_linear(double a, double b, double t) {
  if (a <= 0 || b <= 0) return (1 - t) * a + t * b;
  return std::exp((1 - t) * std::log(a) + t * std::log(b));
}

/// The reference's interval between opacity resets (of a run of 30,000). It does not shrink with the run: splats need
/// their visits to come back (a run of 1,500 steps lost 6 dB to resets every 500).
constexpr std::uint32_t kShortestReset = 3000;

}  // namespace

Schedule::Schedule(const TrainOptions& options, double extent) : options_(options), extent_(extent) {}

double Schedule::share(std::uint32_t step) const {
  return std::min(1.0, static_cast<double>(step) / options_.iterations);
}

LearningRates Schedule::rates(std::uint32_t step) const {
  LearningRates rates;
  rates.position =
      static_cast<float>(extent_ * log_linear(options_.lr_position, options_.lr_position_final, share(step)));
  const double from = options_.lr_fall_from, t = share(step);
  const double fall = t <= from ? 1 : log_linear(1, options_.lr_final, (t - from) / (1 - from));
  rates.scale = static_cast<float>(fall * options_.lr_scale);
  rates.rotation = static_cast<float>(fall * options_.lr_rotation);
  rates.opacity = static_cast<float>(fall * options_.lr_opacity);
  rates.sh0 = static_cast<float>(fall * options_.lr_sh0);
  rates.sh_rest = static_cast<float>(fall * options_.lr_sh_rest);
  return rates;
}

float Schedule::exposure_rate(std::uint32_t step) const {
  return static_cast<float>(log_linear(options_.lr_exposure, options_.lr_exposure_final, share(step)));
}

double Schedule::depth_weight(std::uint32_t step) const {
  if (options_.depth_weight <= 0) return 0;
  return log_linear(options_.depth_weight, options_.depth_weight_final, share(step));
}

double Schedule::pseudo_weight(std::uint32_t step) const {
  if (options_.pseudo_view == "off" || share(step) <= options_.pseudo_from) return 0;
  return log_linear(options_.pseudo_weight, options_.pseudo_weight_final, share(step));
}

bool Schedule::pseudo_moves_depth(std::uint32_t step) const { return share(step) > options_.pseudo_from + 1.0 / 40; }

int Schedule::sh_degree(std::uint32_t step) const {
  if (options_.sh_every <= 0) return options_.sh_degree;
  const double grown = std::floor(share(step) / options_.sh_every);
  return static_cast<int>(std::min<double>(options_.sh_degree, grown));
}

int Schedule::coarse_levels(std::uint32_t step) const {
  if (options_.resolution_schedule == "off") return 0;
  // Measured on brighton_beach, see docs: the first fifth at a quarter of the size, up to the middle at a half.
  const double t = share(step);
  return t <= 0.2 ? 2 : t <= 0.5 ? 1 : 0;
}

bool Schedule::densifies(std::uint32_t step) const {
  const double t = share(step);
  return t >= options_.densify_from && t <= options_.densify_until && step % options_.densify_every == 0;
}

std::uint32_t Schedule::densifications() const {
  std::uint32_t count = 0;
  const auto last = static_cast<std::uint32_t>(options_.iterations), every = static_cast<std::uint32_t>(options_.densify_every);
  for (std::uint32_t step = every; step <= last; step += every) count += densifies(step);
  return count;
}

bool Schedule::resets_opacity(std::uint32_t step) const {
  if (options_.adc_opacity_reset <= 0) return false;
  const auto share_of_run = static_cast<std::uint32_t>(std::round(options_.adc_opacity_reset * options_.iterations));
  const std::uint32_t every = std::max(kShortestReset, share_of_run);
  return step % every == 0 && share(step) < options_.densify_until;
}

int base_level(int width, int height, int max_size) {
  int level = 0;
  while (std::max(width, height) > max_size) width = (width + 1) / 2, height = (height + 1) / 2, ++level;
  return level;
}

ViewOrder::ViewOrder(std::vector<std::size_t> views, int seed)
    : views_(std::move(views)), seed_(seed), keys_(views_.size()), order_(views_.size()) {}

std::size_t ViewOrder::view(std::uint32_t step) {
  const auto n = static_cast<std::uint32_t>(views_.size());
  const std::uint32_t epoch = (step - 1) / n;
  if (epoch != epoch_) {
    for (std::uint32_t i = 0; i < n; ++i) {
      const auto draw = scene::philox(static_cast<std::uint64_t>(seed_),
                                      static_cast<std::uint32_t>(scene::RandomStream::kViewOrder), epoch, i);
      keys_[i] = {draw[0], i};
    }
    std::sort(keys_.begin(), keys_.end());  // ties by position
    for (std::uint32_t i = 0; i < n; ++i) order_[i] = views_[keys_[i].second];
    epoch_ = epoch;
  }
  return order_[(step - 1) % n];
}

}  // namespace tessera::reconstruct
