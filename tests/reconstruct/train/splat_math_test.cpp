#include "reconstruct/train/splat_math.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/reconstruct/train/train_support.h"

namespace tessera::reconstruct {
namespace {

TEST(SplatMath, LogitInvertsSigmoid) {
  for (const float o : {0.005f, 0.1f, 0.5f, 0.97f}) EXPECT_NEAR(sigmoid(logit(o)), o, 1e-6);
  EXPECT_FLOAT_EQ(sigmoid(0), 0.5f);
}

TEST(SplatMath, RotationMatrixIsThatOfTheNormalisedQuaternion) {
  scene::GaussianModel model;
  model.resize(1, 0);
  model.rotation[0][0] = 3, model.rotation[3][0] = 3;  // 90 degrees about z, not of unit length
  const auto r = rotation_matrix(model, 0);
  const double expected[9] = {0, -1, 0, 1, 0, 0, 0, 0, 1};
  for (int k = 0; k < 9; ++k) EXPECT_NEAR(r[k], expected[k], 1e-12);
}

TEST(SplatMath, SamplesFollowScaleAndRotation) {
  scene::GaussianModel model;
  model.resize(1, 0);
  model.rotation[0][0] = 1, model.rotation[3][0] = 1;
  for (int a = 0; a < 3; ++a) model.log_scale[a][0] = std::log(static_cast<float>(a + 1)), model.position[a][0] = 10;
  const auto p = offset_by_sample(model, 0, {1, 1, 1});
  EXPECT_NEAR(p[0], 10 - 2, 1e-5);
  EXPECT_NEAR(p[1], 10 + 1, 1e-5);
  EXPECT_NEAR(p[2], 10 + 3, 1e-5);
}

/// The formula as the paper has it, term by term.
double scale_factor_by_double_sum(double o, int n) {
  const double each = 1 - std::pow(1 - o, 1.0 / n);
  double sum = 0;
  for (int i = 1; i <= n; ++i)
    for (int k = 0; k <= i - 1; ++k) {
      double binomial = 1;
      for (int j = 0; j < k; ++j) binomial = binomial * (i - 1 - j) / (j + 1);
      sum += binomial * std::pow(-1, k) * std::pow(each, k + 1) / std::sqrt(k + 1.0);
    }
  return o / sum;
}

TEST(Relocated, AgreesWithThePapersDoubleSum) {
  for (const double o : {0.01, 0.3, 0.9, 0.999})
    for (const int n : {1, 2, 3, 7, 20}) {
      EXPECT_NEAR(relocated(o, n).scale_factor / scale_factor_by_double_sum(o, n), 1, 1e-9) << o << " " << n;
      EXPECT_NEAR(1 - std::pow(1 - relocated(o, n).opacity, n), o, 1e-12);
    }
}

TEST(Relocated, OneCopyChangesNothingAndManyStayFinite) {
  EXPECT_NEAR(relocated(0.4, 1).opacity, 0.4, 1e-15);
  EXPECT_NEAR(relocated(0.4, 1).scale_factor, 1, 1e-15);
  const auto many = relocated(1 - 0x1p-20, 51);
  EXPECT_TRUE(std::isfinite(many.scale_factor));
  EXPECT_GT(many.scale_factor, 0);
  EXPECT_GT(many.opacity, 0);
}

}  // namespace
}  // namespace tessera::reconstruct
