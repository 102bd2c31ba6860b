// Every command on a disk that fills up: one line, exit 1, nothing half-written, and what was there before still whole.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <filesystem>

#include "scene/atomic_file.h"
#include "scene/formats/ply.h"
#include "tests/support/run_process.h"
#include "tests/support/test_data.h"

namespace tessera {
namespace {
namespace fs = std::filesystem;
using test::tessera;
using testing::HasSubstr;

class FullDisk : public testing::Test {
 protected:
  void SetUp() override { fs::create_directory(disk_); }
  void TearDown() override { unmount(); }
  /// An empty disk of so many bytes. False where this user may not mount one.
  bool mount(int kilobytes) {
    unmount();
    const std::string size = "size=" + std::to_string(kilobytes) + "k";
    mounted_ = ::mount("tmpfs", disk_.c_str(), "tmpfs", 0, size.c_str()) == 0;
    return mounted_;
  }
  void unmount() {
    if (mounted_) ::umount2(disk_.c_str(), MNT_DETACH);
    mounted_ = false;
  }
  /// Complains once, and leaves behind only files under their final names.
  void expect_refused(const std::vector<std::string>& words) {
    const auto result = tessera(words);
    EXPECT_EQ(result.exit_code, 1) << words[0] << ": " << result.err;
    std::size_t complaints = 0;
    for (std::size_t at = 0; (at = result.err.find("tessera: ", at)) != std::string::npos; ++at) ++complaints;
    EXPECT_EQ(complaints, 1u) << result.err;
    EXPECT_THAT(result.err, HasSubstr("cannot write"));
    EXPECT_THAT(result.err, HasSubstr(disk_.string() + "/out"));
    EXPECT_EQ(result.out, "");
    for (const auto& entry : fs::recursive_directory_iterator(disk_))
      EXPECT_NE(entry.path().filename().string().front(), '.') << entry.path();
  }
  test::TemporaryFolder folder_;
  const fs::path disk_ = folder_.path() / "disk", out_ = disk_ / "out";
  bool mounted_ = false;
};

#define NEED_DISK(kilobytes) \
  if (!mount(kilobytes)) GTEST_SKIP() << "SKIPPED: mounting a small tmpfs needs root"

/// 55 kB as a PLY.
scene::GaussianModel model() {
  scene::GaussianModel model;
  model.resize(800, 0);
  model.rotation[0].assign(800, 1.0f);
  return model;
}

TEST_F(FullDisk, AnExportIsRefusedAndTheOldFileStays) {
  const fs::path ply = folder_.path() / "m.ply", old = disk_ / "out.ply";
  scene::write_splat_ply(model(), ply);
  for (const int kilobytes : {4, 16, 40}) {
    NEED_DISK(kilobytes);
    scene::write_file_atomically(old, "old");
    expect_refused({"export", ply, "-o", old});
    EXPECT_EQ(scene::read_file(old), "old");
  }
}

TEST_F(FullDisk, AColmapModelIsWrittenWholeOrNotAtAll) {
  TESSERA_NEED_DATA("damaged/base");
  const std::string data = test::shared_data() / "damaged/base";
  // The binary form has 0.1, 44 and 52 kB, the text form 0.1, 79 and 79: the disk fills up in each of the files.
  for (const int kilobytes : {4, 40, 60, 80}) {
    NEED_DISK(kilobytes);
    expect_refused({"export", data, "--to", "colmap-binary", "-o", out_});
    EXPECT_TRUE(fs::is_empty(out_)) << kilobytes;
    expect_refused({"export", data, "--to", "colmap-text", "-o", out_});
    EXPECT_TRUE(fs::is_empty(out_)) << kilobytes;
  }
}

TEST_F(FullDisk, TrainingGoesOnToItsEndAndLeavesWholeFilesOnly) {
  TESSERA_NEED_DATA("damaged/base");
  const std::string data = test::shared_data() / "damaged/base", whole = folder_.path() / "whole";
  const auto words = [&](const fs::path& out) {
    return std::vector<std::string>{"train",        data,      "--out",        out,
                                    "--preset",     "draft",   "--iterations", "20",
                                    "--max-splats", "2000",    "--set",        "checkpoint_every=10",
                                    "--set",        "eval=off"};
  };
  ASSERT_EQ(tessera(words(whole)).exit_code, 0);
  const std::string undisturbed = scene::read_file(whole + "/model.ply");
  // Room for nothing; for the previews; for the model (500 kB); for a checkpoint (1.4 MB); for one and the model.
  for (const int kilobytes : {4, 200, 800, 1600, 2200}) {
    NEED_DISK(kilobytes);
    expect_refused(words(out_));
    EXPECT_FALSE(fs::exists(out_ / "metrics.json") && !fs::exists(out_ / "model.ply"));
    if (fs::exists(out_ / "model.ply")) {
      EXPECT_EQ(scene::read_file(out_ / "model.ply"), undisturbed);
    }
    EXPECT_EQ(fs::exists(out_ / "checkpoint"), kilobytes >= 1600) << kilobytes;
    if (!fs::exists(out_ / "checkpoint")) continue;
    // Where a checkpoint has been written, the run goes on once there is room.
    ASSERT_EQ(::mount("tmpfs", disk_.c_str(), "tmpfs", MS_REMOUNT, "size=16m"), 0);
    const auto resumed = tessera({"train", "--resume", out_});
    EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
    EXPECT_EQ(scene::read_file(out_ / "model.ply"), undisturbed);
  }
}

TEST_F(FullDisk, AFullDiskInTheMiddleIsOneWarningAndTheEndNamesTheWholeCheckpoint) {
  TESSERA_NEED_DATA("damaged/base");
  const std::string data = test::shared_data() / "damaged/base";
  NEED_DISK(2200);  // one checkpoint and the model
  const auto result = tessera({"train", data, "--out", out_, "--preset", "draft", "--iterations", "60", "--max-splats",
                               "2000", "--set", "checkpoint_every=15", "--set", "eval=off"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("warning: the checkpoint of step "));
  EXPECT_THAT(result.err, HasSubstr("training goes on, that of step 15 is whole"));
  EXPECT_THAT(result.err, HasSubstr("the checkpoint of step 60 is not saved"));
  EXPECT_THAT(result.err, HasSubstr("the one of step 15 is whole"));
  EXPECT_THAT(result.err, HasSubstr("tessera train --resume " + out_.string()));
}

TEST_F(FullDisk, PicturesVideosAndScoresAreRefused) {
  TESSERA_NEED_DATA("damaged/base");
  const std::string data = test::shared_data() / "damaged/base", run = folder_.path() / "run";
  ASSERT_EQ(tessera({"train", data, "--out", run, "--preset", "draft", "--iterations", "40", "--max-splats", "3000",
                     "--set", "eval=off"})
                .exit_code,
            0);
  for (const int kilobytes : {4, 8}) {
    NEED_DISK(kilobytes);
    expect_refused({"render", run, data, "--view", "DJI_0021", "-o", out_.string() + ".png"});
    expect_refused({"eval", run, data, "--pictures", out_});
  }
  // The encoder hides the error, wherever in the file it comes.
  for (const int kilobytes : {4, 12, 20}) {
    NEED_DISK(kilobytes);
    expect_refused({"render", run, data, "--path", "orbit", "--seconds", "4", "-o", out_.string() + ".mp4"});
    EXPECT_TRUE(fs::is_empty(disk_));
  }
}

TEST_F(FullDisk, ACityIsThereWholeOrNotAtAll) {
  for (const int kilobytes : {4, 60, 400}) {
    NEED_DISK(kilobytes);
    expect_refused(
        {"synth", "city", out_, "--views", "3", "--set", "width=160", "--set", "height=120", "--set", "samples=1"});
    EXPECT_TRUE(fs::is_empty(disk_));
  }
}

TEST_F(FullDisk, StructureFromMotionSaysSo) {
  TESSERA_NEED_DATA("damaged/base");
  const std::string photos = test::shared_data() / "damaged/base/images";
  // Too small for COLMAP's empty database; for the features of all photos; and for our copy of them.
  for (const int kilobytes : {60, 200, 400, 800}) {
    NEED_DISK(kilobytes);
    const auto result = tessera({"sfm", photos, "--out", out_});
    EXPECT_EQ(result.exit_code, 1) << kilobytes << ": " << result.err;
    EXPECT_THAT(result.err, HasSubstr("free some space")) << kilobytes;
    EXPECT_FALSE(fs::exists(out_ / "sparse")) << kilobytes;
  }
}

}  // namespace
}  // namespace tessera
