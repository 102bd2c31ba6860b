// Frames of the viewer at 1280 x 720: our two renderers against the fastest other Vulkan viewer that runs on software
// Vulkan.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdio>
#include <optional>
#include <string>

#include "bench/measure.h"
#include "bench/models.h"
#include "bench/report.h"
#include "render/vulkan/vulkan_view_renderer.h"
#include "scene/error.h"

namespace tessera::bench {
namespace {

constexpr int kFrames = 7;  // of which the median is taken

scene::Camera camera_of(const char* name) {
  for (const scene::View& view : brighton()->views)
    if (view.name.find(name) != std::string::npos) {
      scene::Camera camera = view.camera;
      camera.intrinsics = camera.intrinsics.resized(1280, 720);
      return camera;
    }
  throw scene::Error(name, "is no photo of brighton_beach");
}

/// CPU milliseconds of a frame while the camera moves, so that each is projected and sorted anew.
double frame_ms(render::ViewRenderer& renderer, scene::Camera camera) {
  std::vector<double> ms;
  for (int i = 0; i <= kFrames; ++i) {
    camera.cam_from_world.translation.x += 1e-3;
    const double start = cpu_ms();
    renderer.draw(camera, {});
    if (i > 0) ms.push_back(cpu_ms() - start);  // the first grows buffers and compiles shaders
  }
  return median(ms);
}

struct Case {
  const char* name;
  scene::GaussianModel model;
  double other;  // CPU ms of vkgs 0.0.2 (sorted quads); 0: not measured
};

void view(benchmark::State& state) {
  if (!brighton()) return state.SkipWithError("shared/data/brighton_beach is not there");
  for (auto _ : state) {
    const scene::Camera camera = camera_of("DJI_0026");
    const auto samples = [](int n) { return resample(trained(), n, 1.15 / std::sqrt(n)); };
    Case cases[] = {{"13.6k splats", trained(), 250},
                    {"54k splats", samples(4), 0},
                    {"109k splats", samples(8), 631},
                    {"204k splats", samples(15), 0},
                    {"1M splats", samples(74), 0}};
    std::unique_ptr<render::ViewRenderer> vulkan;
    try {
      vulkan = render::vulkan::make_vulkan_view_renderer();
    } catch (const scene::Error& e) {
      report().notes.push_back(std::string("the Vulkan renderer was not measured: ") + e.what());
    }
    const auto cpu = render::make_cpu_view_renderer();
    for (Case& c : cases) {
      const auto model = std::make_shared<const scene::GaussianModel>(std::move(c.model));
      cpu->set_model(model);
      const double ms = frame_ms(*cpu, camera);
      const std::string name = std::string("frame, ") + c.name;
      if (c.other > 0)
        report().comparisons.push_back({name + ", CPU against the other viewer", ms, c.other, "CPU ms", "at least 2"});
      if (!vulkan) continue;
      vulkan->set_model(model);
      report().comparisons.push_back(
          {name + ", CPU against " + vulkan->name(), ms, frame_ms(*vulkan, camera), "CPU ms", ""});
    }
  }
}
BENCHMARK(view)->Iterations(1)->Unit(benchmark::kSecond);

}  // namespace
}  // namespace tessera::bench
