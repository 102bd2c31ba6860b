#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace tessera::render {

/// A float plane whose rows are padded to whole tiles, so that vector code never needs a mask at the right or lower edge. Pixels past
/// width x height hold unspecified finite values.
struct Plane {
  int width = 0, height = 0, stride = 0, padded_height = 0;
  std::vector<float> data;  // [padded_height * stride]

  static constexpr int kPad = 16;
  void resize(int w, int h) {
    width = w, height = h;
    stride = (w + kPad - 1) / kPad * kPad;
    padded_height = (h + kPad - 1) / kPad * kPad;
    data.resize(static_cast<std::size_t>(stride) * padded_height);
  }
  void fill(float v) { std::fill(data.begin(), data.end(), v); }
  float* row(int y) { return data.data() + static_cast<std::size_t>(y) * stride; }
  const float* row(int y) const { return data.data() + static_cast<std::size_t>(y) * stride; }
  float at(int x, int y) const { return row(y)[x]; }
  float& at(int x, int y) { return row(y)[x]; }
};

/// Values a render produces and, in the same shape, gradients of the loss with respect to them.
struct Frame {
  int width = 0, height = 0;
  Plane color[3];      // background included
  Plane alpha;         // 1 - final transmittance
  // Filled only when RenderSettings::geometry is set:
  Plane depth;         // expected: sum w z / sum w (0 where alpha is 0), w = T alpha
  Plane median_depth;  // z where T first passes 0.5 (0 where it never does)
  Plane normal[3];     // sum w n, n = the shortest axis in camera coordinates, turned towards the camera; not normalised
  Plane count;         // splats blended into the pixel

  void resize(int w, int h, bool geometry) {
    width = w, height = h;
    for (Plane& p : color) p.resize(w, h);
    alpha.resize(w, h);
    if (geometry) {
      depth.resize(w, h), median_depth.resize(w, h), count.resize(w, h);
      for (Plane& p : normal) p.resize(w, h);
    }
  }
};

}  // namespace tessera::render
