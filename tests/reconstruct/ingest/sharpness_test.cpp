#include "reconstruct/ingest/sharpness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "scene/atomic_file.h"
#include "scene/error.h"
#include "scene/exif.h"
#include "tests/reconstruct/ingest/toy_photo.h"
#include "tests/support/test_data.h"

namespace tessera::reconstruct {
namespace {

namespace fs = std::filesystem;
using test::blotches;
using test::write_photo;
using testing::HasSubstr;

/// Variance of the four-neighbour Laplacian, the picture mirrored about its border pixels.
double plain_sharpness(const cv::Mat& grey) {
  const auto at = [&](int y, int x) {
    const auto mirror = [](int i, int n) { return i < 0 ? -i : i >= n ? 2 * n - 2 - i : i; };
    return static_cast<double>(grey.at<std::uint8_t>(mirror(y, grey.rows), mirror(x, grey.cols)));
  };
  double sum = 0, squares = 0;
  for (int y = 0; y < grey.rows; ++y)
    for (int x = 0; x < grey.cols; ++x) {
      const double value = at(y - 1, x) + at(y + 1, x) + at(y, x - 1) + at(y, x + 1) - 4 * at(y, x);
      sum += value;
      squares += value * value;
    }
  const double n = grey.rows * grey.cols;
  return squares / n - sum / n * (sum / n);
}

TEST(Sharpness, IsTheVarianceOfTheLaplacian) {
  for (const int block : {1, 3, 8}) {
    const cv::Mat picture = blotches(1, 60, 40, block);
    EXPECT_NEAR(sharpness(picture), plain_sharpness(picture), 1e-9 * plain_sharpness(picture));
  }
  EXPECT_EQ(sharpness(cv::Mat(40, 60, CV_8UC1, cv::Scalar(77))), 0);
}

TEST(Sharpness, FallsWithBlur) {
  const cv::Mat sharp = blotches(2, 400, 300);
  double before = sharpness(sharp);
  for (const double sigma : {0.7, 1.5, 3.0}) {
    cv::Mat blurred;
    cv::GaussianBlur(sharp, blurred, {}, sigma);
    const double after = sharpness(blurred);
    EXPECT_LT(after, 0.5 * before) << sigma;
    before = after;
  }
}

TEST(Sharpness, LooksAtAThousandPixelsOfALargerPicture) {
  // Detail of one pixel in 4000 is noise there; blotches of 40 pixels are detail of ten.
  EXPECT_LT(sharpness(blotches(3, 4000, 400, 1)), 0.1 * sharpness(blotches(3, 1000, 100, 1)));
  EXPECT_NEAR(sharpness(blotches(3, 4000, 400, 40)), sharpness(blotches(3, 1000, 100, 10)),
              1e-6 * sharpness(blotches(3, 1000, 100, 10)));
}

class Look : public testing::Test {
 protected:
  std::string error_of(const fs::path& photo) {
    try {
      look_at_photo(photo);
    } catch (const scene::Error& error) {
      return error.what();
    }
    return "no error";
  }
  test::TemporaryFolder folder_;
  fs::path photo_ = folder_.path() / "photo.jpg";
};

TEST_F(Look, GivesSizeSharpnessAndMeans) {
  cv::Mat picture = blotches(4, 320, 160);
  picture(cv::Rect(0, 0, 10, 5)) = 250;  // one cell of the thumbnail
  picture(cv::Rect(310, 155, 10, 5)) = 5;
  write_photo(folder_.path() / "photo.png", picture);
  const PhotoLook look = look_at_photo(folder_.path() / "photo.png");
  EXPECT_EQ(look.width, 320);
  EXPECT_EQ(look.height, 160);
  EXPECT_NEAR(look.sharpness, plain_sharpness(picture), 1e-6 * look.sharpness);
  ASSERT_EQ(look.thumbnail.size(), 1024u);
  EXPECT_EQ(look.thumbnail.front(), 250);
  EXPECT_EQ(look.thumbnail.back(), 5);
}

TEST_F(Look, GivesTheStoredSizeOfLargeAndOfTurnedPhotos) {
  for (const int width : {2100, 4100, 8200}) {
    write_photo(photo_, blotches(5, width, 64, 32));
    const PhotoLook look = look_at_photo(photo_);
    EXPECT_EQ(look.width, width);
    EXPECT_EQ(look.height, 64);
    // Looked at with 1050, 1025 and 1025 pixels: blotches of 16, 8 and 4 of them.
    EXPECT_GT(look.sharpness, 100);
    EXPECT_EQ(look.thumbnail.size(), 1024u);
  }
  write_photo(photo_, blotches(5, 64, 32));
  scene::Exif exif;
  exif.orientation = 6;
  scene::write_exif(photo_, exif);
  EXPECT_EQ(look_at_photo(photo_).width, 64);
}

TEST_F(Look, NamesAFileThatIsNoPicture) {
  EXPECT_THAT(error_of(folder_.path() / "absent.jpg"), HasSubstr("absent.jpg"));
  for (const std::string& bytes : {std::string(), std::string("hello"), std::string(3000, '\0')}) {
    scene::write_file_atomically(photo_, bytes);
    EXPECT_THAT(error_of(photo_), HasSubstr("photo.jpg: ")) << bytes.size();
  }
  // A PNG whose head is whole and whose pixels are not.
  const fs::path png = folder_.path() / "photo.png";
  write_photo(png, blotches(6, 320, 200, 1));
  scene::write_file_atomically(png, scene::read_file(png).substr(0, 60));
  EXPECT_THAT(error_of(png), HasSubstr("photo.png: "));
  write_photo(photo_, blotches(6, 320, 200, 1));
  scene::write_file_atomically(photo_, scene::read_file(photo_).substr(0, 400));
  EXPECT_THAT(error_of(photo_), HasSubstr("photo.jpg: "));
}

TEST_F(Look, RefusesAPhotoWhoseMiddleIsMissingAndSaysNothingElse) {
  // With its end marker in place the rest would be taken for grey.
  write_photo(photo_, blotches(6, 640, 400, 3));
  const std::string bytes = scene::read_file(photo_);
  scene::write_file_atomically(photo_, bytes.substr(0, bytes.size() / 2) + "\xff\xd9");
  testing::internal::CaptureStderr();
  const std::string message = error_of(photo_);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "") << "the decoder's own words";
  EXPECT_THAT(message,
              HasSubstr("photo.jpg: the picture is damaged (Corrupt JPEG data: premature end of data segment)"));
}

TEST_F(Look, SeesTheSameInColourAndInGrey) {
  const cv::Mat picture = blotches(4, 1200, 80, 6);
  write_photo(photo_, picture, 100);
  const PhotoLook grey = look_at_photo(photo_);
  cv::Mat color;
  cv::cvtColor(picture, color, cv::COLOR_GRAY2BGR);
  write_photo(photo_, color, 100);
  const PhotoLook other = look_at_photo(photo_);
  EXPECT_TRUE(same_picture(grey, other));
  EXPECT_NEAR(grey.sharpness, other.sharpness, 0.02 * grey.sharpness);
}

TEST_F(Look, KnowsAPictureThatWasSavedAnew) {
  const cv::Mat picture = blotches(7, 320, 240);
  write_photo(photo_, picture, 95);
  const PhotoLook original = look_at_photo(photo_);
  write_photo(photo_, picture, 60);
  EXPECT_TRUE(same_picture(original, look_at_photo(photo_)));
  write_photo(photo_, picture.colRange(0, 312));
  EXPECT_FALSE(same_picture(original, look_at_photo(photo_))) << "another shape";
  write_photo(photo_, blotches(8, 320, 240));
  EXPECT_FALSE(same_picture(original, look_at_photo(photo_))) << "another picture";
  cv::Mat moved;
  cv::warpAffine(picture, moved, cv::Matx23d(1, 0, 6, 0, 1, 0), picture.size(), cv::INTER_LINEAR, cv::BORDER_REFLECT);
  write_photo(photo_, moved);
  EXPECT_FALSE(same_picture(original, look_at_photo(photo_))) << "six pixels further";
}

TEST(SamePicture, AllowsTwoGreyLevels) {
  const PhotoLook a{100, 50, 1, std::vector<std::uint8_t>(1024, 100)};
  PhotoLook b = a;
  b.sharpness = 9;
  EXPECT_TRUE(same_picture(a, b));
  b.thumbnail[1000] = 102;
  b.thumbnail[7] = 98;
  EXPECT_TRUE(same_picture(a, b));
  b.thumbnail[1000] = 103;
  EXPECT_FALSE(same_picture(a, b));
  b = a;
  b.thumbnail[0] = 97;
  EXPECT_FALSE(same_picture(a, b));
  b = a;
  b.height = 51;
  EXPECT_FALSE(same_picture(a, b));
  b = a;
  b.width = 99;
  EXPECT_FALSE(same_picture(a, b));
  b = a;
  b.thumbnail.clear();
  EXPECT_FALSE(same_picture(a, b));
}

}  // namespace
}  // namespace tessera::reconstruct
