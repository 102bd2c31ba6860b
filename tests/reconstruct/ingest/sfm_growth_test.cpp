// What run_sfm() shows while it works, what it is told to leave out, and what is known of the photos afterwards.
#include <algorithm>

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include "reconstruct/ingest/photo_states.h"
#include "scene/dataset.h"
#include "tests/reconstruct/ingest/toy_photo.h"
#include "tests/reconstruct/ingest/toy_run.h"

namespace tessera::reconstruct {
namespace {

namespace fs = std::filesystem;
using test::toy_number;
using testing::ElementsAre;
using testing::IsEmpty;

class Growth : public test::ToyRun {
 protected:
  std::vector<std::size_t> cameras_;
  std::vector<glm::dvec3> headings_, first_cameras_;
  std::shared_ptr<const scene::Dataset> last_;
  OnGrowth watch_ = [this](std::shared_ptr<const scene::Dataset> so_far) {
    cameras_.push_back(so_far->views.size());
    headings_.push_back(glm::inverse(so_far->scene_from_world.rotation) * glm::dvec3(1, 0, 0));
    // The first camera and point, back in the mapper's world, are where they were.
    const scene::Similarity world = so_far->scene_from_world.inverse();
    first_cameras_.push_back(world(so_far->views[0].camera.center()));
    last_ = std::move(so_far);
  };
};

TEST_F(Growth, CamerasAndPointsAreShownWhileTheyAreFound) {
  test::write_toy_photos(photos_, 9);
  fault("mapper=slow");  // else the first is read and the rest come too soon after it
  run_sfm(photos_, out_, options_, {}, watch_);
  ASSERT_GE(cameras_.size(), 3u);
  EXPECT_TRUE(std::is_sorted(cameras_.begin(), cameras_.end()));
  EXPECT_GT(cameras_.back(), cameras_.front());
  EXPECT_GT(last_->points.size(), 100u);
  EXPECT_EQ(last_->views[0].image_path, photos_ / last_->views[0].name);
  for (const scene::View& view : last_->views) EXPECT_FALSE(view.test);
  for (std::size_t i = 1; i < headings_.size(); ++i) {
    EXPECT_GT(glm::dot(headings_[i - 1], headings_[i]), 0) << "nothing flips";
    EXPECT_LT(glm::distance(first_cameras_[i - 1], first_cameras_[i]), 1e-6);
  }
  EXPECT_FALSE(fs::exists(out_ / "sfm/growth"));
  expect_tidy();
}

TEST_F(Growth, NobodyPaysForAViewThatNobodyWatches) {
  test::write_toy_photos(photos_, 6);
  const SfmReport report = run();
  for (const std::string& command : report.commands) EXPECT_EQ(command.find("snapshot"), std::string::npos);
}

TEST_F(Growth, PhotosThatAreNotWantedAreNotUsed) {
  test::write_toy_photos(photos_, 8);
  options_.leave_out = {"photo_02.jpg", "photo_05.jpg"};
  SfmReport report = run();
  EXPECT_EQ(report.registered, 6);
  EXPECT_EQ(reason(report, "photo_02.jpg"), "left out on request");
  EXPECT_THAT(read_choices(out_).leave_out, ElementsAre("photo_02.jpg", "photo_05.jpg"));
  report = run();
  EXPECT_EQ(report.stages_reused.size(), 5u);
  options_.leave_out.clear();
  report = run();
  EXPECT_EQ(report.registered, 8) << "another set of photos is another reconstruction";
  EXPECT_THAT(read_choices(out_).leave_out, IsEmpty());
}

TEST_F(Growth, TheStateOfEveryPhotoIsKnownAfterwards) {
  test::write_toy_photos(photos_, 8);
  test::write_toy_photo(photos_, 950);
  cv::Mat blurred;
  cv::GaussianBlur(cv::imread((photos_ / "photo_03.jpg").string()), blurred, {}, 9);
  test::write_photo(photos_ / "photo_03.jpg", blurred);
  EXPECT_EQ(pose_state(out_), PoseState::none);
  run();
  EXPECT_EQ(pose_state(out_), PoseState::finished);
  const PhotoStates states = read_photo_states(scene::load_dataset(out_));
  ASSERT_EQ(states.unregistered.size(), 1u);
  EXPECT_EQ(states.unregistered[0].name, "photo_950.jpg");
  EXPECT_EQ(states.unregistered[0].reason, "too few matches (0)");
  EXPECT_EQ(states.unregistered[0].file, photos_ / "photo_950.jpg");
  EXPECT_TRUE(states.knows_blur);
  EXPECT_THAT(states.blurred, ElementsAre("photo_03.jpg"));
}

TEST_F(Growth, ARunThatWasCutShortIsKnownToHaveBegun) {
  test::write_toy_photos(photos_, 6);
  fault("mapper=fail");
  EXPECT_THAT(error_of_run(), testing::HasSubstr("made-up failure"));
  EXPECT_EQ(pose_state(out_), PoseState::begun);
}

TEST(PhotoStates, PicturesWithoutAPoseAreNamed) {
  TESSERA_NEED_DATA("damaged/image_not_in_model");
  const PhotoStates states = read_photo_states(scene::load_dataset(test::shared_data() / "damaged/image_not_in_model"));
  ASSERT_EQ(states.unregistered.size(), 1u);
  EXPECT_EQ(states.unregistered[0].name, "DJI_0024.jpg");
  EXPECT_FALSE(states.knows_blur);
}

TEST(PhotoStates, ADamagedReportCountsAsAbsent) {
  const test::TemporaryFolder folder;
  scene::Dataset dataset;
  dataset.root = folder.path();
  fs::create_directories(folder.path() / "sfm");
  for (const char* text :
       {"{", "[]", "{\"failed\": 3, \"blurred\": [1], \"leave_out\": 2, \"frames_per_second\": \"x\"}",
        "{\"failed\": [1, {\"name\": 4}]}"}) {
    scene::write_file_atomically(folder.path() / "sfm/report.json", text);
    EXPECT_THAT(read_photo_states(dataset).unregistered, IsEmpty()) << text;
    scene::write_file_atomically(folder.path() / "sfm/choices.json", text);
    EXPECT_THAT(read_choices(folder.path()).leave_out, IsEmpty()) << text;
  }
}

}  // namespace
}  // namespace tessera::reconstruct
