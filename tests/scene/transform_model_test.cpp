#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include <glm/geometric.hpp>
#include <glm/mat3x3.hpp>
#include <glm/matrix.hpp>

#include "scene/random.h"
#include "scene/scene_frame.h"
#include "scene/sh_basis.h"

namespace tessera::scene {
namespace {

float draw(std::uint32_t stream, std::uint32_t index) {
  return 2 * uniform01(philox(33, static_cast<std::uint32_t>(RandomStream::kTest), stream, index)[1]) - 1;
}

GaussianModel some_model(int degree, std::size_t count = 20) {
  GaussianModel model;
  model.resize(count, degree);
  std::uint32_t plane_index = 0;
  for (auto* plane : model.planes()) {
    for (std::size_t i = 0; i < count; ++i) (*plane)[i] = draw(plane_index, static_cast<std::uint32_t>(i));
    ++plane_index;
  }
  return model;
}

glm::dvec3 direction(std::uint32_t index) {
  return glm::normalize(glm::dvec3(draw(90, index), draw(91, index), draw(92, index)));
}

double colour(const GaussianModel& model, std::size_t row, int channel, const glm::dvec3& d) {
  const auto basis = sh_basis(d.x, d.y, d.z);
  double sum = 0;
  for (std::size_t k = 0; k < model.sh.size() / 3; ++k)
    sum += basis[k] * model.sh[3 * k + static_cast<std::size_t>(channel)][row];
  return sum;
}

glm::dmat3 covariance(const GaussianModel& model, std::size_t row) {
  const glm::dquat q = glm::normalize(
      glm::dquat(model.rotation[0][row], model.rotation[1][row], model.rotation[2][row], model.rotation[3][row]));
  const glm::dmat3 r = glm::mat3_cast(q);
  glm::dmat3 scale(0.0);
  for (int a = 0; a < 3; ++a) scale[a][a] = std::exp(2.0 * model.log_scale[static_cast<std::size_t>(a)][row]);
  return r * scale * glm::transpose(r);
}

const Similarity kMove{2.5, glm::normalize(glm::dquat(0.6, -0.5, 0.2, 0.7)), {3, -1, 4}};

TEST(TransformModel, MovesTurnsAndScalesEverySplat) {
  const GaussianModel before = some_model(0);
  GaussianModel after = before;
  transform_model(after, kMove);
  const glm::dmat3 r = glm::mat3_cast(kMove.rotation);
  for (std::size_t i = 0; i < before.size(); ++i) {
    const glm::dvec3 expected = kMove({before.position[0][i], before.position[1][i], before.position[2][i]});
    for (int c = 0; c < 3; ++c)
      EXPECT_FLOAT_EQ(after.position[static_cast<std::size_t>(c)][i], static_cast<float>(expected[c]));
    const glm::dmat3 want = 6.25 * r * covariance(before, i) * glm::transpose(r), got = covariance(after, i);
    for (int a = 0; a < 3; ++a)
      for (int b = 0; b < 3; ++b) EXPECT_NEAR(got[a][b], want[a][b], 2e-5);
    EXPECT_EQ(after.opacity_logit[i], before.opacity_logit[i]);
  }
  EXPECT_EQ(after.sh, before.sh);
}

TEST(TransformModel, ColourTurnsWithTheScene) {
  for (int degree = 1; degree <= 3; ++degree) {
    const GaussianModel before = some_model(degree);
    GaussianModel after = before;
    transform_model(after, kMove);
    EXPECT_EQ(after.sh_degree(), degree);
    for (std::size_t i = 0; i < before.size(); ++i) {
      for (std::uint32_t k = 0; k < 20; ++k) {
        const glm::dvec3 d = direction(k);
        // Sums of up to 16 products of order 1, coefficients rounded to float: a few 6e-8 each.
        for (int c = 0; c < 3; ++c) EXPECT_NEAR(colour(after, i, c, kMove.rotation * d), colour(before, i, c, d), 1e-6);
      }
    }
  }
}

TEST(TransformModel, TurningBackGivesTheModelBack) {
  const GaussianModel before = some_model(3);
  GaussianModel after = before;
  transform_model(after, kMove);
  transform_model(after, kMove.inverse());
  const auto was = before.planes();
  const auto is = static_cast<const GaussianModel&>(after).planes();
  for (std::size_t p = 0; p < was.size(); ++p)
    for (std::size_t i = 0; i < before.size(); ++i) EXPECT_NEAR((*is[p])[i], (*was[p])[i], 3e-6) << "plane " << p;
}

TEST(TransformModel, TheIdentityChangesNothing) {
  const GaussianModel before = some_model(3);
  GaussianModel after = before;
  transform_model(after, {});
  const auto was = before.planes();
  const auto is = static_cast<const GaussianModel&>(after).planes();
  for (std::size_t p = 0; p < was.size(); ++p) EXPECT_EQ(*is[p], *was[p]) << "plane " << p;
}

TEST(TransformModel, AnEmptyModelStaysEmpty) {
  GaussianModel model;
  model.resize(0, 3);
  transform_model(model, kMove);
  EXPECT_EQ(model.size(), 0u);
}

TEST(ShBasis, IsOrthonormalOnTheSphere) {
  // 64 x 128 midpoint rule in (z, azimuth): exact enough for polynomials of degree 6.
  std::array<std::array<double, 16>, 16> gram{};
  constexpr int kRows = 400, kColumns = 16;
  for (int i = 0; i < kRows; ++i) {
    const double z = -1 + (2 * i + 1.0) / kRows, r = std::sqrt(1 - z * z);
    for (int j = 0; j < kColumns; ++j) {
      const double a = 2 * std::numbers::pi * j / kColumns;
      const auto y = sh_basis(r * std::cos(a), r * std::sin(a), z);
      for (std::size_t p = 0; p < 16; ++p)
        for (std::size_t q = 0; q < 16; ++q) gram[p][q] += y[p] * y[q] * 4 * std::numbers::pi / (kRows * kColumns);
    }
  }
  for (std::size_t p = 0; p < 16; ++p)
    for (std::size_t q = 0; q < 16; ++q) EXPECT_NEAR(gram[p][q], p == q ? 1 : 0, 1e-4) << p << " " << q;
}

TEST(ShBasis, HasTheReferencesSigns) {
  const auto x = sh_basis(1, 0, 0), y = sh_basis(0, 1, 0), z = sh_basis(0, 0, 1);
  EXPECT_DOUBLE_EQ(x[0], kSh0);
  EXPECT_LT(y[1], 0);
  EXPECT_GT(z[2], 0);
  EXPECT_LT(x[3], 0);
  EXPECT_GT(z[6], 0);
  EXPECT_GT(x[8], 0);
  EXPECT_LT(y[8], 0);
  EXPECT_GT(z[12], 0);
  EXPECT_GT(y[9], 0);   // -0.59 y (3 x^2 - y^2) at (0, 1, 0)
  EXPECT_LT(x[15], 0);  // -0.59 x (x^2 - 3 y^2) at (1, 0, 0)
  EXPECT_GT(x[13], 0);  // -0.457 x (4 z^2 - x^2 - y^2) at (1, 0, 0)
  EXPECT_GT(y[11], 0);
}

}  // namespace
}  // namespace tessera::scene
