// Vector helpers shared by the kernels; included once per target.
#if defined(TESSERA_RENDER_CPU_LANES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TESSERA_RENDER_CPU_LANES_INL_H_
#undef TESSERA_RENDER_CPU_LANES_INL_H_
#else
#define TESSERA_RENDER_CPU_LANES_INL_H_
#endif

#include <cstring>

#include "hwy/cache_control.h"
#include "hwy/highway.h"
#include "render/cpu/splat.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::render::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, kLanes>;
using DI = hn::RebindToSigned<D>;
using V = hn::Vec<D>;
using M = hn::Mask<D>;
constexpr std::size_t kN = hn::MaxLanes(D());  // lanes of this machine
constexpr std::size_t kParts = kLanes / kN;    // vectors that make up one virtual vector

constexpr float kLog2E = 1.44269504088896341f;
constexpr float kLn2 = 0.693147180559945309f;

HWY_INLINE V set(float v) { return hn::Set(D(), v); }

/// Rows i.. of a plane of n rows; rows past the end read as 0.
HWY_INLINE V load_rows(const float* plane, std::size_t i, std::size_t n) {
  if (HWY_LIKELY(i + kN <= n)) return hn::LoadU(D(), plane + i);
  HWY_ALIGN float tail[kN] = {};
  std::memcpy(tail, plane + i, (n - i) * sizeof(float));
  return hn::Load(D(), tail);
}

/// Asks for the rows of a plane that come up two runs later. Planes are too many streams for the hardware to follow;
/// the second-level cache is the place, since the first cannot hold what 48 planes will need.
HWY_INLINE void prefetch_rows(const float* plane) { __builtin_prefetch(plane + 2 * kSpan, 0, 2); }

/// Stores the rows of `mask` (which holds no row past the end).
HWY_INLINE void store_rows(V v, M mask, float* plane, std::size_t i, std::size_t n) {
  if (HWY_LIKELY(i + kN <= n)) {
    hn::BlendedStore(v, mask, D(), plane + i);
    return;
  }
  HWY_ALIGN float tail[kN];
  std::memcpy(tail, plane + i, (n - i) * sizeof(float));
  hn::Store(hn::IfThenElse(mask, v, hn::Load(D(), tail)), D(), tail);
  std::memcpy(plane + i, tail, (n - i) * sizeof(float));
}

HWY_INLINE std::uint32_t mask_bits(M m) {
  std::uint8_t bytes[8] = {};
  hn::StoreMaskBits(D(), m, bytes);
  std::uint16_t bits;
  std::memcpy(&bits, bytes, 2);
  return bits;
}

HWY_INLINE M mask_from_bits(std::uint32_t bits) {
  std::uint8_t bytes[8] = {};
  std::memcpy(bytes, &bits, sizeof bits);
  return hn::LoadMaskBits(D(), bytes);
}

/// Bits of the kN rows of `part` out of those of a block of 16.
HWY_INLINE std::uint32_t part_bits(std::uint32_t block_bits, std::size_t part) {
  return (block_bits >> (part * kN)) & ((1u << kN) - 1);
}

/// 2^x for x in [-126, 127], relative error below 1.5e-7. Outside the result is unspecified (mask it).
/// Minimax polynomial of degree 5 on [-1/2, 1/2] (relative error 7.5e-8), scaled through the exponent bits. All steps
/// but the polynomial are exact, so the two ways to do them agree.
HWY_INLINE V exp2_lanes(V x) {
#if HWY_TARGET == HWY_AVX3
  const V f{_mm512_reduce_ps(x.raw, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)};
#else
  const V magic = set(12582912.0f);  // 1.5 * 2^23: adding it rounds to an integer in the low mantissa bits
  const V shifted = hn::Add(x, magic);
  const V f = hn::Sub(x, hn::Sub(shifted, magic));
#endif
  V p = set(0.00132764714009f);
  p = hn::MulAdd(p, f, set(0.00967554129557f));
  p = hn::MulAdd(p, f, set(0.0555071327523f));
  p = hn::MulAdd(p, f, set(0.240221197251f));
  p = hn::MulAdd(p, f, set(0.693146967064f));
  p = hn::MulAdd(p, f, set(1.00000007165f));
#if HWY_TARGET == HWY_AVX3
  return V{_mm512_scalef_ps(p.raw, hn::Sub(x, f).raw)};
#else
  const DI di;
  return hn::BitCast(D(), hn::Add(hn::BitCast(di, p), hn::ShiftLeft<23>(hn::BitCast(di, shifted))));
#endif
}

/// e^x, x clamped to [-87, 88]; relative error below 2e-7. ln 2 is subtracted in two pieces (Cody & Waite 1980).
HWY_INLINE V exp_lanes(V x) {
  const DI di;
  x = hn::Min(hn::Max(x, set(-87.0f)), set(88.0f));
  const V magic = set(12582912.0f);
  const V shifted = hn::MulAdd(x, set(kLog2E), magic);
  const V n = hn::Sub(shifted, magic);
  V f = hn::NegMulAdd(n, set(0.693359375f), x);
  f = hn::Mul(hn::NegMulAdd(n, set(-2.12194440e-4f), f), set(kLog2E));
  V p = set(0.000153458172256f);  // minimax of degree 6 for 2^f on [-1/2, 1/2], relative error 1.9e-9
  p = hn::MulAdd(p, f, set(0.00133999311633f));
  p = hn::MulAdd(p, f, set(0.00961848893758f));
  p = hn::MulAdd(p, f, set(0.0555032877716f));
  p = hn::MulAdd(p, f, set(0.240226468908f));
  p = hn::MulAdd(p, f, set(0.693147205737f));
  p = hn::MulAdd(p, f, set(1.00000000055f));
  return hn::BitCast(D(), hn::Add(hn::BitCast(di, p), hn::ShiftLeft<23>(hn::BitCast(di, shifted))));
}

/// log2(x) for positive normal x; absolute error below 2e-7. With m in [sqrt(1/2), sqrt(2)) and s = (m - 1) / (m + 1):
/// ln m = 2 (s + s^3/3 + s^5/5 + ...), cut after s^9 (|s| < 0.172, rest below 1e-9).
HWY_INLINE V log2_lanes(V x) {
  const DI di;
  const auto bits = hn::BitCast(di, x);
  const auto kSqrtHalfBits = hn::Set(di, 0x3F3504F3);
  const auto e = hn::ShiftRight<23>(hn::Sub(bits, kSqrtHalfBits));
  const V m = hn::BitCast(D(), hn::Sub(bits, hn::ShiftLeft<23>(e)));
  const V s = hn::Div(hn::Sub(m, set(1.0f)), hn::Add(m, set(1.0f)));
  const V s2 = hn::Mul(s, s);
  V p = set(2.0f / 9.0f * kLog2E);
  p = hn::MulAdd(p, s2, set(2.0f / 7.0f * kLog2E));
  p = hn::MulAdd(p, s2, set(2.0f / 5.0f * kLog2E));
  p = hn::MulAdd(p, s2, set(2.0f / 3.0f * kLog2E));
  p = hn::MulAdd(p, s2, set(2.0f * kLog2E));
  return hn::MulAdd(p, s, hn::ConvertTo(D(), e));
}

/// Sums of 16 lanes each for up to 16 quantities. The tree is that of neighbours, ((0+1)+(2+3))+((4+5)+(6+7)) and so
/// on, for every vector width, so that all widths give the same bytes. Each step adds two quantities at once: half of
/// the lanes hold the one, half the other.
#if HWY_TARGET != HWY_SCALAR
HWY_INLINE V add_lanes(V a, V b) { return hn::Add(hn::OddEven(b, a), hn::Shuffle2301(hn::OddEven(a, b))); }
HWY_INLINE V add_pairs(V a, V b) {
  const hn::RepartitionToWide<D> wide;
  const auto x = hn::BitCast(wide, a), y = hn::BitCast(wide, b);
  return hn::Add(hn::BitCast(D(), hn::OddEven(y, x)), hn::Shuffle1032(hn::BitCast(D(), hn::OddEven(x, y))));
}
/// Four quantities in, [a b c d] in each block of 4 lanes out.
HWY_INLINE V add_four(const V* v) { return add_pairs(add_lanes(v[0], v[1]), add_lanes(v[2], v[3])); }
#endif

/// quantity[q * kParts + part] -> sums[q]; q < kCount, a multiple of 4. The other sums become 0.
template <int kCount>
HWY_INLINE void sum_lanes(const V* quantity, float* HWY_RESTRICT sums) {
  const D d;
#if HWY_TARGET == HWY_SCALAR
  for (int q = 0; q < kSlotSize; ++q) {
    float level[kLanes] = {};
    for (int l = 0; q < kCount && l < kLanes; ++l) level[l] = hn::GetLane(quantity[q * kLanes + l]);
    for (int width = kLanes / 2; width > 0; width /= 2)
      for (int l = 0; l < width; ++l) level[l] = level[2 * l] + level[2 * l + 1];
    sums[q] = level[0];
  }
  (void)d;
#elif HWY_MAX_BYTES == 64
  V four[4];
  for (int i = 0; i < 4; ++i) four[i] = 4 * i < kCount ? add_four(quantity + 4 * i) : hn::Zero(d);
  V eight[2];
  for (int i = 0; i < 2; ++i) {
    const V a = four[2 * i], b = four[2 * i + 1];
    eight[i] = hn::Add(hn::OddEvenBlocks(b, a), hn::SwapAdjacentBlocks(hn::OddEvenBlocks(a, b)));
  }
  hn::Store(hn::Add(hn::ConcatLowerLower(d, eight[1], eight[0]), hn::ConcatUpperUpper(d, eight[1], eight[0])), d, sums);
#else
  for (int q = 0; q < kSlotSize; q += static_cast<int>(kN)) {
    V part_sum[kParts];
    for (std::size_t part = 0; part < kParts; ++part) {
      V block[kN / 4];
      for (std::size_t i = 0; i < kN / 4; ++i) {
        V four[4];
        const int first = q + 4 * static_cast<int>(i);
        for (int c = 0; c < 4; ++c) four[c] = first < kCount ? quantity[(first + c) * kParts + part] : hn::Zero(d);
        block[i] = add_four(four);
      }
      if constexpr (kN == 8)
        part_sum[part] = hn::Add(hn::OddEvenBlocks(block[1], block[0]),
                                 hn::SwapAdjacentBlocks(hn::OddEvenBlocks(block[0], block[1])));
      else
        part_sum[part] = block[0];
    }
    for (std::size_t step = 1; step < kParts; step *= 2)
      for (std::size_t part = 0; part < kParts; part += 2 * step)
        part_sum[part] = hn::Add(part_sum[part], part_sum[part + step]);
    hn::Store(part_sum[0], d, sums + q);
  }
#endif
}

/// Transposes a 16 x 16 matrix, 4 x 4 at a time.
HWY_INLINE void transpose16(const float* HWY_RESTRICT in, float* HWY_RESTRICT out) {
#if HWY_TARGET == HWY_SCALAR
  for (std::size_t r = 0; r < 16; ++r)
    for (std::size_t c = 0; c < 16; ++c) out[16 * c + r] = in[16 * r + c];
#else
  const hn::FixedTag<float, 4> d;
  const hn::RepartitionToWide<decltype(d)> pairs;
  for (std::size_t r = 0; r < 16; r += 4)
    for (std::size_t c = 0; c < 16; c += 4) {
      const float* from = in + 16 * r + c;
      float* to = out + 16 * c + r;
      const auto a0 = hn::Load(d, from), a1 = hn::Load(d, from + 16), a2 = hn::Load(d, from + 32),
                 a3 = hn::Load(d, from + 48);
      const auto low01 = hn::BitCast(pairs, hn::InterleaveLower(d, a0, a1)),
                 low23 = hn::BitCast(pairs, hn::InterleaveLower(d, a2, a3)),
                 high01 = hn::BitCast(pairs, hn::InterleaveUpper(d, a0, a1)),
                 high23 = hn::BitCast(pairs, hn::InterleaveUpper(d, a2, a3));
      hn::Store(hn::BitCast(d, hn::InterleaveLower(pairs, low01, low23)), d, to);
      hn::Store(hn::BitCast(d, hn::InterleaveUpper(pairs, low01, low23)), d, to + 16);
      hn::Store(hn::BitCast(d, hn::InterleaveLower(pairs, high01, high23)), d, to + 32);
      hn::Store(hn::BitCast(d, hn::InterleaveUpper(pairs, high01, high23)), d, to + 48);
    }
#endif
}

}  // namespace tessera::render::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
