#include "reconstruct/blocks/block_jobs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reconstruct/blocks/concurrency.h"
#include "reconstruct/blocks/forecast.h"
#include "tests/support/test_data.h"

namespace tessera::reconstruct {
namespace {
using testing::ElementsAre;

TEST(BlockJobs, HeaviestComesFirstAndWhatFailedLast) {
  const test::TemporaryFolder folder;
  BlockJobs jobs(folder.path(), {1, 3, 2, 3});
  jobs.look();
  EXPECT_THAT(jobs.open(), ElementsAre(1, 3, 2, 0));
  jobs.claim(1)->fail("broken");
  const auto third = jobs.claim(3);
  jobs.look();
  EXPECT_THAT(jobs.open(), ElementsAre(2, 0, 1));
  EXPECT_EQ(jobs.running(), 1u);
  jobs.claim(1)->fail("broken again");
  jobs.look();
  EXPECT_THAT(jobs.open(), ElementsAre(2, 0)) << "twice is enough";
  EXPECT_THAT(jobs.failure().what(), testing::HasSubstr("1 of 4 blocks failed (1)"));
  EXPECT_THAT(jobs.failure().what(), testing::HasSubstr("block 1: broken again"));
  BlockJobs next_start(folder.path(), {1, 3, 2, 3});
  next_start.look();
  EXPECT_THAT(next_start.open(), ElementsAre(1, 2, 0)) << "and the next start tries it again";
}

TEST(BlockJobs, ANewStartTriesAgainWhatFailedInTheSameTickOfTheClock) {
  const test::TemporaryFolder folder;
  for (int i = 0; i < 100; ++i) {
    BlockJobs jobs(folder.path(), {1});
    jobs.look();
    ASSERT_THAT(jobs.open(), ElementsAre(0)) << i;
    for (int attempt = 0; attempt < BlockJobs::kAttempts; ++attempt, jobs.look()) jobs.claim(0)->fail("broken");
    ASSERT_THAT(jobs.open(), ElementsAre()) << i;
  }
}

TEST(BlockJobs, TimeThatIsLeftFollowsTheLoadsAndTheWorkers) {
  const test::TemporaryFolder folder;
  BlockJobs jobs(folder.path(), {2, 2, 4});
  jobs.look();
  EXPECT_LT(jobs.progress().seconds_remaining, 0) << "nothing is known yet";
  const auto a = jobs.claim(0), b = jobs.claim(1);
  jobs.look();
  jobs.set_progress(0, {0.5, 50, 100});
  jobs.set_progress(1, {0.5, 50, 100});
  const auto p = jobs.progress();
  EXPECT_DOUBLE_EQ(p.done / p.total, 0.25);
  EXPECT_DOUBLE_EQ(p.seconds_remaining, (50 + 50 + 200) / 2.0);
}

TEST(BestJobs, IsWhatIsSoonestDoneAndFits) {
  const BlockCosts even{{100, 100, 100, 100}, {3, 1, 1, 1}}, odd{{100, 100, 100}, {1, 1, 1}};
  EXPECT_EQ(best_jobs(even, 2, 4), 2) << "one thread each uses the cores best";
  EXPECT_EQ(best_jobs(odd, 2, 4), 1) << "the third would have one core and leave the other idle";
  EXPECT_EQ(best_jobs(even, 2, 1), 1) << "memory";
  EXPECT_EQ(best_jobs(even, 2, 0), 1);
  EXPECT_EQ(best_jobs(even, 2, 4, 4), 1) << "each machine gets one";
  EXPECT_EQ(best_jobs({{}, {}}, 2, 4), 1);
  EXPECT_EQ(blocks_in(even, 2), 0) << "the largest must fit";
  EXPECT_EQ(blocks_in(even, 5), 3);
}

}  // namespace
}  // namespace tessera::reconstruct
