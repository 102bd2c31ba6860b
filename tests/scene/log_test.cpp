#include "scene/log.h"

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>

#include <sstream>
#include <thread>
#include <vector>

namespace tessera::scene {
namespace {

TEST(Logger, IsOnePerRoom) {
  const auto scene = logger("scene-test"), train = logger("train-test");
  EXPECT_EQ(scene->name(), "scene-test");
  EXPECT_NE(scene, train);
  EXPECT_EQ(logger("scene-test"), scene);
}

TEST(Logger, WarningsGoToStderrAndNothingGoesToStdout) {
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  logger("noise-test")->warn("the wind is rising");
  logger("noise-test")->info("all is calm");
  logger("noise-test")->flush();
  const std::string err = testing::internal::GetCapturedStderr(), out = testing::internal::GetCapturedStdout();
  EXPECT_NE(err.find("the wind is rising"), std::string::npos);
  EXPECT_EQ(err.find("all is calm"), std::string::npos);
  EXPECT_EQ(out, "");
}

TEST(Logger, LetsAddedSinksHearDetails) { EXPECT_TRUE(logger("detail-test")->should_log(spdlog::level::debug)); }

TEST(Logger, AddedSinksHearEveryRoomUntilTheyAreRemoved) {
  const auto early = logger("early-test");
  std::ostringstream heard;
  const auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(heard);
  sink->set_level(spdlog::level::info);
  sink->set_pattern("%v");
  add_sink(sink);
  early->info("one");
  logger("late-test")->info("two");
  early->debug("too fine");
  remove_sink(sink);
  early->info("three");
  EXPECT_EQ(heard.str(), "one\ntwo\n");
}

TEST(Logger, ManyThreadsAskingAtOnceGetTheSame) {
  std::vector<std::shared_ptr<spdlog::logger>> got(8);
  std::vector<std::thread> threads;
  for (auto& slot : got) threads.emplace_back([&slot] { slot = logger("crowd-test"); });
  for (auto& thread : threads) thread.join();
  for (const auto& one : got) EXPECT_EQ(one, got.front());
  EXPECT_NE(got.front(), nullptr);
}

}  // namespace
}  // namespace tessera::scene
