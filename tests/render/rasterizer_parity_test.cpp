// The vectorised back end against the scalar double-precision twin.
#include <gtest/gtest.h>

#include <hwy/targets.h>

#include <cmath>
#include <string>
#include <vector>

#include "tests/support/random_scene.h"
#include "tests/support/rasterizer_parity.h"

namespace tessera::test {
namespace {

class RasterizerParity : public testing::TestWithParam<int> {};

TEST_P(RasterizerParity, WithTheTwinOnRandomScenes) {
  const int degree = GetParam() % 4;
  RandomSceneOptions options;
  options.splats = 400, options.sh_degree = degree, options.width = 75, options.height = 50;
  options.scale_low = 0.01, options.scale_high = 0.2;
  const scene::Camera camera = random_camera(GetParam(), options.width, options.height);
  const scene::GaussianModel model = random_model(GetParam(), options, camera);
  render::RenderSettings settings;
  settings.sh_degree = degree, settings.antialiased = GetParam() & 4, settings.geometry = GetParam() & 8,
  settings.background = {0.2f, 0.9f, 0.4f};
  expect_parity(model, camera, settings);
}
INSTANTIATE_TEST_SUITE_P(DegreesAntialiasingGeometry, RasterizerParity, testing::Range(0, 16));

TEST(RasterizerParityAt, DegreeBelowTheModels) {
  RandomSceneOptions options;
  options.splats = 100;
  const scene::Camera camera = random_camera(3, options.width, options.height);
  expect_parity(random_model(3, options, camera), camera, {.sh_degree = 1});
}

TEST(RasterizerParityAt, PictureSizesThatAreNoMultipleOfTheTile) {
  for (const auto& [width, height] : {std::pair{1, 1}, {17, 33}, {16, 16}, {5, 40}, {47, 3}}) {
    RandomSceneOptions options;
    options.splats = 60, options.width = width, options.height = height, options.scale_high = 1;
    const scene::Camera camera = random_camera(5, width, height);
    SCOPED_TRACE(std::to_string(width) + " x " + std::to_string(height));
    expect_parity(random_model(5, options, camera), camera, {.sh_degree = 3, .geometry = true});
  }
}

TEST(RasterizerParityAt, EveryVectorTarget) {
  RandomSceneOptions options;
  options.splats = 150, options.width = 40, options.height = 35;
  const scene::Camera camera = random_camera(8, options.width, options.height);
  const scene::GaussianModel model = random_model(8, options, camera);
  constexpr std::int64_t k512 = HWY_AVX3 | HWY_AVX3_DL;
  for (const std::int64_t worse : std::vector<std::int64_t>{0, k512, k512 | HWY_AVX2, ~std::int64_t{0}}) {
    hwy::DisableTargets(worse);
    SCOPED_TRACE(hwy::TargetName(hwy::SupportedTargets() & -hwy::SupportedTargets()));
    expect_parity(model, camera, {.antialiased = true, .geometry = true});
    expect_parity(model, camera, {.sh_degree = 2});
  }
  hwy::DisableTargets(0);
}

TEST(RasterizerParityAt, SplatsBehindOnAndAcrossTheNearPlane) {
  RandomSceneOptions options;
  options.splats = 300, options.near = -2, options.far = 3, options.scale_low = 0.005, options.scale_high = 0.2;
  for (const bool antialiased : {false, true}) {
    const scene::Camera camera = random_camera(21, options.width, options.height);
    expect_parity(random_model(21, options, camera), camera,
                  {.antialiased = antialiased, .near_plane = 0.05f, .geometry = true});
  }
}

TEST(RasterizerParityAt, CentresFarOutsideThePicture) {
  RandomSceneOptions options;
  options.splats = 100, options.spread = 4, options.scale_low = 0.2, options.scale_high = 1;
  const scene::Camera camera = random_camera(22, options.width, options.height);
  expect_parity(random_model(22, options, camera), camera, {});
}

TEST(RasterizerParityAt, AThousandSplatsOnOnePixel) {
  RandomSceneOptions options;
  options.splats = 1000, options.spread = 0.01, options.scale_low = 0.005, options.scale_high = 0.02,
  options.logit_low = -4, options.logit_high = -2;
  const scene::Camera camera = random_camera(23, options.width, options.height);
  expect_parity(random_model(23, options, camera), camera, {.geometry = true});
}

TEST(RasterizerParityAt, OpaquePixelsThatStopEarly) {
  RandomSceneOptions options;
  options.splats = 200, options.scale_low = 0.1, options.scale_high = 0.5, options.logit_low = 2,
  options.logit_high = 8;  // alpha clamped at 0.99, T stopped
  const scene::Camera camera = random_camera(24, options.width, options.height);
  expect_parity(random_model(24, options, camera), camera, {.background = {0.5f, 0.5f, 0.5f}, .geometry = true});
}

TEST(RasterizerParityAt, SplatsThatCoverEverything) {
  RandomSceneOptions options;
  options.splats = 40, options.scale_low = 2, options.scale_high = 30, options.width = 65, options.height = 34;
  const scene::Camera camera = random_camera(25, options.width, options.height);
  expect_parity(random_model(25, options, camera), camera, {});
}

TEST(RasterizerParityAt, Needles) {
  RandomSceneOptions options;
  options.splats = 100, options.scale_low = 0.3, options.scale_high = 3, options.anisotropy = 1000;
  for (const bool antialiased : {false, true}) {
    const scene::Camera camera = random_camera(26, options.width, options.height);
    expect_parity(random_model(26, options, camera), camera, {.antialiased = antialiased});
  }
}

TEST(RasterizerParityAt, SplatsSmallerThanAPixel) {
  RandomSceneOptions options;
  options.splats = 500, options.scale_low = 1e-5, options.scale_high = 1e-2;
  const scene::Camera camera = random_camera(27, options.width, options.height);
  expect_parity(random_model(27, options, camera), camera, {.antialiased = true, .geometry = true});
}

}  // namespace
}  // namespace tessera::test
