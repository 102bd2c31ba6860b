#include "render/view_renderer.h"

#include <cmath>
#include <memory>

#include <gtest/gtest.h>

#include "render/rasterizer.h"
#include "scene/error.h"
#include "tests/support/random_scene.h"

namespace tessera::render {
namespace {

class ViewRendererTest : public testing::Test {
 protected:
  ViewRendererTest() {
    const test::RandomSceneOptions o{.splats = 60, .width = 48, .height = 40, .scale_high = 0.1};
    camera_ = test::random_camera(5, o.width, o.height);
    model_ = std::make_shared<scene::GaussianModel>(test::random_model(5, o, camera_));
    renderer_->set_model(model_);
  }
  Frame drawn(const ViewSettings& settings) { return renderer_->draw(camera_, settings); }
  static double sum(const Plane& plane) {
    double total = 0;
    for (int y = 0; y < plane.height; ++y)
      for (int x = 0; x < plane.width; ++x) total += plane.at(x, y);
    return total;
  }
  scene::Camera camera_;
  std::shared_ptr<scene::GaussianModel> model_;
  std::unique_ptr<ViewRenderer> renderer_ = make_cpu_view_renderer();
};

TEST_F(ViewRendererTest, SplatsAreWhatTheRasteriserDraws) {
  const Frame frame = drawn({.sh_degree = 2, .background = {0.1f, 0.2f, 0.3f}});
  const auto rasterizer = make_cpu_rasterizer();
  const Frame& expected = rasterizer->forward(*model_, camera_, {.sh_degree = 2, .background = {0.1f, 0.2f, 0.3f}});
  for (int c = 0; c < 3; ++c) EXPECT_EQ(frame.color[c].data, expected.color[c].data);
}

TEST_F(ViewRendererTest, ExposureBrightensSplatsAndNotTheBackground) {
  const ViewSettings plain{.background = {0.5f, 0.5f, 0.5f}};
  ViewSettings brighter = plain;
  brighter.exposure = 1;
  const Frame a = drawn(plain), b = drawn(brighter);
  for (int y = 0; y < a.height; ++y)
    for (int x = 0; x < a.width; ++x) {
      const float behind = 0.5f * (1 - a.alpha.at(x, y));
      EXPECT_NEAR(b.color[0].at(x, y), 2 * (a.color[0].at(x, y) - behind) + behind, 1e-5);
    }
}

TEST_F(ViewRendererTest, ScaleShrinksSplatsAndComesBack) {
  const Frame plain = drawn({}), small = drawn({.splat_scale = 0.5f}), back = drawn({});
  EXPECT_LT(sum(small.alpha), 0.7 * sum(plain.alpha));
  EXPECT_EQ(plain.color[1].data, back.color[1].data);
}

TEST_F(ViewRendererTest, LeavesOutWhatLiesBeyondTheFarPlane) {
  const Frame all = drawn({}), near_part = drawn({.far_plane = 4}), far_part = drawn({.near_plane = 4});
  EXPECT_LT(sum(near_part.alpha), sum(all.alpha));
  EXPECT_LT(sum(far_part.alpha), sum(all.alpha));
  EXPECT_GT(sum(near_part.alpha) + sum(far_part.alpha), sum(all.alpha)) << "every splat is in one of the two";
  EXPECT_EQ(sum(drawn({.far_plane = 0.5f}).alpha), 0);
}

TEST_F(ViewRendererTest, APictureUnderWayIsGivenUpAndTheNextIsWhole) {
  const Frame whole = drawn({});
  scene::Cancellation cancel;
  renderer_->set_cancellation(&cancel);
  EXPECT_EQ(drawn({}).color[0].data, whole.color[0].data);
  cancel.request();
  EXPECT_THROW(drawn({}), scene::Cancelled);
  renderer_->set_cancellation(nullptr);
  EXPECT_EQ(drawn({}).color[0].data, whole.color[0].data);
}

TEST_F(ViewRendererTest, PointsAreSmallAndOpaque) {
  const Frame points = drawn({.mode = ViewMode::points});
  EXPECT_GT(sum(points.alpha), 5);
  EXPECT_LT(sum(points.alpha), 3.0 * static_cast<double>(model_->size()));
}

TEST_F(ViewRendererTest, DepthAndNormalsComeFromTheGeometry) {
  const auto rasterizer = make_cpu_rasterizer();
  const Frame& geometry = rasterizer->forward(*model_, camera_, {.geometry = true});
  const Frame depth = drawn({.mode = ViewMode::depth}), normals = drawn({.mode = ViewMode::normals});
  for (int y = 0; y < depth.height; ++y)
    for (int x = 0; x < depth.width; ++x) {
      const float alpha = geometry.alpha.at(x, y), z = geometry.depth.at(x, y);
      EXPECT_NEAR(depth.color[2].at(x, y), alpha * z / (1 + z), 1e-6);
      EXPECT_NEAR(normals.color[0].at(x, y), 0.5f * (alpha + geometry.normal[0].at(x, y)), 1e-6);
      EXPECT_NEAR(normals.color[2].at(x, y), 0.5f * (alpha - geometry.normal[2].at(x, y)), 1e-6);
    }
}

TEST_F(ViewRendererTest, OverdrawGrowsWithTheNumberOfSplats) {
  const auto rasterizer = make_cpu_rasterizer();
  const Frame& geometry = rasterizer->forward(*model_, camera_, {.geometry = true});
  const Frame overdraw = drawn({.mode = ViewMode::overdraw});
  for (int y = 0; y < overdraw.height; ++y)
    for (int x = 0; x < overdraw.width; ++x) EXPECT_EQ(overdraw.color[0].at(x, y) > 0, geometry.count.at(x, y) > 0);
}

TEST_F(ViewRendererTest, AShellIsADiscWithAWallWhereItsSplatIsThatDeep) {
  auto model = std::make_shared<scene::GaussianModel>();
  model->resize(1, 0);
  for (int axis = 0; axis < 3; ++axis) model->position[axis][0] = axis == 2 ? 4.0f : 0.0f;
  for (auto& plane : model->log_scale) plane[0] = std::log(0.5f);
  model->rotation[0][0] = 1;
  model->opacity_logit[0] = std::log(0.8f / 0.2f);
  scene::Camera camera;
  camera.intrinsics = {80, 80, 64, 64, 40, 40};
  const auto renderer = make_cpu_view_renderer();
  renderer->set_model(model);
  const Frame frame = renderer->draw(camera, {.mode = ViewMode::shells});
  const double sigma = std::sqrt(0.5 * 0.5 * (64.0 / 4) * (64.0 / 4) + kDilation);  // pixels
  for (int y = 0; y < 80; ++y)
    for (int x = 0; x < 80; ++x) {
      const double radius = std::hypot(x + 0.5 - 40, y + 0.5 - 40) / sigma;
      if (std::abs(radius - kShellRadius) < 0.01 || std::abs(radius - kShellWall) < 0.01) continue;  // on the edge
      const double expected = radius > kShellRadius ? 0 : radius > kShellWall ? 0.8 : kShellFill * 0.8;
      ASSERT_NEAR(frame.alpha.at(x, y), expected, 1e-5) << x << ' ' << y;
    }
}

TEST_F(ViewRendererTest, NothingIsLearntThroughShells) {
  const auto rasterizer = make_cpu_rasterizer();
  const Frame& frame = rasterizer->forward(*model_, camera_, {.shells = true});
  FrameGradient gradient;
  for (Plane& plane : gradient.color) plane.resize(frame.width, frame.height);
  ModelGradients out;
  EXPECT_THROW(rasterizer->backward(*model_, gradient, out), scene::Error);
}

TEST_F(ViewRendererTest, WithoutAModelItShowsTheBackground) {
  const Frame frame = make_cpu_view_renderer()->draw(camera_, {.background = {0.25f, 0.5f, 0.75f}});
  EXPECT_EQ(frame.color[2].at(3, 4), 0.75f);
}

}  // namespace
}  // namespace tessera::render
