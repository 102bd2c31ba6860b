#include "reconstruct/train/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace tessera::reconstruct {
namespace {

TEST(Schedule, PositionRateDecaysLogLinearlyInExtents) {
  TrainOptions options;
  options.iterations = 100;
  options.lr_position = 1e-3, options.lr_position_final = 1e-5;
  const Schedule schedule(options, 2.0);
  EXPECT_FLOAT_EQ(schedule.rates(100).position, 2e-5f);
  EXPECT_FLOAT_EQ(schedule.rates(50).position, 2e-4f);  // geometric mean
  EXPECT_NEAR(schedule.rates(1).position / (2e-3 * std::pow(0.01, 0.01)), 1, 1e-6);
  EXPECT_FLOAT_EQ(schedule.rates(1000).position, 2e-5f);
}

TEST(Schedule, OtherRatesAreTheOptions) {
  TrainOptions options;
  options.lr_scale = 0.1, options.lr_rotation = 0.2, options.lr_opacity = 0.3, options.lr_sh0 = 0.4,
  options.lr_sh_rest = 0.5;
  const LearningRates rates = Schedule(options, 3.0).rates(17);
  EXPECT_FLOAT_EQ(rates.scale, 0.1f);
  EXPECT_FLOAT_EQ(rates.rotation, 0.2f);
  EXPECT_FLOAT_EQ(rates.opacity, 0.3f);
  EXPECT_FLOAT_EQ(rates.sh0, 0.4f);
  EXPECT_FLOAT_EQ(rates.sh_rest, 0.5f);
}

TEST(Schedule, OtherRatesFallLogLinearlyFromAShareOfTheRunOn) {
  TrainOptions options;
  options.iterations = 100;
  options.lr_scale = 0.1, options.lr_rotation = 0.2, options.lr_opacity = 0.3, options.lr_sh0 = 0.4,
  options.lr_sh_rest = 0.5;
  options.lr_final = 0.01, options.lr_fall_from = 0.6;
  const Schedule schedule(options, 1);
  for (const auto& [step, share] : {std::pair{1u, 1.0f}, {60u, 1.0f}, {80u, 0.1f}, {100u, 0.01f}, {200u, 0.01f}}) {
    const LearningRates rates = schedule.rates(step);
    EXPECT_FLOAT_EQ(rates.scale, share * 0.1f);
    EXPECT_FLOAT_EQ(rates.rotation, share * 0.2f);
    EXPECT_FLOAT_EQ(rates.opacity, share * 0.3f);
    EXPECT_FLOAT_EQ(rates.sh0, share * 0.4f);
    EXPECT_FLOAT_EQ(rates.sh_rest, share * 0.5f);
  }
  options.lr_fall_from = 1;
  EXPECT_FLOAT_EQ(Schedule(options, 1).rates(100).scale, 0.1f);
}

TEST(Schedule, CountsItsDensifications) {
  TrainOptions options;
  options.iterations = 1250, options.densify_from = 1.0 / 60, options.densify_until = 0.5, options.densify_every = 50;
  EXPECT_EQ(Schedule(options, 1).densifications(), 12u);  // 50 to 600; 625 is the middle
  options.densify_every = 2000;
  EXPECT_EQ(Schedule(options, 1).densifications(), 0u);
}

TEST(Schedule, ExposureRateDecaysToItsEndAndSurvivesZero) {
  TrainOptions options;
  options.iterations = 10;
  options.lr_exposure = 1e-2, options.lr_exposure_final = 1e-4;
  EXPECT_FLOAT_EQ(Schedule(options, 1).exposure_rate(5), 1e-3f);
  EXPECT_FLOAT_EQ(Schedule(options, 1).exposure_rate(10), 1e-4f);
  options.lr_exposure_final = 0;
  EXPECT_FLOAT_EQ(Schedule(options, 1).exposure_rate(5), 5e-3f);
  EXPECT_FLOAT_EQ(Schedule(options, 1).exposure_rate(10), 0.0f);
}

TEST(Schedule, ShDegreeGrowsWithTheShareOfTheRun) {
  TrainOptions options;
  options.iterations = 100, options.sh_degree = 2, options.sh_every = 0.1;
  const Schedule schedule(options, 1);
  EXPECT_EQ(schedule.sh_degree(1), 0);
  EXPECT_EQ(schedule.sh_degree(9), 0);
  EXPECT_EQ(schedule.sh_degree(10), 1);
  EXPECT_EQ(schedule.sh_degree(20), 2);
  EXPECT_EQ(schedule.sh_degree(100), 2);
  options.sh_every = 0;
  EXPECT_EQ(Schedule(options, 1).sh_degree(1), 2);
}

TEST(Schedule, ResolutionOnlyGrowsAndEndsFull) {
  TrainOptions options;
  options.iterations = 1000;
  const Schedule schedule(options, 1);
  EXPECT_GT(schedule.coarse_levels(1), 0);
  for (std::uint32_t step = 2; step <= 1000; ++step)
    EXPECT_LE(schedule.coarse_levels(step), schedule.coarse_levels(step - 1));
  EXPECT_EQ(schedule.coarse_levels(1000), 0);
  options.resolution_schedule = "off";
  EXPECT_EQ(Schedule(options, 1).coarse_levels(1), 0);
}

TEST(Schedule, DensifiesWithinItsWindowOnly) {
  TrainOptions options;
  options.iterations = 1000, options.densify_from = 0.1, options.densify_until = 0.5, options.densify_every = 50;
  const Schedule schedule(options, 1);
  std::set<std::uint32_t> steps;
  for (std::uint32_t step = 1; step <= 1000; ++step)
    if (schedule.densifies(step)) steps.insert(step);
  EXPECT_EQ(steps, (std::set<std::uint32_t>{100, 150, 200, 250, 300, 350, 400, 450, 500}));
}

TEST(Schedule, OpacityResetsScaleWithTheRun) {
  for (const int iterations : {15000, 30000}) {
    TrainOptions options;
    options.iterations = iterations, options.adc_opacity_reset = 0.2, options.densify_until = 0.5;
    int resets = 0;
    for (std::uint32_t step = 1; step <= static_cast<std::uint32_t>(iterations); ++step)
      resets += Schedule(options, 1).resets_opacity(step);
    EXPECT_EQ(resets, 2) << iterations;
    // Short runs: never before splats can have come back from the last one.
    options.adc_opacity_reset = 1e-3;
    EXPECT_FALSE(Schedule(options, 1).resets_opacity(2999));
    EXPECT_TRUE(Schedule(options, 1).resets_opacity(3000));
    options.adc_opacity_reset = 0;
    EXPECT_FALSE(Schedule(options, 1).resets_opacity(3000));
  }
}

TEST(BaseLevel, HalvesUntilTheLongerSideFits) {
  EXPECT_EQ(base_level(640, 360, 640), 0);
  EXPECT_EQ(base_level(641, 360, 640), 1);
  EXPECT_EQ(base_level(360, 2561, 640), 3);  // 2561 -> 1281 -> 641 -> 321
}

TEST(ViewOrder, EveryEpochShowsEveryViewOnce) {
  const std::vector<std::size_t> views = {3, 5, 8, 13, 21, 34, 55};
  ViewOrder order(views, 1);
  std::set<std::vector<std::size_t>> orders;
  for (std::uint32_t epoch = 0; epoch < 5; ++epoch) {
    std::vector<std::size_t> seen;
    for (std::uint32_t i = 0; i < 7; ++i) seen.push_back(order.view(1 + epoch * 7 + i));
    orders.insert(seen);
    std::sort(seen.begin(), seen.end());
    EXPECT_EQ(seen, views);
  }
  EXPECT_EQ(orders.size(), 5u) << "each epoch has an order of its own";
}

TEST(ViewOrder, DependsOnSeedAndStepOnly) {
  const std::vector<std::size_t> views = {0, 1, 2, 3, 4, 5, 6, 7};
  ViewOrder forward(views, 9), backward(views, 9), other(views, 10);
  std::vector<std::size_t> a(40), b(40), c(40);
  for (std::uint32_t s = 1; s <= 40; ++s) a[s - 1] = forward.view(s), c[s - 1] = other.view(s);
  for (std::uint32_t s = 40; s >= 1; --s) b[s - 1] = backward.view(s);
  EXPECT_EQ(a, b);
  EXPECT_NE(a, c);
}

}  // namespace
}  // namespace tessera::reconstruct
