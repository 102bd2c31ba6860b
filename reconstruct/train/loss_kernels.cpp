#include "reconstruct/train/loss_kernels.h"

#include <algorithm>
#include <cmath>
#include <utility>

// Arrays of vectors need a size known to the compiler.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "reconstruct/train/loss_kernels.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace tessera::reconstruct {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::CappedTag<float, 16>;
using V = hn::Vec<Floats>;
constexpr int kLanes = static_cast<int>(hn::MaxLanes(Floats()));
constexpr int kTaps = 2 * kSsimRadius + 1;
constexpr int kChunk = 4;   // rows made at a time
constexpr int kRing = 16;   // rows of derivative maps alive: kChunk + 2 * kSsimRadius, to a power of two
constexpr int kGroup = 16;  // columns of one summation group, whatever the vector width
constexpr int kPasses = kLanes == 16 ? 4 : 2;  // rows that one vertical pass accumulates: what the registers hold

// Samples a side for the block's mean levels; see Levels.
constexpr int kSamples = 8;

HWY_INLINE constexpr float window(int tap) {
  return kSsimWindow[tap < kSsimRadius ? kSsimRadius - tap : tap - kSsimRadius];
}

// Sum of a row in sixteen interleaved float sums, then in double in column order: the same for every vector width.
HWY_INLINE double row_sum(const float* HWY_RESTRICT row, int stride) {
  const Floats d;
  HWY_ALIGN float lanes[kGroup];
  for (int j = 0; j < kGroup; j += kLanes) {
    V sum = hn::Zero(d);
    for (int x = j; x < stride; x += kGroup) sum = hn::Add(sum, hn::Load(d, row + x));
    hn::Store(sum, d, lanes + j);
  }
  double total = 0;
  for (const float lane : lanes) total += lane;
  return total;
}

// Scratch of one task. Rows with margins have kGroup zeros or pad values on either side.
struct Rows {
  int stride, wide;
  float *zero, *mean[4], *blurred[4], *map[3], *term, *ring[3];
  Rows(float* at, int s) : stride(s), wide(s + 2 * kGroup) {
    const auto take = [&](int n) { return std::exchange(at, at + n); };
    zero = take(stride);
    term = take(stride);
    for (auto& m : mean) m = take(kChunk * wide) + kGroup;
    for (auto& b : blurred) b = take(stride);
    for (auto& m : map) m = take(wide) + kGroup;
    for (auto& r : ring) r = take(kRing * stride);
  }
  float* ring_row(int field, int y) const { return ring[field] + ((y + kRing) % kRing) * stride; }
};

// Variances do not change when a constant is taken off, but their rounding errors do: everything is filtered relative
// to mean levels of the block, v = y - level, e = x - y - offset, and the zeros outside the picture become -level and
// -offset.
struct Levels {
  float level, offset;
};

Levels sample_levels(const LossBlock& b) {
  const int width = b.picture->width, rows = b.row_end - b.row_begin;
  double level = 0, offset = 0;
  for (int j = 0; j < kSamples; ++j) {
    const int y = b.row_begin + (2 * j + 1) * rows / (2 * kSamples);
    for (int i = 0; i < kSamples; ++i) {
      const int x = (2 * i + 1) * width / (2 * kSamples);
      level += b.truth->at(x, y);
      if (!b.weight || b.weight->at(x, y) != 0) offset += b.picture->at(x, y) - b.truth->at(x, y);
    }
  }
  constexpr double kCount = kSamples * kSamples;
  return {static_cast<float>(level / kCount), static_cast<float>(offset / kCount)};
}

class Block {
 public:
  explicit Block(const LossBlock& b) : b_(b), rows_(b.scratch, b.picture->stride), levels_(sample_levels(b)) {
    width_ = b.picture->width, height_ = b.picture->height;
    std::fill_n(rows_.zero, rows_.stride, 0.0f);
    for (float* m : rows_.map) std::fill_n(m - kGroup, kGroup, 0.0f);
    // What the vertical pass makes of a column of zeros.
    const float e = -levels_.offset, v = -levels_.level, u = v + e;
    const float fields[4] = {v, e, e * e, std::fma(u, u, v * v)};
    for (int f = 0; f < 4; ++f) {
      pad_[f] = 0;
      for (int t = 0; t < kTaps; ++t) pad_[f] = std::fma(fields[f], window(t), pad_[f]);
      for (int k = 0; k < kChunk; ++k) std::fill_n(rows_.mean[f] + k * rows_.wide - kGroup, kGroup, pad_[f]);
    }
  }

  template <bool kMasked>
  LossSums run() {
    LossSums sums;
    int made = b_.row_begin - kSsimRadius;
    for (int y = b_.row_begin; y < b_.row_end; y += kChunk) {
      for (; made < std::min(y + kChunk, b_.row_end) + kSsimRadius; made += kChunk) make_maps<kMasked>(made, sums);
      for (int k = 0; k < kChunk; k += kPasses) finish_rows<kMasked>(y + k, sums);
    }
    return sums;
  }

 private:
  const float* row_or_zero(const render::Plane& plane, int y) const {
    return y < 0 || y >= height_ ? rows_.zero : plane.row(y);
  }

  // Window means down the columns of v, e, e^2, u^2 + v^2 (u = v + e), for rows y .. y + kPasses - 1.
  template <bool kMasked>
  void vertical_means(int y, int slot) {
    const Floats d;
    constexpr int kIn = kPasses + kTaps - 1;
    const float *xs[kIn], *ys[kIn], *ws[kIn];
    for (int t = 0; t < kIn; ++t) {
      xs[t] = row_or_zero(*b_.picture, y + t - kSsimRadius);
      ys[t] = row_or_zero(*b_.truth, y + t - kSsimRadius);
      ws[t] = kMasked ? row_or_zero(*b_.weight, y + t - kSsimRadius) : nullptr;
    }
    const V level = hn::Set(d, levels_.level), offset = hn::Set(d, levels_.offset);
    for (int x = 0; x < rows_.stride; x += kLanes) {
      V sum[4][kPasses];
      for (auto& field : sum)
        for (V& s : field) s = hn::Zero(d);
      HWY_UNROLL(14)
      for (int t = 0; t < kIn; ++t) {
        const V truth = hn::LoadU(d, ys[t] + x);
        V difference = hn::Sub(hn::LoadU(d, xs[t] + x), truth);
        if constexpr (kMasked)
          difference = hn::IfThenElseZero(hn::Ne(hn::LoadU(d, ws[t] + x), hn::Zero(d)), difference);
        const V v = hn::Sub(truth, level), e = hn::Sub(difference, offset), u = hn::Add(v, e);
        const V ee = hn::Mul(e, e), uv = hn::MulAdd(u, u, hn::Mul(v, v));
        HWY_UNROLL(4)
        for (int k = 0; k < kPasses; ++k) {
          if (t < k || t - k >= kTaps) continue;
          const V w = hn::Set(d, window(t - k));
          sum[0][k] = hn::MulAdd(v, w, sum[0][k]);
          sum[1][k] = hn::MulAdd(e, w, sum[1][k]);
          sum[2][k] = hn::MulAdd(ee, w, sum[2][k]);
          sum[3][k] = hn::MulAdd(uv, w, sum[3][k]);
        }
      }
      for (int f = 0; f < 4; ++f)
        for (int k = 0; k < kPasses; ++k) hn::Store(sum[f][k], d, rows_.mean[f] + (slot + k) * rows_.wide + x);
    }
    for (int f = 0; f < 4; ++f)
      for (int k = 0; k < kPasses; ++k) {
        float* row = rows_.mean[f] + (slot + k) * rows_.wide;
        std::fill(row + width_, row + rows_.stride + kGroup, pad_[f]);
      }
  }

  // Window means along a row with margins. Bound by loads: those off the 64-byte grid cost two accesses. Putting some
  // of the taps together from their neighbours (CombineShiftRightBytes) was no faster: its port is then the limit.
  void filter_row(const float* HWY_RESTRICT in, float* HWY_RESTRICT out) const {
    const Floats d;
    for (int x = 0; x < rows_.stride; x += kLanes) {
      V sum = hn::Zero(d);
      HWY_UNROLL(11)
      for (int t = 0; t < kTaps; ++t)
        sum = hn::MulAdd(hn::LoadU(d, in + x + t - kSsimRadius), hn::Set(d, window(t)), sum);
      hn::Store(sum, d, out + x);
    }
  }

  // SSIM of row y and half its derivatives by m_e (total), E[e^2] and E[u^2 + v^2]; then their window means across,
  // into the ring. S = (1 - A)(1 - B), A = (m_x - m_y)^2 / (m_x^2 + m_y^2 + C1), B = var(x - y) / (var x + var y + C2):
  // eq. 13 of Wang et al. 2004 rewritten so that nearly equal pictures keep their digits.
  template <bool kMasked>
  double map_row(int y, int slot) {
    const Floats d;
    for (int f = 0; f < 4; ++f) filter_row(rows_.mean[f] + slot * rows_.wide, rows_.blurred[f]);
    const float* weight = kMasked ? b_.weight->row(y) : nullptr;
    const V one = hn::Set(d, 1.0f), level = hn::Set(d, levels_.level), offset = hn::Set(d, levels_.offset);
    const V c1 = hn::Set(d, kSsimC1), c2 = hn::Set(d, kSsimC2);
    for (int x = 0; x < rows_.stride; x += kLanes) {
      const V mv = hn::Load(d, rows_.blurred[0] + x), me = hn::Load(d, rows_.blurred[1] + x);
      const V ee = hn::Load(d, rows_.blurred[2] + x), uv = hn::Load(d, rows_.blurred[3] + x);
      const V mu = hn::Add(mv, me), my = hn::Add(mv, level), delta = hn::Add(me, offset), mx = hn::Add(my, delta);
      const V d1 = hn::MulAdd(mx, mx, hn::MulAdd(my, my, c1));
      const V d2 = hn::Add(hn::NegMulAdd(mu, mu, hn::NegMulAdd(mv, mv, uv)), c2);
      const V inverse = hn::Div(one, hn::Mul(d1, d2));
      const V r1 = hn::Mul(inverse, d2), r2 = hn::Mul(inverse, d1);
      const V a = hn::Mul(hn::Mul(delta, delta), r1), b = hn::Mul(hn::NegMulAdd(me, me, ee), r2);
      const V light = hn::Sub(one, a), structure = hn::Sub(one, b);
      V s = hn::Mul(light, structure);
      V q = hn::Neg(hn::Mul(light, r2)), r = hn::Neg(hn::Mul(q, b));
      V p = hn::Sub(hn::Mul(q, hn::Sub(hn::Mul(b, mu), me)),
                    hn::Mul(hn::Mul(structure, r1), hn::NegMulAdd(a, mx, delta)));
      if constexpr (kMasked) {
        const V w = hn::LoadU(d, weight + x);
        s = hn::Mul(s, w), p = hn::Mul(p, w), q = hn::Mul(q, w), r = hn::Mul(r, w);
      }
      hn::Store(s, d, rows_.term + x);
      hn::Store(p, d, rows_.map[0] + x);
      hn::Store(q, d, rows_.map[1] + x);
      hn::Store(r, d, rows_.map[2] + x);
    }
    std::fill(rows_.term + width_, rows_.term + rows_.stride, 0.0f);
    for (int f = 0; f < 3; ++f) {
      std::fill(rows_.map[f] + width_, rows_.map[f] + rows_.stride + kGroup, 0.0f);
      filter_row(rows_.map[f], rows_.ring_row(f, y));
    }
    return row_sum(rows_.term, rows_.stride);
  }

  template <bool kMasked>
  void make_maps(int y, LossSums& sums) {
    const bool any = y + kChunk > 0 && y < height_;
    if (any)
      for (int k = 0; k < kChunk; k += kPasses) vertical_means<kMasked>(y + k, k);
    for (int k = 0; k < kChunk; ++k) {
      if (y + k < 0 || y + k >= height_) {
        for (int f = 0; f < 3; ++f) std::fill_n(rows_.ring_row(f, y + k), rows_.stride, 0.0f);
        continue;
      }
      if (y + k >= b_.row_end + kSsimRadius) break;  // no row of the block reaches it
      const double s = map_row<kMasked>(y + k, k);
      if (y + k >= b_.row_begin && y + k < b_.row_end) sums.ssim += s;
    }
  }

  // Gradient of rows y .. y + kPasses - 1 (those in the block): window means down the columns of the maps, chain rule
  // to x, and the L1 part.
  template <bool kMasked>
  void finish_rows(int y, LossSums& sums) {
    const Floats d;
    constexpr int kIn = kPasses + kTaps - 1;
    const float* maps[3][kIn];
    for (int f = 0; f < 3; ++f)
      for (int t = 0; t < kIn; ++t) maps[f][t] = rows_.ring_row(f, y + t - kSsimRadius);
    const V level = hn::Set(d, levels_.level), offset = hn::Set(d, levels_.offset), zero = hn::Zero(d);
    const V l1_scale = hn::Set(d, b_.l1_scale), ssim_scale = hn::Set(d, 2 * b_.ssim_scale);
    const int count = std::min(kPasses, b_.row_end - y);
    if (count <= 0) return;
    float *terms[kPasses], *squares[kPasses];
    for (int k = 0; k < kPasses; ++k) {  // free by now
      terms[k] = rows_.mean[0] + k * rows_.wide;
      squares[k] = rows_.mean[1] + k * rows_.wide;
    }
    for (int x = 0; x < rows_.stride; x += kLanes) {
      V sum[3][kPasses];
      for (auto& field : sum)
        for (V& s : field) s = zero;
      HWY_UNROLL(14)
      for (int t = 0; t < kIn; ++t) {
        const V p = hn::Load(d, maps[0][t] + x), q = hn::Load(d, maps[1][t] + x), r = hn::Load(d, maps[2][t] + x);
        HWY_UNROLL(4)
        for (int k = 0; k < kPasses; ++k) {
          if (t < k || t - k >= kTaps) continue;
          const V w = hn::Set(d, window(t - k));
          sum[0][k] = hn::MulAdd(p, w, sum[0][k]);
          sum[1][k] = hn::MulAdd(q, w, sum[1][k]);
          sum[2][k] = hn::MulAdd(r, w, sum[2][k]);
        }
      }
      for (int k = 0; k < kPasses; ++k) {
        if (k >= count) break;
        const V truth = hn::LoadU(d, b_.truth->row(y + k) + x);
        const V difference = hn::Sub(hn::LoadU(d, b_.picture->row(y + k) + x), truth);
        const V e = hn::Sub(difference, offset), u = hn::Add(hn::Sub(truth, level), e);
        const V similarity = hn::MulAdd(u, sum[2][k], hn::MulAdd(e, sum[1][k], sum[0][k]));
        const V slope = hn::IfThenElseZero(hn::Ne(difference, zero), hn::CopySign(l1_scale, difference));
        V gradient, distance = hn::Abs(difference);
        if constexpr (kMasked) {
          const V w = hn::LoadU(d, b_.weight->row(y + k) + x);
          const auto counts = hn::Ne(w, zero);
          gradient = hn::IfThenElseZero(counts, hn::MulAdd(ssim_scale, similarity, hn::Mul(slope, w)));
          distance = hn::IfThenElseZero(counts, hn::Mul(distance, w));
        } else {
          gradient = hn::MulAdd(ssim_scale, similarity, slope);
        }
        hn::StoreU(gradient, d, b_.gradient->row(y + k) + x);
        hn::Store(distance, d, terms[k] + x);
        hn::Store(hn::Mul(distance, hn::Abs(difference)), d, squares[k] + x);
      }
    }
    for (int k = 0; k < count; ++k) {
      std::fill(terms[k] + width_, terms[k] + rows_.stride, 0.0f);
      std::fill(squares[k] + width_, squares[k] + rows_.stride, 0.0f);
      sums.l1 += row_sum(terms[k], rows_.stride);
      sums.square += row_sum(squares[k], rows_.stride);
    }
  }

  const LossBlock& b_;
  Rows rows_;
  Levels levels_;
  int width_ = 0, height_ = 0;
  float pad_[4];
};

LossSums loss_block_impl(const LossBlock& b) {
  Block block(b);
  return b.weight ? block.run<true>() : block.run<false>();
}

std::size_t loss_scratch_impl(int stride) {
  return static_cast<std::size_t>(6 + 3 * kRing) * stride +
         static_cast<std::size_t>(4 * kChunk + 3) * (stride + 2 * kGroup);
}

}  // namespace HWY_NAMESPACE
}  // namespace tessera::reconstruct
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::reconstruct {
HWY_EXPORT(loss_block_impl);
HWY_EXPORT(loss_scratch_impl);
LossSums loss_block(const LossBlock& block) { return HWY_DYNAMIC_DISPATCH(loss_block_impl)(block); }
std::size_t loss_scratch_floats(int stride) { return HWY_DYNAMIC_DISPATCH(loss_scratch_impl)(stride); }
}  // namespace tessera::reconstruct
#endif
