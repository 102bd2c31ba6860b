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

TEST(OptionsText, DifferencesAreNamedAndFreeOptionsAreNot) {
  TrainOptions a, b;
  EXPECT_NE(options_text(a).find("\nseed=0\n"), std::string::npos);
  EXPECT_EQ(options_difference(options_text(a), options_text(b)), "");
  b.threads = 7, b.eval = "off", b.checkpoint_every = 1, b.preview_every = 1, b.image_cache_mb = 99, b.backend = "cpu";
  EXPECT_EQ(options_difference(options_text(a), options_text(b)), "");
  b.lambda_dssim = 0.5;
  EXPECT_EQ(options_difference(options_text(a), options_text(b)), "was lambda_dssim=0.2, now lambda_dssim=0.5");
  EXPECT_EQ(options_difference("new=1\n", ""), "had new=1, which this program does not know");
  EXPECT_EQ(options_difference("", "new=1\n"), "had no option new");
}

}  // namespace
}  // namespace tessera::reconstruct
