#include <gtest/gtest.h>

#include "reconstruct/train/loss.h"

namespace tessera::reconstruct {
namespace {

scene::Picture make_picture(int width, int height) {
  scene::Picture p;
  p.width = width, p.height = height;
  for (int i = 0; i < 3 * width * height; ++i) p.rgb.push_back(static_cast<std::uint8_t>(i * 37 % 256));
  return p;
}

constexpr float kBlack[3] = {0, 0, 0};

TEST(Truth, HoldsEveryByteAsAFractionOf255) {
  const scene::Picture p = make_picture(53, 31);  // all 256 values, a ragged right edge
  Truth truth;
  truth.assign(p, kBlack);
  EXPECT_EQ(truth.width, 53);
  EXPECT_EQ(truth.height, 31);
  EXPECT_EQ(truth.weight.width, 0);
  EXPECT_EQ(truth.weight_sum, 53 * 31);
  for (int y = 0; y < 31; ++y)
    for (int x = 0; x < 53; ++x)
      for (int c = 0; c < 3; ++c) {
        const int byte = p.rgb[static_cast<std::size_t>(3 * (y * 53 + x) + c)];
        ASSERT_EQ(truth.color[c].at(x, y), static_cast<float>(byte) / 255.0f);
      }
}

TEST(Truth, LaysTransparentPixelsOverTheBackground) {
  scene::Picture p = make_picture(20, 5);
  for (int i = 0; i < 100; ++i) p.alpha.push_back(static_cast<std::uint8_t>(i == 0 ? 0 : i == 1 ? 255 : i * 2));
  const float background[3] = {1.0f, 0.5f, 0.25f};
  Truth truth;
  truth.assign(p, background);
  EXPECT_EQ(truth.color[1].at(0, 0), 0.5f);
  EXPECT_NEAR(truth.color[1].at(1, 0), p.rgb[4] / 255.0, 6e-8);
  for (int y = 0; y < 5; ++y)
    for (int x = 0; x < 20; ++x)
      for (int c = 0; c < 3; ++c) {
        const std::size_t i = static_cast<std::size_t>(y * 20 + x);
        const double a = p.alpha[i] / 255.0, color = p.rgb[3 * i + static_cast<std::size_t>(c)] / 255.0;
        ASSERT_NEAR(truth.color[c].at(x, y), color * a + background[c] * (1 - a), 2e-7);
      }
}

TEST(Truth, CountsThePixelsThatTheMaskLeaves) {
  scene::Picture p = make_picture(17, 9);
  for (int i = 0; i < 17 * 9; ++i) p.mask.push_back(static_cast<std::uint8_t>(i % 5 == 0 ? 0 : i % 255 + 1));
  Truth truth;
  truth.assign(p, kBlack);
  double counted = 0;
  for (int y = 0; y < 9; ++y)
    for (int x = 0; x < 17; ++x) {
      ASSERT_EQ(truth.weight.at(x, y), (y * 17 + x) % 5 == 0 ? 0.0f : 1.0f);
      counted += truth.weight.at(x, y);
    }
  EXPECT_EQ(truth.weight_sum, counted);
}

TEST(Truth, AMaskThatHidesNothingIsNoMask) {
  scene::Picture p = make_picture(8, 8);
  Truth truth;
  p.mask.assign(64, 0);
  truth.assign(p, kBlack);
  EXPECT_EQ(truth.weight_sum, 0);
  EXPECT_EQ(truth.weight.width, 8);
  p.mask.assign(64, 255);
  truth.assign(p, kBlack);
  EXPECT_EQ(truth.weight.width, 0);
  EXPECT_EQ(truth.weight_sum, 64);
}

TEST(Truth, TakesTheSizeOfEachPictureInTurn) {
  Truth truth;
  truth.assign(make_picture(40, 30), kBlack);
  truth.assign(make_picture(7, 3), kBlack);
  EXPECT_EQ(truth.color[0].width, 7);
  EXPECT_EQ(truth.color[2].height, 3);
  EXPECT_EQ(truth.weight_sum, 21);
}

TEST(Truth, RefusesArraysThatDoNotFitTheSize) {
  Truth truth;
  scene::Picture p = make_picture(4, 4);
  p.mask.assign(15, 1);
  EXPECT_THROW(truth.assign(p, kBlack), std::invalid_argument);
  p.mask.clear();
  p.alpha.assign(17, 1);
  EXPECT_THROW(truth.assign(p, kBlack), std::invalid_argument);
  p.alpha.clear();
  p.rgb.pop_back();
  EXPECT_THROW(truth.assign(p, kBlack), std::invalid_argument);
}

}  // namespace
}  // namespace tessera::reconstruct
