#include "reconstruct/blocks/contribution.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reconstruct/train/splat_math.h"
#include "scene/error.h"
#include "tests/reconstruct/blocks/flight.h"

namespace tessera::reconstruct {
namespace {

/// Ground from x = -1 to 1 of opaque splats, cut at 0, and photos straight down. Colours are a chequerboard, so that
/// pictures have something to miss.
struct Ground {
  scene::Dataset dataset = test::flight(3, 1, 0.5);  // over x = 0, 0.5 and 1, each 1 wide
  Partition partition{CellFrame{.angle = 0, .region = {{-1, -1}, {2, 1}}}};
  scene::GaussianModel model;

  Ground() {
    partition.split(0, 0, 0.25);
    for (int i = 0; i < 60; ++i)
      for (int j = 0; j < 40; ++j)
        add(-0.975 + 0.05 * i, -0.975 + 0.05 * j, 0, (i / 2 + j / 2) % 2 == 0 ? 1.0f : -1.0f);
  }
  void add(double x, double y, double z, float shade) {
    const std::size_t row = model.size();
    model.resize(row + 1, 0);
    model.position[0][row] = static_cast<float>(x), model.position[1][row] = static_cast<float>(y);
    model.position[2][row] = static_cast<float>(z);
    for (int a = 0; a < 3; ++a) model.log_scale[a][row] = std::log(0.02f), model.sh[a][row] = shade;
    model.rotation[0][row] = 1, model.opacity_logit[row] = logit(0.95f);
  }
  BlockViews views(const char* rule, double above) const {
    AssignmentOptions options{.rule = rule, .margin = 0};
    options.contribution_above = options.drop_above = above;
    return views_by_pictures(dataset, partition, options, model, false);
  }
};

std::vector<std::uint32_t> ids(const std::vector<BlockView>& views) {
  std::vector<std::uint32_t> all;
  for (const BlockView& v : views) all.push_back(v.view);
  return all;
}

TEST(AssignmentByPictures, ContributionIsTheShareOfThePictureThatABlockMakes) {
  const Ground ground;
  const BlockViews views = ground.views("visibility", 0);
  // Photo 0 sees -0.5 .. 0.5 of which three quarters lie left of 0.25; photo 1 sees 0 .. 1; photo 2 nothing of it.
  ASSERT_THAT(ids(views[0]), testing::ElementsAre(0, 1));
  ASSERT_THAT(ids(views[1]), testing::ElementsAre(0, 1, 2));
  EXPECT_NEAR(views[0][0].contribution, 0.75, 0.03);
  EXPECT_NEAR(views[0][1].contribution, 0.25, 0.03);
  EXPECT_NEAR(views[1][0].contribution + views[0][0].contribution, 1, 1e-6);
  EXPECT_EQ(views[1][2].contribution, 1);
  EXPECT_THAT(ids(ground.views("visibility", 0.3)[0]), testing::ElementsAre(0)) << "and 0.25 is too little";
}

TEST(AssignmentByPictures, WhatStandsInFrontHidesABlock) {
  Ground ground;
  // A roof half way up over all that photo 1 sees of the left block; it stands in the right one for the camera's rays
  // cross x = 0.25 .. 0.27 there.
  for (double x = 0.255; x < 0.5; x += 0.02)
    for (double y = -0.5; y < 0.5; y += 0.02) ground.add(x, y, 0.5, 0.5f);
  const BlockViews views = ground.views("visibility", 0);
  EXPECT_LT(views[0][1].contribution, 0.02);
  EXPECT_THAT(ids(ground.views("visibility", 0.05)[0]), testing::ElementsAre(0));
}

TEST(AssignmentByPictures, DropIsWhatThePictureLosesWithoutTheBlock) {
  const Ground ground;
  const BlockViews views = ground.views("ssim-drop", 0.05);
  ASSERT_THAT(ids(views[0]), testing::ElementsAre(0, 1));
  EXPECT_THAT(ids(views[1]), testing::ElementsAre(0, 1, 2));
  EXPECT_GT(views[0][0].drop, views[0][1].drop) << "three quarters against one";
  EXPECT_GT(views[1][2].drop, 0.9) << "nothing is left";
  EXPECT_GT(views[1][2].contribution, 0.99) << "recorded too";
  // Where the left block is as dark as what is behind it, its splats are seen and not missed.
  Ground dark = ground;
  for (std::size_t i = 0; i < dark.model.size(); ++i)
    if (dark.model.position[0][i] < 0.25f)
      for (int c = 0; c < 3; ++c) dark.model.sh[c][i] = -0.5f / 0.2820948f;
  EXPECT_TRUE(dark.views("ssim-drop", 0.05)[0].empty());
  EXPECT_THAT(ids(dark.views("visibility", 0.05)[0]), testing::ElementsAre(0, 1));
}

TEST(AssignmentByPictures, HeldOutPhotosServeNoBlockAndAnEmptyModelIsRefused) {
  Ground ground;
  ground.dataset.views[0].test = true;
  EXPECT_THAT(ids(ground.views("visibility", 0)[0]), testing::ElementsAre(1));
  ground.model.resize(0, 0);
  EXPECT_THROW(ground.views("visibility", 0), scene::Error);
}

TEST(AssignmentByPictures, SparsePointsStandInForAModel) {
  const scene::Dataset dataset = test::flight(3, 1, 0.5);
  const scene::GaussianModel model = model_of_points(dataset);
  EXPECT_EQ(model.size(), dataset.points.size());
  EXPECT_NEAR(sigmoid(model.opacity_logit[0]), 0.95, 1e-5);
  Partition partition(CellFrame{.angle = 0, .region = {{-1, -1}, {2, 1}}});
  partition.split(0, 0, 0.25);
  const BlockViews views = views_by_pictures(dataset, partition, {.rule = "visibility", .margin = 0}, model, false);
  EXPECT_NEAR(views[0][0].contribution, 0.75, 0.1);
}

}  // namespace
}  // namespace tessera::reconstruct
