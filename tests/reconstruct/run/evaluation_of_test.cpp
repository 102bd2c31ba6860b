#include <gtest/gtest.h>

#include <filesystem>

#include "reconstruct/run/inputs.h"
#include "scene/atomic_file.h"
#include "tests/support/test_data.h"

namespace tessera::reconstruct {
namespace {

scene::Dataset dataset_of(int width, int height) {
  scene::Dataset dataset;
  scene::View view;
  view.camera.intrinsics = {width, height, 100, 100, width / 2.0, height / 2.0};
  dataset.views.push_back(view);
  return dataset;
}

TEST(EvaluationOf, IsWhatTheRunsRecordSays) {
  const test::TemporaryFolder folder;
  scene::write_file_atomically(
      folder.path() / "run.json",
      R"({"options": {"max_image_size": "400", "background": "white", "antialiased": "on", "iterations": "7"}})");
  const EvaluateOptions o = evaluation_of(folder.path(), dataset_of(1600, 900));
  EXPECT_EQ(o.level, 2);
  EXPECT_EQ(o.background, (std::array<float, 3>{1, 1, 1}));
  EXPECT_TRUE(o.antialiased);
  EXPECT_EQ(o.split, Split::all);
  EXPECT_TRUE(o.pictures.empty());
  EXPECT_EQ(evaluation_of(folder.path() / "model.ply", dataset_of(1600, 900)).level, 2) << "the record beside a model";
}

TEST(EvaluationOf, IsTrainingsOwnDefaultWhereThereIsNoRecord) {
  const test::TemporaryFolder folder;
  EXPECT_EQ(evaluation_of(std::filesystem::path(), dataset_of(3200, 900)).level, 1);
  EXPECT_EQ(evaluation_of(folder.path(), dataset_of(1600, 900)).level, 0);
  scene::write_file_atomically(folder.path() / "run.json", "{\"options\": 3");
  EXPECT_FALSE(evaluation_of(folder.path(), dataset_of(1600, 900)).antialiased);
}

}  // namespace
}  // namespace tessera::reconstruct
