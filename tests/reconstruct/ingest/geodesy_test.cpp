#include "reconstruct/ingest/geodesy.h"

#include <gtest/gtest.h>

#include <cmath>

#include <glm/geometric.hpp>

namespace tessera::reconstruct {
namespace {

using scene::Gps;

struct Place {
  Gps position;
  glm::dvec3 ecef;
};

// Computed in 40 digits by way of the reduced latitude (tan b = (1 - f) tan phi; x, y = a cos b + h cos phi; z = b sin
// b
// + h sin phi), which shares no formula with the code.
const Place kPlaces[] = {
    {{46.8401234, -91.9912345, 251.375, true}, {-151871.8875909686, -4368202.035235958, 4629808.627061141}},
    {{-33.8567844, 151.213108, 58.25, true}, {-4646914.198852976, 2553278.458510876, -3533298.142728515}},
    {{0, 0, 0, true}, {6378137, 0, 0}},
    {{0, 180, -10, true}, {-6378127, 0, 0}},
    {{51.4778, -0.0014, 8848, true}, {3986091.902555933, -97.39859920074436, 4973746.904295641}},
    {{89.999, 45, 1000, true}, {78.99191170137411, 78.99191170137411, 6357752.313270313}},
    {{-77.85, 166.67, 35786000, true}, {-8639468.382963542, 2047060.771537237, -41197824.60276359}},
};

TEST(Geodesy, PositionsBecomeEarthCentredMetresAsComputedOtherwise) {
  for (const Place& place : kPlaces) {
    const glm::dvec3 ecef = ecef_from_wgs84(place.position);
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(ecef[c], place.ecef[c], 1e-7) << place.position.latitude << " axis " << c;
  }
}

TEST(Geodesy, EarthCentredMetresBecomePositionsAsComputedOtherwise) {
  for (const Place& place : kPlaces) {
    const Gps gps = wgs84_from_ecef(place.ecef);
    // 1e-11 degrees are a micrometre on the ground.
    EXPECT_NEAR(gps.latitude, place.position.latitude, 1e-11);
    EXPECT_NEAR(std::remainder(gps.longitude - place.position.longitude, 360.0) *
                    std::cos(place.position.latitude * 0.017453292519943295),
                0, 1e-11);
    EXPECT_NEAR(gps.altitude, place.position.altitude, 1e-6);
    EXPECT_TRUE(gps.has_altitude);
  }
}

TEST(Geodesy, AQuarterOfTheMeridianIsTenThousandKilometres) {
  // 10,001,965.7293 m (WGS84). The chords of 4500 steps are short of the arc by 2e-8 of it.
  constexpr int kSteps = 4500;
  double length = 0;
  for (int i = 0; i < kSteps; ++i)
    length += glm::distance(ecef_from_wgs84({90.0 * i / kSteps, 30, 0, true}),
                            ecef_from_wgs84({90.0 * (i + 1) / kSteps, 30, 0, true}));
  EXPECT_NEAR(length, 10001965.7293, 0.1);
}

TEST(Geodesy, PolesAreNoSpecialPlaces) {
  for (const double sign : {1.0, -1.0}) {
    const glm::dvec3 pole = ecef_from_wgs84({sign * 90, 12, 5, true});
    EXPECT_NEAR(pole.z, sign * (6356752.314245179 + 5), 1e-8);
    EXPECT_NEAR(std::hypot(pole.x, pole.y), 0, 1e-8);
    const Gps gps = wgs84_from_ecef({0, 0, pole.z});
    EXPECT_NEAR(gps.latitude, sign * 90, 1e-12);
    EXPECT_NEAR(gps.altitude, 5, 1e-8);
  }
}

TEST(Geodesy, AMissingAltitudeCountsAsZero) {
  EXPECT_EQ(ecef_from_wgs84({10, 20, 777, false}), ecef_from_wgs84({10, 20, 0, true}));
}

TEST(LocalFrame, NeighboursLieEastNorthAndUpAsComputedOtherwise) {
  // Rotations about the earth's axis and then about the east-west axis, in 40 digits.
  const LocalFrame duluth({46.8401234, -91.9912345, 251.375, true});
  const glm::dvec3 near = duluth.enu({46.8412, -91.9901, 262.5, true});
  EXPECT_NEAR(near.x, 86.544404054854, 1e-7);
  EXPECT_NEAR(near.y, 119.68873870651, 1e-7);
  EXPECT_NEAR(near.z, 11.123289419461, 1e-7);
  const LocalFrame sydney({-33.8567844, 151.213108, 58.25, true});
  const glm::dvec3 far = sydney.enu({-33.95, 151.3, 0, true});
  EXPECT_NEAR(far.x, 8032.1960508975, 1e-7);
  EXPECT_NEAR(far.y, -10342.922866321, 1e-7);
  EXPECT_NEAR(far.z, -71.718663148938, 1e-7);
}

TEST(LocalFrame, ComesBackFromMetres) {
  const Gps origin{-33.8567844, 151.213108, 58.25, true};
  const LocalFrame frame(origin);
  EXPECT_EQ(frame.origin().latitude, origin.latitude);
  EXPECT_EQ(frame.origin().altitude, origin.altitude);
  EXPECT_NEAR(glm::length(frame.enu(origin)), 0, 1e-9);
  for (const glm::dvec3 enu : {glm::dvec3(0), {100, -20, 30}, {-4000, 9000, -50}, {0, 0, 12000}}) {
    const glm::dvec3 back = frame.enu(frame.wgs84(enu));
    EXPECT_NEAR(glm::distance(back, enu), 0, 1e-7);
  }
  const Gps above = frame.wgs84({0, 0, 100});
  EXPECT_NEAR(above.latitude, origin.latitude, 1e-12);
  EXPECT_NEAR(above.longitude, origin.longitude, 1e-12);
  EXPECT_NEAR(above.altitude, origin.altitude + 100, 1e-6);
}

}  // namespace
}  // namespace tessera::reconstruct
