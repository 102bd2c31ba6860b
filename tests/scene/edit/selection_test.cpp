#include "scene/edit/selection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include <glm/geometric.hpp>

#include "tests/support/random_scene.h"

namespace tessera::scene {
namespace {
using testing::ElementsAre;

GaussianModel model_at(const std::vector<glm::dvec3>& centers) {
  GaussianModel model;
  model.resize(centers.size(), 0);
  for (std::size_t i = 0; i < centers.size(); ++i) {
    for (int c = 0; c < 3; ++c) model.position[static_cast<std::size_t>(c)][i] = static_cast<float>(centers[i][c]);
    model.rotation[0][i] = 1;
  }
  return model;
}

/// Looks along +z from the origin; the middle is at (50, 40).
Camera camera_ahead() {
  Camera camera;
  camera.intrinsics = {100, 80, 100, 100, 50, 40};
  return camera;
}

TEST(Selection, IsReplacedAddedToAndTakenFrom) {
  RowMask mask{1, 1, 0, 0};
  combine(mask, {1, 0, 1, 0}, Combine::add);
  EXPECT_THAT(mask, ElementsAre(1, 1, 1, 0));
  combine(mask, {1, 0, 0, 1}, Combine::subtract);
  EXPECT_THAT(mask, ElementsAre(0, 1, 1, 0));
  combine(mask, {0, 0, 0, 1}, Combine::replace);
  EXPECT_THAT(mask, ElementsAre(0, 0, 0, 1));
  EXPECT_EQ(count(mask), 1u);
  EXPECT_THAT(rows_of({0, 1, 0, 1}), ElementsAre(1u, 3u));
  EXPECT_EQ(mask_of(rows_of({0, 1, 0, 1}), 4), (RowMask{0, 1, 0, 1}));
}

TEST(Selection, ABoxHoldsWhatIsInsideAndOnItsFaces) {
  const GaussianModel model = model_at({{0, 0, 0}, {1, 2, 3}, {1.001, 0, 0}, {0, -2, 0}, {0, 0, -3.01}});
  EXPECT_THAT(rows_in(model, {{0, 0, 0}, {1, 2, 3}}), ElementsAre(1, 1, 0, 1, 0));
  EXPECT_THAT(rows_in(model, {{1, 0, 0}, {0.5, 0.5, 0.5}}), ElementsAre(0, 0, 1, 0, 0));
}

TEST(Selection, ABoxInATurnedFrameHoldsWhatTheSameBoxHoldsOfTheTurnedScene) {
  const Camera camera = test::random_camera(3, 64, 48);
  const GaussianModel model = test::random_model(4, {.splats = 4000, .width = 64, .height = 48}, camera);
  const OrientedBox plain{camera.cam_from_world.inverse()({0.1, -0.2, 4}), {0.9, 1.4, 0.7}};
  // Moving scene and box alike changes nothing: b = R a + t.
  const glm::dquat turn = glm::angleAxis(0.7, glm::normalize(glm::dvec3(1, 2, -1)));
  const glm::dvec3 shift(3, -1, 2);
  GaussianModel turned = model;
  std::size_t inside = 0, near = 0;
  for (std::size_t i = 0; i < model.size(); ++i) {
    const glm::dvec3 p = turn * glm::dvec3(model.position[0][i], model.position[1][i], model.position[2][i]) + shift;
    for (int c = 0; c < 3; ++c) turned.position[static_cast<std::size_t>(c)][i] = static_cast<float>(p[c]);
  }
  const RowMask before = rows_in(model, plain);
  const RowMask after = rows_in(turned, {turn * plain.center + shift, plain.half, turn});
  for (std::size_t i = 0; i < model.size(); ++i) {
    inside += before[i];
    const glm::dvec3 p(model.position[0][i], model.position[1][i], model.position[2][i]);
    const glm::dvec3 gap = glm::abs(glm::abs(p - plain.center) - plain.half);
    if (std::min({gap.x, gap.y, gap.z}) < 1e-5) {
      ++near;  // rounding may decide
      continue;
    }
    EXPECT_EQ(before[i], after[i]) << i;
  }
  EXPECT_GT(inside, 20u);
  EXPECT_LT(near, 20u);
}

TEST(Selection, ABoxTurnedByAnEighthReachesFurtherAlongTheDiagonal) {
  const GaussianModel model = model_at({{1.3, 0, 0}, {0.9, 0.9, 0}});
  const glm::dquat eighth = glm::angleAxis(0.25 * std::numbers::pi, glm::dvec3(0, 0, 1));
  EXPECT_THAT(rows_in(model, {{0, 0, 0}, {1, 1, 1}}), ElementsAre(0, 1));
  EXPECT_THAT(rows_in(model, {{0, 0, 0}, {1, 1, 1}, eighth}), ElementsAre(1, 0));
}

TEST(Selection, TheBrushTakesEveryDepthButNothingBehindTheCamera) {
  const GaussianModel model = model_at({{0, 0, 2}, {0, 0, 50}, {0, 0, -2}, {0, 0, 0.005}, {1, 0, 2}, {0, 0, 0}});
  EXPECT_THAT(rows_under(model, {camera_ahead(), {{50, 40}}, 6}), ElementsAre(1, 1, 0, 0, 0, 0));
}

TEST(Selection, TheBrushFollowsItsStroke) {
  // At (50 + 100 x, 40 + 100 y).
  const GaussianModel model = model_at({{-0.3, 0, 1}, {0, 0, 1}, {0.3, 0, 1}, {0, 0.1, 1}, {0, 0.3, 1}, {0.45, 0, 1}});
  EXPECT_THAT(rows_under(model, {camera_ahead(), {{20, 40}, {80, 40}}, 12}), ElementsAre(1, 1, 1, 1, 0, 0));
  EXPECT_THAT(rows_under(model, {camera_ahead(), {{20, 40}}, 12}), ElementsAre(1, 0, 0, 0, 0, 0)) << "a dab";
  EXPECT_THAT(rows_under(model, {camera_ahead(), {}, 12}), ElementsAre(0, 0, 0, 0, 0, 0));
  EXPECT_THAT(rows_under(model, {camera_ahead(), {{-500, -500}, {900, 900}}, 2000}), ElementsAre(1, 1, 1, 1, 1, 1));
}

TEST(Selection, TheBrushTakesThePixelsThatARulerWould) {
  const Camera camera = test::random_camera(5, 160, 120);
  const GaussianModel model =
      test::random_model(6, {.splats = 3000, .width = 160, .height = 120, .spread = 1.3}, camera);
  const Stroke stroke{camera, {{30, 30}, {90, 50}, {70, 100}}, 9};
  const RowMask mask = rows_under(model, stroke);
  const auto distance = [&](const glm::dvec2& p) {
    double least = 1e9;
    for (std::size_t k = 1; k < stroke.points.size(); ++k)
      for (int s = 0; s <= 2000; ++s)
        least = std::min(least, glm::length(p - glm::mix(stroke.points[k - 1], stroke.points[k], s / 2000.0)));
    return least;
  };
  std::size_t taken = 0;
  for (std::size_t i = 0; i < model.size(); ++i) {
    const glm::dvec3 p =
        camera.cam_from_world(glm::dvec3(model.position[0][i], model.position[1][i], model.position[2][i]));
    const Pinhole& k = camera.intrinsics;
    const glm::dvec2 pixel(std::floor(k.fx * p.x / p.z + k.cx) + 0.5, std::floor(k.fy * p.y / p.z + k.cy) + 0.5);
    const double d = distance(pixel);
    if (std::abs(d - stroke.radius) < 1e-3) continue;
    const bool shown = pixel.x > 0 && pixel.y > 0 && pixel.x < k.width && pixel.y < k.height;
    EXPECT_EQ(mask[i], shown && d < stroke.radius) << i;
    taken += mask[i];
  }
  EXPECT_GT(taken, 50u);
}

TEST(Selection, RangesHoldTheirEnds) {
  const std::vector<float> values{0, 0.25f, 0.5f, 1};
  EXPECT_THAT(rows_in(values, Range{0.25, 0.5}), ElementsAre(0, 1, 1, 0));
  EXPECT_THAT(rows_in(values, Range{}), ElementsAre(1, 1, 1, 1));
  EXPECT_FALSE(Range{}.limits());
  EXPECT_TRUE((Range{.low = 0}).limits());
}

TEST(Selection, MeasuresOpacityLargestSizeAndTheViewsThatSeeARow) {
  GaussianModel model = model_at({{0, 0, 2}, {0, 0, -2}, {5, 0, 1}});
  model.log_scale[1] = {std::log(0.5f), 0, 0};
  model.log_scale[0] = {std::log(0.1f), 0, 0};
  model.log_scale[2] = {std::log(0.2f), 0, 0};
  model.opacity_logit = {0, 20, -20};
  Dataset dataset;
  dataset.views.resize(3);
  for (View& view : dataset.views) view.camera = camera_ahead();
  dataset.views[1].camera.cam_from_world.rotation = glm::dquat(0, 0, 1, 0);  // looks back
  dataset.views[2].camera.cam_from_world.translation = {0, 0, 1};            // further back
  const RowMeasures m = measure(model, &dataset);
  EXPECT_FLOAT_EQ(m.opacity[0], 0.5f);
  EXPECT_NEAR(m.opacity[1], 1, 1e-6);
  EXPECT_NEAR(m.opacity[2], 0, 1e-6);
  EXPECT_FLOAT_EQ(m.size[0], 0.5f);
  EXPECT_THAT(m.seen_by, ElementsAre(2, 1, 0));
  EXPECT_TRUE(measure(model, nullptr).seen_by.empty());
}

}  // namespace
}  // namespace tessera::scene
