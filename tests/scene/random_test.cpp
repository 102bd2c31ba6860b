#include "scene/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace tessera::scene {
namespace {

// Known answers of Random123 (Salmon et al. 2011): philox4x32-10.
TEST(Philox, GivesTheKnownAnswers) {
  EXPECT_EQ(philox(0, 0, 0, 0), (std::array<std::uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox(~0ull, ~0u, ~0u, ~0ull),
            (std::array<std::uint32_t, 4>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  // Counter 243f6a88 85a308d3 13198a2e 03707344, key a4093822 299f31d0: the words of (b, a, stream) and of the seed.
  EXPECT_EQ(philox(0x299f31d0'a4093822ull, 0x03707344u, 0x13198a2eu, 0x85a308d3'243f6a88ull),
            (std::array<std::uint32_t, 4>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, EveryArgumentMatters) {
  const std::set<std::array<std::uint32_t, 4>> draws{philox(1, 2, 3, 4),
                                                     philox(9, 2, 3, 4),
                                                     philox(1, 9, 3, 4),
                                                     philox(1, 2, 9, 4),
                                                     philox(1, 2, 3, 9),
                                                     philox(1 + (1ull << 32), 2, 3, 4),
                                                     philox(1, 2, 3, 4 + (1ull << 32))};
  EXPECT_EQ(draws.size(), 7u);
}

TEST(Uniform, CoversItsIntervalAndNoMore) {
  EXPECT_EQ(uniform01(0), 0.0f);
  EXPECT_EQ(uniform01(~0u), 1.0f - 0x1p-24f);
  EXPECT_EQ(uniform01(0x80000000u), 0.5f);
  EXPECT_GT(uniform_open(0), 0);
  EXPECT_EQ(uniform_open(0), 0x1p-32);
  EXPECT_EQ(uniform_open(~0u), 1.0);
  double sum = 0, squares = 0;
  constexpr int kDraws = 100'000;
  for (int i = 0; i < kDraws; ++i) {
    const double u =
        uniform01(philox(5, static_cast<std::uint32_t>(RandomStream::kTest), 0, static_cast<std::uint64_t>(i))[2]);
    sum += u, squares += u * u;
  }
  // Standard errors 0.0009 and 0.0009: four of each.
  EXPECT_NEAR(sum / kDraws, 1.0 / 2, 0.004);
  EXPECT_NEAR(squares / kDraws, 1.0 / 3, 0.004);
}

TEST(NormalPair, HasMeanZeroVarianceOneAndNoCorrelation) {
  double sum[2] = {}, squares[2] = {}, product = 0, fourth = 0;
  constexpr int kDraws = 100'000;
  for (int i = 0; i < kDraws; ++i) {
    const auto bits = philox(6, static_cast<std::uint32_t>(RandomStream::kTest), 1, static_cast<std::uint64_t>(i));
    const auto n = normal_pair(bits[0], bits[1]);
    for (std::size_t k = 0; k < 2; ++k) sum[k] += n[k], squares[k] += n[k] * n[k];
    product += n[0] * n[1];
    fourth += n[0] * n[0] * n[0] * n[0];
  }
  // Standard errors: 0.0032 for the means and the correlation, 0.0045 for the variances, 0.031 for the fourth moment
  // (3).
  for (int k = 0; k < 2; ++k) {
    EXPECT_NEAR(sum[k] / kDraws, 0, 0.013);
    EXPECT_NEAR(squares[k] / kDraws, 1, 0.018);
  }
  EXPECT_NEAR(product / kDraws, 0, 0.013);
  EXPECT_NEAR(fourth / kDraws, 3, 0.125);
  // By hand: a = ~0 gives r = 0; a = 0 gives r = sqrt(64 ln 2).
  EXPECT_EQ(normal_pair(~0u, 0)[0], 0);
  EXPECT_NEAR(normal_pair(0, 0x3FFFFFFFu)[1], std::sqrt(64 * std::log(2.0)), 1e-12);
}

TEST(RandomStream, UsesDoNotShareNumbers) {
  std::set<std::uint32_t> streams;
  for (const auto stream :
       {RandomStream::kInitialise, RandomStream::kViewOrder, RandomStream::kBackground, RandomStream::kSplit,
        RandomStream::kRelocate, RandomStream::kNoise, RandomStream::kSynth, RandomStream::kTest})
    streams.insert(static_cast<std::uint32_t>(stream));
  EXPECT_EQ(streams.size(), 8u);
}

}  // namespace
}  // namespace tessera::scene
