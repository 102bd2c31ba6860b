// tessera_lod_bench MODEL DATA [CHUNK [COPIES]]: what levels of detail cost in quality and what they save in time.
// MODEL: a run folder or 3DGS PLY; DATA: its dataset. Makes the .tlod file beside the current folder's other files, as
// lod_bench.tlod, and removes it.
//   1. PSNR of the views against the full model (and against the photos) with a quarter of the splats, at the views'
//   own
//      distance and with the camera moved back, along its axis, to four times the median depth: by view and budget
//      (what is not in view costs nothing), and with all of the scene merged to a quarter, whatever the view.
//   2. CPU time of a frame at a fixed budget while the scene grows 16-fold, or COPIES-fold (copies side by side; 0: not
//   at all).
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <memory>
#include <string>

#include "bench/measure.h"
#include "reconstruct/evaluate/gallery.h"
#include "reconstruct/evaluate/metrics.h"
#include "reconstruct/run/inputs.h"
#include "render/lod/lod_stream.h"
#include "render/rasterizer.h"
#include "render/view_renderer.h"
#include "scene/dataset.h"
#include "scene/formats/ply.h"
#include "scene/image_cache.h"
#include "scene/lod/build_lod.h"
#include "scene/lod/merge_splats.h"

namespace tessera::bench {
namespace {

namespace fs = std::filesystem;

/// Mean squared difference of what a screen shows.
double squared(const render::Frame& a, const render::Frame& b) {
  double sum = 0;
  for (int c = 0; c < 3; ++c)
    for (int y = 0; y < a.height; ++y)
      for (int x = 0; x < a.width; ++x) {
        const double d = static_cast<double>(std::clamp(a.color[c].at(x, y), 0.0f, 1.0f) -
                                             std::clamp(b.color[c].at(x, y), 0.0f, 1.0f));
        sum += d * d;
      }
  return sum / (3.0 * a.width * a.height);
}

double decibels(double squared) { return -10 * std::log10(std::max(squared, 1e-10)); }

struct Sum {
  double value = 0;
  int count = 0;
  void add(double v) { value += v, ++count; }
  double mean() const { return count ? value / count : 0; }
};

void quality(const scene::Dataset& dataset, const scene::GaussianModel& model,
             const std::shared_ptr<const scene::LodFile>& file, const reconstruct::EvaluateOptions& evaluation) {
  scene::ImageCache images(dataset, std::size_t{64} << 20);
  render::RenderSettings settings;
  settings.antialiased = evaluation.antialiased, settings.background = evaluation.background;
  const auto full = render::make_cpu_rasterizer(), other = render::make_cpu_rasterizer();
  const auto beside = render::make_cpu_rasterizer();
  reconstruct::Gallery gallery(model, dataset, images, *beside, evaluation);
  render::LodStreamOptions options;
  options.budget.splats = model.size() / 4;
  render::LodStream stream(file, dataset.scene_from_world, options);
  const scene::GaussianModel half = scene::merge_splats(model, model.size() / 2).model;
  const scene::GaussianModel quarter = scene::merge_splats(half, model.size() / 4).model;
  std::printf("%zu splats; a quarter: %zu\n", model.size(), model.size() / 4);
  std::printf("%-10s %-14s %12s %14s %14s %14s\n", "distance", "levels", "splats", "against full", "against photo",
              "full, photo");
  for (const double times : {1.0, 2.0, 4.0})
    for (const bool by_view : {true, false}) {
      Sum splats, against_full, against_photo, full_photo;
      for (const std::size_t v : dataset.test_views()) {
        scene::Camera camera = gallery.camera(v);
        camera.cam_from_world.translation.z += times - 1;  // the scene frame's unit is the median depth
        if (by_view) stream.update(camera, true);
        const scene::GaussianModel& less = by_view ? *stream.model() : quarter;
        const render::Frame& a = full->forward(model, camera, settings);
        const render::Frame& b = other->forward(less, camera, settings);
        splats.add(static_cast<double>(by_view ? stream.splats() : less.size()));
        against_full.add(decibels(squared(a, b)));
        if (times > 1) continue;
        full_photo.add(reconstruct::psnr(gallery.show(v), gallery.truth()));
        against_photo.add(reconstruct::psnr(b.color, gallery.truth()));
      }
      std::printf("%-10g %-14s %12.0f %11.2f dB", times, by_view ? "by view" : "all a quarter", splats.mean(),
                  against_full.mean());
      if (times == 1)
        std::printf(" %11.2f dB %11.2f dB, loss %.2f dB", against_photo.mean(), full_photo.mean(),
                    full_photo.mean() - against_photo.mean());
      std::printf("\n");
    }
}

/// The model `copies` times, side by side along x at the width of its bulk.
scene::GaussianModel grown(const scene::GaussianModel& model, int copies) {
  std::vector<float> x = model.position[0];
  std::sort(x.begin(), x.end());
  const float width = x[x.size() - 1 - x.size() / 50] - x[x.size() / 50];
  scene::GaussianModel all;
  all.resize(0, model.sh_degree());
  for (int i = 0; i < copies; ++i) {
    scene::GaussianModel copy = model;
    // 4 in a row, so that the scene grows to all sides.
    for (float& at : copy.position[0]) at += width * static_cast<float>(i % 4);
    for (float& at : copy.position[1]) at += width * static_cast<float>(i / 4);
    all.append(copy);
  }
  return all;
}

void frames(const scene::Dataset& dataset, const scene::GaussianModel& model, const scene::LodOptions& lod, int most) {
  std::printf("\n%-8s %12s %12s %14s %14s\n", "copies", "splats", "drawn", "update CPU ms", "frame CPU ms");
  for (int copies = 1; copies <= most; copies *= 2) {
    const fs::path ply = "lod_bench.ply", out = "lod_bench_grown.tlod";
    const scene::GaussianModel all = grown(model, copies);
    scene::write_splat_ply(all, ply);
    scene::build_lod(ply, out, lod);
    render::LodStreamOptions options;
    options.budget.splats = model.size() / 2;
    render::LodStream stream(std::make_shared<const scene::LodFile>(out), {}, options);
    const auto renderer = render::make_cpu_view_renderer();
    std::vector<double> update_ms, frame_ms;
    double drawn = 0;
    const auto views = dataset.test_views();
    for (const std::size_t v : views) {
      scene::Camera camera = dataset.views[v].camera;
      stream.update(camera, true);
      renderer->set_model(stream.model());
      renderer->draw(camera, {});
      // A step on from there, as flying makes it.
      camera.cam_from_world.translation.x += 0.02;
      double start = cpu_ms();
      if (stream.update(camera, true)) renderer->set_model(stream.model());
      update_ms.push_back(cpu_ms() - start);
      start = cpu_ms();
      renderer->draw(camera, {});
      frame_ms.push_back(cpu_ms() - start);
      drawn += static_cast<double>(stream.splats()) / static_cast<double>(views.size());
    }
    std::printf("%-8d %12zu %12.0f %14.2f %14.2f\n", copies, all.size(), drawn, median(update_ms), median(frame_ms));
    std::fflush(stdout);
    fs::remove(ply), fs::remove(out);
  }
}

void run(const fs::path& run_or_ply, const fs::path& data, const scene::LodOptions& lod, int copies) {
  const scene::Dataset dataset = scene::load_dataset(data);
  const scene::GaussianModel model = reconstruct::load_model(run_or_ply, dataset);
  const fs::path out = "lod_bench.tlod";
  scene::build_lod(reconstruct::model_file(run_or_ply), out, lod);
  quality(dataset, model, std::make_shared<const scene::LodFile>(out), reconstruct::evaluation_of(run_or_ply, dataset));
  fs::remove(out);
  frames(dataset, model, lod, copies);
}

}  // namespace
}  // namespace tessera::bench

int main(int argc, char** argv) try {
  if (argc < 3 || argc > 5) {
    std::fprintf(stderr, "usage: tessera_lod_bench MODEL DATA [CHUNK [COPIES]]\n");
    return 2;
  }
  tessera::scene::LodOptions lod;
  if (argc > 3) lod.chunk = static_cast<std::size_t>(std::max(1, std::atoi(argv[3])));
  lod.antialiased = tessera::reconstruct::run_antialiased(argv[1]);
  tessera::bench::run(argv[1], argv[2], lod, argc > 4 ? std::atoi(argv[4]) : 16);
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
