#include <iostream>

#include <nlohmann/json.hpp>

#include "app/cli/command.h"
#include "app/cli/inputs.h"
#include "reconstruct/evaluate/evaluate.h"
#include "reconstruct/train/run_setup.h"
#include "scene/atomic_file.h"

namespace tessera::app {
namespace {

struct Arguments {
  std::string model, data, split = "test", json, pictures, background = "black";
  int max_image_size = 1600;
};

int eval(const Arguments& a, Cli& cli) {
  const scene::Dataset dataset = open_dataset(a.data, cli.console);
  const scene::GaussianModel model = load_model(a.model, dataset);
  reconstruct::EvaluateOptions options;
  options.split = a.split == "all"     ? reconstruct::Split::all
                  : a.split == "train" ? reconstruct::Split::train
                                       : reconstruct::Split::test;
  options.level = reconstruct::level_of(dataset, a.max_image_size);
  options.antialiased = run_antialiased(a.model);
  if (a.background == "white") options.background = {1, 1, 1};
  if (!a.pictures.empty()) make_folder(a.pictures), options.pictures = a.pictures;
  scene::ImageCache images(dataset, std::size_t{256} << 20);
  const auto rasterizer = render::make_cpu_rasterizer();
  const auto scores = reconstruct::evaluate(model, dataset, images, *rasterizer, options, cli.console.job());
  if (scores.views.empty()) {
    const bool masked =
        (a.split != "train" && !dataset.test_views().empty()) || (a.split != "test" && !dataset.train_views().empty());
    throw scene::Error(a.data, masked ? "every pixel of the chosen views is masked" : "has no " + a.split + " views",
                       "take another --split");
  }
  nlohmann::json json = reconstruct::to_json(scores);
  json["splats"] = model.size();
  cli.console.finish_line();
  if (a.json == "-") {
    std::cout << json_text(json) << "\n";
    return 0;
  }
  if (!a.json.empty()) scene::write_file_atomically(a.json, json_text(json) + "\n");
  char line[256];
  const auto print = [&](const std::string& name, const reconstruct::ViewScore& s) {
    std::snprintf(line, sizeof line, " %-5s %8.2f %10.2f %7.4f %9.4f %8.4f\n", s.test ? "test" : "train", s.psnr,
                  s.psnr_corrected, s.ssim, s.ssim_standard, s.ms_ssim);
    // Names are as long as they like.
    std::cout << one_line(name) << std::string(name.size() < 32 ? 32 - name.size() : 0, ' ') << line;
  };
  std::snprintf(line, sizeof line, "%-32s %-5s %8s %10s %7s %9s %8s\n", "view", "split", "PSNR dB", "corrected", "SSIM",
                "(standard)", "MS-SSIM");
  std::cout << line;
  for (const auto& view : scores.views) print(view.name, view);
  for (const bool test : {true, false})
    if (auto mean = scores.mean(test)) mean->test = test, print("mean", *mean);
  return 0;
}

}  // namespace

void add_eval_command(Cli& cli) {
  auto* sub = cli.app.add_subcommand("eval", "Score a model against the photos");
  auto a = std::make_shared<Arguments>();
  sub->add_option("MODEL", a->model, "run folder or 3DGS PLY")->required()->check(not_empty());
  sub->add_option("DATA", a->data, "dataset")->required()->check(not_empty());
  sub->add_option("--split", a->split, "which views")
      ->check(CLI::IsMember({"test", "train", "all"}))
      ->capture_default_str();
  sub->add_option("--json", a->json, "write the scores to this file; '-' prints them");
  sub->add_option("--pictures", a->pictures, "folder for error maps and the contact sheet");
  sub->add_option("--background", a->background, "black or white")
      ->check(CLI::IsMember({"black", "white"}))
      ->capture_default_str();
  sub->add_option("--max-image-size", a->max_image_size, "photos are halved until their longer side fits")
      ->check(CLI::Range(16, 65536))
      ->capture_default_str();
  sub->callback([&cli, a] { cli.run = [&cli, a] { return eval(*a, cli); }; });
}

}  // namespace tessera::app
