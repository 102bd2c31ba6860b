#include <iostream>

#include "app/cli/command.h"
#include "app/cli/inputs.h"
#include "reconstruct/evaluate/picture.h"
#include "reconstruct/evaluate/video.h"
#include "render/lod/lod_view_renderer.h"
#include "render/vulkan/vulkan_view_renderer.h"
#include "scene/camera_path.h"
#include "scene/image.h"

namespace tessera::app {
namespace {

constexpr int kMaxSide = 16384, kMaxPixels = 1 << 26;  // 20 bytes each while it is drawn

struct Arguments {
  std::string model, data, view, path, out, background = "black", renderer = "cpu";
  double seconds = 12, fps = 30;
  int width = 0, sh_degree = 3, splats = 0;
};

/// A renderer that has the model, whole or by levels of detail; in the dataset's scene frame.
std::unique_ptr<render::ViewRenderer> renderer_of(const Arguments& a, const scene::Dataset& dataset,
                                                  render::ViewSettings& settings) {
  auto renderer =
      a.renderer == "vulkan" ? render::vulkan::make_vulkan_view_renderer() : render::make_cpu_view_renderer();
  if (std::filesystem::path(a.model).extension() == ".tlod") {
    const auto file = std::make_shared<const scene::LodFile>(a.model);
    settings.antialiased = file->scene().antialiased;
    render::LodStreamOptions options;
    if (a.splats > 0) options.budget.splats = static_cast<std::uint64_t>(a.splats);
    return std::make_unique<render::LodViewRenderer>(
        std::move(renderer), std::make_unique<render::LodStream>(file, dataset.scene_from_world, options));
  }
  if (a.splats > 0) throw UsageError("--splats is for .tlod files; tessera lod makes one of a model");
  settings.antialiased = run_antialiased(a.model);
  renderer->set_model(std::make_shared<const scene::GaussianModel>(load_model(a.model, dataset)));
  return renderer;
}

int render(const Arguments& a, Cli& cli) {
  if (a.view.empty() == a.path.empty()) throw UsageError("give either --view or --path; see 'tessera render --help'");
  const scene::Dataset dataset = open_dataset(a.data, cli.console);
  render::ViewSettings settings;
  settings.sh_degree = a.sh_degree;
  const auto renderer = renderer_of(a, dataset, settings);
  if (a.background == "white") settings.background = {1, 1, 1};
  const auto sized = [&](const scene::Pinhole& p) {
    if (a.width == 0) return p;
    const long long height = std::max(1LL, static_cast<long long>(p.height) * a.width / p.width);
    if (height > kMaxSide || height * a.width > kMaxPixels)
      throw scene::Error("--width " + std::to_string(a.width),
                         "makes a picture of " + std::to_string(a.width) + "x" + std::to_string(height) + " pixels",
                         "give a smaller width");
    return p.resized(a.width, static_cast<int>(height));
  };
  if (!a.view.empty()) {
    scene::Camera camera = dataset.views[find_view(dataset, a.view)].camera;
    camera.intrinsics = sized(camera.intrinsics);
    scene::write_image(a.out, reconstruct::to_image8(renderer->draw(camera, settings).color));
  } else {
    const scene::CameraPath path = a.path == "orbit"        ? scene::orbit_path(dataset, a.seconds)
                                   : a.path == "flythrough" ? scene::flythrough_path(dataset, a.seconds)
                                                            : scene::read_camera_path(a.path, dataset.scene_from_world);
    reconstruct::write_video(a.out, path, *renderer, {sized(dataset.views.front().camera.intrinsics), a.fps, settings},
                             cli.console.job());
  }
  cli.console.finish_line();
  std::cout << a.out << "\n";
  return 0;
}

}  // namespace

void add_render_command(Cli& cli) {
  auto* sub = cli.app.add_subcommand("render", "Draw one photo's view, or a camera path as video");
  auto a = std::make_shared<Arguments>();
  sub->add_option("MODEL", a->model, "run folder, 3DGS PLY, or .tlod of tessera lod")->required()->check(not_empty());
  sub->add_option("DATA", a->data, "dataset whose cameras are used")->required()->check(not_empty());
  sub->add_option("--view", a->view, "name of a photo: draws what it should show");
  sub->add_option("--path", a->path, "orbit, flythrough, or a JSON file of keyframes");
  sub->add_option("-o,--out", a->out, "picture (.png, .jpg) or video (.mp4)")->required()->check(not_empty());
  sub->add_option("--seconds", a->seconds, "length of orbit and flythrough")
      ->check(number_between(0.1, 3600))
      ->capture_default_str();
  sub->add_option("--fps", a->fps, "pictures a second")->check(number_between(1, 240))->capture_default_str();
  sub->add_option("--width", a->width, "picture width; the height follows")->check(CLI::Range(2, kMaxSide));
  sub->add_option("--sh-degree", a->sh_degree, "limit of the view-dependent colour")
      ->check(CLI::Range(0, 3))
      ->capture_default_str();
  sub->add_option("--renderer", a->renderer, "cpu (exact) or vulkan (what the studio shows on a graphics card)")
      ->check(CLI::IsMember({"cpu", "vulkan"}))
      ->capture_default_str();
  sub->add_option("--splats", a->splats, ".tlod: splats of a view at most")->check(CLI::Range(1, 1 << 30));
  sub->add_option("--background", a->background, "black or white")
      ->check(CLI::IsMember({"black", "white"}))
      ->capture_default_str();
  sub->callback([&cli, a] { cli.run = [&cli, a] { return render(*a, cli); }; });
}

}  // namespace tessera::app
