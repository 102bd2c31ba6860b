// Analytic gradients of the scalar double-precision twin against central differences of its own forward pass.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>

#include <glm/glm.hpp>

#include "scene/random.h"
#include "tests/support/random_scene.h"
#include "tests/support/reference_rasterizer.h"

namespace tessera::test {
namespace {

constexpr double kStep = 1e-6;
constexpr double kMargin = 3e-5;  // scenes nearer than this to a cut-off are passed over
constexpr double kRelative = 1e-6;

struct Loss {
  bool color = true, alpha = true, depth = true, normal = true;
};

/// Random dL/d(frame).
ReferenceFrame random_gradient(std::uint64_t seed, int width, int height, const Loss& loss) {
  ReferenceFrame g;
  g.width = width, g.height = height;
  const std::size_t pixels = static_cast<std::size_t>(width) * height;
  std::uint64_t next = 0;
  const auto fill = [&](std::vector<double>& plane, bool on) {
    if (!on) return;
    plane.resize(pixels);
    for (double& v : plane) v = 2 * scene::uniform01(scene::philox(seed, 77, 0, next++)[0]) - 1;
  };
  for (auto& plane : g.color) fill(plane, loss.color);
  for (auto& plane : g.normal) fill(plane, loss.normal);
  fill(g.alpha, loss.alpha), fill(g.depth, loss.depth);
  return g;
}

double inner(const ReferenceFrame& g, const ReferenceFrame& f) {
  double sum = 0;
  const auto add = [&](const std::vector<double>& a, const std::vector<double>& b) {
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  };
  for (int c = 0; c < 3; ++c) add(g.color[c], f.color[c]), add(g.normal[c], f.normal[c]);
  add(g.alpha, f.alpha), add(g.depth, f.depth);
  return sum;
}

/// exp(xi) cam_from_world, xi = (translation, rotation), to first order in the translation (exact in the limit).
scene::Camera moved(const scene::Camera& camera, int component, double step) {
  scene::Camera out = camera;
  if (component < 3) {
    out.cam_from_world.translation[component] += step;
    return out;
  }
  glm::dvec3 axis(0);
  axis[component - 3] = 1;
  const glm::dquat turn = glm::angleAxis(step, axis);
  out.cam_from_world.rotation = turn * camera.cam_from_world.rotation;
  out.cam_from_world.translation = turn * camera.cam_from_world.translation;
  return out;
}

struct Case {
  ReferenceModel model;
  scene::Camera camera;
  render::RenderSettings settings;
};

/// The first scene from `seed` on that keeps clear of every cut-off.
Case smooth_case(std::uint64_t seed, RandomSceneOptions options, render::RenderSettings settings) {
  for (;; ++seed) {
    Case c;
    c.camera = random_camera(seed, options.width, options.height);
    c.model = reference_model(random_model(seed, options, c.camera));
    c.settings = settings;
    if (reference_forward(c.model, c.camera, settings).margin > kMargin) return c;
  }
}

void expect_gradients_match(const Case& c, const ReferenceFrame& g) {
  const ReferenceGradients analytic = reference_backward(c.model, c.camera, c.settings, g);
  const auto loss_of = [&](const ReferenceModel& model, const scene::Camera& camera) {
    return inner(g, reference_forward(model, camera, c.settings));
  };
  ReferenceModel probe = c.model;
  double largest = 0;
  for (std::size_t p = 0; p < probe.planes.size(); ++p) {
    double scale = 0;
    std::vector<double> numeric(probe.size());
    for (std::size_t i = 0; i < probe.size(); ++i) {
      const double value = probe.planes[p][i];
      probe.planes[p][i] = value + kStep;
      const double up = loss_of(probe, c.camera);
      probe.planes[p][i] = value - kStep;
      const double down = loss_of(probe, c.camera);
      probe.planes[p][i] = value;
      numeric[i] = (up - down) / (2 * kStep);
      scale = std::max(scale, std::abs(numeric[i]));
    }
    largest = std::max(largest, scale);
    // Roundoff of the difference quotient: about 1e-15 x loss / step; hence the floor of 1e-3.
    for (std::size_t i = 0; i < probe.size(); ++i)
      EXPECT_NEAR(analytic.planes[p][i], numeric[i], kRelative * std::max(scale, 1e-3))
          << "plane " << p << " splat " << i;
  }
  EXPECT_GT(largest, 0.1);
  double pose[6], scale = 0;
  for (int k = 0; k < 6; ++k) {
    pose[k] =
        (loss_of(c.model, moved(c.camera, k, kStep)) - loss_of(c.model, moved(c.camera, k, -kStep))) / (2 * kStep);
    scale = std::max(scale, std::abs(pose[k]));
  }
  for (int k = 0; k < 6; ++k) EXPECT_NEAR(analytic.pose[k], pose[k], kRelative * scale) << "pose " << k;
}

RandomSceneOptions small_scene() {
  RandomSceneOptions options;
  options.splats = 7, options.width = 15, options.height = 11;
  options.scale_low = 0.05, options.scale_high = 0.6;
  return options;
}

class ReferenceGradient : public testing::TestWithParam<int> {};

TEST_P(ReferenceGradient, OfEveryOutputMatchesCentralDifferences) {
  const int degree = GetParam() % 4;
  const bool antialiased = GetParam() >= 4;
  RandomSceneOptions options = small_scene();
  options.sh_degree = degree;
  render::RenderSettings settings;
  settings.sh_degree = degree, settings.antialiased = antialiased, settings.background = {0.3f, -0.2f, 0.7f};
  const Case c = smooth_case(100 * GetParam(), options, settings);
  expect_gradients_match(c, random_gradient(GetParam(), options.width, options.height, {}));
}
INSTANTIATE_TEST_SUITE_P(DegreesAndAntialiasing, ReferenceGradient, testing::Range(0, 8));

TEST(ReferenceGradientOf, EachOutputAloneMatchesCentralDifferences) {
  for (int output = 0; output < 4; ++output) {
    const RandomSceneOptions options = small_scene();
    const Case c = smooth_case(1000 + 50 * output, options, {.sh_degree = 2});
    SCOPED_TRACE("output " + std::to_string(output));
    expect_gradients_match(c, random_gradient(output, options.width, options.height,
                                              {output == 0, output == 1, output == 2, output == 3}));
  }
}

TEST(ReferenceGradientOf, ClampedJacobianMatchesCentralDifferences) {
  RandomSceneOptions options = small_scene();
  options.spread = 2, options.scale_low = 0.3, options.scale_high = 1.5;  // centres far outside that still reach in
  const Case c = smooth_case(2000, options, {.sh_degree = 1});
  expect_gradients_match(c, random_gradient(5, options.width, options.height, {}));
}

TEST(ReferenceGradientOf, SaturatedPixelsMatchCentralDifferences) {
  RandomSceneOptions options = small_scene();
  options.splats = 14, options.logit_low = 3, options.logit_high = 7,
  options.scale_low = 0.3;  // alpha clamp and stop are reached
  const Case c = smooth_case(3000, options, {.sh_degree = 1});
  const ReferenceFrame frame = reference_forward(c.model, c.camera, c.settings);
  EXPECT_GT(*std::max_element(frame.alpha.begin(), frame.alpha.end()), 0.999);
  expect_gradients_match(c, random_gradient(6, options.width, options.height, {}));
}

}  // namespace
}  // namespace tessera::test
