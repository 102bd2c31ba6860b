#include "reconstruct/ingest/colmap_program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "reconstruct/ingest/child_process.h"
#include "scene/atomic_file.h"
#include "scene/error.h"
#include "tests/support/run_process.h"
#include "tests/support/test_data.h"

namespace tessera::reconstruct {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Program : public testing::Test {
 protected:
  /// A program that answers `help` with `banner`, `mapper -h` with a few options, and does `script` for `mapper`.
  void install(const std::string& banner, const std::string& script = "") {
    scene::write_file_atomically(program_,
                                 "#!/bin/sh\ncase \"$1 $2\" in\n'help ') cat <<'END'\n" + banner +
                                     "\nEND\n;;\n'mapper -h') cat <<'END'\n" +
                                     "Options can either be specified via command-line\n"
                                     "  -h [ --help ] \n  --log_to_stderr arg (=0)\n"
                                     "  --database_path arg\n  --output_path arg\n"
                                     "  --Mapper.num_threads arg (=-1)\n  --FeatureMatching.use_gpu arg (=1)\n"
                                     "END\n;;\n'other -h') echo 'Command not recognized'; exit 1;;\n*) " +
                                     script + "\n;;\nesac\n");
    ::chmod(program_.c_str(), 0755);
  }
  ColmapProgram open(const scene::JobContext& job) { return ColmapProgram(program_.string(), log_, job); }
  std::string open_error(const std::string& program) {
    try {
      ColmapProgram(program, log_, job_);
    } catch (const scene::Error& error) {
      return error.what();
    }
    return "no error";
  }
  std::string run_error(const std::string& script) {
    install("COLMAP 3.8", script);
    ColmapProgram colmap = open(job_);
    try {
      colmap.run(colmap.command("mapper"));
    } catch (const scene::Error& error) {
      return error.what();
    }
    return "no error";
  }
  test::TemporaryFolder folder_;
  fs::path program_ = folder_.path() / "colmap", log_ = folder_.path() / "log.txt";
  scene::JobContext job_;
};

TEST_F(Program, KnowsItsVersionAndWhetherItHasCuda) {
  const struct {
    const char *banner, *version;
    bool cuda;
  } cases[] = {
      {"COLMAP 3.8 -- Structure-from-Motion and Multi-View Stereo\n              (Commit Unknown on Unknown without "
       "CUDA)",
       "3.8", false},
      {"COLMAP 3.6 -- Structure-from-Motion and Multi-View Stereo", "3.6", false},
      {"COLMAP 3.11.1 (Commit 682ea9ac on 2024-12-10 with CUDA)", "3.11.1", true},
      {"some library: a warning\nCOLMAP 3.9-dev(Commit x on y with CUDA)", "3.9-dev", true},
      {"COLMAP 4", "4", false},
  };
  for (const auto& c : cases) {
    install(c.banner);
    const ColmapProgram colmap = open(job_);
    EXPECT_EQ(colmap.version(), c.version) << c.banner;
    EXPECT_EQ(colmap.cuda(), c.cuda) << c.banner;
  }
  EXPECT_THAT(scene::read_file(log_), HasSubstr("# COLMAP 3.8 without CUDA\n"));
  EXPECT_THAT(scene::read_file(log_), HasSubstr("# COLMAP 3.11.1 with CUDA\n"));
}

TEST_F(Program, NotInstalledIsOneLineThatNamesThePackage) {
  EXPECT_EQ(open_error("tessera-no-colmap"),
            "tessera-no-colmap: COLMAP is not installed (not found in PATH); install it: apt-get install colmap");
  EXPECT_THAT(open_error((folder_.path() / "absent").string()),
              HasSubstr("COLMAP cannot be started: No such file or directory; install it: apt-get install colmap"));
}

TEST_F(Program, AnotherProgramIsNotTakenForIt) {
  for (const char* banner : {"", "hello", "COLMAP", "COLMAP ", "COLMAP viewer 3"}) {
    install(banner);
    EXPECT_THAT(open_error(program_.string()), HasSubstr("is not COLMAP; install it: apt-get install colmap"))
        << banner;
  }
  EXPECT_THAT(open_error("true"), HasSubstr("true: is not COLMAP"));
}

TEST_F(Program, NeedsALogThatCanBeWritten) {
  install("COLMAP 3.8");
  log_ = folder_.path() / "absent/log.txt";
  EXPECT_THAT(open_error(program_.string()), HasSubstr("log.txt: cannot write; choose a folder"));
}

TEST_F(Program, CommandsHoldOnlyOptionsThatTheVersionKnows) {
  install("COLMAP 3.8");
  ColmapProgram colmap = open(job_);
  ColmapCommand command = colmap.command("mapper");
  command.set("database_path", fs::path("a b.db"))
      .set("Mapper.unknown", std::string("1"))
      .set("Mapper.num_threads", std::string("3"))
      .set({"SiftMatching.use_gpu", "FeatureMatching.use_gpu"}, 0)
      .set({"neither", "nor"}, 5)
      .set({"output_path", "database_path"}, std::string("first"));
  EXPECT_THAT(command.arguments(),
              ElementsAre(program_.string(), "mapper", "--log_to_stderr", "1", "--database_path", "a b.db",
                          "--Mapper.num_threads", "3", "--FeatureMatching.use_gpu", "0", "--output_path", "first"));
}

TEST_F(Program, ACommandThatItLacksIsNamed) {
  install("COLMAP 3.8");
  ColmapProgram colmap = open(job_);
  try {
    colmap.command("other");
    FAIL() << "did not throw";
  } catch (const scene::Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("this COLMAP (3.8) has no command 'other'; install version 3.6 or later"));
  }
}

TEST_F(Program, RunsACommandAndLogsItForAShell) {
  install("COLMAP 3.8", "echo \"args $*\"; echo ==========; echo 'to stderr' >&2");
  ColmapProgram colmap = open(job_);
  ColmapCommand command = colmap.command("mapper");
  command.set("output_path", fs::path("two words"));
  std::vector<std::string> lines;
  colmap.run(command, [&](std::string_view line) { lines.emplace_back(line); });
  EXPECT_THAT(lines, ElementsAre("args mapper --log_to_stderr 1 --output_path two words", "==========", "to stderr"));
  const std::string line =
      "QT_QPA_PLATFORM=offscreen " + program_.string() + " mapper --log_to_stderr 1 --output_path 'two words'";
  EXPECT_THAT(colmap.commands(), ElementsAre(line));
  colmap.log("# a remark");
  EXPECT_THAT(scene::read_file(log_), HasSubstr("\n$ " + line +
                                                "\nargs mapper --log_to_stderr 1 --output_path two "
                                                "words\n==========\nto stderr\n# a remark\n"));
  // What was logged is what a user can repeat.
  const auto repeated = test::run_process({"sh", "-c", line});
  EXPECT_EQ(repeated.exit_code, 0);
  EXPECT_THAT(repeated.out, HasSubstr("args mapper --log_to_stderr 1 --output_path two words"));
  colmap.forget_commands();
  EXPECT_THAT(colmap.commands(), IsEmpty());
}

TEST_F(Program, NeedsNoDisplayAndNoLocale) {
  install("COLMAP 3.8", "echo $QT_QPA_PLATFORM $LC_ALL");
  ColmapProgram colmap = open(job_);
  std::string seen;
  colmap.run(colmap.command("mapper"), [&](std::string_view line) { seen = line; });
  EXPECT_EQ(seen, "offscreen C.UTF-8");
}

TEST_F(Program, AFailureGivesColmapsOwnComplaint) {
  const std::string message =
      run_error("echo 'Reading'; echo 'ERROR: the first'; echo 'ERROR: the second'; echo bye; exit 3");
  EXPECT_EQ(message, "colmap mapper: failed with exit status 3: ERROR: the first; its output is in " + log_.string());
  EXPECT_THAT(scene::read_file(log_), HasSubstr("# ended with exit status 3"));
}

TEST_F(Program, AFailureWithoutAComplaintGivesTheLastLine) {
  EXPECT_THAT(run_error("echo nothing special; echo '======'; exit 1"),
              HasSubstr("exit status 1: nothing special; its"));
  EXPECT_THAT(run_error("exit 1"), HasSubstr("failed with exit status 1; its output"));
}

TEST_F(Program, ACrashIsSaidToBeOne) {
  EXPECT_THAT(run_error("kill -SEGV $$"), HasSubstr("failed with signal 11 (Segmentation fault); its output"));
  EXPECT_THAT(run_error("kill -KILL $$"), HasSubstr("was killed, most likely for want of memory"));
}

TEST_F(Program, AFullDiskIsSaidToBeOne) {
  EXPECT_THAT(run_error("echo 'write: No space left on device'; exit 1"),
              HasSubstr("the disk is full; free some space"));
  EXPECT_THAT(run_error("echo 'SQLite: database or disk is full'; exit 1"), HasSubstr("the disk is full"));
  EXPECT_THAT(run_error("echo nothing; exit 1"), Not(HasSubstr("disk is full")));
}

TEST_F(Program, AFullDiskThatColmapDoesNotMentionIsSeen) {
  const fs::path disk = folder_.path() / "disk";
  fs::create_directory(disk);
  if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=1m") != 0)
    GTEST_SKIP() << "SKIPPED: mounting a small tmpfs needs root";
  log_ = disk / "log.txt";
  const std::string message = run_error("echo nothing; exit 1");
  ::umount2(disk.c_str(), MNT_DETACH);
  EXPECT_THAT(message, HasSubstr("the disk is full"));
}

TEST_F(Program, IsEndedWhenCancelled) {
  install("COLMAP 3.8", "echo waiting; sleep 1000");
  scene::Cancellation cancellation;
  job_.cancellation = &cancellation;
  ColmapProgram colmap = open(job_);
  const ColmapCommand command = colmap.command("mapper");
  EXPECT_THROW(colmap.run(command, [&](std::string_view) { cancellation.request(); }), scene::Cancelled);
  EXPECT_THROW(colmap.command("other"), scene::Cancelled);
}

TEST(ParseCounter, ReadsColmapsProgress) {
  int number = 0, total = 0;
  ASSERT_TRUE(parse_counter("Processed file [3/18]", "Processed file", number, total));
  EXPECT_EQ(number, 3);
  EXPECT_EQ(total, 18);
  ASSERT_TRUE(parse_counter("I20240102 feature.cc:5] Processed file [17/180]", "Processed file", number, total));
  EXPECT_EQ(number, 17);
  EXPECT_EQ(total, 180);
  ASSERT_TRUE(parse_counter("Matching block [1/2, 3/4] in 0.5s", "Matching block", number, total));
  EXPECT_EQ(number, 1);
  EXPECT_EQ(total, 2);
  for (const char* other : {"", "Processed file", "Processed file [", "Processed file [x/18]", "Processed file [3]",
                            "Processed file [3 of 18]", "Processed file [3/", "Processed file [99999999999/3]",
                            "[3/18] Processed", "Undistorting image [3/18]"})
    EXPECT_FALSE(parse_counter(other, "Processed file", number, total)) << other;
}

TEST(ParseRegistered, ReadsHowManyImagesTheModelHas) {
  int registered = 0;
  ASSERT_TRUE(parse_registered("Registering image #8 (3)", registered));
  EXPECT_EQ(registered, 3);
  ASSERT_TRUE(parse_registered("I2024 x.cc:1] Registering image #11 (num_reg_frames=12)", registered));
  EXPECT_EQ(registered, 12);
  for (const char* other : {"", "Registering image #8", "Registering image #8 (", "Registering image #8 (x)",
                            "Registering frame", "=> Image sees 3 / 4 points"})
    EXPECT_FALSE(parse_registered(other, registered)) << other;
}

}  // namespace
}  // namespace tessera::reconstruct
