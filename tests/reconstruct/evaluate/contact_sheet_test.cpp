#include "reconstruct/evaluate/contact_sheet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

namespace tessera::reconstruct {
namespace {

using testing::ElementsAre;

std::array<int, 3> pixel(const scene::Image8& image, int x, int y) {
  const std::uint8_t* p = image.at(x, y);
  return {p[0], p[1], p[2]};
}
int brightness(const scene::Image8& image, int x, int y) {
  const auto p = pixel(image, x, y);
  return p[0] + p[1] + p[2];
}

Truth black(int width, int height) {
  Truth truth;
  truth.width = width, truth.height = height;
  for (auto& plane : truth.color) plane.resize(width, height);
  truth.weight_sum = width * height;
  return truth;
}

scene::Image8 filled(int width, int height, std::array<std::uint8_t, 3> color) {
  scene::Image8 image{width, height, 3, {}};
  for (int i = 0; i < width * height; ++i) image.pixels.insert(image.pixels.end(), color.begin(), color.end());
  return image;
}

TEST(ToImage, ClampsAndRounds) {
  render::Plane color[3];
  for (auto& plane : color) plane.resize(2, 1);
  color[0].at(0, 0) = -1, color[1].at(0, 0) = 2, color[2].at(0, 0) = 0.5f;
  color[0].at(1, 0) = std::numeric_limits<float>::quiet_NaN(), color[1].at(1, 0) = 10.4f / 255,
                 color[2].at(1, 0) = 10.6f / 255;
  const auto image = to_image8(color);
  EXPECT_EQ(image.width, 2);
  EXPECT_EQ(image.height, 1);
  EXPECT_THAT(image.pixels, ElementsAre(0, 255, 128, 0, 10, 11));
}

TEST(ErrorMap, GrowsBrighterWithTheErrorAndShowsMaskedPixelsGrey) {
  Truth truth = black(200, 60);
  truth.weight.resize(200, 60);
  truth.weight.fill(1);
  truth.weight.at(4, 0) = 0;
  render::Plane picture[3];
  for (auto& plane : picture) plane.resize(200, 60), plane.fill(0);
  const float errors[] = {0, 0.05f, 0.125f, 0.25f, 1.0f, 0.8f};
  for (int x = 0; x < 6; ++x)
    for (auto& plane : picture) plane.at(x, 0) = errors[x];
  const auto map = error_map(picture, truth);
  EXPECT_EQ(map.width, 200);
  ASSERT_GT(map.height, 60);
  for (int x = 1; x < 4; ++x) EXPECT_GT(brightness(map, x, 0), brightness(map, x - 1, 0) + 30);
  EXPECT_LT(brightness(map, 0, 0), 12);
  EXPECT_EQ(pixel(map, 4, 0), (std::array{96, 96, 96}));
  EXPECT_EQ(pixel(map, 5, 0), pixel(map, 3, 0)) << "the scale ends at a quarter";
}

TEST(ErrorMap, TakesTheMeanOfTheChannels) {
  const Truth truth = black(3, 1);
  render::Plane picture[3];
  for (auto& plane : picture) plane.resize(3, 1), plane.fill(0);
  picture[1].at(0, 0) = 0.6f;
  for (auto& plane : picture) plane.at(1, 0) = 0.2f;
  const auto map = error_map(picture, truth);
  EXPECT_EQ(pixel(map, 0, 0), pixel(map, 1, 0));
  EXPECT_NE(pixel(map, 0, 0), pixel(map, 2, 0));
}

TEST(ErrorMap, CarriesItsScale) {
  for (const int width : {200, 40}) {  // with and without room for numbers
    const Truth truth = black(width, 10);
    const auto map = error_map(truth.color, truth);
    int darkest = 1000, brightest = 0;
    for (int x = 0; x < width; ++x) {
      darkest = std::min(darkest, brightness(map, x, 10 + (map.height - 10) / 2));
      brightest = std::max(brightest, brightness(map, x, 10 + (map.height - 10) / 2));
    }
    EXPECT_LT(darkest, 12);
    EXPECT_GT(brightest, 500);
  }
}

TEST(PictureName, FlattensFoldersAndNeverRepeats) {
  std::set<std::string> taken;
  EXPECT_EQ(picture_name("DJI_0018.JPG", "_error.png", taken), "DJI_0018_error.png");
  EXPECT_EQ(picture_name("a/b.jpg", "_error.png", taken), "a_b_error.png");
  EXPECT_EQ(picture_name("a_b.jpg", "_error.png", taken), "a_b-2_error.png");
  EXPECT_EQ(picture_name("a_b.png", "_error.png", taken), "a_b-3_error.png");
  EXPECT_EQ(picture_name("left.v2/one", "_error.png", taken), "left.v2_one_error.png");
}

TEST(PictureName, LeavesNothingThatLeadsOutOfTheFolder) {
  std::set<std::string> taken;
  EXPECT_EQ(picture_name("../../x.png", ".png", taken), "_._.._x.png");
  EXPECT_EQ(picture_name("a\\b:c\n.png", ".png", taken), "a_b_c_.png");
  EXPECT_EQ(picture_name("..", ".png", taken), "_.png");
  EXPECT_EQ(picture_name(".jpg", ".png", taken), "_-2.png");
  EXPECT_EQ(picture_name("", ".png", taken), "_-3.png");
  EXPECT_EQ(picture_name("...x/..y", ".png", taken), "_..x_..png");
}

TEST(PictureName, CutsLongNamesBetweenCharacters) {
  std::set<std::string> taken;
  std::string view;
  for (int i = 0; i < 150; ++i) view += "\xC3\xA4";  // 300 bytes
  EXPECT_EQ(picture_name("x" + view + ".jpg", ".png", taken), "x" + view.substr(0, 198) + ".png");
}

TEST(ChooseViews, TakesTheBestTheWorstAndAnEvenSpread) {
  std::vector<double> psnr(100, 20.0);
  psnr[3] = 10, psnr[97] = 30;
  const auto chosen = choose_views(psnr, 6);
  ASSERT_EQ(chosen.size(), 6u);
  EXPECT_THAT(chosen, testing::IsSupersetOf({3u, 97u}));
  EXPECT_THAT(chosen, ElementsAre(3, 8, 25, 41, 58, 97));
}

TEST(ChooseViews, NeverTakesMoreThanThereAre) {
  const std::vector<double> psnr{3, 1, 2};
  EXPECT_THAT(choose_views(psnr, 8), ElementsAre(0, 1, 2));
  EXPECT_THAT(choose_views(psnr, 2), ElementsAre(0, 1));
  EXPECT_THAT(choose_views(psnr, 1), ElementsAre(1)) << "the worst first";
  EXPECT_THAT(choose_views(psnr, 0), ElementsAre());
  EXPECT_THAT(choose_views(psnr, -3), ElementsAre());
  EXPECT_THAT(choose_views({}, 8), ElementsAre());
  const std::vector<double> equal(5, 7.0);
  EXPECT_EQ(choose_views(equal, 4).size(), 4u);
}

TEST(ContactSheet, ShowsRenderPhotoAndErrorSideBySideWithTheirName) {
  ContactSheet sheet;
  EXPECT_TRUE(sheet.empty());
  EXPECT_EQ(sheet.image().width, 0);
  sheet.add("one", 21.5, filled(120, 80, {200, 0, 0}), filled(120, 80, {0, 200, 0}), filled(120, 102, {0, 0, 200}));
  const auto one = sheet.image();
  sheet.add("two", 17.25, filled(960, 640, {200, 0, 0}), filled(960, 640, {0, 200, 0}), filled(960, 662, {0, 0, 200}));
  EXPECT_FALSE(sheet.empty());
  const auto both = sheet.image();
  EXPECT_GE(one.width, 3 * 120);
  EXPECT_GE(both.width, 3 * 480);
  EXPECT_LT(both.width, 3 * 960) << "large pictures are reduced";
  EXPECT_GT(both.height, one.height + 320);
  // Red, green and blue from left to right in the first row.
  const auto find = [&](int channel) {
    for (int x = 0; x < one.width; ++x)
      if (pixel(one, x, one.height / 2)[static_cast<std::size_t>(channel)] == 200) return x;
    return -1;
  };
  EXPECT_GE(find(0), 0);
  EXPECT_GT(find(1), find(0) + 119);
  EXPECT_GT(find(2), find(1) + 119);
  int ink = 0;  // the text
  for (int y = 26; y < 52; ++y)
    for (int x = 0; x < one.width; ++x) ink += brightness(one, x, y) > 600;
  EXPECT_GT(ink, 30);
}

TEST(ContactSheet, NamesAndScoresMakeADifference) {
  const auto sheet_of = [](const std::string& name, double psnr) {
    ContactSheet sheet;
    sheet.add(name, psnr, filled(60, 40, {9, 9, 9}), filled(60, 40, {9, 9, 9}), filled(60, 40, {9, 9, 9}));
    return sheet.image().pixels;
  };
  EXPECT_NE(sheet_of("DJI_0018.JPG", 20), sheet_of("DJI_0026.JPG", 20));
  EXPECT_NE(sheet_of("DJI_0018.JPG", 20), sheet_of("DJI_0018.JPG", 21));
}

}  // namespace
}  // namespace tessera::reconstruct
