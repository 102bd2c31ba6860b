// Whole runs of the command line on real photographs: train, resume, evaluate, render; interrupted in every stage; a
// full disk.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>

#include <nlohmann/json.hpp>

#include "scene/atomic_file.h"
#include "scene/formats/ply.h"
#include "scene/image.h"
#include "tests/support/run_process.h"
#include "tests/support/test_data.h"

namespace tessera {
namespace {
namespace fs = std::filesystem;
using test::tessera;
using testing::HasSubstr;

class CommandLineRun : public testing::Test {
 protected:
  void SetUp() override {
    TESSERA_NEED_DATA("damaged/base");
    data_ = (test::shared_data() / "damaged/base").string();
    run_ = (folder_.path() / "run").string();
  }
  std::vector<std::string> train_words(int iterations) const {
    return {"train",        data_, "--out", run_, "--preset", "draft", "--iterations", std::to_string(iterations),
            "--max-splats", "3000"};
  }
  /// Nothing that a writer has begun and not finished.
  void expect_no_temporaries() const {
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path()))
      EXPECT_EQ(entry.path().filename().string().find(".tmp"), std::string::npos) << entry.path();
  }
  test::TemporaryFolder folder_;
  std::string data_, run_;
};

TEST_F(CommandLineRun, TrainsEvaluatesAndRenders) {
  const auto train = tessera(train_words(60));
  ASSERT_EQ(train.exit_code, 0) << train.err;
  for (const char* name :
       {"model.ply", "metrics.json", "run.json", "log.txt", "cameras.json", "previews/contact_sheet.png"})
    EXPECT_TRUE(fs::exists(fs::path(run_) / name)) << name;
  const auto metrics = nlohmann::json::parse(scene::read_file(fs::path(run_) / "metrics.json"));
  for (const char* key : {"splats", "iterations", "seconds", "cpu_seconds", "peak_memory_bytes"})
    EXPECT_TRUE(metrics[key].is_number()) << key;
  for (const char* key : {"psnr", "ssim", "psnr_corrected"}) EXPECT_TRUE(metrics["test"][key].is_number()) << key;
  EXPECT_TRUE(metrics["train"]["psnr"].is_number());
  EXPECT_EQ(metrics["iterations"], 60);
  const auto record = nlohmann::json::parse(scene::read_file(fs::path(run_) / "run.json"));
  EXPECT_EQ(record["state"], "finished");
  EXPECT_EQ(record["options"]["iterations"], "60");

  const std::string scores = (folder_.path() / "scores.json").string();
  const auto eval = tessera({"eval", run_, data_, "--split", "all", "--json", scores});
  ASSERT_EQ(eval.exit_code, 0) << eval.err;
  const auto again = nlohmann::json::parse(scene::read_file(scores));
  EXPECT_NEAR(again["test"]["psnr"].get<double>(), metrics["test"]["psnr"].get<double>(), 1e-9);

  const fs::path picture = folder_.path() / "v.png";
  EXPECT_EQ(tessera({"render", run_, data_, "--view", "DJI_0021", "-o", picture.string()}).exit_code, 0);
  const scene::Image8 image = scene::read_image(picture);
  EXPECT_EQ(image.width, 320);
  EXPECT_EQ(image.height, 180);
  for (const char* path : {"orbit", "flythrough"}) {
    const fs::path video = folder_.path() / (std::string(path) + ".mp4");
    const auto render = tessera({"render", run_, data_, "--path", path, "--seconds", "0.5", "-o", video.string()});
    EXPECT_EQ(render.exit_code, 0) << render.err;
    EXPECT_GT(fs::file_size(video), 1000u);
  }
  const auto wrong = tessera({"render", run_, data_, "--view", "DJI_9921", "-o", picture.string()});
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_THAT(wrong.err, HasSubstr("did you mean"));
  expect_no_temporaries();
}

TEST_F(CommandLineRun, ACameraPathFileIsFollowedAndItsMistakesNamed) {
  ASSERT_EQ(tessera(train_words(20)).exit_code, 0);
  const fs::path path = folder_.path() / "path.json", video = folder_.path() / "v.mp4";
  scene::write_file_atomically(path, R"({"keys": [{"seconds": 0, "position": [0, 0, 0], "look_at": [0, 0, 5]},
                                                  {"seconds": 0.3, "position": [1, 0, 0], "rotation": [1, 0, 0, 0]}]})");
  const auto good = tessera({"render", run_, data_, "--path", path.string(), "-o", video.string()});
  EXPECT_EQ(good.exit_code, 0) << good.err;
  for (
      const char* bad :
      {"{", "{}", R"({"keys": [{"position": [0, 0]}]})",
       R"({"keys": [{"position": [0, 0, 0], "rotation": [0, 0, 0, 0]}]})",
       R"({"keys": [{"position": [0,0,0], "look_at": [0,0,1], "seconds": 1}, {"position": [0,0,0], "look_at": [0,0,1], "seconds": 1}]})"}) {
    scene::write_file_atomically(path, bad);
    const auto result = tessera({"render", run_, data_, "--path", path.string(), "-o", video.string()});
    EXPECT_EQ(result.exit_code, 1) << bad;
    EXPECT_THAT(result.err, HasSubstr("path.json"));
  }
}

TEST_F(CommandLineRun, InterruptedRunLeavesACheckpointAndResumesToTheSameBytes) {
  ASSERT_EQ(tessera(train_words(120)).exit_code, 0);
  const std::string undisturbed = scene::read_file(fs::path(run_) / "model.ply");
  run_ = (folder_.path() / "second").string();
  auto words = train_words(120);
  const auto stopped = tessera(words, {.signal_when = "training"});
  ASSERT_EQ(stopped.exit_code, 130) << stopped.err;
  EXPECT_THAT(stopped.err, HasSubstr("--resume"));
  EXPECT_FALSE(fs::exists(fs::path(run_) / "model.ply"));
  const auto info = nlohmann::json::parse(tessera({"info", run_, "--json"}).out);
  EXPECT_EQ(info["state"], "interrupted");
  expect_no_temporaries();
  const auto resumed = tessera({"train", "--resume", run_});
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(scene::read_file(fs::path(run_) / "model.ply"), undisturbed);
}

TEST_F(CommandLineRun, CtrlCEndsEveryStageWithoutLeavings) {
  // Early instants hit start-up and loading, later ones training, saving and scoring.
  for (const double instant : {0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8}) {
    run_ = (folder_.path() / ("run" + std::to_string(instant))).string();
    const auto result = tessera(train_words(400), {.signal_after = instant, .limit_seconds = 120});
    // 128 + SIGINT: the signal came before the program had installed its handler.
    EXPECT_TRUE(result.exit_code == 130 || result.exit_code == 0)
        << instant << ": " << result.exit_code << " " << result.err;
    EXPECT_EQ(result.err.find("terminate"), std::string::npos);
    expect_no_temporaries();
  }
}

TEST_F(CommandLineRun, SynthRenderAndEvalAreInterruptible) {
  ASSERT_EQ(tessera(train_words(20)).exit_code, 0);
  const std::string city = (folder_.path() / "city").string(), video = (folder_.path() / "long.mp4").string();
  const auto synth =
      tessera({"synth", "city", city, "--blocks", "4", "--views", "400"}, {.signal_after = 1.5, .limit_seconds = 60});
  EXPECT_EQ(synth.exit_code, 130) << synth.err;
  EXPECT_FALSE(fs::exists(city));
  const auto render = tessera({"render", run_, data_, "--path", "orbit", "--seconds", "600", "-o", video},
                              {.signal_after = 0.7, .limit_seconds = 60});
  EXPECT_EQ(render.exit_code, 130) << render.err;
  EXPECT_FALSE(fs::exists(video));
  expect_no_temporaries();
}

TEST_F(CommandLineRun, AFullDiskIsOneLineAndNoHalfWrittenFile) {
  const fs::path disk = folder_.path() / "disk";
  fs::create_directory(disk);
  if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=200k") != 0)
    GTEST_SKIP() << "SKIPPED: mounting a small tmpfs needs root";
  run_ = (disk / "run").string();
  const auto train = tessera(train_words(60));
  const bool model = fs::exists(fs::path(run_) / "model.ply");
  const auto export_big = tessera({"export", data_, "--to", "colmap-text", "-o", (disk / "text").string()});
  const bool partial = fs::exists(disk / "text/points3D.txt") && fs::exists(disk / "text/images.txt");
  ::umount2(disk.c_str(), MNT_DETACH);
  EXPECT_EQ(train.exit_code, 1) << train.err;
  EXPECT_THAT(train.err, HasSubstr("cannot write"));
  EXPECT_FALSE(model);
  EXPECT_TRUE(export_big.exit_code == 1 || partial);
}

}  // namespace
}  // namespace tessera
