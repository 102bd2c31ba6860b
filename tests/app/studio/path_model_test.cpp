#include "app/studio/path_model.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <cmath>

namespace tessera::app {
namespace {

class PathModelTest : public testing::Test {
 protected:
  PathModelTest() {
    for (int i = 0; i < 4; ++i) model_.insert({2.0 * i, scene::look_at({1.0 * i, -5, 1}, {0, 0, 0}), 1.0 + 0.1 * i});
  }
  double x_of(int row) {
    return model_.path().keys[static_cast<std::size_t>(row)].cam_from_world.inverse().translation.x;
  }
  std::vector<double> times() {
    std::vector<double> all;
    for (const auto& key : model_.path().keys) all.push_back(key.seconds);
    return all;
  }
  bool set(int row, PathModel::Column column, const QVariant& value) {
    return model_.setData(model_.index(row, column), value, Qt::EditRole);
  }
  PathModel model_;
  QAbstractItemModelTester tester_{&model_, QAbstractItemModelTester::FailureReportingMode::Fatal};
};

TEST_F(PathModelTest, StaysInTheOrderOfItsTimes) {
  EXPECT_EQ(model_.insert({3, {}, 1}), 2);
  EXPECT_EQ(times(), (std::vector<double>{0, 2, 3, 4, 6}));
  EXPECT_TRUE(set(1, PathModel::time, 5));
  EXPECT_EQ(times(), (std::vector<double>{0, 3, 4, 5, 6}));
  EXPECT_NEAR(x_of(3), 1, 1e-12) << "the key took its pose along";
  EXPECT_TRUE(set(4, PathModel::time, 1));
  EXPECT_EQ(times(), (std::vector<double>{0, 1, 3, 4, 5}));
  EXPECT_NEAR(x_of(1), 3, 1e-12);
}

TEST_F(PathModelTest, TwoKeysNeverShareATime) {
  EXPECT_TRUE(set(3, PathModel::time, 2));
  const auto all = times();
  for (std::size_t i = 1; i < all.size(); ++i) EXPECT_GT(all[i], all[i - 1]);
  EXPECT_TRUE(set(2, PathModel::time, -7));
  EXPECT_GT(times()[1], 0);
}

TEST_F(PathModelTest, RefusesWhatIsNoNumberAndTheTimeOfTheFirst) {
  EXPECT_FALSE(set(1, PathModel::time, "soon"));
  EXPECT_FALSE(set(1, PathModel::zoom, std::nan("")));
  EXPECT_FALSE(set(0, PathModel::time, 1));
  EXPECT_FALSE(set(1, PathModel::columns, 1));
  EXPECT_TRUE(set(1, PathModel::zoom, 1e9));
  EXPECT_EQ(model_.path().keys[1].focal_scale, 20) << "no more than the view can show";
}

TEST_F(PathModelTest, ReordersRemovesAndStretches) {
  model_.move(0, 1);
  EXPECT_EQ(times(), (std::vector<double>{0, 2, 4, 6}));
  EXPECT_NEAR(x_of(0), 1, 1e-12);
  EXPECT_NEAR(x_of(1), 0, 1e-12);
  model_.move(0, -1);
  model_.move(3, 1);
  EXPECT_NEAR(x_of(0), 1, 1e-12) << "there is nothing to change places with";
  model_.remove(0);
  EXPECT_EQ(times(), (std::vector<double>{0, 2, 4})) << "a path begins at 0";
  model_.set_duration(10);
  EXPECT_EQ(times(), (std::vector<double>{0, 5, 10}));
  for (int i = 0; i < 3; ++i) model_.remove(0);
  EXPECT_TRUE(model_.empty());
  model_.set_duration(10);
  EXPECT_EQ(model_.rowCount(), 0);
}

TEST_F(PathModelTest, AKeyShowsWhatTheViewShowed) {
  model_.set_base_field_of_view(0.8);
  scene::Camera view;
  view.intrinsics = {640, 480, 700, 700, 320, 240};
  view.cam_from_world = scene::look_at({1, 2, 3}, {0, 0, 0});
  model_.set_path({{model_.key_of(view, 0)}});
  const scene::Camera same = model_.camera_at(0, 640, 480), larger = model_.camera_at(0, 1280, 960);
  EXPECT_NEAR(same.intrinsics.fy, 700, 1e-9);
  EXPECT_NEAR(larger.intrinsics.fy, 1400, 1e-9);
  EXPECT_EQ(same.cam_from_world.translation, view.cam_from_world.translation);
}

}  // namespace
}  // namespace tessera::app
