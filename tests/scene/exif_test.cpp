#include "scene/exif.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "scene/atomic_file.h"
#include "scene/error.h"
#include "scene/image.h"
#include "scene/random.h"
#include "tests/support/test_data.h"

namespace tessera::scene {
namespace {
namespace fs = std::filesystem;

fs::path write_plain_jpeg(const fs::path& folder) {
  Image8 image{16, 8, 3, std::vector<std::uint8_t>(16 * 8 * 3, 90)};
  const fs::path path = folder / "photo.jpg";
  write_image(path, image);
  return path;
}

Exif full_exif() {
  Exif exif;
  exif.make = "Tessera", exif.model = "City drone", exif.lens = "35 mm f/2.8";
  exif.focal_mm = 8.8, exif.focal_35mm = 24, exif.exposure_seconds = 1.0 / 640, exif.f_number = 2.8, exif.iso = 400;
  exif.gps = Gps{-33.8567844, 151.213108, 58.25, true};
  exif.orientation = 6, exif.date_time = "2026:02:28 13:45:59";
  return exif;
}

TEST(Exif, IsReadFromADronesPhotos) {
  TESSERA_NEED_DATA("brighton_beach/raw");
  const Exif exif = read_exif(test::shared_data() / "brighton_beach/raw/DJI_0018.JPG");
  EXPECT_EQ(exif.make, "DJI");
  EXPECT_EQ(exif.model, "FC300S");
  EXPECT_NEAR(exif.focal_mm.value(), 3.61, 1e-9);
  EXPECT_EQ(exif.focal_35mm.value(), 20);
  EXPECT_NEAR(exif.f_number.value(), 2.8, 1e-9);
  EXPECT_EQ(exif.orientation, 1);
  ASSERT_TRUE(exif.gps && exif.gps->has_altitude);
  // Brighton Beach lies in Duluth, on the shore of Lake Superior.
  EXPECT_NEAR(exif.gps->latitude, 46.84, 0.01);
  EXPECT_NEAR(exif.gps->longitude, -91.99, 0.01);
  EXPECT_GT(exif.gps->altitude, 183);
  EXPECT_LT(exif.gps->altitude, 400);
}

TEST(Exif, ComesBackAsItWasWritten) {
  test::TemporaryFolder folder;
  const fs::path path = write_plain_jpeg(folder.path());
  const Image8 before = read_image(path);
  const Exif wrote = full_exif();
  write_exif(path, wrote);
  const Exif read = read_exif(path);
  EXPECT_EQ(read.make, wrote.make);
  EXPECT_EQ(read.model, wrote.model);
  EXPECT_EQ(read.lens, wrote.lens);
  EXPECT_NEAR(*read.focal_mm, 8.8, 1e-8);
  EXPECT_EQ(*read.focal_35mm, 24);
  EXPECT_NEAR(*read.exposure_seconds, 1.0 / 640, 1e-9);
  EXPECT_NEAR(*read.f_number, 2.8, 1e-8);
  EXPECT_EQ(*read.iso, 400);
  // 1e-7 seconds of arc
  EXPECT_NEAR(read.gps->latitude, wrote.gps->latitude, 3e-11);
  EXPECT_NEAR(read.gps->longitude, wrote.gps->longitude, 3e-11);
  EXPECT_NEAR(read.gps->altitude, 58.25, 1e-6);
  EXPECT_TRUE(read.gps->has_altitude);
  EXPECT_EQ(read.orientation, 6);
  EXPECT_EQ(read.date_time, wrote.date_time);
  EXPECT_EQ(read_image(path).pixels, before.pixels);
}

TEST(Exif, KeepsSignsOfPositionsInEveryQuarterOfTheGlobe) {
  test::TemporaryFolder folder;
  const fs::path path = write_plain_jpeg(folder.path());
  for (const double latitude : {51.5, -51.5}) {
    for (const double longitude : {-0.125, 0.125}) {
      for (const double altitude : {-42.5, 0.0, 8848.0}) {
        Exif exif;
        exif.gps = Gps{latitude, longitude, altitude, true};
        write_exif(path, exif);
        const Exif read = read_exif(path);
        EXPECT_NEAR(read.gps->latitude, latitude, 1e-10);
        EXPECT_NEAR(read.gps->longitude, longitude, 1e-10);
        EXPECT_NEAR(read.gps->altitude, altitude, 1e-6);
      }
    }
  }
}

TEST(Exif, WritingAgainReplacesTheBlock) {
  test::TemporaryFolder folder;
  const fs::path path = write_plain_jpeg(folder.path());
  write_exif(path, full_exif());
  const auto size = fs::file_size(path);
  write_exif(path, full_exif());
  EXPECT_EQ(fs::file_size(path), size);
  write_exif(path, {});
  const Exif read = read_exif(path);
  EXPECT_TRUE(read.make.empty() && read.date_time.empty() && !read.gps && !read.focal_mm && !read.focal_35mm &&
              !read.iso);
  EXPECT_EQ(read.orientation, 1);
}

TEST(Exif, NonsenseCountsAsAbsent) {
  test::TemporaryFolder folder;
  const fs::path path = write_plain_jpeg(folder.path());
  Exif exif = full_exif();
  exif.gps = Gps{0, 0, 0, true};
  exif.focal_mm = 0, exif.focal_35mm = 0, exif.iso = 0;
  exif.date_time = "0000:00:00 00:00:00";
  write_exif(path, exif);
  const Exif read = read_exif(path);
  EXPECT_FALSE(read.gps || read.focal_mm || read.focal_35mm || read.iso);
  EXPECT_TRUE(read.date_time.empty());
  exif.gps = Gps{1, 2, 3e6, true};
  exif.date_time = "yesterday at noon..";
  write_exif(path, exif);
  EXPECT_FALSE(read_exif(path).gps->has_altitude);
  EXPECT_TRUE(read_exif(path).date_time.empty());
}

TEST(Exif, RefusesToWriteWhatTheFormatCannotHold) {
  test::TemporaryFolder folder;
  const fs::path path = write_plain_jpeg(folder.path());
  const std::string before = read_file(path);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto refused = [&](auto change) {
    Exif exif = full_exif();
    change(exif);
    EXPECT_THROW(write_exif(path, exif), Error);
  };
  refused([&](Exif& e) { e.focal_mm = nan; });
  refused([&](Exif& e) { e.exposure_seconds = -1; });
  refused([&](Exif& e) { e.f_number = 1e12; });
  refused([&](Exif& e) { e.iso = 1e6; });
  refused([&](Exif& e) { e.focal_35mm = -3; });
  refused([&](Exif& e) { e.orientation = 9; });
  refused([&](Exif& e) { e.gps->latitude = 90.5; });
  refused([&](Exif& e) { e.gps->longitude = nan; });
  refused([&](Exif& e) { e.gps->altitude = nan; });
  refused([&](Exif& e) { e.make = std::string(70000, 'x'); });
  EXPECT_EQ(read_file(path), before);
  write_file_atomically(folder.path() / "text.jpg", "no picture");
  EXPECT_THROW(write_exif(folder.path() / "text.jpg", full_exif()), Error);
  EXPECT_THROW(write_exif(folder.path() / "absent.jpg", full_exif()), Error);
}

TEST(Exif, AFileWithoutItIsEmptyNotAnError) {
  test::TemporaryFolder folder;
  const fs::path path = write_plain_jpeg(folder.path());
  EXPECT_TRUE(read_exif(path).make.empty());
  EXPECT_EQ(read_exif(folder.path() / "absent.jpg").orientation, 1);
  EXPECT_EQ(read_exif(folder.path()).orientation, 1);
  write_file_atomically(folder.path() / "empty.jpg", "");
  EXPECT_FALSE(read_exif(folder.path() / "empty.jpg").gps);
}

TEST(Exif, MutatedHeadersNeverThrowAndNeverGiveNonsense) {
  test::TemporaryFolder folder;
  const fs::path path = write_plain_jpeg(folder.path());
  write_exif(path, full_exif());
  const std::string good = read_file(path);
  const std::size_t header = std::min<std::size_t>(good.size(), 600);
  for (std::uint32_t round = 0; round < 3000; ++round) {
    std::string bad = good;
    const auto draw = philox(7, static_cast<std::uint32_t>(RandomStream::kTest), round, 0);
    for (std::uint32_t k = 0; k <= draw[0] % 4; ++k) {
      const auto where = philox(7, static_cast<std::uint32_t>(RandomStream::kTest), round, 1 + k);
      bad[where[0] % header] = static_cast<char>(where[1]);
    }
    if (draw[1] % 8 == 0) bad.resize(draw[2] % bad.size());
    const fs::path mutated = folder.path() / "mutated.jpg";
    std::ofstream(mutated, std::ios::binary) << bad;
    const Exif exif = read_exif(mutated);
    for (const auto& value : {exif.focal_mm, exif.focal_35mm, exif.exposure_seconds, exif.f_number, exif.iso})
      ASSERT_TRUE(!value || (std::isfinite(*value) && *value > 0));
    ASSERT_TRUE(!exif.gps || (std::abs(exif.gps->latitude) <= 90 && std::abs(exif.gps->longitude) <= 180 &&
                              std::isfinite(exif.gps->altitude)));
    ASSERT_TRUE(exif.orientation >= 1 && exif.orientation <= 8);
    ASSERT_TRUE(exif.date_time.empty() || exif.date_time.size() == 19);
  }
}

TEST(Exif, ExposureCountsStops) {
  Exif exif;
  EXPECT_FALSE(exif.exposure_value());
  exif.exposure_seconds = 1, exif.f_number = 1, exif.iso = 100;
  EXPECT_DOUBLE_EQ(*exif.exposure_value(), 0);
  exif.iso = 400;
  EXPECT_DOUBLE_EQ(*exif.exposure_value(), 2);
  exif.f_number = 4;
  EXPECT_DOUBLE_EQ(*exif.exposure_value(), -2);
  exif.exposure_seconds = 1.0 / 8;
  EXPECT_DOUBLE_EQ(*exif.exposure_value(), -5);
}

TEST(Exif, FocalLengthInPixelsGoesByTheDiagonal) {
  Exif exif;
  EXPECT_FALSE(focal_pixels(exif, 3600, 2400));
  exif.focal_35mm = 50;
  EXPECT_DOUBLE_EQ(*focal_pixels(exif, 3600, 2400), 5000);
  EXPECT_DOUBLE_EQ(*focal_pixels(exif, 2400, 3600), 5000);
  // The drone of brighton_beach: 2340 px at 4000x2250 by its sensor, 20 mm equivalent by its EXIF.
  exif.focal_35mm = 20;
  EXPECT_NEAR(*focal_pixels(exif, 4000, 2250), 2340, 0.1 * 2340);
}

}  // namespace
}  // namespace tessera::scene
