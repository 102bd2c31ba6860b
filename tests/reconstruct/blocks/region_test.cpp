#include "reconstruct/blocks/region.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numbers>

#include "scene/atomic_file.h"
#include "scene/error.h"
#include "tests/reconstruct/blocks/flight.h"
#include "tests/support/test_data.h"

namespace tessera::reconstruct {
namespace {
using testing::ElementsAre;
using testing::HasSubstr;

template <class Call>
std::string message(Call call) {
  try {
    call();
  } catch (const scene::Error& e) {
    return e.what();
  }
  return "nothing was thrown";
}

void put_at(scene::View& view, const glm::dvec3& at) {
  view.camera.cam_from_world = scene::look_at(at, {at.x, at.y, 0}, {0, 1, 0});
}

TEST(RegionOfInterest, IsNotLaidAroundACameraThatAWrongGpsPositionPutsFarAway) {
  scene::Dataset dataset = test::flight(6, 5);
  const CellFrame before = region_of_interest(dataset);
  EXPECT_TRUE(far_cameras(dataset).empty());
  put_at(dataset.views[7], {5000, -3000, 1});
  put_at(dataset.views[20], {-40, 2, 1});
  EXPECT_THAT(far_cameras(dataset), ElementsAre(7, 20));
  const CellFrame after = region_of_interest(dataset);
  EXPECT_NEAR(after.region.area(), before.region.area(), 0.1 * before.region.area());
}

TEST(RegionOfInterest, ALongStripHasNoFarCameras) {
  EXPECT_TRUE(far_cameras(test::flight(60, 1)).empty());
  EXPECT_TRUE(far_cameras(test::flight(1, 1)).empty()) << "all in one place";
}

TEST(RegionOfInterest, ASecondPlaceIsNoOutlier) {
  scene::Dataset dataset = test::flight(6, 5);
  for (std::size_t v = 0; v < 10; ++v) put_at(dataset.views[v], {500.0 + 0.4 * static_cast<double>(v), 0, 1});
  EXPECT_TRUE(far_cameras(dataset).empty());
  for (const scene::View& view : dataset.views)
    EXPECT_TRUE(
        region_of_interest(dataset).region.contains(region_of_interest(dataset).cell_from_scene(view.camera.center())));
}

TEST(LinkedViews, TwoSitesThatShareNoPointAreTwoGroups) {
  scene::Dataset dataset = test::flight(4, 2);
  EXPECT_EQ(linked_views(dataset).size(), 1u);
  dataset = test::flight(8, 1, 2);  // photos 2 apart and 1 wide: none shares a point with the next
  EXPECT_EQ(linked_views(dataset).size(), 8u);
  // One point that 0, 3 and 5 see links these.
  for (const std::uint32_t v : {0u, 3u, 5u}) dataset.points.track_view.push_back(v);
  dataset.points.position.push_back({0, 0, 0});
  dataset.points.track_begin.push_back(static_cast<std::uint32_t>(dataset.points.track_view.size()));
  const auto groups = linked_views(dataset);
  ASSERT_EQ(groups.size(), 6u);
  EXPECT_THAT(groups[0], ElementsAre(0, 3, 5));
  dataset.points.track_view.clear();
  dataset.points.track_begin.assign(dataset.points.size() + 1, 0);
  EXPECT_EQ(linked_views(dataset).size(), 1u) << "not known";
}

TEST(ReadRegion, TakesCornersAndFiles) {
  EXPECT_THAT(read_region("0,0 2,1"),
              ElementsAre(glm::dvec2(0, 0), glm::dvec2(2, 0), glm::dvec2(2, 1), glm::dvec2(0, 1)));
  EXPECT_EQ(read_region("0,0 2.5e1,-1  3,4").size(), 3u);
  test::TemporaryFolder folder;
  const std::string file = (folder.path() / "r.json").string();
  const auto from = [&](const std::string& text) {
    scene::write_file_atomically(file, text);
    return read_region(file);
  };
  EXPECT_EQ(from("[[0,0],[1,0],[1,1]]").size(), 3u);
  EXPECT_EQ(from(R"({"type":"FeatureCollection","features":[{"type":"Feature","geometry":
                     {"type":"Polygon","coordinates":[[[0,0,9],[1,0,9],[1,1,9],[0,0,9]]]}}]})")
                .size(),
            4u);
  EXPECT_THAT(message([&] { from("[[0,0],[1]]"); }), HasSubstr("r.json: corner 2 is not [x, y]"));
  EXPECT_THAT(message([&] { from("{"); }), HasSubstr("r.json: is not valid JSON"));
  EXPECT_THAT(message([&] { from(R"({"type":"Point"})"); }), HasSubstr("holds no list of corners"));
  for (const char* bad : {"0,0", "", "0 0 1 1", "0,0 1,x", "0,0 1,1,2", "absent.json"})
    EXPECT_THAT(message([&] { read_region(bad); }), HasSubstr("--region")) << bad;
}

TEST(RegionAround, LiesInTheDatasetsOwnCoordinates) {
  scene::Dataset dataset = test::flight(6, 5);
  // The world is twice as large, turned by 90 degrees and moved: scene = 0.5 R world + t.
  dataset.scene_from_world = {0.5, glm::angleAxis(std::numbers::pi / 2, glm::dvec3(0, 0, 1)), {1, 0, 0}};
  const CellFrame frame = region_around(dataset, read_region("0,0 2,1"));
  EXPECT_NEAR(frame.region.area(), 0.25 * 2, 1e-12);
  EXPECT_TRUE(frame.region.contains(frame.cell_from_scene(dataset.scene_from_world({1.9, 0.1, 7}))));
  EXPECT_FALSE(frame.region.contains(frame.cell_from_scene(dataset.scene_from_world({0.1, 1.9, 7}))));
}

TEST(RegionAround, WhatHoldsNothingIsRefusedWithWhereThingsAre) {
  scene::Dataset dataset = test::flight(6, 5);
  const auto around = [&](const char* text) { return message([&] { region_around(dataset, read_region(text)); }); };
  EXPECT_THAT(around("50,50 60,60"),
              HasSubstr("--region: no sparse point lies within it; what there is lies between -0.45"));
  EXPECT_THAT(around("0,0 0,1"), HasSubstr("has no area"));
  dataset.points = {};
  EXPECT_THAT(around("50,50 60,60"), HasSubstr("no photo was taken within it"));
  dataset.scene_from_world.rotation = glm::angleAxis(1.0, glm::dvec3(1, 0, 0));
  EXPECT_THAT(around("0,0 1,1"), HasSubstr("do not have z up"));
}

}  // namespace
}  // namespace tessera::reconstruct
