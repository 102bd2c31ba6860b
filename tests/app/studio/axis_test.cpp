#include "app/studio/axis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace tessera::app {
namespace {
using testing::DoubleNear;
using testing::ElementsAre;
using testing::Pointwise;

MATCHER(IsNear, "") { return std::abs(std::get<0>(arg) - std::get<1>(arg)) < 1e-9; }

TEST(RoundTicks, AreOneTwoOrFiveTimesAPowerOfTen) {
  EXPECT_THAT(round_ticks(0, 7000, 4), Pointwise(IsNear(), {0.0, 2000.0, 4000.0, 6000.0}));
  EXPECT_THAT(round_ticks(0.031, 0.098, 4), Pointwise(IsNear(), {0.04, 0.06, 0.08}));
  EXPECT_THAT(round_ticks(0, 1, 1), Pointwise(IsNear(), {0.0, 1.0}));
  EXPECT_THAT(round_ticks(-3, 3, 3), Pointwise(IsNear(), {-2.0, 0.0, 2.0}));
}

TEST(RoundTicks, LieInsideAndAreFewWhateverTheRange) {
  for (const double low : {-5e8, -1.0, 0.0, 1e-7, 3.3, 1e9})
    for (const double spread : {1e-6, 0.7, 13.0, 4e5, 1e10})
      for (const int most : {1, 3, 8}) {
        const auto ticks = round_ticks(low, low + spread, most);
        EXPECT_LE(ticks.size(), static_cast<std::size_t>(most) + 1);
        for (const double t : ticks) {
          EXPECT_GE(t, low - 1e-6 * spread);
          EXPECT_LE(t, low + spread * (1 + 1e-6));
        }
      }
}

TEST(DecadeTicks, ArePowersOfTenWithMoreBetweenWhereThereIsRoom) {
  EXPECT_THAT(decade_ticks(0.01, 100, 4), Pointwise(IsNear(), {0.01, 0.1, 1.0, 10.0, 100.0}));
  EXPECT_THAT(decade_ticks(1, 10, 6), Pointwise(IsNear(), {1.0, 2.0, 5.0, 10.0}));
  EXPECT_LE(decade_ticks(1e-9, 1e9, 3).size(), 5u);
}

TEST(TickText, IsShort) {
  EXPECT_EQ(tick_text(0, 500), "0");
  EXPECT_EQ(tick_text(1500, 500), "1500");
  EXPECT_EQ(tick_text(20000, 5000), "20k");
  EXPECT_EQ(tick_text(12500, 500), "12.5k");
  EXPECT_EQ(tick_text(1.5e6, 5e5), "1.5M");
  EXPECT_EQ(tick_text(0.04, 0.02), "0.04");
  EXPECT_EQ(tick_text(-2, 1), "-2");
}

}  // namespace
}  // namespace tessera::app
