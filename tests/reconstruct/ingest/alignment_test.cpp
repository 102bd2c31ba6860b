#include "reconstruct/ingest/alignment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "reconstruct/ingest/geodesy.h"
#include "scene/error.h"
#include "tests/reconstruct/ingest/toy_poses.h"

namespace tessera::reconstruct {
namespace {

using scene::Gps;
using scene::Rigid;
using scene::Similarity;
using test::look;
using test::noise;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Gps kHome{46.84, -91.99, 240, true};

/// Cameras where they truly are, and what a reconstruction in other units and axes and their receivers made of it.
struct Flight {
  std::vector<Rigid> cam_from_enu;  // metres about kHome
  std::vector<glm::dvec3> points;
  Similarity model_from_enu{0.037, glm::normalize(glm::dquat(0.4, 0.1, -0.8, 0.3)), {3, -2, 7}};

  glm::dvec3 centre(std::size_t i) const { return cam_from_enu[i].inverse().translation; }
  AlignmentInput input(double sigma = 0) const {
    AlignmentInput result;
    const LocalFrame frame(kHome);
    for (std::size_t i = 0; i < cam_from_enu.size(); ++i) {
      result.cam_from_world.push_back(scene::transform_pose(cam_from_enu[i], model_from_enu));
      result.gps.push_back(frame.wgs84(centre(i) + sigma * std::sqrt(3.0) * noise(9, i)));  // uniform of that sigma
    }
    for (const glm::dvec3& p : points) result.points.push_back(model_from_enu(p));
    return result;
  }
};

/// A survey: rows of cameras at varying height that look nearly down.
Flight survey(int rows, int columns, double step) {
  Flight flight;
  for (int r = 0; r < rows; ++r)
    for (int c = 0; c < columns; ++c) {
      const int i = r * columns + c;
      const glm::dvec3 centre = glm::dvec3(step * c, step * r, 60) + noise(1, i) * glm::dvec3(2, 2, 6);
      flight.cam_from_enu.push_back(
          look(centre, glm::dvec3(0, 0, -1) + 0.1 * noise(2, i), {r % 2 ? -1.0 : 1.0, 0.1, 0}));
    }
  for (int i = 0; i < 100; ++i) flight.points.push_back(noise(3, i) * glm::dvec3(step * columns, step * rows, 1));
  return flight;
}

double degrees_of(const glm::dquat& a, const glm::dquat& b) {
  const glm::dquat d = glm::conjugate(a) * b;
  return 2 * std::atan2(std::hypot(d.x, d.y, d.z), std::abs(d.w)) * 180 / std::numbers::pi;
}

/// Angle between the aligned z axis and the truth.
double tilt(const Flight& flight, const Alignment& alignment) {
  const glm::dvec3 up = alignment.aligned_from_world.rotation * (flight.model_from_enu.rotation * glm::dvec3(0, 0, 1));
  return std::atan2(std::hypot(up.x, up.y), up.z) * 180 / std::numbers::pi;
}

double scale_ratio(const Flight& flight, const Alignment& alignment) {
  return alignment.aligned_from_world.scale * flight.model_from_enu.scale;
}

TEST(AlignToGps, BringsCamerasToTheirPositionsInMetres) {
  // Five kilometres across: the earth's curve shows.
  const Flight flight = survey(4, 5, 1200);
  const AlignmentInput input = flight.input();
  const Alignment alignment = align_to_gps(input);
  ASSERT_EQ(alignment.kind, Alignment::Kind::gps) << alignment.gps_refused;
  EXPECT_EQ(alignment.up_from, "GPS");
  EXPECT_EQ(alignment.gps_used, 20u);
  EXPECT_THAT(alignment.gps_outliers, IsEmpty());
  EXPECT_NEAR(scale_ratio(flight, alignment), 1, 1e-6);
  EXPECT_LT(alignment.rms_horizontal, 1e-3);
  EXPECT_LT(alignment.rms_vertical, 1e-3);
  EXPECT_GE(alignment.rms_vertical, 0);
  EXPECT_TRUE(alignment.origin.has_altitude);
  const LocalFrame frame(alignment.origin);
  glm::dvec3 mean(0);
  for (std::size_t i = 0; i < input.gps.size(); ++i) {
    const glm::dvec3 aligned = alignment.aligned_from_world(input.cam_from_world[i].inverse().translation);
    EXPECT_LT(glm::distance(aligned, frame.enu(*input.gps[i])), 1e-3) << i;
    mean += aligned / static_cast<double>(input.gps.size());
  }
  EXPECT_LT(glm::length(mean), 1) << "the origin is the mean of the positions";
}

TEST(AlignToGps, LeavesOutPositionsThatContradictTheOthers) {
  const Flight flight = survey(3, 6, 25);
  AlignmentInput input = flight.input(0.5);
  const LocalFrame frame(kHome);
  for (const auto& [i, offset] : std::initializer_list<std::pair<std::size_t, glm::dvec3>>{
           {0, {60, 0, 0}}, {5, {-30, 45, 0}}, {7, {0, -400, 90}}, {11, {12, 9, 0}}, {16, {0, 0, 250}}})
    input.gps[i] = frame.wgs84(flight.centre(i) + offset);
  const Alignment alignment = align_to_gps(input);
  ASSERT_EQ(alignment.kind, Alignment::Kind::gps) << alignment.gps_refused;
  EXPECT_THAT(alignment.gps_outliers, ElementsAre(0, 5, 7, 11, 16));
  EXPECT_EQ(alignment.gps_used, 13u);
  EXPECT_NEAR(scale_ratio(flight, alignment), 1, 0.02);
  EXPECT_LT(tilt(flight, alignment), 2);
}

TEST(AlignToGps, StatesHowWellPositionsAndModelAgree) {
  const Flight flight = survey(6, 8, 20);
  for (const double sigma : {0.4, 1.5, 3.0}) {
    const Alignment alignment = align_to_gps(flight.input(sigma));
    ASSERT_EQ(alignment.kind, Alignment::Kind::gps);
    // 48 positions less seven unknowns; two coordinates across.
    EXPECT_NEAR(alignment.rms_horizontal, sigma * std::sqrt(2.0), 0.2 * sigma) << sigma;
    EXPECT_NEAR(alignment.rms_vertical, sigma, 0.25 * sigma) << sigma;
    // The extent of 140 x 100 m fixes the scale to about sigma / (sqrt(48) * 55 m); errors of a few of its sigmas.
    const double expected = std::max(sigma, 0.5) / (std::sqrt(48.0) * 53);
    EXPECT_GT(alignment.scale_sigma, 0.7 * expected);
    EXPECT_LT(alignment.scale_sigma, 1.5 * expected);
    EXPECT_LT(std::abs(scale_ratio(flight, alignment) - 1), 3.5 * alignment.scale_sigma);
    EXPECT_LT(tilt(flight, alignment), 3.5 * std::sqrt(2.0) * alignment.tilt_sigma_degrees);
    EXPECT_GT(alignment.tilt_sigma_degrees, 0);
  }
}

TEST(AlignToGps, IsTheSameForASceneOfAnyUnit) {
  Flight flight = survey(3, 5, 30);
  const Alignment first = align_to_gps(flight.input(0.7));
  flight.model_from_enu.scale *= 1e4;
  const Alignment second = align_to_gps(flight.input(0.7));
  EXPECT_NEAR(first.aligned_from_world.scale / second.aligned_from_world.scale, 1e4, 1e-4);
  EXPECT_LT(degrees_of(first.aligned_from_world.rotation, second.aligned_from_world.rotation), 1e-6);
  EXPECT_NEAR(first.rms_horizontal, second.rms_horizontal, 1e-6);
}

TEST(AlignToGps, DoesWithoutAltitudes) {
  const Flight flight = survey(4, 5, 25);
  AlignmentInput input = flight.input(0.3);
  for (auto& gps : input.gps) gps->altitude = 0, gps->has_altitude = false;
  const Alignment alignment = align_to_gps(input);
  ASSERT_EQ(alignment.kind, Alignment::Kind::gps) << alignment.gps_refused;
  EXPECT_FALSE(alignment.origin.has_altitude);
  EXPECT_EQ(alignment.origin.altitude, 0);
  EXPECT_LT(alignment.rms_vertical, 0);
  EXPECT_NEAR(scale_ratio(flight, alignment), 1, 0.05);
  EXPECT_LT(tilt(flight, alignment), 10);
}

TEST(AlignToGps, DoesNotMixPhotosWithAndWithoutAltitude) {
  const Flight flight = survey(4, 5, 25);
  AlignmentInput input = flight.input(0.3);
  // An altitude of 0 that is taken for one would be 300 m off.
  input.gps[3]->altitude = 0, input.gps[3]->has_altitude = false;
  const Alignment alignment = align_to_gps(input);
  ASSERT_EQ(alignment.kind, Alignment::Kind::gps) << alignment.gps_refused;
  EXPECT_EQ(alignment.gps_used, 20u);
  EXPECT_LT(alignment.rms_vertical, 0);
}

TEST(AlignToGps, TakesTheVerticalOfASingleFlightLineFromTheViewAxes) {
  Flight flight = survey(1, 8, 20);
  for (std::size_t i = 0; i < 8; ++i)  // dead straight and level, so that positions say nothing of the roll
    flight.cam_from_enu[i] =
        look({20.0 * static_cast<double>(i), 0, 60}, glm::dvec3(0, 0, -1) + 0.03 * noise(4, i), {1, 0, 0});
  const Alignment alignment = align_to_gps(flight.input(0.2));
  ASSERT_EQ(alignment.kind, Alignment::Kind::gps) << alignment.gps_refused;
  EXPECT_EQ(alignment.up_from, "view axes");
  EXPECT_LT(tilt(flight, alignment), 3);
  EXPECT_NEAR(scale_ratio(flight, alignment), 1, 0.02);
}

TEST(AlignToGps, TakesAWalkAlongAFacadeForWhatItIs) {
  Flight flight;
  for (int i = 0; i < 8; ++i)
    flight.cam_from_enu.push_back(look({4.0 * i, 0, 1.7}, glm::dvec3(0, 1, 0) + 0.03 * noise(4, i), {0, 0, 1}));
  for (int i = 0; i < 100; ++i) flight.points.push_back(glm::dvec3(14, 12, 5) + noise(5, i) * glm::dvec3(14, 0.1, 5));
  const Alignment alignment = align_to_gps(flight.input(0.1));
  ASSERT_EQ(alignment.kind, Alignment::Kind::gps) << alignment.gps_refused;
  EXPECT_EQ(alignment.up_from, "camera up");
  EXPECT_LT(tilt(flight, alignment), 3);
}

TEST(AlignToGps, SaysWhyItRefuses) {
  const Flight flight = survey(3, 4, 25);
  AlignmentInput few = flight.input();
  for (std::size_t i = 2; i < few.gps.size(); ++i) few.gps[i].reset();
  EXPECT_EQ(align_to_gps(few).kind, Alignment::Kind::none);
  EXPECT_EQ(align_to_gps(few).gps_refused, "only 2 of the registered photos have a GPS position");

  AlignmentInput one_place = flight.input();
  for (auto& gps : one_place.gps) gps = kHome;
  EXPECT_EQ(align_to_gps(one_place).kind, Alignment::Kind::none);
  EXPECT_THAT(align_to_gps(one_place).gps_refused, HasSubstr("all in one place"));

  AlignmentInput scattered = flight.input();
  const LocalFrame frame(kHome);
  for (std::size_t i = 0; i < scattered.gps.size(); ++i) scattered.gps[i] = frame.wgs84(1e3 * noise(6, i));
  EXPECT_EQ(align_to_gps(scattered).kind, Alignment::Kind::none);

  // A walk of two metres by a receiver that errs by half a metre.
  Flight narrow;
  for (std::size_t i = 0; i < 6; ++i)
    narrow.cam_from_enu.push_back(
        look({0.4 * static_cast<double>(i), 0.1 * static_cast<double>(i % 2), 2}, {0, 1, 0}, {0, 0, 1}));
  EXPECT_EQ(align_to_gps(narrow.input(0.2)).kind, Alignment::Kind::none);
  EXPECT_THAT(align_to_gps(narrow.input(0.02)).gps_refused, HasSubstr("fix the scale only to"));
}

TEST(AlignToGps, PassesOverPhotosWithoutPosition) {
  const Flight flight = survey(3, 5, 30);
  AlignmentInput input = flight.input();
  for (const std::size_t i : {0u, 4u, 9u}) input.gps[i].reset();
  const LocalFrame frame(kHome);
  input.gps[6] = frame.wgs84(flight.centre(6) + glm::dvec3(90, 0, 0));
  const Alignment alignment = align_to_gps(input);
  ASSERT_EQ(alignment.kind, Alignment::Kind::gps);
  EXPECT_EQ(alignment.gps_used, 11u);
  EXPECT_THAT(alignment.gps_outliers, ElementsAre(6)) << "rows of the input, not of those with a position";
  EXPECT_NEAR(scale_ratio(flight, alignment), 1, 1e-6);
}

TEST(AlignLevel, TurnsUpToZAndKeepsScaleAndOrigin) {
  Flight flight;
  for (int i = 0; i < 8; ++i) {
    const double a = 2 * std::numbers::pi * i / 8;
    flight.cam_from_enu.push_back(
        look({5 * std::cos(a), 5 * std::sin(a), 2}, {-std::cos(a), -std::sin(a), -0.3}, {0, 0, 1}));
  }
  const Alignment alignment = align_level(flight.input());
  EXPECT_EQ(alignment.kind, Alignment::Kind::level);
  EXPECT_EQ(alignment.up_from, "camera tilt");
  EXPECT_LT(tilt(flight, alignment), 1e-6);
  EXPECT_EQ(alignment.aligned_from_world.scale, 1);
  EXPECT_EQ(alignment.aligned_from_world.translation, glm::dvec3(0));
  EXPECT_LT(alignment.rms_horizontal, 0);
}

TEST(AlignLevel, TurnsASceneThatStandsOnItsHead) {
  Flight flight;
  flight.model_from_enu = {1, {0, 1, 0, 0}, {0, 0, 0}};
  for (int i = 0; i < 8; ++i) {
    const double a = 2 * std::numbers::pi * i / 8;
    flight.cam_from_enu.push_back(
        look({5 * std::cos(a), 5 * std::sin(a), 2}, {-std::cos(a), -std::sin(a), 0}, {0, 0, 1}));
  }
  EXPECT_LT(tilt(flight, align_level(flight.input())), 1e-6);
}

TEST(AlignLevel, LeavesAnEmptySceneAlone) { EXPECT_EQ(align_level({}).kind, Alignment::Kind::none); }

TEST(Align, FollowsItsMode) {
  const Flight flight = survey(3, 5, 30);
  const AlignmentInput input = flight.input();
  AlignmentInput blind = input;
  for (auto& gps : blind.gps) gps.reset();
  AlignmentInput useless = blind;
  useless.gps[0] = kHome;

  EXPECT_EQ(align(input, "auto").kind, Alignment::Kind::gps);
  EXPECT_EQ(align(input, "gps").kind, Alignment::Kind::gps);
  EXPECT_EQ(align(input, "level").kind, Alignment::Kind::level);
  EXPECT_EQ(align(input, "off").kind, Alignment::Kind::none);
  EXPECT_EQ(align(input, "off").aligned_from_world.scale, 1);
  EXPECT_EQ(align(blind, "auto").kind, Alignment::Kind::level);
  EXPECT_EQ(align(blind, "auto").gps_refused, "") << "nobody asked for what was never there";
  EXPECT_EQ(align(useless, "auto").kind, Alignment::Kind::level);
  EXPECT_THAT(align(useless, "auto").gps_refused, HasSubstr("only 1"));
  for (const AlignmentInput* bad : {&blind, &useless}) {
    try {
      align(*bad, "gps");
      FAIL() << "did not throw";
    } catch (const scene::Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("option 'align'"));
      EXPECT_THAT(error.what(), HasSubstr("align=auto"));
    }
  }
}

TEST(Alignment, KindsHaveNames) {
  EXPECT_STREQ(name(Alignment::Kind::gps), "gps");
  EXPECT_STREQ(name(Alignment::Kind::level), "level");
  EXPECT_STREQ(name(Alignment::Kind::none), "none");
}

}  // namespace
}  // namespace tessera::reconstruct
