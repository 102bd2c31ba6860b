#include "reconstruct/train/initialize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include <tbb/global_control.h>

#include "reconstruct/train/splat_math.h"
#include "scene/error.h"
#include "tests/reconstruct/train/small_world.h"
#include "tests/reconstruct/train/train_support.h"

namespace tessera::reconstruct {
namespace {

constexpr std::size_t kBudget = 1 << 26;

TrainOptions adc_options() {
  TrainOptions options;
  options.strategy = "adc";
  options.sh_degree = 1;
  return options;
}

scene::GaussianModel initialized(const scene::Dataset& dataset, const TrainOptions& options) {
  scene::ImageCache images(dataset, kBudget);
  return initialize_model(dataset, images, options);
}

TEST(InitializeFromPoints, TakesPlaceColourAndNeighbourDistance) {
  test::SmallWorld world(4, 32, 24, 10);  // a grid of spacing 0.22
  const auto model = initialized(world.dataset, adc_options());
  ASSERT_EQ(model.size(), 100u);
  EXPECT_EQ(model.sh_degree(), 1);
  model.validate("model");
  std::set<std::array<float, 3>> places;
  for (std::size_t i = 0; i < 100; ++i) {
    const std::array<float, 3> p{model.position[0][i], model.position[1][i], model.position[2][i]};
    places.insert(p);
    const auto color = test::SmallWorld::paint(p[0], p[1]);
    for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(0.5 + scene::kSh0 * model.sh[c][i], color[c], 0.003);
    EXPECT_EQ(model.sh[5][i], 0.0f);
    EXPECT_NEAR(sigmoid(model.opacity_logit[i]), 0.1, 1e-6);
    EXPECT_EQ(model.rotation[0][i], 1.0f);
    // Inside the grid three neighbours lie at 0.22; at a corner the third is a diagonal one.
    const bool corner = std::abs(std::abs(p[0]) - 0.99) < 0.01 && std::abs(std::abs(p[1]) - 0.99) < 0.01;
    const double expected = corner ? 0.22 * (2 + std::sqrt(2.0)) / 3 : 0.22;
    for (const auto& plane : model.log_scale) EXPECT_NEAR(std::exp(plane[i]), expected, 1e-4);
  }
  EXPECT_EQ(places.size(), 100u);
}

TEST(InitializeFromPoints, OutsideOfABlockIsACoarseBackdrop) {
  test::SmallWorld world(4, 32, 24, 10);
  scene::ImageCache images(world.dataset, kBudget);
  const GrowFilter left{[](const std::array<float, 3>& p) { return p[0] < -0.5f; }, "left"};  // three of ten columns
  auto options = adc_options();
  const auto count_left = [&](const scene::GaussianModel& model) {
    return std::count_if(model.position[0].begin(), model.position[0].end(), [](float x) { return x < -0.5f; });
  };
  options.max_splats = 80, options.backdrop = 0.25;
  auto model = initialize_model(world.dataset, images, options, {}, left);
  EXPECT_EQ(count_left(model), 30) << "all of them";
  EXPECT_EQ(model.size(), 50u) << "and a quarter of the rows for what lies beyond";
  options.max_splats = 24;
  model = initialize_model(world.dataset, images, options, {}, left);
  EXPECT_EQ(count_left(model), 18);
  EXPECT_EQ(model.size(), 24u);
  options.backdrop = 0;
  model = initialize_model(world.dataset, images, options, {}, left);
  EXPECT_EQ(count_left(model), 24) << "nothing of what lies beyond";
  EXPECT_EQ(model.size(), 24u);
}

TEST(InitializeFromPoints, McmcStartsSmallerAndMoreOpaque) {
  test::SmallWorld world(4, 32, 24, 10);
  auto options = adc_options();
  const auto adc = initialized(world.dataset, options);
  options.strategy = "mcmc";
  const auto mcmc = initialized(world.dataset, options);
  EXPECT_GT(mcmc.opacity_logit[0], adc.opacity_logit[0]);
  EXPECT_LT(mcmc.log_scale[0][0], adc.log_scale[0][0]);
  EXPECT_EQ(mcmc.position, adc.position);
}

TEST(InitializeFromPoints, OutliersAndTwinsGetBoundedScales) {
  test::SmallWorld world(4, 32, 24, 10);
  auto& points = world.dataset.points;
  const auto add = [&](float x) {
    points.position.push_back({x, 0, 0});
    points.color.push_back({0, 0, 0});
  };
  add(1000);
  for (int i = 0; i < 5; ++i) add(3);
  const auto model = initialized(world.dataset, adc_options());
  ASSERT_EQ(model.size(), 106u);
  for (std::size_t i = 0; i < model.size(); ++i) {
    const double scale = std::exp(model.log_scale[0][i]);
    if (model.position[0][i] == 1000) {
      EXPECT_LT(scale, 0.5);
    }
    if (model.position[0][i] == 3) {
      EXPECT_NEAR(scale, 1e-4, 1e-8);
    }
  }
}

TEST(InitializeFromPoints, AFewPointsAreEnough) {
  for (const std::size_t n : {1u, 2u, 3u}) {
    test::SmallWorld world(4, 32, 24, 10);
    world.dataset.points.position.resize(n), world.dataset.points.color.resize(n);
    const auto model = initialized(world.dataset, adc_options());
    ASSERT_EQ(model.size(), n);
    model.validate("model");
    EXPECT_GT(std::exp(model.log_scale[0][0]), 0.01);
  }
}

TEST(InitializeFromPoints, TheCapTakesAnEvenSampleThatDependsOnTheSeed) {
  test::SmallWorld world(4, 32, 24, 20);
  auto options = adc_options();
  options.max_splats = 100;
  const auto a = initialized(world.dataset, options), again = initialized(world.dataset, options);
  options.seed = 1;
  const auto b = initialized(world.dataset, options);
  EXPECT_EQ(a.size(), 100u);
  EXPECT_TRUE(test::same_planes(a, again));
  EXPECT_NE(a.position, b.position);
  const auto left = std::count_if(a.position[0].begin(), a.position[0].end(), [](float x) { return x < 0; });
  EXPECT_GT(left, 25);
  EXPECT_LT(left, 75);
}

TEST(InitializeFromFrusta, FillsWhatTwoTrainingViewsSeeWithThePhotosColours) {
  test::SmallWorld world(8, 64, 48);
  world.dataset.points = {};
  auto options = adc_options();
  options.initial_random_splats = 9000;
  const auto model = initialized(world.dataset, options);
  ASSERT_EQ(model.size(), 9000u);
  model.validate("model");
  double worst = 0, total = 0;
  int near_floor = 0;
  for (std::size_t i = 0; i < model.size(); ++i) {
    const glm::dvec3 p(model.position[0][i], model.position[1][i], model.position[2][i]);
    int seen = 0;
    for (const std::size_t v : world.dataset.train_views()) {
      const auto& camera = world.dataset.views[v].camera;
      const glm::dvec3 q = camera.cam_from_world(p);
      const auto& k = camera.intrinsics;
      const double x = k.fx * q.x / q.z + k.cx, y = k.fy * q.y / q.z + k.cy;
      seen += q.z > 0 && x > -0.01 && y > -0.01 && x < k.width + 0.01 && y < k.height + 0.01;
    }
    EXPECT_GE(seen, 2);
    if (std::abs(p.z) > 0.02) continue;
    // On the floor all photos agree on the colour.
    ++near_floor;
    const auto color = test::SmallWorld::paint(p.x, p.y);
    const double error = std::abs(0.5 + scene::kSh0 * model.sh[0][i] - color[0]);
    worst = std::max(worst, error), total += error;
  }
  ASSERT_GT(near_floor, 20);
  EXPECT_LT(total / near_floor, 0.05);
  EXPECT_LT(worst, 0.25);
}

TEST(InitializeFromFrusta, TheSameBytesOnAnyNumberOfThreads) {
  test::SmallWorld world(6, 32, 24);
  world.dataset.points = {};
  auto options = adc_options();
  options.initial_random_splats = 5000;
  scene::GaussianModel models[2];
  for (const std::size_t threads : {1u, 3u}) {
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
    models[threads == 3] = initialized(world.dataset, options);
  }
  EXPECT_TRUE(test::same_planes(models[0], models[1]));
}

TEST(InitializeFromFrusta, IsCapped) {
  test::SmallWorld world(6, 32, 24);
  world.dataset.points = {};
  auto options = adc_options();
  options.initial_random_splats = 5000, options.max_splats = 700;
  EXPECT_EQ(initialized(world.dataset, options).size(), 700u);
}

TEST(InitializeFromFrusta, OneTrainingViewIsEnough) {
  test::SmallWorld world(2, 32, 24);
  world.dataset.points = {};
  ASSERT_EQ(world.dataset.train_views().size(), 1u);
  auto options = adc_options();
  options.initial_random_splats = 100;
  EXPECT_EQ(initialized(world.dataset, options).size(), 100u);
}

TEST(InitializeFromFrusta, MaskedPixelsBearNothing) {
  test::SmallWorld world(6, 32, 24);
  world.dataset.points = {};
  scene::Image8 black;
  black.width = 32, black.height = 24, black.channels = 1;
  black.pixels.assign(32 * 24, 0);
  for (auto& view : world.dataset.views) {
    view.mask_path = world.folder.path() / ("mask_" + view.name);
    scene::write_image(view.mask_path, black);
  }
  EXPECT_THROW(initialized(world.dataset, adc_options()), scene::Error);
}

TEST(InitializeFromFrusta, ViewsThatShareNothingAreAnError) {
  test::SmallWorld world(8, 32, 24);
  world.dataset.points = {};
  auto& views = world.dataset.views;
  for (std::size_t v = 0; v < views.size(); ++v)
    views[v].camera =
        test::look_at({100.0 * static_cast<double>(v), 0, 0}, {100.0 * static_cast<double>(v), 1, 0}, 32, 24, 30);
  EXPECT_THROW(initialized(world.dataset, adc_options()), scene::Error);
}

}  // namespace
}  // namespace tessera::reconstruct
