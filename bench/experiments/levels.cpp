// What levels of detail cost: the city of 16 blocks that `whole` has trained and refined, at a quarter of its splats,
// beside the city as it truly looks from where the camera is, from the held-out views' own places and from farther away.
#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

#include "bench/experiments/experiments.h"
#include "bench/experiments/sheet.h"
#include "reconstruct/evaluate/metrics.h"
#include "reconstruct/evaluate/picture.h"
#include "reconstruct/run/inputs.h"
#include "reconstruct/synth/renderer.h"
#include "render/lod/lod_stream.h"
#include "render/rasterizer.h"
#include "scene/dataset.h"
#include "scene/lod/build_lod.h"
#include "scene/scene_frame.h"

namespace tessera::bench {
namespace fs = std::filesystem;
namespace synth = reconstruct::synth;
using namespace reconstruct;

namespace {

constexpr int kBlocks = 16, kRays = 4;  // as the city was photographed

scene::Picture picture_of(scene::Image8 image) {
  scene::Picture picture;
  picture.width = image.width, picture.height = image.height, picture.rgb = std::move(image.pixels);
  return picture;
}

}  // namespace

void levels(const fs::path& out) {
  const scene::Dataset dataset = scene::load_dataset(city(out, kBlocks));
  const fs::path run = out / "city16-refined", file = out / "levels.tlod";
  const scene::GaussianModel model = load_model(run, dataset);
  scene::build_lod(model_file(run), file, {.antialiased = run_antialiased(run)});
  render::LodStreamOptions options;
  options.budget.splats = model.size() / 4;
  render::LodStream stream(std::make_shared<const scene::LodFile>(file), dataset.scene_from_world, options);
  const synth::City town = synth::build_city(synth::plan_city(kBlocks, 0));
  const synth::Renderer truth_of(town, {});
  const auto rasterizer = render::make_cpu_rasterizer();
  render::RenderSettings settings;
  settings.antialiased = stream.file()->scene().antialiased;

  std::printf("| distance | splats in use of %zu | full model | a quarter | loss | a quarter against the full model |\n"
              "| --- | --- | --- | --- | --- | --- |\n",
              model.size());
  std::vector<Tile> tiles;
  std::vector<double> losses;
  for (const double times : {1.0, 4.0}) {
    double splats = 0, full = 0, quarter = 0, apart = 0;
    const auto views = dataset.test_views();
    for (const std::size_t v : views) {
      scene::Camera camera = dataset.views[v].camera;
      camera.cam_from_world.translation.z += times - 1;  // the scene frame's unit is the median depth
      scene::Camera in_town = camera;
      in_town.cam_from_world = scene::transform_pose(camera.cam_from_world, dataset.scene_from_world.inverse());
      const scene::Picture truth_picture = picture_of(
          synth::develop(truth_of.render(in_town, kRays, static_cast<std::uint32_t>(v), {}), 1));
      Truth truth, model_truth;
      truth.assign(truth_picture, settings.background.data());
      const render::Frame& whole_frame = rasterizer->forward(model, camera, settings);
      full += psnr(whole_frame.color, truth);
      const scene::Image8 whole_picture = to_image8(whole_frame.color);
      model_truth.assign(picture_of(whole_picture), settings.background.data());
      stream.update(camera, true);
      const render::Frame& less = rasterizer->forward(*stream.model(), camera, settings);
      quarter += psnr(less.color, truth);
      apart += psnr(less.color, model_truth);
      splats += static_cast<double>(stream.splats());
      if (v != views.front()) continue;
      char caption[64];
      std::snprintf(caption, sizeof caption, "x%g: all splats", times);
      tiles.push_back({caption, whole_picture});
      std::snprintf(caption, sizeof caption, "x%g: a quarter at most", times);
      tiles.push_back({caption, to_image8(less.color)});
    }
    const auto n = static_cast<double>(views.size());
    losses.push_back((full - quarter) / n);
    std::printf("| x %g | %.0f | %.2f dB | %.2f dB | %.2f dB | %.2f dB |\n", times, splats / n, full / n, quarter / n,
                losses.back(), apart / n);
    std::fflush(stdout);
  }
  fs::remove(file);
  const fs::path picture = out / "levels.png";
  scene::write_image(picture, sheet(tiles, 2));
  std::printf("\nlost at a quarter of the splats: %.2f dB at the views' own distance, %.2f dB at four times it; %s\n",
              losses[0], losses[1], picture.c_str());
}

}  // namespace tessera::bench
