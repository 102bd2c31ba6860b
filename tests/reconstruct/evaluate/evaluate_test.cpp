#include "reconstruct/evaluate/evaluate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "reconstruct/evaluate/contact_sheet.h"
#include "scene/atomic_file.h"
#include "scene/image.h"
#include "tests/support/test_data.h"

namespace tessera::reconstruct {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

constexpr int kWidth = 48, kHeight = 32;

/// Answers every camera with one grey level, chosen by the camera's x, and writes down what it was asked.
class GreyRasterizer : public render::Rasterizer {
 public:
  const render::Frame& forward(const scene::GaussianModel&, const scene::Camera& camera,
                               const render::RenderSettings& settings) override {
    const auto& k = camera.intrinsics;
    frame_.resize(k.width, k.height, false);
    for (auto& plane : frame_.color) plane.fill(static_cast<float>(camera.cam_from_world.translation.x));
    asked.push_back(settings);
    cameras.push_back(camera);
    return frame_;
  }
  void backward(const scene::GaussianModel&, const render::FrameGradient&, render::ModelGradients&, render::GradientSink*) override {}
  const render::RenderStatistics& statistics() const override { return statistics_; }
  std::size_t buffer_bytes() const override { return 0; }
  std::vector<render::RenderSettings> asked;
  std::vector<scene::Camera> cameras;

 private:
  render::Frame frame_;
  render::RenderStatistics statistics_;
};

/// Photos of one grey level each: view i is (100 + 10 i) / 255, its render 100 / 255 + 0.1.
struct Fixture : testing::Test {
  Fixture() {
    model.resize(1, 2);
    add("a/one.png", 100, true);
    add("a_one.png", 110, false);
    add("three.png", 120, true);
    add("four.png", 130, false);
  }
  void add(const std::string& name, int level, bool test, bool masked = false) {
    scene::Image8 image{kWidth, kHeight, 3, {}};
    image.pixels.assign(kWidth * kHeight * 3, static_cast<std::uint8_t>(level));
    fs::create_directories((folder.path() / name).parent_path());
    scene::write_image(folder.path() / name, image);
    scene::View view;
    view.name = name;
    view.image_path = folder.path() / name;
    if (masked) {
      scene::Image8 mask{kWidth, kHeight, 1, {}};
      mask.pixels.assign(kWidth * kHeight, 0);
      view.mask_path = folder.path() / "mask.png";
      scene::write_image(view.mask_path, mask);
    }
    view.sensor = {scene::CameraModel::pinhole, kWidth, kHeight, {40, 40, kWidth / 2.0, kHeight / 2.0}};
    view.camera.intrinsics = view.sensor.pinhole();
    view.camera.cam_from_world.translation.x = (100 + 25) / 255.0;
    view.test = test;
    dataset.views.push_back(view);
  }
  Scores run(const EvaluateOptions& options, const scene::JobContext& job = {}) {
    scene::ImageCache images(dataset, 1 << 24);
    return evaluate(model, dataset, images, rasterizer, options, job);
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder.path() / "pictures"))
      names.push_back(entry.path().filename());
    return names;
  }

  test::TemporaryFolder folder;
  scene::Dataset dataset;
  scene::GaussianModel model;
  GreyRasterizer rasterizer;
};
using Evaluate = Fixture;

double decibels(int difference) { return 20 * std::log10(255.0 / difference); }

TEST_F(Evaluate, ScoresTheViewsOfTheSplit) {
  const auto names = [](const Scores& scores) {
    std::vector<std::string> all;
    for (const auto& v : scores.views) all.push_back(v.name);
    return all;
  };
  EXPECT_THAT(names(run({})), ElementsAre("a/one.png", "three.png"));
  EvaluateOptions options;
  options.split = Split::train;
  EXPECT_THAT(names(run(options)), ElementsAre("a_one.png", "four.png"));
  options.split = Split::all;
  const Scores scores = run(options);
  ASSERT_THAT(names(scores), ElementsAre("a/one.png", "a_one.png", "three.png", "four.png"));
  const int differences[] = {25, 15, 5, 5};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(scores.views[i].psnr, decibels(differences[i]), 1e-4);
    EXPECT_EQ(scores.views[i].test, i % 2 == 0);
    EXPECT_EQ(scores.views[i].psnr_corrected, 99) << "a constant is corrected away";
    const double x = 125 / 255.0, y = (100 + 10.0 * static_cast<double>(i)) / 255;
    EXPECT_NEAR(scores.views[i].ssim_standard, (2 * x * y + 1e-4) / (x * x + y * y + 1e-4), 1e-6);
    EXPECT_NEAR(scores.views[i].ms_ssim, std::pow(scores.views[i].ssim_standard, 0.2856 / (0.0448 + 0.2856)), 1e-6)
        << "two scales fit";
    EXPECT_LT(scores.views[i].ssim, scores.views[i].ssim_standard) << "the border sees the zeros outside";
  }
}

TEST_F(Evaluate, RendersAsAsked) {
  EvaluateOptions options;
  options.level = 1;
  options.antialiased = true;
  options.background = {0.25f, 0.5f, 1};
  run(options);
  ASSERT_EQ(rasterizer.asked.size(), 2u);
  EXPECT_TRUE(rasterizer.asked[0].antialiased);
  EXPECT_EQ(rasterizer.asked[0].background, options.background);
  EXPECT_EQ(rasterizer.asked[0].sh_degree, 2) << "the model's own";
  EXPECT_EQ(rasterizer.asked[0].near_plane, render::RenderSettings{}.near_plane);
  EXPECT_EQ(rasterizer.cameras[1].intrinsics.width, kWidth / 2);
  EXPECT_NEAR(rasterizer.cameras[1].intrinsics.fx, 20, 1e-12);
  EXPECT_EQ(rasterizer.cameras[1].cam_from_world.translation.x, 125 / 255.0);
  options.level = -1;
  EXPECT_THROW(run(options), std::invalid_argument);
}

TEST_F(Evaluate, MeansAreOverOneSplit) {
  EvaluateOptions options;
  options.split = Split::all;
  const Scores scores = run(options);
  ASSERT_TRUE(scores.mean(true) && scores.mean(false));
  EXPECT_NEAR(scores.mean(true)->psnr, (decibels(25) + decibels(5)) / 2, 1e-4);
  EXPECT_NEAR(scores.mean(false)->psnr, (decibels(15) + decibels(5)) / 2, 1e-4);
  EXPECT_NEAR(scores.mean(true)->ssim, (scores.views[0].ssim + scores.views[2].ssim) / 2, 1e-12);
  EXPECT_NEAR(scores.mean(false)->ssim_standard, (scores.views[1].ssim_standard + scores.views[3].ssim_standard) / 2,
              1e-12);
  EXPECT_NEAR(scores.mean(false)->ms_ssim, (scores.views[1].ms_ssim + scores.views[3].ms_ssim) / 2, 1e-12);
  EXPECT_NEAR(scores.mean(false)->psnr_corrected, (scores.views[1].psnr_corrected + scores.views[3].psnr_corrected) / 2,
              1e-12);
  EXPECT_TRUE(scores.mean(true)->test);
  EXPECT_FALSE(Scores{}.mean(true).has_value());
  EXPECT_FALSE(run({}).mean(false).has_value());
}

TEST_F(Evaluate, WritesAnErrorMapForEachViewAndAContactSheet) {
  EvaluateOptions options;
  options.split = Split::all;
  options.pictures = folder.path() / "pictures";
  run(options);
  EXPECT_THAT(files(), UnorderedElementsAre("a_one_error.png", "a_one-2_error.png", "three_error.png", "four_error.png",
                                            "contact_sheet.png"));
  const auto map = scene::read_image(options.pictures / "three_error.png");
  EXPECT_EQ(map.width, kWidth);
  EXPECT_GT(map.height, kHeight);
  const auto sheet = scene::read_image(options.pictures / "contact_sheet.png");
  EXPECT_GE(sheet.width, 3 * kWidth);
  EXPECT_GE(sheet.height, 2 * kHeight);
  options.split = Split::test;
  run(options);
  EXPECT_EQ(scene::read_image(options.pictures / "contact_sheet.png").pixels, sheet.pixels)
      << "where there are held-out views, the sheet shows only them";
  options.contact_sheet_views = 1;
  run(options);
  EXPECT_LT(scene::read_image(options.pictures / "contact_sheet.png").height, sheet.height - kHeight);
}

TEST_F(Evaluate, NeedsNoContactSheet) {
  EvaluateOptions options;
  options.pictures = folder.path() / "pictures";
  options.contact_sheet_views = 0;
  run(options);
  EXPECT_THAT(files(), UnorderedElementsAre("a_one_error.png", "three_error.png"));
}

TEST_F(Evaluate, SaysWhichFolderCannotBeMade) {
  scene::write_file_atomically(folder.path() / "file", "x");
  EvaluateOptions options;
  options.pictures = folder.path() / "file" / "pictures";
  try {
    run(options);
    FAIL() << "made a folder below a file";
  } catch (const scene::Error& error) {
    EXPECT_EQ(error.subject(), options.pictures.string());
    EXPECT_THAT(error.what(), testing::HasSubstr("cannot create the folder"));
  }
}

TEST_F(Evaluate, LeavesOutAViewWhoseEveryPixelIsMasked) {
  add("hidden.png", 50, true, true);
  std::vector<std::string> warnings;
  scene::JobContext job;
  job.on_warning = [&](const std::string& line) { warnings.push_back(line); };
  EvaluateOptions options;
  options.pictures = folder.path() / "pictures";
  EXPECT_EQ(run(options, job).views.size(), 2u);
  EXPECT_THAT(warnings, ElementsAre("hidden.png: every pixel is masked; not scored"));
  EXPECT_THAT(files(), UnorderedElementsAre("a_one_error.png", "three_error.png", "contact_sheet.png"));
}

TEST_F(Evaluate, StopsBetweenViews) {
  scene::Cancellation cancellation;
  scene::JobContext job;
  job.cancellation = &cancellation;
  std::vector<scene::Progress> reports;
  job.on_progress = [&](const scene::Progress& p) {
    reports.push_back(p);
    cancellation.request();
  };
  EXPECT_THROW(run({}, job), scene::Cancelled);
  EXPECT_EQ(rasterizer.asked.size(), 1u);
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0].detail, "a/one.png");
  EXPECT_EQ(reports[0].total, 2);
}

TEST_F(Evaluate, ReportsItsProgress) {
  std::vector<double> done;
  scene::JobContext job;
  job.on_progress = [&](const scene::Progress& p) {
    EXPECT_EQ(p.stage, "evaluating");
    EXPECT_EQ(p.total, 2);
    EXPECT_EQ(p.seconds_remaining < 0, p.done == 0);
    done.push_back(p.done);
  };
  run({}, job);
  EXPECT_THAT(done, ElementsAre(0, 1, 2));
}

TEST_F(Evaluate, NamesTheFileThatCannotBeRead) {
  fs::resize_file(folder.path() / "three.png", 40);
  EXPECT_THROW(run({}), scene::Error);
}

// Photos that the CPU back end made of the model itself: the whole path from file to score without a difference.
TEST_F(Evaluate, AModelThatMadeThePhotosScoresPerfectly) {
  const std::size_t n = 12;
  model.resize(n, 1);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t a = 0; a < 3; ++a) {
      model.position[a][i] = static_cast<float>(a == 2 ? 3 : std::sin(1.7 * static_cast<double>(i * (a + 1))));
      model.log_scale[a][i] = -1.5f;
      model.sh[a][i] = static_cast<float>(std::cos(0.9 * static_cast<double>(i + a)));
      model.sh[3 + a][i] = 0.3f;
    }
    model.rotation[0][i] = 1;
    model.opacity_logit[i] = 1;
  }
  const auto cpu = render::make_cpu_rasterizer();
  render::RenderSettings settings;
  settings.sh_degree = 1;
  for (auto& view : dataset.views) {
    view.camera.cam_from_world.translation.x = view.test ? 0.2 : -0.3;
    scene::write_image(view.image_path, to_image8(cpu->forward(model, view.camera, settings).color));
  }
  EvaluateOptions options;
  options.split = Split::all;
  scene::ImageCache images(dataset, 1 << 24);
  Scores scores = evaluate(model, dataset, images, *cpu, options);
  ASSERT_EQ(scores.views.size(), 4u);
  for (const auto& view : scores.views) {
    EXPECT_EQ(view.psnr, 99) << view.name;
    EXPECT_NEAR(view.ssim, 1, 1e-9);
  }
  model.sh[0][4] += 0.5f;  // and a model that did not, does not
  scores = evaluate(model, dataset, images, *cpu, options);
  for (const auto& view : scores.views) EXPECT_LT(view.psnr, 60) << view.name;
}

TEST(ScoresJson, HoldsMeansCountsAndViews) {
  Scores scores;
  scores.views.push_back({"a.png", true, 20, 21, 0.5, 0.6, 0.7});
  scores.views.push_back({"b.png", true, 22, 25, 0.7, 0.8, 0.9});
  scores.views.push_back({"c.png", false, 30, 31, 0.9, 0.91, 0.92});
  const auto json = to_json(scores);
  EXPECT_EQ(json["test"]["psnr"], 21);
  EXPECT_EQ(json["test"]["psnr_corrected"], 23);
  EXPECT_NEAR(json["test"]["ssim"].get<double>(), 0.6, 1e-12);
  EXPECT_NEAR(json["test"]["ssim_standard"].get<double>(), 0.7, 1e-12);
  EXPECT_NEAR(json["test"]["ms_ssim"].get<double>(), 0.8, 1e-12);
  EXPECT_EQ(json["test"]["views"], 2);
  EXPECT_EQ(json["train"]["views"], 1);
  EXPECT_EQ(json["train"]["psnr"], 30);
  ASSERT_EQ(json["views"].size(), 3u);
  EXPECT_EQ(json["views"][1]["name"], "b.png");
  EXPECT_EQ(json["views"][1]["split"], "test");
  EXPECT_EQ(json["views"][2]["split"], "train");
  EXPECT_EQ(json["views"][2]["ms_ssim"], 0.92);
}

TEST(ScoresJson, LeavesAnEmptySplitOut) {
  const auto json = to_json(Scores{});
  EXPECT_FALSE(json.contains("test"));
  EXPECT_FALSE(json.contains("train"));
  EXPECT_TRUE(json["views"].empty());
  EXPECT_TRUE(json["views"].is_array());
}

}  // namespace
}  // namespace tessera::reconstruct
