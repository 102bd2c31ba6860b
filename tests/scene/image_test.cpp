#include "scene/image.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include <opencv2/core.hpp>
#include <opencv2/core/utility.hpp>
#include <opencv2/imgcodecs.hpp>

#include "scene/atomic_file.h"
#include "scene/error.h"
#include "scene/exif.h"
#include "scene/image_header.h"
#include "scene/jpeg_decode.h"
#include "scene/random.h"
#include "tests/support/test_data.h"

namespace tessera::scene {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;

/// Every pixel differs from its neighbours, every channel from the others.
Image8 pattern(int width, int height, int channels) {
  Image8 image{width, height, channels, {}};
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (int c = 0; c < channels; ++c) image.pixels.push_back(static_cast<std::uint8_t>(x * 7 + y * 31 + c * 85));
  return image;
}

/// Smooth, so that JPEG keeps it closely.
Image8 ramp(int width, int height) {
  Image8 image{width, height, 3, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      image.pixels.push_back(static_cast<std::uint8_t>(255 * x / width));
      image.pixels.push_back(static_cast<std::uint8_t>(255 * y / height));
      image.pixels.push_back(128);
    }
  }
  return image;
}

void write_bytes(const fs::path& path, std::string_view bytes) { std::ofstream(path, std::ios::binary) << bytes; }

/// The message that reading and probing `path` end with; empty where they do not fail.
std::string error_of(const fs::path& path) {
  std::string message;
  try {
    probe_image(path);
    read_image(path);
  } catch (const Error& e) {
    EXPECT_EQ(e.subject(), path.string());
    message = e.problem();
  }
  return message;
}

class Image : public testing::Test {
 protected:
  fs::path file(const std::string& name) const { return folder_.path() / name; }
  test::TemporaryFolder folder_;
};

TEST_F(Image, PngKeepsEveryPixelOfColourAndAlpha) {
  for (const int channels : {3, 4}) {
    const Image8 image = pattern(37, 23, channels);
    write_image(file("a.png"), image);
    const Image8 read = read_image(file("a.png"));
    EXPECT_EQ(read.width, 37);
    EXPECT_EQ(read.height, 23);
    EXPECT_EQ(read.channels, channels);
    EXPECT_EQ(read.pixels, image.pixels);
    EXPECT_EQ(read.bytes(), 37u * 23u * static_cast<unsigned>(channels));
    EXPECT_EQ(probe_image(file("a.png")).channels, channels);
  }
}

TEST_F(Image, PixelsAreFoundByColumnAndRow) {
  Image8 image = pattern(5, 4, 3);
  EXPECT_EQ(image.at(2, 3)[1], static_cast<std::uint8_t>(2 * 7 + 3 * 31 + 85));
  image.at(4, 0)[2] = 77;
  EXPECT_EQ(image.pixels[4 * 3 + 2], 77);
}

TEST_F(Image, GreyBecomesColourAndColourItsLuminance) {
  const Image8 grey = pattern(9, 5, 1);
  write_image(file("grey.png"), grey);
  EXPECT_EQ(read_grey(file("grey.png")).pixels, grey.pixels);
  EXPECT_EQ(probe_image(file("grey.png")).channels, 1);
  const Image8 colour = read_image(file("grey.png"));
  ASSERT_EQ(colour.channels, 3);
  for (int c = 0; c < 3; ++c) EXPECT_EQ(colour.at(4, 3)[c], *grey.at(4, 3));

  for (const int channels : {3, 4}) {
    Image8 image{3, 1, channels, std::vector<std::uint8_t>(static_cast<std::size_t>(3 * channels), 0)};
    for (int c = 0; c < 3; ++c) image.at(c, 0)[c] = 200;
    write_image(file("rgb.png"), image);
    const Image8 luminance = read_grey(file("rgb.png"));
    ASSERT_EQ(luminance.channels, 1);
    // ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B
    EXPECT_EQ(luminance.pixels, (std::vector<std::uint8_t>{60, 117, 23}));
  }
}

TEST_F(Image, SixteenBitsAreReducedToEight) {
  cv::Mat wide(2, 3, CV_16UC3);
  for (int i = 0; i < 18; ++i) wide.ptr<std::uint16_t>()[i] = static_cast<std::uint16_t>(257 * (i * 15));
  cv::imwrite(file("wide.png").string(), wide);
  const Image8 image = read_image(file("wide.png"));
  // OpenCV was given BGR.
  EXPECT_EQ(image.pixels[0], 30);
  EXPECT_EQ(image.pixels[2], 0);
  EXPECT_EQ(image.pixels[15], 255);
}

TEST_F(Image, PngsOfEveryDepthAndTypeAreRead) {
  // OpenCV writes grey and colour of 8 and 16 bits, with alpha or without, and one bit a pixel.
  const auto read_back = [&](const cv::Mat& pixels, const std::vector<int>& parameters = {}) {
    cv::imwrite(file("a.png").string(), pixels, parameters);
    return read_image(file("a.png"));
  };
  EXPECT_EQ(read_back(cv::Mat(2, 3, CV_16UC1, cv::Scalar(65535))).pixels, std::vector<std::uint8_t>(18, 255));
  const Image8 alpha = read_back(cv::Mat(2, 3, CV_16UC4, cv::Scalar(257, 514, 771, 1028)));
  ASSERT_EQ(alpha.channels, 4);
  EXPECT_EQ((std::vector<std::uint8_t>(alpha.pixels.begin(), alpha.pixels.begin() + 4)),
            (std::vector<std::uint8_t>{3, 2, 1, 4}));
  cv::Mat stripes(2, 9, CV_8U, cv::Scalar(0));
  stripes.col(4) = 255;
  const Image8 bits = read_back(stripes, {cv::IMWRITE_PNG_BILEVEL, 1});
  EXPECT_EQ(probe_image(file("a.png")).channels, 1);
  for (int x = 0; x < 9; ++x) EXPECT_EQ(bits.at(x, 1)[1], x == 4 ? 255 : 0);
}

TEST_F(Image, DamagedPngsAreNamedAndTheLibraryIsSilent) {
  write_image(file("a.png"), pattern(64, 64, 3));
  const std::string good = read_file(file("a.png"));
  std::string data = good, depth = good, type = good;
  data[good.size() / 2] = static_cast<char>(~data[good.size() / 2]);
  depth[24] = 7, type[25] = 5;
  testing::internal::CaptureStderr();
  for (const std::string& bytes : {data, depth, type}) {
    write_bytes(file("a.png"), bytes);
    EXPECT_THAT(error_of(file("a.png")), HasSubstr("damaged"));
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  write_bytes(file("a.png"), depth);
  EXPECT_THROW(probe_image(file("a.png")), Error) << "before anything is decoded";
}

TEST_F(Image, ATiffOfFloatsIsRefusedByItsHeader) {
  for (const int type : {CV_32FC1, CV_32FC3}) {
    cv::imwrite(file("a.tif").string(), cv::Mat(4, 4, type, cv::Scalar::all(0.5)));
    EXPECT_THROW(probe_image(file("a.tif")), Error) << type;
  }
}

TEST_F(Image, EveryKindIsProbedAndReadAlike) {
  const Image8 image = ramp(70, 45);
  for (const char* name : {"a.jpg", "a.jpeg", "a.JPG", "a.png", "a.tif", "a.bmp", "a.webp"}) {
    write_image(file(name), image);
    const ImageInfo info = probe_image(file(name));
    const Image8 read = read_image(file(name));
    EXPECT_EQ(info.width, 70) << name;
    EXPECT_EQ(info.height, 45) << name;
    EXPECT_EQ(info.channels, 3) << name;
    ASSERT_EQ(read.pixels.size(), image.pixels.size()) << name;
    int worst = 0;
    for (std::size_t i = 0; i < image.pixels.size(); ++i)
      worst = std::max(worst, std::abs(read.pixels[i] - image.pixels[i]));
    EXPECT_LE(worst, 8) << name;
  }
  write_image(file("grey.jpg"), pattern(20, 20, 1));
  EXPECT_EQ(probe_image(file("grey.jpg")).channels, 1);
  EXPECT_EQ(read_image(file("grey.jpg")).channels, 3);
}

TEST_F(Image, TheOtherFormsOfWebpAndTiffAreProbedToo) {
  // Lossless with alpha (VP8L), and a TIFF of four channels.
  cv::Mat rgba(45, 70, CV_8UC4, cv::Scalar(1, 2, 3, 4));
  cv::imwrite(file("a.webp").string(), rgba, {cv::IMWRITE_WEBP_QUALITY, 101});
  cv::imwrite(file("b.webp").string(), rgba, {cv::IMWRITE_WEBP_QUALITY, 80});  // VP8X
  cv::imwrite(file("a.tif").string(), rgba);
  for (const char* name : {"a.webp", "b.webp", "a.tif"}) {
    const ImageInfo info = probe_image(file(name));
    EXPECT_EQ(info.width, 70) << name;
    EXPECT_EQ(info.height, 45) << name;
    EXPECT_EQ(info.channels, 4) << name;
    EXPECT_EQ(read_image(file(name)).channels, 4) << name;
  }
  EXPECT_EQ(read_image(file("a.webp")).pixels[0], 3);
  EXPECT_EQ(read_image(file("a.webp")).pixels[3], 4);
}

TEST_F(Image, ExifOrientationIsNotApplied) {
  write_image(file("a.jpg"), ramp(32, 16));
  const Image8 before = read_image(file("a.jpg"));
  Exif exif;
  exif.orientation = 6;
  write_exif(file("a.jpg"), exif);
  const Image8 after = read_image(file("a.jpg"));
  EXPECT_EQ(after.width, 32);
  EXPECT_EQ(after.height, 16);
  EXPECT_EQ(after.pixels, before.pixels);
}

TEST_F(Image, JpegQualityIsHeeded) {
  const Image8 image = pattern(64, 64, 3);
  write_image(file("low.jpg"), image, 20);
  write_image(file("default.jpg"), image);
  write_image(file("92.jpg"), image, 92);
  write_image(file("high.jpg"), image, 100);
  EXPECT_LT(fs::file_size(file("low.jpg")), fs::file_size(file("default.jpg")));
  EXPECT_EQ(fs::file_size(file("92.jpg")), fs::file_size(file("default.jpg")));
  EXPECT_LT(fs::file_size(file("default.jpg")), fs::file_size(file("high.jpg")));
}

TEST_F(Image, WhatIsNoPictureIsNamed) {
  EXPECT_THAT(error_of(file("absent.jpg")), HasSubstr("missing"));
  EXPECT_THAT(error_of(folder_.path()), HasSubstr("not a file"));
  write_bytes(file("empty.jpg"), "");
  EXPECT_THAT(error_of(file("empty.jpg")), HasSubstr("empty (0 bytes)"));
  write_bytes(file("text.jpg"), "Dear reader, this is a letter.");
  EXPECT_THAT(error_of(file("text.jpg")), HasSubstr("not recognised"));
  write_bytes(file("a.heic"), std::string("\0\0\0\x18", 4) + "ftypheic" + std::string(12, '\0'));
  EXPECT_THAT(error_of(file("a.heic")), HasSubstr("HEIC"));
  EXPECT_THROW(read_grey(file("text.jpg")), Error);
}

TEST_F(Image, AJpegInPrintingColoursIsRefusedByName) {
  write_image(file("c.jpg"), ramp(32, 32));
  std::string bytes = read_file(file("c.jpg"));
  const std::vector<JpegSegment> segments = jpeg_segments(bytes);
  const auto frame = std::find_if(segments.begin(), segments.end(), [](const auto& s) { return s.marker == 0xC0; });
  ASSERT_NE(frame, segments.end());
  for (const auto& [components, part] : {std::pair('\4', "CMYK"), std::pair('\2', "2 colour components")}) {
    bytes[frame->begin + 9] = components;
    write_bytes(file("c.jpg"), bytes);
    EXPECT_THAT(error_of(file("c.jpg")), HasSubstr(part));
  }
}

TEST_F(Image, AJpegCutAnywhereIsTruncated) {
  write_image(file("a.jpg"), pattern(200, 150, 3));
  const std::string whole = read_file(file("a.jpg"));
  for (std::size_t length = 3; length < whole.size(); length += 1 + whole.size() / 97) {
    write_bytes(file("cut.jpg"), std::string_view(whole).substr(0, length));
    EXPECT_THAT(error_of(file("cut.jpg")), HasSubstr("truncated")) << length;
  }
  // Nor does an end marker put behind the cut hide it.
  write_bytes(file("cut.jpg"), whole.substr(0, whole.size() / 2) + "\xFF\xD9");
  EXPECT_THAT(error_of(file("cut.jpg")), HasSubstr("damaged"));
}

TEST_F(Image, AThumbnailsEndMarkerDoesNotHideATruncation) {
  write_image(file("a.jpg"), pattern(200, 150, 3));
  const std::string whole = read_file(file("a.jpg"));
  // An application segment that holds a whole small JPEG, as EXIF thumbnails do.
  const std::string thumbnail = whole.substr(0, 400) + "\xFF\xD9";
  std::string segment = "\xFF\xE5";
  segment += static_cast<char>((thumbnail.size() + 2) >> 8);
  segment += static_cast<char>((thumbnail.size() + 2) & 0xFF);
  const std::string with = whole.substr(0, 2) + segment + thumbnail + whole.substr(2);
  write_bytes(file("with.jpg"), with);
  EXPECT_EQ(error_of(file("with.jpg")), "");
  write_bytes(file("with.jpg"), with.substr(0, with.size() / 2));
  EXPECT_THAT(error_of(file("with.jpg")), HasSubstr("truncated"));
}

TEST_F(Image, WhatIsAppendedToAPictureDoesNoHarm) {
  const std::string padding(200'000, '\0');
  for (const char* name : {"a.jpg", "a.png"}) {
    write_image(file(name), ramp(64, 48));
    const Image8 before = read_image(file(name));
    write_bytes(file(name), read_file(file(name)) + padding);
    EXPECT_EQ(error_of(file(name)), "") << name;
    EXPECT_EQ(read_image(file(name)).pixels, before.pixels) << name;
  }
}

TEST_F(Image, ALongHeaderIsReadToItsEnd) {
  write_image(file("a.jpg"), ramp(64, 48));
  const std::string whole = read_file(file("a.jpg"));
  std::string segments;
  for (int i = 0; i < 8; ++i) segments += std::string("\xFF\xE7\xFF\xFF", 4) + std::string(65533, 'x');
  write_bytes(file("a.jpg"), whole.substr(0, 2) + segments + whole.substr(2));
  EXPECT_EQ(probe_image(file("a.jpg")).width, 64);
}

TEST_F(Image, OtherKindsThatAreCutAreRefused) {
  for (const char* name : {"a.png", "a.tif", "a.bmp", "a.webp"}) {
    write_image(file(name), pattern(200, 150, 3));
    const std::string whole = read_file(file(name));
    for (const double part : {0.9, 0.5, 0.1}) {
      write_bytes(file(name), whole.substr(0, static_cast<std::size_t>(part * static_cast<double>(whole.size()))));
      EXPECT_NE(error_of(file(name)), "") << name << " " << part;
    }
    for (const std::size_t length : {4u, 7u, 13u, 20u}) {
      write_bytes(file(name), whole.substr(0, length));
      EXPECT_NE(error_of(file(name)), "") << name << " " << length;
    }
  }
}

TEST_F(Image, SizesThatTheBytesDoNotJustifyAreRefusedBeforeDecoding) {
  // PNG: the width stands at byte 16 of the file, the height behind it.
  write_image(file("a.png"), ramp(64, 48));
  const auto png = [&](const char* sizes) {
    std::string bytes = read_file(file("a.png"));
    bytes.replace(16, 8, std::string(sizes, 8));
    write_bytes(file("b.png"), bytes);
    return error_of(file("b.png"));
  };
  EXPECT_THAT(png("\x40\0\0\0\x40\0\0\0"), HasSubstr("claims 1073741824x1073741824 pixels"));
  EXPECT_THAT(png("\0\0\x80\0\0\0\x80\0"), HasSubstr("cannot hold"));
  EXPECT_THAT(png("\0\0\0\0\0\0\0\x10"), HasSubstr("no pixels"));
  // JPEG: find the frame header and overwrite height and width.
  write_image(file("a.jpg"), ramp(64, 48));
  const auto jpeg = [&](const char* sizes) {
    std::string bytes = read_file(file("a.jpg"));
    const std::size_t frame = bytes.find("\xFF\xC0");
    bytes.replace(frame + 5, 4, std::string(sizes, 4));
    write_bytes(file("b.jpg"), bytes);
    return error_of(file("b.jpg"));
  };
  EXPECT_THAT(jpeg("\xFF\xFF\xFF\xFF"), HasSubstr("claims 65535x65535 pixels"));
  EXPECT_THAT(jpeg("\x40\0\x40\0"), HasSubstr("cannot hold"));
  EXPECT_THAT(jpeg("\0\0\0\x10"), HasSubstr("no pixels"));
  write_image(file("a.bmp"), ramp(64, 48));
  std::string bmp = read_file(file("a.bmp"));
  bmp.replace(18, 4, std::string("\0\0\1\0", 4));
  write_bytes(file("a.bmp"), bmp);
  EXPECT_THAT(error_of(file("a.bmp")), HasSubstr("cannot hold"));
}

TEST_F(Image, MutatedFilesGiveAPictureOrAnErrorAndNothingElse) {
  for (const char* name : {"a.jpg", "a.png", "a.tif", "a.bmp", "a.webp"}) {
    write_image(file(name), pattern(24, 16, 3));
    const std::string good = read_file(file(name));
    for (std::uint32_t round = 0; round < 150; ++round) {
      std::string bad = good;
      const auto draw = philox(3, static_cast<std::uint32_t>(RandomStream::kTest), round, 0);
      for (std::uint32_t k = 0; k <= draw[0] % 3; ++k) {
        const auto where = philox(3, static_cast<std::uint32_t>(RandomStream::kTest), round, 1 + k);
        bad[where[0] % std::min<std::size_t>(bad.size(), 400)] = static_cast<char>(where[1]);
      }
      const fs::path path = file("mutated");
      write_bytes(path, bad);
      try {
        const Image8 image = read_image(path);
        ASSERT_EQ(image.pixels.size(), static_cast<std::size_t>(image.width) * image.height * image.channels);
        ASSERT_TRUE(image.channels == 3 || image.channels == 4);
      } catch (const Error& e) {
        ASSERT_EQ(e.subject(), path.string());
      }
    }
  }
}

TEST_F(Image, WhatCannotBeWrittenIsNamedAndLeavesNothing) {
  EXPECT_THROW(write_image(file("a.xyz"), ramp(4, 4)), Error);
  EXPECT_THROW(write_image(file("none.png"), Image8{0, 0, 3, {}}), Error);
  EXPECT_THROW(write_image("/proc/no-such-folder/a.png", ramp(4, 4)), Error);
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

TEST_F(Image, ReductionIsTheMeanOverAreas) {
  Image8 image{4, 2, 3, {}};
  for (int i = 0; i < 24; ++i) image.pixels.push_back(static_cast<std::uint8_t>(i * 10));
  const Image8 half = resize_image(image, 2, 1);
  ASSERT_EQ(half.width, 2);
  ASSERT_EQ(half.height, 1);
  // Pixels (0, 0), (1, 0), (0, 1), (1, 1) start at 0, 3, 6 + 6, 15: their mean is 75 for the first channel.
  EXPECT_EQ(half.at(0, 0)[0], (0 + 30 + 120 + 150) / 4);
  EXPECT_EQ(half.at(1, 0)[2], (80 + 110 + 200 + 230) / 4);
  // By a factor that is no whole number the outer pixel counts by its part: 2/3 of a row of three.
  const Image8 three{3, 1, 1, {0, 90, 240}};
  const Image8 two = resize_image(three, 2, 1);
  EXPECT_EQ(two.pixels, (std::vector<std::uint8_t>{30, 190}));
}

TEST_F(Image, EnlargementKeepsSizeAndMean) {
  const Image8 large = resize_image(ramp(20, 10), 60, 30);
  EXPECT_EQ(large.width, 60);
  EXPECT_EQ(large.height, 30);
  EXPECT_NEAR(large.at(30, 15)[0], 125, 8);
  EXPECT_EQ(large.at(30, 15)[2], 128);
}

TEST_F(Image, WorkIsDoneOnTheCallingThread) { EXPECT_EQ(cv::getNumThreads(), 1); }

TEST(JpegSegments, AreFoundUpToTheFirstScan) {
  test::TemporaryFolder folder;
  write_image(folder.path() / "a.jpg", ramp(64, 48));
  const std::string bytes = read_file(folder.path() / "a.jpg");
  const auto segments = jpeg_segments(bytes);
  ASSERT_GE(segments.size(), 4u);
  EXPECT_EQ(segments.front().marker, 0xE0);
  EXPECT_TRUE(segments.front().payload.starts_with("JFIF"));
  EXPECT_EQ(segments.front().begin, 2u);
  EXPECT_EQ(segments.back().marker, 0xDA);
  for (std::size_t i = 1; i < segments.size(); ++i) EXPECT_EQ(segments[i].begin, segments[i - 1].end);
  EXPECT_TRUE(jpeg_segments("no picture").empty());
  EXPECT_TRUE(jpeg_segments("").empty());
}

TEST(JpegSegments, FillBytesBetweenThemAreSkipped) {
  const std::string bytes("\xFF\xD8\xFF\xFF\xFF\xFE\x00\x04ok", 10);
  const auto segments = jpeg_segments(bytes);
  ASSERT_EQ(segments.size(), 1u);
  EXPECT_EQ(segments[0].marker, 0xFE);
  EXPECT_EQ(segments[0].payload, "ok");
}

TEST(DecodeJpeg, GivesAFractionOfTheSizeAndGreyWhereAsked) {
  test::TemporaryFolder folder;
  const Image8 picture = ramp(130, 70);
  write_image(folder.path() / "a.jpg", picture, 100);
  const std::string bytes = read_file(folder.path() / "a.jpg");
  std::string problem;
  for (const int reduction : {1, 2, 4, 8}) {
    Image8 color, grey;
    ASSERT_TRUE(decode_jpeg(bytes, color, problem, reduction)) << problem;
    ASSERT_TRUE(decode_jpeg(bytes, grey, problem, reduction, true)) << problem;
    for (const Image8* image : {&color, &grey}) {
      EXPECT_EQ(image->width, (130 + reduction - 1) / reduction);
      EXPECT_EQ(image->height, (70 + reduction - 1) / reduction);
    }
    ASSERT_EQ(color.channels, 3);
    ASSERT_EQ(grey.channels, 1);
    const int x = grey.width / 2, y = grey.height / 2;
    const std::uint8_t* p = picture.at((2 * x + 1) * reduction / 2, (2 * y + 1) * reduction / 2);
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(color.at(x, y)[c], p[c], 6) << reduction;
    // ITU-R BT.601, as JFIF has it.
    EXPECT_NEAR(*grey.at(x, y), 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2], 6) << reduction;
  }
}

}  // namespace
}  // namespace tessera::scene
