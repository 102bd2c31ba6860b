#include "reconstruct/train/scale_limit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include <glm/geometric.hpp>

#include "tests/reconstruct/train/session_support.h"
#include "tests/reconstruct/train/train_support.h"

namespace tessera::reconstruct {
namespace {

/// Splats at 2, 4 and 8 along x from an eye at (1, 0, 0), all of one deviation but for the y axis, which is thin.
scene::GaussianModel row_of_splats(float deviation) {
  scene::GaussianModel model;
  model.resize(3, 0);
  for (std::size_t i = 0; i < 3; ++i) {
    model.position[0][i] = 1 + std::ldexp(2.0f, static_cast<int>(i));
    for (std::size_t axis = 0; axis < 3; ++axis) model.log_scale[axis][i] = std::log(axis == 1 ? 0.01f : deviation);
    model.rotation[0][i] = 1;
  }
  return model;
}

TEST(ScaleLimit, ShrinksWhatIsTooWideForItsDistanceAndLeavesTheRest) {
  scene::GaussianModel model = row_of_splats(0.5f);
  const scene::GaussianModel before = model;
  auto gradients = test::blank_gradients(3, 0);
  gradients.seen = {1, 1, 1};
  limit_scales(model, render::rows_of(gradients, 0, 3, 0), {1, 0, 0}, 0.1);
  const float limits[] = {0.2f, 0.4f, 0.5f};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(std::exp(model.log_scale[0][i]), limits[i], 1e-4f) << i;  // the near plane counts, a little
    EXPECT_NEAR(std::exp(model.log_scale[2][i]), limits[i], 1e-4f) << i;
    EXPECT_EQ(model.log_scale[1][i], before.log_scale[1][i]) << "thin as it was";
  }
  EXPECT_EQ(model.log_scale[0][2], before.log_scale[0][2]) << "far enough: to the bit";
}

TEST(ScaleLimit, TouchesOnlySeenRowsOfItsRunAndNoneWithoutALimit) {
  scene::GaussianModel model = row_of_splats(5);
  const scene::GaussianModel before = model;
  auto gradients = test::blank_gradients(3, 0);
  gradients.seen = {1, 0, 1};
  limit_scales(model, render::rows_of(gradients, 0, 3, 0), {1, 0, 0}, 0);
  EXPECT_TRUE(test::same_planes(model, before));
  limit_scales(model, render::rows_of(gradients, 1, 2, 0), {1, 0, 0}, 0.1);
  EXPECT_EQ(model.log_scale[0][0], before.log_scale[0][0]) << "not of the run";
  EXPECT_EQ(model.log_scale[0][1], before.log_scale[0][1]) << "not seen";
  EXPECT_LT(model.log_scale[0][2], before.log_scale[0][2]);
}

TEST(ScaleLimit, IsFiniteAtTheEye) {
  scene::GaussianModel model = row_of_splats(5);
  for (std::size_t i = 0; i < 3; ++i) model.position[0][i] = 1;
  auto gradients = test::blank_gradients(3, 0);
  gradients.seen = {1, 1, 1};
  limit_scales(model, render::rows_of(gradients, 0, 3, 0), {1, 0, 0}, 0.1);
  model.validate("model");
}

TEST(ScaleLimit, HoldsThroughARun) {
  test::SmallWorld world;
  constexpr double kLimit = 0.005;
  const auto wider = [&](double limit) {  // of the splats that all photos see, beside the farthest eye
    auto options = test::quick_options();
    options.scale_limit = limit;
    TrainingSession session(world.dataset, options, {});
    session.run();
    const scene::GaussianModel& model = session.model();
    double count = 0, all = 0;
    for (std::size_t i = 0; i < model.size(); ++i) {
      const glm::dvec3 at(model.position[0][i], model.position[1][i], model.position[2][i]);
      if (std::max(std::abs(at.x), std::abs(at.y)) > 0.2) continue;
      double farthest = 0;
      for (const scene::View& view : world.dataset.views)
        farthest = std::max(farthest, glm::distance(view.camera.center(), at));
      ++all;
      count += std::any_of(model.log_scale.begin(), model.log_scale.end(), [&](const std::vector<float>& axis) {
        return std::exp(double{axis[i]}) > 1.01 * kLimit * farthest;  // it may have come nearer since
      });
    }
    return count / all;
  };
  EXPECT_GT(wider(0), 0.3) << "there is something to hold";
  EXPECT_EQ(wider(kLimit), 0);
}

}  // namespace
}  // namespace tessera::reconstruct
