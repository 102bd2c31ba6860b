// What callers may rely on besides the numbers: edges, errors, statistics, buffers.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "render/rasterizer.h"
#include "scene/error.h"
#include "tests/support/allocation_counter.h"
#include "tests/support/random_scene.h"

namespace tessera::test {
namespace {

using render::Frame;
using render::FrameGradient;
using render::ModelGradients;
using render::RenderSettings;

/// A camera at the origin that looks along z; 100 pixels a unit at depth 1.
scene::Camera straight_camera(int width, int height) {
  return {.intrinsics = {width, height, 100, 100, width / 2.0, height / 2.0}, .cam_from_world = {}};
}

/// Adds a round splat of one colour.
void add_splat(scene::GaussianModel& model, double x, double y, double z, double scale, double logit,
               std::array<float, 3> rgb) {
  const std::size_t i = model.size();
  model.resize(i + 1, 0);
  const double position[3] = {x, y, z};
  for (int c = 0; c < 3; ++c) {
    model.position[c][i] = static_cast<float>(position[c]);
    model.log_scale[c][i] = static_cast<float>(std::log(scale));
    model.sh[c][i] = static_cast<float>((rgb[c] - 0.5) / scene::kSh0);
  }
  model.rotation[0][i] = 1;
  model.opacity_logit[i] = static_cast<float>(logit);
}

scene::GaussianModel empty_model() {
  scene::GaussianModel model;
  model.resize(0, 0);
  return model;
}

FrameGradient ones(int width, int height) {
  FrameGradient g;
  for (render::Plane& plane : g.color) plane.resize(width, height), plane.fill(1);
  return g;
}

void expect_finite(const Frame& frame, const ModelGradients& gradients) {
  for (const render::Plane* plane :
       {&frame.color[0], &frame.color[1], &frame.color[2], &frame.alpha, &frame.depth, &frame.normal[0]})
    for (const float v : plane->data) ASSERT_TRUE(std::isfinite(v));
  for (const auto* plane : gradients.planes.planes())
    for (std::size_t i = 0; i < plane->size(); ++i)
      if (gradients.seen[i]) {
        ASSERT_TRUE(std::isfinite((*plane)[i])) << "splat " << i;
      }
  for (const double v : gradients.pose) ASSERT_TRUE(std::isfinite(v));
}

TEST(Rasterizer, NoSplatsGiveTheBackground) {
  const auto rasterizer = render::make_cpu_rasterizer();
  const scene::GaussianModel model = empty_model();
  const Frame& frame =
      rasterizer->forward(model, straight_camera(20, 30), {.background = {0.25f, 0.5f, 0.75f}, .geometry = true});
  for (int y = 0; y < 30; ++y)
    for (int x = 0; x < 20; ++x) {
      for (int c = 0; c < 3; ++c) ASSERT_EQ(frame.color[c].at(x, y), 0.25f * (c + 1));
      ASSERT_EQ(frame.alpha.at(x, y), 0);
      ASSERT_EQ(frame.depth.at(x, y), 0);
      ASSERT_EQ(frame.median_depth.at(x, y), 0);
      ASSERT_EQ(frame.count.at(x, y), 0);
    }
  ModelGradients gradients;
  rasterizer->backward(model, ones(20, 30), gradients);
  EXPECT_EQ(gradients.planes.size(), 0u);
  EXPECT_EQ(gradients.pose, (std::array<double, 6>{}));
  EXPECT_EQ(rasterizer->statistics().visible, 0u);
}

TEST(Rasterizer, SplatsNobodySeesAreNotSeenAndNotWritten) {
  scene::GaussianModel model = empty_model();
  add_splat(model, 0, 0, -1, 0.1, 2, {1, 1, 1});      // behind
  add_splat(model, 0, 0, 0.09, 0.1, 2, {1, 1, 1});    // before the near plane
  add_splat(model, 9, 0, 1, 0.1, 2, {1, 1, 1});       // beside the picture
  add_splat(model, 0, 0, 1, 0.1, -5.6, {1, 1, 1});    // opacity 1/272 < 1/255
  add_splat(model, 0, 0, 1, 0.1, -5.5, {1, 1, 1});    // opacity 1/246 > 1/255: seen
  add_splat(model, 0, 0, 0.1f, 0.001, 2, {1, 1, 1});  // on the near plane: seen
  const auto rasterizer = render::make_cpu_rasterizer();
  rasterizer->forward(model, straight_camera(32, 32), {.near_plane = 0.1f});
  ModelGradients gradients;
  gradients.planes.resize(model.size(), 0);
  for (auto* plane : gradients.planes.planes()) std::fill(plane->begin(), plane->end(), 77.0f);
  rasterizer->backward(model, ones(32, 32), gradients);
  EXPECT_EQ(gradients.seen, (std::vector<std::uint8_t>{0, 0, 0, 0, 1, 1}));
  EXPECT_EQ(rasterizer->statistics().visible, 2u);
  for (auto* plane : gradients.planes.planes())
    for (std::size_t i = 0; i < model.size(); ++i) EXPECT_EQ((*plane)[i] == 77.0f, i < 4) << "splat " << i;
}

TEST(Rasterizer, EqualDepthsBlendInOrderOfIndex) {
  scene::GaussianModel model = empty_model();
  constexpr double kLogitHalf = 0;
  add_splat(model, 0, 0, 2, 1, kLogitHalf, {1, 0, 0});
  add_splat(model, 0, 0, 2, 1, kLogitHalf, {0, 1, 0});
  add_splat(model, 0, 0, 1, 1, kLogitHalf, {0, 0, 1});
  const auto rasterizer = render::make_cpu_rasterizer();
  const Frame& frame = rasterizer->forward(model, straight_camera(3, 3), {.background = {0, 0, 0}, .geometry = true});
  EXPECT_NEAR(frame.color[2].at(1, 1), 0.5, 1e-3);
  EXPECT_NEAR(frame.color[0].at(1, 1), 0.25, 1e-3);
  EXPECT_NEAR(frame.color[1].at(1, 1), 0.125, 1e-3);
  EXPECT_NEAR(frame.alpha.at(1, 1), 0.875, 1e-3);
  EXPECT_EQ(frame.count.at(1, 1), 3);
  EXPECT_NEAR(frame.depth.at(1, 1), (0.5 + 0.375 * 2) / 0.875, 1e-3);
  EXPECT_NEAR(frame.median_depth.at(1, 1), 1, 1e-3);
}

/// The radix sort takes as many passes as the bits that differ want: none, one, two or three.
TEST(Rasterizer, NearerSplatsComeFirstOverAnyRangeOfDepths) {
  for (const double step : {1.0, 1.000001, 1.0001, 1.02, 1.6}) {  // from one depth to the next
    constexpr int kSplats = 31;
    scene::GaussianModel model = empty_model();
    for (int i = 0; i < kSplats; ++i) {
      const int place = i * 12 % kSplats;  // from the camera on; rows in another order
      const double z = 0.5 * std::pow(step, place);
      // Light of splat k behind k half opaque ones: 2^-(k + 1), which tells every order from every other.
      add_splat(model, 0, 0, z, z, 0, {static_cast<float>(place) / kSplats, 0, 0});
    }
    const auto rasterizer = render::make_cpu_rasterizer();
    const Frame& frame = rasterizer->forward(model, straight_camera(3, 3), {.background = {0, 0, 0}});
    double expected = 0, rest = 1;
    for (int k = 0; k < kSplats && rest / 2 >= render::kTransmittanceMin; ++k, rest /= 2) {
      const int place = step == 1.0 ? k * 12 % kSplats : k;  // equal depths in the order of rows
      expected += rest / 2 * place / kSplats;
    }
    EXPECT_NEAR(frame.color[0].at(1, 1), expected, 2e-3) << "depths " << step << " apart";
  }
}

TEST(Rasterizer, NormalsOfAFlatSplatFaceTheCamera) {
  for (const double angle : {0.3, 2.6}) {  // turned about x; at 2.6 its own axis points towards the camera
    scene::GaussianModel model = empty_model();
    add_splat(model, 0, 0, 1, 0.5, 8, {1, 1, 1});
    model.log_scale[2][0] = -7;
    model.rotation[0][0] = static_cast<float>(std::cos(angle / 2)),
    model.rotation[1][0] = static_cast<float>(std::sin(angle / 2));
    const auto rasterizer = render::make_cpu_rasterizer();
    const Frame& frame = rasterizer->forward(model, straight_camera(3, 3), {.geometry = true});
    const double alpha = frame.alpha.at(1, 1), sign = std::cos(angle) > 0 ? -1 : 1;
    EXPECT_NEAR(frame.normal[0].at(1, 1), 0, 1e-6);
    EXPECT_NEAR(frame.normal[1].at(1, 1), alpha * sign * -std::sin(angle), 1e-5);
    EXPECT_NEAR(frame.normal[2].at(1, 1), alpha * sign * std::cos(angle), 1e-5);
  }
}

TEST(Rasterizer, AlphaOfOneSplatFollowsTheGaussianToTheLastDigits) {
  scene::GaussianModel model = empty_model();
  constexpr double kScale = 0.25, kLogit = 3;
  add_splat(model, 0, 0, 1, kScale, kLogit, {1, 1, 1});
  const auto rasterizer = render::make_cpu_rasterizer();
  const Frame& frame = rasterizer->forward(model, straight_camera(200, 1), {});
  const double variance = std::pow(100 * std::exp(static_cast<double>(model.log_scale[0][0])), 2) + 0.3;
  int cut = 0;
  for (int x = 0; x < 200; ++x) {
    const double d = x + 0.5 - 100;
    const double alpha = std::exp(-d * d / (2 * variance)) / (1 + std::exp(-kLogit));
    cut += alpha < 1.0 / 255;
    EXPECT_NEAR(frame.alpha.at(x, 0), alpha < 1.0 / 255 ? 0 : alpha, 2e-6 * alpha + 6e-8)
        << x;  // 1 - T is rounded at 1
  }
  EXPECT_GT(cut, 10);
}

TEST(Rasterizer, ExtremeScalesGiveFiniteValues) {
  for (const bool antialiased : {false, true}) {
    scene::GaussianModel model = empty_model();
    for (const double s : {-20.0, 0.0, 20.0})
      for (const double t : {-20.0, 0.0, 20.0})
        for (const double u : {-20.0, 20.0}) {
          add_splat(model, 0.1, -0.2, 1 + 0.1 * s / 20, 1, -2, {0.3f, 0.6f, 0.9f});
          const std::size_t i = model.size() - 1;
          model.log_scale[0][i] = static_cast<float>(s), model.log_scale[1][i] = static_cast<float>(t),
          model.log_scale[2][i] = static_cast<float>(u);
          model.rotation[1][i] = 0.7f, model.rotation[2][i] = -0.3f, model.rotation[3][i] = 0.2f;
        }
    add_splat(model, 1e6, 1e6, 0.011, 1e6, 3, {1, 1, 1});
    add_splat(model, 0, 0, 1e9, 1, 40, {1, 1, 1});
    add_splat(model, 0, 0, 1, 1e-3, 100, {1, 1, 1});
    add_splat(model, 0, 0, 1, 1e-3, -100, {1, 1, 1});
    const auto rasterizer = render::make_cpu_rasterizer();
    const Frame& frame =
        rasterizer->forward(model, straight_camera(50, 40), {.antialiased = antialiased, .geometry = true});
    FrameGradient g = ones(50, 40);
    g.alpha = g.color[0], g.depth = g.color[0];
    for (auto& plane : g.normal) plane = g.color[0];
    ModelGradients gradients;
    rasterizer->backward(model, g, gradients);
    expect_finite(frame, gradients);
    EXPECT_GT(rasterizer->statistics().visible, 5u);
  }
}

TEST(Rasterizer, AbsoluteGradientsBoundTheSignedOnesAndWeightsSumToAlpha) {
  RandomSceneOptions options;
  options.splats = 300;
  const scene::Camera camera = random_camera(4, options.width, options.height);
  const scene::GaussianModel model = random_model(4, options, camera);
  const auto rasterizer = render::make_cpu_rasterizer();
  const Frame& frame = rasterizer->forward(model, camera, {});
  ModelGradients gradients;
  rasterizer->backward(model, ones(options.width, options.height), gradients);
  double weight = 0, alpha = 0;
  for (std::size_t i = 0; i < model.size(); ++i) {
    if (!gradients.seen[i]) continue;
    weight += gradients.weight[i];
    for (int c = 0; c < 2; ++c)
      EXPECT_LE(std::abs(gradients.mean2d[c][i]), gradients.abs_mean2d[c][i] * 1.0001f + 1e-6f);
  }
  for (int y = 0; y < options.height; ++y)
    for (int x = 0; x < options.width; ++x) alpha += frame.alpha.at(x, y);
  EXPECT_NEAR(weight, alpha, 1e-4 * alpha);
}

/// Smallest exponent of an ellipse over a rectangle of pixel centres, by golden-section search along x of the best y:
/// no formula shared.
double smallest_exponent(double x, double y, const double q[3], double x0, double x1, double y0, double y1) {
  const auto at = [&](double px) {
    const double dx = px - x, best = std::clamp(y - q[1] / q[2] * dx, y0, y1), dy = best - y;
    return 0.5 * (q[0] * dx * dx + q[2] * dy * dy) + q[1] * dx * dy;
  };
  for (int i = 0; i < 200; ++i) {
    const double a = x0 + (x1 - x0) * 0.382, b = x0 + (x1 - x0) * 0.618;
    (at(a) < at(b) ? x1 : x0) = at(a) < at(b) ? b : a;
  }
  return at(0.5 * (x0 + x1));
}

TEST(Rasterizer, ListsExactlyTheTilesThatTheExtentMeets) {
  // Splats at depth 1 in the image plane (z scale tiny), turned about z: their 2D covariance is known.
  std::uint64_t total = 0;
  for (int k = 0; k < 40; ++k) {
    const double x = -0.6 + 0.033 * k, y = 0.3 - 0.02 * k, sx = 0.02 + 0.004 * k, sy = 0.003 + 0.002 * (k % 7),
                 angle = 0.37 * k, logit = -3 + 0.2 * k;
    scene::GaussianModel model = empty_model();
    add_splat(model, x, y, 1, 1, logit, {1, 1, 1});
    model.log_scale[0][0] = static_cast<float>(std::log(sx)), model.log_scale[1][0] = static_cast<float>(std::log(sy)),
    model.log_scale[2][0] = -20;
    model.rotation[0][0] = static_cast<float>(std::cos(angle / 2)),
    model.rotation[3][0] = static_cast<float>(std::sin(angle / 2));
    const int width = 140, height = 90;
    const auto rasterizer = render::make_cpu_rasterizer();
    rasterizer->forward(model, straight_camera(width, height), {});

    const double vx = 1e4 * sx * sx, vy = 1e4 * sy * sy, c = std::cos(angle), s = std::sin(angle);
    const double xx = vx * c * c + vy * s * s + 0.3, xy = (vx - vy) * c * s, yy = vx * s * s + vy * c * c + 0.3,
                 det = xx * yy - xy * xy;
    // The covariance of a splat off the axis also sees depth through J, but depth has no extent here.
    const double q[3] = {yy / det, -xy / det, xx / det}, limit = std::log(255 / (1 + std::exp(-logit)));
    std::uint64_t tiles = 0;
    for (int ty = 0; ty < height; ty += 16)
      for (int tx = 0; tx < width; tx += 16)
        tiles += smallest_exponent(100 * x + width / 2.0, 100 * y + height / 2.0, q, tx + 0.5,
                                   std::min(tx + 16, width) - 0.5, ty + 0.5, std::min(ty + 16, height) - 0.5) <= limit;
    EXPECT_EQ(rasterizer->statistics().tile_pairs, tiles) << "splat " << k;
    EXPECT_EQ(rasterizer->statistics().visible, tiles > 0 ? 1u : 0u) << "splat " << k;
    total += tiles;
  }
  EXPECT_GT(total, 150u);
}

TEST(Rasterizer, ListsSplatsOverManyTilesAmongSmallOnes) {
  // Every fourth splat covers up to 50 x 40 tiles, so that lists of a block of rows differ in length by much.
  const int width = 800, height = 640;
  scene::GaussianModel all = empty_model();
  std::uint64_t tiles = 0;
  const auto rasterizer = render::make_cpu_rasterizer();
  for (int k = 0; k < 37; ++k) {
    const double x = -3 + 0.17 * k, y = 2 - 0.11 * k, scale = k % 4 == 1 ? 0.5 + 0.03 * k : 0.05, logit = k % 3;
    scene::GaussianModel one = empty_model();
    for (scene::GaussianModel* model : {&one, &all}) {
      add_splat(*model, x, y, 1, 1, logit, {1, 1, 1});
      for (int c = 0; c < 3; ++c) model->log_scale[c].back() = static_cast<float>(c == 2 ? -20 : std::log(scale));
    }
    const Frame& frame = rasterizer->forward(one, straight_camera(width, height), {});
    tiles += rasterizer->statistics().tile_pairs;
    const double variance = 1e4 * scale * scale + 0.3, limit = std::log(255 / (1 + std::exp(-logit)));
    for (int py = 0; py < height; ++py)
      for (int px = 0; px < width; ++px) {
        const double dx = px + 0.5 - 100 * x - width / 2.0, dy = py + 0.5 - 100 * y - height / 2.0;
        const double exponent = 0.5 * (dx * dx + dy * dy) / variance;
        if (std::abs(exponent - limit) < 0.01) continue;  // where rounding decides
        ASSERT_EQ(frame.alpha.at(px, py) > 0, exponent < limit) << "splat " << k << " at " << px << ", " << py;
      }
  }
  rasterizer->forward(all, straight_camera(width, height), {});
  EXPECT_EQ(rasterizer->statistics().tile_pairs, tiles);
  EXPECT_GT(tiles, 5000u);
}

TEST(Rasterizer, StatisticsFollowTheWork) {
  RandomSceneOptions options;
  options.splats = 500, options.width = 100, options.height = 60;
  const scene::Camera camera = random_camera(6, options.width, options.height);
  const scene::GaussianModel model = random_model(6, options, camera);
  const auto rasterizer = render::make_cpu_rasterizer();
  const Frame& frame = rasterizer->forward(model, camera, {.geometry = true});
  double blended = 0;
  for (int y = 0; y < options.height; ++y)
    for (int x = 0; x < options.width; ++x) blended += frame.count.at(x, y);
  ModelGradients gradients;
  rasterizer->backward(model, ones(options.width, options.height), gradients);
  const auto& statistics = rasterizer->statistics();
  EXPECT_EQ(statistics.visible,
            static_cast<std::uint64_t>(std::count(gradients.seen.begin(), gradients.seen.end(), 1)));
  EXPECT_GE(statistics.tile_pairs, statistics.visible);
  EXPECT_GE(static_cast<double>(statistics.pixel_pairs), blended);
  EXPECT_LE(static_cast<double>(statistics.pixel_pairs), 4 * blended);
  EXPECT_GT(rasterizer->buffer_bytes(), statistics.tile_pairs * 16 * sizeof(float));
  const auto& ms = statistics.milliseconds;
  for (const double t : {ms.project, ms.sort, ms.bin, ms.blend, ms.blend_backward, ms.project_backward})
    EXPECT_GT(t, 0);
}

TEST(Rasterizer, BuffersOfALargerViewLeaveNoTrace) {
  RandomSceneOptions options;
  options.splats = 3000, options.width = 150, options.height = 120, options.scale_high = 0.1;
  const scene::Camera large = random_camera(7, options.width, options.height), small = random_camera(7, 21, 50);
  const scene::GaussianModel many = random_model(7, options, large);
  options.splats = 90;
  const scene::GaussianModel few = random_model(8, options, small);
  const auto used = render::make_cpu_rasterizer(), fresh = render::make_cpu_rasterizer();
  ModelGradients a, b;
  used->forward(many, large, {.geometry = true});
  used->backward(many, ones(150, 120), a);
  const Frame& x = used->forward(few, small, {.sh_degree = 2});
  used->backward(few, ones(21, 50), a);
  const Frame& y = fresh->forward(few, small, {.sh_degree = 2});
  fresh->backward(few, ones(21, 50), b);
  for (int c = 0; c < 3; ++c) EXPECT_EQ(x.color[c].data, y.color[c].data);
  EXPECT_EQ(a.seen, b.seen);
  EXPECT_EQ(a.pose, b.pose);
  const auto p = a.planes.planes(), q = b.planes.planes();
  ASSERT_EQ(p.size(), q.size());
  for (std::size_t k = 0; k < p.size(); ++k)
    for (std::size_t i = 0; i < few.size(); ++i)
      if (b.seen[i]) {
        EXPECT_EQ((*p[k])[i], (*q[k])[i]);
      }
}

TEST(Rasterizer, CoefficientsAboveTheDegreeGetZeroGradient) {
  RandomSceneOptions options;
  options.splats = 40;
  const scene::Camera camera = random_camera(9, options.width, options.height);
  const scene::GaussianModel model = random_model(9, options, camera);
  const auto rasterizer = render::make_cpu_rasterizer();
  ModelGradients gradients;
  rasterizer->forward(model, camera, {.sh_degree = 3});
  rasterizer->backward(model, ones(options.width, options.height), gradients);
  rasterizer->forward(model, camera, {.sh_degree = 1});
  rasterizer->backward(model, ones(options.width, options.height), gradients);
  double low = 0, high = 0;
  for (std::size_t i = 0; i < model.size(); ++i)
    for (std::size_t p = 0; gradients.seen[i] && p < 48; ++p)
      (p < 12 ? low : high) += std::abs(gradients.planes.sh[p][i]);
  EXPECT_GT(low, 0);
  EXPECT_EQ(high, 0);
}

TEST(Rasterizer, SteadyIterationsAllocateNothing) {
  RandomSceneOptions options;
  options.splats = 5000, options.width = 200, options.height = 100, options.scale_high = 0.05;
  const scene::Camera camera = random_camera(10, options.width, options.height);
  const scene::GaussianModel model = random_model(10, options, camera);
  const auto rasterizer = render::make_cpu_rasterizer();
  const FrameGradient gradient = ones(options.width, options.height);
  ModelGradients gradients;
  const auto iterate = [&] {
    rasterizer->forward(model, camera, {});
    rasterizer->backward(model, gradient, gradients);
  };
  iterate();
  const std::size_t bytes = rasterizer->buffer_bytes(), before = allocation_count();
  for (int i = 0; i < 5; ++i) iterate();
  EXPECT_EQ(allocation_count(), before);
  EXPECT_EQ(rasterizer->buffer_bytes(), bytes);
}

std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const scene::Error& e) {
    return e.what();
  }
  return "no error";
}

TEST(Rasterizer, RefusesWhatItCannotRender) {
  const auto rasterizer = render::make_cpu_rasterizer();
  const scene::GaussianModel model = empty_model();
  const auto forward = [&](int width, int height, RenderSettings settings) {
    return message_of([&] { rasterizer->forward(model, straight_camera(width, height), settings); });
  };
  EXPECT_EQ(forward(0, 5, {}), "picture: cannot render 0 x 5 pixels; ask for 1 to 65536 a side");
  EXPECT_EQ(forward(5, 70000, {}), "picture: cannot render 5 x 70000 pixels; ask for 1 to 65536 a side");
  EXPECT_EQ(forward(5, 5, {.near_plane = 0}), "near plane: must be greater than 0");
  EXPECT_EQ(forward(5, 5, {.near_plane = std::numeric_limits<float>::quiet_NaN()}),
            "near plane: must be greater than 0");
  EXPECT_EQ(forward(5, 5, {}), "no error");

  ModelGradients gradients;
  FrameGradient g = ones(5, 5);
  g.color[1].resize(6, 5);
  EXPECT_EQ(message_of([&] { rasterizer->backward(model, g, gradients); }),
            "frame gradient: has another size than the frame");
  g = ones(5, 5);
  g.depth.resize(5, 5);
  EXPECT_EQ(message_of([&] { rasterizer->backward(model, g, gradients); }),
            "frame gradient: has depth or normals that were not rendered; set RenderSettings::geometry");
}

TEST(Rasterizer, EmptyGradientPlanesCountAsZero) {
  RandomSceneOptions options;
  options.splats = 50;
  const scene::Camera camera = random_camera(12, options.width, options.height);
  const scene::GaussianModel model = random_model(12, options, camera);
  const auto rasterizer = render::make_cpu_rasterizer();
  rasterizer->forward(model, camera, {.geometry = true});
  FrameGradient sparse, full;
  sparse.color[1].resize(options.width, options.height), sparse.color[1].fill(0.5f);
  full = ones(options.width, options.height);
  full.color[0].fill(0), full.color[1].fill(0.5f), full.color[2].fill(0);
  full.alpha = full.depth = full.color[0];
  for (auto& plane : full.normal) plane = full.color[0];
  ModelGradients a, b;
  rasterizer->backward(model, sparse, a);
  rasterizer->backward(model, full, b);
  EXPECT_EQ(a.planes.opacity_logit, b.planes.opacity_logit);
  EXPECT_EQ(a.planes.sh, b.planes.sh);
  EXPECT_EQ(a.planes.position, b.planes.position);
  EXPECT_NE(a.planes.opacity_logit, std::vector<float>(model.size(), 0.0f));
}

}  // namespace
}  // namespace tessera::test
