#include "reconstruct/evaluate/view_error.h"

#include <gtest/gtest.h>

#include <cmath>

#include "reconstruct/evaluate/metrics.h"
#include "reconstruct/evaluate/picture.h"
#include "tests/support/pictures.h"
#include "tests/support/random_scene.h"
#include "tests/support/test_data.h"

namespace tessera::reconstruct {
namespace {

namespace fs = std::filesystem;

constexpr int kWidth = 64, kHeight = 48;

double lightness(const std::array<std::uint8_t, 3>& rgb) {
  const auto linear = [](std::uint8_t byte) {
    const double v = byte / 255.0;
    return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
  };
  const double y = 0.2126 * linear(rgb[0]) + 0.7152 * linear(rgb[1]) + 0.0722 * linear(rgb[2]);
  return y <= 216.0 / 24389 ? 24389.0 / 27 * y : 116 * std::cbrt(y) - 16;  // CIE L*
}

TEST(ErrorColor, GrowsBrighterWithTheErrorInEqualSteps) {
  double before = lightness(error_color(0));
  EXPECT_LT(before, 5);
  for (int i = 1; i <= 16; ++i) {
    const double now = lightness(error_color(i / 16.0));
    EXPECT_GT(now - before, 2.5) << i;
    EXPECT_LT(now - before, 9) << i;
    before = now;
  }
  EXPECT_GT(before, 93);
  EXPECT_EQ(error_color(7), error_color(1));
  EXPECT_EQ(error_color(-1), (std::array<std::uint8_t, 3>{96, 96, 96})) << "masked";
}

TEST(Dissimilarity, IsWhatSsimIsMadeOf) {
  render::Plane picture[3];
  Truth truth;
  truth.width = kWidth, truth.height = kHeight, truth.weight_sum = kWidth * kHeight;
  test::make_picture(kWidth, kHeight, 1, 0.1, truth.color);
  test::make_picture(kWidth, kHeight, 1, 0.3, picture);
  const render::Plane map = dissimilarity(picture, truth);
  constexpr int kMargin = 5;  // of the window
  double sum = 0, border = 0;
  for (int y = kMargin; y < kHeight - kMargin; ++y)
    for (int x = kMargin; x < kWidth - kMargin; ++x) sum += static_cast<double>(map.at(x, y));
  const double mean = sum / ((kWidth - 2 * kMargin) * (kHeight - 2 * kMargin));
  EXPECT_NEAR(1 - 2 * mean, ssim(picture, truth).valid, 1e-6);
  for (int x = 0; x < kWidth; ++x) border += static_cast<double>(map.at(x, 0)) / kWidth;
  EXPECT_NEAR(border, mean, 0.3 * mean) << "the border is no better than the rest";
  const render::Plane alike = dissimilarity(truth.color, truth);
  for (int x = 0; x < kWidth; ++x) EXPECT_NEAR(alike.at(x, 7), 0, 1e-2);  // the truth is not rounded to 8 bit here
}

/// A photo that is the model's own picture, and one wrong splat before it.
struct ViewErrorTest : testing::Test {
  ViewErrorTest() {
    const scene::Camera camera = test::random_camera(3, kWidth, kHeight);
    model = test::random_model(3, {.splats = 60, .width = kWidth, .height = kHeight}, camera);
    const auto rasterizer = render::make_cpu_rasterizer();
    scene::write_image(folder.path() / "photo.png", to_image8(rasterizer->forward(model, camera, {}).color));
    scene::View view;
    view.name = "photo.png", view.image_path = folder.path() / "photo.png";
    const scene::Pinhole& k = camera.intrinsics;
    view.sensor = {scene::CameraModel::pinhole, k.width, k.height, {k.fx, k.fy, k.cx, k.cy}};
    view.camera = camera;
    dataset.views.push_back(view);
  }
  /// A blob of that brightness whose middle is at the pixel.
  void plant(int x, int y, double value) {
    const scene::Camera& camera = dataset.views[0].camera;
    const scene::Pinhole& k = camera.intrinsics;
    const glm::dvec3 p = camera.cam_from_world.inverse()({(x + 0.5 - k.cx) / k.fx, (y + 0.5 - k.cy) / k.fy, 1});
    const std::size_t row = model.size();
    model.resize(row + 1, model.sh_degree());
    for (int c = 0; c < 3; ++c) {
      const auto i = static_cast<std::size_t>(c);
      model.position[i][row] = static_cast<float>(p[c]);
      model.log_scale[i][row] = static_cast<float>(std::log(2 / k.fx));
      model.sh[i][row] = static_cast<float>((value - 0.5) / scene::kSh0);
    }
    model.rotation[0][row] = 1, model.opacity_logit[row] = 4;
  }
  ViewError judge(ErrorKind kind, bool corrected = false) {
    scene::ImageCache images(dataset, 1 << 20);
    const auto rasterizer = render::make_cpu_rasterizer();
    Gallery gallery(model, dataset, images, *rasterizer, {});
    return view_error(gallery, 0, kind, corrected);
  }
  test::TemporaryFolder folder;
  scene::Dataset dataset;
  scene::GaussianModel model;
};

TEST_F(ViewErrorTest, IsNothingWhereTheRenderIsThePhoto) {
  for (const ErrorKind kind : {ErrorKind::absolute, ErrorKind::structure}) {
    const ViewError e = judge(kind);
    EXPECT_EQ(e.psnr, 99);
    EXPECT_NEAR(e.ssim, 1, 1e-9);
    EXPECT_NEAR(e.mean, 0, 1e-6);
    EXPECT_EQ(e.error.width, kWidth);
  }
}

TEST_F(ViewErrorTest, IsLargestAtAWrongSplat) {
  plant(41, 17, 3);
  for (const ErrorKind kind : {ErrorKind::absolute, ErrorKind::structure}) {
    const ViewError e = judge(kind);
    EXPECT_NEAR(e.worst_x, 41, 6);
    EXPECT_NEAR(e.worst_y, 17, 6);
    EXPECT_LT(e.psnr, 40);
    const auto at = paint_error(e);
    EXPECT_GT(at.at(e.worst_x, e.worst_y)[0], 150);
    EXPECT_LT(at.at(2, 45)[0], 40);
  }
}

TEST_F(ViewErrorTest, OfTheCorrectedRenderLeavesOutWhatAnAffineMapOfColoursExplains) {
  scene::Image8 photo = scene::read_image(dataset.views[0].image_path);
  for (auto& byte : photo.pixels) byte = static_cast<std::uint8_t>(20 + 0.6 * byte);
  scene::write_image(dataset.views[0].image_path, photo);
  const ViewError raw = judge(ErrorKind::absolute), corrected = judge(ErrorKind::absolute, true);
  EXPECT_EQ(raw.psnr, corrected.psnr) << "both scores are those of the view, whatever is drawn";
  EXPECT_EQ(raw.psnr_corrected, corrected.psnr_corrected);
  EXPECT_GT(raw.psnr_corrected, raw.psnr + 10);
  EXPECT_LT(corrected.mean, 0.3 * raw.mean);
}

TEST_F(ViewErrorTest, MaskedPixelsAreGreyAndDoNotCount) {
  plant(41, 17, 3);
  scene::Image8 mask{kWidth, kHeight, 1, {}};
  mask.pixels.assign(static_cast<std::size_t>(kWidth * kHeight), 255);
  for (int y = 0; y < kHeight; ++y)
    for (int x = 30; x < 52; ++x) *mask.at(x, y) = 0;
  dataset.views[0].mask_path = folder.path() / "mask.png";
  scene::write_image(dataset.views[0].mask_path, mask);
  const ViewError e = judge(ErrorKind::absolute);
  EXPECT_LT(e.error.at(41, 17), 0);
  EXPECT_EQ(paint_error(e).at(41, 17)[1], 96);
  EXPECT_GT(e.psnr, 60);
}

}  // namespace
}  // namespace tessera::reconstruct
