// A long run at a fixed number of splats takes no more memory at its end than after its first steps.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "tests/reconstruct/train/session_support.h"

namespace tessera::reconstruct {
namespace {

/// Bytes of this process that are in memory.
std::size_t resident() {
  std::size_t mapped = 0, held = 0;
  std::ifstream("/proc/self/statm") >> mapped >> held;
  return held * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

TEST(ResidentMemory, DoesNotGrowOverFiveThousandSteps) {
  test::SmallWorld world;
  test::TemporaryFolder run;
  auto options = test::quick_options(1'000'000);
  // At the cap soon; relocation then goes on, and so do checkpoints, previews and scores.
  options.strategy = "mcmc", options.exposure = "affine", options.dropout = 0.2;
  options.densify_from = 0, options.densify_until = 1, options.densify_every = 20;
  options.checkpoint_every = 250, options.preview_every = 500, options.eval = "500";
  options.resolution_schedule = "off";
  TrainingSession session(world.dataset, options, run.path());
  for (int i = 0; i < 1000; ++i) session.step();
  const std::size_t before = resident(), rows = session.model().size();
  ASSERT_EQ(rows, 400u);
  for (int i = 0; i < 5000; ++i) session.step();
  EXPECT_EQ(session.model().size(), rows);
  // A leak of one picture or one plane a step would be 100 MB and 8 MB. The allocator's pools move by less than one.
  constexpr std::size_t kSlack = 2'000'000;
  EXPECT_LE(resident(), before + kSlack);
  RecordProperty("growth_bytes", static_cast<int>(resident()) - static_cast<int>(before));
  std::printf("resident: %zu bytes, then %zu\n", before, resident());
}

}  // namespace
}  // namespace tessera::reconstruct
