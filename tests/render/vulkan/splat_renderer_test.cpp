#include "render/vulkan/splat_renderer.h"

#include <cmath>

#include "render/rasterizer.h"
#include "render/vulkan/packed_model.h"
#include "tests/support/random_scene.h"
#include "tests/support/vulkan_test.h"

namespace tessera::render::vulkan {
namespace {

/// Mean squared error of the colours and of alpha, and the share of values that are off by more than two 8-bit steps.
struct Difference {
  double psnr = 0, alpha_psnr = 0, violations = 0;
};
Difference compare(const Frame& a, const Frame& b) {
  double color = 0, alpha = 0, violations = 0;
  for (int y = 0; y < a.height; ++y)
    for (int x = 0; x < a.width; ++x) {
      for (int c = 0; c < 3; ++c) {
        const double d = a.color[c].at(x, y) - b.color[c].at(x, y);
        color += d * d, violations += std::abs(d) > 2.0 / 255;
      }
      const double d = a.alpha.at(x, y) - b.alpha.at(x, y);
      alpha += d * d;
    }
  const double pixels = static_cast<double>(a.width) * a.height;
  return {-10 * std::log10(color / (3 * pixels) + 1e-12), -10 * std::log10(alpha / pixels + 1e-12),
          violations / (3 * pixels)};
}

class SplatRendererTest : public test::VulkanTest {
 protected:
  struct Scene {
    scene::Camera camera;
    scene::GaussianModel model;
  };
  static Scene random_scene(test::RandomSceneOptions o, std::uint64_t seed = 3) {
    Scene s;
    s.camera = test::random_camera(seed, o.width, o.height);
    s.model = test::random_model(seed, o, s.camera);
    return s;
  }
  Difference against_cpu(const Scene& s, const RenderSettings& settings = {}) {
    SplatRenderer renderer(device());
    renderer.set_model(s.model);
    ViewSettings view;
    view.sh_degree = settings.sh_degree, view.background = settings.background;
    view.antialiased = settings.antialiased, view.near_plane = settings.near_plane;
    view.far_plane = settings.far_plane;
    renderer.draw(s.camera, view);
    Frame frame;
    renderer.read(frame);
    return compare(frame, make_cpu_rasterizer()->forward(s.model, s.camera, settings));
  }
};

TEST_F(SplatRendererTest, DrawsWhatTheCpuDraws) {
  for (const int degree : {0, 1, 2, 3}) {
    const auto s = random_scene({.splats = 2000, .sh_degree = degree, .width = 161, .height = 91, .scale_high = 0.1});
    const Difference d = against_cpu(s, {.background = {0.2f, 0.5f, 0.9f}});
    EXPECT_GT(d.psnr, 50) << degree;
    EXPECT_GT(d.alpha_psnr, 50) << degree;
    EXPECT_LT(d.violations, 1e-3) << degree;
  }
}

TEST_F(SplatRendererTest, DrawsThinAndFaintSplats) {
  const auto s = random_scene(
      {.splats = 3000, .width = 200, .height = 120, .scale_high = 0.2, .anisotropy = 200, .logit_low = -5});
  EXPECT_GT(against_cpu(s).psnr, 50);
  EXPECT_GT(against_cpu(s, {.antialiased = true}).psnr, 50);
}

TEST_F(SplatRendererTest, DrawsSplatsBehindAndAcrossTheNearPlane) {
  auto s = random_scene({.splats = 1000, .width = 64, .height = 48, .near = -1, .far = 4});
  EXPECT_GT(against_cpu(s, {.near_plane = 0.2f}).psnr, 45);
  EXPECT_GT(against_cpu(s, {.far_plane = 3}).psnr, 45);
}

TEST_F(SplatRendererTest, AnEmptyModelIsTheBackground) {
  Scene s;
  s.camera = test::random_camera(1, 20, 10);
  SplatRenderer renderer(device());
  renderer.draw(s.camera, {.background = {0.25f, 0.5f, 1}});
  Frame frame;
  renderer.read(frame);
  EXPECT_EQ(frame.color[0].at(19, 9), 0.25f);
  EXPECT_EQ(frame.color[2].at(0, 0), 1.0f);
  EXPECT_EQ(frame.alpha.at(5, 5), 0.0f);
}

TEST_F(SplatRendererTest, TheSameViewAgainIsTheSamePicture) {
  const auto s = random_scene({.splats = 500, .width = 80, .height = 60});
  SplatRenderer renderer(device());
  renderer.set_model(s.model);
  Frame first, again, moved, back;
  renderer.draw(s.camera, {});
  renderer.read(first);
  renderer.draw(s.camera, {});  // not sorted again
  renderer.read(again);
  scene::Camera other = s.camera;
  other.cam_from_world.translation.x += 0.5;
  renderer.draw(other, {});
  renderer.read(moved);
  renderer.draw(s.camera, {});
  renderer.read(back);
  for (int c = 0; c < 3; ++c) {
    EXPECT_EQ(first.color[c].data, again.color[c].data);
    EXPECT_EQ(first.color[c].data, back.color[c].data);
    EXPECT_NE(first.color[c].data, moved.color[c].data);
  }
}

TEST_F(SplatRendererTest, TakesAnotherModelAndAnotherSize) {
  SplatRenderer renderer(device());
  for (const std::size_t splats : {100u, 1500u, 7u}) {
    const auto s = random_scene({.splats = splats, .width = 40 + static_cast<int>(splats) % 50, .height = 30}, splats);
    renderer.set_model(s.model);
    renderer.draw(s.camera, {});
    Frame frame;
    renderer.read(frame);
    EXPECT_EQ(frame.width, s.camera.intrinsics.width);
    EXPECT_GT(compare(frame, make_cpu_rasterizer()->forward(s.model, s.camera, {})).psnr, 50) << splats;
  }
}

TEST_F(SplatRendererTest, SettingsDoWhatTheySay) {
  const auto s = random_scene({.splats = 40, .width = 64, .height = 64, .scale_high = 0.1});
  SplatRenderer renderer(device());
  renderer.set_model(s.model);
  const auto drawn = [&](const ViewSettings& settings) {
    renderer.draw(s.camera, settings);
    Frame frame;
    renderer.read(frame);
    double color = 0, alpha = 0;
    for (int y = 0; y < 64; ++y)
      for (int x = 0; x < 64; ++x) color += frame.color[1].at(x, y), alpha += frame.alpha.at(x, y);
    return std::pair(color, alpha);
  };
  const auto plain = drawn({});
  EXPECT_NEAR(drawn({.exposure = 1}).first, 2 * plain.first, 0.02 * plain.first);
  EXPECT_LT(drawn({.splat_scale = 0.5f}).second, 0.9 * plain.second);
  EXPECT_EQ(drawn({.near_plane = 100}).second, 0);
  EXPECT_NE(drawn({.sh_degree = 0}).first, plain.first);
  for (const ViewMode mode :
       {ViewMode::points, ViewMode::shells, ViewMode::depth, ViewMode::normals, ViewMode::overdraw}) {
    const auto shown = drawn({.mode = mode});
    EXPECT_GT(shown.second, 0) << static_cast<int>(mode);
    EXPECT_NE(shown, plain) << static_cast<int>(mode);
  }
}

TEST_F(SplatRendererTest, ModesLookAsThoseOfTheCpu) {
  // The CPU blends depths and then maps them, the device the other way round.
  const auto s = random_scene({.splats = 300, .width = 120, .height = 90, .scale_high = 0.1});
  const auto model = std::make_shared<const scene::GaussianModel>(s.model);
  SplatRenderer renderer(device());
  renderer.set_model(*model);
  const auto cpu = make_cpu_view_renderer();
  cpu->set_model(model);
  for (const auto& [mode, least] : {std::pair{ViewMode::depth, 35.0},
                                    {ViewMode::normals, 45.0},
                                    {ViewMode::overdraw, 45.0},
                                    {ViewMode::points, 40.0},
                                    {ViewMode::shells, 40.0}}) {
    renderer.draw(s.camera, {.mode = mode});
    Frame frame;
    renderer.read(frame);
    EXPECT_GT(compare(frame, cpu->draw(s.camera, {.mode = mode})).psnr, least) << mode_name(mode);
  }
}

TEST_F(SplatRendererTest, ThePictureMustFitTheDevice) {
  Scene s;
  s.camera = test::random_camera(1, static_cast<int>(device().capabilities().max_image_side) + 1, 1);
  SplatRenderer renderer(device());
  EXPECT_THROW(renderer.draw(s.camera, {}), scene::Error);
}

TEST_F(SplatRendererTest, LeavesNoMemoryBehind) {
  {
    const auto s = random_scene({.splats = 300, .width = 32, .height = 32});
    SplatRenderer renderer(device());
    for (int i = 0; i < 3; ++i) {
      renderer.set_model(s.model);
      renderer.draw(s.camera, {});
    }
    EXPECT_GT(device().memory_tree().at("model/splats"), 0u);
  }
  device().wait_idle();
  device().submit([](VkCommandBuffer) {});  // lets go of what was retired
  EXPECT_THAT(device().memory_tree(), testing::IsEmpty());
}

TEST(Half, RoundsToTheNearest) {
  for (std::uint32_t h = 0; h < 0x7C00; ++h) {
    const auto half = static_cast<std::uint16_t>(h);
    EXPECT_EQ(to_half(from_half(half)), half);
    if (h + 1 < 0x7C00) {
      const float low = from_half(half), high = from_half(static_cast<std::uint16_t>(h + 1));
      EXPECT_EQ(to_half(std::nextafter(0.5f * (low + high), high)), h + 1);
      EXPECT_EQ(to_half(0.5f * (low + high)), h % 2 ? h + 1 : h);  // ties to even
    }
  }
  EXPECT_EQ(from_half(to_half(-1.5f)), -1.5f);
  EXPECT_EQ(from_half(to_half(1e9f)), 65504.0f);
  EXPECT_EQ(from_half(to_half(-1e9f)), -65504.0f);
}

}  // namespace
}  // namespace tessera::render::vulkan
