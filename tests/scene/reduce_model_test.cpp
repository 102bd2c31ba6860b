#include "scene/reduce_model.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "scene/formats/ply.h"
#include "tests/support/test_data.h"

namespace tessera::scene {
namespace {

/// Opacity of splat i: sigmoid(i - 5).
GaussianModel ramp() {
  GaussianModel model;
  model.resize(10, 2);
  for (std::size_t i = 0; i < 10; ++i) {
    model.rotation[0][i] = 1;
    model.opacity_logit[i] = static_cast<float>(i) - 5;
    model.position[0][i] = static_cast<float>(i);
    for (std::size_t k = 0; k < model.sh.size(); ++k) model.sh[k][i] = static_cast<float>(10 * k + i);
  }
  return model;
}

TEST(ReduceModel, DropsFaintSplatsAndHigherDegreesAndNothingElse) {
  const GaussianModel model = ramp();
  const ModelReduction reduction{1, 0.5};
  EXPECT_EQ(kept_splats(model, reduction), 5u) << "a splat of exactly that opacity stays";
  const GaussianModel smaller = reduced_model(model, reduction);
  ASSERT_EQ(smaller.size(), 5u);
  EXPECT_EQ(smaller.sh_degree(), 1);
  EXPECT_EQ(smaller.position[0][0], 5);
  EXPECT_EQ(smaller.sh[11][4], 119);
  EXPECT_EQ(reduced_model(model, {}).sh_degree(), 2) << "never above the model's own";
  EXPECT_EQ(reduced_model(model, {}).planes().size(), model.planes().size());
}

TEST(ReduceModel, TheSizeOfTheFileIsKnownBefore) {
  const test::TemporaryFolder folder;
  for (const int degree : {0, 1, 2}) {
    const GaussianModel smaller = reduced_model(ramp(), {degree, 0.1});
    const auto file = folder.path() / "m.ply";
    write_splat_ply(smaller, file);
    EXPECT_EQ(std::filesystem::file_size(file), splat_ply_bytes(kept_splats(ramp(), {degree, 0.1}), degree));
  }
}

TEST(ReduceModel, WritingCanBeCancelledAndLeavesNothing) {
  const test::TemporaryFolder folder;
  Cancellation cancel;
  cancel.request();
  JobContext job;
  job.cancellation = &cancel;
  EXPECT_THROW(write_splat_ply(ramp(), folder.path() / "m.ply", job), Cancelled);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace tessera::scene
