#include <gtest/gtest.h>

#include "reconstruct/evaluate/picture.h"

namespace tessera::reconstruct {
namespace {

TEST(ToRgba8, HasStraightAlpha) {
  render::Frame frame;
  frame.resize(3, 1, false);
  // Opaque orange, the same at half, and nothing.
  const float alpha[] = {1, 0.5f, 0}, orange[] = {1, 0.6f, 0.2f};
  for (int x = 0; x < 3; ++x) {
    frame.alpha.at(x, 0) = alpha[x];
    for (int c = 0; c < 3; ++c) frame.color[c].at(x, 0) = alpha[x] * orange[c];
  }
  const scene::Image8 image = to_rgba8(frame);
  ASSERT_EQ(image.channels, 4);
  const std::vector<std::uint8_t> expected{255, 153, 51, 255, 255, 153, 51, 128, 0, 0, 0, 0};
  EXPECT_EQ(image.pixels, expected);
}

}  // namespace
}  // namespace tessera::reconstruct
