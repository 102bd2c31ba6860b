#include "reconstruct/blocks/forecast.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reconstruct/blocks/block_dataset.h"
#include "reconstruct/blocks/plan_budget.h"
#include "reconstruct/blocks/plan_map.h"
#include "reconstruct/train/memory_plan.h"
#include "reconstruct/train/run_setup.h"
#include "scene/error.h"
#include "tests/reconstruct/blocks/flight.h"

namespace tessera::reconstruct {
namespace {
using testing::HasSubstr;

template <class Call>
std::string message(Call call) {
  try {
    call();
  } catch (const scene::Error& e) {
    return e.what();
  }
  return "nothing was thrown";
}

/// 96 photos of 256 x 256 pixels; a splat for every 16 of them.
struct Flown {
  scene::Dataset dataset = test::flight(12, 8, 0.4, 256);
  TrainOptions options;
  Flown() {
    options.iterations = 2000, options.pixels_per_splat = 16, options.max_splats = 10'000'000;
    options.strategy = "adc", options.initialization = "points";
  }
  BlockPlan plan(int blocks) const { return plan_blocks(dataset, {.blocks = blocks}, "standard", options); }
  BlockPlan within(const PlanBudget& budget, int blocks = 1) const {
    return plan_within(dataset, {.blocks = blocks}, budget, "standard", options);
  }
  /// What the trainer makes of the options of a block.
  MemoryPlan trainers(const BlockPlan& plan, std::uint32_t block) const {
    const scene::Dataset part = block_dataset(dataset, block_data(dataset, plan)[block], "block");
    const MemoryLimit machine{std::size_t{1} << 40, "of a test", 0};
    return plan_memory(part, with_one_cap(block_options(plan, block), part), false, machine);
  }
};

TEST(Forecast, MemoryAndCapAreTheTrainers) {
  Flown flown;
  flown.options.initialization = "stereo";
  for (const double memory_mb : {0.0, 1000.0, 200.0}) {
    flown.options.memory_mb = memory_mb;
    const BlockPlan plan = flown.plan(4);
    const SceneForecast all = forecast(plan, flown.dataset);
    ASSERT_EQ(all.blocks.size(), 4u);
    for (std::uint32_t b = 0; b < 4; ++b) {
      const MemoryPlan trainers = flown.trainers(plan, b);
      EXPECT_EQ(all.blocks[b].cap, static_cast<std::size_t>(trainers.options.max_splats)) << memory_mb;
      EXPECT_NEAR(static_cast<double>(all.blocks[b].memory_bytes), static_cast<double>(trainers.need.total()),
                  0.005 * static_cast<double>(trainers.need.total()));
      EXPECT_LE(all.blocks[b].splats, all.blocks[b].cap);
      EXPECT_LE(all.blocks[b].memory_bytes, all.memory_bytes);
    }
  }
}

TEST(Forecast, ALongerRunOverMoreAndLargerPicturesTakesLonger) {
  Flown flown;
  const auto seconds = [&] { return forecast(flown.plan(2), flown.dataset).blocks[0].cpu_seconds; };
  flown.options.steps_per_photo = 0;
  const double first = seconds();
  flown.options.iterations *= 2;
  EXPECT_GT(seconds(), 1.8 * first);
  flown.options.steps_per_photo = 20;
  EXPECT_LT(seconds(), 0.9 * first) << "its photos are good for no more";
  flown.options.steps_per_photo = 0;
  flown.options.iterations /= 2;
  flown.options.resolution_schedule = "off";
  const double full = seconds();
  EXPECT_GT(full, first);
  flown.options.pseudo_view = "corrected", flown.options.pseudo_from = 0.5;
  EXPECT_GT(seconds(), 1.4 * full) << "a second picture in half of the steps";
  flown.options.pseudo_view = "off";
  flown.options.max_image_size = 128;
  EXPECT_LT(seconds(), full);
  // The table of docs/performance.md, milliseconds of one thread: 22.7, 43.4, 185.9 and 323.7.
  EXPECT_NEAR(1e3 * step_seconds(640 * 360, 5e3), 22.7, 0.25 * 22.7);
  EXPECT_NEAR(1e3 * step_seconds(640 * 360, 50e3), 43.4, 0.25 * 43.4);
  EXPECT_NEAR(1e3 * step_seconds(640 * 360, 500e3), 185.9, 0.25 * 185.9);
  EXPECT_NEAR(1e3 * step_seconds(1280 * 720, 500e3), 323.7, 0.25 * 323.7);
  EXPECT_EQ(wall_seconds(10, 1), 10);
  EXPECT_LT(wall_seconds(10, 4), wall_seconds(10, 2));
}

TEST(Forecast, SplatsGrowFromTheStartToTheCap) {
  Flown flown;
  flown.options.strategy = "mcmc", flown.options.initialization = "points", flown.options.pixels_per_splat = 0;
  const auto splats = [&] { return forecast(flown.plan(1), flown.dataset).blocks[0].splats; };
  flown.options.densify_from = 0, flown.options.densify_until = 0.5;  // ten times 5 % in 2000 steps
  EXPECT_NEAR(static_cast<double>(splats()), static_cast<double>(flown.dataset.points.size()) * std::pow(1.05, 10), 2);
  flown.options.max_splats = 900;
  EXPECT_EQ(splats(), 900u);
  // 720 bytes of checkpoint and 248 of model each, and of the merged model again.
  flown.options.checkpoint_every = 0, flown.options.sh_degree = 3;
  EXPECT_EQ(forecast(flown.plan(1), flown.dataset).disk_bytes, 900u * (720 + 248 + 248));
}

TEST(Forecast, ABlocksBackdropTakesItsShareOfTheCapAtMostAndDoesNotGrow) {
  Flown flown;
  flown.options.strategy = "mcmc", flown.options.initialization = "points", flown.options.pixels_per_splat = 0;
  flown.options.densify_from = flown.options.densify_until = 0;  // never
  const auto block = [&] { return forecast(flown.plan(4), flown.dataset).blocks[0]; };
  const BlockForecast roomy = block();
  ASSERT_GT(roomy.auxiliary, 0u);
  EXPECT_NEAR(static_cast<double>(roomy.splats), static_cast<double>(roomy.points + roomy.auxiliary), 1);
  flown.options.max_splats = static_cast<int>(2 * roomy.points);
  flown.options.backdrop = 0.25;
  ASSERT_GT(roomy.auxiliary, roomy.points / 2) << "or the quarter bounds nothing";
  EXPECT_NEAR(static_cast<double>(block().splats), 1.5 * static_cast<double>(roomy.points), 1);
}

TEST(PlanBudget, UnitsAreReadAndAllElseIsRefused) {
  EXPECT_EQ(read_memory("6GB"), 6e9);
  EXPECT_EQ(read_memory("1.5 GiB"), 1.5 * 1024 * 1024 * 1024);
  EXPECT_EQ(read_memory("600MB"), 6e8);
  EXPECT_EQ(read_time("8h"), 8 * 3600);
  EXPECT_EQ(read_time("1h30min"), 5400);
  EXPECT_EQ(read_time("45 s"), 45);
  for (const char* bad : {"6", "6gb", "GB", "-6GB", "0GB", "6GB7", "nanGB", "1e3GB", "", "6 parsecs", "1..5GB"})
    EXPECT_THAT(message([&] { read_memory(bad); }), HasSubstr("--memory")) << bad;
  for (const char* bad : {"8", "h", "-8h", "0h", "8h30", "8 hours", "8m"})
    EXPECT_THAT(message([&] { read_time(bad); }), HasSubstr("--time")) << bad;
}

TEST(PlanBudget, TakesTheFewestBlocksThatFitAndTheTrainerGivesUpNoSplats) {
  const Flown flown;
  const BlockPlan one = flown.plan(1);
  const auto least = [&](const BlockPlan& plan) {
    std::size_t most = 0;
    for (const auto& f : forecast(plan, flown.dataset).blocks) most = std::max(most, f.least_memory_bytes);
    return static_cast<double>(most);
  };
  ASSERT_EQ(flown.within({.memory_bytes = least(one) + 1e6}).partition.cells(), 1u);
  const BlockPlan plan = flown.within({.memory_bytes = 0.6 * least(one)});
  const int blocks = static_cast<int>(plan.partition.cells());
  ASSERT_GT(blocks, 1);
  for (int fewer = 1; fewer < blocks; ++fewer) EXPECT_GT(least(flown.plan(fewer)), 0.6 * least(one)) << fewer;
  EXPECT_NEAR(plan.options.memory_mb, 0.6e-6 * least(one), 1);
  for (std::uint32_t b = 0; b < plan.partition.cells(); ++b) {
    const MemoryPlan trainers = flown.trainers(plan, b);
    EXPECT_LE(static_cast<double>(trainers.need.total()), 0.6 * least(one));
    for (const OptionChange& step : trainers.steps) EXPECT_NE(step.name, "max_splats");
  }
}

TEST(PlanBudget, WhereNothingFitsItSaysWhatWould) {
  const Flown flown;
  const std::string refusal = message([&] { flown.within({.memory_bytes = 20e6}); });
  EXPECT_THAT(refusal, HasSubstr("--memory 20MB: no number of blocks fits into it; the smallest that would is "));
  const std::string words = "would is ";
  const std::string said = refusal.substr(refusal.find(words) + words.size());
  EXPECT_GT(flown.within({.memory_bytes = read_memory(said.substr(0, said.find(' ')))}).partition.cells(), 1u) << said;
}

TEST(PlanBudget, TakesAsManyStepsAsFit) {
  const Flown flown;
  const auto seconds = [&](const BlockPlan& plan) {
    return wall_seconds(forecast(plan, flown.dataset).cpu_seconds, 2);
  };
  const double whole = seconds(flown.plan(3));
  EXPECT_EQ(flown.within({.seconds = 1.1 * whole, .cores = 2}, 3).options.iterations, 2000) << "no more than asked for";
  const BlockPlan half = flown.within({.seconds = 0.5 * whole, .cores = 2}, 3);
  EXPECT_EQ(half.partition.cells(), 3u);
  EXPECT_LT(half.options.iterations, 1200);
  EXPECT_GT(seconds(half), 0.49 * whole);
  EXPECT_LE(seconds(half), 0.5 * whole);
  EXPECT_THAT(message([&] { flown.within({.seconds = 1, .cores = 2}, 3); }),
              HasSubstr("the fewest steps that show anything, 300 a block, take about"));
}

TEST(PlanMap, ShowsCellsCamerasAndFiguresInBothForms) {
  Flown flown;
  flown.dataset.views[5].test = true;
  for (const bool contracted : {false, true}) {
    const BlockPlan plan = plan_blocks(flown.dataset, {.blocks = 4, .partitioner = "grid", .contracted = contracted},
                                       "standard", flown.options);
    const auto blocks = block_data(flown.dataset, plan);
    const Drawing map = plan_map(plan, flown.dataset, blocks, forecast(plan, flown.dataset, blocks));
    const std::string svg = map.svg();
    EXPECT_THAT(svg, HasSubstr("4 blocks, 96 photos"));
    EXPECT_THAT(svg, HasSubstr(std::to_string(blocks[3].views.size()) + " photos</text>"));
    std::size_t discs = 0;
    for (std::size_t at = svg.find("<circle"); at != std::string::npos; at = svg.find("<circle", at + 1)) ++discs;
    EXPECT_EQ(discs, flown.dataset.views.size() + 2) << "and two of the legend";
    for (const char* no_number : {"nan", "inf"}) EXPECT_EQ(svg.find(no_number), std::string::npos);
    const scene::Image8 image = map.image();
    EXPECT_EQ(image.width, map.width());
    EXPECT_EQ(image.pixels.size(), static_cast<std::size_t>(map.width()) * static_cast<std::size_t>(map.height()) * 3);
    EXPECT_EQ(map.image().pixels, image.pixels);
  }
}

TEST(Drawing, DrawsTheSameShapesOnPixels) {
  Drawing drawing(40, 30, {{255, 255, 255}});
  drawing.fill({{10, 10}, {20, 10}, {20, 20}, {10, 20}}, {{200, 0, 0}});
  drawing.fill({{14, 10}, {40, 10}, {40, 30}, {14, 30}}, {{0, 0, 0}, 0.5});
  drawing.text({2, 28}, "a<b & c", 6, {});
  const scene::Image8 image = drawing.image();
  const auto red = [&](int x, int y) { return static_cast<int>(*image.at(x, y)); };
  EXPECT_EQ(red(2, 2), 255);
  EXPECT_EQ(red(12, 15), 200);
  EXPECT_NEAR(red(17, 15), 100, 1);
  EXPECT_NEAR(red(36, 12), 128, 1);
  EXPECT_THAT(drawing.svg(), HasSubstr("a&lt;b &amp; c"));
  EXPECT_THAT(drawing.svg(), HasSubstr("fill-opacity=\"0.50\""));
}

}  // namespace
}  // namespace tessera::reconstruct
