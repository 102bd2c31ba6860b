#include "reconstruct/train/loss.h"

#include <gtest/gtest.h>
#include <hwy/highway.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <cmath>

#include "tests/support/pictures.h"
#include "tests/support/reference_ssim.h"

namespace tessera::reconstruct {
namespace {

using test::Channel;

struct Case {
  int width, height;
  render::Plane picture[3];
  Truth truth;
  Case(int w, int h, double noise = 0.3) : width(w), height(h) {
    test::make_picture(w, h, 1, noise, picture);
    test::make_picture(w, h, 2, noise, truth.color);
    truth.width = w, truth.height = h;
    truth.weight_sum = static_cast<double>(w) * h;
  }
  // Masks out the pixels for which f(x, y) holds.
  template <class F>
  void mask(const F& f) {
    truth.weight.resize(width, height);
    truth.weight_sum = 0;
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x) truth.weight_sum += truth.weight.at(x, y) = f(x, y) ? 0.0f : 1.0f;
  }
  test::ReferenceLoss reference(double lambda) const {
    const Channel x[3] = {test::channel(picture[0]), test::channel(picture[1]), test::channel(picture[2])};
    const Channel y[3] = {test::channel(truth.color[0]), test::channel(truth.color[1]), test::channel(truth.color[2])};
    return test::reference_loss(x, y, truth.weight.width ? test::channel(truth.weight) : Channel{}, lambda);
  }
};

// Value to 1e-6; every component of the gradient to 1e-4 of itself (those near zero: to 2e-6 of the largest).
void expect_like_reference(const Case& c, double lambda) {
  PhotometricLoss loss;
  render::Plane gradient[3];
  const auto value = loss.evaluate(c.picture, c.truth, lambda, gradient);
  const auto expected = c.reference(lambda);
  EXPECT_NEAR(value.total, expected.total, 1e-6);
  EXPECT_NEAR(value.l1, expected.l1, 1e-6);
  EXPECT_NEAR(value.mse, expected.mse, 1e-6);
  EXPECT_NEAR(value.ssim, expected.ssim, 1e-6);
  double largest = 0;
  for (const Channel& g : expected.gradient)
    for (const double v : g.value) largest = std::max(largest, std::abs(v));
  for (int k = 0; k < 3; ++k) {
    ASSERT_EQ(gradient[k].width, c.width);
    ASSERT_EQ(gradient[k].height, c.height);
    for (int y = 0; y < c.height; ++y)
      for (int x = 0; x < c.width; ++x)
        ASSERT_NEAR(gradient[k].at(x, y), expected.gradient[k].at(x, y),
                    1e-4 * std::abs(expected.gradient[k].at(x, y)) + 2e-6 * largest)
            << "channel " << k << " at " << x << ", " << y;
  }
}

class PhotometricLossSizes : public testing::TestWithParam<std::pair<int, int>> {};
INSTANTIATE_TEST_SUITE_P(All, PhotometricLossSizes,
                         testing::Values(std::pair{1, 1}, std::pair{5, 3}, std::pair{16, 16}, std::pair{33, 17},
                                         std::pair{11, 64}, std::pair{40, 97}, std::pair{35, 150}));

TEST_P(PhotometricLossSizes, AgreesWithTheTwin) {
  const auto [width, height] = GetParam();
  expect_like_reference(Case(width, height), 0.2);
  expect_like_reference(Case(width, height), 1.0);
  expect_like_reference(Case(width, height), 0.0);
}

TEST_P(PhotometricLossSizes, AgreesWithTheTwinUnderAMask) {
  const auto [width, height] = GetParam();
  Case c(width, height);
  c.mask([](int x, int y) { return (x / 3 + y / 4) % 3 == 0 && x + y > 0; });
  ASSERT_GT(c.truth.weight_sum, 0);
  expect_like_reference(c, 0.2);
}

TEST(PhotometricLoss, TwinAgreesWithItsFiniteDifferences) {
  const int w = 13, h = 9;
  Case c(w, h);
  c.mask([](int x, int y) { return x == 4 && y > 2; });
  Channel x[3], y[3];
  for (int k = 0; k < 3; ++k) x[k] = test::channel(c.picture[k]), y[k] = test::channel(c.truth.color[k]);
  const Channel weight = test::channel(c.truth.weight);
  const auto loss = test::reference_loss(x, y, weight, 0.2);
  const double step = 1e-6;
  for (int k = 0; k < 3; ++k)
    for (std::size_t i = 0; i < x[k].value.size(); i += 3) {
      const double at = x[k].value[i];
      if (std::abs(at - y[k].value[i]) < 10 * step) continue;  // the kink of L1
      x[k].value[i] = at + step;
      const double up = test::reference_loss(x, y, weight, 0.2).total;
      x[k].value[i] = at - step;
      const double down = test::reference_loss(x, y, weight, 0.2).total;
      x[k].value[i] = at;
      EXPECT_NEAR((up - down) / (2 * step), loss.gradient[k].value[i],
                  1e-6 * std::abs(loss.gradient[k].value[i]) + 1e-9)
          << k << ", " << i;
    }
}

TEST(PhotometricLoss, IdenticalPicturesHaveSsimOneAndNoGradient) {
  Case c(45, 70);
  for (int k = 0; k < 3; ++k) c.picture[k] = c.truth.color[k];
  PhotometricLoss loss;
  render::Plane gradient[3];
  const auto value = loss.evaluate(c.picture, c.truth, 0.2, gradient);
  EXPECT_EQ(value.total, 0);
  EXPECT_EQ(value.l1, 0);
  EXPECT_EQ(value.mse, 0);
  EXPECT_EQ(value.ssim, 1);
  for (int k = 0; k < 3; ++k)
    for (int y = 0; y < 70; ++y)
      for (int x = 0; x < 45; ++x) ASSERT_EQ(gradient[k].at(x, y), 0);
}

TEST(PhotometricLoss, ConstantPicturesAgreeWithTheTwin) {
  for (const auto& [render, photo] : {std::pair{0.9f, 0.2f}, std::pair{0.0f, 1.0f}, std::pair{1.0f, 0.97f}}) {
    Case c(50, 41);
    for (int k = 0; k < 3; ++k) c.picture[k].fill(render), c.truth.color[k].fill(photo);
    expect_like_reference(c, 0.2);
  }
}

TEST(PhotometricLoss, WhatTheRenderShowsUnderAMaskDoesNotMatter) {
  Case c(60, 50);
  const auto masked = [](int x, int y) { return x > 20 && x < 41 && y < 33; };
  c.mask(masked);
  PhotometricLoss loss;
  render::Plane gradient[3], again[3];
  const auto value = loss.evaluate(c.picture, c.truth, 0.2, gradient);
  for (int k = 0; k < 3; ++k)
    for (int y = 0; y < 50; ++y)
      for (int x = 0; x < 60; ++x)
        if (masked(x, y)) c.picture[k].at(x, y) = test::draw(9, static_cast<std::uint64_t>(x * 100 + y));
  const auto changed = loss.evaluate(c.picture, c.truth, 0.2, again);
  EXPECT_EQ(value.total, changed.total);
  for (int k = 0; k < 3; ++k)
    for (int y = 0; y < 50; ++y)
      for (int x = 0; x < 60; ++x) {
        ASSERT_EQ(gradient[k].at(x, y), again[k].at(x, y));
        if (masked(x, y)) {
          ASSERT_EQ(gradient[k].at(x, y), 0);
        }
      }
}

TEST(PhotometricLoss, NothingCountsWhereEverythingIsMasked) {
  Case c(20, 20);
  c.mask([](int, int) { return true; });
  PhotometricLoss loss;
  render::Plane gradient[3];
  const auto value = loss.evaluate(c.picture, c.truth, 0.2, gradient);
  EXPECT_EQ(value.total, 0);
  EXPECT_EQ(value.ssim, 1);
  for (int k = 0; k < 3; ++k)
    for (int y = 0; y < 20; ++y)
      for (int x = 0; x < 20; ++x) ASSERT_EQ(gradient[k].at(x, y), 0);
}

TEST(PhotometricLoss, RefusesPicturesOfAnotherSize) {
  Case c(20, 20);
  c.picture[1].resize(20, 19);
  PhotometricLoss loss;
  render::Plane gradient[3];
  EXPECT_THROW(loss.evaluate(c.picture, c.truth, 0.2, gradient), std::invalid_argument);
}

TEST(PhotometricLoss, BytesDoNotDependOnTheNumberOfThreads) {
  Case c(161, 203);
  c.mask([](int x, int y) { return x * y % 7 == 3; });
  PhotometricLoss loss;
  render::Plane expected[3], gradient[3];
  PhotometricLoss::Value value{};
  for (const int threads : {1, 2, 3, 8}) {
    tbb::global_control limit(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads));
    tbb::task_arena arena(threads);
    const auto now = arena.execute([&] { return loss.evaluate(c.picture, c.truth, 0.2, gradient); });
    if (threads == 1) {
      value = now;
      for (int k = 0; k < 3; ++k) expected[k] = gradient[k];
      continue;
    }
    EXPECT_EQ(now.total, value.total);
    for (int k = 0; k < 3; ++k)
      for (int y = 0; y < 203; ++y)
        for (int x = 0; x < 161; ++x) ASSERT_EQ(gradient[k].at(x, y), expected[k].at(x, y));
  }
}

// Every target that has fused multiply-add gives the same bytes; the older ones round twice and stay close.
TEST(PhotometricLoss, BytesDoNotDependOnTheVectorWidth) {
  Case c(100, 90);
  render::Plane expected[3];
  PhotometricLoss::Value value{};
  bool first = true;
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    PhotometricLoss loss;
    render::Plane gradient[3];
    const auto now = loss.evaluate(c.picture, c.truth, 0.2, gradient);
    const bool fused = target <= HWY_AVX2;  // smaller bit: newer
    if (first) value = now, std::copy(gradient, gradient + 3, expected);
    first = false;
    EXPECT_NEAR(now.total, value.total, fused ? 0 : 1e-6) << hwy::TargetName(target);
    const double tolerance = fused ? 0 : 1e-5 / (3.0 * 100 * 90);  // a gradient is of the order 1 / (3 pixels)
    for (int k = 0; k < 3; ++k)
      for (int y = 0; y < 90; ++y)
        for (int x = 0; x < 100; ++x)
          ASSERT_NEAR(gradient[k].at(x, y), expected[k].at(x, y), tolerance) << hwy::TargetName(target);
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().DeInit();
}

}  // namespace
}  // namespace tessera::reconstruct
