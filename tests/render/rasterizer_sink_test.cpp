// Gradients that are handed out a run of rows at a time.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <vector>

#include "render/rasterizer.h"
#include "tests/support/allocation_counter.h"
#include "tests/support/random_scene.h"

namespace tessera::test {
namespace {

using render::FrameGradient;
using render::ModelGradients;

FrameGradient ones(int width, int height) {
  FrameGradient g;
  for (render::Plane& plane : g.color) plane.resize(width, height), plane.fill(1);
  return g;
}

/// Copies what it is given into arrays of the whole model.
struct CopyingSink final : render::GradientSink {
  explicit CopyingSink(std::size_t rows) : times(rows), seen(rows) { planes.resize(rows, scene::kMaxShDegree); }
  void take(const render::GradientRows& rows) override {
    const auto copy = [&](const float* from, std::vector<float>& to) {
      std::copy(from, from + rows.count, to.begin() + static_cast<std::ptrdiff_t>(rows.begin));
    };
    for (std::size_t c = 0; c < 3; ++c)
      copy(rows.position[c], planes.position[c]), copy(rows.log_scale[c], planes.log_scale[c]);
    for (std::size_t c = 0; c < 4; ++c) copy(rows.rotation[c], planes.rotation[c]);
    copy(rows.opacity_logit, planes.opacity_logit);
    for (std::size_t p = 0; p < rows.sh_planes; ++p) copy(rows.sh[p], planes.sh[p]);
    for (std::size_t i = 0; i < rows.count; ++i) ++times[rows.begin + i], seen[rows.begin + i] = rows.seen[i];
    sh_planes = rows.sh_planes;
  }
  scene::GaussianPlanes planes;
  std::vector<int> times;
  std::vector<std::uint8_t> seen;
  std::atomic<std::size_t> sh_planes{0};
};

TEST(RasterizerSink, GetsEachRowOnceAndTheSameGradients) {
  RandomSceneOptions options;
  options.splats = 2600, options.width = 90, options.height = 70, options.scale_high = 0.1;  // three chunks
  options.spread = 1.6;                                                                      // some beside the picture
  const scene::Camera camera = random_camera(12, options.width, options.height);
  const scene::GaussianModel model = random_model(12, options, camera);
  const auto rasterizer = render::make_cpu_rasterizer();
  for (const int degree : {0, 1, 2, 3}) {
    rasterizer->forward(model, camera, {.sh_degree = degree});
    ModelGradients whole, rest;
    CopyingSink sink(model.size());
    rasterizer->backward(model, ones(options.width, options.height), whole);
    rasterizer->backward(model, ones(options.width, options.height), rest, &sink);
    EXPECT_EQ(sink.times, std::vector<int>(model.size(), 1));
    EXPECT_EQ(sink.sh_planes, static_cast<std::size_t>(3 * scene::sh_coefficients(degree)));
    EXPECT_EQ(rest.planes.size(), 0u) << "nothing is written where the gradients went to a sink";
    EXPECT_EQ(sink.seen, whole.seen);
    EXPECT_EQ(rest.seen, whole.seen);
    EXPECT_EQ(rest.pose, whole.pose);
    const auto a = whole.planes.planes(), b = sink.planes.planes();
    std::size_t seen = 0;
    for (std::size_t i = 0; i < model.size(); ++i) {
      if (!whole.seen[i]) continue;
      ++seen;
      for (std::size_t k = 0; k < 11 + sink.sh_planes; ++k) ASSERT_EQ((*a[k])[i], (*b[k])[i]) << k << ", " << i;
      ASSERT_EQ(rest.weight[i], whole.weight[i]);
      ASSERT_EQ(rest.abs_mean2d[1][i], whole.abs_mean2d[1][i]);
    }
    EXPECT_GT(seen, 500u);
    EXPECT_LT(seen, model.size());
  }
}

TEST(RasterizerSink, SteadyIterationsAllocateNothing) {
  RandomSceneOptions options;
  options.splats = 3000, options.width = 100, options.height = 100, options.scale_high = 0.05;
  const scene::Camera camera = random_camera(13, options.width, options.height);
  const scene::GaussianModel model = random_model(13, options, camera);
  const auto rasterizer = render::make_cpu_rasterizer();
  const FrameGradient gradient = ones(options.width, options.height);
  ModelGradients gradients;
  CopyingSink sink(model.size());
  std::size_t before = 0;
  for (int i = 0; i < 6; ++i) {
    if (i == 1) before = allocation_count();
    rasterizer->forward(model, camera, {});
    rasterizer->backward(model, gradient, gradients, &sink);
  }
  EXPECT_EQ(allocation_count(), before);
}

}  // namespace
}  // namespace tessera::test
