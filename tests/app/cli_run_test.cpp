// Whole runs of the command line on real photographs: train, resume, evaluate, render; interrupted in every stage.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <future>

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

double psnr_of(const scene::Image8& a, const scene::Image8& b) {
  if (a.width != b.width || a.height != b.height) return -1;
  double squares = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) {
    const double d = a.pixels[i] - b.pixels[i];
    squares += d * d;
  }
  return 10 * std::log10(255.0 * 255.0 * static_cast<double>(a.pixels.size()) / std::max(squares, 1.0));
}

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

TEST_F(CommandLineRun, PlansBlocksTrainsThemAndMergesThem) {
  const auto plan = tessera({"plan", data_, "--out", run_, "--blocks", "2", "--preset", "draft", "--iterations", "30",
                             "--max-splats", "1500"});
  ASSERT_EQ(plan.exit_code, 0) << plan.err;
  EXPECT_THAT(plan.out, HasSubstr("go on with: tessera train " + run_));
  const auto words = tessera({"train", run_, "--iterations", "9"});
  EXPECT_EQ(words.exit_code, 2);
  EXPECT_THAT(words.err, HasSubstr("is a plan, which has its own options"));
  const auto train = tessera({"train", run_});
  ASSERT_EQ(train.exit_code, 0) << train.err;
  EXPECT_THAT(train.out, HasSubstr("test      PSNR"));
  EXPECT_EQ(tessera({"eval", run_, data_}).exit_code, 0) << "a run folder like any other";
  const auto again = tessera({"plan", data_, "--out", run_, "--blocks", "3"});
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.err, HasSubstr("has blocks that were trained by its plan"));
  EXPECT_EQ(tessera({"plan", data_, "--out", run_ + "2", "--blocks", "900"}).exit_code, 1);
  expect_no_temporaries();
}

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
  const fs::path quads = folder_.path() / "quads.png";
  const auto vulkan =
      tessera({"render", run_, data_, "--view", "DJI_0021", "--renderer", "vulkan", "-o", quads.string()});
  if (vulkan.exit_code == 0)
    EXPECT_GT(psnr_of(image, scene::read_image(quads)), 45);
  else
    EXPECT_THAT(vulkan.err, HasSubstr("tessera: Vulkan: "));  // no device on this machine
  for (const char* path : {"orbit", "flythrough"}) {
    const fs::path video = folder_.path() / (std::string(path) + ".mp4");
    const auto render = tessera({"render", run_, data_, "--path", path, "--seconds", "0.5", "-o", video.string()});
    EXPECT_EQ(render.exit_code, 0) << render.err;
    EXPECT_GT(fs::file_size(video), 1000u);
  }
  const auto huge = tessera({"render", run_, data_, "--view", "DJI_0021", "-o", picture.string(), "--width", "16384"});
  EXPECT_EQ(huge.exit_code, 1);
  EXPECT_THAT(huge.err, HasSubstr("16384x9216 pixels"));
  const auto wrong = tessera({"render", run_, data_, "--view", "DJI_9921", "-o", picture.string()});
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_THAT(wrong.err, HasSubstr("did you mean"));
  expect_no_temporaries();
}

TEST_F(CommandLineRun, StdoutHoldsTheResultAndNothingElse) {
  auto words = train_words(5);
  words.push_back("--json");
  const auto train = tessera(words);
  ASSERT_EQ(train.exit_code, 0) << train.err;
  EXPECT_EQ(nlohmann::json::parse(train.out), nlohmann::json::parse(scene::read_file(fs::path(run_) / "metrics.json")));
  EXPECT_THAT(train.err, HasSubstr("training"));
  const auto eval = tessera({"eval", run_, data_, "--json", "-"});
  EXPECT_EQ(nlohmann::json::parse(eval.out)["test"]["psnr"], nlohmann::json::parse(train.out)["test"]["psnr"]);
  EXPECT_EQ(nlohmann::json::parse(tessera({"info", run_, "--json"}).out)["kind"], "run");
  const std::string picture = (folder_.path() / "v.png").string();
  EXPECT_EQ(tessera({"render", run_, data_, "--view", "DJI_0021", "-o", picture}).out, picture + "\n");
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

TEST_F(CommandLineRun, AFinishedRunIsExtendedAndItsLineageRecorded) {
  ASSERT_EQ(tessera(train_words(20)).exit_code, 0);
  const auto record = [&] { return nlohmann::json::parse(scene::read_file(fs::path(run_) / "run.json")); };
  const std::string before = scene::read_file(fs::path(run_) / "model.ply");
  EXPECT_TRUE(record()["lineage"].empty());
  const auto begun = record()["begun"];
  EXPECT_TRUE(begun["version"].is_string() && begun["time"].is_string());

  const auto fewer = tessera({"train", "--resume", run_, "--iterations", "10"});
  EXPECT_EQ(fewer.exit_code, 1);
  EXPECT_THAT(fewer.err, HasSubstr("option 'iterations'"));
  const auto fixed = tessera({"train", "--resume", run_, "--set", "sh_degree=1"});
  EXPECT_EQ(fixed.exit_code, 1);
  EXPECT_THAT(fixed.err, HasSubstr("option 'sh_degree'"));
  EXPECT_EQ(record()["options"]["iterations"], "20") << "what is refused is not recorded";
  EXPECT_TRUE(record()["lineage"].empty());
  EXPECT_EQ(record()["state"], "finished");

  const auto extended = tessera({"train", "--resume", run_, "--iterations", "50", "--set", "lr_scale=0.01"});
  ASSERT_EQ(extended.exit_code, 0) << extended.err;
  EXPECT_THAT(extended.err, HasSubstr("going on from step 20"));
  EXPECT_THAT(extended.err, HasSubstr("changed: iterations from 20 to 50; schedules go on as at 40 %"));
  EXPECT_NE(scene::read_file(fs::path(run_) / "model.ply"), before);
  ASSERT_EQ(tessera({"train", "--resume", run_}).exit_code, 0);
  const auto now = record();
  EXPECT_EQ(now["begun"], begun);
  EXPECT_EQ(now["options"]["iterations"], "50");
  ASSERT_EQ(now["lineage"].size(), 2u);
  const auto& first = now["lineage"][0];
  EXPECT_EQ(first["step"], 20);
  EXPECT_EQ(first["changed"]["iterations"], (nlohmann::json{{"from", "20"}, {"to", "50"}}));
  EXPECT_EQ(first["changed"].size(), 2u);
  EXPECT_TRUE(first["version"].is_string() && first["time"].is_string());
  EXPECT_EQ(now["lineage"][1]["step"], 50);
  EXPECT_TRUE(now["lineage"][1]["changed"].empty());
}

TEST_F(CommandLineRun, AnOldResultStaysUntilTheNewOneIsWhole) {
  ASSERT_EQ(tessera(train_words(20)).exit_code, 0);
  const std::string before = scene::read_file(fs::path(run_) / "model.ply");
  const auto killed =
      tessera({"train", "--resume", run_, "--iterations", "100000"}, {.signal_when = "training", .signal = SIGKILL});
  EXPECT_EQ(killed.exit_code, 128 + SIGKILL) << killed.err;
  EXPECT_EQ(scene::read_file(fs::path(run_) / "model.ply"), before);
}

TEST_F(CommandLineRun, ARunKilledBeforeItsFirstCheckpointStartsAgain) {
  auto words = train_words(100000);
  ASSERT_EQ(tessera(words, {.signal_when = "training", .signal = SIGKILL}).exit_code, 128 + SIGKILL);
  EXPECT_FALSE(fs::exists(fs::path(run_) / "checkpoint"));
  const auto resumed = tessera({"train", "--resume", run_, "--iterations", "30"});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_THAT(resumed.err, HasSubstr("starting from the beginning"));
  const std::string model = scene::read_file(fs::path(run_) / "model.ply");
  run_ += "2";
  ASSERT_EQ(tessera(train_words(30)).exit_code, 0);
  EXPECT_EQ(scene::read_file(fs::path(run_) / "model.ply"), model);
  fs::remove(fs::path(run_) / "checkpoint");
  EXPECT_EQ(tessera({"train", "--resume", run_}).exit_code, 1) << "a finished run is not thrown away";
}

TEST_F(CommandLineRun, MemoryIsStatedAndWhatIsLoweredStaysLowered) {
  const auto words = [&](int iterations) {
    auto all = train_words(iterations);
    all.insert(all.end(), {"--max-splats", "100000", "--set", "pixels_per_splat=0", "--set", "eval=off", "--set",
                           "initialization=random", "--set", "initial_random_splats=20000", "--set",
                           "checkpoint_every=5", "--set", "memory_mb=130"});
    const auto first = std::find(all.begin(), all.end(), "--max-splats");  // takes one value
    all.erase(first, first + 2);
    return all;
  };
  const auto whole = tessera(words(40));
  ASSERT_EQ(whole.exit_code, 0) << whole.err;
  EXPECT_THAT(whole.err, HasSubstr("memory: up to "));
  EXPECT_THAT(whole.err, HasSubstr("130 MB of memory_mb"));
  EXPECT_THAT(whole.err, HasSubstr("warning: memory: max_splats lowered from 100000 to "));
  EXPECT_LT(whole.err.find("memory: up to "), whole.err.find("training "));
  const auto record = [&] { return nlohmann::json::parse(scene::read_file(fs::path(run_) / "run.json")); };
  const auto memory = record()["memory"];
  ASSERT_EQ(memory["steps"].size(), 1u);
  EXPECT_EQ(memory["steps"][0]["option"], "max_splats");
  EXPECT_EQ(memory["steps"][0]["from"], "100000");
  EXPECT_EQ(memory["steps"][0]["to"], record()["options"]["max_splats"]);
  EXPECT_LE(memory["need_bytes"].get<double>(), 130e6);
  const std::string model = scene::read_file(fs::path(run_) / "model.ply");

  run_ += "2";
  ASSERT_EQ(tessera(words(40), {.signal_when = "training"}).exit_code, 130);
  const auto resumed = tessera({"train", "--resume", run_});
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(scene::read_file(fs::path(run_) / "model.ply"), model);
  EXPECT_EQ(record()["memory"]["steps"], memory["steps"]) << "a resume forgets nothing";
  EXPECT_TRUE(record()["lineage"][0]["changed"].empty());

  run_ += "3";
  const auto less = tessera({"train", data_, "--out", run_, "--iterations", "5", "--set", "memory_mb=40"});
  EXPECT_EQ(less.exit_code, 1);
  EXPECT_THAT(less.err, HasSubstr("does not fit into the 40 MB of memory_mb"));
  EXPECT_FALSE(fs::exists(run_));
}

TEST_F(CommandLineRun, ALimitOnAddressesIsSeen) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "SKIPPED: sanitizers map more addresses than any limit";
#endif
  const auto limited = test::run_process({"sh",
                                          "-c",
                                          "ulimit -v 1200000; exec \"$0\" \"$@\"",
                                          test::tessera_binary(),
                                          "train",
                                          data_,
                                          "--out",
                                          run_,
                                          "--preset",
                                          "draft",
                                          "--iterations",
                                          "5",
                                          "--max-splats",
                                          "20000000",
                                          "--set",
                                          "pixels_per_splat=0",
                                          "--set",
                                          "eval=off",
                                          "--threads",
                                          "2"});
  EXPECT_EQ(limited.exit_code, 0) << limited.err;
  EXPECT_THAT(limited.err, HasSubstr("ulimit -v"));
  EXPECT_THAT(limited.err, HasSubstr("max_splats lowered from 20000000"));
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

TEST_F(CommandLineRun, SynthAndRenderAreInterruptible) {
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

TEST_F(CommandLineRun, TheOtherSignalsEndARunAlike) {
  for (const int signal : {SIGTERM, SIGHUP}) {
    run_ = (folder_.path() / std::to_string(signal)).string();
    const auto result = tessera(train_words(4000), {.signal_when = "training", .signal = signal});
    EXPECT_EQ(result.exit_code, 130) << result.err;
    EXPECT_TRUE(fs::exists(fs::path(run_) / "checkpoint"));
    EXPECT_LT(result.seconds_after_signal, 30) << "a hang, not a measurement";
  }
  expect_no_temporaries();
}

TEST_F(CommandLineRun, InterruptedWhileItIsScoredItCanStillBeResumed) {
  const fs::path photos = test::shared_data() / "caliterra";  // enough of them to be hit by the signal
  if (!fs::exists(photos)) GTEST_SKIP() << "SKIPPED: the photographs of caliterra are not there";
  const auto stopped = tessera(
      {"train", photos, "--out", run_, "--iterations", "2", "--max-splats", "1000", "--set", "checkpoint_every=0"},
      {.signal_when = "evaluating"});
  ASSERT_EQ(stopped.exit_code, 130) << stopped.err;
  EXPECT_THAT(stopped.err, HasSubstr("--resume"));
  EXPECT_FALSE(fs::exists(fs::path(run_) / "metrics.json"));
  EXPECT_EQ(nlohmann::json::parse(tessera({"info", run_, "--json"}).out)["state"], "interrupted");
  const auto resumed = tessera({"train", "--resume", run_, "--set", "eval=off"});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(nlohmann::json::parse(scene::read_file(fs::path(run_) / "metrics.json"))["iterations"], 2);
  const fs::path scores = folder_.path() / "scores.json", pictures = folder_.path() / "pictures";
  const auto eval = tessera({"eval", run_, photos, "--split", "all", "--json", scores, "--pictures", pictures},
                            {.signal_when = "evaluating"});
  EXPECT_EQ(eval.exit_code, 130) << eval.err;
  EXPECT_FALSE(fs::exists(scores));
  expect_no_temporaries();
}

TEST_F(CommandLineRun, LongAndForeignNamesAreTakenAndShown) {
  const fs::path data = folder_.path() / "not \xff UTF-8";
  fs::copy(test::shared_data() / "damaged/transforms_good", data, fs::copy_options::recursive);
  auto transforms = nlohmann::json::parse(scene::read_file(data / "transforms.json"));
  const std::string name(240, 'n');
  const std::string old = transforms["frames"][0]["file_path"];
  fs::rename(data / old, data / "images" / (name + ".jpg"));
  transforms["frames"][0]["file_path"] = "images/" + name + ".jpg";
  fs::remove(data / "transforms.json");
  scene::write_file_atomically(data / "transforms.json", transforms.dump());
  data_ = data;
  auto words = train_words(5);
  words.insert(words.end(), {"--set", "checkpoint_every=5"});
  const auto train = tessera(words);
  ASSERT_EQ(train.exit_code, 0) << train.err;
  for (const char* record : {"run.json", "metrics.json", "cameras.json"})
    EXPECT_TRUE(nlohmann::json::accept(scene::read_file(fs::path(run_) / record))) << record;
  EXPECT_TRUE(nlohmann::json::accept(tessera({"info", run_, "--json"}).out));
  const auto eval = tessera({"eval", run_, data_, "--split", "all"});
  ASSERT_EQ(eval.exit_code, 0) << eval.err;
  EXPECT_EQ(std::count(eval.out.begin(), eval.out.end(), '\n'), 1 + 6 + 2) << "heading, views, two means";
  EXPECT_THAT(eval.out, HasSubstr(name));
  // run.json cannot hold the folder's name; the user can give it.
  const auto lost = tessera({"train", "--resume", run_});
  EXPECT_EQ(lost.exit_code, 1);
  EXPECT_THAT(lost.err, HasSubstr("train DATA --resume"));
  EXPECT_EQ(tessera({"train", data_, "--resume", run_, "--set", "eval=off"}).exit_code, 0);
}

TEST_F(CommandLineRun, ARunThatCannotStartLeavesNoFolder) {
  const fs::path data = folder_.path() / "data";
  fs::copy(test::shared_data() / "damaged/transforms_good", data, fs::copy_options::recursive);
  auto transforms = nlohmann::json::parse(scene::read_file(data / "transforms.json"));
  transforms["fl_x"] = 1e-200;  // a lens that sees nothing
  fs::remove(data / "transforms.json");
  scene::write_file_atomically(data / "transforms.json", transforms.dump());
  data_ = data;
  const auto result = tessera(train_words(10));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("no two training views look at the same region"));
  EXPECT_FALSE(fs::exists(run_));
  fs::create_directory(run_);
  EXPECT_EQ(tessera(train_words(10)).exit_code, 1);
  EXPECT_TRUE(fs::is_empty(run_)) << "the user's empty folder stays, and stays empty";
}

TEST_F(CommandLineRun, ASecondTrainerIsKeptOutOfARunFolder) {
  auto words = train_words(100'000);
  words.insert(words.end(), {"--set", "checkpoint_every=5"});
  const fs::path lock = fs::path(run_) / "run.lock";
  auto first = std::async(std::launch::async, [&] { return tessera(words); });
  using std::chrono::milliseconds;
  while (!fs::exists(fs::path(run_) / "checkpoint") && first.wait_for(milliseconds(5)) == std::future_status::timeout) {
  }
  ASSERT_TRUE(fs::exists(lock));
  const pid_t trainer = std::stoi(scene::read_file(lock));
  const auto second = tessera({"train", "--resume", run_});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_THAT(second.err,
              HasSubstr("is being trained by another program (process " + std::to_string(trainer) + " on "));
  EXPECT_THAT(second.err, HasSubstr("take another run folder\n"));
  ::kill(trainer, SIGKILL);
  EXPECT_EQ(first.get().exit_code, 128 + SIGKILL);
  const auto third = tessera({"train", "--resume", run_}, {.signal_when = "going on from step"});
  EXPECT_EQ(third.exit_code, 130) << third.err;
  EXPECT_FALSE(fs::exists(lock));
}

}  // namespace
}  // namespace tessera
