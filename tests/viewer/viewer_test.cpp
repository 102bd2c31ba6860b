// The same PLY in our rasteriser and in a viewer that is not ours: Spark (three.js) in headless Chromium, driven by
// show.mjs. Started by run.sh.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "render/rasterizer.h"
#include "scene/dataset.h"
#include "scene/formats/cameras_json.h"
#include "scene/formats/ply.h"
#include "scene/image.h"
#include "scene/random.h"
#include "scene/scene_frame.h"
#include "tests/support/run_process.h"
#include "tests/support/test_data.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;
using scene::GaussianModel;
using scene::Image8;

constexpr double kPatience = 900;  // seconds; half a minute is usual, but the machine may be busy

testing::AssertionResult succeeds(const test::ProcessResult& result) {
  if (result.exit_code == 0) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "exit " << result.exit_code << "\n" << result.out << result.err;
}

/// The pictures of the named cameras as the other viewer shows them, FOLDER/STEM.png.
testing::AssertionResult show(const fs::path& ply, const fs::path& cameras, const std::vector<std::string>& stems,
                              const fs::path& folder) {
  fs::create_directories(folder);
  std::string views;
  for (const std::string& stem : stems) views += (views.empty() ? "" : ",") + stem;
  return succeeds(test::run_process(
      {"node", TESSERA_VIEWER_SOURCES "/show.mjs", "--modules", std::getenv("TESSERA_VIEWER_MODULES"), "--chromium",
       std::getenv("TESSERA_VIEWER_CHROMIUM"), "--ply", ply, "--cameras", cameras, "--views", views, "--out", folder}));
}

/// Over the colours; the browser's PNGs have an (opaque) alpha besides.
double psnr(const Image8& a, const Image8& b) {
  if (a.width != b.width || a.height != b.height || a.channels < 3 || b.channels < 3) {
    ADD_FAILURE() << "pictures of different shape: " << a.width << "x" << a.height << "x" << a.channels << " and "
                  << b.width << "x" << b.height << "x" << b.channels;
    return 0;
  }
  double squares = 0;
  for (int y = 0; y < a.height; ++y)
    for (int x = 0; x < a.width; ++x)
      for (int c = 0; c < 3; ++c) {
        const double d = (a.at(x, y)[c] - b.at(x, y)[c]) / 255.0;
        squares += d * d;
      }
  constexpr double kIdentical = 1e-10;  // 100 dB
  return -10 * std::log10(squares / (3.0 * a.width * a.height) + kIdentical);
}

Image8 to_picture(const render::Frame& frame) {
  Image8 picture{frame.width, frame.height, 3, std::vector<std::uint8_t>(std::size_t{3} * frame.width * frame.height)};
  for (int y = 0; y < frame.height; ++y)
    for (int x = 0; x < frame.width; ++x)
      for (int c = 0; c < 3; ++c)
        picture.at(x, y)[c] =
            static_cast<std::uint8_t>(std::lround(255 * std::clamp(frame.color[c].at(x, y), 0.0f, 1.0f)));
  return picture;
}

/// Three bars from the origin along +x (red), +y (green) and +z (blue), which show every swap of axes, hands and
/// channels, in a cloud of random splats of degree 3, which shows a wrong order of quaternion or SH. The SH are powers
/// of two with random signs: Spark keeps 8 bits of them with an exponent per coefficient (and cuts off what is above
/// that power of two), so that only these reach its shader unchanged.
GaussianModel bars_in_a_cloud() {
  constexpr int kSplats = 5000, kBar = 100;
  constexpr double kExtent = 2;
  GaussianModel model;
  model.resize(kSplats, 3);
  std::uint32_t draw = 0;
  const auto uniform = [&] {
    return scene::uniform01(scene::philox(0, static_cast<std::uint32_t>(scene::RandomStream::kTest), 0, draw++)[0]);
  };
  const auto normal = [&] {
    const auto bits = scene::philox(0, static_cast<std::uint32_t>(scene::RandomStream::kTest), 1, draw++);
    return scene::normal_pair(bits[0], bits[1])[0];
  };
  for (int i = 0; i < kSplats; ++i) {
    const int axis = i / kBar;
    const bool bar = axis < 3;
    for (int k = 0; k < 3; ++k) {
      const double along = axis == k ? 0.9 * kExtent * (i % kBar) / (kBar - 1) : 0;
      const double p = bar ? along : kExtent * (2 * uniform() - 1);
      const double color = bar ? (axis == k ? 0.95 : 0.05) : 0.5 + 0.5 * p / kExtent;
      model.position[k][i] = static_cast<float>(p);
      model.sh[k][i] = static_cast<float>((color - 0.5) / scene::kSh0);
      model.log_scale[k][i] = static_cast<float>(bar ? -3.2 : -3.6 + 0.5 * normal());
    }
    for (int k = 0; k < 4; ++k) model.rotation[k][i] = static_cast<float>(bar ? k == 0 : normal());
    model.opacity_logit[i] = static_cast<float>(bar ? 4 : 0.5 + 1.5 * normal());
    if (bar) continue;
    for (std::size_t k = 1; k < model.sh.size() / 3; ++k) {
      const double size = uniform() < 0.5 ? 0x1p-4 : 0x1p-5;
      for (int c = 0; c < 3; ++c) model.sh[3 * k + c][i] = static_cast<float>(uniform() < 0.5 ? size : -size);
    }
  }
  return model;
}

scene::View look_at_origin(const std::string& name, const glm::dvec3& from, const glm::dvec3& up, double fx,
                           double fy) {
  const glm::dvec3 front = glm::normalize(-from), right = glm::normalize(glm::cross(front, up)),
                   down = glm::cross(front, right);
  const glm::dquat world_from_cam = glm::quat_cast(glm::dmat3(right, down, front));
  scene::View view;
  view.name = name + ".png";
  view.camera.intrinsics = {652, 478, fx, fy, 326, 239};
  view.sensor = {scene::CameraModel::pinhole, 652, 478, {fx, fy, 326, 239}};
  view.camera.cam_from_world = scene::Rigid{world_from_cam, from}.inverse();
  return view;
}

class AnotherViewer : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::getenv("TESSERA_VIEWER_CHROMIUM") || !std::getenv("TESSERA_VIEWER_MODULES"))
      GTEST_SKIP() << "SKIPPED: no viewer is set up; run this through ctest or tests/viewer/run.sh";
  }
  test::TemporaryFolder folder_;
};

TEST_F(AnotherViewer, DrawsAxisBarsAndAFullDegreeCloudAsWeDo) {
  const GaussianModel model = bars_in_a_cloud();
  scene::Dataset cameras;
  cameras.views = {look_at_origin("corner", {5, 3, -5}, {0, -1, 0}, 520, 500),
                   look_at_origin("below", {-4, -5, 4}, {0, -1, 0}, 500, 520),
                   look_at_origin("rolled", {1.2, 0.3, -6}, {0.5, -1, 0.2}, 480, 480)};
  const fs::path ply = folder_.path() / "model.ply", json = folder_.path() / "cameras.json",
                 shown = folder_.path() / "shown";
  scene::write_splat_ply(model, ply);
  scene::write_cameras_json(cameras, json);
  ASSERT_TRUE(show(ply, json, {"corner", "below", "rolled"}, shown));

  const auto rasterizer = render::make_cpu_rasterizer();
  std::printf("%-10s %16s\n", "view", "ours vs theirs");
  for (const scene::View& view : cameras.views) {
    const Image8 ours = to_picture(rasterizer->forward(model, view.camera, {}));
    const std::string stem = fs::path(view.name).stem();
    const double agreement = psnr(ours, scene::read_image(shown / (stem + ".png")));
    std::printf("%-10s %13.2f dB\n", stem.c_str(), agreement);
    EXPECT_GT(agreement, 53) << view.name;
  }
}

/// Our picture without the reference's clamp of the projection's Jacobian (Kerbl et al. 2023, released code), which
/// Spark does not have: it begins at 1.3 times the half picture, so the middle of a picture four times as large is free
/// of it. Large splats at the border look otherwise with it.
Image8 draw_unclamped(const GaussianModel& model, const scene::View& view) {
  constexpr int kTimes = 4;
  scene::Camera wide = view.camera;
  scene::Pinhole& k = wide.intrinsics;
  const int left = k.width * (kTimes - 1) / 2, top = k.height * (kTimes - 1) / 2;
  k.width *= kTimes, k.height *= kTimes, k.cx += left, k.cy += top;
  const auto rasterizer = render::make_cpu_rasterizer();
  const Image8 all = to_picture(rasterizer->forward(model, wide, {}));
  const int width = view.camera.intrinsics.width, height = view.camera.intrinsics.height;
  Image8 middle{width, height, 3, std::vector<std::uint8_t>(std::size_t{3} * width * height)};
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) std::copy_n(all.at(x + left, y + top), 3, middle.at(x, y));
  return middle;
}

/// What stays of a model without its view-dependent colour.
GaussianModel of_degree_0(GaussianModel model) {
  model.sh.resize(3);
  return model;
}

/// A model that `tessera train` made, or the run folder that TESSERA_VIEWER_RUN names (to measure a longer training).
TEST_F(AnotherViewer, ScoresATrainedModelAsWeDo) {
  TESSERA_NEED_DATA("brighton_beach");
  const fs::path data = test::shared_data() / "brighton_beach", shown = folder_.path() / "shown";
  const char* given = std::getenv("TESSERA_VIEWER_RUN");
  const fs::path run = given ? fs::path(given) : folder_.path() / "run";
  if (!given) {
    ASSERT_TRUE(succeeds(test::tessera(
        {"train", data, "--out", run, "--preset", "draft", "--iterations", "1500", "--max-splats", "50000"},
        {.limit_seconds = kPatience})));
  }
  const fs::path ply = run / "model.ply";
  const std::vector<std::string> stems = {"DJI_0018", "DJI_0026", "DJI_0034"};  // the test views: every 8th
  ASSERT_TRUE(show(ply, run / "cameras.json", stems, shown));
  // Spark keeps 8 bits of the SH, which shows in a trained model: pixel by pixel the base colours are compared.
  GaussianModel model = of_degree_0(scene::read_splat_ply(ply));
  const fs::path base = folder_.path() / "base.ply", base_shown = folder_.path() / "base_shown";
  scene::write_splat_ply(model, base);
  ASSERT_TRUE(show(base, run / "cameras.json", stems, base_shown));

  const scene::Dataset dataset = scene::load_dataset(data);
  scene::transform_model(model, dataset.scene_from_world);
  std::printf("%-10s %16s %18s %16s %26s\n", "view", "ours vs photo", "theirs vs photo", "ours vs theirs",
              "base colours, unclamped");
  for (const std::string& stem : stems) {
    const fs::path drawn = folder_.path() / (stem + ".png");
    ASSERT_TRUE(succeeds(test::tessera({"render", ply, data, "--view", stem + ".JPG", "-o", drawn})));
    const Image8 photo = scene::read_image(data / "images" / (stem + ".JPG")), ours = scene::read_image(drawn),
                 theirs = scene::read_image(shown / (stem + ".png"));
    const auto view = std::find_if(dataset.views.begin(), dataset.views.end(),
                                   [&](const scene::View& v) { return fs::path(v.name).stem() == stem; });
    ASSERT_NE(view, dataset.views.end());
    const double our_score = psnr(ours, photo), their_score = psnr(theirs, photo),
                 agreement = psnr(draw_unclamped(model, *view), scene::read_image(base_shown / (stem + ".png")));
    std::printf("%-10s %13.2f dB %15.2f dB %13.2f dB %23.2f dB\n", stem.c_str(), our_score, their_score,
                psnr(ours, theirs), agreement);
    EXPECT_GT(our_score, 12) << stem << ": not trained, so the comparison below would say nothing";
    EXPECT_LT(std::abs(our_score - their_score), 0.5) << stem;
    EXPECT_GT(agreement, 45) << stem;
  }
}

}  // namespace
}  // namespace tessera

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const int result = RUN_ALL_TESTS();
  const auto& unit = *testing::UnitTest::GetInstance();
  constexpr int kSkipped = 77;  // SKIP_RETURN_CODE of CTest
  return result == 0 && unit.skipped_test_count() == unit.test_to_run_count() ? kSkipped : result;
}
