#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <thread>

#include <glm/geometric.hpp>

#include "scene/atomic_file.h"
#include "scene/error.h"
#include "scene/image.h"
#include "scene/image_cache.h"
#include "scene/undistort.h"
#include "tests/support/test_data.h"

namespace tessera::scene {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;
using Bytes = std::vector<std::uint8_t>;

class PictureTest : public testing::Test {
 protected:
  /// A view of `image`, written as PNG, whose camera is a pinhole of that size.
  View view_of(const Image8& image, const std::string& name = "photo.png") {
    View view;
    view.name = name, view.image_path = folder_.path() / name;
    write_image(view.image_path, image);
    view.sensor = {CameraModel::pinhole, image.width, image.height, {50, 50, image.width / 2.0, image.height / 2.0}};
    view.camera.intrinsics = view.sensor.pinhole();
    return view;
  }
  void add_mask(View& view, const Image8& mask) {
    view.mask_path = folder_.path() / "mask.png";
    write_image(view.mask_path, mask);
  }
  test::TemporaryFolder folder_;
};
using Levels = PictureTest;
using Masks = PictureTest;
using Undistortion = PictureTest;

Image8 grey_as_rgb(int width, int height, const Bytes& values) {
  Image8 image{width, height, 3, {}};
  for (const std::uint8_t v : values) image.pixels.insert(image.pixels.end(), {v, v, v});
  return image;
}

TEST(LevelSize, HalvesAndRoundsUp) {
  EXPECT_EQ(level_size(640, 0), 640);
  EXPECT_EQ(level_size(640, 1), 320);
  EXPECT_EQ(level_size(641, 1), 321);
  EXPECT_EQ(level_size(641, 2), 161);
  EXPECT_EQ(level_size(1, 5), 1);
}

TEST(LevelCamera, SeesTheSamePointAtTheSamePlaceOfThePicture) {
  const Pinhole full{641, 363, 500, 510, 300, 200};
  EXPECT_EQ(level_camera(full, 0).fx, full.fx);
  for (int level = 1; level < 4; ++level) {
    const Pinhole p = level_camera(full, level);
    EXPECT_EQ(p.width, level_size(641, level));
    EXPECT_EQ(p.height, level_size(363, level));
    const double u = 0.3, v = -0.2;
    EXPECT_NEAR((p.fx * u + p.cx) / p.width, (full.fx * u + full.cx) / full.width, 1e-14);
    EXPECT_NEAR((p.fy * v + p.cy) / p.height, (full.fy * v + full.cy) / full.height, 1e-14);
  }
}

TEST_F(Levels, AreMeansOverAreas) {
  const View view = view_of(grey_as_rgb(4, 2, {10, 20, 100, 200, 30, 40, 100, 200}));
  const Picture full = load_picture(view, 0), half = load_picture(view, 1), quarter = load_picture(view, 2);
  EXPECT_EQ(full.width, 4);
  EXPECT_EQ(full.height, 2);
  EXPECT_EQ(full.rgb.size(), 24u);
  EXPECT_EQ(half.rgb, (Bytes{25, 25, 25, 150, 150, 150}));
  EXPECT_EQ(quarter.width, 1);
  EXPECT_EQ(quarter.height, 1);
  EXPECT_NEAR(quarter.rgb[0], 87.5, 0.5);
  EXPECT_TRUE(full.alpha.empty() && full.mask.empty());
  EXPECT_EQ(half.bytes(), 6u);
}

TEST_F(Levels, OddSidesAreRoundedUpAndNothingIsCutOff) {
  const View view = view_of(grey_as_rgb(3, 1, {0, 90, 240}));
  const Picture half = load_picture(view, 1);
  EXPECT_EQ(half.width, 2);
  EXPECT_EQ(half.height, 1);
  EXPECT_EQ(half.rgb[0], 30);   // (0 + 90 / 2) / 1.5
  EXPECT_EQ(half.rgb[3], 190);  // (90 / 2 + 240) / 1.5
}

TEST_F(Levels, TransparentColourDoesNotBleed) {
  // Red and opaque beside green and transparent: half of a red pixel, not a brown one.
  Image8 image{4, 2, 4, {}};
  for (int y = 0; y < 2; ++y)
    for (int x = 0; x < 4; ++x) {
      const bool red = x == 0 || x == 2;
      const Bytes pixel = red ? Bytes{200, 0, 0, static_cast<std::uint8_t>(x == 0 ? 255 : 100)} : Bytes{0, 200, 0, 0};
      image.pixels.insert(image.pixels.end(), pixel.begin(), pixel.end());
    }
  const View view = view_of(image);
  const Picture full = load_picture(view, 0), half = load_picture(view, 1);
  EXPECT_EQ(full.alpha, (Bytes{255, 0, 100, 0, 255, 0, 100, 0}));
  EXPECT_EQ(full.rgb[4], 200);  // green stays green behind its transparency
  EXPECT_EQ(half.rgb, (Bytes{200, 0, 0, 200, 0, 0}));
  EXPECT_NEAR(half.alpha[0], 127.5, 0.5);
  EXPECT_EQ(half.alpha[1], 50);
  EXPECT_TRUE(half.mask.empty());
  EXPECT_EQ(full.bytes(), 8u * 4u);
}

TEST_F(Levels, WhereAllIsTransparentThePlainMeanStays) {
  Image8 image{2, 2, 4, Bytes(16, 0)};
  for (int i = 0; i < 4; ++i) image.pixels[static_cast<std::size_t>(4 * i)] = static_cast<std::uint8_t>(40 * i);
  const Picture half = load_picture(view_of(image), 1);
  EXPECT_EQ(half.alpha, Bytes{0});
  EXPECT_EQ(half.rgb[0], 60);
}

TEST_F(Levels, AnAlphaChannelThatIsOpaqueThroughoutIsNone) {
  Image8 image{2, 2, 4, Bytes(16, 255)};
  EXPECT_TRUE(load_picture(view_of(image)).alpha.empty());
  image.pixels[7] = 254;
  EXPECT_EQ(load_picture(view_of(image)).alpha, (Bytes{255, 254, 255, 255}));
}

TEST_F(Masks, ZeroDoesNotCountAnythingElseDoes) {
  View view = view_of(grey_as_rgb(4, 1, {10, 20, 30, 40}));
  add_mask(view, {4, 1, 1, {0, 1, 128, 255}});
  const Picture picture = load_picture(view);
  EXPECT_EQ(picture.mask, (Bytes{0, 255, 255, 255}));
  EXPECT_EQ(picture.rgb[0], 10);
  EXPECT_EQ(picture.bytes(), 16u);
}

TEST_F(Masks, HalfOfThePixelMustCountAndOnlyWhatCountsIsAveraged) {
  View view = view_of(grey_as_rgb(8, 2, {10, 20, 10, 20, 10, 20, 10, 20, 30, 40, 30, 40, 30, 40, 30, 40}));
  // 3, 2, 1 and 0 of 4 count.
  add_mask(view, {8, 2, 1, {0, 9, 0, 0, 9, 0, 0, 0, 9, 9, 9, 9, 0, 0, 0, 0}});
  const Picture half = load_picture(view, 1);
  EXPECT_EQ(half.mask, (Bytes{255, 255, 0, 0}));
  EXPECT_EQ(half.rgb[0], 30);  // (20 + 30 + 40) / 3
  EXPECT_EQ(half.rgb[3], 35);
  EXPECT_EQ(half.rgb[6], 10);
  EXPECT_EQ(half.rgb[9], 25);  // nothing counts: the plain mean
}

TEST_F(Masks, AlphaIsTheMeanOfWhatCounts) {
  Image8 image{2, 1, 4, {100, 0, 0, 80, 200, 0, 0, 240}};
  View view = view_of(image);
  add_mask(view, {2, 1, 1, {0, 255}});
  const Picture half = load_picture(view, 1);
  EXPECT_EQ(half.mask, Bytes{255});
  EXPECT_EQ(half.alpha, Bytes{240});
  EXPECT_EQ(half.rgb[0], 200);
}

TEST_F(Masks, OfAnotherSizeThanThePhotoAreRefused) {
  View view = view_of(grey_as_rgb(4, 1, {10, 20, 30, 40}));
  add_mask(view, {3, 1, 1, {0, 1, 2}});
  try {
    load_picture(view);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.subject(), view.mask_path.string());
    EXPECT_THAT(e.problem(), HasSubstr("3x1"));
    EXPECT_THAT(e.problem(), HasSubstr(view.image_path.string() + " 4x1"));
  }
}

TEST_F(PictureTest, APhotoThatChangedItsSizeIsRefused) {
  const View view = view_of(grey_as_rgb(4, 1, {10, 20, 30, 40}));
  write_image(view.image_path, grey_as_rgb(2, 2, {10, 20, 30, 40}));
  try {
    load_picture(view);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.subject(), view.image_path.string());
    EXPECT_THAT(e.problem(), HasSubstr("2x2"));
    EXPECT_THAT(e.problem(), HasSubstr("4x1"));
  }
}

// ----------------------------------------------------------------------------------------------------------------
// undistortion

std::vector<SensorModel> distorted_sensors() {
  return {{CameraModel::simple_radial, 160, 120, {130, 82, 58, -0.12}},
          {CameraModel::radial, 160, 120, {130, 82, 58, -0.15, 0.06}},
          {CameraModel::opencv, 160, 120, {130, 134, 82, 58, -0.12, 0.03, 0.004, -0.003}},
          {CameraModel::opencv_fisheye, 160, 120, {130, 134, 82, 58, 0.03, -0.02, 0.004, 0.001}}};
}

/// What a direction looks like: smooth, and steep enough (about 1.5 grey levels a pixel) that half a pixel shows.
double brightness(const glm::dvec2& n) { return 128 + 60 * std::sin(3 * n.x + 0.5) + 55 * std::cos(3.5 * n.y - 0.7); }

/// The photo that `sensor` takes of brightness().
Image8 photograph(const SensorModel& sensor) {
  Bytes values;
  for (int y = 0; y < sensor.height; ++y) {
    for (int x = 0; x < sensor.width; ++x) {
      glm::dvec2 n{0};
      const bool seen = sensor.unproject({x + 0.5, y + 0.5}, n);
      values.push_back(seen ? static_cast<std::uint8_t>(std::lround(brightness(n))) : 0);
    }
  }
  return grey_as_rgb(sensor.width, sensor.height, values);
}

TEST_F(Undistortion, GivesWhatAPinholeCameraWouldHaveSeen) {
  for (const SensorModel& sensor : distorted_sensors()) {
    View view = view_of(photograph(sensor));
    view.sensor = sensor, view.camera.intrinsics = sensor.pinhole();
    const Pinhole pinhole = sensor.pinhole();
    const Picture picture = load_picture(view);
    ASSERT_EQ(picture.width, 160);
    ASSERT_EQ(picture.height, 120);
    double worst = 0, along_x = 0, along_y = 0, slope_x = 0, slope_y = 0;
    int counted = 0;
    for (int y = 0; y < 120; ++y) {
      for (int x = 0; x < 160; ++x) {
        const std::size_t i = static_cast<std::size_t>(y * 160 + x);
        if (!picture.mask.empty() && picture.mask[i] == 0) continue;
        const glm::dvec2 n{(x + 0.5 - pinhole.cx) / pinhole.fx, (y + 0.5 - pinhole.cy) / pinhole.fy};
        const double error = picture.rgb[3 * i] - brightness(n);
        const double gx = brightness({n.x + 0.5 / pinhole.fx, n.y}) - brightness({n.x - 0.5 / pinhole.fx, n.y});
        const double gy = brightness({n.x, n.y + 0.5 / pinhole.fy}) - brightness({n.x, n.y - 0.5 / pinhole.fy});
        along_x += error * gx, along_y += error * gy, slope_x += gx * gx, slope_y += gy * gy;
        worst = std::max(worst, std::abs(error)), ++counted;
      }
    }
    EXPECT_GT(counted, 160 * 120 / 2) << model_name(sensor.model);
    // Rounding twice (0.5 + 0.5) and a 64th of a pixel in the map; at the rim half a pixel is replicated.
    EXPECT_LT(worst, 2) << model_name(sensor.model);
    // By how many pixels the picture is displaced on the whole, by least squares.
    EXPECT_LT(std::abs(along_x / slope_x), 0.01) << model_name(sensor.model);
    EXPECT_LT(std::abs(along_y / slope_y), 0.01) << model_name(sensor.model);
  }
}

TEST_F(Undistortion, WhatLiesOutsideThePhotoDoesNotCountAndIsBlack) {
  // The pinhole's corners bend outwards, past the rim of the photo.
  const SensorModel sensor{CameraModel::simple_radial, 160, 120, {130, 80, 60, 0.3}};
  View view = view_of(grey_as_rgb(160, 120, Bytes(160 * 120, 200)));
  view.sensor = sensor;
  const Picture picture = load_picture(view);
  ASSERT_EQ(picture.mask.size(), 160u * 120u);
  int outside = 0;
  for (int y = 0; y < 120; ++y) {
    for (int x = 0; x < 160; ++x) {
      const glm::dvec2 p = sensor.project({(x + 0.5 - 80) / 130, (y + 0.5 - 60) / 130});
      const bool in = p.x >= 0 && p.y >= 0 && p.x <= 160 && p.y <= 120;
      const std::size_t i = static_cast<std::size_t>(y * 160 + x);
      ASSERT_EQ(picture.mask[i], in ? 255 : 0) << x << " " << y;
      ASSERT_EQ(picture.rgb[3 * i + 1], in ? 200 : 0) << x << " " << y;
      outside += !in;
    }
  }
  EXPECT_GT(outside, 100);
  // At a coarser level the black does not creep in.
  const Picture half = load_picture(view, 1);
  for (std::size_t i = 0; i < half.mask.size(); ++i)
    if (half.mask[i]) {
      ASSERT_EQ(half.rgb[3 * i], 200);
    }
}

TEST_F(Undistortion, WhatFoldsBackIntoThePhotoDoesNotCount) {
  // Monotone up to r = sqrt(1 / 1.5) = 0.816; the corner of this wide pinhole lies at 1.25, and would fold to 0.27.
  const SensorModel sensor{CameraModel::simple_radial, 160, 120, {80, 80, 60, -0.5}};
  View view = view_of(grey_as_rgb(160, 120, Bytes(160 * 120, 200)));
  view.sensor = sensor;
  const Picture picture = load_picture(view);
  ASSERT_FALSE(picture.mask.empty());
  EXPECT_EQ(picture.mask[0], 0);
  EXPECT_EQ(picture.mask[60 * 160 + 80], 255);
  for (int x = 0; x < 160; ++x) {
    const double r = std::hypot((x + 0.5 - 80) / 80, 0.5 / 80);
    EXPECT_EQ(picture.mask[static_cast<std::size_t>(60 * 160 + x)], r < std::sqrt(1 / 1.5) ? 255 : 0) << x;
  }
}

TEST_F(Undistortion, TurnsMaskAndAlphaToo) {
  const SensorModel sensor = distorted_sensors()[0];
  Image8 image{160, 120, 4, {}};
  Bytes mask;
  for (int y = 0; y < 120; ++y) {
    for (int x = 0; x < 160; ++x) {
      const std::uint8_t alpha = x < 120 ? 255 : 0;
      image.pixels.insert(image.pixels.end(), {90, 100, 110, alpha});
      mask.push_back(y < 20 ? 0 : 255);
    }
  }
  View view = view_of(image);
  view.sensor = sensor;
  add_mask(view, {160, 120, 1, mask});
  const Picture picture = load_picture(view);
  const Pinhole pinhole = sensor.pinhole();
  for (int y = 0; y < 120; ++y) {
    for (int x = 0; x < 160; ++x) {
      const glm::dvec2 p = sensor.project({(x + 0.5 - pinhole.cx) / pinhole.fx, (y + 0.5 - pinhole.cy) / pinhole.fy});
      const std::size_t i = static_cast<std::size_t>(y * 160 + x);
      // Within half a pixel of an edge either value is right.
      if (std::abs(p.y - 20) > 0.6) {
        ASSERT_EQ(picture.mask[i], p.y < 20 ? 0 : 255) << x << " " << y;
      }
      if (picture.mask[i] && std::abs(p.x - 120) > 1.1) {
        ASSERT_EQ(picture.alpha[i], p.x < 120 ? 255 : 0) << x << " " << y;
      }
      if (picture.mask[i] && picture.alpha[i]) {
        ASSERT_EQ(picture.rgb[3 * i + 2], 110);
      }
    }
  }
}

TEST(UndistortMap, IsMadeOnceForEachSensor) {
  const SensorModel a{CameraModel::simple_radial, 32, 24, {30, 16, 12, -0.1}};
  SensorModel b = a;
  b.parameters[3] = -0.11;
  const auto first = undistort_map(a);
  EXPECT_EQ(undistort_map(a), first);
  EXPECT_NE(undistort_map(b), first);
  EXPECT_EQ(undistort_map(a), first);
  EXPECT_TRUE(first->all_inside);
  // Maps not asked for lately are forgotten, so that a thousand sensors do not fill the memory.
  std::weak_ptr<const UndistortMap> weak = undistort_map(b);
  for (int i = 0; i < 20; ++i) {
    b.parameters[0] = 31 + i;
    undistort_map(b);
    undistort_map(a);
  }
  EXPECT_TRUE(weak.expired());
  EXPECT_EQ(undistort_map(a), first);
}

TEST(UndistortMap, ManyThreadsMayAskAtOnce) {
  const SensorModel a{CameraModel::radial, 64, 48, {50, 32, 24, -0.1, 0.01}};
  std::vector<std::thread> threads;
  std::vector<std::shared_ptr<const UndistortMap>> maps(6);
  for (auto& map : maps) threads.emplace_back([&] { map = undistort_map(a); });
  for (auto& thread : threads) thread.join();
  for (const auto& map : maps) {
    ASSERT_NE(map, nullptr);
    EXPECT_EQ(cv::norm(map->source, maps[0]->source, cv::NORM_INF), 0);
  }
}

}  // namespace
}  // namespace tessera::scene
