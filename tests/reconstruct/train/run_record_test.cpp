#include "reconstruct/train/run_record.h"

#include <gtest/gtest.h>

#include "scene/atomic_file.h"
#include "scene/error.h"
#include "tests/support/test_data.h"

namespace tessera::reconstruct {
namespace {

TEST(MetricsTable, RowsHoldTheMeanLossSinceTheRowBefore) {
  MetricsTable table;
  table.add_loss(0.5), table.add_loss(0.25);
  table.add_row(2, 1.5, 3, 100, -1);
  table.add_loss(0.125);
  table.add_row(3, 2, 4, 120, 21.5);
  EXPECT_EQ(table.csv(),
            "step,seconds,cpu_seconds,loss,splats,test_psnr\n2,1.500,3.000,0.375000,100,\n3,2.000,4.000,0.125000,120,"
            "21.5000\n");
  MetricsTable again;
  again.add_loss(9);
  again.restore(table.csv());
  again.add_loss(1);
  again.add_row(4, 0, 0, 1, -1);
  EXPECT_EQ(again.csv(), table.csv() + "4,0.000,0.000,1.000000,1,\n");
  test::TemporaryFolder run;
  table.write(run.path());
  EXPECT_EQ(scene::read_file(run.path() / "metrics.csv"), table.csv());
  EXPECT_THROW(table.write(run.path() / "none"), scene::Error);
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
       {"strategy", "seed", "sh_degree", "exposure", "initialization", "stereo_splats", "initial_random_splats"}) {
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
