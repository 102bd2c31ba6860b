#include "reconstruct/train/seed_sample.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "scene/random.h"

namespace tessera::reconstruct {
namespace {

void sample(std::vector<SeedPoint>& seeds, std::size_t limit, int seed) {
  if (seeds.size() <= limit) return;
  std::vector<std::pair<std::uint64_t, std::size_t>> keyed(seeds.size());
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    const auto d = scene::philox(static_cast<std::uint64_t>(seed),
                                 static_cast<std::uint32_t>(scene::RandomStream::kInitialise), 0, i);
    keyed[i] = {static_cast<std::uint64_t>(d[0]) << 32 | d[1], i};
  }
  std::nth_element(keyed.begin(), keyed.begin() + static_cast<std::ptrdiff_t>(limit), keyed.end());
  keyed.resize(limit);
  std::sort(keyed.begin(), keyed.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  for (std::size_t k = 0; k < limit; ++k) seeds[k] = seeds[keyed[k].second];  // never before its source
  seeds.resize(limit);
}

}  // namespace

void limit_seeds(std::vector<SeedPoint>& seeds, std::size_t limit, int seed) {
  if (seeds.size() <= limit) return;
  const auto guessed = std::stable_partition(seeds.begin(), seeds.end(), [](const SeedPoint& s) { return s.measured; });
  std::vector<SeedPoint> stereo(guessed, seeds.end());
  seeds.erase(guessed, seeds.end());
  const auto share = static_cast<std::size_t>(kStereoShare * static_cast<double>(limit));
  sample(seeds, limit - std::min(share, stereo.size()), seed);
  sample(stereo, limit - seeds.size(), seed);
  seeds.insert(seeds.end(), stereo.begin(), stereo.end());
}

}  // namespace tessera::reconstruct
