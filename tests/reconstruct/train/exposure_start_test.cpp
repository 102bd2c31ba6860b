#include "reconstruct/train/exposure_start.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "scene/image_cache.h"
#include "tests/reconstruct/train/small_world.h"

namespace tessera::reconstruct {
namespace {

constexpr double kGain[3] = {0.6, 0.7, 0.8};

/// Tracks of the points as the cameras see them.
void add_tracks(scene::Dataset& dataset) {
  auto& points = dataset.points;
  points.track_begin.assign(1, 0);
  for (const auto& p : points.position) {
    for (std::size_t v = 0; v < dataset.views.size(); ++v) {
      const scene::Camera& camera = dataset.views[v].camera;
      const glm::dvec3 q = camera.cam_from_world({p[0], p[1], p[2]});
      const double x = camera.intrinsics.fx * q.x / q.z + camera.intrinsics.cx;
      const double y = camera.intrinsics.fy * q.y / q.z + camera.intrinsics.cy;
      if (x > 1 && y > 1 && x < camera.intrinsics.width - 1 && y < camera.intrinsics.height - 1)
        points.track_view.push_back(static_cast<std::uint32_t>(v));
    }
    points.track_begin.push_back(static_cast<std::uint32_t>(points.track_view.size()));
  }
}

/// Odd photos darker, each channel by its own gain.
void darken_odd(const scene::Dataset& dataset) {
  for (std::size_t v = 1; v < dataset.views.size(); v += 2) {
    auto image = scene::read_image(dataset.views[v].image_path);
    for (std::size_t i = 0; i < image.pixels.size(); ++i)
      image.pixels[i] = static_cast<std::uint8_t>(std::lround(image.pixels[i] * kGain[i % 3]));
    scene::write_image(dataset.views[v].image_path, image);
  }
}

std::vector<Affine> start_of(const scene::Dataset& dataset) {
  scene::ImageCache images(dataset, 1 << 26);
  return exposure_start(dataset, images);
}

TEST(ExposureStart, FindsTheGainsThatBringThePhotosTogether) {
  test::SmallWorld world(8, 192, 128, 40);
  add_tracks(world.dataset);
  darken_odd(world.dataset);
  const auto maps = start_of(world.dataset);
  ASSERT_EQ(maps.size(), 8u);
  for (std::size_t c = 0; c < 3; ++c) {
    double mean = 0;
    for (const std::size_t v : world.dataset.train_views()) {
      mean += maps[v].m[5 * c] / 6;
      const std::size_t bright = 2, dark = 1;  // both trained on
      EXPECT_NEAR(maps[v].m[5 * c] / maps[bright].m[5 * c], v % 2 ? kGain[c] : 1, 0.03) << v << " " << c;
      EXPECT_NEAR(maps[dark].m[5 * c] / maps[v].m[5 * c], v % 2 ? 1 : kGain[c], 0.03);
    }
    EXPECT_NEAR(mean, 1, 1e-6);
    EXPECT_EQ(maps[0].m[5 * c], 1.0f) << "a test view";
  }
  for (const Affine& map : maps)
    for (int k = 0; k < 12; ++k) {
      if (k % 5 != 0) {
        EXPECT_EQ(map.m[k], 0.0f) << "gains only";
      }
    }
}

TEST(ExposureStart, ThrownObservationsDoNotBendIt) {
  test::SmallWorld world(8, 192, 128, 40);
  add_tracks(world.dataset);
  darken_odd(world.dataset);
  // A bright van parks over a tenth of one photo.
  auto image = scene::read_image(world.dataset.views[2].image_path);
  for (int y = 40; y < 88; ++y)
    for (int x = 70; x < 120; ++x)
      for (int c = 0; c < 3; ++c) image.at(x, y)[c] = 240;
  scene::write_image(world.dataset.views[2].image_path, image);
  const auto maps = start_of(world.dataset);
  for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(maps[1].m[5 * c] / maps[2].m[5 * c], kGain[c], 0.06) << c;
}

TEST(ExposureStart, IsTheIdentityWithoutTracks) {
  const test::SmallWorld world;
  darken_odd(world.dataset);
  for (const Affine& map : start_of(world.dataset))
    for (int k = 0; k < 12; ++k) EXPECT_EQ(map.m[k], k % 5 == 0 ? 1.0f : 0.0f);
}

}  // namespace
}  // namespace tessera::reconstruct
