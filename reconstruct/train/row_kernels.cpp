#include "reconstruct/train/row_kernels.h"

#include <cstddef>

// Arrays of vectors need a size known to the compiler.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "reconstruct/train/row_kernels.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace tessera::reconstruct {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::CappedTag<float, 16>;
using V = hn::Vec<Floats>;
constexpr int kLanes = static_cast<int>(hn::MaxLanes(Floats()));
constexpr int kGroup = 16;  // columns of one summation group, whatever the vector width

void bytes_to_planes_impl(const std::uint8_t* HWY_RESTRICT rgb, int width, float* const out[3]) {
  const Floats d;
  const hn::Rebind<std::uint8_t, Floats> d8;
  const hn::Rebind<std::int32_t, Floats> d32;
  const V scale = hn::Set(d, 255.0f);
  int x = 0;
  for (; x + kLanes <= width; x += kLanes) {
    hn::Vec<decltype(d8)> r, g, b;
    hn::LoadInterleaved3(d8, rgb + 3 * x, r, g, b);
    hn::StoreU(hn::Div(hn::ConvertTo(d, hn::PromoteTo(d32, r)), scale), d, out[0] + x);
    hn::StoreU(hn::Div(hn::ConvertTo(d, hn::PromoteTo(d32, g)), scale), d, out[1] + x);
    hn::StoreU(hn::Div(hn::ConvertTo(d, hn::PromoteTo(d32, b)), scale), d, out[2] + x);
  }
  for (; x < width; ++x)
    for (int c = 0; c < 3; ++c) out[c][x] = static_cast<float>(rgb[3 * x + c]) / 255.0f;
}

void affine_row_impl(const float m[12], const float* const in[3], float* const out[3], int stride) {
  const Floats d;
  V k[12];
  for (int i = 0; i < 12; ++i) k[i] = hn::Set(d, m[i]);
  for (int x = 0; x < stride; x += kLanes) {
    const V r = hn::LoadU(d, in[0] + x), g = hn::LoadU(d, in[1] + x), b = hn::LoadU(d, in[2] + x);
    for (int c = 0; c < 3; ++c)
      hn::StoreU(hn::MulAdd(k[4 * c], r, hn::MulAdd(k[4 * c + 1], g, hn::MulAdd(k[4 * c + 2], b, k[4 * c + 3]))), d,
                 out[c] + x);
  }
}

void affine_backward_row_impl(const float m[12], const float* const in[3], const float* const d_out[3],
                              float* const d_in[3], int width, int stride, double sums[12]) {
  const Floats d;
  V k[9];
  for (int r = 0; r < 3; ++r)
    for (int c = 0; c < 3; ++c) k[3 * r + c] = hn::Set(d, m[4 * r + c]);
  for (int j = 0; j < kGroup; j += kLanes) {
    V sum[12];
    for (V& s : sum) s = hn::Zero(d);
    for (int x = j; x < stride; x += kGroup) {
      const V i[3] = {hn::LoadU(d, in[0] + x), hn::LoadU(d, in[1] + x), hn::LoadU(d, in[2] + x)};
      V o[3] = {hn::LoadU(d, d_out[0] + x), hn::LoadU(d, d_out[1] + x), hn::LoadU(d, d_out[2] + x)};
      if (x + kLanes > width) {
        const auto inside = hn::FirstN(d, static_cast<std::size_t>(width > x ? width - x : 0));
        for (V& v : o) v = hn::IfThenElseZero(inside, v);
      }
      for (int c = 0; c < 3; ++c)
        hn::StoreU(hn::MulAdd(k[c], o[0], hn::MulAdd(k[3 + c], o[1], hn::Mul(k[6 + c], o[2]))), d, d_in[c] + x);
      for (int r = 0; r < 3; ++r) {
        for (int c = 0; c < 3; ++c) sum[4 * r + c] = hn::MulAdd(o[r], i[c], sum[4 * r + c]);
        sum[4 * r + 3] = hn::Add(sum[4 * r + 3], o[r]);
      }
    }
    HWY_ALIGN float lanes[kGroup];
    for (int s = 0; s < 12; ++s) {
      hn::Store(sum[s], d, lanes);
      for (int l = 0; l < kLanes; ++l) sums[s] += lanes[l];
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace tessera::reconstruct
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::reconstruct {
HWY_EXPORT(bytes_to_planes_impl);
HWY_EXPORT(affine_row_impl);
HWY_EXPORT(affine_backward_row_impl);

void bytes_to_planes(const std::uint8_t* rgb, int width, float* const out[3]) {
  HWY_DYNAMIC_DISPATCH(bytes_to_planes_impl)(rgb, width, out);
}

void affine_row(const float m[12], const float* const in[3], float* const out[3], int stride) {
  HWY_DYNAMIC_DISPATCH(affine_row_impl)(m, in, out, stride);
}

void affine_backward_row(const float m[12], const float* const in[3], const float* const d_out[3], float* const d_in[3],
                         int width, int stride, double sums[12]) {
  HWY_DYNAMIC_DISPATCH(affine_backward_row_impl)(m, in, d_out, d_in, width, stride, sums);
}
}  // namespace tessera::reconstruct
#endif
