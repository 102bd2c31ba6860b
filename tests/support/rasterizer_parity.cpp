#include "tests/support/rasterizer_parity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "scene/random.h"
#include "tests/support/reference_rasterizer.h"

namespace tessera::test {
namespace {

/// Counts |a - b| > tolerance; a splat at a cut-off may flip in one of the two, so a tiny fraction may differ.
struct Agreement {
  std::size_t compared = 0, violations = 0;
  double worst = 0;
  std::string where;
  void add(double a, double b, double tolerance, const std::string& what, std::size_t i) {
    ++compared;
    const double error = std::abs(a - b);
    if (error <= tolerance) return;  // NaN is a violation
    ++violations;
    if (!(error / tolerance <= worst))
      worst = error / tolerance,
      where = what + "[" + std::to_string(i) + "] " + std::to_string(a) + " for " + std::to_string(b);
  }
  void expect(double fraction) const {
    EXPECT_GT(compared, 0u);
    EXPECT_LE(static_cast<double>(violations), fraction * static_cast<double>(compared))
        << violations << " of " << compared << "; worst " << worst << " tolerances at " << where;
  }
};

void compare_plane(Agreement& all, const render::Plane& a, const std::vector<double>& b, double tolerance,
                   const std::string& what) {
  for (int y = 0; y < a.height; ++y)
    for (int x = 0; x < a.width; ++x) {
      const std::size_t i = static_cast<std::size_t>(y) * a.width + x;
      all.add(a.at(x, y), b[i], tolerance, what, i);
    }
}

void compare_values(Agreement& all, const std::vector<float>& a, const std::vector<double>& b,
                    const std::vector<std::uint8_t>& seen, const std::string& what) {
  double scale = 0;
  for (const double v : b) scale = std::max(scale, std::abs(v));
  for (std::size_t i = 0; i < b.size(); ++i)
    if (seen[i]) all.add(a[i], b[i], 1e-3 * std::max({std::abs(b[i]), 0.1 * scale, 1e-6}), what, i);
}

struct Gradient {
  render::FrameGradient frame;
  ReferenceFrame reference;
};

Gradient random_gradient(std::uint64_t seed, int width, int height, bool geometry) {
  Gradient g;
  std::uint64_t next = 0;
  const auto fill = [&](render::Plane& plane, std::vector<double>& reference) {
    plane.resize(width, height);
    plane.fill(1e30f);  // the padding is the caller's junk
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x) {
        plane.at(x, y) = 2 * scene::uniform01(scene::philox(seed, 78, 0, next++)[0]) - 1;
        reference.push_back(plane.at(x, y));
      }
  };
  for (int c = 0; c < 3; ++c) fill(g.frame.color[c], g.reference.color[c]);
  fill(g.frame.alpha, g.reference.alpha);
  if (!geometry) return g;
  fill(g.frame.depth, g.reference.depth);
  for (int c = 0; c < 3; ++c) fill(g.frame.normal[c], g.reference.normal[c]);
  return g;
}

}  // namespace

void expect_parity(const scene::GaussianModel& model, const scene::Camera& camera,
                   const render::RenderSettings& settings, double violations) {
  const auto rasterizer = render::make_cpu_rasterizer();
  const ReferenceModel reference = reference_model(model);
  const render::Frame& frame = rasterizer->forward(model, camera, settings);
  const ReferenceFrame expected = reference_forward(reference, camera, settings);
  ASSERT_EQ(frame.width, expected.width);
  ASSERT_EQ(frame.height, expected.height);
  Agreement colors;
  for (int c = 0; c < 3; ++c) compare_plane(colors, frame.color[c], expected.color[c], 1e-4, "color");
  compare_plane(colors, frame.alpha, expected.alpha, 1e-4, "alpha");
  if (settings.geometry) {
    double far = 0;
    for (const double z : expected.depth) far = std::max(far, z);
    for (int c = 0; c < 3; ++c) compare_plane(colors, frame.normal[c], expected.normal[c], 1e-4, "normal");
    compare_plane(colors, frame.depth, expected.depth, 1e-4 * far, "depth");
    compare_plane(colors, frame.median_depth, expected.median_depth, 1e-4 * far, "median depth");
    Agreement counts;  // one splat at the alpha cut changes a count by a whole, and a colour by less than the tolerance
    compare_plane(counts, frame.count, expected.count, 0, "count");
    counts.expect(1e-3);
  }
  colors.expect(violations);

  const Gradient g = random_gradient(9, frame.width, frame.height, settings.geometry);
  render::ModelGradients out;
  rasterizer->backward(model, g.frame, out);
  const ReferenceGradients want = reference_backward(reference, camera, settings, g.reference);
  Agreement gradients;
  const auto planes = out.planes.planes();
  ASSERT_EQ(planes.size(), want.planes.size());
  for (std::size_t i = 0; i < model.size(); ++i) {
    if (want.seen[i]) {
      EXPECT_TRUE(out.seen[i]) << "splat " << i;
    }
  }
  for (std::size_t p = 0; p < planes.size(); ++p)
    compare_values(gradients, *planes[p], want.planes[p], out.seen, "plane " + std::to_string(p));
  for (int c = 0; c < 2; ++c) {
    compare_values(gradients, out.mean2d[c], want.mean2d[c], out.seen, "mean2d");
    compare_values(gradients, out.abs_mean2d[c], want.abs_mean2d[c], out.seen, "abs_mean2d");
  }
  compare_values(gradients, out.radius, want.radius, out.seen, "radius");
  compare_values(gradients, out.weight, want.weight, out.seen, "weight");
  double scale[2] = {};
  for (int k = 0; k < 6; ++k) scale[k / 3] = std::max(scale[k / 3], std::abs(want.pose[k]));
  for (int k = 0; k < 6; ++k) gradients.add(out.pose[k], want.pose[k], 1e-3 * scale[k / 3], "pose", k);
  gradients.expect(violations);
}

}  // namespace tessera::test
