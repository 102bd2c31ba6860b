#include "reconstruct/train/seed_sample.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tessera::reconstruct {
namespace {

/// Numbered along x, the kinds in turns.
std::vector<SeedPoint> seeds(std::size_t measured, std::size_t stereo) {
  std::vector<SeedPoint> all;
  for (std::size_t i = 0; i < std::max(measured, stereo); ++i)
    for (const bool kind : {false, true}) {
      if (i >= (kind ? measured : stereo)) continue;
      SeedPoint seed;
      seed.position[0] = static_cast<float>(all.size());
      seed.measured = kind;
      all.push_back(seed);
    }
  return all;
}

std::size_t measured_of(const std::vector<SeedPoint>& all) {
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [](const SeedPoint& s) { return s.measured; }));
}

std::vector<SeedPoint> limited(std::vector<SeedPoint> all, std::size_t limit, int seed = 0) {
  limit_seeds(all, limit, seed);
  return all;
}

TEST(SeedSample, WhatFitsStaysAsItWas) {
  const auto all = limited(seeds(30, 70), 100);
  ASSERT_EQ(all.size(), 100u);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].position[0], static_cast<float>(i));
}

TEST(SeedSample, StereoKeepsAQuarterBesideManyMeasuredOnes) {
  const auto all = limited(seeds(500, 500), 100);
  EXPECT_EQ(all.size(), 100u);
  EXPECT_EQ(measured_of(all), 75u);
}

TEST(SeedSample, FewMeasuredOnesAllStay) {
  const auto all = limited(seeds(10, 500), 100);
  EXPECT_EQ(all.size(), 100u);
  EXPECT_EQ(measured_of(all), 10u);
}

TEST(SeedSample, MeasuredOnesTakeWhatFewStereoOnesLeave) {
  const auto all = limited(seeds(500, 5), 100);
  EXPECT_EQ(all.size(), 100u);
  EXPECT_EQ(measured_of(all), 95u);
}

TEST(SeedSample, OfOneKindAloneAsManyAsAreAllowed) {
  EXPECT_EQ(limited(seeds(500, 0), 100).size(), 100u);
  EXPECT_EQ(limited(seeds(0, 500), 100).size(), 100u);
  EXPECT_TRUE(limited(seeds(50, 50), 0).empty());
}

TEST(SeedSample, IsEvenKeepsTheOrderAndDependsOnTheSeedAlone) {
  const auto all = limited(seeds(4000, 4000), 1000);
  double mean = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    mean += static_cast<double>(all[i].position[0]) / static_cast<double>(all.size());
    if (i > 0 && all[i].measured == all[i - 1].measured) {
      EXPECT_GT(all[i].position[0], all[i - 1].position[0]);
    }
  }
  // Uniform over 8000: the mean of 1000 has a deviation of 8000 / sqrt(12 * 1000) = 73.
  EXPECT_NEAR(mean, 4000, 4 * 73);
  const auto places = [](const std::vector<SeedPoint>& some) {
    std::vector<float> x;
    for (const SeedPoint& s : some) x.push_back(s.position[0]);
    return x;
  };
  EXPECT_EQ(places(limited(seeds(4000, 4000), 1000)), places(all));
  EXPECT_NE(places(limited(seeds(4000, 4000), 1000, 1)), places(all));
}

}  // namespace
}  // namespace tessera::reconstruct
