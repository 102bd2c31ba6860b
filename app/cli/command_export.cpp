#include <iostream>

#include "app/cli/command.h"
#include "app/cli/inputs.h"
#include "scene/error.h"
#include "scene/formats/cameras_json.h"
#include "scene/formats/colmap.h"
#include "scene/formats/ply.h"
#include "scene/reduce_model.h"

namespace tessera::app {
namespace fs = std::filesystem;
namespace {

struct Arguments {
  std::string input, out, to = "ply";
  int sh_degree = 3;
  double min_opacity = 0;
};

/// The folder of a dataset that holds its COLMAP model.
fs::path colmap_folder(const fs::path& dataset) {
  for (const char* name : {"sparse/0", "sparse", "."})
    if (scene::looks_like_colmap(dataset / name)) return dataset / name;
  throw scene::Error(dataset.string(), "holds no COLMAP model", "take a folder with sparse/0");
}

void export_model(const Arguments& a, Cli& cli) {
  const scene::GaussianModel model = scene::read_splat_ply(model_file(a.input));
  scene::write_splat_ply(scene::reduced_model(model, {a.sh_degree, a.min_opacity}), a.out, cli.console.job());
}

int run_export(const Arguments& a, Cli& cli) {
  if (a.to == "ply") {
    export_model(a, cli);
  } else if (a.to == "colmap-binary" || a.to == "colmap-text") {
    const scene::ColmapModel model = scene::read_colmap(colmap_folder(a.input));
    make_folder(a.out);
    scene::write_colmap(model, a.out, a.to == "colmap-text" ? scene::ColmapForm::text : scene::ColmapForm::binary);
  } else {
    // In the dataset's own coordinates: that is what other programs hold.
    scene::DatasetOptions options;
    options.scene_frame = false;
    const scene::Dataset dataset = scene::load_dataset(a.input, options, cli.console.job());
    if (a.to == "cameras-json")
      scene::write_cameras_json(dataset, a.out);
    else
      scene::write_point_ply(dataset.points, a.out);
  }
  cli.console.finish_line();
  std::cout << a.out << "\n";
  return 0;
}

}  // namespace

void add_export_command(Cli& cli) {
  auto* sub = cli.app.add_subcommand("export", "Write a model or a dataset in another form");
  auto a = std::make_shared<Arguments>();
  sub->add_option("INPUT", a->input, "run folder or 3DGS PLY (ply); dataset (the other forms)")
      ->required()
      ->check(not_empty());
  sub->add_option("-o,--out", a->out, "file or folder to write")->required()->check(not_empty());
  sub->add_option("--to", a->to, "form")
      ->check(CLI::IsMember({"ply", "colmap-binary", "colmap-text", "cameras-json", "points-ply"}))
      ->capture_default_str();
  sub->add_option("--sh-degree", a->sh_degree, "ply: drop higher degrees")
      ->check(CLI::Range(0, 3))
      ->capture_default_str();
  sub->add_option("--min-opacity", a->min_opacity, "ply: drop fainter splats")
      ->check(number_between(0, 0.99))
      ->capture_default_str();
  sub->callback([&cli, a] { cli.run = [&cli, a] { return run_export(*a, cli); }; });
}

}  // namespace tessera::app
