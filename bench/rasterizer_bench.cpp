// Cost of the CPU rasteriser by stage, over splats x picture x overlap.
#include <benchmark/benchmark.h>

#include "bench/synthetic_splats.h"
#include "render/rasterizer.h"

namespace tessera::bench {
namespace {

void forward_backward(benchmark::State& state) {
  const int width = static_cast<int>(state.range(1)), height = width * 9 / 16;
  const scene::Camera camera = synthetic_camera(width, height);
  const scene::GaussianModel model = synthetic_splats(static_cast<std::size_t>(state.range(0)), camera.intrinsics,
                                                      static_cast<double>(state.range(2)));
  const auto rasterizer = render::make_cpu_rasterizer();
  render::RenderSettings settings;
  settings.geometry = state.range(3) != 0;
  render::FrameGradient gradient;
  for (render::Plane& plane : gradient.color) plane.resize(width, height), plane.fill(0.01f);
  render::ModelGradients gradients;
  render::RenderStatistics::Milliseconds sum;
  for (auto _ : state) {
    rasterizer->forward(model, camera, settings);
    rasterizer->backward(model, gradient, gradients);
    benchmark::DoNotOptimize(gradients.pose);
    const auto& one = rasterizer->statistics().milliseconds;
    sum.project += one.project, sum.sort += one.sort, sum.bin += one.bin, sum.blend += one.blend;
    sum.blend_backward += one.blend_backward, sum.project_backward += one.project_backward;
  }
  const auto& statistics = rasterizer->statistics();
  const auto mean = [](double total) { return benchmark::Counter(total, benchmark::Counter::kAvgIterations); };
  state.counters["1_project_ms"] = mean(sum.project);
  state.counters["2_sort_ms"] = mean(sum.sort);
  state.counters["3_bin_ms"] = mean(sum.bin);
  state.counters["4_blend_ms"] = mean(sum.blend);
  state.counters["5_blend_backward_ms"] = mean(sum.blend_backward);
  state.counters["6_project_backward_ms"] = mean(sum.project_backward);
  state.counters["visible"] = static_cast<double>(statistics.visible);
  state.counters["tile_pairs"] = static_cast<double>(statistics.tile_pairs);
  state.counters["pixel_pairs"] = static_cast<double>(statistics.pixel_pairs);
  state.counters["pairs_per_pixel"] = static_cast<double>(statistics.pixel_pairs) / (width * height);
  state.counters["Gpairs_s_blend"] =
      static_cast<double>(statistics.pixel_pairs) * static_cast<double>(state.iterations()) / sum.blend * 1e-6;
  state.counters["Gpairs_s_backward"] =
      static_cast<double>(statistics.pixel_pairs) * static_cast<double>(state.iterations()) / sum.blend_backward * 1e-6;
  state.counters["buffer_MB"] = static_cast<double>(rasterizer->buffer_bytes()) * 1e-6;
}
BENCHMARK(forward_backward)
    ->ArgNames({"splats", "width", "overlap", "geometry"})
    ->ArgsProduct({{5000, 50000, 200000}, {640, 1280}, {15, 60}, {0}})
    ->Args({50000, 640, 15, 1})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace tessera::bench

BENCHMARK_MAIN();
