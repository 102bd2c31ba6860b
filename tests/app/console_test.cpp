#include "app/cli/console.h"

#include <gtest/gtest.h>

namespace tessera::app {
namespace {

TEST(ClockText, ReadsLikeAClock) {
  EXPECT_EQ(clock_text(9.4), "0:09");
  EXPECT_EQ(clock_text(245), "4:05");
  EXPECT_EQ(clock_text(5025), "1:23:45");
  EXPECT_EQ(clock_text(-3), "0:00");
}

TEST(BytesText, UsesDecimalUnits) {
  EXPECT_EQ(bytes_text(999), "999 B");
  EXPECT_EQ(bytes_text(1.25e6), "1.2 MB");
  EXPECT_EQ(bytes_text(24e9), "24.0 GB");
}

TEST(CountText, GroupsByThousands) {
  EXPECT_EQ(count_text(7), "7");
  EXPECT_EQ(count_text(999), "999");
  EXPECT_EQ(count_text(1234567), "1,234,567");
}

TEST(OneLine, ShowsNoControlCharacters) {
  EXPECT_EQ(one_line("a\nb\r\x1b[2J\x7f.jpg"), "a?b??[2J?.jpg");
  EXPECT_EQ(one_line("写真 \xff.jpg"), "写真 \xff.jpg");
}

TEST(Console, ANameWithLineFeedsIsStillOneLine) {
  testing::internal::CaptureStderr();
  Console().warning("a\nb.jpg: is empty");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "warning: a?b.jpg: is empty\n");
}

TEST(Console, PrintsPlainLinesWhereThereIsNoTerminal) {
  testing::internal::CaptureStderr();
  {
    Console console;
    console.progress({"matching", 5, 10, 65, "pair 3"});
    console.progress({"matching", 6, 10, 60, "pair 4"});  // too soon after the one before
    console.progress({"mapping", 0, 0, -1, ""});
    console.warning("a.jpg: is empty");
  }
  const std::string text = testing::internal::GetCapturedStderr();
  EXPECT_EQ(text, "matching  50 %, 1:05 left, pair 3\nmapping\nwarning: a.jpg: is empty\n");
}

}  // namespace
}  // namespace tessera::app
