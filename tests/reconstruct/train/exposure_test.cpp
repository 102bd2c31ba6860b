#include "reconstruct/train/exposure.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "scene/error.h"

namespace tessera::reconstruct {
namespace {

constexpr double kZero[12] = {};

TEST(Exposure, StartsAtTheIdentity) {
  const ExposureCorrection exposure(3, {0, 1, 2});
  for (const Affine& map : exposure.maps())
    for (int k = 0; k < 12; ++k) EXPECT_EQ(map.m[k], k % 5 == 0 ? 1.0f : 0.0f);
}

TEST(Exposure, StartsFromGivenMapsIfThereIsOneForEachView) {
  ExposureCorrection exposure(2, {0, 1});
  std::vector<Affine> maps(2);
  maps[0].m[0] = 1.25f, maps[1].m[0] = 0.75f;
  exposure.start(maps);
  EXPECT_EQ(exposure.maps()[1].m[0], 0.75f);
  exposure.step(1, kZero, 0.5, 0.01f);
  EXPECT_EQ(exposure.maps()[1].m[0], 0.75f) << "nothing pulls at a map that is where it started";
  EXPECT_THROW(exposure.start({}), std::invalid_argument);
}

TEST(Exposure, TheFirstStepIsTheRateAgainstTheGradient) {
  ExposureCorrection exposure(2, {0, 1});
  double gradient[12] = {};
  gradient[3] = 0.25, gradient[5] = -4;
  exposure.step(0, gradient, 0, 0.01f);
  // Adam's first step has the length of the rate; half of it goes to the other map with the sign turned, to keep the
  // mean.
  EXPECT_NEAR(exposure.maps()[0].m[3], -0.005, 1e-6);
  EXPECT_NEAR(exposure.maps()[1].m[3], 0.005, 1e-6);
  EXPECT_NEAR(exposure.maps()[0].m[5], 1.005, 1e-6);
  EXPECT_EQ(exposure.maps()[0].m[0], 1.0f);
}

TEST(Exposure, TheMeanOfTheTrainedStaysTheIdentityAndOthersAreLeftAlone) {
  ExposureCorrection exposure(4, {0, 2, 3});
  for (int round = 0; round < 50; ++round)
    for (const std::size_t v : {0u, 2u, 3u}) {
      double gradient[12];
      for (int k = 0; k < 12; ++k) gradient[k] = std::sin(1.0 + k + 5.0 * static_cast<double>(v) + round);
      exposure.step(v, gradient, 0, 0.01f);
    }
  double moved = 0;
  for (int k = 0; k < 12; ++k) {
    const double mean = (exposure.maps()[0].m[k] + exposure.maps()[2].m[k] + exposure.maps()[3].m[k]) / 3.0;
    EXPECT_NEAR(mean, k % 5 == 0 ? 1 : 0, 1e-6);
    EXPECT_EQ(exposure.maps()[1].m[k], k % 5 == 0 ? 1.0f : 0.0f);
    moved = std::max(moved, std::abs(static_cast<double>(exposure.maps()[0].m[k]) - (k % 5 == 0)));
  }
  EXPECT_GT(moved, 0.01);
}

TEST(Exposure, ABlocksMapsKeepTheMeanThatTheyStartedWith) {
  ExposureCorrection exposure(2, {0, 1});
  std::vector<Affine> maps(2);
  maps[0].m[0] = 0.7f, maps[1].m[0] = 0.8f;  // both darker than the average photo of the scene
  exposure.start(maps);
  double gradient[12] = {1};
  for (int i = 0; i < 20; ++i) exposure.step(0, gradient, 0, 0.01f);
  EXPECT_LT(exposure.maps()[0].m[0], 0.65f);
  EXPECT_NEAR((exposure.maps()[0].m[0] + exposure.maps()[1].m[0]) / 2.0, 0.75, 1e-6);
}

TEST(Exposure, RegularisationPullsBackToTheIdentity) {
  ExposureCorrection free(2, {0, 1}), held(2, {0, 1});
  double gradient[12] = {};
  gradient[0] = -1;
  for (int i = 0; i < 100; ++i) free.step(0, gradient, 0, 0.01f), held.step(0, gradient, 10, 0.01f);
  EXPECT_GT(free.maps()[0].m[0], 1.4f);
  EXPECT_NEAR(held.maps()[0].m[0], 1.05, 0.02);  // where 2 x 10 x (m - 1) balances the gradient
  for (int i = 0; i < 300; ++i) held.step(0, kZero, 10, 0.01f);
  EXPECT_NEAR(held.maps()[0].m[0], 1, 0.01);
}

TEST(Exposure, GoesOnFromItsSavedState) {
  ExposureCorrection a(3, {0, 1}), b(3, {0, 1});
  double gradient[12];
  for (int k = 0; k < 12; ++k) gradient[k] = 0.1 * (k - 6);
  for (int i = 0; i < 5; ++i) a.step(i % 2, gradient, 0.1, 0.01f);
  b.load(a.save());
  gradient[2] = 3;
  a.step(1, gradient, 0.1, 0.01f), b.step(1, gradient, 0.1, 0.01f);
  EXPECT_EQ(a.save(), b.save());
}

TEST(Exposure, RefusesAStateOfAnotherDataset) {
  ExposureCorrection a(3, {0, 1}), b(4, {0, 1});
  EXPECT_THROW(b.load(a.save()), scene::Error);
  EXPECT_THROW(b.load(""), scene::Error);
  std::string cut = b.save();
  cut.pop_back();
  EXPECT_THROW(b.load(cut), scene::Error);
  EXPECT_THROW(b.load(b.save() + "x"), scene::Error);
}

}  // namespace
}  // namespace tessera::reconstruct
