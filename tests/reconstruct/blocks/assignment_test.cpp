#include "reconstruct/blocks/assignment.h"
#include "reconstruct/blocks/region.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "scene/camera_path.h"
#include "tests/support/test_data.h"

namespace tessera::reconstruct {
namespace {

/// BlockGaussian's thresholds, without a margin.
const AssignmentOptions kPaper{.margin = 0, .cover_above = 0.3, .share_above = 0.1};

/// Points at x = 0.5 .. 99.5 of a strip 100 x 1 that is cut at 50, and views whose tracks the test names.
struct Strip {
  scene::Dataset dataset;
  Partition partition{CellFrame{.angle = 0, .region = {{0, 0}, {100, 1}}}};

  explicit Strip(std::size_t views) {
    partition.split(0, 0, 50);
    dataset.views.resize(views);
    for (int i = 0; i < 100; ++i) dataset.points.position.push_back({static_cast<float>(i) + 0.5f, 0.5f, 0});
    tracks.resize(100);
  }
  void sees(std::uint32_t view, int first, int count) {
    for (int i = first; i < first + count; ++i) tracks[static_cast<std::size_t>(i)].push_back(view);
  }
  std::vector<BlockData> assign() {
    dataset.points.track_begin = {0};
    for (auto& views : tracks) {
      std::sort(views.begin(), views.end());
      dataset.points.track_view.insert(dataset.points.track_view.end(), views.begin(), views.end());
      dataset.points.track_begin.push_back(static_cast<std::uint32_t>(dataset.points.track_view.size()));
    }
    return assign_by_tracks(dataset, partition, kPaper);
  }
  std::vector<std::vector<std::uint32_t>> tracks;
};

std::vector<std::uint32_t> views_of(const BlockData& block) {
  std::vector<std::uint32_t> views;
  for (const BlockView& v : block.views) views.push_back(v.view);
  return views;
}

TEST(Assignment, TakesAViewThatLooksMostlyAtTheBlockOrSeesMuchOfIt) {
  Strip strip(5);
  strip.sees(0, 0, 4), strip.sees(0, 50, 9);   // 4 of 13 = 0.308 of what it sees, 4 of 50 = 0.08 of the block
  strip.sees(1, 0, 4), strip.sees(1, 50, 10);  // 4 of 14 = 0.286: neither
  strip.sees(2, 0, 6), strip.sees(2, 50, 30);  // 6 of 36 = 0.17, 6 of 50 = 0.12 of the block
  strip.sees(3, 0, 5), strip.sees(3, 50, 30);  // 0.14, 0.10 exactly: not above
  // View 4 sees nothing: no block, and no division by zero.
  const auto blocks = strip.assign();
  ASSERT_EQ(blocks.size(), 2u);
  EXPECT_THAT(views_of(blocks[0]), testing::ElementsAre(0, 2));
  EXPECT_THAT(views_of(blocks[1]), testing::ElementsAre(0, 1, 2, 3));
  const AssignmentOptions& o = kPaper;
  EXPECT_TRUE(blocks[0].views[0].looks_at_it(o));
  EXPECT_FALSE(blocks[0].views[0].sees_much(o));
  EXPECT_FALSE(blocks[0].views[1].looks_at_it(o));
  EXPECT_TRUE(blocks[0].views[1].sees_much(o));
  EXPECT_NEAR(blocks[0].views[0].cover, 4.0 / 13, 1e-12);
  EXPECT_NEAR(blocks[0].views[1].share, 6.0 / 50, 1e-12);
}

TEST(Assignment, PointsThatItsViewsSeeElsewhereAreAuxiliary) {
  Strip strip(2);
  strip.sees(0, 40, 20);
  strip.sees(1, 90, 5);
  const auto blocks = strip.assign();
  EXPECT_EQ(blocks[0].points.size(), 50u);
  std::vector<std::uint32_t> beyond(10);
  std::iota(beyond.begin(), beyond.end(), 50u);
  EXPECT_EQ(blocks[0].auxiliary, beyond);
  EXPECT_EQ(blocks[1].auxiliary.front(), 40u);
}

TEST(Assignment, TheMarginCountsPointsOfTheNeighbour) {
  Strip strip(1);
  strip.sees(0, 0, 100);
  strip.assign();
  const auto blocks = assign_by_tracks(strip.dataset, strip.partition, {.margin = 0.1});
  EXPECT_EQ(blocks[0].points.size(), 52u) << "2.5 further, and half-open";
  EXPECT_EQ(blocks[1].points.front(), 47u);
}

TEST(Assignment, HeldOutViewsServeNoBlock) {
  Strip strip(2);
  strip.sees(0, 0, 50), strip.sees(1, 0, 50);
  strip.dataset.views[0].test = true;
  EXPECT_THAT(views_of(strip.assign()[0]), testing::ElementsAre(1));
}

TEST(Assignment, WithoutTracksAViewSeesWhatLiesInItsPicture) {
  Strip strip(2);
  strip.dataset.points.track_begin.assign(101, 0);
  for (int v = 0; v < 2; ++v) {  // straight down from 10 above x = 25 and x = 75, 20 wide on the ground
    auto& camera = strip.dataset.views[static_cast<std::size_t>(v)].camera;
    camera.intrinsics = {100, 100, 50, 50, 50, 50};
    const double x = v == 0 ? 25 : 75;
    camera.cam_from_world = scene::look_at({x, 0.5, 10}, {x, 0.5, 0}, {0, 1, 0});
  }
  const auto blocks = assign_by_tracks(strip.dataset, strip.partition);
  EXPECT_THAT(views_of(blocks[0]), testing::ElementsAre(0));
  EXPECT_THAT(views_of(blocks[1]), testing::ElementsAre(1));
  EXPECT_EQ(blocks[0].views[0].cover, 1);
}

TEST(PointLoads, CountPointsSightsOrThePixelsTheyCover) {
  Strip strip(2);
  strip.sees(0, 10, 3), strip.sees(1, 10, 1);
  for (auto& view : strip.dataset.views) {
    view.camera.intrinsics = {100, 100, 50, 50, 50, 50};
    view.camera.cam_from_world = scene::look_at({10.5, 0.5, 10}, {10.5, 0.5, 0}, {0, 1, 0});
  }
  strip.assign();
  const CellFrame& frame = strip.partition.frame();
  const auto weight = [&](LoadRule rule, std::size_t i) { return point_loads(strip.dataset, frame, rule)[i].weight; };
  EXPECT_EQ(weight(LoadRule::points, 0), 1);
  EXPECT_EQ(weight(LoadRule::visible, 10), 2);
  EXPECT_EQ(weight(LoadRule::visible, 11), 1);
  EXPECT_EQ(weight(LoadRule::visible, 20), 0);
  // Neighbours at 1, 1 and 2: a mean square of 2; (50 px / 10)^2 each, two views.
  EXPECT_NEAR(weight(LoadRule::pixels_covered, 10), 2 * 25 * 2.0, 1e-6);
  EXPECT_EQ(point_loads(strip.dataset, frame, LoadRule::points)[30].at, glm::dvec2(30.5, 0.5));
}

TEST(RegionOfInterest, LiesAroundTheCamerasOfARealFlight) {
  TESSERA_NEED_DATA("caliterra");
  const scene::Dataset dataset = scene::load_dataset(test::shared_data() / "caliterra");
  const CellFrame frame = region_of_interest(dataset);
  for (const scene::View& view : dataset.views)
    EXPECT_TRUE(frame.root().contains(frame.cell_from_scene(view.camera.center())));
  const Partition partition = tree_balanced(frame, point_loads(dataset, frame, LoadRule::pixels_covered), 4);
  const auto blocks = assign_by_tracks(dataset, partition);
  std::vector<bool> used(dataset.views.size());
  for (const BlockData& block : blocks) {
    EXPECT_GE(block.views.size(), 10u);
    for (const BlockView& v : block.views) used[v.view] = true;
  }
  EXPECT_EQ(std::count(used.begin(), used.end(), true), static_cast<std::ptrdiff_t>(dataset.train_views().size()));
}

}  // namespace
}  // namespace tessera::reconstruct
