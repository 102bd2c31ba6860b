// What training does where photos are few: seeds from stereo, and dropout.
#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "reconstruct/train/dropout.h"
#include "reconstruct/train/splat_math.h"
#include "reconstruct/train/stereo_seeds.h"
#include "scene/image_cache.h"
#include "tests/reconstruct/train/small_world.h"

namespace tessera::reconstruct {
namespace {

scene::GaussianModel thousand() {
  scene::GaussianModel model;
  model.resize(1000, 0);
  for (int i = 0; i < 1000; ++i)
    model.opacity_logit[i] = -2.0f + 0.003f * static_cast<float>(i), model.rotation[0][i] = 1;
  return model;
}

TEST(Dropout, HidesTheShareStrengthensTheRestAndGivesAllBack) {
  scene::GaussianModel model = thousand();
  const auto before = model.opacity_logit;
  Dropout dropout;
  {
    const Dropout::Hidden hidden(dropout, model, 0.3, 7, 11);
    int gone = 0;
    for (std::size_t i = 0; i < 1000; ++i) {
      const float o = sigmoid(before[i]), shown = sigmoid(model.opacity_logit[i]);
      if (shown < 1e-6f)
        ++gone;
      else
        EXPECT_NEAR(shown, std::min(o / 0.7f, 0.995f), 1e-5) << i;
    }
    EXPECT_NEAR(gone, 300, 45) << "three standard deviations of a binomial";
  }
  EXPECT_EQ(model.opacity_logit, before);
  {
    const Dropout::Hidden hidden(dropout, model, 0, 7, 11);
    EXPECT_EQ(model.opacity_logit, before);
  }
}

TEST(Dropout, CarriesGradientsBackByTheChainRule) {
  scene::GaussianModel model = thousand();
  const auto before = model.opacity_logit;
  render::ModelGradients gradients;
  gradients.planes.resize(1000, 0);
  gradients.seen.assign(1000, 1);
  gradients.seen[5] = 0;
  std::fill(gradients.planes.opacity_logit.begin(), gradients.planes.opacity_logit.end(), 2.0f);
  Dropout dropout;
  Dropout::Hidden hidden(dropout, model, 0.25, 3, 4);
  const auto shown = model.opacity_logit;
  for (const std::size_t begin : {0u, 300u}) hidden.bring_back(render::rows_of(gradients, begin, begin == 0 ? 300 : 700, 0));
  hidden.finish();
  EXPECT_EQ(model.opacity_logit, before);
  EXPECT_EQ(gradients.planes.opacity_logit[5], 2.0f);
  const auto shown_logit = [](double l) {
    const double o = 1 / (1 + std::exp(-l)) / 0.75;
    return std::log(o / (1 - o));
  };
  for (std::size_t i = 0; i < 1000; ++i) {
    if (i == 5 || shown[i] < -15 || sigmoid(shown[i]) > 0.98f) continue;
    const double h = 1e-5, slope = (shown_logit(before[i] + h) - shown_logit(before[i] - h)) / (2 * h);
    EXPECT_NEAR(gradients.planes.opacity_logit[i], 2 * slope, 1e-3 * slope) << i;
  }
}

TEST(Dropout, IsForFewPhotosAndGrowsOverTheRun) {
  EXPECT_DOUBLE_EQ(dropout_share(0.4, 15, 1), 0.4);
  EXPECT_DOUBLE_EQ(dropout_share(0.4, 16, 0.5), 0.2);
  EXPECT_DOUBLE_EQ(dropout_share(0.4, 32, 1), 0.1);
  EXPECT_DOUBLE_EQ(dropout_share(0.4, 1600, 1), 4e-5);
  EXPECT_DOUBLE_EQ(dropout_share(0, 15, 1), 0);
}

TEST(StereoSeeds, LieOnTheSurfaceInItsColoursOnAnyNumberOfThreads) {
  const test::SmallWorld world(8, 96, 64, 6);
  std::optional<std::vector<SeedPoint>> first;
  for (const int threads : {1, 3}) {
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads));
    scene::ImageCache images(world.dataset, 1 << 26);
    const auto seeds = stereo_seeds(world.dataset, images, 5000);
    ASSERT_GT(seeds.size(), 100u);
    int on_floor = 0, right_color = 0, seen = 0;
    for (const SeedPoint& seed : seeds) {
      if (seed.beyond) continue;
      ++seen;
      const bool near = std::abs(seed.position[2]) < 0.08f;
      on_floor += near;
      const auto paint = test::SmallWorld::paint(seed.position[0], seed.position[1]);
      float worst = 0;
      for (std::size_t c = 0; c < 3; ++c)
        worst = std::max(worst, std::abs(seed.color[c] - static_cast<float>(paint[c])));
      right_color += near && worst < 0.15f;
    }
    EXPECT_GT(on_floor, 0.9 * seen);
    EXPECT_GT(right_color, 0.8 * seen);
    if (!first) {
      first = seeds;
      continue;
    }
    ASSERT_EQ(seeds.size(), first->size());
    for (std::size_t i = 0; i < seeds.size(); ++i)
      EXPECT_TRUE(seeds[i].position == (*first)[i].position && seeds[i].color == (*first)[i].color) << i;
  }
}

// Treetops and roofs often have no sparse points, and stand far above the ground that has them.
TEST(StereoSeeds, FindWhatStandsHighAboveAllSparsePoints) {
  constexpr double kHeight = 0.38;
  const test::SmallWorld world(12, 192, 128, 12, kHeight);
  scene::ImageCache images(world.dataset, 1 << 26);
  int on_terrace = 0, above = 0;
  for (const SeedPoint& seed : stereo_seeds(world.dataset, images, 5000)) {
    if (seed.beyond || seed.position[0] > -0.2f || std::abs(seed.position[1]) > 0.5f) continue;
    ++above;
    on_terrace += std::abs(seed.position[2] - kHeight) < 0.08;
  }
  ASSERT_GT(above, 100);
  EXPECT_GT(on_terrace, 0.9 * above);
}

TEST(StereoSeeds, PutNoGuessInFrontOfACamera) {
  test::SmallWorld world(8, 96, 64, 6);
  // Low beside the photographed floor, where the others' borders are continued, and looking away from it.
  scene::View low = world.dataset.views[1];
  low.name = "photo_200.png", low.image_path = world.folder.path() / low.name;
  low.camera = test::look_at({0.95, 0, 0.25}, {2, 0, 0}, 96, 64, 86);
  const glm::dvec3 eye = low.camera.center();
  const auto nearest_guess = [&] {
    scene::ImageCache images(world.dataset, 1 << 26);
    double nearest = 10;
    for (const SeedPoint& seed : stereo_seeds(world.dataset, images, 5000))
      if (seed.beyond)
        nearest =
            std::min(nearest, glm::distance(eye, glm::dvec3(seed.position[0], seed.position[1], seed.position[2])));
    return nearest;
  };
  ASSERT_LT(nearest_guess(), 0.3) << "the place must be one where guesses would hang";
  world.photograph(low);
  world.dataset.views.push_back(low);
  EXPECT_GT(nearest_guess(), 0.4);
}

}  // namespace
}  // namespace tessera::reconstruct
