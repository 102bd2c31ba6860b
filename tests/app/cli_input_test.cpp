// The command line and hostile users: odd numbers, names, records, pictures and streams. Each gets one clear line, or
// is taken for what it is; nothing crashes, hangs or is left behind.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include "scene/atomic_file.h"
#include "scene/formats/ply.h"
#include "scene/image.h"
#include "tests/support/run_process.h"
#include "tests/support/test_data.h"

namespace tessera {
namespace {
namespace fs = std::filesystem;
using nlohmann::json;
using test::tessera;
using testing::HasSubstr;
using testing::Not;

int lines(const std::string& text) { return static_cast<int>(std::count(text.begin(), text.end(), '\n')); }

void expect_one_line(const test::ProcessResult& result, int code, const std::string& part) {
  EXPECT_EQ(result.exit_code, code) << result.err;
  EXPECT_EQ(lines(result.err), 1) << result.err;
  EXPECT_THAT(result.err, HasSubstr(part));
  EXPECT_EQ(result.out, "");
}

/// Words for a shell, which closes streams as a user would.
test::ProcessResult shell(const std::string& command) { return test::run_process({"sh", "-c", command}); }

scene::GaussianModel small_model() {
  scene::GaussianModel model;
  model.resize(10, 0);
  for (int i = 0; i < 10; ++i) model.position[0][i] = 0.1f * static_cast<float>(i), model.rotation[0][i] = 1;
  return model;
}

class HostileInput : public testing::Test {
 protected:
  void SetUp() override { scene::write_splat_ply(small_model(), model_); }
  fs::path path(const std::string& name) const { return folder_.path() / name; }
  std::string text(const std::string& name) const { return path(name).string(); }
  test::TemporaryFolder folder_;
  const fs::path model_ = folder_.path() / "m.ply";
};

TEST_F(HostileInput, NumbersThatAreNoNumbersAreUsageErrors) {
  const std::string out = text("o");
  expect_one_line(tessera({"export", model_, "-o", out, "--min-opacity", "nan"}), 2, "--min-opacity");
  expect_one_line(tessera({"render", model_, "x", "--path", "orbit", "-o", out, "--seconds", "nan"}), 2, "--seconds");
  expect_one_line(tessera({"render", model_, "x", "--path", "orbit", "-o", out, "--fps", "inf"}), 2, "--fps");
  expect_one_line(tessera({"train", "x", "--out", out, "--iterations", "99999999999"}), 2, "--iterations");
  expect_one_line(tessera({"train", "x", "--out", out, "--iterations", "nan"}), 2, "--iterations");
  expect_one_line(tessera({"train", "x", "--out", out, "--set", "lambda_dssim=nan"}), 1, "lambda_dssim");
  expect_one_line(tessera({"train", "x", "--out", out, "--set", "="}), 1, "no such option");
  expect_one_line(tessera({"train", "--resume", out, "--out", text("p")}), 2, "--resume");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 1);
}

TEST_F(HostileInput, TheContractKeysTakeTheirValuesAndNoOthers) {
  for (const char* good : {"resolution_schedule=off", "resolution_schedule=auto", "eval=off", "eval=end", "eval=250",
                           "checkpoint_every=0", "checkpoint_every=500", "exposure=off", "exposure=affine"})
    expect_one_line(tessera({"train", text("absent"), "--out", text("run"), "--set", good}), 1, "absent");
  for (const char* bad : {"resolution_schedule=on", "eval=0", "eval=-3", "eval=", "checkpoint_every=-1",
                          "checkpoint_every=1.5", "exposure=linear"})
    expect_one_line(tessera({"train", text("absent"), "--out", text("run"), "--set", bad}), 1, "is not allowed");
}

TEST_F(HostileInput, OutputsThatAreFoldersOrPipesAreRefused) {
  fs::create_directory(path("folder"));
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  expect_one_line(tessera({"export", model_, "-o", text("folder")}), 1, "it is a folder");
  expect_one_line(tessera({"export", model_, "-o", text("pipe")}), 1, "a device or a pipe");
  expect_one_line(tessera({"export", model_, "-o", (model_ / "x.ply").string()}), 1, "cannot write");
  EXPECT_TRUE(fs::is_fifo(path("pipe")));
}

TEST_F(HostileInput, ARecordEditedByHandDoesNoHarm) {
  const fs::path run = path("run");
  fs::create_directory(run);
  fs::copy_file(model_, run / "model.ply");
  for (const char* record : {"{}", R"({"state": 3, "data": 4, "options": 5, "preset": 6})",
                             R"({"options": {"iterations": 7, "antialiased": 1}})"}) {
    scene::write_file_atomically(run / "run.json", record);
    const auto info = tessera({"info", run, "--json"});
    EXPECT_EQ(info.exit_code, 0) << info.err;
    EXPECT_EQ(json::parse(info.out)["state"], "unknown");
  }
  for (const char* record : {"", "{", "[]", "1e999"}) {
    scene::write_file_atomically(run / "run.json", record);
    expect_one_line(tessera({"info", run}), 1, "run.json");
    expect_one_line(tessera({"train", "--resume", run}), 1, "run.json");
  }
  scene::write_file_atomically(run / "run.json", "{}");
  scene::write_file_atomically(run / "metrics.json", "{\"test\":");
  EXPECT_THAT(tessera({"info", run}).out, HasSubstr("metrics.json is not valid JSON"));
}

TEST_F(HostileInput, InfoLooksIntoFoldersWithLoopsAndForeignNames) {
  const fs::path photos = path("photos");
  fs::create_directories(photos / "inner");
  scene::write_image(photos / "a.png", {4, 4, 3, std::vector<std::uint8_t>(48, 99)});
  fs::create_symlink("self.jpg", photos / "self.jpg");
  fs::create_directory_symlink("..", photos / "inner/up");
  std::ofstream(photos / "\xff\xfe.jpg") << "junk";
  std::ofstream(photos / "two\nlines.jpg") << "junk";
  const auto machine = tessera({"info", photos, "--json"});
  ASSERT_EQ(machine.exit_code, 0) << machine.err;
  EXPECT_EQ(json::parse(machine.out)["photos"], 1);
  EXPECT_EQ(json::parse(machine.out)["problems"].size(), 2u);
  const auto human = tessera({"info", photos});
  EXPECT_EQ(lines(human.out), 6) << human.out;
  expect_one_line(tessera({"info", photos / "two\nlines.jpg"}), 1, "two?lines.jpg");
  for (const char* odd : {"/dev/zero", "/dev/null"}) expect_one_line(tessera({"info", odd}), 1, odd);
  for (const char* extension : {".ply", ".jpg", ".json"}) {
    const fs::path pipe = path(std::string("pipe") + extension);
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    expect_one_line(tessera({"info", pipe}, {.limit_seconds = 20}), 1, "pipe");
  }
}

TEST_F(HostileInput, ClosedStreamsAreNotTakenForFiles) {
  const std::string command = test::tessera_binary() + " export " + model_.string() + " -o " + text("o.ply");
  EXPECT_EQ(shell(command + " 2>&-").exit_code, 0);
  EXPECT_EQ(scene::read_file(path("o.ply")), scene::read_file(model_));
  fs::remove(path("o.ply"));
  const auto no_stdout = shell(command + " >&-");
  EXPECT_EQ(no_stdout.exit_code, 1);
  EXPECT_THAT(no_stdout.err, HasSubstr("cannot write the result"));
  EXPECT_EQ(scene::read_file(path("o.ply")), scene::read_file(model_));
  EXPECT_EQ(shell(command + " >/dev/full").exit_code, 1);
}

TEST_F(HostileInput, AFileSizeLimitIsAnErrorOfTheWrite) {
  scene::GaussianModel model;
  model.resize(2000, 0);
  model.rotation[0].assign(2000, 1.0f);
  scene::write_splat_ply(model, model_);
  const auto result =
      shell("ulimit -f 8; " + test::tessera_binary() + " export " + model_.string() + " -o " + text("o.ply"));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("o.ply: cannot write"));  // a build for coverage complains of its own files too
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 1) << "nothing but the model";
}

}  // namespace
}  // namespace tessera
