#include "reconstruct/train/adam.h"

#include <gtest/gtest.h>
#include <hwy/highway.h>
#include <tbb/global_control.h>

#include <cmath>
#include <limits>

#include "scene/random.h"

namespace tessera::reconstruct {
namespace {

constexpr LearningRates kRates{1e-2f, 5e-3f, 1e-3f, 5e-2f, 2.5e-3f, 1.25e-4f};

double uniform(std::uint32_t key, std::uint64_t i) {
  return scene::uniform01(scene::philox(5, static_cast<std::uint32_t>(scene::RandomStream::kTest), key, i)[0]) - 0.5;
}

struct Problem {
  scene::GaussianModel model;
  render::ModelGradients gradients;
  SparseAdam adam;
  Problem(std::size_t n, int degree) {
    model.resize(n, degree);
    gradients.planes.resize(n, degree);
    gradients.seen.assign(n, 1);
    adam.resize(n, degree);
    std::uint32_t key = 1000;
    for (auto* plane : model.planes()) {
      for (std::size_t i = 0; i < n; ++i) (*plane)[i] = static_cast<float>(uniform(key, i));
      ++key;
    }
  }
  void draw_gradients(std::uint32_t step) {
    std::uint32_t key = 100 * step;
    for (auto* plane : gradients.planes.planes()) {
      for (std::size_t i = 0; i < plane->size(); ++i) (*plane)[i] = static_cast<float>(1e-3 * uniform(key, i));
      ++key;
    }
  }
};

float rate_of(std::size_t plane) {
  return plane < 3    ? kRates.position
         : plane < 6  ? kRates.scale
         : plane < 10 ? kRates.rotation
         : plane < 11 ? kRates.opacity
         : plane < 14 ? kRates.sh0
                      : kRates.sh_rest;
}

// Kingma & Ba 2015, algorithm 1, one number in double precision.
struct DenseAdam {
  double value = 0, m = 0, v = 0;
  void step(double g, double rate, std::uint32_t t, bool move = true) {
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    if (move) value -= rate * (m / (1 - std::pow(0.9, t))) / (std::sqrt(v / (1 - std::pow(0.999, t))) + 1e-15);
  }
};

TEST(SparseAdam, IsDenseAdamForRowsThatAreAlwaysSeen) {
  const std::size_t n = 4133;  // three chunks, a ragged end
  Problem p(n, 1);
  const auto start = p.model.planes();
  std::vector<std::vector<DenseAdam>> twin(start.size(), std::vector<DenseAdam>(n));
  for (std::size_t k = 0; k < start.size(); ++k)
    for (std::size_t i = 0; i < n; ++i) twin[k][i].value = (*start[k])[i];
  for (std::uint32_t t = 1; t <= 12; ++t) {
    p.draw_gradients(t);
    p.adam.step(p.model, p.gradients, kRates, t, 1);
    const auto g = p.gradients.planes.planes();
    for (std::size_t k = 0; k < g.size(); ++k)
      for (std::size_t i = 0; i < n; ++i) twin[k][i].step((*g[k])[i], rate_of(k), t);
  }
  const auto planes = p.model.planes(), m = p.adam.first.planes(), v = p.adam.second.planes();
  for (std::size_t k = 0; k < planes.size(); ++k)
    for (std::size_t i = 0; i < n; ++i) {
      ASSERT_NEAR((*planes[k])[i], twin[k][i].value, 1e-6) << "plane " << k << " row " << i;
      ASSERT_NEAR((*m[k])[i], twin[k][i].m, 1e-6 * 1e-3);
      ASSERT_NEAR((*v[k])[i], twin[k][i].v, 1e-6 * 1e-6);
    }
  for (const std::uint32_t last : p.adam.last_step) EXPECT_EQ(last, 12u);
}

// Steps at which one row is seen; the twin decays densely but moves only when seen.
void expect_like_skipping_twin(const std::vector<std::uint32_t>& seen_at) {
  Problem p(21, 0);
  DenseAdam twin;
  const std::size_t row = 18;
  twin.value = p.model.opacity_logit[row];
  std::uint32_t t = 0;
  for (const std::uint32_t at : seen_at) {
    for (++t; t < at; ++t) twin.step(0, 0, t, false);
    p.draw_gradients(at);
    p.gradients.seen.assign(21, 0);
    p.gradients.seen[row] = 1;
    p.adam.step(p.model, p.gradients, kRates, at, 0);
    twin.step(p.gradients.planes.opacity_logit[row], kRates.opacity, at);
    ASSERT_NEAR(p.model.opacity_logit[row], twin.value, 1e-6) << "step " << at;
    ASSERT_NEAR(p.adam.first.opacity_logit[row], twin.m, 1e-6 * std::abs(twin.m));
    ASSERT_NEAR(p.adam.second.opacity_logit[row], twin.v, 1e-6 * twin.v);
    ASSERT_EQ(p.adam.last_step[row], at);
  }
}

TEST(SparseAdam, DecaysTheMomentsOfSkippedStepsExactly) {
  expect_like_skipping_twin({1, 2, 5, 6, 40, 300, 1300, 1301, 9000});
}

TEST(SparseAdam, GivesTheHandCalculatedValueAfterSkippedSteps) {
  Problem p(1, 0);
  p.model.opacity_logit[0] = 1;
  p.gradients.planes.opacity_logit[0] = 2;
  p.adam.step(p.model, p.gradients, kRates, 1, 0);  // m = 0.2, v = 0.004; both corrected: 2 / 2 = 1
  EXPECT_NEAR(p.model.opacity_logit[0], 1 - 0.05, 1e-6);
  p.gradients.planes.opacity_logit[0] = -1;
  p.adam.step(p.model, p.gradients, kRates, 4, 0);
  // m = 0.9^3 * 0.2 - 0.1 = 0.0458; v = 0.999^3 * 0.004 + 0.001 = 0.004988011996;
  // corrected: 0.0458 / (1 - 0.9^4) = 0.13317825; 0.004988011996 / (1 - 0.999^4) = 1.24887581; ratio 0.11917254
  EXPECT_NEAR(p.adam.first.opacity_logit[0], 0.0458, 1e-7);
  EXPECT_NEAR(p.adam.second.opacity_logit[0], 0.004988011996, 1e-9);
  EXPECT_NEAR(p.model.opacity_logit[0],
              0.95 - 0.05 * 0.0458 / (1 - 0.6561) / std::sqrt(0.004988011996 / (1 - 0.996005996001)), 1e-6);
}

TEST(SparseAdam, LeavesUnseenRowsAloneWhateverTheirGradientsHold) {
  Problem p(70, 1);
  p.draw_gradients(1);
  p.adam.step(p.model, p.gradients, kRates, 1, 1);
  const auto model = p.model;
  const auto adam = p.adam;
  const auto seen = [](std::size_t i) { return i % 7 == 2 && i < 40; };  // rows 48.. : groups that nobody saw
  for (std::size_t i = 0; i < 70; ++i) {
    p.gradients.seen[i] = seen(i);
    if (!seen(i))
      for (auto* plane : p.gradients.planes.planes()) (*plane)[i] = std::numeric_limits<float>::quiet_NaN();
  }
  p.adam.step(p.model, p.gradients, kRates, 2, 1);
  const auto before = model.planes(), after = std::as_const(p.model).planes();
  const auto m_before = adam.first.planes(), m_after = std::as_const(p.adam).first.planes();
  const auto v_before = adam.second.planes(), v_after = std::as_const(p.adam).second.planes();
  for (std::size_t k = 0; k < before.size(); ++k)
    for (std::size_t i = 0; i < 70; ++i) {
      ASSERT_EQ((*before[k])[i] != (*after[k])[i], seen(i)) << "plane " << k << " row " << i;
      ASSERT_EQ((*m_before[k])[i] != (*m_after[k])[i], seen(i));
      ASSERT_EQ((*v_before[k])[i] != (*v_after[k])[i], seen(i));
    }
  for (std::size_t i = 0; i < 70; ++i) EXPECT_EQ(p.adam.last_step[i], seen(i) ? 2u : 1u);
}

TEST(SparseAdam, UpdatesOnlyTheActiveDegrees) {
  for (int active = 0; active <= 4; ++active) {
    Problem p(33, 3);
    p.draw_gradients(1);
    const auto before = p.model;
    p.adam.step(p.model, p.gradients, kRates, 1, active);
    const std::size_t updated = active >= 3 ? 48 : static_cast<std::size_t>(3 * (active + 1) * (active + 1));
    for (std::size_t k = 0; k < 48; ++k)
      for (std::size_t i = 0; i < 33; ++i)
        ASSERT_EQ(p.model.sh[k][i] != before.sh[k][i], k < updated) << active << ", " << k;
  }
}

TEST(SparseAdam, KnowsGradientsOfTheActiveDegreesOnly) {
  Problem p(10, 3);
  p.gradients.planes.resize(10, 1);
  p.draw_gradients(1);
  const auto before = p.model;
  p.adam.step(p.model, p.gradients, kRates, 1, 1);
  EXPECT_NE(p.model.sh[11][3], before.sh[11][3]);
  EXPECT_THROW(p.adam.step(p.model, p.gradients, kRates, 2, 2), std::invalid_argument);
}

TEST(SparseAdam, FollowsAnIndexMap) {
  Problem p(5, 0);
  p.draw_gradients(1);
  p.adam.step(p.model, p.gradients, kRates, 1, 0);
  p.gradients.seen = {1, 0, 0, 1, 0};
  p.adam.step(p.model, p.gradients, kRates, 2, 0);
  const auto old = p.adam;
  p.adam.apply({{3, 1, scene::kNewRow, 3, 0, 4}});
  const std::uint32_t from[] = {3, 1, 99, 3, 0, 4};
  ASSERT_EQ(p.adam.last_step.size(), 6u);
  const auto m = p.adam.first.planes(), v = p.adam.second.planes();
  const auto m_old = old.first.planes(), v_old = old.second.planes();
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(p.adam.last_step[i], from[i] == 99 ? 0 : old.last_step[from[i]]);
    for (std::size_t k = 0; k < m.size(); ++k) {
      EXPECT_EQ((*m[k])[i], from[i] == 99 ? 0 : (*m_old[k])[from[i]]);
      EXPECT_EQ((*v[k])[i], from[i] == 99 ? 0 : (*v_old[k])[from[i]]);
    }
  }
}

TEST(SparseAdam, ForgetsTheRowsItIsToldTo) {
  Problem p(40, 1);
  p.draw_gradients(1);
  p.adam.step(p.model, p.gradients, kRates, 1, 1);
  const std::uint32_t rows[] = {0, 17, 39};
  p.adam.reset_rows(rows);
  const auto m = p.adam.first.planes(), v = p.adam.second.planes();
  for (std::size_t i = 0; i < 40; ++i) {
    const bool reset = i == 0 || i == 17 || i == 39;
    EXPECT_EQ(p.adam.last_step[i], reset ? 0u : 1u);
    for (std::size_t k = 0; k < m.size(); ++k) {
      EXPECT_EQ((*m[k])[i] == 0, reset);
      EXPECT_EQ((*v[k])[i] == 0, reset);
    }
  }
}

TEST(SparseAdam, ForgetsTheOpacities) {
  Problem p(20, 0);
  p.draw_gradients(1);
  p.adam.step(p.model, p.gradients, kRates, 1, 0);
  p.adam.reset_opacity();
  for (std::size_t i = 0; i < 20; ++i) {
    EXPECT_EQ(p.adam.first.opacity_logit[i], 0);
    EXPECT_EQ(p.adam.second.opacity_logit[i], 0);
    EXPECT_NE(p.adam.first.position[0][i], 0);
    EXPECT_NE(p.adam.second.sh[2][i], 0);
  }
}

TEST(SparseAdam, RefusesArraysOfDifferentSizes) {
  Problem p(20, 0);
  p.gradients.seen.pop_back();
  EXPECT_THROW(p.adam.step(p.model, p.gradients, kRates, 1, 0), std::invalid_argument);
  p.gradients.seen.push_back(1);
  EXPECT_THROW(p.adam.step(p.model, p.gradients, kRates, 0, 0), std::invalid_argument);
}

TEST(SparseAdam, BytesDoNotDependOnThreadsOrVectorWidth) {
  const auto run = [] {
    Problem p(5000, 2);
    for (std::uint32_t t = 1; t <= 6; ++t) {
      p.draw_gradients(t);
      for (std::size_t i = 0; i < 5000; ++i) p.gradients.seen[i] = uniform(7 * t, i / 8) > -0.2;
      p.adam.step(p.model, p.gradients, kRates, t, 2);
    }
    return p.model;
  };
  const auto expected = run();
  const auto expect_same = [&](const scene::GaussianModel& model, const char* what) {
    const auto a = expected.planes(), b = model.planes();
    for (std::size_t k = 0; k < a.size(); ++k) ASSERT_EQ(*a[k], *b[k]) << what;
  };
  {
    tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
    expect_same(run(), "one thread");
  }
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    expect_same(run(), hwy::TargetName(target));
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().DeInit();
}

}  // namespace
}  // namespace tessera::reconstruct
