#include "reconstruct/train/strategy_adc.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "reconstruct/train/splat_math.h"
#include "scene/error.h"
#include "tests/reconstruct/train/train_support.h"

namespace tessera::reconstruct {
namespace {

constexpr int kWidth = 200, kHeight = 100;

TrainOptions adc_options() {
  TrainOptions options;
  options.strategy = "adc";
  options.iterations = 100;
  options.densify_from = 0, options.densify_until = 0.9, options.densify_every = 10;
  options.adc_threshold = 1e-3;
  options.adc_opacity_reset = 0;
  return options;
}

StepContext at_step(std::uint32_t step) {
  StepContext context;
  context.step = step;
  context.width = kWidth, context.height = kHeight;
  context.extent = 1;
  return context;
}

/// Rows 10 apart along x, scale 1e-3 (below 1 % of the extent), opacity 0.5.
scene::GaussianModel row_of_splats(std::size_t n) {
  scene::GaussianModel model;
  model.resize(n, 0);
  for (std::size_t i = 0; i < n; ++i) {
    model.position[0][i] = 10.0f * static_cast<float>(i);
    for (auto& plane : model.log_scale) plane[i] = std::log(1e-3f);
    model.rotation[0][i] = 1;
  }
  return model;
}

/// Gradient in pixels whose NDC norm is `ndc`, along x.
void see(render::ModelGradients& g, std::size_t row, float ndc) {
  g.seen[row] = 1;
  g.mean2d[0][row] = ndc / (0.5f * kWidth);
}

std::size_t rows_near(const scene::GaussianModel& model, float x, float reach = 1.0f) {
  return static_cast<std::size_t>(std::count_if(model.position[0].begin(), model.position[0].end(),
                                                [&](float p) { return std::abs(p - x) < reach; }));
}

TEST(Adc, ClonesSmallRowsAboveTheThreshold) {
  auto model = row_of_splats(3);
  auto adam = test::used_adam(3, 0);
  auto g = test::blank_gradients(3, 0);
  see(g, 0, 0.9e-3f), see(g, 1, 1.1e-3f);
  EXPECT_TRUE(AdcStrategy(adc_options()).after_step(model, adam, g, at_step(10)));
  ASSERT_EQ(model.size(), 4u);
  EXPECT_EQ(rows_near(model, 0), 1u);
  EXPECT_EQ(rows_near(model, 10), 2u);
  EXPECT_EQ(rows_near(model, 20), 1u);
  EXPECT_EQ(adam.last_step.size(), 4u);
  // The clone starts with empty moments, the original keeps its own.
  std::vector<float> moments;
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_FLOAT_EQ(model.log_scale[0][i], std::log(1e-3f));
    if (rows_near(model, 10) && std::abs(model.position[0][i] - 10) < 1) moments.push_back(adam.first.position[0][i]);
  }
  std::sort(moments.begin(), moments.end());
  EXPECT_EQ(moments, (std::vector<float>{0.0f, 0.25f}));
}

TEST(Adc, WhatMayNotMultiplyIsNeitherClonedNorSplitButPruned) {
  auto model = row_of_splats(4);
  for (auto& plane : model.log_scale) plane[1] = std::log(0.05f);
  model.opacity_logit[2] = -10;
  auto adam = test::used_adam(4, 0);
  auto g = test::blank_gradients(4, 0);
  for (std::size_t i = 0; i < 4; ++i) see(g, i, 2e-3f);
  const GrowFilter grow{[](const std::array<float, 3>& p) { return p[0] > 25; }, "right"};
  EXPECT_TRUE(AdcStrategy(adc_options(), grow).after_step(model, adam, g, at_step(10)));
  EXPECT_EQ(rows_near(model, 0), 1u);
  EXPECT_EQ(rows_near(model, 10), 1u);
  EXPECT_EQ(rows_near(model, 20), 0u);
  EXPECT_EQ(rows_near(model, 30), 2u);
}

TEST(Adc, SplitsLargeRowsInTwoSmallerOnes) {
  auto model = row_of_splats(2);
  for (auto& plane : model.log_scale) plane[1] = std::log(0.05f);
  auto adam = test::used_adam(2, 0);
  auto g = test::blank_gradients(2, 0);
  see(g, 1, 2e-3f);
  EXPECT_TRUE(AdcStrategy(adc_options()).after_step(model, adam, g, at_step(10)));
  ASSERT_EQ(model.size(), 3u);
  EXPECT_EQ(rows_near(model, 10), 2u);
  std::vector<float> children;
  for (std::size_t i = 0; i < 3; ++i)
    if (std::abs(model.position[0][i] - 10) < 1) {
      children.push_back(model.position[0][i]);
      EXPECT_NEAR(model.log_scale[2][i], std::log(0.05f / 1.6f), 1e-5);
      EXPECT_EQ(adam.second.opacity_logit[i], 0.0f);
    }
  EXPECT_NE(children[0], children[1]) << "each child is a sample of its own";
}

TEST(Adc, SplitSamplesFollowTheParentsShape) {
  const std::size_t n = 2000;
  scene::GaussianModel model;
  model.resize(n, 0);
  for (std::size_t i = 0; i < n; ++i) {
    model.rotation[0][i] = 1;
    model.log_scale[0][i] = std::log(0.2f), model.log_scale[1][i] = std::log(0.1f),
    model.log_scale[2][i] = std::log(0.02f);
  }
  auto adam = test::used_adam(n, 0);
  auto g = test::blank_gradients(n, 0);
  for (std::size_t i = 0; i < n; ++i) see(g, i, 2e-3f);
  EXPECT_TRUE(AdcStrategy(adc_options()).after_step(model, adam, g, at_step(10)));
  ASSERT_EQ(model.size(), 2 * n);
  const double expected[3] = {0.2, 0.1, 0.02};
  for (int a = 0; a < 3; ++a) {
    double sum = 0, squares = 0;
    for (const float p : model.position[a]) sum += p, squares += static_cast<double>(p) * p;
    EXPECT_NEAR(sum / (2.0 * n) / expected[a], 0, 0.1);  // standard error 0.016
    EXPECT_NEAR(std::sqrt(squares / (2.0 * n)) / expected[a], 1, 0.05);
  }
}

TEST(Adc, TheScoreIsTheMeanOverVisitsInNdc) {
  auto model = row_of_splats(3);
  auto adam = test::used_adam(3, 0);
  AdcStrategy strategy(adc_options());
  auto g = test::blank_gradients(3, 0);
  see(g, 0, 1.8e-3f), see(g, 1, 2.2e-3f);
  g.seen[2] = 1, g.mean2d[1][2] = 2.2e-3f / (0.5f * kHeight);  // along y the half height counts
  strategy.after_step(model, adam, g, at_step(1));
  auto quiet = test::blank_gradients(3, 0);
  quiet.seen = {1, 1, 1};
  strategy.after_step(model, adam, quiet, at_step(2));                                      // halves the means
  EXPECT_TRUE(strategy.after_step(model, adam, test::blank_gradients(3, 0), at_step(10)));  // unseen: no visit
  EXPECT_EQ(rows_near(model, 0), 1u);
  EXPECT_EQ(rows_near(model, 10), 2u);
  EXPECT_EQ(rows_near(model, 20), 2u);
}

TEST(Adc, StatisticsStartAnewAfterADensification) {
  auto model = row_of_splats(1);
  auto adam = test::used_adam(1, 0);
  AdcStrategy strategy(adc_options());
  auto g = test::blank_gradients(1, 0);
  see(g, 0, 5e-3f);
  EXPECT_TRUE(strategy.after_step(model, adam, g, at_step(10)));
  auto quiet = test::blank_gradients(2, 0);
  quiet.seen = {1, 1};
  EXPECT_FALSE(strategy.after_step(model, adam, quiet, at_step(20)));
  EXPECT_EQ(model.size(), 2u);
}

TEST(Adc, AbsoluteGradientsAreAnOption) {
  auto options = adc_options();
  auto g = test::blank_gradients(1, 0);
  g.seen[0] = 1;
  g.abs_mean2d[0][0] = 2e-3f / (0.5f * kWidth);
  auto model = row_of_splats(1);
  auto adam = test::used_adam(1, 0);
  EXPECT_FALSE(AdcStrategy(options).after_step(model, adam, g, at_step(10)));
  options.adc_absolute = true;
  EXPECT_TRUE(AdcStrategy(options).after_step(model, adam, g, at_step(10)));
  EXPECT_EQ(model.size(), 2u);
}

TEST(Adc, UnderTheCapTheHighestScoresGrowFirst) {
  auto options = adc_options();
  options.max_splats = 6;
  auto model = row_of_splats(4);
  auto adam = test::used_adam(4, 0);
  auto g = test::blank_gradients(4, 0);
  see(g, 0, 4e-3f), see(g, 1, 2e-3f), see(g, 2, 3e-3f), see(g, 3, 5e-3f);
  EXPECT_TRUE(AdcStrategy(options).after_step(model, adam, g, at_step(10)));
  EXPECT_EQ(model.size(), 6u);
  EXPECT_EQ(rows_near(model, 0), 2u);
  EXPECT_EQ(rows_near(model, 30), 2u);
}

TEST(Adc, PrunesFaintRowsAndGivesTheirRoomToNewOnes) {
  auto options = adc_options();
  options.max_splats = 3;
  auto model = row_of_splats(3);
  model.opacity_logit[1] = logit(0.004f);
  auto adam = test::used_adam(3, 0);
  auto g = test::blank_gradients(3, 0);
  see(g, 0, 4e-3f), see(g, 1, 9e-3f), see(g, 2, 3e-3f);
  EXPECT_TRUE(AdcStrategy(options).after_step(model, adam, g, at_step(10)));
  EXPECT_EQ(model.size(), 3u);
  EXPECT_EQ(rows_near(model, 10), 0u);
  EXPECT_EQ(rows_near(model, 0), 2u);
}

/// Four rows at the cap, the third the faintest, and one densification that all of `room` falls to.
TrainOptions full_options(double room) {
  auto options = adc_options();
  options.max_splats = 4;
  options.densify_until = 0.1;
  options.adc_make_room = room;
  return options;
}

scene::GaussianModel full_model() {
  auto model = row_of_splats(4);
  model.opacity_logit = {logit(0.5f), logit(0.2f), logit(0.1f), logit(0.3f)};
  return model;
}

TEST(Adc, AtTheCapTheFaintestMakeRoomWhereDetailIsMissing) {
  auto model = full_model();
  auto adam = test::used_adam(4, 0);
  auto g = test::blank_gradients(4, 0);
  see(g, 0, 9e-3f), see(g, 3, 5e-3f);
  EXPECT_TRUE(AdcStrategy(full_options(0.25)).after_step(model, adam, g, at_step(10)));
  EXPECT_EQ(model.size(), 4u);
  EXPECT_EQ(rows_near(model, 0), 2u);
  EXPECT_EQ(rows_near(model, 10), 1u);
  EXPECT_EQ(rows_near(model, 20), 0u);
  EXPECT_EQ(rows_near(model, 30), 1u) << "the share of this densification is one row";
}

TEST(Adc, WhatMultipliesDoesNotMakeRoomButWhatOnlyWantsToMay) {
  auto model = full_model();
  auto adam = test::used_adam(4, 0);
  auto g = test::blank_gradients(4, 0);
  see(g, 2, 9e-3f), see(g, 1, 8e-3f), see(g, 0, 7e-3f);
  EXPECT_TRUE(AdcStrategy(full_options(0.25)).after_step(model, adam, g, at_step(10)));
  EXPECT_EQ(model.size(), 4u);
  EXPECT_EQ(rows_near(model, 20), 2u) << "the faintest, and the first to multiply";
  EXPECT_EQ(rows_near(model, 10), 0u);
}

TEST(Adc, NobodyMakesRoomThatNobodyWants) {
  auto adam = test::used_adam(4, 0);
  auto model = full_model();
  EXPECT_FALSE(AdcStrategy(full_options(1)).after_step(model, adam, test::blank_gradients(4, 0), at_step(10)));
  auto options = full_options(1);
  options.max_splats = 5;  // room for the one
  auto g = test::blank_gradients(4, 0);
  see(g, 0, 9e-3f);
  EXPECT_TRUE(AdcStrategy(options).after_step(model, adam, g, at_step(10)));
  EXPECT_EQ(model.size(), 5u);
  EXPECT_EQ(rows_near(model, 20), 1u);
}

TEST(Adc, RoomIsSharedOutAmongTheDensificationsOfTheRun) {
  auto options = full_options(0.25);
  options.densify_until = 0.2;  // two: an eighth of four rows is none
  auto model = full_model();
  auto adam = test::used_adam(4, 0);
  auto g = test::blank_gradients(4, 0);
  see(g, 0, 9e-3f);
  EXPECT_FALSE(AdcStrategy(options).after_step(model, adam, g, at_step(10)));
  options.adc_make_room = 0.5;
  EXPECT_TRUE(AdcStrategy(options).after_step(model, adam, g, at_step(10)));
  EXPECT_EQ(rows_near(model, 20), 0u);
}

TEST(Adc, LargeRowsArePrunedOnlyAfterAReset) {
  auto options = adc_options();
  options.iterations = 15000, options.adc_opacity_reset = 0.2;  // step 3000
  auto model = row_of_splats(2);
  model.log_scale[0][1] = std::log(0.2f);
  auto adam = test::used_adam(2, 0);
  AdcStrategy strategy(options);
  const auto quiet = test::blank_gradients(2, 0);
  EXPECT_FALSE(strategy.after_step(model, adam, quiet, at_step(10)));
  EXPECT_FALSE(strategy.after_step(model, adam, quiet, at_step(3000)));
  for (const float o : model.opacity_logit) EXPECT_NEAR(sigmoid(o), 0.01f, 1e-6);
  EXPECT_EQ(adam.first.opacity_logit[0], 0.0f);
  EXPECT_EQ(adam.first.position[0][0], 0.25f);
  EXPECT_TRUE(strategy.after_step(model, adam, quiet, at_step(3010)));
  EXPECT_EQ(model.size(), 1u);
  EXPECT_EQ(rows_near(model, 0), 1u);
}

TEST(Adc, AResetNeverRaisesAnOpacity) {
  auto options = adc_options();
  options.iterations = 15000, options.adc_opacity_reset = 0.2;
  auto model = row_of_splats(2);
  model.opacity_logit[0] = logit(0.007f);
  auto adam = test::used_adam(2, 0);
  AdcStrategy(options).after_step(model, adam, test::blank_gradients(2, 0), at_step(3000));
  EXPECT_NEAR(sigmoid(model.opacity_logit[0]), 0.007f, 1e-6);
}

TEST(Adc, NothingChangesOutsideTheWindow) {
  auto model = row_of_splats(2);
  auto adam = test::used_adam(2, 0);
  auto g = test::blank_gradients(2, 0);
  see(g, 0, 5e-3f);
  AdcStrategy strategy(adc_options());
  EXPECT_FALSE(strategy.after_step(model, adam, g, at_step(9)));
  EXPECT_FALSE(strategy.after_step(model, adam, g, at_step(91)));
  EXPECT_FALSE(strategy.after_step(model, adam, g, at_step(100)));
  EXPECT_EQ(model.size(), 2u);
}

TEST(Adc, OneSplatAlwaysStays) {
  auto model = row_of_splats(3);
  model.opacity_logit = {logit(0.001f), logit(0.003f), logit(0.002f)};
  auto adam = test::used_adam(3, 0);
  EXPECT_TRUE(AdcStrategy(adc_options()).after_step(model, adam, test::blank_gradients(3, 0), at_step(10)));
  ASSERT_EQ(model.size(), 1u);
  EXPECT_FLOAT_EQ(model.position[0][0], 10);
}

TEST(Adc, GoesOnFromItsSavedState) {
  const auto options = adc_options();
  auto model = row_of_splats(4);
  auto adam = test::used_adam(4, 0);
  auto g = test::blank_gradients(4, 0);
  see(g, 0, 5e-3f), see(g, 2, 0.5e-3f);
  AdcStrategy a(options), b(options);
  a.after_step(model, adam, g, at_step(9));
  b.load(a.save());
  auto model_b = model;
  auto adam_b = adam;
  const auto quiet = test::blank_gradients(4, 0);
  EXPECT_TRUE(a.after_step(model, adam, quiet, at_step(10)));
  EXPECT_TRUE(b.after_step(model_b, adam_b, quiet, at_step(10)));
  EXPECT_TRUE(test::same_planes(model, model_b));
  EXPECT_EQ(a.save(), b.save());
}

TEST(Adc, RefusesForeignState) {
  AdcStrategy strategy(adc_options());
  EXPECT_THROW(strategy.load(""), scene::Error);
  EXPECT_THROW(strategy.load(make_strategy(TrainOptions{})->save()), scene::Error);  // mcmc
  EXPECT_THROW(strategy.load(strategy.save() + "x"), scene::Error);
}

TEST(Adc, AddsNoRegularisation) {
  const auto model = row_of_splats(1);
  auto g = test::blank_gradients(1, 0);
  g.seen[0] = 1;
  AdcStrategy(adc_options()).add_regularization(model, render::rows_of(g, 0, 1, 0), 1);
  EXPECT_EQ(g.planes.opacity_logit[0], 0.0f);
  EXPECT_EQ(g.planes.log_scale[0][0], 0.0f);
}

TEST(MakeStrategy, KnowsBothNames) {
  TrainOptions options;
  options.strategy = "adc";
  EXPECT_NE(dynamic_cast<AdcStrategy*>(make_strategy(options).get()), nullptr);
  options.strategy = "none";
  EXPECT_THROW(make_strategy(options), scene::Error);
}

}  // namespace
}  // namespace tessera::reconstruct
