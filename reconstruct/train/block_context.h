#pragma once

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "reconstruct/train/loss.h"
#include "scene/gaussian_model.h"

namespace tessera::reconstruct {

/// Where splats may multiply: in a block, what lies outside of it trains and never does (BlockGaussian, auxiliary
/// points). Empty: everywhere.
struct GrowFilter {
  std::function<bool(const std::array<float, 3>& position)> allows;  // scene frame; pure, from any thread
  std::string text;                                                  // what it allows: a resume must have the same one
  explicit operator bool() const { return static_cast<bool>(allows); }
};

/// What the training of a block takes from the whole scene; nothing of it for a whole scene.
struct BlockContext {
  GrowFilter grow;
  /// The splats to begin with, in the scene frame; empty: initialize_model. Not asked by a resume.
  std::function<scene::GaussianModel()> start;
  std::vector<Affine> exposure;  // maps to start with, one a view of the block's dataset; empty: found from it alone
  /// Called before anything in the run folder is written, from any thread; throws where it is no longer this program's.
  std::function<void()> before_write;
};

}  // namespace tessera::reconstruct
