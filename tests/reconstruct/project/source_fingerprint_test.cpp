#include "reconstruct/project/source_fingerprint.h"

#include <gtest/gtest.h>

#include "tests/support/plain_file.h"
#include "tests/support/test_data.h"

namespace tessera::reconstruct {
namespace {
namespace fs = std::filesystem;

class SourceFingerprintTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(photos_ / "b");
    test::write_plain(photos_ / "1.jpg", "123");
    test::write_plain(photos_ / "b/2.jpg", "4567");
  }
  test::TemporaryFolder folder_;
  const fs::path photos_ = folder_.path() / "photos";
};

TEST_F(SourceFingerprintTest, IsTheSameInAnotherPlace) {
  const auto before = fingerprint_source(photos_);
  EXPECT_EQ(before.files, 2u);
  EXPECT_EQ(before.bytes, 7u);
  EXPECT_EQ(before.hash.size(), 16u);
  fs::rename(photos_, folder_.path() / "other");
  EXPECT_EQ(fingerprint_source(folder_.path() / "other"), before);
  EXPECT_EQ(fingerprint_source(photos_).files, 0u);
}

TEST_F(SourceFingerprintTest, ChangesWithNamesAndSizes) {
  const auto before = fingerprint_source(photos_);
  test::write_plain(photos_ / "1.jpg", "1234");
  EXPECT_NE(fingerprint_source(photos_), before);
  test::write_plain(photos_ / "1.jpg", "123");
  EXPECT_EQ(fingerprint_source(photos_), before);
  fs::rename(photos_ / "1.jpg", photos_ / "3.jpg");
  EXPECT_NE(fingerprint_source(photos_), before);
}

TEST_F(SourceFingerprintTest, LeavesOutWhatIsNoPhoto) {
  const auto before = fingerprint_source(photos_);
  fs::create_directories(photos_ / "project");
  fs::create_directories(photos_ / ".hidden");
  for (const char* name : {"notes.txt", ".4.jpg", "project/project.toml", "project/5.jpg", ".hidden/6.jpg"})
    test::write_plain(photos_ / name, "x");
  EXPECT_EQ(fingerprint_source(photos_), before);
}

TEST_F(SourceFingerprintTest, TakesAFileAndAFolderWithoutPictures) {
  test::write_plain(folder_.path() / "clip.mp4", "12345");
  EXPECT_EQ(fingerprint_source(folder_.path() / "clip.mp4").bytes, 5u);
  EXPECT_EQ(fingerprint_source(folder_.path() / "clip.mp4").files, 1u);
  fs::remove_all(photos_);
  EXPECT_EQ(describe(fingerprint_source(folder_.path())), "1 file, 0.0 MB");
}

}  // namespace
}  // namespace tessera::reconstruct
