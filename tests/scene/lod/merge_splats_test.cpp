#include "scene/lod/merge_splats.h"

#include <gtest/gtest.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <numeric>

#include "tests/support/splat_ground.h"

namespace tessera::scene {
namespace {

struct Moments {
  double mass = 0;
  std::array<double, 3> mean{}, square{}, color{};
};

/// Of axis-aligned splats.
Moments moments_of(const GaussianModel& model) {
  Moments m;
  const auto mass = opacity_mass(model);
  for (std::size_t i = 0; i < model.size(); ++i) m.mass += static_cast<double>(mass[i]);
  for (std::size_t i = 0; i < model.size(); ++i)
    for (std::size_t a = 0; a < 3; ++a) {
      const double w = static_cast<double>(mass[i]) / m.mass, x = static_cast<double>(model.position[a][i]);
      m.mean[a] += w * x, m.color[a] += w * static_cast<double>(model.sh[a][i]);
      m.square[a] += w * (x * x + std::exp(2 * static_cast<double>(model.log_scale[a][i])));
    }
  return m;
}

GaussianModel two_spheres(float apart, float logit) {
  GaussianModel model;
  model.resize(2, 0);
  model.rotation[0] = {1, 1}, model.position[0] = {0, apart}, model.opacity_logit = {logit, logit + 1};
  model.sh[0] = {1, -1}, model.sh[1] = {0, 2};
  return model;
}

TEST(MergeSplats, TwoBecomeOneWithTheirMomentsAndTheirMass) {
  const GaussianModel model = two_spheres(2, -4);
  const MergedSplats merged = merge_splats(model, 1);
  ASSERT_EQ(merged.model.size(), 1u);
  const Moments before = moments_of(model), after = moments_of(merged.model);
  // What they cover together is counted once: so faint, that is next to nothing.
  EXPECT_NEAR(after.mass, before.mass, 0.02 * before.mass);
  for (std::size_t a = 0; a < 3; ++a) {
    EXPECT_NEAR(after.mean[a], before.mean[a], 1e-5);
    EXPECT_NEAR(after.color[a], before.color[a], 1e-5);
  }
  // Along x, its longest axis, which is the first that is written.
  const double variance = before.square[0] - before.mean[0] * before.mean[0];
  EXPECT_NEAR(std::exp(2 * static_cast<double>(merged.model.log_scale[0][0])), variance, 1e-4);
  EXPECT_NEAR(merged.moved, std::sqrt(variance - 1), 1e-4);
  EXPECT_GT(merged.change, 0);
}

TEST(MergeSplats, TwoInOnePlaceCoverWhatOneBehindTheOtherDoes) {
  GaussianModel model = two_spheres(0, 0);
  model.opacity_logit = {0, 0};
  const MergedSplats merged = merge_splats(model, 1);
  // 1 - (1 - G/2)^2 = G - G^2/4, whose integral is 7/8 of G's.
  EXPECT_NEAR(1 / (1 + std::exp(-static_cast<double>(merged.model.opacity_logit[0]))), 0.875, 1e-4);
  EXPECT_NEAR(static_cast<double>(merged.model.log_scale[0][0]), 0, 1e-5);
}

TEST(MergeSplats, MassThatOpacityCannotCarryGoesIntoTheArea) {
  const MergedSplats merged = merge_splats(two_spheres(0.5f, 5), 1);
  EXPECT_GT(merged.model.log_scale[2][0], 0.05f) << "the splat has grown to all sides";
  EXPECT_LE(1 / (1 + std::exp(-merged.model.opacity_logit[0])), 0.9901f);
}

TEST(MergeSplats, WhatNothingNearResemblesStaysAsItIs) {
  GaussianModel model = test::splat_ground(12);
  const std::size_t odd = 66;
  model.sh[0][odd] = 9, model.sh[1][odd] = -9, model.sh[2][odd] = 9;
  const MergedSplats merged = merge_splats(model, 72);
  ASSERT_EQ(merged.model.size(), 72u);
  std::size_t found = 0;
  for (std::size_t i = 0; i < merged.model.size(); ++i) {
    bool same = true;
    for (std::size_t p = 0; p < model.planes().size(); ++p)
      same = same && (*merged.model.planes()[p])[i] == (*model.planes()[p])[odd];
    found += same;
  }
  EXPECT_EQ(found, 1u);
  merged.model.validate("merged");
}

TEST(MergeSplats, ModelsThatAreSmallEnoughComeBackAsTheyAre) {
  const GaussianModel model = test::splat_ground(3);
  const MergedSplats merged = merge_splats(model, 9);
  EXPECT_EQ(merged.model.position, model.position);
  EXPECT_EQ(merged.change, 0);
}

TEST(MergeSplats, SplatsInOnePlaceAndWithoutMassAreMergedToo) {
  GaussianModel model = test::splat_ground(8);
  for (auto& plane : model.position) std::fill(plane.begin(), plane.end(), 1.0f);
  std::fill(model.opacity_logit.begin(), model.opacity_logit.end(), -200.0f);
  const MergedSplats merged = merge_splats(model, 5);
  EXPECT_EQ(merged.model.size(), 5u);
  merged.model.validate("merged");
}

TEST(MergeSplats, SameBytesOnAnyNumberOfThreads) {
  const GaussianModel model = test::splat_ground(60);
  const auto merged_with = [&](int threads) {
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads));
    tbb::task_arena arena(threads);
    return arena.execute([&] { return merge_splats(model, 1000); });
  };
  const MergedSplats one = merged_with(1), three = merged_with(3);
  for (std::size_t p = 0; p < model.planes().size(); ++p) EXPECT_EQ(*one.model.planes()[p], *three.model.planes()[p]);
  EXPECT_EQ(one.change, three.change);
}

TEST(ByImportance, LargeAndOpaqueComeFirst) {
  GaussianModel model = two_spheres(1, 0);
  model.log_scale[0][0] = 3;
  EXPECT_EQ(by_importance(model).old_row, (std::vector<std::uint32_t>{0, 1}));
  model.opacity_logit[0] = -9;
  EXPECT_EQ(by_importance(model).old_row, (std::vector<std::uint32_t>{1, 0}));
}

}  // namespace
}  // namespace tessera::scene
