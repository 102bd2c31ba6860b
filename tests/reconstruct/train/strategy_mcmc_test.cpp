#include "reconstruct/train/strategy_mcmc.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include <tbb/global_control.h>

#include "reconstruct/train/splat_math.h"
#include "scene/error.h"
#include "tests/reconstruct/train/train_support.h"

namespace tessera::reconstruct {
namespace {

TrainOptions mcmc_options() {
  TrainOptions options;
  options.strategy = "mcmc";
  options.iterations = 100;
  options.densify_from = 0, options.densify_until = 0.9, options.densify_every = 10;
  options.mcmc_noise = 0, options.mcmc_growth = 0;
  return options;
}

StepContext at_step(std::uint32_t step, float lr_position = 0) {
  StepContext context;
  context.step = step;
  context.width = 200, context.height = 100;
  context.lr_position = lr_position;
  return context;
}

/// Rows 10 apart along x, all of one opacity.
scene::GaussianModel row_of_splats(std::size_t n, float opacity) {
  scene::GaussianModel model;
  model.resize(n, 0);
  for (std::size_t i = 0; i < n; ++i) {
    model.position[0][i] = 10.0f * static_cast<float>(i);
    for (auto& plane : model.log_scale) plane[i] = std::log(0.01f);
    model.rotation[0][i] = 1;
    model.opacity_logit[i] = logit(opacity);
    model.sh[0][i] = static_cast<float>(i);
  }
  return model;
}

GrowFilter right_of(float x) {
  return {[x](const std::array<float, 3>& p) { return p[0] > x; }, "right"};
}

TEST(Mcmc, OnlyWhatMayMultiplyTakesTheDeadAndTheNew) {
  auto model = row_of_splats(8, 0.8f);
  model.opacity_logit[1] = model.opacity_logit[6] = logit(0.001f);
  auto adam = test::used_adam(8, 0);
  TrainOptions options = mcmc_options();
  options.mcmc_growth = 0.5;
  EXPECT_TRUE(McmcStrategy(options, right_of(35)).after_step(model, adam, test::blank_gradients(8, 0), at_step(10)));
  ASSERT_EQ(model.size(), 12u);
  for (const float x : {0.0f, 20.0f, 30.0f})
    EXPECT_EQ(std::count(model.position[0].begin(), model.position[0].end(), x), 1) << "outside: kept, and alone";
  EXPECT_EQ(std::count_if(model.position[0].begin(), model.position[0].end(), [](float x) { return x > 35; }), 9);
  // Where nothing may, nothing moves.
  auto still = row_of_splats(4, 0.8f);
  still.opacity_logit[0] = logit(0.001f);
  auto moments = test::used_adam(4, 0);
  EXPECT_FALSE(McmcStrategy(options, right_of(1e9f)).after_step(still, moments, test::blank_gradients(4, 0), at_step(10)));
  EXPECT_EQ(still.size(), 4u);
}

TEST(Mcmc, DeadRowsMoveOntoTheLiving) {
  auto model = row_of_splats(4, 0.8f);
  model.opacity_logit[1] = logit(0.004f);
  model.opacity_logit[3] = logit(0.001f);
  auto adam = test::used_adam(4, 0);
  EXPECT_TRUE(McmcStrategy(mcmc_options()).after_step(model, adam, test::blank_gradients(4, 0), at_step(10)));
  ASSERT_EQ(model.size(), 4u);
  std::size_t copies[2] = {};
  for (std::size_t i = 0; i < 4; ++i) {
    ASSERT_TRUE(model.position[0][i] == 0 || model.position[0][i] == 20) << model.position[0][i];
    EXPECT_EQ(model.sh[0][i], model.position[0][i] / 10);  // the row comes whole
    ++copies[model.position[0][i] == 20];
  }
  for (std::size_t i = 0; i < 4; ++i) {
    const auto n = static_cast<int>(copies[model.position[0][i] == 20]);
    EXPECT_NEAR(sigmoid(model.opacity_logit[i]), relocated(0.8, n).opacity, 1e-5);
    EXPECT_NEAR(std::exp(model.log_scale[1][i]), 0.01 * relocated(0.8, n).scale_factor, 1e-6);
    EXPECT_EQ(adam.first.position[0][i], n > 1 ? 0.0f : 0.25f);
    EXPECT_EQ(adam.second.sh[0][i], n > 1 ? 0.0f : 0.5f);
  }
}

TEST(Mcmc, GrowsByItsShareUpToTheCap) {
  auto options = mcmc_options();
  options.mcmc_growth = 0.05, options.max_splats = 107;
  auto model = row_of_splats(100, 0.5f);
  auto adam = test::used_adam(100, 0);
  McmcStrategy strategy(options);
  EXPECT_TRUE(strategy.after_step(model, adam, test::blank_gradients(100, 0), at_step(10)));
  EXPECT_EQ(model.size(), 105u);
  EXPECT_TRUE(strategy.after_step(model, adam, test::blank_gradients(105, 0), at_step(20)));
  EXPECT_EQ(model.size(), 107u);
  EXPECT_FALSE(strategy.after_step(model, adam, test::blank_gradients(107, 0), at_step(30)));
  EXPECT_EQ(model.size(), 107u);
  EXPECT_EQ(adam.last_step.size(), 107u);
}

TEST(Mcmc, DrawsInProportionToOpacity) {
  auto options = mcmc_options();
  options.mcmc_growth = 1;
  const std::size_t n = 4000;
  auto model = row_of_splats(n, 0.2f);
  for (std::size_t i = 0; i < n; i += 2) model.opacity_logit[i] = logit(0.6f);
  auto adam = test::used_adam(n, 0);
  EXPECT_TRUE(McmcStrategy(options).after_step(model, adam, test::blank_gradients(n, 0), at_step(10)));
  ASSERT_EQ(model.size(), 2 * n);
  std::size_t opaque = 0;
  for (const float x : model.position[0]) opaque += static_cast<std::size_t>(std::lround(x / 10)) % 2 == 0;
  // 4,000 draws with probability 3/4: standard deviation 27.
  EXPECT_NEAR(static_cast<double>(opaque - n / 2), 3000, 110);
}

TEST(Mcmc, WithNobodyAliveNothingMoves) {
  auto model = row_of_splats(3, 0.001f);
  const auto before = model;
  auto adam = test::used_adam(3, 0);
  EXPECT_FALSE(McmcStrategy(mcmc_options()).after_step(model, adam, test::blank_gradients(3, 0), at_step(10)));
  EXPECT_TRUE(test::same_planes(model, before));
}

TEST(Mcmc, KeepsToItsWindow) {
  auto options = mcmc_options();
  options.mcmc_growth = 0.5;
  auto model = row_of_splats(4, 0.5f);
  auto adam = test::used_adam(4, 0);
  McmcStrategy strategy(options);
  EXPECT_FALSE(strategy.after_step(model, adam, test::blank_gradients(4, 0), at_step(11)));
  EXPECT_FALSE(strategy.after_step(model, adam, test::blank_gradients(4, 0), at_step(100)));
  EXPECT_EQ(model.size(), 4u);
}

TEST(Mcmc, NoiseHasTheShapeOfTheSplatAndSparesTheOpaque) {
  auto options = mcmc_options();
  options.mcmc_noise = 1000;
  const std::size_t n = 6000;
  auto model = row_of_splats(n, 0.005f);  // at the floor: factor 1/2
  for (std::size_t i = 0; i < n; ++i) {
    model.position[0][i] = 0;
    model.rotation[3][i] = 1;  // 90 degrees about z: local x is world y
    model.log_scale[0][i] = std::log(0.2f), model.log_scale[1][i] = std::log(0.1f),
    model.log_scale[2][i] = std::log(0.05f);
    if (i % 3 == 1) model.opacity_logit[i] = logit(0.9f);
  }
  auto adam = test::used_adam(n, 0);
  auto g = test::blank_gradients(n, 0);
  for (std::size_t i = 0; i < n; ++i) g.seen[i] = i % 3 != 2;
  McmcStrategy(options).after_step(model, adam, g, at_step(1, 0.002f));
  double squares[3] = {};
  for (std::size_t i = 0; i < n; ++i)
    for (int a = 0; a < 3; ++a) {
      const double p = model.position[a][i];
      if (i % 3 == 0)
        squares[a] += p * p;
      else
        EXPECT_EQ(p, 0) << "opaque or unseen";
    }
  // Sigma e: standard deviation s^2 along each axis, x 0.002 x 1000 x 1/2; standard error 1.6 %.
  const double expected[3] = {0.01, 0.04, 0.0025};
  for (int a = 0; a < 3; ++a) EXPECT_NEAR(std::sqrt(squares[a] / (n / 3.0)) / expected[a], 1, 0.06) << a;
}

TEST(Mcmc, ARowUnseenForKStepsMovesBySqrtK) {
  auto options = mcmc_options();
  options.mcmc_noise = 1000;
  auto once = row_of_splats(1, 0.005f), late = once;
  auto adam = test::used_adam(1, 0);
  auto g = test::blank_gradients(1, 0);
  McmcStrategy a(options), b(options);
  b.after_step(late, adam, g, at_step(1, 0.002f));  // unseen
  g.seen[0] = 1;
  a.after_step(once, adam, g, at_step(9, 0.002f));  // its first step: nothing was missed
  b.after_step(late, adam, g, at_step(9, 0.002f));
  ASSERT_NE(once.position[1][0], 0);
  EXPECT_NEAR(late.position[1][0] / once.position[1][0], 3, 1e-4);  // steps 1..9
}

TEST(Mcmc, RegularisationIsTheGradientOfTheMeansOverSeenRows) {
  auto options = mcmc_options();
  options.opacity_regularization = 0.3, options.scale_regularization = 0.6;
  auto model = row_of_splats(3, 0.8f);
  model.log_scale[1][2] = std::log(0.5f);
  auto g = test::blank_gradients(3, 0);
  g.seen = {1, 0, 1};
  g.planes.opacity_logit[0] = 1;
  McmcStrategy(options).add_regularization(model, render::rows_of(g, 0, 3, 0), 2);
  EXPECT_NEAR(g.planes.opacity_logit[0], 1 + 0.3 / 2 * 0.8 * 0.2, 1e-6);
  EXPECT_EQ(g.planes.opacity_logit[1], 0);
  EXPECT_NEAR(g.planes.log_scale[0][0], 0.6 / 6 * 0.01, 1e-7);
  EXPECT_NEAR(g.planes.log_scale[1][2], 0.6 / 6 * 0.5, 1e-6);
  EXPECT_EQ(g.planes.log_scale[2][1], 0);
}

TEST(Mcmc, TheSameBytesOnAnyNumberOfThreads) {
  auto options = mcmc_options();
  options.mcmc_noise = 5e5, options.mcmc_growth = 0.2;
  const std::size_t n = 20000;
  scene::GaussianModel results[2];
  for (const std::size_t threads : {1u, 3u}) {
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
    auto& model = results[threads == 3];
    model = test::random_model(n, 0, 4);
    for (float& o : model.opacity_logit) o = 5 * o - 4;
    for (auto& plane : model.log_scale)
      for (float& s : plane) s -= 4;
    auto adam = test::used_adam(n, 0);
    auto g = test::blank_gradients(n, 0);
    for (std::size_t i = 0; i < n; ++i) g.seen[i] = i % 5 != 0;
    McmcStrategy strategy(options);
    strategy.add_regularization(model, render::rows_of(g, 0, n, 0), n / 5 * 4);
    EXPECT_TRUE(strategy.after_step(model, adam, g, at_step(10, 1e-3f)));
  }
  EXPECT_TRUE(test::same_planes(results[0], results[1]));
}

TEST(Mcmc, GoesOnFromItsSavedState) {
  auto options = mcmc_options();
  options.mcmc_noise = 5e5, options.mcmc_growth = 0.1;
  auto model = row_of_splats(20, 0.01f);
  auto adam = test::used_adam(20, 0);
  auto g = test::blank_gradients(20, 0);
  for (std::size_t i = 0; i < 20; i += 2) g.seen[i] = 1;
  McmcStrategy a(options), b(options);
  a.after_step(model, adam, g, at_step(8, 1e-3f));
  b.load(a.save());
  auto model_b = model;
  auto adam_b = adam;
  g.seen.assign(20, 1);
  a.after_step(model, adam, g, at_step(10, 1e-3f));
  b.after_step(model_b, adam_b, g, at_step(10, 1e-3f));
  EXPECT_EQ(model.size(), 22u);
  EXPECT_TRUE(test::same_planes(model, model_b));
  EXPECT_EQ(a.save(), b.save());
}

TEST(Mcmc, RefusesForeignState) {
  McmcStrategy strategy(mcmc_options());
  EXPECT_THROW(strategy.load(""), scene::Error);
  EXPECT_THROW(strategy.load("mcmc"), scene::Error);
  EXPECT_THROW(strategy.load(strategy.save() + "x"), scene::Error);
  auto options = mcmc_options();
  options.strategy = "adc";
  EXPECT_THROW(strategy.load(make_strategy(options)->save()), scene::Error);
}

}  // namespace
}  // namespace tessera::reconstruct
