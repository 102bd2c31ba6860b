#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

#include "reconstruct/train/loss.h"
#include "reconstruct/train/row_kernels.h"
#include "scene/parallel.h"

namespace tessera::reconstruct {
namespace {

constexpr int kRowsPerTask = 32;

void require_one_size(const render::Plane a[3], const render::Plane b[3], const char* who) {
  for (int c = 0; c < 3; ++c)
    if (a[c].width != a[0].width || a[c].height != a[0].height || b[c].width != a[0].width ||
        b[c].height != a[0].height)
      throw std::invalid_argument(std::string(who) + ": planes of different sizes");
}

}  // namespace

void apply_affine(const Affine& affine, const render::Plane in[3], render::Plane out[3]) {
  for (int c = 0; c < 3; ++c) out[c].resize(in[c].width, in[c].height);
  require_one_size(in, out, "apply_affine");
  const auto block = [&](int begin, int end) {
    for (int y = begin; y < end; ++y) {
      const float* const rows[3] = {in[0].row(y), in[1].row(y), in[2].row(y)};
      float* const to[3] = {out[0].row(y), out[1].row(y), out[2].row(y)};
      affine_row(affine.m, rows, to, in[0].stride);
    }
  };
  scene::parallel_blocks(0, in[0].height, kRowsPerTask, block);
}

void affine_backward(const Affine& affine, const render::Plane in[3], const render::Plane d_out[3],
                     render::Plane d_in[3], double d_affine[12]) {
  for (int c = 0; c < 3; ++c) d_in[c].resize(in[c].width, in[c].height);
  require_one_size(in, d_out, "affine_backward");
  const auto block = [&](int begin, int end, double* sums) {
    for (int y = begin; y < end; ++y) {
      const float* const rows[3] = {in[0].row(y), in[1].row(y), in[2].row(y)};
      const float* const from[3] = {d_out[0].row(y), d_out[1].row(y), d_out[2].row(y)};
      float* const to[3] = {d_in[0].row(y), d_in[1].row(y), d_in[2].row(y)};
      affine_backward_row(affine.m, rows, from, to, in[0].width, in[0].stride, sums);
    }
  };
  const auto sums = scene::parallel_sums<12>(0, in[0].height, kRowsPerTask, block);
  std::copy(sums.begin(), sums.end(), d_affine);
}

}  // namespace tessera::reconstruct
