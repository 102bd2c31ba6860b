#include "scene/process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tessera::scene {
namespace {

TEST(ProcessStart, IsOfTheLivingOnly) {
  const auto own = process_start(::getpid());
  ASSERT_TRUE(own);
  EXPECT_EQ(process_start(::getpid()), own);
  const pid_t child = ::fork();
  if (child == 0) ::pause(), ::_exit(0);
  ASSERT_GT(child, 0);
  ASSERT_TRUE(process_start(child));
  EXPECT_GE(*process_start(child), *own);
  ::kill(child, SIGKILL);
  siginfo_t info{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT), 0);
  EXPECT_EQ(::kill(child, 0), 0) << "the number is still taken";
  EXPECT_FALSE(process_start(child)) << "but it is dead";
  ::waitpid(child, nullptr, 0);
  EXPECT_FALSE(process_start(child));
  EXPECT_FALSE(process_start(0));
}

}  // namespace
}  // namespace tessera::scene
