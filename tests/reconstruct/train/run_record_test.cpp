#include "reconstruct/train/run_record.h"

#include <gtest/gtest.h>

#include "scene/atomic_file.h"
#include "scene/error.h"
#include "tests/support/test_data.h"

namespace tessera::reconstruct {
namespace {

TEST(MetricsTable, RowsHoldTheMeansSinceTheRowBefore) {
  MetricsTable table;
  table.add_step(0.5, 20), table.add_step(0.25, 22);
  table.add_row(2, 1.5, 3, 100, -1, 0);
  table.add_step(0.125, 24);
  table.add_row(3, 2, 4, 120, 21.5, 64'000'000);
  EXPECT_EQ(table.csv(),
            "step,seconds,cpu_seconds,loss,splats,test_psnr,train_psnr,memory_mb\n2,1.500,3.000,0.375000,100,,21.000,\n"
            "3,2.000,4.000,0.125000,120,21.5000,24.000,64.0\n");
  MetricsTable again;
  again.add_step(9, 9);
  again.restore(table.csv());
  again.add_step(1, 10);
  again.add_row(4, 0, 0, 1, -1, 0);
  EXPECT_EQ(again.csv(), table.csv() + "4,0.000,0.000,1.000000,1,,10.000,\n");
  test::TemporaryFolder run;
  EXPECT_TRUE(read_metrics(run.path()).empty());
  table.write(run.path());
  EXPECT_EQ(scene::read_file(run.path() / "metrics.csv"), table.csv());
  const auto rows = read_metrics(run.path());
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].step, 2u);
  EXPECT_EQ(rows[0].test_psnr, -1);
  EXPECT_EQ(rows[1].test_psnr, 21.5);
  EXPECT_EQ(rows[1].train_psnr, 24);
  EXPECT_EQ(rows[1].memory_mb, 64);
  EXPECT_EQ(rows[1].splats, 120u);
  EXPECT_THROW(table.write(run.path() / "none"), scene::Error);
}

TEST(MetricsTable, GoesOnWithTheTableOfAnOlderProgram) {
  const std::string old = "step,seconds,cpu_seconds,loss,splats,test_psnr\n2,1.500,3.000,0.375000,100,\n";
  test::TemporaryFolder run;
  scene::write_file_atomically(run.path() / "metrics.csv", old);
  const auto rows = read_metrics(run.path());
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].loss, 0.375);
  EXPECT_EQ(rows[0].train_psnr, -1);
  MetricsTable table;
  table.restore(old);
  table.add_step(1, 10);
  table.add_row(4, 0, 0, 1, -1, 0);
  EXPECT_EQ(table.csv(),
            "step,seconds,cpu_seconds,loss,splats,test_psnr,train_psnr,memory_mb\n2,1.500,3.000,0.375000,100,,,\n"
            "4,0.000,0.000,1.000000,1,,10.000,\n");
}

TEST(MetricsTable, WhatIsNoTableIsRefused) {
  test::TemporaryFolder run;
  for (const char* text : {"nonsense\n", "", "step,loss\n1,much\n", "step,loss\n1,nan\n"}) {
    scene::write_file_atomically(run.path() / "metrics.csv", text);
    EXPECT_THROW(read_metrics(run.path()), scene::Error) << text;
  }
}

TEST(PreviewPath, CountsWithSixDigits) {
  EXPECT_EQ(preview_path("run", 750), std::filesystem::path("run/previews/step_000750.png"));
}

TEST(OptionsText, ChangesAreListedAndFixedOptionsRefused) {
  TrainOptions a, b;
  EXPECT_NE(options_text(a).find("\nseed=0\n"), std::string::npos);
  EXPECT_TRUE(option_changes(options_text(a), options_text(b)).empty());
  b.threads = 7, b.lambda_dssim = 0.5;
  const auto changes = option_changes(options_text(a), options_text(b));
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[0].name, "threads");
  EXPECT_TRUE(changes[0].harmless);
  EXPECT_EQ(changes[1].name, "lambda_dssim");
  EXPECT_EQ(changes[1].before, "0.2");
  EXPECT_EQ(changes[1].now, "0.5");
  EXPECT_FALSE(changes[1].harmless);
  for (const char* fixed :
       {"strategy", "seed", "sh_degree", "exposure", "initialization", "stereo_splats", "initial_random_splats", "backdrop"}) {
    std::string other = options_text(a);
    const auto at = other.find(std::string("\n") + fixed + "=") + 2 + std::string(fixed).size();
    other.replace(at, other.find('\n', at) - at, "9");
    try {
      option_changes(options_text(a), other);
      FAIL() << fixed;
    } catch (const scene::Error& e) {
      EXPECT_EQ(e.subject(), std::string("option '") + fixed + "'");
      EXPECT_NE(e.problem().find("cannot become 9"), std::string::npos) << e.what();
      EXPECT_FALSE(e.remedy().empty());
    }
  }
}

TEST(OptionsText, ARunOfAnotherVersionIsReadByTheDefaults) {
  EXPECT_TRUE(option_changes("", options_text({})).empty()) << "options that did not exist yet";
  TrainOptions shorter;
  shorter.iterations = 5;
  ASSERT_EQ(option_changes("", options_text(shorter)).size(), 1u);
  try {
    option_changes("new=1\n", options_text({}));
    FAIL();
  } catch (const scene::Error& e) {
    EXPECT_EQ(e.subject(), "option 'new'");
    EXPECT_NE(e.problem().find("does not know"), std::string::npos);
  }
}

}  // namespace
}  // namespace tessera::reconstruct
