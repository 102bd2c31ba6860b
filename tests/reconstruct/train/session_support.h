#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "reconstruct/train/training_session.h"
#include "scene/error.h"
#include "tests/reconstruct/train/small_world.h"
#include "tests/reconstruct/train/train_support.h"

namespace tessera::test {

/// A run of a second or less that densifies, grows in SH degree and draws backgrounds.
inline reconstruct::TrainOptions quick_options(int iterations = 60) {
  reconstruct::TrainOptions options;
  options.iterations = iterations;
  options.max_splats = 400;
  options.sh_degree = 1;
  options.sh_every = 0.3;
  options.densify_from = 0.1, options.densify_until = 0.8, options.densify_every = 7;
  options.background = "random";
  options.preview_every = 0, options.checkpoint_every = 0;
  return options;
}

/// What training has made.
struct Trained {
  scene::GaussianModel model;
  std::vector<reconstruct::Affine> exposures;
};

inline Trained result_of(const reconstruct::TrainingSession& session) { return {session.model(), session.exposures()}; }

inline bool same(const Trained& a, const Trained& b) {
  return same_planes(a.model, b.model) &&
         std::equal(
             a.exposures.begin(), a.exposures.end(), b.exposures.begin(), b.exposures.end(),
             [](const reconstruct::Affine& x, const reconstruct::Affine& y) { return std::equal(x.m, x.m + 12, y.m); });
}

}  // namespace tessera::test
