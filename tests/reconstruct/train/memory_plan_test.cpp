#include "reconstruct/train/memory_plan.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>

#include "reconstruct/train/run_setup.h"
#include "reconstruct/train/training_session.h"
#include "scene/atomic_file.h"
#include "scene/error.h"
#include "tests/reconstruct/train/session_support.h"

namespace tessera::reconstruct {
namespace {
namespace fs = std::filesystem;
using test::quick_options;
using test::result_of;
using test::same;

constexpr MemoryLimit kPlenty{std::size_t{1} << 50, "of a test"};

TEST(MemoryNeed, FollowsTheCapThePicturesAndTheOptions) {
  test::SmallWorld small, large(8, 192, 128);
  auto options = quick_options();
  const MemoryNeed base = memory_need(small.dataset, options);
  EXPECT_EQ(base.snapshot, 0u) << "no checkpoints while it trains";
  options.max_splats += 100000;
  const MemoryNeed more = memory_need(small.dataset, options);
  const std::size_t floats = 23;  // SH degree 1
  EXPECT_GE(more.total() - base.total(), 100000 * floats * 16);
  EXPECT_LE(more.total() - base.total(), 100000 * (floats * 16 + 512));
  options.checkpoint_every = 10;
  EXPECT_GE(memory_need(small.dataset, options).snapshot, options.max_splats * floats * 12);
  EXPECT_GT(memory_need(large.dataset, options).pictures, more.pictures);
  EXPECT_GT(memory_need(large.dataset, options).photos, more.photos);
  options.pseudo_view = "corrected";
  const MemoryNeed two = memory_need(small.dataset, options);
  EXPECT_EQ(two.pictures, 2 * more.pictures);
  EXPECT_GE(two.splats - more.splats, options.max_splats * floats * 4) << "gradients of the second picture";
  options.pseudo_view = "off";
  options.max_image_size = 48;
  EXPECT_LT(memory_need(small.dataset, options).pictures, more.pictures);
}

TEST(MemoryPlan, ChangesNothingWhereThereIsPlenty) {
  test::SmallWorld world;
  const auto options = quick_options();
  const MemoryPlan plan = plan_memory(world.dataset, options, false, kPlenty);
  EXPECT_TRUE(plan.steps.empty());
  EXPECT_EQ(options_text(plan.options), options_text(options));
  EXPECT_EQ(plan.need.total(), memory_need(world.dataset, options).total());
  EXPECT_EQ(plan.statement().find("memory: up to "), 0u);
}

/// Photos enough to fill a cache.
scene::Dataset many_photos(const test::SmallWorld& world) {
  scene::Dataset many = world.dataset;
  for (scene::View& view : many.views) view.camera.intrinsics.width = 1600, view.camera.intrinsics.height = 1200;
  while (many.views.size() < 400) many.views.push_back(many.views[many.views.size() % 8]);
  return many;
}

TEST(MemoryPlan, FirstThePhotosThenTheSplats) {
  test::SmallWorld world;
  const scene::Dataset many = many_photos(world);
  auto options = quick_options();
  options.max_splats = 1'000'000;
  const auto names = [](const MemoryPlan& plan) {
    std::vector<std::string> all;
    for (const OptionChange& step : plan.steps) all.push_back(step.name);
    return all;
  };
  const std::size_t need = memory_need(many, options).total();
  for (const std::size_t less : {std::size_t{1}, std::size_t{300'000'000}}) {
    const MemoryPlan plan = plan_memory(many, options, false, {need - less, "of a test"});
    EXPECT_EQ(names(plan), std::vector<std::string>{"image_cache_mb"});
    EXPECT_LE(plan.need.total(), need - less);
    EXPECT_GT(plan.need.total() + 2'000'000, need - less) << "no more than needed";
    EXPECT_EQ(plan.options.max_splats, options.max_splats);
    EXPECT_NE(plan.step_text(plan.steps[0]).find("memory: image_cache_mb lowered from 2048 to "), std::string::npos);
  }
  auto no_cache = options;
  no_cache.image_cache_mb = 16;
  const std::size_t least = memory_need(many, no_cache).total();
  const MemoryPlan plan = plan_memory(many, options, false, {least - 200'000'000, "of a test"});
  EXPECT_EQ(names(plan), (std::vector<std::string>{"image_cache_mb", "max_splats"}));
  EXPECT_EQ(plan.options.max_splats % 1000, 0);
  EXPECT_LE(plan.need.total(), least - 200'000'000);
  auto higher = plan.options;
  higher.max_splats += 1000;
  EXPECT_GT(memory_need(many, higher).total(), least - 200'000'000) << "no lower than needed";
}

TEST(MemoryPlan, NothingHelpsWhereThePhotosAloneAreTooLarge) {
  test::SmallWorld world;
  const scene::Dataset many = many_photos(world);
  try {
    plan_memory(many, quick_options(), false, {100'000'000, "of a test"});
    FAIL();
  } catch (const scene::Error& e) {
    EXPECT_EQ(e.subject(), "memory");
    EXPECT_NE(e.remedy().find("max_image_size"), std::string::npos);
  }
}

TEST(MemoryPlan, AResumedRunKeepsItsCapUnlessTheUserSetsTheLimit) {
  test::SmallWorld world;
  auto options = quick_options();
  options.max_splats = 1'000'000;
  const std::size_t need = memory_need(world.dataset, options).total();
  const MemoryLimit tight{need / 2, "of a test"};
  EXPECT_LT(plan_memory(world.dataset, options, false, tight).options.max_splats, options.max_splats);
  try {
    plan_memory(world.dataset, options, true, tight);
    FAIL();
  } catch (const scene::Error& e) {
    EXPECT_NE(e.remedy().find("--max-splats "), std::string::npos) << e.what();
    EXPECT_NE(e.remedy().find("memory_mb"), std::string::npos) << e.what();
  }
  options.memory_mb = static_cast<double>(need) / 2e6;
  const int lowered = plan_memory(world.dataset, options, false, kPlenty).options.max_splats;
  EXPECT_LT(lowered, options.max_splats);
  EXPECT_EQ(plan_memory(world.dataset, options, true, kPlenty).options.max_splats, lowered);
  options.max_splats = lowered;
  EXPECT_TRUE(plan_memory(world.dataset, options, true, kPlenty).steps.empty());
}

TEST(MemoryPlan, ASessionStatesItAndStaysTheSameUnderResume) {
  test::SmallWorld world;
  test::TemporaryFolder run;
  auto options = quick_options(40);
  options.max_splats = 100000;
  auto small = options;
  small.max_splats = 2000;
  options.memory_mb = std::ceil(static_cast<double>(memory_need(world.dataset, small).total()) / 1e6);
  std::vector<std::string> notes, warnings;
  TrainEvents events;
  events.on_note = [&](const std::string& line) { notes.push_back(line); };
  events.on_warning = [&](const std::string& line) { warnings.push_back(line); };
  TrainingSession whole(world.dataset, options, {}, events);
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_EQ(notes[0], whole.memory().statement());
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_NE(warnings[0].find("max_splats lowered from 100000 to "), std::string::npos);
  EXPECT_EQ(whole.options().max_splats, whole.memory().options.max_splats);
  whole.run();
  {
    TrainingSession part(world.dataset, options, run.path());
    for (int i = 0; i < 17; ++i) part.step();
    part.checkpoint();
  }
  TrainingSession rest(world.dataset, options, run.path(), {}, TrainingSession::Start::from_checkpoint);
  EXPECT_TRUE(rest.changes().empty());
  rest.run();
  EXPECT_TRUE(same(result_of(rest), result_of(whole)));
}

class MachineLimit : public testing::Test {
 protected:
  void SetUp() override {
    write("proc/self/statm", "1000 130 30 1 1 1 1");
    write("proc/meminfo", "MemTotal: 9000000 kB\nMemFree: 10 kB\nMemAvailable: 1000000 kB\n");
    write("proc/self/cgroup", "0::/\n");
  }
  void write(const fs::path& file, const std::string& text) {
    fs::create_directories((folder_.path() / file).parent_path());
    scene::write_file_atomically(folder_.path() / file, text);
  }
  MemoryLimit limit() const { return machine_limit(2, folder_.path() / "proc", folder_.path() / "cgroup"); }
  double held() const { return 100.0 * static_cast<double>(::sysconf(_SC_PAGESIZE)); }
  test::TemporaryFolder folder_;
};

TEST_F(MachineLimit, IsWhatIsAvailableAndWhatIsHeld) {
  EXPECT_NEAR(static_cast<double>(limit().bytes), 0.9 * 1024e6 + held(), 1);
  EXPECT_EQ(limit().source, "that this machine can give");
}

TEST_F(MachineLimit, AControlGroupOfEitherVersionOrOneAboveItBinds) {
  write("proc/self/cgroup", "3:cpu:/a\n0::/jobs/mine\n");
  write("cgroup/jobs/mine/memory.max", "max\n");
  write("cgroup/jobs/mine/memory.current", "5\n");
  EXPECT_EQ(limit().source, "that this machine can give");
  write("cgroup/jobs/memory.max", "500000000\n");
  write("cgroup/jobs/memory.current", "200000000\n");
  write("cgroup/jobs/memory.stat", "anon 1\ninactive_file 50000000\n");
  EXPECT_NEAR(static_cast<double>(limit().bytes), 0.9 * 350e6 + held(), 1);
  EXPECT_EQ(limit().source, "that the control group allows");
  write("proc/self/cgroup", "4:cpu,memory:/mine\n0::/\n");
  write("cgroup/memory/mine/memory.limit_in_bytes", "100000000\n");
  write("cgroup/memory/mine/memory.usage_in_bytes", "40000000\n");
  EXPECT_NEAR(static_cast<double>(limit().bytes), 0.9 * 60e6 + held(), 1);
  write("cgroup/memory/mine/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(limit().source, "that this machine can give");
}

TEST_F(MachineLimit, ThisMachineHasMemory) {
  const MemoryLimit here = machine_limit(1);
  EXPECT_GT(here.bytes, 100'000'000u);
  EXPECT_LT(here.bytes, std::size_t{1} << 50);
}

}  // namespace
}  // namespace tessera::reconstruct
