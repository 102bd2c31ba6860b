#include "scene/scene_frame.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include <glm/geometric.hpp>

#include "scene/formats/colmap.h"
#include "scene/random.h"
#include "scene/symmetric_eigen.h"
#include "tests/support/test_data.h"

namespace tessera::scene {
namespace {

constexpr double kDegree = std::numbers::pi / 180;

double draw(std::uint32_t stream, std::uint32_t index, double low, double high) {
  return low + (high - low) * uniform01(philox(21, static_cast<std::uint32_t>(RandomStream::kTest), stream, index)[0]);
}

/// A camera at `center` that looks along `forward` with its x axis level (across `up`), then rolled about its axis.
Rigid look(const glm::dvec3& center, const glm::dvec3& forward, const glm::dvec3& up, double roll = 0) {
  const glm::dvec3 z = glm::normalize(forward), x0 = glm::normalize(glm::cross(z, up)), y0 = glm::cross(z, x0);
  const glm::dvec3 x = std::cos(roll) * x0 + std::sin(roll) * y0;
  const Rigid world_from_cam{glm::quat_cast(glm::dmat3(x, glm::cross(z, x), z)), center};
  return world_from_cam.inverse();
}

struct World {
  std::vector<Rigid> poses;
  WorldPoints points;
  World transformed(const Similarity& s) const {
    World w = *this;
    for (Rigid& pose : w.poses) pose = transform_pose(pose, s);
    for (glm::dvec3& p : w.points.position) p = s(p);
    return w;
  }
  Similarity frame() const { return choose_scene_frame(poses, points); }
};

/// Ground around the origin, z = 0, seen by every camera.
void add_ground(World& world, double radius) {
  for (std::uint32_t i = 0; i < 400; ++i)
    world.points.position.push_back(
        {draw(1, i, -radius, radius), draw(2, i, -radius, radius), draw(3, i, -0.02, 0.02) * radius});
  world.points.track_begin.push_back(0);
  for (std::size_t i = 0; i < world.points.position.size(); ++i) {
    for (std::uint32_t v = 0; v < world.poses.size(); ++v) world.points.track_view.push_back(v);
    world.points.track_begin.push_back(static_cast<std::uint32_t>(world.points.track_view.size()));
  }
}

const glm::dvec3 kUp{0, 0, 1};

/// Cameras on a ring that look at the origin, `pitch` degrees down.
World orbit(double pitch, double roll_noise = 0) {
  World world;
  for (std::uint32_t i = 0; i < 24; ++i) {
    const double a = 2 * std::numbers::pi * i / 24 * 0.9;
    const glm::dvec3 center{4 * std::cos(a), 3 * std::sin(a), 5 * std::tan(pitch * kDegree)};
    world.poses.push_back(look(center, -center, kUp, roll_noise * draw(4, i, -1, 1)));
  }
  add_ground(world, 1);
  return world;
}

/// A lawnmower flight that looks straight down; the heading turns round after each leg if `turning`.
World survey(bool turning, double wobble) {
  World world;
  for (int row = 0; row < 4; ++row) {
    for (int column = 0; column < 6; ++column) {
      const std::uint32_t i = static_cast<std::uint32_t>(row * 6 + column);
      const glm::dvec3 down{wobble * draw(5, i, -1, 1), wobble * draw(6, i, -1, 1), -1};
      const glm::dvec3 heading = turning && row % 2 ? glm::dvec3(0, -1, 0) : glm::dvec3(0, 1, 0);
      world.poses.push_back(look({1.2 * column - 3, row - 1.5, 3 + wobble * draw(7, i, -1, 1)}, down, heading,
                                 2 * wobble * draw(8, i, -1, 1)));
    }
  }
  add_ground(world, 3);
  return world;
}

/// Angle between the frame's +z and the direction `up` of the world.
double tilt(const Similarity& frame, const glm::dvec3& up) {
  return std::acos(std::clamp(glm::dot(frame.rotation * glm::normalize(up), glm::dvec3(0, 0, 1)), -1.0, 1.0)) / kDegree;
}

void expect_same(const Rigid& a, const Rigid& b, double tolerance) {
  EXPECT_NEAR(std::abs(glm::dot(a.rotation, b.rotation)), 1, tolerance);
  // The sine of half the angle between them, which does not lose the digits that the cosine does.
  const glm::dquat d = a.rotation * glm::conjugate(b.rotation);
  EXPECT_LT(glm::length(glm::dvec3(d.x, d.y, d.z)), tolerance);
  EXPECT_LT(glm::length(a.translation - b.translation), tolerance * (1 + glm::length(b.translation)));
}

/// Poses and points of both worlds come to lie on each other in their scene frames.
void expect_same_scene(const World& a, const World& b, double tolerance) {
  const Similarity fa = a.frame(), fb = b.frame();
  for (std::size_t i = 0; i < a.poses.size(); ++i)
    expect_same(transform_pose(a.poses[i], fa), transform_pose(b.poses[i], fb), tolerance);
  for (std::size_t i = 0; i < a.points.position.size(); ++i)
    EXPECT_LT(glm::length(fa(a.points.position[i]) - fb(b.points.position[i])), tolerance * 10);
}

World read_world(const std::filesystem::path& model_folder) {
  const ColmapModel model = read_colmap(model_folder);
  World world;
  std::map<std::uint32_t, std::uint32_t> view;
  for (const auto& image : model.images) {
    view[image.id] = static_cast<std::uint32_t>(world.poses.size());
    world.poses.push_back({glm::normalize(image.cam_from_world.rotation), image.cam_from_world.translation});
  }
  world.points.track_begin.push_back(0);
  for (const auto& point : model.points) {
    world.points.position.push_back(point.position);
    for (const auto& [image, observation] : point.track) world.points.track_view.push_back(view.at(image));
    world.points.track_begin.push_back(static_cast<std::uint32_t>(world.points.track_view.size()));
  }
  return world;
}

double median_depth(const World& world, const Similarity& frame) {
  std::vector<double> depths;
  for (std::size_t i = 0; i < world.points.position.size(); ++i)
    for (std::uint32_t t = world.points.track_begin[i]; t < world.points.track_begin[i + 1]; ++t)
      depths.push_back(
          transform_pose(world.poses[world.points.track_view[t]], frame)(frame(world.points.position[i])).z);
  std::nth_element(depths.begin(), depths.begin() + static_cast<std::ptrdiff_t>(depths.size() / 2), depths.end());
  return depths[depths.size() / 2];
}

// ----------------------------------------------------------------------------------------------------------------
// invariance

TEST(SceneFrame, ScalingTheInputChangesNothing) {
  for (const World& world : {orbit(30), survey(true, 0.02), survey(false, 0)}) {
    for (const double factor : {0.01, 100.0, 3e-6, 7e5})
      expect_same_scene(world, world.transformed({factor, {1, 0, 0, 0}, {0, 0, 0}}), 1e-9);
  }
}

TEST(SceneFrame, ScaledPointsAgreeToTheLastFloats) {
  TESSERA_NEED_DATA("brighton_beach");
  const World world = read_world(test::shared_data() / "brighton_beach/sparse/0");
  const Similarity frame = world.frame();
  for (const double factor : {0.01, 100.0}) {
    const World scaled = world.transformed({factor, {1, 0, 0, 0}, {0, 0, 0}});
    const Similarity scaled_frame = scaled.frame();
    for (std::size_t i = 0; i < world.poses.size(); ++i)
      expect_same(transform_pose(world.poses[i], frame), transform_pose(scaled.poses[i], scaled_frame), 1e-9);
    std::size_t differing = 0;
    for (std::size_t i = 0; i < world.points.position.size(); ++i) {
      const glm::dvec3 a = frame(world.points.position[i]), b = scaled_frame(scaled.points.position[i]);
      for (int c = 0; c < 3; ++c) differing += static_cast<float>(a[c]) != static_cast<float>(b[c]);
    }
    // A double differs in its last bits; one in a thousand may straddle a float's rounding.
    EXPECT_LT(differing, world.points.position.size() * 3 / 1000);
  }
}

TEST(SceneFrame, TurningAndMovingTheInputChangesNothing) {
  const Similarity turn{4.2, glm::normalize(glm::dquat(0.3, -0.8, 0.4, 0.2)), {30, -70, 12}};
  for (const World& world :
       {orbit(30), orbit(0), survey(true, 0.02), survey(false, 0.02), survey(true, 0), survey(false, 0)})
    expect_same_scene(world, world.transformed(turn), 1e-9);
}

TEST(SceneFrame, GeographicCoordinatesLoseNoDigitsThatMatter) {
  const World world = survey(true, 0.02);
  // UTM metres: half a nanometre is the spacing of doubles there.
  expect_same_scene(world, world.transformed({1, {1, 0, 0, 0}, {448'262, 5'411'932, 117}}), 1e-8);
}

// ----------------------------------------------------------------------------------------------------------------
// scale and origin

TEST(SceneFrame, MedianDepthBecomesOne) {
  for (const World& world : {orbit(30), survey(true, 0.02)}) EXPECT_NEAR(median_depth(world, world.frame()), 1, 1e-12);
}

TEST(SceneFrame, OriginIsTheMedianOfThePointsInEachDirection) {
  const World world = orbit(30).transformed({2, glm::normalize(glm::dquat(1, 2, 3, 4)), {5, 6, 7}});
  const Similarity frame = world.frame();
  for (int axis = 0; axis < 3; ++axis) {
    const auto below = std::count_if(world.points.position.begin(), world.points.position.end(),
                                     [&](const glm::dvec3& p) { return frame(p)[axis] < -1e-12; });
    EXPECT_NEAR(static_cast<double>(below), 200, 1);
  }
}

TEST(SceneFrame, PointsWithoutTracksGiveTheSameScaleWhereAllAreSeen) {
  World world = orbit(30);
  const Similarity with = world.frame();
  world.points.track_begin.clear(), world.points.track_view.clear();
  EXPECT_NEAR(world.frame().scale / with.scale, 1, 1e-12);
  world.points.track_begin.assign(world.points.position.size() + 1, 0);
  EXPECT_NEAR(world.frame().scale / with.scale, 1, 1e-12);
}

TEST(SceneFrame, PointsBehindAndBesideTheCamerasDoNotCount) {
  World world;
  for (int i = 0; i < 6; ++i) world.poses.push_back(look({0.1 * i, 0, 0}, {0, 1, 0}, kUp));
  for (int i = 0; i < 11; ++i) world.points.position.push_back({0.2, 5, 0.1 * i});
  for (int i = 0; i < 30; ++i)
    world.points.position.push_back({0.2, -7, 0.1 * i}), world.points.position.push_back({9, 2, 0});
  EXPECT_NEAR(world.frame().scale, 1.0 / 5, 1e-12);
}

TEST(SceneFrame, WithoutPointsTheOpticalAxesMeet) {
  World world = orbit(30);
  world.points = {};
  const Similarity frame = world.frame();
  // The axes meet at the origin of the ring exactly.
  EXPECT_LT(glm::length(frame({0, 0, 0})), 1e-9);
  std::vector<double> distances;
  for (const Rigid& pose : world.poses) distances.push_back(glm::length(pose.inverse().translation));
  std::nth_element(distances.begin(), distances.begin() + 12, distances.end());
  EXPECT_NEAR(frame.scale, 1 / distances[12], 1e-9);
}

TEST(SceneFrame, ParallelAxesWithoutPointsTakeTheSpreadOfTheCameras) {
  World world = survey(true, 0);
  world.points = {};
  const Similarity frame = world.frame();
  double sum = 0;
  for (const Rigid& pose : world.poses) {
    const glm::dvec3 c = pose.inverse().translation - glm::dvec3(0, 0, 3);
    sum += glm::dot(c, c);
  }
  EXPECT_NEAR(frame.scale, 1 / std::sqrt(sum / 24), 1e-12);
  EXPECT_NEAR(tilt(frame, kUp), 0, 1e-6);
  // The origin lies one unit below the flight.
  EXPECT_NEAR(frame({0, 0, 3}).z, 1, 1e-9);
}

TEST(SceneFrame, CamerasThatLookOutwardsTakeTheirSpreadToo) {
  World world = orbit(0);
  world.points = {};
  for (Rigid& pose : world.poses) {
    const glm::dvec3 c = pose.inverse().translation;
    pose = look(c, c, kUp);
  }
  const Similarity frame = world.frame();
  EXPECT_TRUE(std::isfinite(frame.scale));
  EXPECT_GT(frame.scale, 0.2);
  EXPECT_LT(frame.scale, 0.5);
  EXPECT_NEAR(tilt(frame, kUp), 0, 1e-6);
}

// ---------------------------------------------------------------------------------------------------------------- up

TEST(SceneFrame, UpOfAnOrbitIsItsAxisWhateverThePitch) {
  for (const double pitch : {-20.0, 0.0, 15.0, 45.0, 75.0})
    EXPECT_NEAR(tilt(orbit(pitch).frame(), kUp), 0, 1e-5) << pitch;
}

TEST(SceneFrame, UpSurvivesUnsteadyHands) {
  for (const double pitch : {0.0, 30.0}) EXPECT_LT(tilt(orbit(pitch, 4 * kDegree).frame(), kUp), 3) << pitch;
}

TEST(SceneFrame, UpOfASurveyIsAgainstTheViewingDirection) {
  for (const bool turning : {false, true})
    for (const double wobble : {0.0, 0.02})
      EXPECT_LT(tilt(survey(turning, wobble).frame(), kUp), wobble == 0 ? 1e-5 : 1) << turning << " " << wobble;
}

TEST(SceneFrame, UpOfAnObliqueFlightOfOneHeadingIsTheFlightsNormal) {
  World world;
  for (int row = 0; row < 4; ++row)
    for (int column = 0; column < 6; ++column)
      world.poses.push_back(look({column - 3.0, row - 1.5 - 3, 3}, {0, 1, -1}, kUp));
  add_ground(world, 3);
  EXPECT_NEAR(tilt(world.frame(), kUp), 0, 1e-5);
}

TEST(SceneFrame, UpBeforeAWallIsTheCamerasOwn) {
  // All look the same way, level, and move a little to all sides: not a flight.
  World world;
  for (std::uint32_t i = 0; i < 16; ++i)
    world.poses.push_back(
        look({0.1 * static_cast<double>(i % 4), 0, 0.1 * static_cast<double>(i / 4)}, {0, 1, 0}, kUp));
  for (int i = 0; i < 50; ++i)
    world.points.position.push_back(
        {draw(9, static_cast<std::uint32_t>(i), -1, 1), 3, draw(10, static_cast<std::uint32_t>(i), -1, 1)});
  EXPECT_NEAR(tilt(world.frame(), kUp), 0, 1e-5);
  // With the small turns of a person the same.
  for (std::uint32_t i = 0; i < 16; ++i)
    world.poses[i] = look(world.poses[i].inverse().translation, {draw(11, i, -0.3, 0.3), 1, draw(12, i, -0.1, 0.1)},
                          kUp, draw(13, i, -0.02, 0.02));
  EXPECT_LT(tilt(world.frame(), kUp), 5);
}

TEST(SceneFrame, UpOfRealFlightsIsTheNormalOfTheGround) {
  TESSERA_NEED_DATA("brighton_beach, caliterra");
  for (const char* name : {"brighton_beach", "caliterra"}) {
    const World world = read_world(test::shared_data() / name / "sparse/0");
    const Similarity frame = world.frame();
    glm::dvec3 forward(0.0);
    for (const Rigid& pose : world.poses) forward += glm::conjugate(pose.rotation) * glm::dvec3(0, 0, 1);
    EXPECT_LT(tilt(frame, -forward), 1) << name;
    // Normal of the points within three median distances of their middle: the ground.
    glm::dvec3 middle = frame.inverse()(glm::dvec3(0));
    std::vector<double> distance;
    for (const auto& p : world.points.position) distance.push_back(glm::length(p - middle));
    std::vector<double> sorted = distance;
    std::sort(sorted.begin(), sorted.end());
    glm::dmat3 moments(0.0);
    for (std::size_t i = 0; i < distance.size(); ++i) {
      const glm::dvec3 d = world.points.position[i] - middle;
      if (distance[i] < 3 * sorted[sorted.size() / 2]) moments += glm::outerProduct(d, d);
    }
    const glm::dvec3 normal = symmetric_eigen(moments).vector[0];
    EXPECT_LT(std::min(tilt(frame, normal), tilt(frame, -normal)), 10) << name;
    EXPECT_NEAR(median_depth(world, frame), 1, 1e-9) << name;
  }
}

// ----------------------------------------------------------------------------------------------------------------
// heading

TEST(SceneFrame, HeadingIsTheLongestSpreadOfTheCameras) {
  const World world = survey(false, 0).transformed({1, glm::normalize(glm::dquat(1, 0, 0, 0.4)), {0, 0, 0}});
  const Similarity frame = world.frame();
  double along_x = 0, along_y = 0, both = 0;
  for (const Rigid& pose : world.poses) {
    const glm::dvec3 c = frame(pose.inverse().translation) - frame(glm::dvec3(0, 0, 3));
    along_x += c.x * c.x, along_y += c.y * c.y, both += c.x * c.y;
    EXPECT_GT(glm::dot(frame.rotation * (glm::conjugate(pose.rotation) * glm::dvec3(1, 0, 0)), glm::dvec3(1, 0, 0)),
              0.9);
  }
  EXPECT_GT(along_x, 3 * along_y);
  EXPECT_NEAR(both, 0, 1e-9);
}

TEST(SceneFrame, HeadingOfARoundPathIsTheFirstCameras) {
  World world;
  for (int i = 0; i < 24; ++i) {
    const double a = 2 * std::numbers::pi * i / 24;
    const glm::dvec3 center{3 * std::cos(a), 3 * std::sin(a), 1};
    world.poses.push_back(look(center, -center, kUp));
  }
  add_ground(world, 1);
  const Similarity frame = world.frame();
  const glm::dvec3 x = frame.rotation * (glm::conjugate(world.poses[0].rotation) * glm::dvec3(1, 0, 0));
  EXPECT_NEAR(x.x, 1, 1e-9);
  expect_same_scene(world, world.transformed({0.01, {1, 0, 0, 0}, {0, 0, 0}}), 1e-9);
}

TEST(SceneFrame, AxesAreRightHandedAndOfUnitLength) {
  for (const World& world : {orbit(30), survey(true, 0.02)}) {
    const Similarity frame = world.frame();
    EXPECT_NEAR(glm::length(frame.rotation), 1, 1e-14);
    const glm::dvec3 z = glm::cross(frame.rotation * glm::dvec3(1, 0, 0), frame.rotation * glm::dvec3(0, 1, 0));
    EXPECT_LT(glm::length(z - frame.rotation * glm::dvec3(0, 0, 1)), 1e-14);
  }
}

// ----------------------------------------------------------------------------------------------------------------
// degenerate input

void expect_usable(const World& world) {
  const Similarity frame = world.frame();
  EXPECT_TRUE(std::isfinite(frame.scale) && frame.scale > 0);
  EXPECT_NEAR(glm::length(frame.rotation), 1, 1e-9);
  for (const Rigid& pose : world.poses) {
    const glm::dvec3 c = frame(pose.inverse().translation);
    EXPECT_TRUE(std::isfinite(c.x) && std::isfinite(c.y) && std::isfinite(c.z));
  }
}

TEST(SceneFrame, DegenerateInputsStillGiveAFrame) {
  expect_usable({});
  EXPECT_EQ(World{}.frame().scale, 1);
  World one;
  one.poses.push_back(look({1, 2, 3}, {0.2, 1, 0.1}, kUp));
  expect_usable(one);
  EXPECT_EQ(one.frame().scale, 1);
  World up_looking;
  up_looking.poses.push_back(look({1, 2, 3}, {0, 0, 1}, {0, 1, 0}));
  expect_usable(up_looking);
  World same_place;
  for (int i = 0; i < 8; ++i) same_place.poses.push_back(look({7, 8, 9}, {std::cos(i), std::sin(i), 0}, kUp));
  expect_usable(same_place);
  EXPECT_EQ(same_place.frame().scale, 1);
  World identical;
  for (int i = 0; i < 8; ++i) identical.poses.push_back(look({1, 1, 1}, {0, 1, 0}, kUp));
  expect_usable(identical);
  World line;
  for (int i = 0; i < 8; ++i) line.poses.push_back(look({1.0 * i, 0, 0}, {0, 1, 0}, kUp));
  expect_usable(line);
  EXPECT_NEAR(tilt(line.frame(), kUp), 0, 1e-6);
  World all_rolls;  // one place, one direction, every roll: nothing says what is up
  for (int i = 0; i < 8; ++i) all_rolls.poses.push_back(look({1, 1, 1}, {0, 1, 0}, kUp, 0.25 * std::numbers::pi * i));
  expect_usable(all_rolls);
  World opposed;  // no mean direction at all
  opposed.poses = {look({0, 0, 0}, {0, 1, 0}, kUp), look({0, 0, 0}, {0, -1, 0}, -kUp)};
  expect_usable(opposed);
  World behind = orbit(30);  // every point behind every camera
  for (glm::dvec3& p : behind.points.position) p = {0, 0, 1e4};
  for (Rigid& pose : behind.poses) pose = look(pose.inverse().translation, {0.1, 0, -1}, {0, 1, 0});
  expect_usable(behind);
}

TEST(SceneFrame, OneViewLookingUpDoesNotTurnTheRest) {
  World world = orbit(20);
  world.poses.push_back(look({0.5, 0.2, 1}, {0, 0, 1}, {0, 1, 0}));
  EXPECT_LT(tilt(world.frame(), kUp), 3);
}

TEST(SceneFrame, SinglePrecisionPointsGiveTheSameFrame) {
  const World world = orbit(30);
  SparsePoints points;
  for (const auto& p : world.points.position)
    points.position.push_back({static_cast<float>(p.x), static_cast<float>(p.y), static_cast<float>(p.z)});
  points.track_begin = world.points.track_begin, points.track_view = world.points.track_view;
  const Similarity a = world.frame(), b = choose_scene_frame(world.poses, points);
  EXPECT_NEAR(b.scale / a.scale, 1, 1e-6);
  EXPECT_LT(glm::length(a({1, 2, 3}) - b({1, 2, 3})), 1e-6);
}

// ----------------------------------------------------------------------------------------------------------------
// extent

TEST(CameraExtent, IsTheLargestDistanceFromTheMeanTimesOnePointOne) {
  const std::vector<Rigid> poses{look({0, 0, 0}, {0, 1, 0}, kUp), look({3, 0, 0}, {0, 1, 1}, kUp),
                                 look({0, 6, 0}, {1, 0, 0}, kUp)};
  // Mean (1, 2, 0); the third is sqrt(1 + 16) away.
  EXPECT_NEAR(camera_extent(poses), 1.1 * std::sqrt(17.0), 1e-12);
  EXPECT_EQ(camera_extent({poses[0]}), 1e-3);
  EXPECT_EQ(camera_extent({poses[0], poses[0]}, 0.25), 0.25);
  EXPECT_EQ(camera_extent({}, 0.5), 0.5);
}

// ----------------------------------------------------------------------------------------------------------------
// eigenvectors

TEST(SymmetricEigen, TakesAMatrixApart) {
  for (std::uint32_t i = 0; i < 50; ++i) {
    glm::dmat3 m;
    for (int r = 0; r < 3; ++r)
      for (int c = 0; c <= r; ++c) m[r][c] = m[c][r] = draw(30 + i, static_cast<std::uint32_t>(3 * r + c), -1, 1);
    const SymmetricEigen e = symmetric_eigen(m);
    EXPECT_LE(e.value[0], e.value[1]);
    EXPECT_LE(e.value[1], e.value[2]);
    for (std::size_t k = 0; k < 3; ++k) {
      EXPECT_NEAR(glm::length(e.vector[k]), 1, 1e-14);
      EXPECT_LT(glm::length(m * e.vector[k] - e.value[k] * e.vector[k]), 1e-13);
      EXPECT_NEAR(glm::dot(e.vector[k], e.vector[(k + 1) % 3]), 0, 1e-13);
    }
  }
  const SymmetricEigen diagonal = symmetric_eigen(glm::dmat3(3, 0, 0, 0, 1, 0, 0, 0, 2));
  EXPECT_EQ(diagonal.value, (std::array<double, 3>{1, 2, 3}));
  EXPECT_EQ(std::abs(diagonal.vector[0].y), 1);
}

}  // namespace
}  // namespace tessera::scene
