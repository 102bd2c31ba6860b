// The command line as a user types it: exit codes, one clear line per mistake, nothing left behind. Quick cases; whole
// runs are in cli_run_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "reconstruct/train/train_options.h"
#include "scene/atomic_file.h"
#include "scene/formats/ply.h"
#include "tests/support/run_process.h"
#include "tests/support/test_data.h"

namespace tessera {
namespace {
namespace fs = std::filesystem;
using test::tessera;
using testing::HasSubstr;

int lines(const std::string& text) { return static_cast<int>(std::count(text.begin(), text.end(), '\n')); }

void expect_one_line(const test::ProcessResult& result, int code, const std::string& part) {
  EXPECT_EQ(result.exit_code, code) << result.err;
  EXPECT_EQ(lines(result.err), 1) << result.err;
  EXPECT_THAT(result.err, HasSubstr(part));
  EXPECT_EQ(result.out, "");
}

scene::GaussianModel small_model() {
  scene::GaussianModel model;
  model.resize(10, 1);
  for (int i = 0; i < 10; ++i) model.position[0][i] = 0.1f * static_cast<float>(i), model.rotation[0][i] = 1;
  return model;
}

TEST(CommandLine, UsageErrorsExitWithTwo) {
  expect_one_line(tessera({}), 2, "--help");
  expect_one_line(tessera({"trian"}), 2, "trian");
  expect_one_line(tessera({"eval", "only-one"}), 2, "--help");
  expect_one_line(tessera({"train", "x", "--out", "y", "--strategy", "magic"}), 2, "magic");
}

TEST(CommandLine, HelpNamesEveryCommandAndEveryOption) {
  const auto help = tessera({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  for (const char* command : {"sfm", "plan", "train", "eval", "render", "info", "export", "lod", "synth"})
    EXPECT_THAT(help.out, HasSubstr(command));
  const auto train = tessera({"train", "--help"});
  EXPECT_EQ(train.exit_code, 0);
  for (const auto& row : reconstruct::train_options_table().rows()) {
    EXPECT_THAT(train.out, HasSubstr(row.spec.name + "=" + row.spec.default_value));
    EXPECT_THAT(train.out, HasSubstr(row.spec.range));
    EXPECT_THAT(train.out, HasSubstr(row.spec.help));
  }
  EXPECT_THAT(tessera({"--version"}).out, HasSubstr("tessera 0."));
}

TEST(CommandLine, OptionOutOfRangeIsOneLine) {
  test::TemporaryFolder folder;
  const std::string run = (folder.path() / "run").string();
  expect_one_line(tessera({"train", "x", "--out", run, "--set", "sh_degree=7"}), 1, "sh_degree");
  expect_one_line(tessera({"train", "x", "--out", run, "--set", "sh_degre=2"}), 1, "did you mean 'sh_degree'");
  expect_one_line(tessera({"train", "x", "--out", run, "--set", "sh_degree"}), 1, "key=value");
  expect_one_line(tessera({"train", "x", "--out", run, "--preset", "turbo"}), 1, "turbo");
  EXPECT_FALSE(fs::exists(run));
}

TEST(CommandLine, ARunFolderThatExistsIsNotTouched) {
  test::TemporaryFolder folder;
  scene::write_file_atomically(folder.path() / "precious.txt", "mine");
  expect_one_line(tessera({"train", "x", "--out", folder.path().string()}), 1, "already exists");
  EXPECT_EQ(scene::read_file(folder.path() / "precious.txt"), "mine");
}

TEST(CommandLine, ResumeWithoutARunIsOneLine) {
  test::TemporaryFolder folder;
  expect_one_line(tessera({"train", "--resume", folder.path().string()}), 1, "run.json");
  scene::write_file_atomically(folder.path() / "run.json", "{}");
  expect_one_line(tessera({"train", "--resume", folder.path().string()}), 1, "not the record of a run");
}

TEST(CommandLine, NothingThereIsOneLine) {
  test::TemporaryFolder folder;
  const std::string absent = (folder.path() / "absent").string(), out = (folder.path() / "o").string();
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"train", absent, "--out", out},
                                             {"eval", absent, absent},
                                             {"render", absent, absent, "--view", "a", "-o", out + ".png"},
                                             {"info", absent},
                                             {"export", absent, "-o", out},
                                             {"lod", absent, "-o", out + ".tlod"},
                                             {"sfm", absent, "--out", out}}) {
    expect_one_line(tessera(words), 1, "absent");
    EXPECT_TRUE(fs::is_empty(folder.path())) << words[0];
  }
}

TEST(CommandLine, InfoDescribesASplatPly) {
  test::TemporaryFolder folder;
  const fs::path file = folder.path() / "m.ply";
  scene::write_splat_ply(small_model(), file);
  const auto json = nlohmann::json::parse(tessera({"info", file.string(), "--json"}).out);
  EXPECT_EQ(json["kind"], "splats");
  EXPECT_EQ(json["splats"], 10);
  EXPECT_EQ(json["sh_degree"], 1);
  EXPECT_THAT(tessera({"info", file.string()}).out, HasSubstr("problems: none found"));
}

TEST(CommandLine, DamagedPliesAreOneLineEach) {
  test::TemporaryFolder folder;
  const fs::path good = folder.path() / "good.ply", bad = folder.path() / "bad.ply";
  scene::write_splat_ply(small_model(), good);
  const std::string bytes = scene::read_file(good);
  const auto with = [&](std::string text) {
    scene::write_file_atomically(bad, text);
    expect_one_line(tessera({"info", bad.string()}), 1, "bad.ply");
    expect_one_line(tessera({"export", bad.string(), "-o", (folder.path() / "o.ply").string()}), 1, "bad.ply");
    EXPECT_FALSE(fs::exists(folder.path() / "o.ply"));
  };
  with(bytes.substr(0, bytes.size() - 7));  // truncated
  with(bytes.substr(0, 40));                // in the header
  with("");                                 // empty
  std::string huge = bytes;
  huge.replace(huge.find("vertex 10"), 9, "vertex 1099511627776");  // 2^40
  with(huge);
  std::string nan = bytes;
  nan.replace(nan.size() - 4, 4, std::string("\x00\x00\xc0\x7f", 4));
  with(nan);
}

TEST(CommandLine, ExportReducesDegreeAndDropsFaintSplats) {
  test::TemporaryFolder folder;
  scene::GaussianModel model = small_model();
  model.opacity_logit[3] = -5;
  scene::write_splat_ply(model, folder.path() / "m.ply");
  const fs::path out = folder.path() / "o.ply";
  const auto result = tessera(
      {"export", (folder.path() / "m.ply").string(), "-o", out.string(), "--sh-degree", "0", "--min-opacity", "0.1"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const scene::GaussianModel reduced = scene::read_splat_ply(out);
  EXPECT_EQ(reduced.size(), 9u);
  EXPECT_EQ(reduced.sh_degree(), 0);
}

TEST(CommandLine, LevelsOfDetailAreMadeAndDescribed) {
  test::TemporaryFolder folder;
  const std::string ply = (folder.path() / "m.ply").string(), out = (folder.path() / "m.tlod").string();
  scene::write_splat_ply(small_model(), ply);
  const auto made = tessera({"lod", ply, "--out", out});
  EXPECT_EQ(made.exit_code, 0) << made.err;
  EXPECT_THAT(made.out, HasSubstr("10 splats in 1 nodes on 1 levels"));
  const auto json = nlohmann::json::parse(tessera({"info", out, "--json"}).out);
  EXPECT_EQ(json["kind"], "levels of detail");
  EXPECT_EQ(json["splats"], 10);
  expect_one_line(tessera({"lod", ply, "--out", (folder.path() / "m.ply2").string()}), 1, ".tlod");
  expect_one_line(tessera({"lod", ply, "--out", "/proc/nowhere/m.tlod"}), 1, "/proc/nowhere/m.tlod");
  expect_one_line(tessera({"lod", ply, "--out", out, "--chunk", "7"}), 2, "--chunk");
  scene::write_file_atomically(out, scene::read_file(out).substr(0, 100));
  expect_one_line(tessera({"info", out}), 1, "m.tlod");
}

TEST(CommandLine, UnwritableOutputIsOneLine) {
  test::TemporaryFolder folder;
  scene::write_splat_ply(small_model(), folder.path() / "m.ply");
  expect_one_line(tessera({"export", (folder.path() / "m.ply").string(), "-o", "/proc/nowhere/o.ply"}), 1,
                  "/proc/nowhere/o.ply");
}

TEST(CommandLine, InfoDescribesDatasetsPhotosAndFoldersOfPhotos) {
  TESSERA_NEED_DATA("brighton_beach");
  const fs::path data = test::shared_data() / "brighton_beach";
  const auto dataset = nlohmann::json::parse(tessera({"info", data.string(), "--json"}).out);
  EXPECT_EQ(dataset["kind"], "dataset");
  EXPECT_EQ(dataset["views"], 18);
  EXPECT_EQ(dataset["test_views"], 3);
  EXPECT_EQ(dataset["points"], 5535);
  const auto photos = nlohmann::json::parse(tessera({"info", (data / "raw").string(), "--json"}).out);
  EXPECT_EQ(photos["kind"], "photos");
  EXPECT_EQ(photos["photos"], 18);
  EXPECT_EQ(photos["with_gps"], 18);
  const auto photo = nlohmann::json::parse(tessera({"info", (data / "raw/DJI_0018.JPG").string(), "--json"}).out);
  EXPECT_EQ(photo["kind"], "photo");
  EXPECT_EQ(photo["width"], 1600);
  EXPECT_TRUE(photo.contains("gps"));
}

TEST(CommandLine, ExportsADatasetsModelAndCameras) {
  TESSERA_NEED_DATA("brighton_beach");
  test::TemporaryFolder folder;
  const std::string data = (test::shared_data() / "brighton_beach").string();
  for (const char* form : {"colmap-text", "colmap-binary"}) {
    const auto result = tessera({"export", data, "--to", form, "-o", (folder.path() / form).string()});
    EXPECT_EQ(result.exit_code, 0) << result.err;
  }
  EXPECT_TRUE(fs::exists(folder.path() / "colmap-text/images.txt"));
  EXPECT_TRUE(fs::exists(folder.path() / "colmap-binary/points3D.bin"));
  EXPECT_EQ(tessera({"export", data, "--to", "cameras-json", "-o", (folder.path() / "c.json").string()}).exit_code, 0);
  EXPECT_EQ(nlohmann::json::parse(scene::read_file(folder.path() / "c.json")).size(), 18u);
  EXPECT_EQ(tessera({"export", data, "--to", "points-ply", "-o", (folder.path() / "p.ply").string()}).exit_code, 0);
  EXPECT_EQ(scene::read_point_ply(folder.path() / "p.ply").size(), 5535u);
}

/// Every damaged folder through 'info' and 'train': an answer that names the file, or a run; never a crash. The exact
/// answers are tested where they are made (damaged_test); here it is the exit code and the single line.
class DamagedFolder : public testing::TestWithParam<const char*> {};

TEST_P(DamagedFolder, GetsOneLineOrTrains) {
  TESSERA_NEED_DATA("damaged");
  test::TemporaryFolder folder;
  const fs::path data = test::shared_data() / "damaged" / GetParam();
  const auto info = tessera({"info", data.string()});
  EXPECT_TRUE(info.exit_code == 0 || info.exit_code == 1) << info.err;
  if (info.exit_code == 1) {
    EXPECT_EQ(lines(info.err), 1) << info.err;
  }
  const fs::path run = folder.path() / "run";
  const auto train = tessera({"train", data.string(), "--out", run.string(), "--preset", "draft", "--iterations", "3",
                              "--max-splats", "1000", "--set", "eval=off"});
  EXPECT_EQ(train.exit_code, info.exit_code) << train.err;
  EXPECT_EQ(fs::exists(run / "model.ply"), train.exit_code == 0);
  if (train.exit_code == 1) {
    EXPECT_FALSE(fs::exists(run)) << "stopped before anything was made";
  } else {
    EXPECT_NO_THROW(scene::read_splat_ply(run / "model.ply").validate("model"));
  }
}

INSTANTIATE_TEST_SUITE_P(All, DamagedFolder,
                         testing::Values("base", "jpeg_truncated", "jpeg_zero_byte", "not_an_image", "image_1x1",
                                         "image_size_mismatch", "image_file_missing", "image_not_in_model",
                                         "points_truncated", "points_empty", "points_count_huge", "points_nan",
                                         "camera_model_unknown", "camera_model_distorted", "pose_nan",
                                         "pose_zero_quaternion", "image_camera_missing", "images_truncated",
                                         "image_name_escapes", "no_model", "model_incomplete", "transforms_good",
                                         "transforms_bad_json", "transforms_wrong_types", "transforms_no_frames",
                                         "path with spaces ünïcode 数据"));

}  // namespace
}  // namespace tessera
