#include "reconstruct/provenance.h"

#include <gtest/gtest.h>

#include <thread>

namespace tessera::reconstruct {
namespace {

TEST(Provenance, ResourcesGrowWithUse) {
  const ResourceUse before = resource_use();
  std::vector<double> memory(std::size_t{1} << 23, 1.0);  // 64 MB, touched
  double sum = 0;
  do {  // at least once: on a slow machine, touching the memory alone takes as long
    for (double v : memory) sum += v;
  } while (resource_use().cpu_seconds < before.cpu_seconds + 0.05);
  const ResourceUse after = resource_use();
  EXPECT_GT(sum, 0);
  EXPECT_GE(after.seconds - before.seconds, 0.04);
  EXPECT_GE(after.peak_memory_bytes, memory.size() * sizeof(double));
}

TEST(Provenance, StagesAreListedInOrderWithTheirTimes) {
  StageClock clock;
  clock.start("load");
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  clock.start("train");
  clock.stop();
  clock.stop();
  const auto json = clock.to_json();
  ASSERT_EQ(json.size(), 2u);
  EXPECT_EQ(json[0]["stage"], "load");
  EXPECT_GE(json[0]["seconds"].get<double>(), 0.02);
  EXPECT_EQ(json[1]["stage"], "train");
}

TEST(Provenance, TheMachineIsDescribed) {
  const auto json = machine_json();
  EXPECT_GE(json["cores"].get<int>(), 1);
  EXPECT_GT(json["memory_bytes"].get<double>(), 1e8);
  EXPECT_FALSE(json["vector_targets"].get<std::string>().empty());
  EXPECT_EQ(version_text().find("0."), 0u);
}

}  // namespace
}  // namespace tessera::reconstruct
