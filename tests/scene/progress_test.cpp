#include "scene/progress.h"

#include <gtest/gtest.h>

#include <vector>

namespace tessera::scene {
namespace {

TEST(Cancellation, IsNoticedOnceRequested) {
  Cancellation cancellation;
  EXPECT_FALSE(cancellation.requested());
  EXPECT_NO_THROW(cancellation.throw_if_requested());
  cancellation.request();
  EXPECT_TRUE(cancellation.requested());
  EXPECT_THROW(cancellation.throw_if_requested(), Cancelled);
  try {
    cancellation.throw_if_requested();
  } catch (const Cancelled& e) {
    EXPECT_STREQ(e.what(), "interrupted");
  }
}

TEST(JobContext, WithoutCallbacksIsSilent) {
  const JobContext job;
  EXPECT_NO_THROW(job.progress({"stage", 1, 2}));
  EXPECT_NO_THROW(job.warn("careful"));
  EXPECT_FALSE(job.cancelled());
  EXPECT_NO_THROW(job.throw_if_cancelled());
}

TEST(JobContext, PassesReportsOn) {
  std::vector<std::string> heard;
  Cancellation cancellation;
  JobContext job;
  job.on_progress = [&](const Progress& p) {
    heard.push_back(p.stage + " " + std::to_string(static_cast<int>(p.done)) + "/" +
                    std::to_string(static_cast<int>(p.total)) + " " + p.detail);
  };
  job.on_warning = [&](const std::string& line) { heard.push_back("warning: " + line); };
  job.cancellation = &cancellation;
  job.progress({"training", 3, 10, 7.5, "loss 0.1"});
  job.warn("a.jpg: empty");
  EXPECT_EQ(heard, (std::vector<std::string>{"training 3/10 loss 0.1", "warning: a.jpg: empty"}));
  EXPECT_FALSE(job.cancelled());
  cancellation.request();
  EXPECT_TRUE(job.cancelled());
  EXPECT_THROW(job.throw_if_cancelled(), Cancelled);
  EXPECT_LT(Progress{}.seconds_remaining, 0);
}

TEST(Error, ReadsAsSubjectProblemRemedy) {
  const Error with("a.ply", "is truncated", "copy it again"), without("a.ply", "is truncated");
  EXPECT_STREQ(with.what(), "a.ply: is truncated; copy it again");
  EXPECT_STREQ(without.what(), "a.ply: is truncated");
  EXPECT_EQ(with.subject(), "a.ply");
  EXPECT_EQ(with.problem(), "is truncated");
  EXPECT_EQ(with.remedy(), "copy it again");
  EXPECT_EQ(without.remedy(), "");
}

}  // namespace
}  // namespace tessera::scene
