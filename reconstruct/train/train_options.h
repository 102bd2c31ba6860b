#pragma once

#include <filesystem>
#include <string>

#include "scene/options_table.h"

namespace tessera::reconstruct {

/// Everything a training run can be told. Step numbers are given for a run of `schedule_steps` and scale with `iterations`
/// (gaussian-splatting base algorithm, Kerbl et al. 2023). Lengths are in the scene frame (median view depth = 1).
struct TrainOptions {
  int iterations = 7000;
  int max_splats = 500000;                     // hard cap
  double pixels_per_splat = 0;                 // a second cap: training pixels / this; 0: none
  std::string strategy = "mcmc";               // adc | mcmc
  int seed = 0;
  int threads = 0;                             // 0: all
  std::string backend = "auto";                // cpu | auto
  int sh_degree = 3;
  double sh_every = 1.0 / 30;                  // SH degree +1 each time this share of the run has passed
  std::string resolution_schedule = "auto";    // off | auto: coarse to fine
  int max_image_size = 1600;                   // photos are reduced by halves until the longer side fits
  std::string background = "black";            // black | white | random
  bool antialiased = false;
  std::string exposure = "affine";             // off | affine
  double exposure_regularization = 0.001;
  double lambda_dssim = 0.2;
  // Terms of geometry (BlockGaussian, arXiv 2504.09048); weights log-linear between their two ends
  double depth_weight = 0, depth_weight_final = 0.1;  // of sparse points' inverse depths; 0: none
  std::string pseudo_view = "off";             // off | corrected | released
  double pseudo_weight = 0.01, pseudo_weight_final = 0.5;
  double pseudo_from = 0.125;                  // share of the run
  // Learning rates (Adam, beta 0.9 / 0.999, epsilon 1e-15)
  double lr_position = 1.6e-4, lr_position_final = 1.6e-6;  // x camera extent
  double lr_scale = 5e-3, lr_rotation = 1e-3, lr_opacity = 0.05, lr_sh0 = 2.5e-3, lr_sh_rest = 1.25e-4;
  double lr_final = 1, lr_fall_from = 0;       // all but positions': fall to this share, from this share of the run on
  double lr_exposure = 2e-2, lr_exposure_final = 2e-3;
  // Densification, as shares of the run
  double densify_from = 1.0 / 60, densify_until = 0.5;
  int densify_every = 100;
  double adc_threshold = 2e-4;                 // mean NDC gradient; 6e-4 fits absolute gradients
  bool adc_absolute = false;                   // AbsGS
  double adc_opacity_reset = 0.1;              // share of the run between opacity resets
  double adc_make_room = 0;                    // share of the rows, over the run, that may give way to others at the cap
  double mcmc_noise = 5e5, mcmc_growth = 0.05;
  double opacity_regularization = 0.01, scale_regularization = 0.01;
  double opacity_floor = 0.005;                // splats below are pruned (adc) or moved (mcmc)
  double scale_limit = 0.1;                    // of a splat's distance from the eye: its largest deviation; 0: any
  std::string initialization = "auto";         // auto | stereo | points | random
  int stereo_splats = 50000;                   // most that stereo adds to the start (gaps are filled besides)
  int initial_random_splats = 100000;          // of a random start
  // Of a block of a scene
  double steps_per_photo = 60;                 // it takes at most so many for each of its photos; 0: iterations
  double backdrop = 0.1;                       // of a block's rows, at most so many start where splats may not multiply
  double dropout = 0;                          // share of splats left out of a step at the end of a run over few photos
  // Run
  std::string eval = "end";                    // off | end | EVERY (steps)
  int checkpoint_every = 1000;                 // steps; 0: only when interrupted and at the end
  int preview_every = 500;                     // steps between preview pictures; 0: none
  double image_cache_mb = 2048;
  double memory_mb = 0;                        // 0: what the machine has
};

/// The one table behind `tessera train --help`, `--set key=value`, the presets and run.json.
const scene::OptionsTable<TrainOptions>& train_options_table();

/// Preset by name (draft, standard, high: assets/presets/NAME.toml) or the path of a TOML file. Throws scene::Error.
void apply_preset(TrainOptions& options, const std::string& preset);
/// Folder that holds presets/: TESSERA_ASSETS, else beside the executable, else the source tree it was built from.
std::filesystem::path assets_folder();

}  // namespace tessera::reconstruct
