#include "scene/image_cache.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <thread>

#include "scene/atomic_file.h"
#include "scene/error.h"
#include "scene/image.h"
#include "scene/random.h"
#include "tests/support/test_data.h"

namespace tessera::scene {
namespace {
namespace fs = std::filesystem;

/// Ten photos of 8x4 pixels; the first channel of photo i is 10 i.
class ImageCacheTest : public testing::Test {
 protected:
  ImageCacheTest() {
    for (int i = 0; i < 10; ++i) {
      View view;
      view.name = std::to_string(i) + ".png", view.image_path = folder_.path() / view.name;
      view.sensor = {CameraModel::pinhole, 8, 4, {5, 5, 4, 2}};
      write_image(view.image_path, {8, 4, 3, std::vector<std::uint8_t>(kBytes, static_cast<std::uint8_t>(10 * i))});
      dataset_.views.push_back(view);
    }
  }
  /// Waits (without limit: the test's own timeout is the limit) until `condition` holds.
  template <class Condition>
  static void wait_until(Condition condition) {
    while (!condition()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  static constexpr std::size_t kBytes = 8 * 4 * 3;
  test::TemporaryFolder folder_;
  Dataset dataset_;
};
using ImageCacheOf10 = ImageCacheTest;

TEST_F(ImageCacheOf10, DecodesOnceAndHandsOutTheSame) {
  ImageCache cache(dataset_, 100 * kBytes);
  EXPECT_EQ(cache.bytes(), 0u);
  EXPECT_EQ(cache.misses(), 0u);
  const auto a = cache.get(3);
  EXPECT_EQ(a->rgb[0], 30);
  EXPECT_EQ(cache.get(3), a);
  EXPECT_EQ(cache.misses(), 1u);
  EXPECT_EQ(cache.bytes(), kBytes);
}

TEST_F(ImageCacheOf10, LevelsAreDifferentPictures) {
  ImageCache cache(dataset_, 100 * kBytes);
  const auto full = cache.get(2, 0), half = cache.get(2, 1);
  EXPECT_EQ(half->width, 4);
  EXPECT_EQ(half->height, 2);
  EXPECT_EQ(cache.misses(), 2u);
  EXPECT_EQ(cache.bytes(), full->bytes() + half->bytes());
  EXPECT_EQ(cache.get(2, 1), half);
  EXPECT_EQ(cache.misses(), 2u);
}

TEST_F(ImageCacheOf10, DropsTheLeastRecentlyUsedFirst) {
  ImageCache cache(dataset_, 3 * kBytes);
  for (const std::size_t i : {0, 1, 2}) cache.get(i);
  cache.get(0);  // now 1 is the oldest
  cache.get(3);
  EXPECT_EQ(cache.misses(), 4u);
  EXPECT_EQ(cache.bytes(), 3 * kBytes);
  for (const std::size_t i : {0, 2, 3}) cache.get(i);
  EXPECT_EQ(cache.misses(), 4u);
  cache.get(1);
  EXPECT_EQ(cache.misses(), 5u);
}

TEST_F(ImageCacheOf10, NeverHoldsMoreThanItsBudget) {
  ImageCache cache(dataset_, 4 * kBytes + kBytes / 2);
  for (std::uint32_t i = 0; i < 200; ++i) {
    const auto bits = philox(4, static_cast<std::uint32_t>(RandomStream::kTest), 0, i);
    cache.get(bits[0] % 10, static_cast<int>(bits[1] % 2));
    EXPECT_LE(cache.bytes(), 4 * kBytes + kBytes / 2);
  }
  EXPECT_GT(cache.bytes(), 2 * kBytes);
}

TEST_F(ImageCacheOf10, APictureLargerThanTheBudgetIsHandedOutAndNotKept) {
  ImageCache cache(dataset_, kBytes - 1);
  const auto a = cache.get(5);
  EXPECT_EQ(a->rgb[0], 50);
  EXPECT_EQ(cache.bytes(), 0u);
  cache.get(5);
  EXPECT_EQ(cache.misses(), 2u);
}

TEST_F(ImageCacheOf10, WhatIsHandedOutOutlivesTheCache) {
  std::shared_ptr<const Picture> kept;
  {
    ImageCache cache(dataset_, 2 * kBytes);
    kept = cache.get(4);
    cache.set_budget(0);
    EXPECT_EQ(cache.bytes(), 0u);
  }
  EXPECT_EQ(kept->rgb[0], 40);
}

TEST_F(ImageCacheOf10, ASmallerBudgetDropsAtOnce) {
  ImageCache cache(dataset_, 10 * kBytes);
  for (std::size_t i = 0; i < 10; ++i) cache.get(i);
  cache.set_budget(2 * kBytes);
  EXPECT_EQ(cache.bytes(), 2 * kBytes);
  cache.get(9), cache.get(8);
  EXPECT_EQ(cache.misses(), 10u);
  cache.get(7);
  EXPECT_EQ(cache.misses(), 11u);
}

TEST_F(ImageCacheOf10, PrefetchDecodesAhead) {
  ImageCache cache(dataset_, 100 * kBytes);
  for (const std::size_t i : {1, 2, 3}) cache.prefetch(i);
  for (const std::size_t i : {1, 2, 3}) cache.prefetch(i);
  wait_until([&] { return cache.bytes() == 3 * kBytes; });
  EXPECT_EQ(cache.misses(), 3u);
  EXPECT_EQ(cache.get(2)->rgb[0], 20);
  EXPECT_EQ(cache.misses(), 3u);
  cache.prefetch(2, 1);
  wait_until([&] { return cache.bytes() == 3 * kBytes + kBytes / 4; });
  EXPECT_EQ(cache.misses(), 4u);
}

TEST_F(ImageCacheOf10, ErrorsOfPrefetchSurfaceAtGet) {
  write_file_atomically(dataset_.views[6].image_path, "no picture");
  ImageCache cache(dataset_, 100 * kBytes);
  cache.prefetch(6), cache.prefetch(7);
  wait_until([&] { return cache.bytes() == kBytes; });
  for (int i = 0; i < 2; ++i) {
    try {
      cache.get(6);
      FAIL();
    } catch (const Error& e) {
      EXPECT_EQ(e.subject(), dataset_.views[6].image_path.string());
    }
  }
  // Mended, it is read.
  write_image(dataset_.views[6].image_path, {8, 4, 3, std::vector<std::uint8_t>(kBytes, 66)});
  EXPECT_EQ(cache.get(6)->rgb[0], 66);
  EXPECT_EQ(cache.bytes(), 2 * kBytes);
}

TEST_F(ImageCacheOf10, AViewThatIsNotThereIsAnError) {
  ImageCache cache(dataset_, 100 * kBytes);
  EXPECT_THROW(cache.get(10), std::out_of_range);
  cache.prefetch(10);
  EXPECT_EQ(cache.get(0)->rgb[0], 0);
}

TEST_F(ImageCacheOf10, ManyThreadsThatWantTheSameDecodeItOnce) {
  ImageCache cache(dataset_, 100 * kBytes);
  std::vector<std::thread> threads;
  std::vector<std::shared_ptr<const Picture>> got(8);
  std::promise<void> start;
  const std::shared_future<void> started = start.get_future().share();
  for (auto& picture : got) {
    threads.emplace_back([&, started] {
      started.wait();
      picture = cache.get(9);
    });
  }
  start.set_value();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(cache.misses(), 1u);
  for (const auto& picture : got) EXPECT_EQ(picture, got[0]);
}

TEST_F(ImageCacheOf10, ManyThreadsMayAskForAnything) {
  write_file_atomically(dataset_.views[6].image_path, "no picture");
  ImageCache cache(dataset_, 3 * kBytes);
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0}, errors{0};
  for (std::uint32_t t = 0; t < 6; ++t) {
    threads.emplace_back([&, t] {
      for (std::uint32_t i = 0; i < 150; ++i) {
        const auto bits = philox(4, static_cast<std::uint32_t>(RandomStream::kTest), t + 1, i);
        const std::size_t view = bits[0] % 10;
        if (bits[1] % 3 == 0) cache.prefetch(bits[2] % 10);
        if (bits[1] % 17 == 0) cache.set_budget((1 + bits[2] % 5) * kBytes);
        try {
          if (cache.get(view)->rgb[0] != 10 * view) ++wrong;
        } catch (const Error&) {
          if (view != 6) ++wrong;
          ++errors;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(errors, 0);
  EXPECT_LE(cache.bytes(), 5 * kBytes);
}

TEST_F(ImageCacheOf10, GoesWithWorkStillWaiting) {
  // A queue that would take seconds to decode is dropped: at most the picture under way is finished.
  write_image(dataset_.views[0].image_path, {2000, 1500, 3, std::vector<std::uint8_t>(2000 * 1500 * 3, 7)});
  dataset_.views[0].sensor = {CameraModel::pinhole, 2000, 1500, {5, 5, 4, 2}};
  dataset_.views.resize(400, dataset_.views[0]);
  std::size_t decoded = 0;
  {
    ImageCache cache(dataset_, 1 << 30);
    for (std::size_t i = 10; i < 400; ++i) cache.prefetch(i);
    decoded = cache.misses();
  }
  EXPECT_LT(decoded, 390u);
}

}  // namespace
}  // namespace tessera::scene
