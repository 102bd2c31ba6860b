#include "bench/peaks.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <vector>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "bench/peaks.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace tessera::bench::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Multiply-adds done: `rounds` x 12 chains, more than latency x ports of any core, and few enough for the registers.
double FmaLoop(std::size_t rounds, float* sink) {
  const hn::ScalableTag<float> d;
  const auto factor = hn::Set(d, 0.999999f), term = hn::Set(d, 1e-6f);
  auto a = hn::Set(d, 0.1f), b = hn::Set(d, 0.2f), c = hn::Set(d, 0.3f), e = hn::Set(d, 0.4f), f = hn::Set(d, 0.5f),
       g = hn::Set(d, 0.6f), h = hn::Set(d, 0.7f), i = hn::Set(d, 0.8f), j = hn::Set(d, 0.9f), k = hn::Set(d, 1.0f),
       l = hn::Set(d, 1.1f), m = hn::Set(d, 1.2f);
  for (std::size_t r = 0; r < rounds; ++r) {
    a = hn::MulAdd(a, factor, term), b = hn::MulAdd(b, factor, term), c = hn::MulAdd(c, factor, term);
    e = hn::MulAdd(e, factor, term), f = hn::MulAdd(f, factor, term), g = hn::MulAdd(g, factor, term);
    h = hn::MulAdd(h, factor, term), i = hn::MulAdd(i, factor, term), j = hn::MulAdd(j, factor, term);
    k = hn::MulAdd(k, factor, term), l = hn::MulAdd(l, factor, term), m = hn::MulAdd(m, factor, term);
  }
  const auto sum = hn::Add(hn::Add(hn::Add(a, b), hn::Add(c, e)),
                           hn::Add(hn::Add(hn::Add(f, g), hn::Add(h, i)), hn::Add(hn::Add(j, k), hn::Add(l, m))));
  *sink = hn::GetLane(sum);
  return 12.0 * static_cast<double>(rounds) * static_cast<double>(hn::Lanes(d));
}

}  // namespace tessera::bench::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::bench {
HWY_EXPORT(FmaLoop);

namespace {

constexpr int kRepeats = 9;  // the median of nine forgives four disturbances

template <class Work>
double median_rate(Work&& work) {
  std::vector<double> rates;
  for (int r = 0; r < kRepeats; ++r) {
    const auto start = std::chrono::steady_clock::now();
    const double amount = work();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    rates.push_back(amount / seconds.count());
  }
  std::nth_element(rates.begin(), rates.begin() + kRepeats / 2, rates.end());
  return rates[kRepeats / 2];
}

}  // namespace

double multiply_add(std::size_t rounds) {
  float sink = 0;
  const double done = HWY_DYNAMIC_DISPATCH(FmaLoop)(rounds, &sink);
  [[maybe_unused]] const volatile float kept = sink;
  return 2 * done;
}

Peaks measure_peaks() {
  Peaks peaks;
  volatile float kept = 0;
  constexpr std::size_t kRounds = 2'000'000;
  peaks.fma_gflops = 1e-9 * median_rate([] { return multiply_add(kRounds); });
  constexpr std::size_t kBytes = std::size_t{128} << 20;
  const std::vector<char> from(kBytes, 1);
  std::vector<char> to(kBytes, 2);
  peaks.copy_gb_s = 1e-9 * median_rate([&] {
                      std::memcpy(to.data(), from.data(), kBytes);
                      kept = kept + static_cast<float>(to[kBytes / 2]);
                      return 2.0 * kBytes;
                    });
  return peaks;
}

}  // namespace tessera::bench
#endif
