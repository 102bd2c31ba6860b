#include "reconstruct/train/train_options.h"

#include <unistd.h>

#include <cstdlib>

#include <toml++/toml.h>

namespace tessera::reconstruct {
namespace fs = std::filesystem;

namespace {
constexpr const char* kStarted = "it decides how a run starts, and this one has started";
}  // namespace

const scene::OptionsTable<TrainOptions>& train_options_table() {
  using O = TrainOptions;
  static const scene::OptionsTable<O> table = [] {
    scene::OptionsTable<O> t;
    t.integer("iterations", &O::iterations, 1, 10'000'000, "steps", "length of the run; every schedule scales with it");
    t.integer("max_splats", &O::max_splats, 1, 100'000'000, "splats", "hard cap on the number of splats");
    t.real("pixels_per_splat", &O::pixels_per_splat, 0, 1e6, "pixels",
           "a second cap: the training photos' pixels over this (few photos cannot hold many splats in place); 0: none");
    t.choice("strategy", &O::strategy, {"adc", "mcmc"}, "how splats are added and moved: adaptive density control, or MCMC relocation")
        .fixed("what one strategy has learned about the splats means nothing to another");
    t.integer("seed", &O::seed, 0, 2'147'483'647, "", "random seed; same seed and data give the same bytes")
        .fixed("the start and every draw so far came from it");
    t.integer("threads", &O::threads, 0, 1024, "threads", "worker threads; 0 takes all cores. Does not change the result").harmless();
    t.choice("backend", &O::backend, {"cpu", "auto"}, "where it is computed").harmless();
    t.integer("sh_degree", &O::sh_degree, 0, 3, "", "degree of the view-dependent colour")
        .fixed("the model and the optimiser hold coefficients of this degree");
    t.real("sh_every", &O::sh_every, 0, 1, "of the run", "the SH degree grows by one each time this share has passed");
    t.choice("resolution_schedule", &O::resolution_schedule, {"off", "auto"}, "train on small pictures first");
    t.integer("max_image_size", &O::max_image_size, 16, 65536, "pixels", "photos are halved until their longer side fits");
    t.choice("background", &O::background, {"black", "white", "random"}, "what lies behind the splats while training");
    t.flag("antialiased", &O::antialiased, "compensate the 0.3 px dilation (Mip-Splatting's 2D form)");
    t.choice("exposure", &O::exposure, {"off", "affine"}, "fit one affine colour map per photo while training")
        .fixed("the colour maps are trained from the first step on, or not at all");
    t.real("exposure_regularization", &O::exposure_regularization, 0, 1000, "", "pull of the colour maps towards where they started");
    t.real("lambda_dssim", &O::lambda_dssim, 0, 1, "", "weight of 1 - SSIM in the loss; L1 has the rest");
    t.real("depth_weight", &O::depth_weight, 0, 100, "", "weight, at the start, of the sparse points' inverse depths in the loss; 0: none");
    t.real("depth_weight_final", &O::depth_weight_final, 1e-6, 100, "", "and at the end, log-linear between");
    t.choice("pseudo_view", &O::pseudo_view, {"off", "corrected", "released"},
             "compare each photo with the model seen from beside its camera; released: as BlockGaussian's program does, without effect");
    t.real("pseudo_weight", &O::pseudo_weight, 1e-6, 100, "", "weight of that comparison at the start of the run");
    t.real("pseudo_weight_final", &O::pseudo_weight_final, 1e-6, 100, "", "and at the end, log-linear between");
    t.real("pseudo_from", &O::pseudo_from, 0, 1, "of the run", "before this share has passed there is no such comparison");
    t.real("lr_position", &O::lr_position, 0, 1, "camera extents", "learning rate of positions at the start");
    t.real("lr_position_final", &O::lr_position_final, 0, 1, "camera extents", "and at the end, log-linear between");
    t.real("lr_scale", &O::lr_scale, 0, 1, "", "learning rate of log scales");
    t.real("lr_rotation", &O::lr_rotation, 0, 1, "", "learning rate of quaternions");
    t.real("lr_opacity", &O::lr_opacity, 0, 1, "", "learning rate of opacity logits");
    t.real("lr_sh0", &O::lr_sh0, 0, 1, "", "learning rate of base colours");
    t.real("lr_sh_rest", &O::lr_sh_rest, 0, 1, "", "learning rate of the higher SH coefficients");
    t.real("lr_final", &O::lr_final, 1e-6, 1, "of the rate", "what the rates of scales, rotations, opacities and colours fall to by the end; 1: they stay");
    t.real("lr_fall_from", &O::lr_fall_from, 0, 1, "of the run", "when they begin to fall");
    t.real("lr_exposure", &O::lr_exposure, 0, 1, "", "learning rate of the colour maps at the start");
    t.real("lr_exposure_final", &O::lr_exposure_final, 0, 1, "", "and at the end");
    t.real("densify_from", &O::densify_from, 0, 1, "of the run", "first densification");
    t.real("densify_until", &O::densify_until, 0, 1, "of the run", "last densification");
    t.integer("densify_every", &O::densify_every, 1, 1'000'000, "steps", "steps between densifications");
    t.real("adc_threshold", &O::adc_threshold, 0, 1, "NDC", "mean screen gradient above which adc adds splats (6e-4 fits adc_absolute)");
    t.flag("adc_absolute", &O::adc_absolute, "adc sums absolute pixel gradients (AbsGS)");
    t.real("adc_opacity_reset", &O::adc_opacity_reset, 0, 1, "of the run", "adc: share between opacity resets; 0 never resets");
    t.real("adc_make_room", &O::adc_make_room, 0, 100, "of the rows", "adc: at the cap the faintest splats give way to splats where detail is missing, so many over the run; 0: none");
    t.real("mcmc_noise", &O::mcmc_noise, 0, 1e9, "", "mcmc: strength of the position noise");
    t.real("mcmc_growth", &O::mcmc_growth, 0, 1, "", "mcmc: growth of the number of splats at each densification");
    t.real("opacity_regularization", &O::opacity_regularization, 0, 10, "", "mcmc: weight of the mean opacity in the loss");
    t.real("scale_regularization", &O::scale_regularization, 0, 10, "", "mcmc: weight of the mean scale in the loss");
    t.real("opacity_floor", &O::opacity_floor, 0, 0.5, "", "splats fainter than this are pruned (adc) or moved (mcmc)");
    t.real("scale_limit", &O::scale_limit, 0, 1000, "of the distance",
           "no splat gets wider (standard deviation) than so much of its distance from a camera that sees it; 0: any width");
    t.integer("initial_random_splats", &O::initial_random_splats, 1, 10'000'000, "splats", "size of a random start")
        .fixed(kStarted);
    t.choice("initialization", &O::initialization, {"auto", "stereo", "points", "random"},
             "start from stereo and SfM points, from SfM points, or at random; auto: points, else random")
        .fixed(kStarted);
    t.integer("stereo_splats", &O::stereo_splats, 0, 100'000'000, "splats", "most that stereo adds to the start, besides filled gaps")
        .fixed(kStarted);
    t.real("steps_per_photo", &O::steps_per_photo, 0, 1e6, "steps", "a block takes at most so many for each of its photos; 0: as many as iterations says");
    t.real("backdrop", &O::backdrop, 0, 1, "of the rows", "at most so many of a block's splats start where they may not multiply, as a coarse backdrop")
        .fixed(kStarted);
    t.real("dropout", &O::dropout, 0, 0.9, "", "share of splats left out of each step at the end of the run, growing from 0; for up to 16 photos, falling fast beyond");
    t.choice_or_integer("eval", &O::eval, {"off", "end"}, 1, 10'000'000, "steps", "score the test views: never, at the end, or every so many steps").harmless();
    t.integer("checkpoint_every", &O::checkpoint_every, 0, 10'000'000, "steps", "steps between checkpoints; 0: only when interrupted and at the end").harmless();
    t.integer("preview_every", &O::preview_every, 0, 10'000'000, "steps", "steps between preview pictures; 0: none").harmless();
    t.real("image_cache_mb", &O::image_cache_mb, 16, 1e6, "MB", "budget of decoded photos").harmless();
    t.real("memory_mb", &O::memory_mb, 0, 1e9, "MB",
           "most that the run may need: a larger need lowers image_cache_mb, then max_splats; 0: what the machine has")
        .harmless();
    return t;
  }();
  return table;
}

fs::path assets_folder() {
  if (const char* set = std::getenv("TESSERA_ASSETS"); set && *set) return set;
  std::error_code error;
  const fs::path executable = fs::read_symlink("/proc/self/exe", error);
  if (!error)
    for (const fs::path& candidate : {executable.parent_path() / "assets", executable.parent_path() / "../share/tessera"})
      if (fs::is_directory(candidate / "presets", error)) return candidate;
  return TESSERA_SOURCE_ASSETS;
}

void apply_preset(TrainOptions& options, const std::string& preset) {
  const bool is_path = preset.find('/') != std::string::npos || fs::path(preset).extension() == ".toml";
  const fs::path file = is_path ? fs::path(preset) : assets_folder() / "presets" / (preset + ".toml");
  std::error_code error;
  if (!fs::is_regular_file(file, error))
    throw scene::Error("preset '" + preset + "'", "there is no " + file.string(), "take draft, standard, high or a TOML file");
  toml::table table;
  try {
    table = toml::parse_file(file.string());
  } catch (const toml::parse_error& e) {
    throw scene::Error(file.string(), "line " + std::to_string(e.source().begin.line) + ": " + std::string(e.description()),
                       "mend the preset");
  }
  for (const auto& [key, node] : table) {
    std::string text;
    if (const auto value = node.value<std::string>(); node.is_string() && value) text = *value;
    else if (node.is_boolean()) text = *node.value<bool>() ? "on" : "off";
    else if (node.is_integer()) text = std::to_string(*node.value<std::int64_t>());
    else if (node.is_floating_point()) text = scene::detail::real_text(*node.value<double>());
    else throw scene::Error(file.string(), "key '" + std::string(key.str()) + "' is neither text nor a number nor true/false");
    try {
      train_options_table().set(options, key.str(), text);
    } catch (const scene::Error& e) {
      throw scene::Error(file.string(), e.what());
    }
  }
}

}  // namespace tessera::reconstruct
