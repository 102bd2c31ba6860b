#include "reconstruct/ingest/preflight.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <numeric>

#include "reconstruct/ingest/sharpness.h"
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
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class Folder : public testing::Test {
 protected:
  std::string name(int i) { return std::string("photo_") + static_cast<char>('a' + i) + ".jpg"; }
  void add(int i, const cv::Mat& picture) { write_photo(root_ / name(i), picture, 95); }
  void add(int i) { add(i, blotches(static_cast<std::uint32_t>(i), 192, 128)); }
  Preflight check() { return check_photos(read_photo_set(root_, {}, 2, {})); }
  static std::vector<std::string> with(const Preflight& result, Finding finding) {
    std::vector<std::string> names;
    for (const CheckedPhoto& photo : result.photos)
      if (photo.has(finding)) names.push_back(photo.name);
    return names;
  }
  static std::string line(const Preflight& result, Finding finding) {
    for (const FindingSummary& summary : result.summary)
      if (summary.finding == finding) return summary.line;
    return "none";
  }
  test::TemporaryFolder folder_;
  fs::path root_ = folder_.path() / "photos";
};
using Preflights = Folder;

TEST_F(Preflights, GoodPhotosAreNotFoundFaultWith) {
  for (int i = 0; i < 8; ++i) add(i);
  const Preflight result = check();
  EXPECT_EQ(result.photos.size(), 8u);
  EXPECT_EQ(result.usable, 8u);
  for (const CheckedPhoto& photo : result.photos) {
    EXPECT_THAT(photo.found, IsEmpty()) << photo.name;
    EXPECT_EQ(photo.width, 192);
  }
  ASSERT_EQ(result.summary.size(), 1u);
  EXPECT_EQ(result.summary[0].photos, 0u);
  EXPECT_EQ(result.summary[0].line, "No photo says where it was taken: the scene will be level, its scale unknown.");
}

TEST_F(Preflights, EveryPlantedFaultIsFoundAndNothingElse) {
  for (int i = 0; i < 12; ++i) add(i);
  const cv::Mat third = blotches(3, 192, 128);
  cv::Mat blurred, moved = third.clone(), dark = blotches(6, 192, 128) * 0.62;
  cv::GaussianBlur(blotches(1, 192, 128), blurred, {}, 4);
  add(1, blurred);
  moved += 1;  // the next frame of a camera that stands still
  moved.row(0) = 0;
  add(4, moved);
  add(6, dark);
  fs::copy_file(root_ / name(7), root_ / name(13));
  add(8, blotches(8, 128, 192));
  scene::write_file_atomically(root_ / name(9), "");
  const std::string whole = scene::read_file(root_ / name(10));
  scene::write_file_atomically(root_ / name(10), whole.substr(0, whole.size() / 2));
  scene::Exif exif;
  exif.gps = scene::Gps{46.8, -91.9, 250, true};
  for (const int i : {0, 1, 2, 3, 4, 6, 7, 8, 11}) scene::write_exif(root_ / name(i), exif);
  const Preflight result = check();
  EXPECT_THAT(with(result, Finding::unreadable), ElementsAre(name(9), name(10)));
  EXPECT_THAT(with(result, Finding::duplicate), ElementsAre(name(13)));
  EXPECT_THAT(with(result, Finding::blurred), ElementsAre(name(1)));
  EXPECT_THAT(with(result, Finding::near_duplicate), ElementsAre(name(4)));
  EXPECT_THAT(with(result, Finding::exposure), ElementsAre(name(6)));
  EXPECT_THAT(with(result, Finding::no_gps), ElementsAre(name(5)));
  EXPECT_THAT(with(result, Finding::other_camera), ElementsAre(name(8)));
  EXPECT_EQ(result.usable, 10u);
  EXPECT_EQ(result.photos.size(), 13u);
  EXPECT_EQ(line(result, Finding::unreadable),
            "2 photos cannot be used: photo_j.jpg, photo_k.jpg; left out in any case.");
  EXPECT_EQ(line(result, Finding::blurred), "1 photo is blurred: photo_b.jpg; leave out what has a sharp neighbour.");
  std::vector<Finding> order;
  for (const FindingSummary& summary : result.summary) order.push_back(summary.finding);
  EXPECT_TRUE(std::equal(order.begin(), order.end(), kFindings.begin(), kFindings.end())) << "the worst first";
  for (const CheckedPhoto& photo : result.photos)
    if (photo.name == name(9)) {
      EXPECT_FALSE(photo.usable);
      EXPECT_EQ(photo.found[0].text, "unreadable: the file is empty (0 bytes)");
    }
}

TEST_F(Preflights, ASummaryNamesThreeAndCountsTheRest) {
  for (int i = 0; i < 3; ++i) add(i);
  for (int i = 3; i < 8; ++i) scene::write_file_atomically(root_ / name(i), "no picture");
  EXPECT_EQ(line(check(), Finding::unreadable),
            "5 photos cannot be used: photo_d.jpg, photo_e.jpg, photo_f.jpg and 2 more; left out in any case.");
}

TEST_F(Preflights, ExposureIsWhatTheCameraSaysWhereAllOfThemSay) {
  for (int i = 0; i < 6; ++i) {
    add(i);
    scene::Exif exif;
    exif.exposure_seconds = i == 2 ? 1.0 / 400 : 1.0 / 100, exif.f_number = 4, exif.iso = 100;
    scene::write_exif(root_ / name(i), exif);
  }
  const Preflight result = check();
  EXPECT_THAT(with(result, Finding::exposure), ElementsAre(name(2)));
  for (const CheckedPhoto& photo : result.photos)
    if (photo.has(Finding::exposure)) {
      EXPECT_EQ(photo.found[0].text, "2.0 stops darker than its neighbours (EXIF)");
    }
}

TEST_F(Preflights, FindsTheDamageInRealFiles) {
  TESSERA_NEED_DATA("damaged");
  const fs::path data = test::shared_data() / "damaged";
  for (const auto& [folder, photo] : {std::pair{"jpeg_truncated", "DJI_0021.jpg"},
                                      {"jpeg_zero_byte", "DJI_0022.jpg"},
                                      {"not_an_image", "DJI_0022.jpg"}}) {
    const Preflight result = check_photos(read_photo_set(data / folder / "images", {}, 2, {}));
    EXPECT_THAT(with(result, Finding::unreadable), ElementsAre(photo)) << folder;
    EXPECT_EQ(result.usable, 5u) << folder;
  }
  for (const char* folder : {"image_1x1", "image_size_mismatch"})
    EXPECT_THAT(with(check_photos(read_photo_set(data / folder / "images", {}, 2, {})), Finding::other_camera),
                ElementsAre("DJI_0023.jpg"))
        << folder;
}

/// Where the threshold of near duplicates comes from; prints what it measures.
TEST_F(Preflights, PhotosThatReconstructWellAreNoNearDuplicates) {
  TESSERA_NEED_DATA("fox_small");
  const auto difference = [](const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(int{a[i]} - int{b[i]});
    return sum / static_cast<double>(a.size());
  };
  for (const char* name : {"fox_small/images", "brighton_beach/raw", "caliterra/images"}) {
    const PhotoSet set = read_photo_set(test::shared_data() / name, {}, 2, {});
    double least = 255, least_moved = 255, most_moved = 0;
    for (std::size_t i = 1; i < set.photos.size(); ++i)
      least = std::min(least, difference(set.photos[i - 1].thumbnail, set.photos[i].thumbnail));
    for (std::size_t i = 0; i < set.photos.size(); i += 8) {
      const cv::Mat grey = cv::imread((set.root / set.photos[i].name).string(), cv::IMREAD_GRAYSCALE);
      const int by = std::max(1, cvRound(0.0025 * grey.cols));
      const auto thumbnail = [&](const cv::Mat& part) {
        cv::Mat small;
        cv::resize(part, small, {32, 32}, 0, 0, cv::INTER_AREA);
        return std::vector<std::uint8_t>(small.datastart, small.dataend);
      };
      const double moved =
          difference(thumbnail(grey.colRange(by, grey.cols)), thumbnail(grey.colRange(0, grey.cols - by)));
      least_moved = std::min(least_moved, moved), most_moved = std::max(most_moved, moved);
    }
    std::cerr << name << ": neighbours differ by " << least << " at least; moved by 0.25 % of the width by "
              << least_moved << " to " << most_moved << "\n";
    const Preflight result = check_photos(set);
    EXPECT_THAT(with(result, Finding::near_duplicate), IsEmpty()) << name;
    for (const FindingSummary& summary : result.summary) std::cerr << "  " << summary.line << "\n";
  }
}

TEST_F(Preflights, StopsWhenAskedAndSaysHowLongItTakes) {
  for (int i = 0; i < 20; ++i) add(i);
  scene::Cancellation cancellation;
  scene::JobContext job;
  job.cancellation = &cancellation;
  double seconds = -1;
  job.on_progress = [&](const scene::Progress& p) {
    seconds = p.seconds_remaining;
    if (p.done >= 5) cancellation.request();
  };
  EXPECT_THROW(read_photo_set(root_, {}, 2, job), scene::Cancelled);
  EXPECT_GE(seconds, 0);
}

TEST_F(Preflights, TheRefusalOfTooFewPhotosIsOneForAllCallers) {
  fs::create_directories(root_);
  const auto problem = [&] {
    try {
      require_two_photos(read_photo_set(root_, {}, 1, {}), root_);
    } catch (const scene::Error& error) {
      return error.problem();
    }
    return std::string("none");
  };
  EXPECT_THAT(problem(), HasSubstr("holds no photos"));
  add(0);
  EXPECT_THAT(problem(), HasSubstr("holds one photo only"));
  scene::write_file_atomically(root_ / name(1), "x");
  EXPECT_THAT(problem(), HasSubstr("only 1 of 2 photos can be used (photo_b.jpg"));
  add(2);
  EXPECT_EQ(problem(), "none");
  PhotoSet set = read_photo_set(root_, {}, 1, {});
  leave_out(set, {name(2), "not there"});
  EXPECT_EQ(set.photos.size(), 1u);
  ASSERT_EQ(set.left_out.size(), 2u);
  EXPECT_EQ(set.left_out[1].reason, "left out on request");
}

}  // namespace
}  // namespace tessera::reconstruct
