#include "reconstruct/train/adam_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "reconstruct/train/adam_kernels.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace tessera::reconstruct {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

template <class D>
HWY_INLINE void update(D d, const AdamPlane& p, const AdamGroups& groups, std::size_t i) {
  const auto one = hn::Set(d, 1.0f);
  const auto decay1 = hn::LoadU(d, groups.decay1 + i), decay2 = hn::LoadU(d, groups.decay2 + i);
  const auto seen = hn::Lt(decay1, one);
  const auto g = hn::IfThenElseZero(seen, hn::LoadU(d, p.gradient + i));  // stale where the row was not seen
  const auto m = hn::Add(hn::Mul(decay1, hn::LoadU(d, p.first + i)), hn::Mul(hn::Set(d, kOneMinusBeta1), g));
  const auto v =
      hn::Add(hn::Mul(decay2, hn::LoadU(d, p.second + i)), hn::Mul(hn::Set(d, kOneMinusBeta2), hn::Mul(g, g)));
  const auto root = hn::Add(hn::Mul(hn::Sqrt(v), hn::Set(d, p.inverse_bias2)), hn::Set(d, kAdamEpsilon));
  const auto move = hn::IfThenElseZero(seen, hn::Div(hn::Mul(hn::Set(d, p.rate), m), root));
  hn::StoreU(m, d, p.first + i);
  hn::StoreU(v, d, p.second + i);
  hn::StoreU(hn::Sub(hn::LoadU(d, p.value + i), move), d, p.value + i);
}

void adam_plane_impl(const AdamPlane& p, const AdamGroups& groups) {
  const hn::ScalableTag<float> d;
  const hn::CappedTag<float, 1> scalar;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t n = 0; n < groups.count; ++n) {
    std::size_t i = groups.groups[n] * kAdamGroup;
    const std::size_t end = i + kAdamGroup < p.rows ? i + kAdamGroup : p.rows;
    for (; i + lanes <= end; i += lanes) update(d, p, groups, i);
    for (; i < end; ++i) update(scalar, p, groups, i);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace tessera::reconstruct
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::reconstruct {
HWY_EXPORT(adam_plane_impl);
void adam_plane(const AdamPlane& plane, const AdamGroups& groups) {
  HWY_DYNAMIC_DISPATCH(adam_plane_impl)(plane, groups);
}
}  // namespace tessera::reconstruct
#endif
