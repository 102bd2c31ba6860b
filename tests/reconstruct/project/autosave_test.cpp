#include "reconstruct/project/autosave.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <vector>

#include "scene/atomic_file.h"
#include "tests/support/test_data.h"

namespace tessera::reconstruct {
namespace {
namespace fs = std::filesystem;

class AutosaveTest : public testing::Test {
 protected:
  void make() {
    autosave_ = std::make_unique<Autosave>(file_, [this](const std::string& line) {
      const std::lock_guard lock(mutex_);
      problems_.push_back(line);
    });
  }
  std::string saved() const { return scene::read_file(file_); }
  test::TemporaryFolder folder_;
  const fs::path file_ = folder_.path() / "made later/state.toml";
  std::mutex mutex_;
  std::vector<std::string> problems_;
  std::unique_ptr<Autosave> autosave_;
};

TEST_F(AutosaveTest, TheLastWordIsWritten) {
  fs::create_directories(file_.parent_path());
  make();
  for (int i = 0; i < 100; ++i) autosave_->put(std::to_string(i));
  autosave_->flush();
  EXPECT_EQ(saved(), "99");
  autosave_->put("at the end");
  autosave_.reset();
  EXPECT_EQ(saved(), "at the end");
  EXPECT_TRUE(problems_.empty());
}

TEST_F(AutosaveTest, SavesByItself) {
  fs::create_directories(file_.parent_path());
  make();
  autosave_->put("soon");
  while (!fs::exists(file_)) std::this_thread::yield();
  EXPECT_EQ(saved(), "soon");
}

TEST_F(AutosaveTest, WarnsOnceAndTriesAgain) {
  make();
  for (int i = 0; i < 3; ++i) {
    autosave_->put("x" + std::to_string(i));
    autosave_->flush();
    EXPECT_TRUE(autosave_->is_behind());
  }
  ASSERT_EQ(problems_.size(), 1u);
  EXPECT_THAT(problems_[0], testing::HasSubstr("state.toml: cannot write"));
  fs::create_directories(file_.parent_path());
  while (autosave_->is_behind()) std::this_thread::yield();  // nothing more is put
  EXPECT_EQ(saved(), "x2");
  fs::remove_all(file_.parent_path());
  autosave_->put("again");
  autosave_.reset();
  EXPECT_EQ(problems_.size(), 2u) << "a new failure is told";
}

}  // namespace
}  // namespace tessera::reconstruct
