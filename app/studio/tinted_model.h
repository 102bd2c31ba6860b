#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "scene/gaussian_model.h"

namespace tessera::app {

/// Copies of a model in which some rows have a colour of the window's, for people to see what they have chosen. A copy
/// that nobody shows any more is used again, and then only the rows that change are written: a slider over a million
/// splats costs what it moves. Not thread-safe.
class TintedModel {
 public:
  using Color = std::array<float, 3>;  // R, G, B, 0..1
  /// The row's colour is mixed with `color`: the shape of what is below still shows.
  static void tint(scene::GaussianModel& copy, const scene::GaussianModel& model, std::size_t row, const Color& color);
  using Colors = std::array<Color, 3>;
  /// Row i of `model` gets colors[tint[i] - 1]; 0: its own. Faint rows of the first two colours are made opaque enough
  /// to be seen; the third is for what is to stand back.
  std::shared_ptr<const scene::GaussianModel> make(const std::shared_ptr<const scene::GaussianModel>& model,
                                                   const std::vector<std::uint8_t>& tint, const Colors& colors);
  void clear();
  /// Frees what has been given up and is no longer shown: here, and not where it was shown, which would take the window
  /// longer than a frame. False: something is still shown.
  bool purge();

 private:
  struct Copy {
    scene::GaussianModel model;
    std::shared_ptr<const scene::GaussianModel> of;
    std::vector<std::uint8_t> tint;
    Colors colors{};
  };
  Copy& free_copy(const std::shared_ptr<const scene::GaussianModel>& model, std::shared_ptr<Copy>& held);

  std::vector<std::shared_ptr<Copy>> copies_, given_up_;
};

}  // namespace tessera::app
