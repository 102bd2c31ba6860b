// The same bytes on any number of threads and, between targets with fused multiply-add, on any vector width.
#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include <hwy/targets.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include "render/rasterizer.h"
#include "scene/random.h"
#include "tests/support/random_scene.h"

namespace tessera::test {
namespace {

void append(std::string& bytes, const void* data, std::size_t size) {
  bytes.append(static_cast<const char*>(data), size);
}

/// Bytes of the frame and of every gradient of rows that were seen.
std::string render_bytes() {
  RandomSceneOptions options;
  options.splats = 20000, options.width = 203, options.height = 131, options.scale_low = 0.003,
  options.scale_high = 0.05;
  const scene::Camera camera = random_camera(11, options.width, options.height);
  const scene::GaussianModel model = random_model(11, options, camera);
  const auto rasterizer = render::make_cpu_rasterizer();
  const render::Frame& frame =
      rasterizer->forward(model, camera, {.background = {0.1f, 0.2f, 0.3f}, .antialiased = true, .geometry = true});
  std::string bytes;
  render::FrameGradient gradient;
  std::uint64_t next = 0;
  const auto visit = [&](const render::Plane& plane, render::Plane* g) {
    for (int y = 0; y < plane.height; ++y) append(bytes, plane.row(y), plane.width * sizeof(float));
    if (!g) return;
    g->resize(plane.width, plane.height);
    for (float& v : g->data) v = 2 * scene::uniform01(scene::philox(1, 79, 0, next++)[0]) - 1;
  };
  for (int c = 0; c < 3; ++c) visit(frame.color[c], &gradient.color[c]), visit(frame.normal[c], &gradient.normal[c]);
  visit(frame.alpha, &gradient.alpha), visit(frame.depth, &gradient.depth), visit(frame.median_depth, nullptr),
      visit(frame.count, nullptr);
  render::ModelGradients out;
  rasterizer->backward(model, gradient, out);
  std::vector<const std::vector<float>*> planes;
  for (const auto* plane : std::as_const(out.planes).planes()) planes.push_back(plane);
  for (int c = 0; c < 2; ++c) planes.push_back(&out.mean2d[c]), planes.push_back(&out.abs_mean2d[c]);
  planes.push_back(&out.radius), planes.push_back(&out.weight);
  for (const auto* plane : planes)
    for (std::size_t i = 0; i < model.size(); ++i)
      if (out.seen[i]) append(bytes, &(*plane)[i], sizeof(float));
  append(bytes, out.seen.data(), out.seen.size());
  append(bytes, out.pose.data(), sizeof out.pose);
  return bytes;
}

TEST(RasterizerDeterminism, BytesDoNotDependOnTheNumberOfThreads) {
  const std::string expected = render_bytes();
  for (const int threads : {1, 2, 3, 8}) {
    tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
    tbb::task_arena arena(threads);
    std::string bytes;
    arena.execute([&] { bytes = render_bytes(); });
    EXPECT_TRUE(bytes == expected) << threads << " threads";
  }
}

TEST(RasterizerDeterminism, BytesDoNotDependOnTheVectorWidth) {
  if (!(hwy::SupportedTargets() & HWY_AVX2) || !(hwy::SupportedTargets() & (HWY_AVX3 | HWY_AVX3_DL)))
    GTEST_SKIP() << "SKIPPED: this machine has not both AVX2 and AVX-512";
  const std::string wide = render_bytes();
  hwy::DisableTargets(HWY_AVX3 | HWY_AVX3_DL);
  const std::string narrow = render_bytes();
  hwy::DisableTargets(0);
  EXPECT_TRUE(wide == narrow);
}

}  // namespace
}  // namespace tessera::test
