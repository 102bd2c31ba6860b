#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>

#include "reconstruct/train/depth_term.h"
#include "reconstruct/train/pseudo_view.h"
#include "reconstruct/train/schedule.h"
#include "scene/random.h"

namespace tessera::reconstruct {
namespace {

constexpr int kWidth = 40, kHeight = 24;

double random_at(std::uint32_t stream, int x, int y) {
  return static_cast<double>(
      scene::uniform01(scene::philox(7, stream, static_cast<std::uint32_t>(x), static_cast<std::uint32_t>(y))[0]));
}

/// A wavy surface, nowhere fully opaque.
render::Frame wavy_frame() {
  render::Frame frame;
  frame.resize(kWidth, kHeight, true);
  for (int y = 0; y < kHeight; ++y)
    for (int x = 0; x < kWidth; ++x) {
      frame.alpha.at(x, y) = static_cast<float>(0.7 + 0.25 * random_at(1, x, y));
      frame.depth.at(x, y) = static_cast<float>(2 + 0.3 * std::sin(0.3 * x) + 0.1 * random_at(2, x, y));
      for (int c = 0; c < 3; ++c)
        frame.color[c].at(x, y) = static_cast<float>(0.5 + 0.3 * std::sin(0.4 * x + c) * std::cos(0.3 * y));
    }
  return frame;
}

/// Central differences of a loss with respect to a value of a plane against what was given.
void expect_gradient(float& value, double given, const std::function<double()>& loss, double step) {
  const float kept = value;
  value = static_cast<float>(static_cast<double>(kept) + step);
  const double high = loss(), above = static_cast<double>(value);
  value = static_cast<float>(static_cast<double>(kept) - step);
  const double low = loss(), below = static_cast<double>(value);
  value = kept;
  EXPECT_NEAR(given, (high - low) / (above - below), 1e-3 * std::abs(given) + 1e-7);
}

TEST(DepthTerm, GradientsAreThoseOfFiniteDifferences) {
  render::Frame frame = wavy_frame();
  // Off every rendered inverse depth by far, so that no step crosses a kink.
  const DepthObservation observations[] = {{10.3f, 7.8f, 0.9f}, {41.4f, 20.1f, 0.1f}, {30.6f, 30.5f, 0.2f}};
  const auto loss = [&](render::FrameGradient& gradient) {
    for (render::Plane* plane : {&gradient.alpha, &gradient.depth}) plane->resize(kWidth, kHeight), plane->fill(0);
    return add_depth_term(frame, observations, 0.5, 0.7, gradient);
  };
  render::FrameGradient gradient, ignored;
  EXPECT_GT(loss(gradient), 0.01);
  int touched = 0;
  for (int y = 0; y < kHeight; ++y)
    for (int x = 0; x < kWidth; ++x) {
      expect_gradient(
          frame.alpha.at(x, y), static_cast<double>(gradient.alpha.at(x, y)), [&] { return loss(ignored); }, 1e-3);
      expect_gradient(
          frame.depth.at(x, y), static_cast<double>(gradient.depth.at(x, y)), [&] { return loss(ignored); }, 1e-3);
      touched += gradient.depth.at(x, y) != 0;
    }
  EXPECT_EQ(touched, 12) << "four pixels each";
}

TEST(DepthTerm, IsNothingWhereTheSurfaceIsWhereThePointsAre) {
  render::Frame frame;
  frame.resize(kWidth, kHeight, true);
  frame.alpha.fill(1), frame.depth.fill(4);
  render::FrameGradient gradient;
  for (render::Plane* plane : {&gradient.alpha, &gradient.depth}) plane->resize(kWidth, kHeight), plane->fill(0);
  const DepthObservation exact[] = {{10, 10, 0.25f}}, hole[] = {{10, 10, 0.5f}}, beside[] = {{0.2f, 10, 0.5f}};
  EXPECT_EQ(add_depth_term(frame, exact, 1, 1, gradient), 0);
  EXPECT_EQ(add_depth_term(frame, {}, 1, 1, gradient), 0);
  EXPECT_EQ(add_depth_term(frame, beside, 1, 1, gradient), 0) << "no four pixels around it";
  frame.depth.at(10, 10) = 0;
  EXPECT_EQ(add_depth_term(frame, hole, 1, 1, gradient), 0) << "nothing is there that could move";
}

TEST(DepthTerm, PointsAreObservedWhereTheirTracksSaySo) {
  scene::Dataset dataset;
  dataset.views.resize(2);
  for (auto& view : dataset.views) view.camera.intrinsics = {100, 80, 50, 50, 50, 40};
  dataset.points.position = {{0, 0, 2}, {1, 0, 4}, {0, 0, -1}};
  dataset.points.track_begin = {0, 2, 3, 4}, dataset.points.track_view = {0, 1, 1, 0};
  const PointDepths depths(dataset);
  ASSERT_EQ(depths.of(0).size(), 1u) << "the third lies behind it";
  ASSERT_EQ(depths.of(1).size(), 2u);
  EXPECT_EQ(depths.of(1)[1].x, 62.5f);
  EXPECT_EQ(depths.of(1)[1].inverse_depth, 0.25f);
  EXPECT_TRUE(PointDepths().of(1).empty());
}

class Pseudo : public testing::Test {
 protected:
  Pseudo() : reference_(wavy_frame()), other_(wavy_frame()) {
    photo_.width = kWidth, photo_.height = kHeight, photo_.weight_sum = kWidth * kHeight;
    for (auto& plane : photo_.color) {
      plane.resize(kWidth, kHeight);
      for (int y = 0; y < kHeight; ++y)
        for (int x = 0; x < kWidth; ++x) plane.at(x, y) = static_cast<float>(random_at(3, x, y));
    }
    clear();
  }
  void clear() {
    for (auto& plane : d_other_) plane.resize(kWidth, kHeight), plane.fill(0);
    d_depth_.resize(kWidth, kHeight), d_depth_.fill(0);
  }
  PseudoLoss loss(double weight = 0.5, PseudoRule rule = PseudoRule::corrected) {
    return pseudo_loss(reference_, photo_, other_, other_.color, shift_, rule, weight, d_other_, &d_depth_);
  }
  /// A plane at depth 2 that is seen by both cameras, with the photo as its texture.
  void make_plane() {
    reference_.depth.fill(2), reference_.alpha.fill(1), other_.depth.fill(2), other_.alpha.fill(1);
    shift_ = {6, 4};  // 3 and 2 pixels
    for (int c = 0; c < 3; ++c)
      for (int y = 0; y < kHeight; ++y)
        for (int x = 0; x < kWidth; ++x)
          other_.color[c].at(x, y) = x >= 3 && y >= 2 ? photo_.color[c].at(x - 3, y - 2) : 0.0f;
  }
  render::Frame reference_, other_;
  Truth photo_;
  glm::dvec2 shift_{2.6, -1.4};
  render::Plane d_other_[3], d_depth_;
};

TEST_F(Pseudo, GradientsAreThoseOfFiniteDifferences) {
  reference_.depth.fill(2.03f), other_.depth.fill(2.04f);  // far from where the mask changes
  EXPECT_GT(loss().pixels, kWidth * kHeight / 2u);
  const render::Plane d_depth = d_depth_, d_color = d_other_[1];
  for (int y = 2; y < kHeight; y += 3)
    for (int x = 1; x < kWidth; x += 5) {
      expect_gradient(
          other_.color[1].at(x, y), static_cast<double>(d_color.at(x, y)), [&] { return 0.5 * loss().value; }, 1e-4);
      expect_gradient(
          reference_.depth.at(x, y), static_cast<double>(d_depth.at(x, y)), [&] { return 0.5 * loss().value; }, 1e-4);
    }
}

TEST_F(Pseudo, APlaneSeenFromBesideMatchesItsPhoto) {
  make_plane();
  const PseudoLoss exact = loss();
  EXPECT_LT(exact.value, 1e-3);
  EXPECT_EQ(exact.pixels, (kWidth - 4u) * (kHeight - 3u)) << "what stays in the picture";
  reference_.depth.fill(2.05f);
  EXPECT_GT(loss().value, 0.02) << "at another depth other colours are there";
}

TEST_F(Pseudo, WhatTheOtherCameraDoesNotSeeDoesNotCount) {
  make_plane();
  const std::uint64_t all = loss().pixels;
  for (int y = 0; y < kHeight; ++y) other_.depth.at(20, y) = 1;  // something stands before it
  EXPECT_EQ(loss().pixels, all - (kHeight - 3));
  other_.depth.fill(1);
  clear();
  const PseudoLoss none = loss();
  EXPECT_EQ(none.pixels, 0u);
  EXPECT_EQ(none.value, 0) << "not a number would end the run";
  for (const float g : d_depth_.data) EXPECT_EQ(g, 0);
  make_plane();
  reference_.alpha.fill(0.4f);
  EXPECT_EQ(loss().pixels, 0u);
}

TEST_F(Pseudo, AsReleasedItHasNoGradient) {
  const PseudoLoss released = loss(0.5, PseudoRule::released);
  EXPECT_GT(released.pixels, 0u);
  EXPECT_GT(released.value, 0);
  for (const float g : d_depth_.data) EXPECT_EQ(g, 0);
  for (const auto& plane : d_other_)
    for (const float g : plane.data) EXPECT_EQ(g, 0);
}

TEST_F(Pseudo, TheMedianDepthIsOfWhatIsOpaque) {
  render::Frame frame;
  frame.resize(3, 1, true);
  frame.alpha.fill(1);
  frame.depth.at(0, 0) = 5, frame.depth.at(1, 0) = 1, frame.depth.at(2, 0) = 2;
  EXPECT_EQ(median_depth(frame), 2);
  frame.alpha.at(1, 0) = 0.1f;
  EXPECT_EQ(median_depth(frame), 5);
  frame.alpha.fill(0);
  EXPECT_EQ(median_depth(frame), 0);
}

TEST(GeometrySchedule, WeightsAreLogLinear) {
  TrainOptions options;
  options.iterations = 40000;
  EXPECT_EQ(Schedule(options, 1).depth_weight(1), 0);
  EXPECT_EQ(Schedule(options, 1).pseudo_weight(40000), 0);
  options.depth_weight = 1, options.pseudo_view = "corrected";
  const Schedule schedule(options, 1);
  EXPECT_NEAR(schedule.depth_weight(20000), 0.3162, 1e-4);
  EXPECT_EQ(schedule.pseudo_weight(5000), 0);
  EXPECT_NEAR(schedule.pseudo_weight(5001), 0.0163, 1e-4);
  EXPECT_NEAR(schedule.pseudo_weight(30000), 0.188, 1e-3);
  EXPECT_FALSE(schedule.pseudo_moves_depth(6000));
  EXPECT_TRUE(schedule.pseudo_moves_depth(6001));
}

}  // namespace
}  // namespace tessera::reconstruct
