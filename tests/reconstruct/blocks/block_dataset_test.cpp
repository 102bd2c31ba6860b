#include "reconstruct/blocks/block_dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scene/error.h"

namespace tessera::reconstruct {
namespace {

/// Five points along x at 0.5 .. 4.5, views 0 to 3; view v sees the points v and v + 1.
scene::Dataset chain() {
  scene::Dataset dataset;
  dataset.views.resize(4);
  for (std::size_t v = 0; v < 4; ++v) dataset.views[v].name = std::to_string(v);
  dataset.scene_from_world.scale = 3;
  dataset.points.track_begin = {0};
  for (std::uint32_t i = 0; i < 5; ++i) {
    dataset.points.position.push_back({static_cast<float>(i) + 0.5f, 0.5f, 0});
    dataset.points.color.push_back({static_cast<std::uint8_t>(i), 0, 0});
    dataset.points.error.push_back(static_cast<float>(i));
    if (i > 0) dataset.points.track_view.push_back(i - 1);
    if (i < 4) dataset.points.track_view.push_back(i);
    dataset.points.track_begin.push_back(static_cast<std::uint32_t>(dataset.points.track_view.size()));
  }
  return dataset;
}

Partition halves() {
  Partition partition(CellFrame{.angle = 0, .region = {{0, 0}, {4, 1}}});
  partition.split(0, 0, 2);
  return partition;
}

TEST(BlockDataset, HasTheBlocksViewsAndAllPointsThatTheySee) {
  const scene::Dataset whole = chain();
  BlockData block;
  block.views = {{1, 1, 1}, {2, 1, 1}};
  block.points = {2, 3};
  block.auxiliary = {1};
  const scene::Dataset part = block_dataset(whole, block, "block 1");
  ASSERT_EQ(part.views.size(), 2u);
  EXPECT_EQ(part.views[1].name, "2");
  EXPECT_EQ(part.scene_from_world.scale, 3);
  ASSERT_EQ(part.points.size(), 3u);
  EXPECT_EQ(part.points.color[0][0], 1);
  EXPECT_EQ(part.points.error[2], 3);
  // Point 1 is seen by the views 0 and 1, of which only 1 is left, as number 0.
  EXPECT_EQ(part.points.track_begin, (std::vector<std::uint32_t>{0, 1, 3, 4}));
  EXPECT_EQ(part.points.track_view, (std::vector<std::uint32_t>{0, 0, 1, 1}));
  block.views.resize(1);
  try {
    block_dataset(whole, block, "block 1");
    ADD_FAILURE();
  } catch (const scene::Error& e) {
    EXPECT_THAT(e.what(), testing::HasSubstr("block 1: has 1 photos"));
  }
}

TEST(GrowsWithin, TheCellItsMarginAndWhatItOwnsBeyondTheRegion) {
  const GrowFilter left = grows_within(halves(), 0, 0.1);
  EXPECT_TRUE(left.allows({1, 0.5f, 9}));
  EXPECT_TRUE(left.allows({2.05f, 0.5f, 0}));
  EXPECT_FALSE(left.allows({2.15f, 0.5f, 0}));
  EXPECT_TRUE(left.allows({-100, 40, 0})) << "the background on its side";
  EXPECT_FALSE(left.allows({100, 40, 0}));
  EXPECT_NE(left.text, grows_within(halves(), 1, 0.1).text);
  EXPECT_FALSE(grows_within(Partition(halves().frame()), 0, 0.1)) << "one block: everywhere";
}

}  // namespace
}  // namespace tessera::reconstruct
