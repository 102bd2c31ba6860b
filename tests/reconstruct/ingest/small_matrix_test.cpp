#include "reconstruct/ingest/small_matrix.h"

#include <gtest/gtest.h>

#include <cmath>

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>
#include <glm/matrix.hpp>

#include "scene/random.h"

namespace tessera::reconstruct {
namespace {

double uniform(std::uint32_t key, std::uint64_t index) {
  return 2 * static_cast<double>(scene::uniform01(
                 scene::philox(11, static_cast<std::uint32_t>(scene::RandomStream::kTest), key, index)[0])) -
         1;
}

glm::dquat random_turn(std::uint32_t key) {
  return glm::normalize(glm::dquat(uniform(key, 0), uniform(key, 1), uniform(key, 2), uniform(key, 3)));
}

double difference(const glm::dmat3& a, const glm::dmat3& b) {
  double largest = 0;
  for (int c = 0; c < 3; ++c) largest = std::max(largest, glm::length(a[c] - b[c]));
  return largest;
}

double trace_of_product(const glm::dmat3& r, const glm::dmat3& h) {
  const glm::dmat3 product = glm::transpose(r) * h;
  return product[0][0] + product[1][1] + product[2][2];
}

TEST(NearestRotation, FindsTheTurnBetweenTwoSetsOfPoints) {
  for (std::uint32_t trial = 0; trial < 20; ++trial) {
    const glm::dmat3 truth = glm::mat3_cast(random_turn(trial));
    glm::dmat3 h(0);
    for (std::uint64_t i = 0; i < 6; ++i) {
      const glm::dvec3 a(uniform(trial, 10 + 3 * i), uniform(trial, 11 + 3 * i), uniform(trial, 12 + 3 * i));
      h += glm::outerProduct(truth * a, a);
    }
    EXPECT_LT(difference(nearest_rotation(h), truth), 1e-12);
  }
}

TEST(NearestRotation, FindsTheTurnOfPointsInAPlane) {
  // Without the third direction the singular vectors leave a reflection open.
  for (std::uint32_t trial = 0; trial < 20; ++trial) {
    const glm::dmat3 truth = glm::mat3_cast(random_turn(100 + trial));
    glm::dmat3 h(0);
    for (const glm::dvec3 a : {glm::dvec3(1, 0, 0), {0, 2, 0}, {1, 1, 0}}) h += glm::outerProduct(truth * a, a);
    EXPECT_LT(difference(nearest_rotation(h), truth), 1e-12);
  }
}

TEST(NearestRotation, IsARotationAndTheBestOneEvenForAMirrorImage) {
  for (std::uint32_t trial = 0; trial < 10; ++trial) {
    glm::dmat3 h;
    for (int c = 0; c < 3; ++c)
      for (int r = 0; r < 3; ++r) h[c][r] = uniform(200 + trial, static_cast<std::uint64_t>(3 * c + r));
    const glm::dmat3 best = nearest_rotation(h);
    EXPECT_NEAR(glm::determinant(best), 1, 1e-12);
    EXPECT_LT(difference(glm::transpose(best) * best, glm::dmat3(1)), 1e-12);
    for (std::uint32_t other = 0; other < 200; ++other) {
      const glm::dmat3 r = glm::mat3_cast(random_turn(1000 + other));
      EXPECT_LE(trace_of_product(r, h), trace_of_product(best, h) + 1e-12);
    }
  }
}

TEST(InvertPositive, GivesTheInverse) {
  constexpr int kN = 7;
  std::vector<double> a(kN * kN), product(kN * kN);
  for (int r = 0; r < kN; ++r)
    for (int c = 0; c < kN; ++c) {
      double sum = r == c ? 0.1 : 0;
      for (int k = 0; k < kN; ++k)
        sum += uniform(1, static_cast<std::uint64_t>(r * kN + k)) * uniform(1, static_cast<std::uint64_t>(c * kN + k));
      a[r * kN + c] = sum;
    }
  std::vector<double> inverse = a;
  ASSERT_TRUE(invert_positive(inverse, kN));
  for (int r = 0; r < kN; ++r)
    for (int c = 0; c < kN; ++c) {
      double sum = 0;
      for (int k = 0; k < kN; ++k) sum += a[r * kN + k] * inverse[k * kN + c];
      EXPECT_NEAR(sum, r == c ? 1 : 0, 1e-10) << r << ", " << c;
    }
}

TEST(InvertPositive, SaysWhereThereIsNone) {
  for (const int n : {2, 3, 7}) {
    std::vector<double> zero(static_cast<std::size_t>(n * n), 0.0), one_row_less = zero;
    for (int i = 0; i + 1 < n; ++i) one_row_less[static_cast<std::size_t>(i * n + i)] = 2;
    EXPECT_FALSE(invert_positive(zero, n)) << n;
    EXPECT_FALSE(invert_positive(one_row_less, n)) << n;
  }
}

}  // namespace
}  // namespace tessera::reconstruct
