#include "reconstruct/evaluate/pixel_probe.h"

#include <gtest/gtest.h>

#include <cmath>

#include "reconstruct/evaluate/coverage.h"
#include "tests/support/random_scene.h"

namespace tessera::reconstruct {
namespace {

constexpr int kWidth = 48, kHeight = 32;

struct Setting {
  const char* name;
  std::size_t splats;
  bool antialiased;
  int degree;
  std::array<float, 3> background;
};

class PixelProbeTest : public testing::TestWithParam<Setting> {};

TEST_P(PixelProbeTest, WeightsTimesColoursAreTheRasterisersPixel) {
  const Setting& s = GetParam();
  const auto rasterizer = render::make_cpu_rasterizer();
  int compared = 0, apart = 0;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const scene::Camera camera = test::random_camera(seed, kWidth, kHeight);
    const auto model = test::random_model(seed, {.splats = s.splats, .width = kWidth, .height = kHeight}, camera);
    render::RenderSettings settings;
    settings.sh_degree = s.degree, settings.background = s.background, settings.antialiased = s.antialiased;
    const render::Frame& frame = rasterizer->forward(model, camera, settings);
    for (int y = 1; y < kHeight; y += 5)
      for (int x = 2; x < kWidth; x += 5) {
        const PixelProbe probe = probe_pixel(model, camera, settings, x, y);
        double difference = std::abs(1 - probe.transmittance - static_cast<double>(frame.alpha.at(x, y)));
        for (std::size_t c = 0; c < 3; ++c) {
          double sum = probe.transmittance * static_cast<double>(s.background[c]);
          for (const Contribution& k : probe.splats) sum += k.weight * k.color[c];
          EXPECT_NEAR(sum, probe.color[c], 1e-12);
          difference = std::max(difference, std::abs(sum - static_cast<double>(frame.color[c].at(x, y))));
        }
        for (std::size_t i = 1; i < probe.splats.size(); ++i)
          EXPECT_LE(static_cast<float>(probe.splats[i - 1].depth), static_cast<float>(probe.splats[i].depth));
        ++compared, apart += difference > 1e-4;
      }
  }
  // A splat at the cut-off of alpha, or two of almost one depth, may fall the other way in single precision.
  EXPECT_LE(apart, compared / 100) << "of " << compared;
}

INSTANTIATE_TEST_SUITE_P(Settings, PixelProbeTest,
                         testing::Values(Setting{"few", 10, false, 3, {0, 0, 0}},
                                         Setting{"many", 800, false, 3, {0.2f, 0.5f, 1}},
                                         Setting{"antialiased", 300, true, 1, {1, 1, 1}},
                                         Setting{"flat", 300, false, 0, {0, 0, 0}}),
                         [](const auto& setting) { return setting.param.name; });

TEST(PixelProbe, ScalesSplatsAsTheViewDoes) {
  const scene::Camera camera = test::random_camera(5, kWidth, kHeight);
  const auto model = test::random_model(5, {.splats = 100, .width = kWidth, .height = kHeight}, camera);
  auto small = model;
  for (auto& plane : small.log_scale)
    for (float& v : plane) v += std::log(0.5f);
  const PixelProbe scaled = probe_pixel(model, camera, {}, 20, 12, 0.5),
                   direct = probe_pixel(small, camera, {}, 20, 12);
  ASSERT_EQ(scaled.splats.size(), direct.splats.size());
  for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(scaled.color[c], direct.color[c], 1e-5);
}

TEST(PixelProbe, CountsTheHeaviestSplatsForAShare) {
  PixelProbe probe;
  for (const double w : {0.1, 0.5, 0.05, 0.3}) probe.splats.push_back({.weight = w});
  EXPECT_EQ(splats_for_share(probe, 0.5), 1u);
  EXPECT_EQ(splats_for_share(probe, 0.8), 2u);
  EXPECT_EQ(splats_for_share(probe, 0.9), 3u);
  EXPECT_EQ(splats_for_share(probe, 1), 4u);
  EXPECT_EQ(splats_for_share({}, 0.9), 0u);
}

TEST(PixelProbe, RefusesAPixelOutsideThePicture) {
  EXPECT_THROW(probe_pixel({}, test::random_camera(1, 4, 4), {}, 4, 0), std::invalid_argument);
}

/// Cameras in a row that look along +z, at a wall of opaque splats and one splat behind it.
TEST(Coverage, CountsThePhotosThatSeeASplatAndNotThoseItIsHiddenFrom) {
  scene::Dataset dataset;
  for (int i = 0; i < 4; ++i) {
    scene::View view;
    view.camera.intrinsics = {64, 48, 50, 50, 32, 24};
    view.camera.cam_from_world.translation = {-10.0 * i, 0, 0};
    dataset.views.push_back(view);
  }
  scene::GaussianModel model;
  const auto add = [&](double x, double z, double size) {
    const std::size_t row = model.size();
    model.resize(row + 1, 0);
    model.position[0][row] = static_cast<float>(x), model.position[2][row] = static_cast<float>(z);
    for (auto& plane : model.log_scale) plane[row] = static_cast<float>(std::log(size));
    model.rotation[0][row] = 1, model.opacity_logit[row] = 8;
  };
  add(0, 5, 0.05);                              // 0: before camera 0
  add(5, 15, 0.3);                              // 1: far away between cameras 0 and 1, seen by both
  add(20, 5, 0.05);                             // 2: behind the wall of camera 2
  for (int i = 0; i < 8; ++i) add(20, 4, 0.5);  // the wall
  add(0, -5, 0.05);                             // behind all of them
  const auto rasterizer = render::make_cpu_rasterizer();
  const std::vector<std::size_t> all{0, 1, 2, 3}, some{1, 2};
  const auto count = count_views(model, dataset, all, *rasterizer, false);
  EXPECT_EQ(count[0], 1u);
  EXPECT_EQ(count[1], 2u);
  EXPECT_EQ(count[2], 0u) << "hidden";
  EXPECT_EQ(count[3], 1u);
  EXPECT_EQ(count.back(), 0u);
  EXPECT_EQ(count_views(model, dataset, some, *rasterizer, false)[0], 0u);
  scene::Cancellation cancellation;
  cancellation.request();
  EXPECT_THROW(count_views(model, dataset, all, *rasterizer, false, {.cancellation = &cancellation}), scene::Cancelled);
}

}  // namespace
}  // namespace tessera::reconstruct
