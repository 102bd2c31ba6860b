#include "reconstruct/train/loss.h"

#include <tbb/task_arena.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>

#include "reconstruct/train/loss_kernels.h"
#include "scene/parallel.h"

namespace tessera::reconstruct {
namespace {

/// Rows that a block aims at: tall enough that the 2 x 5 rows made twice at its ends cost little, low enough to fill
/// many cores.
constexpr int kBlockRows = 96;
constexpr int kAlignFloats = 16;  // a cache line

float* aligned(float* p) {
  const auto address = reinterpret_cast<std::uintptr_t>(p);
  constexpr std::uintptr_t kBytes = kAlignFloats * sizeof(float);
  return p + ((kBytes - address % kBytes) % kBytes) / sizeof(float);
}

}  // namespace

PhotometricLoss::Value PhotometricLoss::evaluate(const render::Plane picture[3], const Truth& truth,
                                                 double lambda_dssim, render::Plane gradient[3]) {
  const int width = truth.width, height = truth.height;
  for (int c = 0; c < 3; ++c) {
    if (picture[c].width != width || picture[c].height != height)
      throw std::invalid_argument("PhotometricLoss: the picture and the truth differ in size");
    gradient[c].resize(width, height);
  }
  Value value;
  value.ssim = 1;  // holds where nothing counts: the render stands replaced by the truth everywhere
  if (width == 0 || height == 0) return value;
  const double counted = 3 * truth.weight_sum;
  const int blocks = std::max(1, (height + kBlockRows / 2) / kBlockRows);
  const std::size_t scratch = loss_scratch_floats(picture[0].stride) + kAlignFloats;
  const auto threads = static_cast<std::size_t>(tbb::this_task_arena::max_concurrency());
  if (scratch_.size() < threads) scratch_.resize(threads);
  for (auto& buffer : scratch_)
    if (buffer.size() < scratch) buffer.resize(scratch);
  sums_.resize(static_cast<std::size_t>(3 * blocks));

  const auto run = [&](int task) {
    const int channel = task / blocks, block = task % blocks;
    LossBlock b;
    b.picture = &picture[channel];
    b.truth = &truth.color[channel];
    b.weight = truth.weight.width ? &truth.weight : nullptr;
    b.gradient = &gradient[channel];
    b.row_begin = static_cast<int>(std::int64_t{height} * block / blocks);
    b.row_end = static_cast<int>(std::int64_t{height} * (block + 1) / blocks);
    if (counted > 0) {
      b.l1_scale = static_cast<float>((1 - lambda_dssim) / counted);
      b.ssim_scale = static_cast<float>(-lambda_dssim / counted);
    }
    b.scratch = aligned(scratch_[static_cast<std::size_t>(tbb::this_task_arena::current_thread_index())].data());
    sums_[static_cast<std::size_t>(task)] = loss_block(b);
  };
  scene::parallel_blocks(0, 3 * blocks, 1, [&](int first, int last) {
    for (int task = first; task < last; ++task) run(task);
  });

  if (counted == 0) return value;
  double l1 = 0, square = 0, ssim = 0;
  for (const LossSums& sums : sums_) l1 += sums.l1, square += sums.square, ssim += sums.ssim;
  value.l1 = l1 / counted;
  value.mse = square / counted;
  value.ssim = ssim / counted;
  value.total = (1 - lambda_dssim) * value.l1 + lambda_dssim * (1 - value.ssim);
  return value;
}

}  // namespace tessera::reconstruct
