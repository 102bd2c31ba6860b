#pragma once

#include <array>
#include <functional>
#include <string>

namespace tessera::reconstruct {

/// Where splats may multiply: in a block, what lies outside of it trains and never does (BlockGaussian, auxiliary
/// points). Empty: everywhere.
struct GrowFilter {
  std::function<bool(const std::array<float, 3>& position)> allows;  // scene frame; pure, from any thread
  std::string text;                                                  // what it allows: a resume must have the same one
  explicit operator bool() const { return static_cast<bool>(allows); }
};

}  // namespace tessera::reconstruct
