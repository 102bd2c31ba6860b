#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include <array>

#include "reconstruct/train/loss.h"
#include "tests/support/pictures.h"

namespace tessera::reconstruct {
namespace {

constexpr std::array<double, 12> kAffine = {0.9, 0.1, -0.05, 0.02, 0.03, 1.1, 0.2, -0.1, -0.07, 0.04, 0.8, 0.3};

Affine make_affine() {
  Affine affine;
  for (std::size_t i = 0; i < 12; ++i) affine.m[i] = static_cast<float>(kAffine[i]);
  return affine;
}

double corrected(const std::array<double, 12>& m, int r, const double in[3]) {
  const auto at = [&](int k) { return m[static_cast<std::size_t>(4 * r + k)]; };
  return at(0) * in[0] + at(1) * in[1] + at(2) * in[2] + at(3);
}

TEST(Affine, StartsAsTheIdentity) {
  render::Plane in[3], out[3];
  test::make_picture(21, 10, 1, 0.5, in);
  apply_affine(Affine{}, in, out);
  for (int c = 0; c < 3; ++c)
    for (int y = 0; y < 10; ++y)
      for (int x = 0; x < 21; ++x) ASSERT_EQ(out[c].at(x, y), in[c].at(x, y));
}

TEST(Affine, MapsEveryPixel) {
  render::Plane in[3], out[3];
  test::make_picture(37, 70, 1, 0.5, in);
  apply_affine(make_affine(), in, out);
  for (int y = 0; y < 70; ++y)
    for (int x = 0; x < 37; ++x) {
      const double pixel[3] = {in[0].at(x, y), in[1].at(x, y), in[2].at(x, y)};
      for (int r = 0; r < 3; ++r) ASSERT_NEAR(out[r].at(x, y), corrected(kAffine, r, pixel), 5e-7);
    }
}

// The loss is sum of g . affine(in): linear in both, so that central differences are exact up to rounding.
TEST(Affine, BackwardAgreesWithFiniteDifferences) {
  const int width = 37, height = 70;
  render::Plane in[3], g[3], d_in[3];
  test::make_picture(width, height, 1, 0.5, in);
  test::make_picture(width, height, 3, 0.9, g);
  double d_affine[12];
  affine_backward(make_affine(), in, g, d_in, d_affine);

  const auto loss = [&](const std::array<double, 12>& m) {
    double sum = 0;
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x) {
        const double pixel[3] = {in[0].at(x, y), in[1].at(x, y), in[2].at(x, y)};
        for (int r = 0; r < 3; ++r) sum += g[r].at(x, y) * corrected(m, r, pixel);
      }
    return sum;
  };
  for (std::size_t i = 0; i < 12; ++i) {
    auto up = kAffine, down = kAffine;
    up[i] += 1e-3, down[i] -= 1e-3;
    const double slope = (loss(up) - loss(down)) / 2e-3;
    EXPECT_NEAR(d_affine[i], slope, 1e-6 * std::abs(slope)) << i;
  }
  for (int y = 0; y < height; y += 7)
    for (int x = 0; x < width; x += 5)
      for (int c = 0; c < 3; ++c) {
        double up[3] = {in[0].at(x, y), in[1].at(x, y), in[2].at(x, y)}, down[3] = {up[0], up[1], up[2]};
        up[c] += 1e-3, down[c] -= 1e-3;
        double slope = 0;
        for (int r = 0; r < 3; ++r)
          slope += g[r].at(x, y) * (corrected(kAffine, r, up) - corrected(kAffine, r, down)) / 2e-3;
        ASSERT_NEAR(d_in[c].at(x, y), slope, 1e-6);
      }
}

TEST(Affine, BackwardBytesDoNotDependOnTheNumberOfThreads) {
  render::Plane in[3], g[3], d_in[3];
  test::make_picture(64, 333, 1, 0.5, in);
  test::make_picture(64, 333, 3, 0.9, g);
  double first[12], again[12];
  {
    tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
    affine_backward(make_affine(), in, g, d_in, first);
  }
  for (int run = 0; run < 5; ++run) {
    affine_backward(make_affine(), in, g, d_in, again);
    for (int i = 0; i < 12; ++i) EXPECT_EQ(first[i], again[i]);
  }
}

TEST(Affine, RefusesPlanesOfDifferentSizes) {
  render::Plane in[3], g[3], out[3];
  test::make_picture(8, 8, 1, 0.5, in);
  test::make_picture(8, 9, 1, 0.5, g);
  double d[12];
  EXPECT_THROW(affine_backward(Affine{}, in, g, out, d), std::invalid_argument);
  in[2].resize(8, 7);
  EXPECT_THROW(apply_affine(Affine{}, in, out), std::invalid_argument);
}

}  // namespace
}  // namespace tessera::reconstruct
