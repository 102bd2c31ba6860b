#include "reconstruct/ingest/photo_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

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
using testing::StartsWith;

class PhotoFolder : public testing::Test {
 protected:
  void add(const std::string& name, std::uint32_t key, int width = 96, int height = 64) {
    write_photo(root_ / name, blotches(key, width, height));
  }
  PhotoSet read(int threads = 2, const fs::path& apart = {}) { return read_photo_set(root_, apart, threads, {}); }
  std::vector<std::string> names(const PhotoSet& set) {
    std::vector<std::string> list;
    for (const Photo& photo : set.photos) list.push_back(photo.name);
    return list;
  }
  std::string reason(const PhotoSet& set, const std::string& name) {
    for (const FailedImage& image : set.left_out)
      if (image.name == name) return image.reason;
    return "not left out";
  }
  test::TemporaryFolder folder_;
  fs::path root_ = folder_.path() / "photos";
};

TEST_F(PhotoFolder, ListsPicturesByNameInEverySubfolder) {
  std::uint32_t key = 0;
  for (const char* name : {"b.jpg", "a.JPG", "B.jpeg", "sub/deep/c.png", "sub/a b.tif", "d.webp", "e.bmp"})
    add(name, key++);
  add(".hidden.jpg", 50);
  add(".thumbnails/x.jpg", 51);
  scene::write_file_atomically(root_ / "notes.txt", "hello");
  scene::write_file_atomically(root_ / "DJI_0001.SRT", "hello");
  const PhotoSet set = read();
  EXPECT_EQ(set.root, root_);
  EXPECT_THAT(names(set), ElementsAre("B.jpeg", "a.JPG", "b.jpg", "d.webp", "e.bmp", "sub/a b.tif", "sub/deep/c.png"));
  EXPECT_THAT(set.left_out, IsEmpty());
  EXPECT_EQ(set.files(), 7u);
  for (const Photo& photo : set.photos) {
    EXPECT_EQ(photo.width, 96);
    EXPECT_EQ(photo.height, 64);
    EXPECT_GT(photo.sharpness, 0);
  }
}

TEST_F(PhotoFolder, ReadsWhatPhotosSayOfThemselves) {
  add("a.jpg", 1);
  scene::Exif exif;
  exif.make = "DJI", exif.model = "FC300S", exif.focal_mm = 3.61;
  exif.gps = scene::Gps{46.8, -91.9, 250, true};
  scene::write_exif(root_ / "a.jpg", exif);
  const PhotoSet set = read();
  ASSERT_EQ(set.photos.size(), 1u);
  EXPECT_EQ(set.photos[0].exif.model, "FC300S");
  ASSERT_TRUE(set.photos[0].exif.gps);
  EXPECT_NEAR(set.photos[0].exif.gps->latitude, 46.8, 1e-9);
}

TEST_F(PhotoFolder, LeavesOutWhatCannotBeReadAndSaysWhy) {
  add("good.jpg", 1);
  scene::write_file_atomically(root_ / "empty.jpg", "");
  scene::write_file_atomically(root_ / "text.png", "this is no picture");
  scene::write_file_atomically(root_ / "raw.DNG", "II*");
  scene::write_file_atomically(root_ / "phone.heic", "ftyp");
  add("cut.jpg", 2);
  scene::write_file_atomically(root_ / "cut.jpg", scene::read_file(root_ / "cut.jpg").substr(0, 300));
  const PhotoSet set = read();
  EXPECT_THAT(names(set), ElementsAre("good.jpg"));
  ASSERT_EQ(set.left_out.size(), 5u);
  EXPECT_EQ(set.files(), 6u);
  for (const char* name : {"empty.jpg", "text.png", "cut.jpg"})
    EXPECT_THAT(reason(set, name), StartsWith("unreadable: "));
  for (const char* name : {"raw.DNG", "phone.heic"})
    EXPECT_EQ(reason(set, name), "its format is not supported; convert it to JPEG");
  EXPECT_EQ(set.left_out[0].name, "cut.jpg") << "by name";
}

TEST_F(PhotoFolder, LeavesOutTheSamePictureSavedAgain) {
  add("a.jpg", 1);
  add("b.jpg", 2);
  write_photo(root_ / "c.jpg", blotches(1, 96, 64), 70);
  fs::copy_file(root_ / "b.jpg", root_ / "d.jpg");
  fs::copy_file(root_ / "b.jpg", root_ / "e.jpg");
  const PhotoSet set = read();
  EXPECT_THAT(names(set), ElementsAre("a.jpg", "b.jpg"));
  EXPECT_EQ(reason(set, "c.jpg"), "the same picture as a.jpg");
  EXPECT_EQ(reason(set, "d.jpg"), "the same picture as b.jpg");
  EXPECT_EQ(reason(set, "e.jpg"), "the same picture as b.jpg");
}

TEST_F(PhotoFolder, LeavesOutNamesThatColmapsListsCannotHold) {
  add("a.jpg", 1);
  for (const auto& name : {" front.jpg", "#number.jpg", "line\nbreak.jpg"}) add(name, 2);
  const PhotoSet set = read();
  EXPECT_THAT(names(set), ElementsAre("a.jpg"));
  for (const char* name : {" front.jpg", "#number.jpg", "line\nbreak.jpg"})
    EXPECT_THAT(reason(set, name), HasSubstr("rename it")) << name;
}

TEST_F(PhotoFolder, DoesNotLookIntoTheFolderOfResults) {
  add("a.jpg", 1);
  add("out/images/b.jpg", 2);
  add("outside/c.jpg", 3);
  EXPECT_THAT(names(read(1, root_ / "out")), ElementsAre("a.jpg", "outside/c.jpg"));
  EXPECT_THAT(names(read(1, folder_.path() / "elsewhere")), ElementsAre("a.jpg", "out/images/b.jpg", "outside/c.jpg"));
}

TEST_F(PhotoFolder, FollowsLinksAndIsNotCaughtByThem) {
  add("a.jpg", 1);
  write_photo(folder_.path() / "other/b.jpg", blotches(2, 96, 64));
  fs::create_directory_symlink(folder_.path() / "other", root_ / "linked");
  fs::create_directory_symlink(root_, root_ / "loop");
  const PhotoSet set = read();
  EXPECT_THAT(names(set), ElementsAre("a.jpg", "linked/b.jpg"));
  for (const FailedImage& image : set.left_out) EXPECT_THAT(image.reason, HasSubstr("the same picture"));
}

TEST_F(PhotoFolder, GivesTheSameOnAnyNumberOfThreads) {
  for (std::uint32_t i = 0; i < 12; ++i) add("p" + std::to_string(i) + ".jpg", i % 9);
  const PhotoSet one = read(1), many = read(5);
  EXPECT_EQ(names(one), names(many));
  EXPECT_EQ(one.photos.size(), 9u);
  for (std::size_t i = 0; i < one.photos.size(); ++i) EXPECT_EQ(one.photos[i].sharpness, many.photos[i].sharpness);
}

TEST_F(PhotoFolder, ReportsEachPhotoAndEndsWhenAsked) {
  for (std::uint32_t i = 0; i < 6; ++i) add(std::to_string(i) + ".jpg", i);
  std::vector<double> done;
  scene::Cancellation cancellation;
  scene::JobContext job;
  job.cancellation = &cancellation;
  job.on_progress = [&](const scene::Progress& p) {
    EXPECT_EQ(p.total, 6);
    done.push_back(p.done);
  };
  read_photo_set(root_, {}, 3, job);
  EXPECT_THAT(done, ElementsAre(1, 2, 3, 4, 5, 6));
  done.clear();
  job.on_progress = [&](const scene::Progress& p) {
    done.push_back(p.done);
    cancellation.request();
  };
  EXPECT_THROW(read_photo_set(root_, {}, 1, job), scene::Cancelled);
  EXPECT_THAT(done, ElementsAre(1));
}

TEST_F(PhotoFolder, WhereThereIsNoFolderItIsNamed) {
  try {
    read();
    FAIL() << "did not throw";
  } catch (const scene::Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("photos: cannot read the folder"));
  }
}

TEST_F(PhotoFolder, ItsFingerprintFollowsNamesSizesAndTimes) {
  add("a.jpg", 1);
  add("b.jpg", 2);
  const std::uint64_t first = fingerprint(read());
  EXPECT_EQ(fingerprint(read()), first);
  fs::last_write_time(root_ / "b.jpg", fs::last_write_time(root_ / "b.jpg") + std::chrono::seconds(1));
  const std::uint64_t touched = fingerprint(read());
  EXPECT_NE(touched, first);
  fs::rename(root_ / "b.jpg", root_ / "c.jpg");
  const std::uint64_t renamed = fingerprint(read());
  EXPECT_NE(renamed, touched);
  const auto time = fs::last_write_time(root_ / "c.jpg");
  scene::write_file_atomically(root_ / "c.jpg", scene::read_file(root_ / "c.jpg") + "tail");
  fs::last_write_time(root_ / "c.jpg", time);
  EXPECT_NE(fingerprint(read()), renamed);
  fs::rename(root_, folder_.path() / "moved");
  root_ = folder_.path() / "moved";
  const std::uint64_t moved = fingerprint(read());
  add("new.jpg", 3);
  EXPECT_NE(fingerprint(read()), moved);
}

TEST(HasPictureExtension, GoesByTheName) {
  for (const char* name : {"a.jpg", "a.JPEG", "x/a.Png", "a.tif", "a.TIFF", "a.bmp", "a.webp"})
    EXPECT_TRUE(has_picture_extension(name)) << name;
  for (const char* name : {"a", "jpg", "a.jpg.txt", "a.mp4", "a.dng", "a.gif", ".jpg"})
    EXPECT_FALSE(has_picture_extension(name)) << name;
}

TEST(CameraGroups, HoldPhotosOfOneCameraAndLens) {
  const auto photo = [](int width, const char* model, double focal) {
    Photo p;
    p.width = width, p.height = 100;
    p.exif.make = "M", p.exif.model = model;
    if (focal > 0) p.exif.focal_mm = focal;
    return p;
  };
  using Group = std::vector<std::size_t>;
  EXPECT_THAT(camera_groups({photo(200, "A", 4), photo(200, "B", 4), photo(200, "A", 4), photo(300, "A", 4),
                             photo(200, "A", 5), photo(200, "A", 0), photo(200, "B", 4)}),
              ElementsAre(Group{0, 2}, Group{1, 6}, Group{3}, Group{4}, Group{5}));
  EXPECT_THAT(camera_groups({}), IsEmpty());
  std::vector<Photo> pair = {photo(200, "A", 4), photo(200, "A", 4)};
  EXPECT_EQ(camera_groups(pair).size(), 1u);
  pair[1].exif.make = "N";
  EXPECT_EQ(camera_groups(pair).size(), 2u);
  pair[1] = pair[0];
  pair[1].exif.focal_35mm = 28;
  EXPECT_EQ(camera_groups(pair).size(), 2u);
  pair[1] = pair[0];
  pair[1].height = 99;
  EXPECT_EQ(camera_groups(pair).size(), 2u);
}

}  // namespace
}  // namespace tessera::reconstruct
