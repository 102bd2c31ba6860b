#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>
#include <tbb/parallel_reduce.h>
#include <tbb/partitioner.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

#include "reconstruct/train/loss.h"
#include "reconstruct/train/row_kernels.h"

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
  const auto block = [&](const tbb::blocked_range<int>& range) {
    for (int y = range.begin(); y < range.end(); ++y) {
      const float* const rows[3] = {in[0].row(y), in[1].row(y), in[2].row(y)};
      float* const to[3] = {out[0].row(y), out[1].row(y), out[2].row(y)};
      affine_row(affine.m, rows, to, in[0].stride);
    }
  };
  tbb::parallel_for(tbb::blocked_range<int>(0, in[0].height, kRowsPerTask), block, tbb::simple_partitioner());
}

void affine_backward(const Affine& affine, const render::Plane in[3], const render::Plane d_out[3],
                     render::Plane d_in[3], double d_affine[12]) {
  for (int c = 0; c < 3; ++c) d_in[c].resize(in[c].width, in[c].height);
  require_one_size(in, d_out, "affine_backward");
  using Sums = std::array<double, 12>;
  const auto block = [&](const tbb::blocked_range<int>& range, Sums sums) {
    for (int y = range.begin(); y < range.end(); ++y) {
      const float* const rows[3] = {in[0].row(y), in[1].row(y), in[2].row(y)};
      const float* const from[3] = {d_out[0].row(y), d_out[1].row(y), d_out[2].row(y)};
      float* const to[3] = {d_in[0].row(y), d_in[1].row(y), d_in[2].row(y)};
      affine_backward_row(affine.m, rows, from, to, in[0].width, in[0].stride, sums.data());
    }
    return sums;
  };
  // The tree of a deterministic reduction depends on the range and the grain only.
  const Sums sums = tbb::parallel_deterministic_reduce(
      tbb::blocked_range<int>(0, in[0].height, kRowsPerTask), Sums{}, block,
      [](Sums a, const Sums& b) {
        for (int i = 0; i < 12; ++i) a[i] += b[i];
        return a;
      },
      tbb::simple_partitioner());
  std::copy(sums.begin(), sums.end(), d_affine);
}

}  // namespace tessera::reconstruct
